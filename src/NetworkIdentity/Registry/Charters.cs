using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The versions of the nation's charter: none is changed or deleted.</summary>
public static class Charters
{
    /// <summary>A row of the table charter.</summary>
    public sealed record Row
    {
        /// <summary>The version's name.</summary>
        public required string Version { get; init; }

        /// <summary>The charter as JSON.</summary>
        public required byte[] Content { get; init; }

        /// <summary>SHA-256 of its canonical JSON, as base64url.</summary>
        public required string Digest { get; init; }

        /// <summary>The decision that adopted it; null where the founder did.</summary>
        public string? DecisionId { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long AdoptedAt { get; init; }
    }

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string VersionCondition = "charter-version";

    private const string Columns = "version, content, digest, decision_id, adopted_at";

    /// <summary>Keeps a version; breaks with <see cref="VersionCondition"/> where there is one of that name.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO charter ({Columns}) VALUES (@Version, @Content, @Digest, @DecisionId, @AdoptedAt) ON CONFLICT DO NOTHING", row, VersionCondition);

    /// <summary>One version; null where there is none of that name.</summary>
    public static Task<Row?> FindAsync(Database database, string version) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM charter WHERE version = @version", new { version }));

    /// <summary>The version in force; null where none was adopted yet.</summary>
    public static Task<Row?> InForceAsync(Database database) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM charter WHERE version = (SELECT charter_version FROM nation)"));

    /// <summary>All versions, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM charter ORDER BY adopted_at, version")).AsList());
}
