using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Acts of 64 clients: durable and grouped, against grouped and not durable, against a commit for each, on both engines; and how far the log of writes grows.</summary>
internal sealed class StorageMeasures(Func<string, string> folder, Options options, Action<string> say)
{
    private const int Clients = 64;

    /// <summary>The pages at which SQLite writes its log back into the database, and their size.</summary>
    private const double Checkpointed = 1000 * 4096.0;

    public async Task<IReadOnlyList<Row>> TakeAsync() => [.. await SqliteAsync(), .. await LogAsync(), .. await PostgresAsync()];

    private async Task<IReadOnlyList<Row>> SqliteAsync()
    {
        var (full, normal, apart) = (OpenSqlite("full"), OpenSqlite("normal", "PRAGMA synchronous = NORMAL"), OpenSqlite("apart", each: true));
        using var disk = new DurableCommits(folder("storage-disk"));
        List<double> toNormal = [], toApart = [], latency = [], ofAim = [];
        var (acts, few) = (options.Count(8000), options.Count(1600));
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"storage: {Clients} clients on SQLite, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var bare = disk.SecondsOfOne(options.Count(200)) * 1000;
            var (quick, _) = await ActLoad.RunAsync(acts, Clients, normal.CommitAsync);
            var (durable, took) = await ActLoad.RunAsync(acts, Clients, full.CommitAsync);
            var (slow, _) = await ActLoad.RunAsync(few, Clients, apart.CommitAsync);
            if (round == 0) continue;
            var p99 = Statistics.Percentile(took, 99);
            toNormal.Add(durable / quick);
            toApart.Add(durable / slow);
            latency.Add(p99 / bare);
            ofAim.Add(p99 / 25);
        }

        foreach (var database in (Database[])[full, normal, apart]) await database.DisposeAsync();
        SqliteConnection.ClearAllPools();
        return
        [
            new("SQLite: grouped durable acts of 64 clients (synchronous=FULL)", "the same, not durable (NORMAL)", [new("speed", toNormal)], "0.85 or more"),
            new("SQLite: grouped durable acts of 64 clients (synchronous=FULL)", "a durable commit for each act", [new("speed", toApart)], "3.5 or more"),
            new("SQLite: an act of 64 clients, grouped", "25 ms", [new("p99", ofAim)], "1 or less"),
            new("SQLite: an act of 64 clients, grouped", "a plain durable commit of one small row, alone", [new("p99", latency)]),
        ];
    }

    /// <summary>The write-ahead log beside readers who never stop: half way, and at the end.</summary>
    private async Task<IReadOnlyList<Row>> LogAsync()
    {
        var connectionString = $"Data Source={Path.Combine(folder("storage-log"), "netid.db")}";
        var log = connectionString["Data Source=".Length..] + "-wal";
        var database = OpenSqlite("log");
        using var ending = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
                await database.ReadAsync(async connection => (await connection.QueryAsync<string>("SELECT id FROM credential ORDER BY id DESC LIMIT 200")).AsList());
        })).ToList();
        say("storage: the write-ahead log beside 8 readers");
        var acts = options.Count(20_000);
        var sizes = new List<double>();
        for (var part = 0; part < 4; part++)
        {
            await ActLoad.RunAsync(acts / 4, Clients, database.CommitAsync);
            sizes.Add(new FileInfo(log).Length);
        }

        await ending.CancelAsync();
        await Task.WhenAll(reading);
        await database.DisposeAsync();
        SqliteConnection.ClearAllPools();
        return
        [
            new($"SQLite: the write-ahead log after {acts:N0} acts beside 8 readers", "the size at which it is written back", [new("size", [sizes[3] / Checkpointed])], "16 or less"),
            new($"SQLite: the write-ahead log after {acts:N0} acts beside 8 readers", "its size half way", [new("size", [sizes[3] / sizes[1]])], "1.1 or less"),
        ];
    }

    private async Task<IReadOnlyList<Row>> PostgresAsync()
    {
        if (!PostgresCluster.IsThere)
        {
            say("storage: PostgreSQL is absent; its row is left out");
            return [];
        }

        say("storage: starting PostgreSQL");
        using var cluster = new PostgresCluster();
        var (grouped, apart) = (cluster.NewDatabase(), cluster.NewDatabase());
        await Database.Open(apart, TimeProvider.System).DisposeAsync();
        await using var database = Database.Open(grouped, TimeProvider.System);
        using var engine = new PostgresEngine(apart);
        List<double> speeds = [], p99 = [];
        var acts = options.Count(6000);
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"storage: {Clients} clients on PostgreSQL, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var one = await ActLoad.RunAsync(acts, Clients, act => AloneAsync(engine, act));
            var many = await ActLoad.RunAsync(acts, Clients, database.CommitAsync);
            if (round == 0) continue;
            speeds.Add(many.PerSecond / one.PerSecond);
            p99.Add(Statistics.Percentile(many.Took, 99) / Statistics.Percentile(one.Took, 99));
        }

        return [new("PostgreSQL: grouped acts of 64 clients, one connection", "a transaction for each act, 64 connections", [new("speed", speeds), new("p99", p99)], "1.8 or more")];
    }

    private static Task<string?> AloneAsync(PostgresEngine engine, Statement[] act)
    {
        var pending = new Database.Pending(act);
        return Task.WhenAll(engine.CommitGroupAsync([pending]), pending.Outcome.Task).ContinueWith(_ => pending.Outcome.Task, TaskScheduler.Default).Unwrap();
    }

    private Database OpenSqlite(string name, string? pragma = null, bool each = false)
    {
        var connectionString = $"Data Source={Path.Combine(folder($"storage-{name}"), "netid.db")}";
        Database.Open(connectionString, TimeProvider.System).DisposeAsync().AsTask().GetAwaiter().GetResult();
        var engine = new SqliteEngine(connectionString);
        if (pragma is not null) engine.Connection.Execute(pragma);
        return new Database(each ? new Apart(engine) : engine);
    }

    /// <summary>An engine that gives every act a commit of its own.</summary>
    private sealed class Apart(SqliteEngine engine) : IDatabaseEngine
    {
        public string Version => engine.Version;

        public DbDataSource Readers => engine.Readers;

        public void InTransaction(Action<DbConnection, DbTransaction> work) => engine.InTransaction(work);

        public Task<string> DurabilityAsync() => engine.DurabilityAsync();

        public DbTransaction BeginSnapshot(DbConnection connection) => engine.BeginSnapshot(connection);

        public IReadOnlyList<TableShape> Tables(DbConnection connection) => engine.Tables(connection);

        public void Append(DbConnection connection, DbTransaction transaction, TableShape table, IEnumerable<object?[]> rows) =>
            engine.Append(connection, transaction, table, rows);

        public Task<bool> ScrubAsync(IReadOnlyList<string> tables) => engine.ScrubAsync(tables);

        public async Task CommitGroupAsync(List<Database.Pending> group)
        {
            foreach (var pending in group) await engine.CommitGroupAsync([pending]);
        }

        public void Dispose() => engine.Dispose();
    }
}
