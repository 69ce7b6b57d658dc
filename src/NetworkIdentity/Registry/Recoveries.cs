using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who lost their wallet. A recovery moves by the statements here alone, each from the states that it may be in.</summary>
public static class Recoveries
{
    /// <summary>One who can attest has opened it; the person has not begun yet.</summary>
    public const string Opened = "opened";

    /// <summary>It waits for those who attest that it is them.</summary>
    public const string Attesting = "attesting";

    /// <summary>Enough did, and stewards decide; then the delay runs.</summary>
    public const string Review = "review";

    /// <summary>It was decided: a new wallet can be bound.</summary>
    public const string Granted = "granted";

    /// <summary>The new wallet holds the membership.</summary>
    public const string Done = "done";

    /// <summary>The member objected.</summary>
    public const string Objected = "objected";

    /// <summary>The person took it back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Its time was over, or nobody is a member any more whom it was about.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>What every statement that moves a recovery breaks with, where it has moved meanwhile.</summary>
    public const string MovedCondition = "recovery-moved";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OpenCondition = "recovery-open";

    /// <summary>A row of the table recovery.</summary>
    public sealed record Row
    {
        /// <summary>The recovery's id.</summary>
        public required string Id { get; init; }

        /// <summary>The member.</summary>
        public required string MemberId { get; init; }

        /// <summary>Who opened it for them.</summary>
        public required string OpenedBy { get; init; }

        /// <summary>The list of those who can attest; null for those who vouched when the member joined.</summary>
        public string? ListId { get; init; }

        /// <summary>The digest of the code that begins it.</summary>
        public required string StartDigest { get; init; }

        /// <summary>The digest of what the person's link holds; null before it has begun.</summary>
        public string? SecretDigest { get; init; }

        /// <summary>The digest of the code that the person reads out; null before it has begun.</summary>
        public string? AttestDigest { get; init; }

        /// <summary>The version of the charter under which it was opened.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>One of the states.</summary>
        public required string State { get; init; }

        /// <summary>Moves with everything that happens to it.</summary>
        public required long Revision { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long OpenedAt { get; init; }

        /// <summary>Unix seconds: until when it stays in the state that it is in.</summary>
        public required long OpenUntil { get; init; }

        /// <summary>Unix seconds: when it reached an end.</summary>
        public long? EndedAt { get; init; }

        /// <summary>The decision that granted it.</summary>
        public string? DecisionId { get; init; }
    }

    private const string Columns =
        "id, member_id, opened_by, list_id, start_digest, secret_digest, attest_digest, charter_version, state, revision, opened_at, open_until, ended_at, decision_id";

    /// <summary>Opens one; breaks with <see cref="OpenCondition"/> where the same person has one open for the same member.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO recovery ({Columns})
        VALUES (@Id, @MemberId, @OpenedBy, @ListId, @StartDigest, @SecretDigest, @AttestDigest, @CharterVersion, @State, @Revision, @OpenedAt, @OpenUntil, @EndedAt, @DecisionId)
        ON CONFLICT DO NOTHING
        """, row, OpenCondition);

    /// <summary>The person begins it, once; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Begin(Row row, string secretDigest, string attestDigest, long openUntil) => new("""
        UPDATE recovery SET state = 'attesting', secret_digest = @secretDigest, attest_digest = @attestDigest, open_until = @openUntil, revision = revision + 1
        WHERE id = @Id AND state = 'opened' AND revision = @Revision
        """, new { row.Id, row.Revision, secretDigest, attestDigest, openUntil }, MovedCondition);

    /// <summary>Something happened to it that moves no state; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Touch(Row row) => Move(row, row.State, row.OpenUntil);

    /// <summary>It is in another state, or for longer; breaks with <see cref="MovedCondition"/> where it has moved since it was read.</summary>
    public static Statement Move(Row row, string state, long openUntil) => new(
        "UPDATE recovery SET state = @state, open_until = @openUntil, revision = revision + 1 WHERE id = @Id AND revision = @Revision AND ended_at IS NULL",
        new { state, openUntil, row.Id, row.Revision }, MovedCondition);

    /// <summary>It was decided, from review alone; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Grant(Row row, string decisionId, long openUntil) => new("""
        UPDATE recovery SET state = 'granted', decision_id = @decisionId, open_until = @openUntil, revision = revision + 1
        WHERE id = @Id AND state = 'review' AND revision = @Revision
        """, new { row.Id, row.Revision, decisionId, openUntil }, MovedCondition);

    /// <summary>The new wallet takes it, from granted alone; breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Finish(Row row, long now) => new(
        "UPDATE recovery SET state = 'done', ended_at = @now, revision = revision + 1 WHERE id = @Id AND state = 'granted' AND revision = @Revision",
        new { now, row.Id, row.Revision }, MovedCondition);

    /// <summary>It is over; breaks with <see cref="MovedCondition"/> where it has moved since it was read.</summary>
    public static Statement End(Row row, string state, long now) => new(
        "UPDATE recovery SET state = @state, ended_at = @now, revision = revision + 1 WHERE id = @Id AND revision = @Revision AND ended_at IS NULL",
        new { state, now, row.Id, row.Revision }, MovedCondition);

    /// <summary>Whatever is asked for in a member's name is over; it may be nothing.</summary>
    public static Statement EndOfMember(string memberId, long now) => new(
        "UPDATE recovery SET state = 'lapsed', ended_at = @now, revision = revision + 1 WHERE member_id = @memberId AND ended_at IS NULL", new { memberId, now });

    /// <summary>One recovery; null where there is none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => FindByAsync(database, "id", id);

    /// <summary>The recovery of the code that begins it; null where there is none.</summary>
    public static Task<Row?> FindByStartAsync(Database database, string digest) => FindByAsync(database, "start_digest", digest);

    /// <summary>The recovery of a person's secret; null where there is none.</summary>
    public static Task<Row?> FindBySecretAsync(Database database, string digest) => FindByAsync(database, "secret_digest", digest);

    /// <summary>The recovery of the code that is read out; null where there is none.</summary>
    public static Task<Row?> FindByAttestAsync(Database database, string digest) => FindByAsync(database, "attest_digest", digest);

    /// <summary>The recovery that a decision granted; null where there is none.</summary>
    public static Task<Row?> OfDecisionAsync(Database database, string decisionId) => FindByAsync(database, "decision_id", decisionId);

    /// <summary>All of a member, newest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfMemberAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM recovery WHERE member_id = @memberId ORDER BY opened_at DESC, id DESC", new { memberId })).AsList());

    /// <summary>Those that are not at an end, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM recovery WHERE ended_at IS NULL ORDER BY opened_at, id")).AsList());

    private static Task<Row?> FindByAsync(Database database, string column, string value) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM recovery WHERE {column} = @value", new { value }));
}
