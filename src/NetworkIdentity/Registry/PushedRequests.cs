using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Authorization requests that clients pushed, by the digest of their request_uri [RFC9126 §2]. One is there until it was answered with a code.</summary>
public static class PushedRequests
{
    /// <summary>A row of the table pushed_request.</summary>
    public sealed record Row
    {
        /// <summary>The digest of the request_uri.</summary>
        public required string UriDigest { get; init; }

        /// <summary>The client that pushed it.</summary>
        public required string ClientId { get; init; }

        /// <summary>Its parameters as JSON, sealed by the key ring.</summary>
        public required byte[] Parameters { get; init; }

        /// <summary>Unix seconds: until when a browser may come with it.</summary>
        public required long ExpiresAt { get; init; }
    }

    /// <summary>Keeps a request.</summary>
    public static Statement Insert(Row row) => new(
        "INSERT INTO pushed_request (uri_digest, client_id, parameters, expires_at) VALUES (@UriDigest, @ClientId, @Parameters, @ExpiresAt)", row);

    /// <summary>A request is answered with a code, once; breaks with <c>pushed</c> where it was before. A sign-in that it began may end after it has expired.</summary>
    public static Statement Spend(string uriDigest) => new("DELETE FROM pushed_request WHERE uri_digest = @uriDigest", new { uriDigest }, "pushed");

    /// <summary>One request.</summary>
    public static Task<Row?> FindAsync(Database database, string uriDigest) => database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
        "SELECT uri_digest, client_id, parameters, expires_at FROM pushed_request WHERE uri_digest = @uriDigest", new { uriDigest }));
}
