using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NetworkIdentity.Registry;

/// <summary>Moves what is committed from the write-ahead log into the file, and keeps the log short.</summary>
/// <remarks>
/// SQLite's own way does it inside a commit that others wait for, and begins the log anew only in a moment when nobody reads by it: under a steady load there is
/// none, and the log grows without end. Here another connection copies while the writer goes on; what is left then is little, and the writer itself copies
/// it and empties the log, between two commits, when everyone has their answer.
/// </remarks>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>A log of this length, in bytes, is to be emptied: a thousand pages, as SQLite has it.</summary>
    private const long Limit = 4 << 20;

    /// <summary>How long the writer waits for those who still read by the log. New readers don't need it any more, so this is the length of a short read.</summary>
    private const int Patience = 50;

    private readonly SqliteConnection _writer;
    private readonly string _connectionString;
    private readonly string _log;
    private Task? _copying;
    private long _next = Limit;

    public SqliteCheckpoints(SqliteConnection writer, SqliteConnectionStringBuilder settings)
    {
        _writer = writer;
        _connectionString = settings.ConnectionString;
        _log = Path.GetFullPath(settings.DataSource) + "-wal";
        raw.sqlite3_wal_autocheckpoint(writer.Handle, 0);

        // What a process that ended badly left in the log is read again from the system's memory, which may hold what a failing disk never took. It is written
        // anew before anything is added to it. Where others have the file open nothing was left, and nobody is waited for.
        Empty(patience: 0);
    }

    /// <summary>Between two commits: empties the log where it has grown.</summary>
    public void AfterCommit()
    {
        var length = Length();
        if (length < _next) return;
        if (_copying is null)
        {
            _copying = Task.Run(Copy);
        }
        else if (_copying.IsCompleted)
        {
            _copying = null;

            // Someone reads for long, or the disk fails: it is tried again when the log has grown as much again.
            _next = Empty(Patience) ? Limit : length + Limit;
        }
    }

    public void Dispose() => _copying?.Wait();

    private bool Empty(int patience)
    {
        var before = _writer.DefaultTimeout * 1000;
        raw.sqlite3_busy_timeout(_writer.Handle, patience);
        try
        {
            return raw.sqlite3_wal_checkpoint_v2(_writer.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _) == raw.SQLITE_OK;
        }
        finally
        {
            raw.sqlite3_busy_timeout(_writer.Handle, before + 50);
        }
    }

    private void Copy()
    {
        try
        {
            using var connection = new SqliteConnection(_connectionString);
            connection.Open();
            connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // The writer does it all, then.
        }
    }

    private long Length()
    {
        var file = new FileInfo(_log);
        return file.Exists ? file.Length : 0;
    }
}
