using System.Data.Common;
using Dapper;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A lock that writers wait for and readers don't, held by another connection until it is released.</summary>
internal sealed class WriteLock : IDisposable
{
    /// <summary>Takes it: on SQLite the lock of the file, on PostgreSQL that of one table.</summary>
    public WriteLock(string connectionString, string table = "spent")
    {
        Connection = TestStore.Connect(connectionString);
        Connection.Execute(Database.IsPostgres(connectionString) ? $"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE" : "BEGIN IMMEDIATE");
    }

    public DbConnection Connection { get; }

    public void Release() => Connection.Execute("ROLLBACK");

    public void Dispose() => Connection.Dispose();
}
