using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Mandates: which member is a steward of what, for which acts, until when.</summary>
public static class Stewards
{
    /// <summary>A row of the table steward.</summary>
    public sealed record Row
    {
        /// <summary>The mandate's id.</summary>
        public required string Id { get; init; }

        /// <summary>The member who has it.</summary>
        public required string MemberId { get; init; }

        /// <summary>The node it is of; null for the whole nation.</summary>
        public string? NodeId { get; init; }

        /// <summary>The acts it is for, as a JSON array.</summary>
        public required string Acts { get; init; }

        /// <summary>Unix seconds: the first in which it no longer holds.</summary>
        public required long Until { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    private const string Columns = "id, member_id, node_id, acts, until, created_at";

    /// <summary>Gives a mandate.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO steward ({Columns}) VALUES (@Id, @MemberId, @NodeId, @Acts, @Until, @CreatedAt)", row);

    /// <summary>The mandates that hold now, of all members or of one, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> InForceAsync(Database database, long now, string? memberId = null) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM steward WHERE until > @now AND (@memberId IS NULL OR member_id = @memberId) ORDER BY created_at, id",
            new { now, memberId })).AsList());
}
