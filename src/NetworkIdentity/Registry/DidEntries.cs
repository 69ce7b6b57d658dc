using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The log of the nation's DID, and what its witnesses said of it.</summary>
public static class DidEntries
{
    /// <summary>A row of the table did_entry.</summary>
    public sealed record Row
    {
        /// <summary>The entry's number, from 1.</summary>
        public required long Version { get; init; }

        /// <summary>The number, a dash and the entry's hash.</summary>
        public required string VersionId { get; init; }

        /// <summary>Unix seconds: its <c>versionTime</c>, later than that of the entry before, whatever the clock did.</summary>
        public required long At { get; init; }

        /// <summary>The entry as it is published, without the line's end.</summary>
        public required string Line { get; init; }

        /// <summary>Unix seconds: when it was restored from a backup as the last, so that nobody knows whether others followed it; else null.</summary>
        public long? RestoredAt { get; init; }
    }

    /// <summary>A row of the table did_proof.</summary>
    public sealed record ProofRow
    {
        /// <summary>The version that is approved of.</summary>
        public required string VersionId { get; init; }

        /// <summary>The witness's key as a Multikey.</summary>
        public required string Witness { get; init; }

        /// <summary>The proof as JSON.</summary>
        public required string Proof { get; init; }
    }

    /// <summary>Appends an entry; breaks with <c>version</c> where another server appended that version first.</summary>
    public static Statement Insert(Row row) => new(
        "INSERT INTO did_entry (version, version_id, at, line) VALUES (@Version, @VersionId, @At, @Line) ON CONFLICT DO NOTHING",
        new { row.Version, row.VersionId, row.At, row.Line },
        "version");

    /// <summary>Keeps a witness's proof; the first that each gave of a version.</summary>
    public static Statement InsertProof(ProofRow proof) => new(
        "INSERT INTO did_proof (version_id, witness, proof) VALUES (@VersionId, @Witness, @Proof) ON CONFLICT DO NOTHING", proof);

    /// <summary>It was looked that nothing followed the entry that a backup had as the last, or what did was put in.</summary>
    public static Statement Release() => new("UPDATE did_entry SET restored_at = NULL WHERE restored_at IS NOT NULL", new { });

    /// <summary>Whether anything changed: the last entry's name, whether it was restored, and how many proofs there are; null before the first entry.</summary>
    public static Task<(string VersionId, long? RestoredAt, long Proofs)?> HeadAsync(Database database) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<(string, long?, long)?>(
            "SELECT version_id, restored_at, (SELECT count(*) FROM did_proof) AS proofs FROM did_entry ORDER BY version DESC LIMIT 1"));

    /// <summary>The entries, first to last.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("SELECT version, version_id, at, line, restored_at FROM did_entry ORDER BY version")).AsList());

    /// <summary>The witnesses' proofs.</summary>
    public static async Task<IReadOnlyList<ProofRow>> ProofsAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<ProofRow>("SELECT version_id, witness, proof FROM did_proof ORDER BY version_id, witness")).AsList());
}
