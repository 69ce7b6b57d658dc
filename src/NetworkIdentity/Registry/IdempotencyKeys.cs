using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>What programs asked for once: by whom, with what, and the decision that came of it.</summary>
public static class IdempotencyKeys
{
    /// <summary>What <see cref="Use"/> breaks with.</summary>
    public const string Condition = "idempotency-key";

    /// <summary>A row of the table idempotency_key.</summary>
    public sealed record Row
    {
        /// <summary>The digest of the member, the client and the key.</summary>
        public required string Id { get; init; }

        /// <summary>The digest of the key and of what was sent with it.</summary>
        public required string Digest { get; init; }

        /// <summary>The decision that was proposed.</summary>
        public required string DecisionId { get; init; }

        /// <summary>Unix seconds: until when the same key is the same proposal.</summary>
        public required long ExpiresAt { get; init; }
    }

    /// <summary>Uses a key; breaks with <see cref="Condition"/> where it was used, and that is not over.</summary>
    public static Statement Use(Row row, long now) => new(
        """
        INSERT INTO idempotency_key (id, digest, decision_id, expires_at) VALUES (@Id, @Digest, @DecisionId, @ExpiresAt)
        ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, decision_id = excluded.decision_id, expires_at = excluded.expires_at
        WHERE idempotency_key.expires_at <= @now
        """,
        new { row.Id, row.Digest, row.DecisionId, row.ExpiresAt, now }, Condition);

    /// <summary>What came of a key; null where it was not used, or that is over.</summary>
    public static Task<Row?> FindAsync(Database database, string id, long now) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>("SELECT id, digest, decision_id, expires_at FROM idempotency_key WHERE id = @id AND expires_at > @now", new { id, now }));
}
