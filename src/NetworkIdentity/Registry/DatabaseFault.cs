using System.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace NetworkIdentity.Registry;

/// <summary>What kind of fault an exception of the database is.</summary>
public static class DatabaseFault
{
    /// <summary>BUSY, LOCKED, IOERR, FULL and CANTOPEN.</summary>
    private static readonly int[] SqliteCodes = [5, 6, 10, 13, 14];

    /// <summary>Classes of SQLSTATE: connection, transaction rollback, resources, operator intervention, system error.</summary>
    private static readonly string[] PostgresClasses = ["08", "40", "53", "57", "58"];

    /// <summary>Whether it passes by itself, so that the caller may try again; any other is a fault of this program or its file.</summary>
    public static bool IsPassing(Exception exception) => exception switch
    {
        DatabaseBusyException => true,
        SqliteException sqlite => SqliteCodes.Contains(sqlite.SqliteErrorCode),
        PostgresException postgres => PostgresClasses.Contains(postgres.SqlState[..2]) || postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction, // It became a standby.
        NpgsqlException => true, // The server was not reached, or did not answer in time.
        DataException { InnerException: { } inner } => IsPassing(inner), // The connection ended in the middle of a value.
        ObjectDisposedException => true, // A connection that ended while the driver was at it, or this server is closing.
        _ => false,
    };

    /// <summary>Whether a text holds the character NUL, which PostgreSQL doesn't store.</summary>
    public static bool IsUnstorable(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire };
}
