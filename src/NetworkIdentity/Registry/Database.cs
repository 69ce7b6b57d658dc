using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Registry;

/// <summary>The database: many readers, one writer that groups commits.</summary>
/// <remarks>
/// <para>
/// An act is a list of statements with conditions, decided from what was read before. It is committed whole or not at all,
/// and the answer comes after the commit is durable (WAL, synchronous=FULL). There is no interactive transaction: so acts of many
/// requests share one commit on SQLite, and on PostgreSQL an act is one batch and one round trip.
/// </para>
/// <para>
/// An exception from <see cref="CommitAsync"/> does not mean "not committed": a disk can fail after the commit reached it.
/// </para>
/// </remarks>
public sealed class Database : IAsyncDisposable
{
    /// <summary>How many acts may share a commit.</summary>
    private const int MaxGroup = 256;

    /// <summary>How many acts may wait for the writer.</summary>
    private const int MaxWaiting = 4096;

    private readonly string _connectionString;
    private readonly Channel<Pending> _waiting;
    private readonly SqliteWriter _writer;
    private readonly Task _writing;

    private Database(string connectionString, SqliteWriter writer)
    {
        _connectionString = connectionString;
        _writer = writer;
        _waiting = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        _writing = Task.Run(WriteLoopAsync);
    }

    /// <summary>The engine and its version, for the log at start.</summary>
    public static string Engine => SqliteLibrary.Version;

    /// <summary>Opens the database, makes the file and its folder where they are absent, and brings the schema up to date.</summary>
    /// <param name="connectionString"><c>Data Source=...</c> for a SQLite file.</param>
    /// <param name="time">The clock that dates migrations.</param>
    /// <exception cref="NotSupportedException">The connection string names an engine that this build has no code for.</exception>
    public static Database Open(string connectionString, TimeProvider time)
    {
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        if (!connectionString.Contains("Data Source", StringComparison.OrdinalIgnoreCase)
            && !connectionString.Contains("Filename", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException("only SQLite (Data Source=...) is supported so far");
        }

        _ = SqliteLibrary.Version;
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = true };
        if (Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)) is { } folder) CreatePrivateFolder(folder);
        CreatePrivate(builder.DataSource);

        var writer = new SqliteWriter(builder.ConnectionString);
        try
        {
            Migrations.Apply(writer.Connection, time);
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        return new Database(builder.ConnectionString, writer);
    }

    /// <summary>Reads, on a connection of its own.</summary>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read)
    {
        await using var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync();
        return await read(connection);
    }

    /// <summary>Commits an act: all of its statements or none.</summary>
    /// <returns>Null when every condition held and the act is durable; else the name of the condition that broke, and nothing has changed.</returns>
    /// <exception cref="DbException">The database refused or could not be reached; whether the act was kept is then unknown.</exception>
    public async Task<string?> CommitAsync(params Statement[] act)
    {
        var pending = new Pending(act);
        await _waiting.Writer.WriteAsync(pending);
        return await pending.Outcome.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
        _writer.Dispose();
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

    private async Task WriteLoopAsync()
    {
        var group = new List<Pending>(MaxGroup);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _waiting.Reader.TryRead(out var pending)) group.Add(pending);
            _writer.CommitGroup(group);
        }
    }

    /// <summary>An act that waits for its commit.</summary>
    internal sealed record Pending(Statement[] Act)
    {
        public TaskCompletionSource<string?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Broken { get; set; }

        public Exception? Failure { get; set; }
    }
}
