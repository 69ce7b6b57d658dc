using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who asks to join. An application moves by the statements here alone, each from the states that it may be in.</summary>
public static class Applications
{
    /// <summary>It waits for members who speak for the person.</summary>
    public const string Vouching = "vouching";

    /// <summary>Enough did, and stewards decide.</summary>
    public const string Review = "review";

    /// <summary>It was decided that the person belongs: their membership waits for their wallet.</summary>
    public const string Admitted = "admitted";

    /// <summary>The membership was taken.</summary>
    public const string Joined = "joined";

    /// <summary>It was decided that the person does not, by a criterion of the charter.</summary>
    public const string Refused = "refused";

    /// <summary>The person took it back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Its time was over.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>What every statement that moves an application breaks with, where it has moved meanwhile.</summary>
    public const string MovedCondition = "application-moved";

    /// <summary>A row of the table application.</summary>
    public sealed record Row
    {
        /// <summary>The application's id.</summary>
        public required string Id { get; init; }

        /// <summary>The person, who has a key of their own from the first day.</summary>
        public required string MemberId { get; init; }

        /// <summary>The digest of what the applicant's link holds.</summary>
        public required string SecretDigest { get; init; }

        /// <summary>The digest of the code that the applicant gives to members who know them.</summary>
        public required string VouchDigest { get; init; }

        /// <summary>The node that they would belong to; null for none.</summary>
        public string? NodeId { get; init; }

        /// <summary>What they said: JSON, sealed under their own key.</summary>
        public required byte[] Content { get; init; }

        /// <summary>The version of the charter under which they asked.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>One of the states.</summary>
        public required string State { get; init; }

        /// <summary>Moves with everything that happens to it.</summary>
        public required long Revision { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long AppliedAt { get; init; }

        /// <summary>Unix seconds: until when it is open; of who was admitted, until when they can take their membership.</summary>
        public required long OpenUntil { get; init; }

        /// <summary>Unix seconds: when it reached an end.</summary>
        public long? EndedAt { get; init; }

        /// <summary>The decision that admitted or refused the person.</summary>
        public string? DecisionId { get; init; }
    }

    private const string Columns =
        "id, member_id, secret_digest, vouch_digest, node_id, content, charter_version, state, revision, applied_at, open_until, ended_at, decision_id";

    /// <summary>Somebody asks to join.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO application ({Columns})
        VALUES (@Id, @MemberId, @SecretDigest, @VouchDigest, @NodeId, @Content, @CharterVersion, @State, @Revision, @AppliedAt, @OpenUntil, @EndedAt, @DecisionId)
        """, row);

    /// <summary>Something happened to it that moves no state; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Touch(Row row) => Move(row, row.State);

    /// <summary>It is in another state; breaks with <see cref="MovedCondition"/> where it has moved since it was read.</summary>
    public static Statement Move(Row row, string state) => new(
        "UPDATE application SET state = @state, revision = revision + 1 WHERE id = @Id AND revision = @Revision", new { state, row.Id, row.Revision }, MovedCondition);

    /// <summary>It is over; breaks with <see cref="MovedCondition"/> where it has moved since it was read.</summary>
    public static Statement End(Row row, string state, long now) => new(
        "UPDATE application SET state = @state, revision = revision + 1, ended_at = @now WHERE id = @Id AND revision = @Revision AND ended_at IS NULL",
        new { state, now, row.Id, row.Revision }, MovedCondition);

    /// <summary>It was decided, from review alone; breaks with <see cref="MovedCondition"/>. Who was refused is at an end.</summary>
    public static Statement Decide(string id, string state, string decisionId, long openUntil, long? endedAt) => new("""
        UPDATE application SET state = @state, revision = revision + 1, decision_id = @decisionId, open_until = @openUntil, ended_at = @endedAt
        WHERE id = @id AND state = 'review'
        """, new { id, state, decisionId, openUntil, endedAt }, MovedCondition);

    /// <summary>Who was refused is looked at again: from refused alone; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Reopen(string id, long openUntil) => new("""
        UPDATE application SET state = 'review', revision = revision + 1, decision_id = NULL, open_until = @openUntil, ended_at = NULL WHERE id = @id AND state = 'refused'
        """, new { id, openUntil }, MovedCondition);

    /// <summary>What follows is for who was admitted and has not taken it; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement IsAdmitted(Row row) => new(
        "UPDATE application SET revision = revision + 1 WHERE id = @Id AND state = 'admitted' AND revision = @Revision", new { row.Id, row.Revision }, MovedCondition);

    /// <summary>One application; null where there is none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => FindByAsync(database, "id", id);

    /// <summary>The application of a secret; null where there is none.</summary>
    public static Task<Row?> FindBySecretAsync(Database database, string digest) => FindByAsync(database, "secret_digest", digest);

    /// <summary>The application of a code for those who vouch; null where there is none.</summary>
    public static Task<Row?> FindByVouchAsync(Database database, string digest) => FindByAsync(database, "vouch_digest", digest);

    /// <summary>The application of a person; null where there is none.</summary>
    public static Task<Row?> OfMemberAsync(Database database, string memberId) => FindByAsync(database, "member_id", memberId);

    /// <summary>Those that are not at an end, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM application WHERE ended_at IS NULL ORDER BY applied_at, id")).AsList());

    /// <summary>Those that were refused, of people who were not forgotten yet, the first decided first.</summary>
    public static async Task<IReadOnlyList<Row>> RefusedAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM application WHERE state = 'refused' AND member_id IN (SELECT id FROM member WHERE state <> 'erased') ORDER BY ended_at, id
            """)).AsList());

    private static Task<Row?> FindByAsync(Database database, string column, string value) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM application WHERE {column} = @value", new { value }));
}
