using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Memberships that members may take, since it was decided. One of a member is open at a time.</summary>
public static class MembershipGrants
{
    /// <summary>It can be taken.</summary>
    public const string Open = "open";

    /// <summary>A wallet took it.</summary>
    public const string Taken = "taken";

    /// <summary>Its time was over, or something came between.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>What the statements that move a grant break with.</summary>
    public const string MovedCondition = "grant-moved";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "grant-once";

    /// <summary>A row of the table membership_grant.</summary>
    public sealed record Row
    {
        /// <summary>The id of what it rests on: the decision, or the appeal that made another fall.</summary>
        public required string Id { get; init; }

        /// <summary>Whose membership it is.</summary>
        public required string MemberId { get; init; }

        /// <summary><see cref="Governing.Act.Reinstate"/> or <see cref="Governing.Act.Renew"/>.</summary>
        public required string Act { get; init; }

        /// <summary>The version of the charter that it was decided under.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long GrantedAt { get; init; }

        /// <summary>Unix seconds: until when it can be taken.</summary>
        public required long OpenUntil { get; init; }

        /// <summary>Moves with each offer of it.</summary>
        public required long Revision { get; init; }

        /// <summary>One of the states.</summary>
        public required string State { get; init; }

        /// <summary>Unix seconds: when it left the state open.</summary>
        public long? EndedAt { get; init; }
    }

    private const string Columns = "id, member_id, act, charter_version, granted_at, open_until, revision, state, ended_at";

    /// <summary>Grants one; breaks with <see cref="OnceCondition"/> where one of that member is open.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO membership_grant ({Columns}) VALUES (@Id, @MemberId, @Act, @CharterVersion, @GrantedAt, @OpenUntil, @Revision, @State, @EndedAt)
        ON CONFLICT DO NOTHING
        """, row, OnceCondition);

    /// <summary>Something happened to a member that what they can take depends on: an offer of it that was read before is not made. It may be nothing.</summary>
    public static Statement TouchOfMember(string memberId) => new(
        "UPDATE membership_grant SET revision = revision + 1 WHERE member_id = @memberId AND ended_at IS NULL", new { memberId });

    /// <summary>It is offered; breaks with <see cref="MovedCondition"/> where it was offered meanwhile, or is over.</summary>
    public static Statement Touch(Row row) => new(
        "UPDATE membership_grant SET revision = revision + 1 WHERE id = @Id AND revision = @Revision AND ended_at IS NULL", new { row.Id, row.Revision }, MovedCondition);

    /// <summary>It is over; breaks with <see cref="MovedCondition"/> where it has moved since it was read.</summary>
    public static Statement End(Row row, string state, long now) => new(
        "UPDATE membership_grant SET state = @state, revision = revision + 1, ended_at = @now WHERE id = @Id AND revision = @Revision AND ended_at IS NULL",
        new { state, now, row.Id, row.Revision }, MovedCondition);

    /// <summary>What a member was granted and has not taken is theirs no more; it may be nothing.</summary>
    public static Statement EndOfMember(string memberId, long now) => new(
        "UPDATE membership_grant SET state = 'lapsed', revision = revision + 1, ended_at = @now WHERE member_id = @memberId AND ended_at IS NULL", new { memberId, now });

    /// <summary>What follows rests on one that can be taken still; breaks with <see cref="MovedCondition"/>. Changes nothing.</summary>
    public static Statement IsOpen(string id) => new("UPDATE membership_grant SET revision = revision WHERE id = @id AND ended_at IS NULL", new { id }, MovedCondition);

    /// <summary>What was offered of what a member can take gives nothing any more; it may be nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement EndOffersOfMember(string memberId, long now) => new("""
        UPDATE offer SET revoked_at = @now
        WHERE member_id = @memberId AND revoked_at IS NULL AND decision_id IN (SELECT id FROM membership_grant WHERE member_id = @memberId AND ended_at IS NULL)
        """, new { memberId, now });

    /// <summary>One by its id; null where there is none.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM membership_grant WHERE id = @id", new { id }));

    /// <summary>What a member can take; null where that is nothing.</summary>
    public static Task<Row?> OpenOfAsync(Database database, string memberId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM membership_grant WHERE member_id = @memberId AND ended_at IS NULL", new { memberId }));

    /// <summary>Those that can be taken, the first due first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM membership_grant WHERE ended_at IS NULL ORDER BY open_until, id")).AsList());
}
