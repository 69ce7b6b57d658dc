using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Mandates: which member is a steward of what, for which acts, until when.</summary>
public static class Stewards
{
    /// <summary>A row of the table steward.</summary>
    public sealed record Row
    {
        /// <summary>The mandate's id.</summary>
        public required string Id { get; init; }

        /// <summary>The member who has it.</summary>
        public required string MemberId { get; init; }

        /// <summary>The node it is of; null for the whole nation.</summary>
        public string? NodeId { get; init; }

        /// <summary>The acts it is for, as a JSON array.</summary>
        public required string Acts { get; init; }

        /// <summary>Unix seconds: the first in which it no longer holds.</summary>
        public required long Until { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds: when it was ended before its day; null where it was not.</summary>
        public long? EndedAt { get; init; }
    }

    /// <summary>What <see cref="Holds"/> and <see cref="End"/> break with.</summary>
    public const string HoldsCondition = "mandate-holds";

    private const string Columns = "id, member_id, node_id, acts, until, created_at, ended_at";

    /// <summary>Gives a mandate.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO steward ({Columns}) VALUES (@Id, @MemberId, @NodeId, @Acts, @Until, @CreatedAt, @EndedAt)", row);

    /// <summary>What follows rests on a mandate that holds; breaks with <see cref="HoldsCondition"/>. Changes nothing.</summary>
    public static Statement Holds(string id, long now) => new(
        "UPDATE steward SET ended_at = NULL WHERE id = @id AND until > @now AND ended_at IS NULL", new { id, now }, HoldsCondition);

    /// <summary>A mandate ends before its day; breaks with <see cref="HoldsCondition"/> where it has ended.</summary>
    public static Statement End(string id, long now) => new(
        "UPDATE steward SET ended_at = @now WHERE id = @id AND until > @now AND ended_at IS NULL", new { id, now }, HoldsCondition);

    /// <summary>One mandate; null where there is none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM steward WHERE id = @id", new { id }));

    /// <summary>All mandates of a member end; it may have none.</summary>
    public static Statement EndOfMember(string memberId, long now) => new(
        "UPDATE steward SET ended_at = @now WHERE member_id = @memberId AND until > @now AND ended_at IS NULL", new { memberId, now });

    /// <summary>What a mandate's leaf says of it: who has it, of what, for which acts and until when, as a digest.</summary>
    public static string DigestOf(Row row) => RandomId.Digest($"{row.MemberId} {row.NodeId} {row.Acts} {row.Until}");

    /// <summary>Every mandate, with what the leaf of its appointment says of it; null of those that are older than that.</summary>
    public static async Task<IReadOnlyList<(Row Row, string? Detail)>> WithLeavesAsync(Database database)
    {
        var rows = await database.ReadAsync(async connection => (await connection.QueryAsync<Row>($"SELECT {Columns} FROM steward ORDER BY id")).AsList());
        var details = (await database.ReadAsync(async connection => (await connection.QueryAsync<(string Subject, string Detail)>(
            "SELECT subject, detail FROM journal WHERE act = 'appoint' AND detail IS NOT NULL")).AsList())).ToLookup(leaf => leaf.Subject, leaf => leaf.Detail);
        return [.. rows.Select(row => (row, details[row.Id].FirstOrDefault()))];
    }

    /// <summary>The mandates that end soon, and whose member has not been told.</summary>
    /// <param name="database">The database.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="before">How many seconds before its end it is soon; of a shorter one, its last quarter.</param>
    /// <param name="kind">By which kind of notice they are told.</param>
    /// <param name="most">How many at once.</param>
    public static async Task<IReadOnlyList<(string MemberId, string Id)>> EndingAsync(Database database, long now, long before, string kind, long most) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, string)>("""
            SELECT s.member_id, s.id FROM steward s
            WHERE s.ended_at IS NULL AND s.until > @now AND s.until <= @now + @before AND (s.until - @now) * 4 <= s.until - s.created_at
                AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.about = s.id AND n.kind = @kind)
            ORDER BY s.until, s.id LIMIT @most
            """, new { now, before, kind, most })).AsList());

    /// <summary>The mandates that hold now, of all members or of one, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> InForceAsync(Database database, long now, string? memberId = null) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM steward WHERE until > @now AND ended_at IS NULL AND (@memberId IS NULL OR member_id = @memberId) ORDER BY created_at, id",
            new { now, memberId })).AsList());
}
