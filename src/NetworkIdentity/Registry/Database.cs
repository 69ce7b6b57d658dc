using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Registry;

/// <summary>The database: many readers, one writer that groups commits.</summary>
/// <remarks>
/// <para>
/// An act is a list of statements with conditions, decided from what was read before. It is committed whole or not at all,
/// and the answer comes after the commit is durable. There is no interactive transaction: so acts of many requests share one commit, on SQLite and
/// on PostgreSQL alike. Several servers may write to one PostgreSQL: a condition is looked at where the row is locked.
/// </para>
/// <para>
/// An exception from <see cref="CommitAsync"/> does not mean "not committed": a disk can fail after the commit reached it, and the answer of a commit
/// can be lost on its way.
/// </para>
/// </remarks>
public sealed class Database : IAsyncDisposable
{
    /// <summary>How many acts may share a commit.</summary>
    private const int MaxGroup = 256;

    /// <summary>How many acts may wait for the writer. One more is turned away, so that a slow database is told early and not as a time-out.</summary>
    internal const int MaxWaiting = 2048;

    /// <summary>How long an act may wait for the writer, in milliseconds: its caller has mostly given up by then.</summary>
    private const long MaxWaitingTime = 15_000;

    private readonly IDatabaseEngine _engine;
    private readonly Channel<Pending> _waiting;
    private readonly Task _writing;

    internal Database(IDatabaseEngine engine)
    {
        _engine = engine;
        _waiting = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        _writing = Task.Run(WriteLoopAsync);
    }

    /// <summary>The engine and its version, for the log at start.</summary>
    public string Engine => _engine.Version;

    /// <summary>The settings on which it rests that what is acknowledged is kept.</summary>
    public Task<string> DurabilityAsync() => _engine.DurabilityAsync();

    /// <summary>For copying, beside which nothing is committed.</summary>
    internal IDatabaseEngine Inner => _engine;

    /// <summary>Whether a connection string names a PostgreSQL server rather than a SQLite file.</summary>
    public static bool IsPostgres(string connectionString) => PostgresEngine.IsFor(connectionString);

    /// <summary>Opens the database, makes a SQLite file and its folder where they are absent, and brings the schema up to date.</summary>
    /// <param name="connectionString"><c>Data Source=...</c> for a SQLite file, <c>Host=...;Database=...</c> for PostgreSQL.</param>
    /// <param name="time">The clock that dates migrations.</param>
    /// <exception cref="InvalidOperationException">
    /// The database can't keep what it acknowledges (no write-ahead log, <c>synchronous_commit</c> off), or its schema is not this program's.
    /// </exception>
    /// <exception cref="DbException">It could not be reached.</exception>
    public static Database Open(string connectionString, TimeProvider time)
    {
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        IDatabaseEngine engine = IsPostgres(connectionString) ? new PostgresEngine(connectionString) : new SqliteEngine(connectionString);
        try
        {
            Migrations.Apply(engine, time);
            return new Database(engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Opens a SQLite file, made where it is absent: a backup.</summary>
    /// <exception cref="DbException">It is no such file.</exception>
    public static Database OpenFile(string file, TimeProvider time) => Open(new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString, time);

    /// <summary>Reads, on a connection of its own.</summary>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read)
    {
        await using var connection = await _engine.Readers.OpenConnectionAsync();
        return await read(connection);
    }

    /// <summary>Commits an act: all of its statements or none.</summary>
    /// <returns>Null when every condition held and the act is durable; else the name of the condition that broke, and nothing has changed.</returns>
    /// <exception cref="DatabaseBusyException">Too many acts wait already, or this one waited too long: it was not taken.</exception>
    /// <exception cref="DbException">The database refused or could not be reached; whether the act was kept is then unknown.</exception>
    public Task<string?> CommitAsync(params Statement[] act)
    {
        var pending = new Pending(act);
        return _waiting.Writer.TryWrite(pending) ? pending.Outcome.Task : throw new DatabaseBusyException();
    }

    /// <summary>Takes what was overwritten or deleted in these tables out of the files too, as far as the engine can.</summary>
    /// <returns>False where others read or wrote all the while, and it may still be there.</returns>
    public Task<bool> ScrubAsync(params IReadOnlyList<string> tables) => _engine.ScrubAsync(tables);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
        _engine.Dispose();
    }

    private async Task WriteLoopAsync()
    {
        var group = new List<Pending>(MaxGroup);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _waiting.Reader.TryRead(out var pending))
            {
                if (Environment.TickCount64 - pending.Since < MaxWaitingTime) group.Add(pending);
                else pending.Outcome.TrySetException(new DatabaseBusyException());
            }

            if (group.Count > 0) await _engine.CommitGroupAsync(group);
        }
    }

    /// <summary>An act that waits for its commit.</summary>
    internal sealed record Pending(Statement[] Act)
    {
        /// <summary>When it began to wait, in milliseconds of a clock that is nobody's.</summary>
        public long Since { get; } = Environment.TickCount64;

        public TaskCompletionSource<string?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Broken { get; set; }

        public Exception? Failure { get; set; }

        /// <summary>Whether it broke or failed.</summary>
        public bool IsUndone => Broken is not null || Failure is not null;

        /// <summary>Answers, after the commit or the end of all attempts.</summary>
        public void Answer()
        {
            if (Failure is { } failure) Outcome.TrySetException(failure);
            else Outcome.TrySetResult(Broken);
        }
    }
}
