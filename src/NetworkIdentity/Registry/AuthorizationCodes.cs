using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Authorization codes, stored by digest. A spent one is kept, so that its replay is known for one.</summary>
public static class AuthorizationCodes
{
    /// <summary>A row of the table authorization_code.</summary>
    public sealed record Row
    {
        /// <summary>The code's digest.</summary>
        public required string CodeDigest { get; init; }

        /// <summary>The session it stands for.</summary>
        public required string SessionId { get; init; }

        /// <summary>The client it was given to.</summary>
        public required string ClientId { get; init; }

        /// <summary>The redirect URI of the request, which must be named again.</summary>
        public required string RedirectUri { get; init; }

        /// <summary>The scopes that were granted, separated by spaces.</summary>
        public required string Scope { get; init; }

        /// <summary>The client's <c>nonce</c>.</summary>
        public string? Nonce { get; init; }

        /// <summary>The PKCE challenge, S256.</summary>
        public string? CodeChallenge { get; init; }

        /// <summary>What else was asked for, as JSON; null where nothing was.</summary>
        public string? Options { get; init; }

        /// <summary>The thumbprint of the key that must come with it [RFC9449 §10]; null where any may.</summary>
        public string? DpopJkt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds; null before it is spent.</summary>
        public long? SpentAt { get; init; }
    }

    private const string Columns = "code_digest, session_id, client_id, redirect_uri, scope, nonce, code_challenge, options, dpop_jkt, created_at, expires_at, spent_at";

    /// <summary>Keeps a code.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO authorization_code ({Columns})
        VALUES (@CodeDigest, @SessionId, @ClientId, @RedirectUri, @Scope, @Nonce, @CodeChallenge, @Options, @DpopJkt, @CreatedAt, @ExpiresAt, @SpentAt)
        """, row);

    /// <summary>Spends a code; breaks with <c>spent</c> where it was spent before.</summary>
    public static Statement Spend(string codeDigest, long now) => new(
        "UPDATE authorization_code SET spent_at = @now WHERE code_digest = @codeDigest AND spent_at IS NULL", new { codeDigest, now }, "spent");

    /// <summary>One code, spent or not.</summary>
    public static Task<Row?> FindAsync(Database database, string codeDigest) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM authorization_code WHERE code_digest = @codeDigest", new { codeDigest }));
}
