using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>What is decided by a quorum. A decision leaves the state open once, by one of the statements here.</summary>
public static class Decisions
{
    /// <summary>It may be approved, or has been decided and waits for its day.</summary>
    public const string Open = "open";

    /// <summary>It was carried out.</summary>
    public const string Done = "done";

    /// <summary>Its time was over before enough had approved, or the rules have changed.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>Who proposed it took it back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>What every statement that moves a decision breaks with, where it has moved meanwhile.</summary>
    public const string MovedCondition = "decision-moved";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OpenCondition = "decision-open";

    /// <summary>A row of the table decision.</summary>
    public sealed record Row
    {
        /// <summary>The decision's id.</summary>
        public required string Id { get; init; }

        /// <summary>What would be done.</summary>
        public required string Act { get; init; }

        /// <summary>The id of what it would be done to. There is one open decision of an act on it by each who proposes.</summary>
        public required string Subject { get; init; }

        /// <summary>The member whom it is about; null for nobody.</summary>
        public string? MemberId { get; init; }

        /// <summary>The node that it is about; null for none.</summary>
        public string? NodeId { get; init; }

        /// <summary>The words and values: JSON, sealed under the data key of the member whom it is about, or by the key ring.</summary>
        public required byte[] Content { get; init; }

        /// <summary>SHA-256 of that JSON, which has a salt in it, as base64url.</summary>
        public required string Digest { get; init; }

        /// <summary>The version of the charter by which it is decided.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>The member who proposed it; null where it follows from something that happened.</summary>
        public string? ProposedBy { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ProposedAt { get; init; }

        /// <summary>Unix seconds: until when it may be approved.</summary>
        public required long OpenUntil { get; init; }

        /// <summary><see cref="Open"/>, <see cref="Done"/>, <see cref="Lapsed"/> or <see cref="Withdrawn"/>.</summary>
        public required string State { get; init; }

        /// <summary>Moves with everything that could change who has approved.</summary>
        public required long Revision { get; init; }

        /// <summary>Unix seconds: since when enough have approved; null where they have not, or no more.</summary>
        public long? ReachedAt { get; init; }

        /// <summary>Unix seconds: when it is to be carried out; null where not enough have approved.</summary>
        public long? DueAt { get; init; }

        /// <summary>Unix seconds: when it left the state open.</summary>
        public long? EndedAt { get; init; }
    }

    private const string Columns = """
        id, act, subject, member_id, node_id, content, digest, charter_version, proposed_by, proposed_at, open_until, state, revision, reached_at, due_at, ended_at
        """;

    /// <summary>Proposes; breaks with <see cref="OpenCondition"/> where one of that act by the same person is open on the same subject.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO decision ({Columns})
        VALUES (@Id, @Act, @Subject, @MemberId, @NodeId, @Content, @Digest, @CharterVersion, @ProposedBy, @ProposedAt, @OpenUntil, @State, @Revision, @ReachedAt, @DueAt, @EndedAt)
        ON CONFLICT DO NOTHING
        """, row, OpenCondition);

    /// <summary>Something that could change who has approved: what was counted before counts no more. Breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Touch(string id, long revision) => new(
        "UPDATE decision SET revision = revision + 1 WHERE id = @id AND state = 'open' AND revision = @revision", new { id, revision }, MovedCondition);

    /// <summary>Enough have approved, and it waits for its day; or, where both are null, no longer. Breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Reach(string id, long revision, long? reachedAt, long? dueAt) => new(
        "UPDATE decision SET revision = revision + 1, reached_at = @reachedAt, due_at = @dueAt WHERE id = @id AND state = 'open' AND revision = @revision",
        new { id, revision, reachedAt, dueAt }, MovedCondition);

    /// <summary>What follows rests on one that was carried out, and on which nothing else was done since it was read. Breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement TouchDone(string id, long revision) => new(
        "UPDATE decision SET revision = revision + 1 WHERE id = @id AND state = 'done' AND revision = @revision", new { id, revision }, MovedCondition);

    /// <summary>It is over; breaks with <see cref="MovedCondition"/> where it is already, or has moved since it was looked at.</summary>
    public static Statement End(string id, long revision, string state, long now) => new(
        "UPDATE decision SET revision = revision + 1, state = @state, ended_at = @now WHERE id = @id AND state = 'open' AND revision = @revision",
        new { id, revision, state, now }, MovedCondition);

    /// <summary>What is open about a subject is over, since the subject is: it may be none.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="state">What it is then.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="act">The act, where it is of one alone.</param>
    public static Statement EndOf(string subject, string state, long now, string? act = null) => new("""
        UPDATE decision SET revision = revision + 1, state = @state, ended_at = @now
        WHERE subject = @subject AND state = 'open' AND (@act IS NULL OR act = @act)
        """, new { subject, state, now, act });

    /// <summary>What follows leaves no open decision about a member; breaks with <see cref="MovedCondition"/>. Changes nothing.</summary>
    public static Statement NoneAbout(string memberId) => new(
        "UPDATE decision SET revision = revision WHERE member_id = @memberId AND state = 'open'", new { memberId }, MovedCondition, 0);

    /// <summary>One decision.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM decision WHERE id = @id", new { id }));

    /// <summary>The open ones, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM decision WHERE state = 'open' ORDER BY proposed_at, id")).AsList());

    /// <summary>The open ones to look at: enough have approved, their time is over, or they are of a charter that is in force no more. What is due first comes first.</summary>
    public static async Task<IReadOnlyList<Row>> DueAsync(Database database, long now, long most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM decision
            WHERE state = 'open' AND (due_at IS NOT NULL OR open_until <= @now OR charter_version <> (SELECT charter_version FROM nation))
            ORDER BY COALESCE(due_at, open_until), id LIMIT @most
            """, new { now, most })).AsList());

    /// <summary>The ids of the open ones that too few have approved yet, and whose time is over soon, of which nobody was reminded.</summary>
    /// <param name="database">The database.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="before">How many seconds before its end it is soon; of a shorter one, its last quarter.</param>
    /// <param name="kind">By which kind of notice people are reminded.</param>
    /// <param name="most">How many at once.</param>
    public static async Task<IReadOnlyList<string>> EndingAsync(Database database, long now, long before, string kind, long most) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<string>("""
            SELECT d.id FROM decision d
            WHERE d.state = 'open' AND d.reached_at IS NULL AND d.open_until > @now AND d.open_until <= @now + @before AND (d.open_until - @now) * 4 <= d.open_until - d.proposed_at
                AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.about = d.id AND n.kind = @kind)
            ORDER BY d.open_until, d.id LIMIT @most
            """, new { now, before, kind, most })).AsList());

    /// <summary>How many open ones a member has proposed.</summary>
    public static Task<long> CountOpenOfAsync(Database database, string memberId) => database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long>("SELECT count(*) FROM decision WHERE proposed_by = @memberId AND state = 'open'", new { memberId }));

    /// <summary>All that are about a member, newest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfMemberAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM decision WHERE member_id = @memberId ORDER BY proposed_at DESC, id", new { memberId })).AsList());

    /// <summary>All that are about a subject, newest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfSubjectAsync(Database database, string subject) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM decision WHERE subject = @subject ORDER BY proposed_at DESC, id", new { subject })).AsList());

    /// <summary>The newest, at most so many.</summary>
    public static async Task<IReadOnlyList<Row>> NewestAsync(Database database, long most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM decision ORDER BY proposed_at DESC, id LIMIT @most", new { most })).AsList());
}
