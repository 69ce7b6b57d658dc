using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The nation's keys, private parts sealed.</summary>
public static class SigningKeys
{
    /// <summary>A row of the table signing_key.</summary>
    public sealed record Row
    {
        /// <summary>Key id.</summary>
        public required string Kid { get; init; }

        /// <summary>What it signs: a name of KeyPurpose.</summary>
        public required string Purpose { get; init; }

        /// <summary>The JOSE algorithm.</summary>
        public required string Algorithm { get; init; }

        /// <summary>1 for the first key of its purpose and algorithm, 2 for its successor. Two servers can't both make one.</summary>
        public required long Generation { get; init; }

        /// <summary>Unix seconds: signs from here on.</summary>
        public required long NotBefore { get; init; }

        /// <summary>Unix seconds: signs nothing after.</summary>
        public required long RetireAfter { get; init; }

        /// <summary>Unix seconds: until when what it signed may have to be verified.</summary>
        public required long PublishUntil { get; init; }

        /// <summary>PKCS#8, or the 32-byte seed of Ed25519; sealed by the key ring.</summary>
        public required byte[] PrivateKey { get; init; }

        /// <summary>The DER certificate from the nation's root; null where the purpose has none.</summary>
        public byte[]? Certificate { get; init; }
    }

    /// <summary>Keeps a key; breaks with <c>generation</c> where another server made that generation first.</summary>
    public static Statement Insert(Row row) => new("""
        INSERT INTO signing_key (kid, purpose, algorithm, generation, not_before, retire_after, publish_until, private_key, certificate)
        VALUES (@Kid, @Purpose, @Algorithm, @Generation, @NotBefore, @RetireAfter, @PublishUntil, @PrivateKey, @Certificate)
        ON CONFLICT DO NOTHING
        """, row, "generation");

    /// <summary>The keys before a generation sign until a moment and no longer, and are published for so long; those that end before are left as they are.</summary>
    public static Statement Retire(string purpose, string algorithm, long generation, long retireAfter, long publishUntil) => new("""
        UPDATE signing_key SET retire_after = @retireAfter, publish_until = @publishUntil
        WHERE purpose = @purpose AND algorithm = @algorithm AND generation < @generation AND retire_after > @retireAfter
        """, new { purpose, algorithm, generation, retireAfter, publishUntil });

    /// <summary>All keys, oldest generation first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("""
            SELECT kid, purpose, algorithm, generation, not_before, retire_after, publish_until, private_key, certificate
            FROM signing_key ORDER BY purpose, algorithm, generation
            """)).AsList());
}
