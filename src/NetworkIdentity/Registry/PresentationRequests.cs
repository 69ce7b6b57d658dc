using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>
/// Requests to wallets. One sign-in has several: one behind the link, one behind each QR code that was shown, one by the browser's own API; because they end
/// differently, and because a code that nobody has scanned soon leads nowhere.
/// </summary>
public static class PresentationRequests
{
    /// <summary>The wallet is on the device of the browser that asked.</summary>
    public const string SameDevice = "same_device";

    /// <summary>The wallet is on another device.</summary>
    public const string CrossDevice = "cross_device";

    /// <summary>The browser carries request and answer, by the Digital Credentials API [OpenID4VP App. A].</summary>
    public const string DigitalCredentials = "digital_credentials";

    /// <summary>A row of the table presentation_request.</summary>
    public sealed record Row
    {
        /// <summary>The request's id, in its URI.</summary>
        public required string Id { get; init; }

        /// <summary>The sign-in it serves.</summary>
        public required string SignInId { get; init; }

        /// <summary>Same device, cross device, or the Digital Credentials API.</summary>
        public required string Flow { get; init; }

        /// <summary>The client id of the request, which the presentation must be for; it names the key that signs the request.</summary>
        public required string ClientId { get; init; }

        /// <summary>The nonce the presentation must be bound to.</summary>
        public required string Nonce { get; init; }

        /// <summary>The state that must come back.</summary>
        public required string State { get; init; }

        /// <summary>A mode of <see cref="Standards.OpenId4Vp.ResponseModes"/>.</summary>
        public required string ResponseMode { get; init; }

        /// <summary>The ephemeral private key for the encrypted answer: PKCS#8, sealed by the key ring. Made when a wallet comes; null before, and for <c>direct_post</c>.</summary>
        public byte[]? DecryptionKey { get; init; }

        /// <summary>Unix seconds: when a wallet first fetched it.</summary>
        public long? FetchedAt { get; init; }

        /// <summary>The digest of the answer that was accepted: its identical retry gets the same reply.</summary>
        public string? AnswerDigest { get; init; }

        /// <summary>The digest of the response code that brings the browser back.</summary>
        public string? ResponseCodeDigest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }
    }

    private const string Columns = """
        id, sign_in_id, flow, client_id, nonce, state, response_mode, decryption_key, fetched_at, answer_digest, response_code_digest, expires_at
        """;

    /// <summary>Makes a request.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO presentation_request ({Columns})
        VALUES (@Id, @SignInId, @Flow, @ClientId, @Nonce, @State, @ResponseMode, @DecryptionKey, @FetchedAt, @AnswerDigest, @ResponseCodeDigest, @ExpiresAt)
        """, row);

    /// <summary>Makes a request, unless it is there.</summary>
    public static Statement InsertFirst(Row row) => Insert(row) with { Sql = Insert(row).Sql + " ON CONFLICT (id) DO NOTHING" };

    /// <summary>A wallet fetched it, for the first time; breaks with <c>fetched</c>.</summary>
    public static Statement Fetch(string id, byte[]? decryptionKey, long now, long until) => new(
        "UPDATE presentation_request SET fetched_at = @now, decryption_key = @decryptionKey, expires_at = @until WHERE id = @id AND fetched_at IS NULL",
        new { id, decryptionKey, now, until }, "fetched");

    /// <summary>Accepts the one answer; breaks with <c>answered</c> where there is one.</summary>
    public static Statement Answer(string id, string answerDigest, string responseCodeDigest) => new("""
        UPDATE presentation_request SET answer_digest = @answerDigest, response_code_digest = @responseCodeDigest
        WHERE id = @id AND answer_digest IS NULL
        """, new { id, answerDigest, responseCodeDigest }, "answered");

    /// <summary>One request.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM presentation_request WHERE id = @id", new { id }));

    /// <summary>The request that a response code belongs to.</summary>
    public static Task<Row?> FindByResponseCodeAsync(Database database, string responseCode) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM presentation_request WHERE response_code_digest = @digest", new { digest = RandomId.Digest(responseCode) }));

    /// <summary>The requests of a sign-in.</summary>
    public static async Task<IReadOnlyList<Row>> OfSignInAsync(Database database, string signInId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM presentation_request WHERE sign_in_id = @signInId", new { signInId })).AsList());
}
