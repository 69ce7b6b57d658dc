using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>How many came to the doors, by shift. No row is of a person, and none says when in a day.</summary>
public static class ArrivalCounts
{
    /// <summary>A row of the table arrival_count.</summary>
    public sealed record Row
    {
        /// <summary>The shift's id, made at the station.</summary>
        public required string Shift { get; init; }

        /// <summary>The node.</summary>
        public required string NodeId { get; init; }

        /// <summary>The day on which the shift began (UTC), as <c>2026-01-31</c>.</summary>
        public required string Day { get; init; }

        /// <summary>How often the station said admit.</summary>
        public required long Admitted { get; init; }

        /// <summary>How often it said ask.</summary>
        public required long Asked { get; init; }

        /// <summary>How often it said refuse.</summary>
        public required long Refused { get; init; }
    }

    /// <summary>The sums of a node on a day.</summary>
    public sealed record Sum
    {
        /// <summary>The node.</summary>
        public required string NodeId { get; init; }

        /// <summary>The day.</summary>
        public required string Day { get; init; }

        /// <summary>How often stations said admit.</summary>
        public required long Admitted { get; init; }

        /// <summary>How often they said ask.</summary>
        public required long Asked { get; init; }

        /// <summary>How often they said refuse.</summary>
        public required long Refused { get; init; }
    }

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string Condition = "shift";

    /// <summary>Keeps a shift; breaks with <see cref="Condition"/> where it is kept.</summary>
    public static Statement Insert(Row row) => new(
        """
        INSERT INTO arrival_count (shift, node_id, day, admitted, asked, refused) VALUES (@Shift, @NodeId, @Day, @Admitted, @Asked, @Refused)
        ON CONFLICT DO NOTHING
        """, row, Condition);

    /// <summary>What is kept of a shift; null where nothing is.</summary>
    public static Task<Row?> FindAsync(Database database, string shift) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>("SELECT shift, node_id, day, admitted, asked, refused FROM arrival_count WHERE shift = @shift", new { shift }));

    /// <summary>The sums by node and day from a day on, the newest first.</summary>
    public static async Task<IReadOnlyList<Sum>> SinceAsync(Database database, string day) => await database.ReadAsync(async connection => (await connection.QueryAsync<Sum>("""
        SELECT node_id, day, CAST(sum(admitted) AS BIGINT) AS admitted, CAST(sum(asked) AS BIGINT) AS asked, CAST(sum(refused) AS BIGINT) AS refused
        FROM arrival_count WHERE day >= @day GROUP BY node_id, day ORDER BY day DESC, node_id
        """, new { day })).AsList());
}
