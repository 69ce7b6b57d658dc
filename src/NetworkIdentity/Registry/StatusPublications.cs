using System.Security.Cryptography;
using System.Text;
using Dapper;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Registry;

/// <summary>The published versions of status lists, in each format. A version is written once and never changed.</summary>
public static class StatusPublications
{
    /// <summary>A row of the table status_publication.</summary>
    public sealed record Row
    {
        /// <summary>The list.</summary>
        public required string ListId { get; init; }

        /// <summary>Whose format it has, and what it is about.</summary>
        public required string Format { get; init; }

        /// <summary>1 for the first of its list and format, and one more for each that follows; after a restore it goes on far ahead (<see cref="Restores.VersionLeap"/>).</summary>
        public required long Version { get; init; }

        /// <summary>The version of the list that it says at least.</summary>
        public required long Shows { get; init; }

        /// <summary>The compact token.</summary>
        public required string Token { get; init; }

        /// <summary>Its SHA-256 as base64url.</summary>
        public required string TokenDigest { get; init; }

        /// <summary>Unix seconds: its <c>iat</c>, behind that of the version before though the clock was put back by hours.</summary>
        public required long PublishedAt { get; init; }

        /// <summary>Unix seconds: its <c>exp</c>.</summary>
        public required long ExpiresAt { get; init; }
    }

    /// <summary>A list and its newest publication, seen at one moment.</summary>
    public sealed record Head
    {
        /// <summary>The list.</summary>
        public required string ListId { get; init; }

        /// <summary>The format.</summary>
        public required string Format { get; init; }

        /// <summary>Bits for each status in the list.</summary>
        public required long Bits { get; init; }

        /// <summary>How many slots the list has.</summary>
        public required long Size { get; init; }

        /// <summary>Unix seconds: when the database was put back to a state in which the list gave slots; null where it was not.</summary>
        public long? RestoredAt { get; init; }

        /// <summary>The version of the list now.</summary>
        public required long ListVersion { get; init; }

        /// <summary>The newest published version; 0 where there is none.</summary>
        public required long Version { get; init; }

        /// <summary>The version of the list that it says at least.</summary>
        public required long Shows { get; init; }

        /// <summary>Unix seconds: when it was published.</summary>
        public required long PublishedAt { get; init; }
    }

    private const string Columns = "list_id, format, version, shows, token, token_digest, published_at, expires_at";

    private const string HeadColumns =
        "l.id AS list_id, l.bits, l.size, l.restored_at, l.version AS list_version, coalesce(p.version, 0) AS version, coalesce(p.shows, 0) AS shows, coalesce(p.published_at, 0) AS published_at";

    /// <summary>The digest of a token.</summary>
    public static string DigestOf(string token) => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    /// <summary>Publishes a version; breaks with <c>published</c> where another server was first.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO status_publication ({Columns})
        VALUES (@ListId, @Format, @Version, @Shows, @Token, @TokenDigest, @PublishedAt, @ExpiresAt)
        ON CONFLICT DO NOTHING
        """, row, "published");

    /// <summary>Deletes versions that were published before a time and are not the newest; breaks with <c>done</c> where there are none.</summary>
    public static Statement Sweep(long before) => new("""
        DELETE FROM status_publication WHERE published_at < @before AND EXISTS (
            SELECT 1 FROM status_publication newer
            WHERE newer.list_id = status_publication.list_id AND newer.format = status_publication.format AND newer.version > status_publication.version)
        """, new { before }, "done");

    /// <summary>A list and its newest publication in a format; null where there is no such list.</summary>
    public static Task<Head?> HeadAsync(Database database, string listId, string format) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Head>($"""
            SELECT @format AS format, {HeadColumns} FROM status_list l LEFT JOIN status_publication p
                ON p.list_id = l.id AND p.format = @format
                AND p.version = (SELECT max(version) FROM status_publication WHERE list_id = @listId AND format = @format)
            WHERE l.id = @listId
            """, new { listId, format }));

    /// <summary>The newest publications that say less than their lists, or were published at a time or before. Where history is kept, the older ones are not looked at.</summary>
    public static async Task<IReadOnlyList<Head>> StaleAsync(Database database, long before) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Head>($"""
            SELECT p.format, {HeadColumns}
            FROM status_list l
            CROSS JOIN (SELECT 'token' AS format UNION ALL SELECT 'bitstring-revocation' UNION ALL SELECT 'bitstring-suspension') f
            JOIN status_publication p ON p.list_id = l.id AND p.format = f.format
                AND p.version = (SELECT max(version) FROM status_publication newest WHERE newest.list_id = l.id AND newest.format = f.format)
            WHERE p.shows < l.version OR p.published_at <= @before
            """, new { before })).AsList());

    /// <summary>The versions that are kept, by list, format and version.</summary>
    public static async Task<IReadOnlyList<(string ListId, string Format, long Version)>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string, string, long)>("SELECT list_id, format, version FROM status_publication ORDER BY list_id, format, version")).AsList());

    /// <summary>One version; null where it was not published, or is swept.</summary>
    public static Task<Row?> FindAsync(Database database, string listId, string format, long version) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM status_publication WHERE list_id = @listId AND format = @format AND version = @version", new { listId, format, version }));

    /// <summary>The version that stood at a time; null where none did, or it is swept.</summary>
    public static Task<Row?> StoodAtAsync(Database database, string listId, string format, long at) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM status_publication
            WHERE list_id = @listId AND format = @format AND published_at <= @at AND expires_at > @at ORDER BY version DESC LIMIT 1
            """, new { listId, format, at }));
}
