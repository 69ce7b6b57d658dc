using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Registry;

/// <summary>Which faults of the database pass by themselves, so that the caller may try again; any other is a fault of this program or its file.</summary>
public static class PassingFault
{
    /// <summary>BUSY, LOCKED, IOERR, FULL and CANTOPEN.</summary>
    private static readonly int[] Codes = [5, 6, 10, 13, 14];

    /// <summary>Whether this is one.</summary>
    public static bool Is(DbException exception) => exception is SqliteException sqlite && Codes.Contains(sqlite.SqliteErrorCode);
}
