using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who attests which fact.</summary>
public static class FactWitnesses
{
    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string Condition = "witness";

    /// <summary>A row of the table fact_witness.</summary>
    public sealed record Row
    {
        /// <summary>The fact.</summary>
        public required string FactId { get; init; }

        /// <summary>The witness.</summary>
        public required string MemberId { get; init; }

        /// <summary>The day of their word, in UTC, as <c>yyyy-MM-dd</c>.</summary>
        public required string Day { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    private const string Columns = "fact_id, member_id, day, created_at";

    /// <summary>A member attests a fact; breaks where they did before, or it is about them. A fact's row never changes, so that what is read of it here is so.</summary>
    public static Statement Insert(Row row) => new(
        $"""
        INSERT INTO fact_witness ({Columns})
        SELECT id, @MemberId, @Day, @CreatedAt FROM fact WHERE id = @FactId AND member_id <> @MemberId
        ON CONFLICT DO NOTHING
        """, row, Condition);

    /// <summary>Those of one fact, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfFactAsync(Database database, string factId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM fact_witness WHERE fact_id = @factId ORDER BY created_at, member_id", new { factId })).AsList());

    /// <summary>Those of the facts about a member, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AboutAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("""
            SELECT w.fact_id, w.member_id, w.day, w.created_at FROM fact_witness w JOIN fact f ON f.id = w.fact_id
            WHERE f.member_id = @memberId ORDER BY w.created_at, w.fact_id, w.member_id
            """, new { memberId })).AsList());

    /// <summary>All of them, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM fact_witness ORDER BY created_at, fact_id, member_id")).AsList());
}
