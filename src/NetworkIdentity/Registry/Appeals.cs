using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Appeals. Each is open, and ends once: upheld, overturned or fallen.</summary>
public static class Appeals
{
    /// <summary>It waits for those who decide on it.</summary>
    public const string Open = "open";

    /// <summary>What was decided first stands.</summary>
    public const string Upheld = "upheld";

    /// <summary>Others decided that what was decided first falls.</summary>
    public const string Overturned = "overturned";

    /// <summary>It was not decided in its time, so what was decided first fell.</summary>
    public const string Fallen = "fallen";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "appeal-once";

    /// <summary>What <see cref="End"/> breaks with.</summary>
    public const string OpenCondition = "appeal-open";

    /// <summary>A row of the table appeal.</summary>
    public sealed record Row
    {
        /// <summary>The appeal's id.</summary>
        public required string Id { get; init; }

        /// <summary>The decision that is appealed: there is one appeal of each.</summary>
        public required string DecisionId { get; init; }

        /// <summary>Who appeals: the person whom the decision was about.</summary>
        public required string MemberId { get; init; }

        /// <summary>The node of the first decision; null for none.</summary>
        public string? NodeId { get; init; }

        /// <summary>What they say: JSON, sealed under their own key.</summary>
        public required byte[] Words { get; init; }

        /// <summary>SHA-256 of that JSON, which has a salt in it, as base64url.</summary>
        public required string Digest { get; init; }

        /// <summary>The version of the charter that the first decision was taken under: its windows are those of the appeal.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long AppealedAt { get; init; }

        /// <summary>Unix seconds: where it is not decided until then, the first decision falls.</summary>
        public required long DecideUntil { get; init; }

        /// <summary>One of the states.</summary>
        public required string State { get; init; }

        /// <summary>Unix seconds: when it left the state open.</summary>
        public long? EndedAt { get; init; }

        /// <summary>Whether what was decided first is undone.</summary>
        public bool HasUndone() => State is Overturned or Fallen;
    }

    private const string Columns = "id, decision_id, member_id, node_id, words, digest, charter_version, appealed_at, decide_until, state, ended_at";

    /// <summary>Appeals; breaks with <see cref="OnceCondition"/> where that decision was appealed before.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO appeal ({Columns})
        VALUES (@Id, @DecisionId, @MemberId, @NodeId, @Words, @Digest, @CharterVersion, @AppealedAt, @DecideUntil, @State, @EndedAt)
        ON CONFLICT DO NOTHING
        """, row, OnceCondition);

    /// <summary>It is over; breaks with <see cref="OpenCondition"/> where it was before.</summary>
    public static Statement End(string id, string state, long now) => new(
        "UPDATE appeal SET state = @state, ended_at = @now WHERE id = @id AND state = 'open'", new { id, state, now }, OpenCondition);

    /// <summary>What follows is of an appeal whose time is over, and that nobody decided; breaks with <see cref="OpenCondition"/>. Changes nothing.</summary>
    public static Statement IsOver(string id, long now) => new(
        "UPDATE appeal SET state = 'open' WHERE id = @id AND state = 'open' AND decide_until <= @now", new { id, now }, OpenCondition);

    /// <summary>One appeal; null where there is none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM appeal WHERE id = @id", new { id }));

    /// <summary>The appeals of a person.</summary>
    public static async Task<IReadOnlyList<Row>> OfMemberAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM appeal WHERE member_id = @memberId ORDER BY appealed_at, id", new { memberId })).AsList());

    /// <summary>Those that are open, the first due first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM appeal WHERE state = 'open' ORDER BY decide_until, id")).AsList());
}
