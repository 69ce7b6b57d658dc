using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Resources: what access tokens may be for beside this provider itself.</summary>
public static class Resources
{
    /// <summary>A row of the table resource.</summary>
    public sealed record Row
    {
        /// <summary>The resource indicator, <c>aud</c> of its tokens [RFC8707 §2].</summary>
        public required string Identifier { get; init; }

        /// <summary>The name a member sees.</summary>
        public required string Name { get; init; }

        /// <summary>Its scopes, separated by spaces.</summary>
        public required string Scopes { get; init; }

        /// <summary>The algorithm of its tokens.</summary>
        public required string Algorithm { get; init; }

        /// <summary>The client that may ask what its tokens are worth; null where none may.</summary>
        public string? ClientId { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds; null while there are tokens for it.</summary>
        public long? RetiredAt { get; init; }
    }

    private const string Columns = "identifier, name, scopes, algorithm, client_id, created_at, retired_at";

    /// <summary>Adds a resource, or one that was retired anew; breaks with <c>resource</c> where there is one.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO resource ({Columns})
        VALUES (@Identifier, @Name, @Scopes, @Algorithm, @ClientId, @CreatedAt, @RetiredAt)
        ON CONFLICT (identifier) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, algorithm = excluded.algorithm, client_id = excluded.client_id,
            created_at = excluded.created_at, retired_at = NULL
        WHERE resource.retired_at IS NOT NULL
        """, row, "resource");

    /// <summary>Gives a scope to a resource; breaks with <c>scope</c> where it is another's, or was.</summary>
    public static Statement Own(string scope, string identifier) => new("""
        INSERT INTO resource_scope (scope, identifier) VALUES (@scope, @identifier)
        ON CONFLICT (scope) DO UPDATE SET identifier = excluded.identifier WHERE resource_scope.identifier = excluded.identifier
        """, new { scope, identifier }, "scope");

    /// <summary>Retires a resource; breaks with <c>resource</c> where there is none, or it was retired before.</summary>
    public static Statement Retire(string identifier, long now) => new(
        "UPDATE resource SET retired_at = @now WHERE identifier = @identifier AND retired_at IS NULL", new { identifier, now }, "resource");

    /// <summary>No token for a resource is good any more, also where it is registered anew.</summary>
    public static Statement RevokeTokens(string identifier, long now) => new(
        "UPDATE access_token SET revoked_at = @now WHERE audience = @identifier AND revoked_at IS NULL", new { identifier, now });

    /// <summary>One resource, retired or not.</summary>
    public static Task<Row?> FindAsync(Database database, string identifier) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM resource WHERE identifier = @identifier", new { identifier }));

    /// <summary>Whose a scope is; null where it is no resource's.</summary>
    public static Task<string?> OwnerAsync(Database database, string scope) => database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<string?>("SELECT identifier FROM resource_scope WHERE scope = @scope", new { scope }));

    /// <summary>All resources, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM resource ORDER BY created_at, identifier")).AsList());
}
