using Microsoft.Data.Sqlite;
using Npgsql;

namespace NetworkIdentity.Registry;

/// <summary>Which faults of the database pass by themselves, so that the caller may try again; any other is a fault of this program or its file.</summary>
public static class PassingFault
{
    /// <summary>BUSY, LOCKED, IOERR, FULL and CANTOPEN.</summary>
    private static readonly int[] SqliteCodes = [5, 6, 10, 13, 14];

    /// <summary>Classes of SQLSTATE: connection, transaction rollback, resources, operator intervention, system error.</summary>
    private static readonly string[] PostgresClasses = ["08", "40", "53", "57", "58"];

    /// <summary>Whether this is one.</summary>
    public static bool Is(Exception exception) => exception switch
    {
        DatabaseBusyException => true,
        SqliteException sqlite => SqliteCodes.Contains(sqlite.SqliteErrorCode),
        PostgresException postgres => PostgresClasses.Contains(postgres.SqlState[..2]),
        NpgsqlException => true, // The server was not reached, or did not answer in time.
        _ => false,
    };
}
