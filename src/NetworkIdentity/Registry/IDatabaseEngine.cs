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

    /// <summary>Runs the acts in as few transactions as can be, and answers each. Called by one at a time.</summary>
    Task CommitGroupAsync(List<Database.Pending> group);
}
