using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Initial access tokens: who holds one may register so many clients [RFC7591 §3].</summary>
public static class InitialAccessTokens
{
    /// <summary>A row of the table initial_access_token.</summary>
    public sealed record Row
    {
        /// <summary>The name by which the operator speaks of it; not a secret.</summary>
        public required string Id { get; init; }

        /// <summary>The digest of the token.</summary>
        public required string TokenDigest { get; init; }

        /// <summary>Whom it is for, in the operator's words.</summary>
        public required string Note { get; init; }

        /// <summary>The policy of its clients: as <see cref="Partners.Row.Policy"/>.</summary>
        public required string Policy { get; init; }

        /// <summary>1 where its clients must send a PKCE challenge.</summary>
        public required long RequiresPkce { get; init; }

        /// <summary>How wallets answer for its clients.</summary>
        public required string WalletResponseMode { get; init; }

        /// <summary>How many clients may still be registered with it.</summary>
        public required long UsesLeft { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }
    }

    private const string Columns = "id, token_digest, note, policy, requires_pkce, wallet_response_mode, uses_left, created_at, expires_at";

    /// <summary>Keeps a token.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO initial_access_token ({Columns})
        VALUES (@Id, @TokenDigest, @Note, @Policy, @RequiresPkce, @WalletResponseMode, @UsesLeft, @CreatedAt, @ExpiresAt)
        """, row);

    /// <summary>Uses it once; breaks with <c>initial_access_token</c> where it was used up, withdrawn, or has expired.</summary>
    public static Statement Use(string id, long now) => new(
        "UPDATE initial_access_token SET uses_left = uses_left - 1 WHERE id = @id AND uses_left > 0 AND expires_at > @now", new { id, now }, "initial_access_token");

    /// <summary>Withdraws it; breaks with <c>initial_access_token</c> where there is none that is good.</summary>
    public static Statement Withdraw(string id, long now) => new(
        "UPDATE initial_access_token SET uses_left = 0 WHERE id = @id AND uses_left > 0 AND expires_at > @now", new { id, now }, "initial_access_token");

    /// <summary>The token, if it was not used up or withdrawn, and has not expired.</summary>
    public static Task<Row?> FindGoodAsync(Database database, string token, long now) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM initial_access_token WHERE token_digest = @digest AND uses_left > 0 AND expires_at > @now
            """, new { digest = RandomId.Digest(token), now }));

    /// <summary>Those that are good, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllGoodAsync(Database database, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM initial_access_token WHERE uses_left > 0 AND expires_at > @now ORDER BY created_at, id", new { now })).AsList());
}
