using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NetworkIdentity.Registry;

/// <summary>A SQLite file: readers, and the one connection that writes to it with its prepared statements.</summary>
/// <remarks>
/// Other processes (the command line beside a running server) write to the same file: <c>BEGIN IMMEDIATE</c> takes the write lock
/// and is waited for by looking often.
/// </remarks>
internal sealed class SqliteEngine : IDatabaseEngine
{
    /// <summary>How long an act waits for another process's lock, in seconds, unless the connection string has a Default Timeout.</summary>
    private const int LockTimeout = 10;

    /// <summary>The engine's codes for what is wrong with one act alone: a wrong statement, too large a value, a constraint, a wrong type, no such parameter.</summary>
    private static readonly int[] OwnFaults = [1, 18, 19, 20, 25];

    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private readonly int _lockTimeoutMilliseconds;
    private readonly SqliteCheckpoints _checkpoints;

    public SqliteEngine(string connectionString)
    {
        Version = SqliteLibrary.Version;
        var readers = new SqliteConnectionStringBuilder(connectionString) { Pooling = true };
        if (readers.DataSource != ":memory:")
        {
            if (Path.GetDirectoryName(Path.GetFullPath(readers.DataSource)) is { } folder) CreatePrivateFolder(folder);
            CreatePrivate(readers.DataSource);
        }

        Readers = SqliteFactory.Instance.CreateDataSource(readers.ConnectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (!new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Default Timeout")) builder.DefaultTimeout = LockTimeout;
        Connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            Connection.Open();

            _lockTimeoutMilliseconds = builder.DefaultTimeout * 1000;

            // A little longer than the provider's own timeout, which else begins the wait again.
            Run($"PRAGMA busy_timeout = {_lockTimeoutMilliseconds + 50}");
            if ((string?)Prepare("PRAGMA journal_mode = WAL").ExecuteScalar() != "wal")
                throw new InvalidOperationException("the database can't have a write-ahead log where it is: it must be a file on a local disk");
            Run("PRAGMA synchronous = FULL");

            // Each act is a savepoint: what undoes it is kept in memory, and not in a file that is made and deleted for every group.
            Run("PRAGMA temp_store = MEMORY");

            // What is not in order of time (digests, members) touches pages all over: with the usual two megabytes they are read again and again.
            Run("PRAGMA cache_size = -65536");

            // What is deleted or overwritten leaves no bytes behind in its page.
            Run("PRAGMA secure_delete = ON");
            _checkpoints = new SqliteCheckpoints(Connection, builder);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Version { get; }

    public DbDataSource Readers { get; }

    public SqliteConnection Connection { get; }

    public void InTransaction(Action<DbConnection, DbTransaction> work)
    {
        using var transaction = Connection.BeginTransaction(deferred: false);
        work(Connection, transaction);
        transaction.Commit();
    }

    public Task<string> DurabilityAsync() => Task.FromResult(
        $"journal_mode={Connection.ExecuteScalar<string>("PRAGMA journal_mode")}, synchronous={Connection.ExecuteScalar<long>("PRAGMA synchronous") switch { 2 => "FULL", 3 => "EXTRA", var less => less }}");

    public DbTransaction BeginSnapshot(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: true);

    public IReadOnlyList<TableShape> Tables(DbConnection connection) =>
    [
        .. connection.Query<(string Table, string Column, long KeyPart)>("""
            SELECT t.name, c.name, c.pk FROM sqlite_master t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite@_%' ESCAPE '@'
            """)
            .GroupBy(column => column.Table)
            .Select(columns => new TableShape(
                columns.Key,
                [.. columns.Select(column => column.Column).Order(StringComparer.Ordinal)],
                string.Join(", ", columns.Where(column => column.KeyPart > 0).OrderBy(column => column.KeyPart).Select(column => $"{TableShape.Quote(column.Column)} COLLATE BINARY"))))
            .OrderBy(table => table.Name, StringComparer.Ordinal),
    ];

    public void Append(DbConnection connection, DbTransaction transaction, TableShape table, IEnumerable<object?[]> rows)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The names are those of the schema.
        command.CommandText = $"INSERT INTO {TableShape.Quote(table.Name)} ({table.ColumnList}) VALUES ({string.Join(", ", table.Columns.Select((_, at) => $"@{at}"))})";
#pragma warning restore CA2100
        foreach (var at in Enumerable.Range(0, table.Columns.Count)) command.Parameters.Add(new SqliteParameter($"@{at}", null));
        foreach (var row in rows)
        {
            for (var at = 0; at < row.Length; at++) command.Parameters[at].Value = row[at] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }

    public async Task<bool> ScrubAsync(IReadOnlyList<string> tables)
    {
        // The log still has the pages as they were; it is emptied once nobody reads by it. Each look waits for the others' locks.
        await using var connection = await Readers.OpenConnectionAsync();
        for (var attempt = 0; attempt < 3; attempt++)
            if (await connection.ExecuteScalarAsync<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0) return true;
        return false;
    }

    /// <summary>Runs the acts in one transaction, each in a savepoint of its own, and answers each after the commit.</summary>
    public Task CommitGroupAsync(List<Database.Pending> group)
    {
        try
        {
            Begin();
            try
            {
                foreach (var pending in group) RunAct(pending);
                Run("COMMIT");
            }
            catch
            {
                RollBack();
                throw;
            }
        }
        catch (Exception exception)
        {
            foreach (var pending in group) pending.Failure = exception;
        }

        foreach (var pending in group) pending.Answer();
        _checkpoints.AfterCommit();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        foreach (var command in _prepared.Values) command.Dispose();

        // The last connection that is closed takes the log into the file, and none may be left open behind us.
        using (var reader = new SqliteConnection(Readers.ConnectionString)) SqliteConnection.ClearPool(reader);
        Connection.Dispose();
        Readers.Dispose();
    }

    private static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A file that its owner alone may read; SQLite gives its log the same rights.</summary>
    private static void CreatePrivate(string file)
    {
        if (File.Exists(file)) return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(file, options).Dispose();
    }

    /// <summary>Takes the write lock.</summary>
    /// <remarks>
    /// A busy server leaves the lock free for a fraction of a millisecond at a time. The engine's own wait looks every tenth of a second after a while and
    /// can miss that for ten seconds; looking every millisecond does not.
    /// </remarks>
    private void Begin()
    {
        var giveUpAt = Environment.TickCount64 + _lockTimeoutMilliseconds;
        raw.sqlite3_busy_timeout(Connection.Handle, 0);
        try
        {
            while (true)
            {
                var result = raw.sqlite3_exec(Connection.Handle, "BEGIN IMMEDIATE");
                if (result == raw.SQLITE_OK) return;
                if (result != raw.SQLITE_BUSY || Environment.TickCount64 >= giveUpAt) SqliteException.ThrowExceptionForRC(result, Connection.Handle);
                Thread.Sleep(1);
            }
        }
        finally
        {
            raw.sqlite3_busy_timeout(Connection.Handle, _lockTimeoutMilliseconds + 50);
        }
    }

    private void RunAct(Database.Pending pending)
    {
        Run("SAVEPOINT act");
        try
        {
            foreach (var statement in pending.Act)
            {
                if (statement.Holds(Execute(statement))) continue;
                pending.Broken = statement.Condition;
                break;
            }
        }
        catch (Exception exception) when (exception is not SqliteException sqlite || OwnFaults.Contains(sqlite.SqliteErrorCode))
        {
            // Anything else (disk, lock) is everyone's.
            pending.Failure = exception;
        }

        if (pending.Broken is not null || pending.Failure is not null) Run("ROLLBACK TO act");
        Run("RELEASE act");
    }

    private int Execute(Statement statement)
    {
        var command = Prepare(statement.Sql);
        command.Parameters.Clear();
        foreach (var property in statement.ParameterProperties)
            command.Parameters.AddWithValue("@" + property.Name, property.GetValue(statement.Parameters) ?? DBNull.Value);
        return command.ExecuteNonQuery();
    }

    private void Run(string sql) => Prepare(sql).ExecuteNonQuery();

    private SqliteCommand Prepare(string sql)
    {
        if (_prepared.TryGetValue(sql, out var command)) return command;
#pragma warning disable CA2100 // Statements are constants of this assembly.
        command = new SqliteCommand(sql, Connection);
#pragma warning restore CA2100
        _prepared.Add(sql, command);
        return command;
    }

    private void RollBack()
    {
        try
        {
            Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The engine has already rolled back (disk full, for example): there is no transaction any more.
        }
    }
}
