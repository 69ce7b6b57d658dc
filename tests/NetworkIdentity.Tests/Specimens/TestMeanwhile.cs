using System.Data.Common;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A server of which an act waits between what was read for it and its commit, until something else is done: two acts that race, in one order.</summary>
internal sealed class TestMeanwhile : IDatabaseEngine
{
    private readonly IDatabaseEngine _engine;
    private (string Part, Func<Task> Act)? _next;

    private TestMeanwhile(IDatabaseEngine engine)
    {
        _engine = engine;
        Database = new(this);
    }

    /// <summary>Such a server's database.</summary>
    public Database Database { get; }

    /// <summary>Whether what was to be done meanwhile was.</summary>
    public bool IsDone { get; private set; }

    public string Version => _engine.Version;

    public DbDataSource Readers => _engine.Readers;

    /// <summary>Another server of a nation.</summary>
    public static TestMeanwhile Of(TestNation nation) => new(
        Database.IsPostgres(nation.Store.ConnectionString) ? new PostgresEngine(nation.Store.ConnectionString) : new SqliteEngine(nation.Store.ConnectionString));

    /// <summary>Before the first commit of an act with such a statement, something else is done.</summary>
    public void Before(string part, Func<Task> act) => (_next, IsDone) = ((part, act), false);

    public async Task CommitGroupAsync(List<Database.Pending> group)
    {
        if (_next is { } next && group.Any(pending => pending.Act.Any(statement => statement.Sql.Contains(next.Part, StringComparison.Ordinal))))
        {
            _next = null;
            await next.Act();
            IsDone = true;
        }

        await _engine.CommitGroupAsync(group);
    }

    public void InTransaction(Action<DbConnection, DbTransaction> work) => _engine.InTransaction(work);

    public Task<string> DurabilityAsync() => _engine.DurabilityAsync();

    public DbTransaction BeginSnapshot(DbConnection connection) => _engine.BeginSnapshot(connection);

    public IReadOnlyList<TableShape> Tables(DbConnection connection) => _engine.Tables(connection);

    public void Append(DbConnection connection, DbTransaction transaction, TableShape table, IEnumerable<object?[]> rows) => _engine.Append(connection, transaction, table, rows);

    public Task<bool> ScrubAsync(IReadOnlyList<string> tables) => _engine.ScrubAsync(tables);

    public void Dispose() => _engine.Dispose();
}
