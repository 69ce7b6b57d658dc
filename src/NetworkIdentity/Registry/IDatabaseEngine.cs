using System.Data.Common;

namespace NetworkIdentity.Registry;

/// <summary>A database engine: SQLite or PostgreSQL. The SQL is the same for both; what differs is how a group of acts becomes durable.</summary>
/// <remarks>
/// The contract: <see cref="CommitGroupAsync"/> answers every act exactly once, after its commit is durable, and never throws. An act whose condition
/// breaks, or whose statement is wrong, changes nothing and leaves the others of its group alone. An act is answered with an exception only where
/// whether it was kept is not known, or it surely was not.
/// </remarks>
internal interface IDatabaseEngine : IDisposable
{
    /// <summary>The engine and its version, for the log at start.</summary>
    string Version { get; }

    /// <summary>Connections that read what is committed.</summary>
    DbDataSource Readers { get; }

    /// <summary>Runs statements in one transaction that is committed after them: for migrations and copies, before acts are taken.</summary>
    void InTransaction(Action<DbConnection, DbTransaction> work);

    /// <summary>The settings on which it rests that what is acknowledged is kept.</summary>
    Task<string> DurabilityAsync();

    /// <summary>Begins to read what is committed at one moment, for as long as it takes.</summary>
    DbTransaction BeginSnapshot(DbConnection connection);

    /// <summary>The tables, as the schema has them.</summary>
    IReadOnlyList<TableShape> Tables(DbConnection connection);

    /// <summary>Puts rows into a table, as they come. Values are string, long, byte[] or null, in the order of the columns.</summary>
    void Append(DbConnection connection, DbTransaction transaction, TableShape table, IEnumerable<object?[]> rows);

    /// <summary>Takes what was overwritten or deleted in these tables out of the files too, as far as the engine can.</summary>
    /// <returns>False where others read or wrote all the while, and it may still be there.</returns>
    Task<bool> ScrubAsync(IReadOnlyList<string> tables);

    /// <summary>Runs the acts in as few transactions as can be, and answers each. Called by one at a time.</summary>
    Task CommitGroupAsync(List<Database.Pending> group);
}
