using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Members: an id that is never given to another, and the key that their personal data is encrypted under.</summary>
public static class Members
{
    /// <summary>A row of the table member.</summary>
    public sealed record Row
    {
        /// <summary>The member's id, internal to the nation.</summary>
        public required string Id { get; init; }

        /// <summary><c>offered</c>, <c>active</c> or <c>erased</c>.</summary>
        public required string State { get; init; }

        /// <summary>The member's own data key, sealed by the key ring; empty once the member is erased.</summary>
        public required byte[] DataKey { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>Adds a member.</summary>
    public static Statement Insert(Row row) => new(
        "INSERT INTO member (id, state, data_key, created_at) VALUES (@Id, @State, @DataKey, @CreatedAt)", row);

    /// <summary>An offered member holds a credential now.</summary>
    public static Statement Activate(string id) => new("UPDATE member SET state = 'active' WHERE id = @id AND state = 'offered'", new { id });

    /// <summary>One member.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>("SELECT id, state, data_key, created_at FROM member WHERE id = @id", new { id }));

    /// <summary>All members, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("SELECT id, state, data_key, created_at FROM member ORDER BY created_at, id")).AsList());
}
