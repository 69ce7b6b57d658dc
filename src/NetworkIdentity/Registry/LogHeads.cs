using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>How far the public log has come: one row, moved by compare-and-swap.</summary>
public static class LogHeads
{
    /// <summary>The row of the table log_head.</summary>
    public sealed record Row
    {
        /// <summary>The number of leaves.</summary>
        public required long Size { get; init; }

        /// <summary>The 32-byte root above them.</summary>
        public required byte[] Root { get; init; }

        /// <summary>The signed checkpoint that says so.</summary>
        public required string Checkpoint { get; init; }
    }

    /// <summary>Begins the log; breaks with <c>head</c> where it was begun.</summary>
    public static Statement Begin(Row row) => new(
        "INSERT INTO log_head (id, size, root, checkpoint) VALUES ('log', @Size, @Root, @Checkpoint) ON CONFLICT DO NOTHING", row, "head");

    /// <summary>Moves the head; breaks with <c>head</c> where it is not where it was thought to be.</summary>
    public static Statement Move(long oldSize, byte[] oldRoot, Row row) => new("""
        UPDATE log_head SET size = @Size, root = @Root, checkpoint = @Checkpoint WHERE id = 'log' AND size = @oldSize AND root = @oldRoot
        """, new { row.Size, row.Root, row.Checkpoint, oldSize, oldRoot }, "head");

    /// <summary>The head; null before the first leaf.</summary>
    public static Task<Row?> FindAsync(Database database) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>("SELECT size, root, checkpoint FROM log_head WHERE id = 'log'"));
}
