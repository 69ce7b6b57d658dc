using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The write lock of a database file, held by another connection until it is released.</summary>
internal sealed class WriteLock : IDisposable
{
    private readonly SqliteConnection _connection;

    public WriteLock(string file)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=False");
        _connection.Open();
        Run("BEGIN IMMEDIATE");
    }

    public void Release() => Run("ROLLBACK");

    public void Dispose() => _connection.Dispose();

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
