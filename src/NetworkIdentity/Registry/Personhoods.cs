using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who proved to be one person when they asked to join: each person once, held by the database.</summary>
public static class Personhoods
{
    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "person-known";

    /// <summary>A row of the table personhood.</summary>
    public sealed record Row
    {
        /// <summary>The application.</summary>
        public required string ApplicationId { get; init; }

        /// <summary>The same for the same person, and nothing to anyone without the nation's key.</summary>
        public required string Tag { get; init; }

        /// <summary>The version of the charter that said by whose credentials it is proven.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ProvenAt { get; init; }
    }

    private const string Columns = "application_id, tag, charter_version, proven_at";

    /// <summary>A person proved; breaks with <see cref="OnceCondition"/> where this person belongs, or asks to by another application.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO personhood ({Columns}) VALUES (@ApplicationId, @Tag, @CharterVersion, @ProvenAt) ON CONFLICT DO NOTHING", row, OnceCondition);

    /// <summary>What follows is for who proved this; breaks with <see cref="OnceCondition"/> where it is not so any more. Changes nothing.</summary>
    public static Statement Stands(Row row) => new(
        "UPDATE personhood SET tag = tag WHERE application_id = @ApplicationId AND tag = @Tag AND charter_version = @CharterVersion",
        new { row.ApplicationId, row.Tag, row.CharterVersion }, OnceCondition);

    /// <summary>The person can prove for another application: part of every end but joining.</summary>
    public static Statement FreeOf(string applicationId) => new("DELETE FROM personhood WHERE application_id = @applicationId", new { applicationId });

    /// <summary>The same where a member is erased, with what wallets were asked for them. Of who was revoked the mark stays, and nothing beside it.</summary>
    public static IReadOnlyList<Statement> FreeOfMember(string memberId, bool isRevoked) =>
    [
        .. isRevoked ? [] : (Statement[])[new("DELETE FROM personhood WHERE application_id IN (SELECT id FROM application WHERE member_id = @memberId)", new { memberId })],
        new("DELETE FROM personhood_request WHERE application_id IN (SELECT id FROM application WHERE member_id = @memberId)", new { memberId }),
    ];

    /// <summary>What an applicant proved; null where nothing.</summary>
    public static Task<Row?> FindAsync(Database database, string applicationId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM personhood WHERE application_id = @applicationId", new { applicationId }));
}
