using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Whom members named, who can attest that it is them: lists, each of which holds until a later one does.</summary>
public static class RecoveryContacts
{
    /// <summary>What <see cref="Decline"/> breaks with.</summary>
    public const string DeclineCondition = "declined";

    /// <summary>A row of the table recovery_list.</summary>
    public sealed record Row
    {
        /// <summary>The list's id.</summary>
        public required string Id { get; init; }

        /// <summary>Whose it is.</summary>
        public required string MemberId { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long NamedAt { get; init; }

        /// <summary>Unix seconds: from when it holds.</summary>
        public required long HoldsFrom { get; init; }
    }

    private const string Columns = "l.id, l.member_id, l.named_at, l.holds_from";

    /// <summary>The list l is not followed by another that holds at @now.</summary>
    private const string IsLast = """
        NOT EXISTS (SELECT 1 FROM recovery_list n WHERE n.member_id = l.member_id AND n.holds_from <= @now
            AND (n.holds_from > l.holds_from OR (n.holds_from = l.holds_from AND n.id > l.id)))
        """;

    /// <summary>Names people, in the place of those who were named and don't hold yet.</summary>
    public static IReadOnlyList<Statement> Insert(Row row, IEnumerable<string> contacts) =>
    [
        .. DeleteFrom(row.MemberId, row.NamedAt),
        new("INSERT INTO recovery_list (id, member_id, named_at, holds_from) VALUES (@Id, @MemberId, @NamedAt, @HoldsFrom)", row),
        .. contacts.Select(contact => new Statement("INSERT INTO recovery_contact (list_id, contact_id) VALUES (@Id, @contact)", new { row.Id, contact })),
    ];

    /// <summary>The lists of a member go that did not hold at a time.</summary>
    public static IReadOnlyList<Statement> DeleteFrom(string memberId, long after) =>
    [
        new("DELETE FROM recovery_contact WHERE list_id IN (SELECT id FROM recovery_list WHERE member_id = @memberId AND holds_from > @after)", new { memberId, after }),
        new("DELETE FROM recovery_list WHERE member_id = @memberId AND holds_from > @after", new { memberId, after }),
    ];

    /// <summary>Somebody who was named doesn't want to be; breaks with <see cref="DeclineCondition"/> where they are not there, or said so before.</summary>
    public static Statement Decline(string listId, string contactId, long now) => new(
        "UPDATE recovery_contact SET declined_at = @now WHERE list_id = @listId AND contact_id = @contactId AND declined_at IS NULL", new { listId, contactId, now }, DeclineCondition);

    /// <summary>The list of a member that holds; null where none does.</summary>
    public static Task<Row?> HoldingAsync(Database database, string memberId, long now) => database.ReadAsync(connection => connection.QueryFirstOrDefaultAsync<Row>(
        $"SELECT {Columns} FROM recovery_list l WHERE l.member_id = @memberId AND l.holds_from <= @now ORDER BY l.holds_from DESC, l.id DESC LIMIT 1", new { memberId, now }));

    /// <summary>The list of a member that will hold; null where none waits.</summary>
    public static Task<Row?> WaitingAsync(Database database, string memberId, long now) => database.ReadAsync(connection => connection.QueryFirstOrDefaultAsync<Row>(
        $"SELECT {Columns} FROM recovery_list l WHERE l.member_id = @memberId AND l.holds_from > @now ORDER BY l.holds_from DESC, l.id DESC LIMIT 1", new { memberId, now }));

    /// <summary>The lists on which somebody is and has not declined: those that hold, and those that wait.</summary>
    public static async Task<IReadOnlyList<Row>> NamingAsync(Database database, string contactId, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM recovery_list l JOIN recovery_contact c ON c.list_id = l.id
            WHERE c.contact_id = @contactId AND c.declined_at IS NULL AND {IsLast}
            ORDER BY l.named_at, l.id
            """, new { contactId, now })).AsList());

    /// <summary>Who is on a list, and when they declined, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<(string MemberId, long? DeclinedAt)>> OfAsync(Database database, string listId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string, long?)>("SELECT contact_id, declined_at FROM recovery_contact WHERE list_id = @listId ORDER BY contact_id", new { listId })).AsList());

    /// <summary>The members for whom somebody vouched when they joined, and for whom no list of their own holds.</summary>
    public static async Task<IReadOnlyList<string>> VouchedForAsync(Database database, string contactId, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("""
            SELECT a.member_id FROM vouch v JOIN application a ON a.id = v.application_id
            WHERE v.member_id = @contactId AND a.state = 'joined' AND NOT EXISTS (SELECT 1 FROM recovery_list l WHERE l.member_id = a.member_id AND l.holds_from <= @now)
            ORDER BY a.member_id
            """, new { contactId, now })).AsList());
}
