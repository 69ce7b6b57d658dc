using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Requests to wallets to prove that who applies is one person. Legal moves: asked to answered to proven; asked or answered to lapsed.</summary>
public static class PersonhoodRequests
{
    /// <summary>A wallet may answer.</summary>
    public const string Asked = "asked";

    /// <summary>A wallet has: it counts once it is known that who asked holds it.</summary>
    public const string Answered = "answered";

    /// <summary>It counts.</summary>
    public const string Proven = "proven";

    /// <summary>It leads nowhere any more.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>What every statement that moves a request breaks with, where it was not at the stage before.</summary>
    public const string MovedCondition = "personhood-request";

    /// <summary>A row of the table personhood_request.</summary>
    public sealed record Row
    {
        /// <summary>The request's id, in its URI.</summary>
        public required string Id { get; init; }

        /// <summary>The application.</summary>
        public required string ApplicationId { get; init; }

        /// <summary>The version of the charter that says what is accepted.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>The client id of the request, which the presentation must be for; it names the key that signs the request.</summary>
        public required string ClientId { get; init; }

        /// <summary>The nonce the presentation must be bound to.</summary>
        public required string Nonce { get; init; }

        /// <summary>The state that must come back.</summary>
        public required string State { get; init; }

        /// <summary>Two digits, which the browser that asked shows.</summary>
        public required string Number { get; init; }

        /// <summary>The browser that asked, in fixed words.</summary>
        public required string BegunOn { get; init; }

        /// <summary>One of the stages.</summary>
        public required string Stage { get; init; }

        /// <summary>The ephemeral private key for the encrypted answer: PKCS#8, sealed by the key ring. Made when a wallet comes; null before.</summary>
        public byte[]? DecryptionKey { get; init; }

        /// <summary>What the answer proves; null before.</summary>
        public string? Tag { get; init; }

        /// <summary>The digest of the answer that was accepted: its identical retry gets the same reply.</summary>
        public string? AnswerDigest { get; init; }

        /// <summary>The digest of the response code that brings the browser back.</summary>
        public string? ResponseCodeDigest { get; init; }

        /// <summary>Why the last answer was not taken, or why it lapsed; null where there is no reason to tell.</summary>
        public string? Refused { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds: when a wallet fetched it.</summary>
        public long? FetchedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }
    }

    private const string Columns = """
        id, application_id, charter_version, client_id, nonce, state, number, begun_on, stage, decryption_key, tag, answer_digest, response_code_digest, refused, created_at, fetched_at, expires_at
        """;

    /// <summary>Makes a request.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO personhood_request ({Columns})
        VALUES (@Id, @ApplicationId, @CharterVersion, @ClientId, @Nonce, @State, @Number, @BegunOn, @Stage, @DecryptionKey, @Tag, @AnswerDigest, @ResponseCodeDigest, @Refused, @CreatedAt, @FetchedAt,
            @ExpiresAt)
        """, row);

    /// <summary>A wallet fetches it: the first, and no other. Breaks with <see cref="MovedCondition"/>.</summary>
    public static Statement Fetch(string id, byte[] decryptionKey, long now) => new(
        "UPDATE personhood_request SET fetched_at = @now, decryption_key = @decryptionKey WHERE id = @id AND fetched_at IS NULL AND stage = 'asked'",
        new { id, decryptionKey, now }, MovedCondition);

    /// <summary>An answer was not taken; another may be.</summary>
    public static Statement Refuse(string id, string reason) => new("UPDATE personhood_request SET refused = @reason WHERE id = @id AND stage = 'asked'", new { id, reason });

    /// <summary>Accepts the one answer; breaks with <see cref="MovedCondition"/> where there is one.</summary>
    public static Statement Answer(string id, string answerDigest, string responseCodeDigest, string tag, long until) => new("""
        UPDATE personhood_request
        SET stage = 'answered', answer_digest = @answerDigest, response_code_digest = @responseCodeDigest, tag = @tag, refused = NULL, expires_at = @until
        WHERE id = @id AND stage = 'asked'
        """, new { id, answerDigest, responseCodeDigest, tag, until }, MovedCondition);

    /// <summary>The answer counts; breaks with <see cref="MovedCondition"/> where there is none that waits for it, or its time is over.</summary>
    public static Statement Prove(string id, long now) => new(
        "UPDATE personhood_request SET stage = 'proven' WHERE id = @id AND stage = 'answered' AND expires_at > @now", new { id, now }, MovedCondition);

    /// <summary>It ends, whatever was answered; what was proven stays.</summary>
    /// <param name="id">The request.</param>
    /// <param name="reason">Why, where there is something to tell.</param>
    public static Statement Lapse(string id, string? reason) => new(
        "UPDATE personhood_request SET stage = 'lapsed', refused = @reason, tag = NULL WHERE id = @id AND stage IN ('asked', 'answered')", new { id, reason });

    /// <summary>Those of an application end: another takes their place.</summary>
    public static Statement LapseOf(string applicationId) => new(
        "UPDATE personhood_request SET stage = 'lapsed', refused = NULL, tag = NULL WHERE application_id = @applicationId AND stage IN ('asked', 'answered')", new { applicationId });

    /// <summary>One request; null where there is none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => FindByAsync(database, "id", id);

    /// <summary>The request that a response code belongs to; null where it is none.</summary>
    public static Task<Row?> FindByResponseCodeAsync(Database database, string responseCode) => FindByAsync(database, "response_code_digest", RandomId.Digest(responseCode));

    /// <summary>The newest of an application; null where there is none.</summary>
    public static Task<Row?> NewestAsync(Database database, string applicationId) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>($"SELECT {Columns} FROM personhood_request WHERE application_id = @applicationId ORDER BY created_at DESC, id DESC LIMIT 1", new { applicationId }));

    private static Task<Row?> FindByAsync(Database database, string column, string value) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM personhood_request WHERE {column} = @value", new { value }));
}
