using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The nation's nodes.</summary>
public static class Nodes
{
    /// <summary>A row of the table node.</summary>
    public sealed record Row
    {
        /// <summary>The node's id.</summary>
        public required string Id { get; init; }

        /// <summary>Its name, of which there is one.</summary>
        public required string Name { get; init; }

        /// <summary>Where in the world it is, in words.</summary>
        public required string Region { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>Adds a node; breaks with <c>exists</c> where there is one of that name.</summary>
    public static Statement Insert(Row row) => new(
        "INSERT INTO node (id, name, region, created_at) VALUES (@Id, @Name, @Region, @CreatedAt) ON CONFLICT DO NOTHING", row, "exists");

    /// <summary>All nodes, by name.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("SELECT id, name, region, created_at FROM node ORDER BY name")).AsList());
}
