using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Access tokens, random or signed: stored by digest, bound to what they open.</summary>
public static class AccessTokens
{
    /// <summary>Opens the credential endpoint.</summary>
    public const string ForCredential = "credential";

    /// <summary>Opens the userinfo endpoint.</summary>
    public const string ForUserInfo = "userinfo";

    /// <summary>In the scope of a token whose response gave <c>credential_identifiers</c>.</summary>
    public const string WithIdentifiers = "credential_identifiers";

    /// <summary>In the scope of a token that a refresh token gave: it opens what was asked for before, on the keys that were proven then, and nothing else.</summary>
    public const string Renewed = "renewed";

    /// <summary>A row of the table access_token.</summary>
    public sealed record Row
    {
        /// <summary>The token's digest.</summary>
        public required string TokenDigest { get; init; }

        /// <summary>What it opens: <see cref="ForCredential"/>, <see cref="ForUserInfo"/>, or a resource's identifier.</summary>
        public required string Audience { get; init; }

        /// <summary>The offer's id, or the session's; the client's own where it acts for itself.</summary>
        public required string SubjectId { get; init; }

        /// <summary>The client it was given to; null for an anonymous wallet.</summary>
        public string? ClientId { get; init; }

        /// <summary>Scopes, separated by spaces. For a credential: its configuration, and <see cref="WithIdentifiers"/> where the wallet was given identifiers.</summary>
        public required string Scope { get; init; }

        /// <summary>What else was asked for, as JSON; null where nothing was.</summary>
        public string? Options { get; init; }

        /// <summary>The thumbprint of the key that must come with it [RFC9449 §6]; null for a bearer token.</summary>
        public string? DpopJkt { get; init; }

        /// <summary>The digest of the code it came from: a replay of the code revokes it; empty where it came from none.</summary>
        public required string GrantDigest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds; null while it is good.</summary>
        public long? RevokedAt { get; init; }
    }

    private const string Columns = "token_digest, audience, subject_id, client_id, scope, options, dpop_jkt, grant_digest, created_at, expires_at, revoked_at";

    /// <summary>Keeps a token.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO access_token ({Columns})
        VALUES (@TokenDigest, @Audience, @SubjectId, @ClientId, @Scope, @Options, @DpopJkt, @GrantDigest, @CreatedAt, @ExpiresAt, @RevokedAt)
        """, row);

    /// <summary>Revokes what came from a code.</summary>
    public static Statement RevokeGrant(string grantDigest, long now) => new(
        "UPDATE access_token SET revoked_at = @now WHERE grant_digest = @grantDigest AND revoked_at IS NULL", new { grantDigest, now });

    /// <summary>Revokes what opens a subject.</summary>
    public static Statement RevokeOf(string audience, string subjectId, long now) => new(
        "UPDATE access_token SET revoked_at = @now WHERE audience = @audience AND subject_id = @subjectId AND revoked_at IS NULL",
        new { audience, subjectId, now });

    /// <summary>Revokes one token.</summary>
    public static Statement Revoke(string tokenDigest, long now) => new(
        "UPDATE access_token SET revoked_at = @now WHERE token_digest = @tokenDigest AND revoked_at IS NULL", new { tokenDigest, now });

    /// <summary>One token, good or not.</summary>
    public static Task<Row?> FindAsync(Database database, string token) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM access_token WHERE token_digest = @digest", new { digest = RandomId.Digest(token) }));

    /// <summary>The token, if it opens <paramref name="audience"/>, has not expired and was not revoked.</summary>
    public static Task<Row?> FindGoodAsync(Database database, string token, string audience, long now) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM access_token
            WHERE token_digest = @digest AND audience = @audience AND expires_at > @now AND revoked_at IS NULL
            """, new { digest = RandomId.Digest(token), audience, now }));
}
