using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Refresh tokens: random, stored by digest, of a session, or of a wallet that waits for what it was offered. One that was rotated is kept, so that its use after that is known for one.</summary>
public static class RefreshTokens
{
    /// <summary>A row of the table refresh_token.</summary>
    public sealed record Row
    {
        /// <summary>The token's digest.</summary>
        public required string TokenDigest { get; init; }

        /// <summary>What it is for: null where it renews a session, <see cref="AccessTokens.ForCredential"/> where a wallet waits.</summary>
        public string? Audience { get; init; }

        /// <summary>The session it renews; the offer, of a wallet.</summary>
        public required string SessionId { get; init; }

        /// <summary>The client it was given to; empty for an anonymous wallet.</summary>
        public required string ClientId { get; init; }

        /// <summary>The scopes that were granted, separated by spaces.</summary>
        public required string Scope { get; init; }

        /// <summary>What else was asked for, as JSON; null where nothing was.</summary>
        public string? Options { get; init; }

        /// <summary>The thumbprint of the key that must come with it [RFC9449 §5]; null where none must.</summary>
        public string? DpopJkt { get; init; }

        /// <summary>The digest of the code it came from: a replay of the code revokes it.</summary>
        public required string GrantDigest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds: when its successor was given; null while it has none.</summary>
        public long? SpentAt { get; init; }

        /// <summary>Unix seconds; null while it is good.</summary>
        public long? RevokedAt { get; init; }
    }

    private const string Columns = "token_digest, session_id, client_id, scope, options, dpop_jkt, grant_digest, created_at, expires_at, spent_at, revoked_at, audience";

    private const string Offline = "' ' || scope || ' ' LIKE '% offline_access %'";

    /// <summary>Keeps a token.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO refresh_token ({Columns})
        VALUES (@TokenDigest, @SessionId, @ClientId, @Scope, @Options, @DpopJkt, @GrantDigest, @CreatedAt, @ExpiresAt, @SpentAt, @RevokedAt, @Audience)
        """, row);

    /// <summary>Rotates a token; breaks with <c>spent</c> where it was rotated before, or revoked.</summary>
    public static Statement Spend(string tokenDigest, long now) => new(
        "UPDATE refresh_token SET spent_at = @now WHERE token_digest = @tokenDigest AND spent_at IS NULL AND revoked_at IS NULL", new { tokenDigest, now }, "spent");

    /// <summary>What follows is for a token that is good; breaks with <c>spent</c>. Changes nothing.</summary>
    public static Statement Stand(string tokenDigest) => new(
        "UPDATE refresh_token SET revoked_at = NULL WHERE token_digest = @tokenDigest AND revoked_at IS NULL", new { tokenDigest }, "spent");

    /// <summary>Revokes what came from a code: the token and all its successors.</summary>
    public static Statement RevokeGrant(string grantDigest, long now) => new(
        "UPDATE refresh_token SET revoked_at = @now WHERE grant_digest = @grantDigest AND revoked_at IS NULL", new { grantDigest, now });

    /// <summary>The tokens of a session that were given for when its member is away go over to another session, with those that they followed.</summary>
    public static Statement MoveOffline(string sessionId, string to) => new(
        $"UPDATE refresh_token SET session_id = @to WHERE session_id = @sessionId AND {Offline}", new { sessionId, to });

    /// <summary>Whether a session has a token that is good when its member is away.</summary>
    public static async Task<bool> HasOfflineAsync(Database database, string sessionId, long now) => await database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long>($"""
            SELECT count(*) FROM refresh_token WHERE session_id = @sessionId AND {Offline} AND spent_at IS NULL AND revoked_at IS NULL AND expires_at > @now
            """, new { sessionId, now })) > 0;

    /// <summary>One token, good or not.</summary>
    public static Task<Row?> FindAsync(Database database, string token) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM refresh_token WHERE token_digest = @digest", new { digest = RandomId.Digest(token) }));
}
