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

        /// <summary>The sign-in it stands for.</summary>
        public required string SignInId { get; init; }

        /// <summary>The client it was given to.</summary>
        public required string ClientId { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds; null before it is spent.</summary>
        public long? SpentAt { get; init; }
    }

    /// <summary>Keeps a code.</summary>
    public static Statement Insert(Row row) => new("""
        INSERT INTO authorization_code (code_digest, sign_in_id, client_id, created_at, expires_at, spent_at)
        VALUES (@CodeDigest, @SignInId, @ClientId, @CreatedAt, @ExpiresAt, @SpentAt)
        """, row);

    /// <summary>Spends a code; breaks with <c>spent</c> where it was spent before.</summary>
    public static Statement Spend(string codeDigest, long now) => new(
        "UPDATE authorization_code SET spent_at = @now WHERE code_digest = @codeDigest AND spent_at IS NULL", new { codeDigest, now }, "spent");

    /// <summary>Spends whatever codes a sign-in has out.</summary>
    public static Statement SpendOf(string signInId, long now) => new(
        "UPDATE authorization_code SET spent_at = @now WHERE sign_in_id = @signInId AND spent_at IS NULL", new { signInId, now });

    /// <summary>One code, spent or not.</summary>
    public static Task<Row?> FindAsync(Database database, string codeDigest) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT code_digest, sign_in_id, client_id, created_at, expires_at, spent_at FROM authorization_code WHERE code_digest = @codeDigest",
            new { codeDigest }));
}
