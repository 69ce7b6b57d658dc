using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Members: an id that is never given to another, and the key that their personal data is encrypted under.</summary>
public static class Members
{
    /// <summary>A row of the table member.</summary>
    public sealed record Row
    {
        /// <summary>The member's id, internal to the nation.</summary>
        public required string Id { get; init; }

        /// <summary><c>applied</c>, <c>offered</c>, <c>active</c>, <c>left</c> or <c>erased</c>.</summary>
        public required string State { get; init; }

        /// <summary>The member's own data key, sealed by the key ring; empty once the member is erased.</summary>
        public required byte[] DataKey { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>The node that the member belongs to; null for none.</summary>
        public string? NodeId { get; init; }

        /// <summary>Unix seconds: when they first held a membership credential; null before.</summary>
        public long? JoinedAt { get; init; }
    }

    private const string Columns = "id, state, data_key, created_at, node_id, joined_at";

    /// <summary>Adds a member.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO member ({Columns}) VALUES (@Id, @State, @DataKey, @CreatedAt, @NodeId, @JoinedAt)", row);

    /// <summary>An offered member holds a credential now.</summary>
    public static Statement Activate(string id, long now) => new(
        "UPDATE member SET state = 'active', joined_at = @now WHERE id = @id AND state = 'offered'", new { id, now });

    /// <summary>Who applied is admitted: a membership can be offered to them.</summary>
    public static Statement Admit(string id) => new("UPDATE member SET state = 'offered' WHERE id = @id AND state = 'applied'", new { id });

    /// <summary>What follows is for who has not taken their membership yet; breaks with <c>offered</c>. Changes nothing.</summary>
    public static Statement IsOffered(string id) => new("UPDATE member SET state = 'offered' WHERE id = @id AND state = 'offered'", new { id }, "offered");

    /// <summary>Who never joined is forgotten: what they said can't be read any more. Breaks with <c>joined</c> where they have.</summary>
    public static Statement Forget(string id) => new(
        "UPDATE member SET state = 'erased', data_key = @none, node_id = NULL WHERE id = @id AND (joined_at IS NULL OR state = 'erased')", new { id, none = Array.Empty<byte>() }, "joined");

    /// <summary>What <see cref="IsHere"/>, <see cref="Leave"/>, <see cref="HasLeft"/>, <see cref="MayReturn"/> and <see cref="Return"/> break with.</summary>
    public const string HereCondition = "here";

    /// <summary>A member leaves; breaks with <see cref="HereCondition"/> where they have, or never belonged.</summary>
    public static Statement Leave(string id) => new("UPDATE member SET state = 'left' WHERE id = @id AND state = 'active'", new { id }, HereCondition);

    /// <summary>What follows is for who has left; breaks with <see cref="HereCondition"/>. Changes nothing.</summary>
    public static Statement HasLeft(string id) => new("UPDATE member SET state = 'left' WHERE id = @id AND state = 'left'", new { id }, HereCondition);

    /// <summary>What follows is for who has not left; breaks with <see cref="HereCondition"/>. Changes nothing.</summary>
    public static Statement IsHere(string id) => new("UPDATE member SET state = state WHERE id = @id AND state <> 'left'", new { id }, HereCondition);

    /// <summary>
    /// What follows and every offer to this member are one after the other: each offer is made behind a lock on this row. Else, on PostgreSQL, one that is made beside it is not among those
    /// that it looks at, since what a statement reads is as old as the statement. Changes nothing.
    /// </summary>
    public static Statement Hold(string id) => new("UPDATE member SET state = state WHERE id = @id", new { id });

    /// <summary>The node that a member belongs to from now on.</summary>
    public static Statement BelongTo(string id, string nodeId) => new("UPDATE member SET node_id = @nodeId WHERE id = @id", new { id, nodeId });

    /// <summary>What follows is for who belongs, or has left and may belong again; breaks with <see cref="HereCondition"/>. Changes nothing.</summary>
    public static Statement MayReturn(string id) => new("UPDATE member SET state = state WHERE id = @id AND state IN ('active', 'left')", new { id }, HereCondition);

    /// <summary>Who has left belongs again; breaks with <see cref="HereCondition"/> where they have not, or do already.</summary>
    public static Statement Return(string id) => new("UPDATE member SET state = 'active' WHERE id = @id AND state = 'left'", new { id }, HereCondition);

    /// <summary>A member has belonged since another day, where that is earlier.</summary>
    public static Statement JoinedBefore(string id, long joinedAt) => new("UPDATE member SET joined_at = @joinedAt WHERE id = @id AND joined_at > @joinedAt", new { id, joinedAt });

    /// <summary>One member.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM member WHERE id = @id", new { id }));

    /// <summary>All members, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM member ORDER BY created_at, id")).AsList());

    /// <summary>Who belongs: holds a membership credential in force.</summary>
    /// <param name="database">The database.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="stewardsAlone">Whether those alone are wanted who have a mandate in force.</param>
    public static async Task<IReadOnlyList<(string Id, long JoinedAt, string? NodeId)>> BelongingAsync(Database database, long now, bool stewardsAlone) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, long, string?)>($"""
            SELECT m.id, COALESCE(m.joined_at, m.created_at), m.node_id FROM member m
            WHERE (@stewardsAlone = 0 OR EXISTS (SELECT 1 FROM steward s WHERE s.member_id = m.id AND s.until > @now AND s.ended_at IS NULL))
                AND EXISTS (SELECT 1 FROM credential WHERE member_id = m.id AND type = @type AND {Credentials.Standing})
            ORDER BY m.id
            """, new { now, stewardsAlone = stewardsAlone ? 1L : 0L, type = CredentialType.Membership })).AsList());
}
