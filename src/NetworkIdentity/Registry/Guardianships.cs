using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who acts for members who can't.</summary>
public static class Guardianships
{
    /// <summary>What <see cref="Holds"/>, <see cref="Accept"/> and <see cref="End"/> break with.</summary>
    public const string HoldsCondition = "guardianship-holds";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "guardianship-once";

    /// <summary>A row of the table guardianship.</summary>
    public sealed record Row
    {
        /// <summary>The id of the decision that it rests on.</summary>
        public required string Id { get; init; }

        /// <summary>For whom.</summary>
        public required string MemberId { get; init; }

        /// <summary>Who acts.</summary>
        public required string GuardianId { get; init; }

        /// <summary>Unix seconds: the first moment in which it no longer holds.</summary>
        public required long Until { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long NamedAt { get; init; }

        /// <summary>Unix seconds: when the guardian accepted; null before, when nothing can be done by it.</summary>
        public long? AcceptedAt { get; init; }

        /// <summary>Unix seconds: when it was ended before its time; null where it was not.</summary>
        public long? EndedAt { get; init; }

        /// <summary>Whether it has not ended at a time, in Unix seconds.</summary>
        public bool IsOpen(long at) => EndedAt is null && Until > at;
    }

    private const string Columns = "id, member_id, guardian_id, until, named_at, accepted_at, ended_at";

    /// <summary>Names a guardian; breaks with <see cref="OnceCondition"/> where they are one of that member already.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO guardianship ({Columns}) VALUES (@Id, @MemberId, @GuardianId, @Until, @NamedAt, @AcceptedAt, @EndedAt) ON CONFLICT DO NOTHING", row, OnceCondition);

    /// <summary>The guardian accepts; breaks with <see cref="HoldsCondition"/> where it is another's, was accepted before, or has ended.</summary>
    public static Statement Accept(string id, string guardianId, long now) => new(
        "UPDATE guardianship SET accepted_at = @now WHERE id = @id AND guardian_id = @guardianId AND accepted_at IS NULL AND ended_at IS NULL AND until > @now",
        new { id, guardianId, now }, HoldsCondition);

    /// <summary>What follows is done by a guardian who accepted; breaks with <see cref="HoldsCondition"/>. Changes nothing.</summary>
    public static Statement Holds(string id, string guardianId, long now) => new(
        "UPDATE guardianship SET ended_at = NULL WHERE id = @id AND guardian_id = @guardianId AND accepted_at IS NOT NULL AND ended_at IS NULL AND until > @now",
        new { id, guardianId, now }, HoldsCondition);

    /// <summary>It ends before its time; breaks with <see cref="HoldsCondition"/> where it has.</summary>
    public static Statement End(string id, long now) => new("UPDATE guardianship SET ended_at = @now WHERE id = @id AND ended_at IS NULL AND until > @now", new { id, now }, HoldsCondition);

    /// <summary>Who does not belong any more acts for nobody; it may be nothing.</summary>
    public static Statement EndOfGuardian(string guardianId, long now) => new(
        "UPDATE guardianship SET ended_at = @now WHERE guardian_id = @guardianId AND ended_at IS NULL", new { guardianId, now });

    /// <summary>What was over by its time makes room for another of the same two people; it may be nothing.</summary>
    public static Statement EndOver(string memberId, string guardianId, long now) => new(
        "UPDATE guardianship SET ended_at = until WHERE member_id = @memberId AND guardian_id = @guardianId AND ended_at IS NULL AND until <= @now", new { memberId, guardianId, now });

    /// <summary>One by its id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM guardianship WHERE id = @id", new { id }));

    /// <summary>Those that have not ended, of a member or by a guardian, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfAsync(Database database, string memberId, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM guardianship WHERE (member_id = @memberId OR guardian_id = @memberId) AND ended_at IS NULL AND until > @now ORDER BY named_at, id", new { memberId, now })).AsList());
}
