using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Contacts: where people want to be told, each sealed under the member's own key.</summary>
public static class Contacts
{
    /// <summary>An e-mail address.</summary>
    public const string Email = "email";

    /// <summary>A row of the table contact.</summary>
    public sealed record Row
    {
        /// <summary>Whose it is.</summary>
        public required string MemberId { get; init; }

        /// <summary><see cref="Email"/>.</summary>
        public required string Kind { get; init; }

        /// <summary>The address, sealed under the member's data key.</summary>
        public required byte[] Address { get; init; }

        /// <summary>Unix seconds: when it was shown that it is theirs; null where it was not.</summary>
        public long? VerifiedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>Puts a contact in the place of the one before; breaks with <c>erased</c> where the member is.</summary>
    public static IReadOnlyList<Statement> Put(Row row) =>
    [
        new("UPDATE member SET state = state WHERE id = @id AND state <> 'erased'", new { id = row.MemberId }, "erased"),
        new(
            """
            INSERT INTO contact (member_id, kind, address, verified_at, created_at) VALUES (@MemberId, @Kind, @Address, @VerifiedAt, @CreatedAt)
            ON CONFLICT (member_id, kind) DO UPDATE SET address = excluded.address, verified_at = excluded.verified_at, created_at = excluded.created_at
            """,
            row),
    ];

    /// <summary>The member showed that the address is theirs; breaks with <c>contact</c> where it is another by now.</summary>
    public static Statement Verify(Row row, long now) => new(
        "UPDATE contact SET verified_at = @now WHERE member_id = @MemberId AND kind = @Kind AND address = @Address",
        new { now, row.MemberId, row.Kind, row.Address },
        "contact");

    /// <summary>The member is told on their page alone.</summary>
    public static Statement Delete(string memberId) => new("DELETE FROM contact WHERE member_id = @memberId", new { memberId });

    /// <summary>A member's contact of a kind.</summary>
    public static Task<Row?> FindAsync(Database database, string memberId, string kind) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT member_id, kind, address, verified_at, created_at FROM contact WHERE member_id = @memberId AND kind = @kind", new { memberId, kind }));
}
