using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The register of recognitions: what was decided is not changed or deleted.</summary>
public static class Recognitions
{
    /// <summary>What <see cref="End"/> breaks with.</summary>
    public const string EndCondition = "recognition-end";

    /// <summary>What <see cref="Hold"/> breaks with.</summary>
    public const string IssuerCondition = "recognised-issuer";

    /// <summary>A row of the table recognition.</summary>
    public sealed record Row
    {
        /// <summary>The id of the decision that it rests on; one of its own for the founder's word.</summary>
        public required string Id { get; init; }

        /// <summary>What was decided, as JSON.</summary>
        public required byte[] Content { get; init; }

        /// <summary>SHA-256 of its canonical JSON, as base64url: the log's leaf names it.</summary>
        public required string Digest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long DecidedAt { get; init; }

        /// <summary>Unix seconds: when it was ended before its time; null where it was not.</summary>
        public long? EndedAt { get; init; }
    }

    private const string Columns = "id, content, digest, decided_at, ended_at";

    /// <summary>Keeps one.</summary>
    public static Statement Insert(Row row) => new($"INSERT INTO recognition ({Columns}) VALUES (@Id, @Content, @Digest, @DecidedAt, @EndedAt)", row);

    /// <summary>How often an issuer was recognised; 0 where it never was. It is read before it is looked by which DID that was.</summary>
    public static async Task<long> RevisionAsync(Database database, string issuer) => await database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long?>("SELECT revision FROM recognised_issuer WHERE issuer = @issuer", new { issuer })) ?? 0;

    /// <summary>An issuer is recognised by this DID; breaks with <see cref="IssuerCondition"/> where it was by another one since the revision that was read.</summary>
    public static Statement Hold(string issuer, string did, long revision) => new(
        """
        INSERT INTO recognised_issuer (issuer, did, revision) VALUES (@issuer, @did, 1)
        ON CONFLICT (issuer) DO UPDATE SET did = excluded.did, revision = recognised_issuer.revision + 1
        WHERE recognised_issuer.did = excluded.did OR recognised_issuer.revision = @revision
        """, new { issuer, did, revision }, IssuerCondition);

    /// <summary>It ends before its time; breaks with <see cref="EndCondition"/> where it was ended before, or there is none.</summary>
    public static Statement End(string id, long now) => new("UPDATE recognition SET ended_at = @now WHERE id = @id AND ended_at IS NULL", new { id, now }, EndCondition);

    /// <summary>All, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM recognition ORDER BY decided_at, id")).AsList());
}
