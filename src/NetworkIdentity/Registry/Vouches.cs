using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who speaks for whom: each member once for a person, and for so many at once as the charter says, by the slots that they have.</summary>
public static class Vouches
{
    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "vouch";

    /// <summary>A row of the table vouch.</summary>
    public sealed record Row
    {
        /// <summary>The application.</summary>
        public required string ApplicationId { get; init; }

        /// <summary>Who vouches.</summary>
        public required string MemberId { get; init; }

        /// <summary>Which of their slots it takes, from 0.</summary>
        public required long Slot { get; init; }

        /// <summary>What they say of the person, sealed under the person's key.</summary>
        public required byte[] Statement { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long VouchedAt { get; init; }

        /// <summary>Unix seconds: when the slot was free again; null while it is taken.</summary>
        public long? FreedAt { get; init; }
    }

    private const string Columns = "application_id, member_id, slot, statement, vouched_at, freed_at";

    /// <summary>Vouches; breaks with <see cref="OnceCondition"/> where the member has vouched for this person, or has something in that slot.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO vouch ({Columns}) VALUES (@ApplicationId, @MemberId, @Slot, @Statement, @VouchedAt, @FreedAt) ON CONFLICT DO NOTHING", row, OnceCondition);

    /// <summary>A member takes it back, of an application that is open; breaks with <see cref="OnceCondition"/> where there is none. Of one that was looked at again on an appeal it takes no slot any more.</summary>
    public static Statement Delete(string applicationId, string memberId) => new(
        "DELETE FROM vouch WHERE application_id = @applicationId AND member_id = @memberId", new { applicationId, memberId }, OnceCondition);

    /// <summary>The slots of all who vouched are free again: part of every end of an application.</summary>
    public static Statement FreeOf(string applicationId, long now) => new(
        "UPDATE vouch SET freed_at = @now WHERE application_id = @applicationId AND freed_at IS NULL", new { applicationId, now });

    /// <summary>What follows leaves a member no vouch that binds them; breaks with <see cref="OnceCondition"/>. Changes nothing.</summary>
    public static Statement NoneOf(string memberId) => new(
        "UPDATE vouch SET slot = slot WHERE member_id = @memberId AND freed_at IS NULL", new { memberId }, OnceCondition, 0);

    /// <summary>Who vouched for a person, the first first.</summary>
    public static async Task<IReadOnlyList<Row>> OfAsync(Database database, string applicationId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM vouch WHERE application_id = @applicationId ORDER BY vouched_at, member_id", new { applicationId })).AsList());

    /// <summary>The slots that a member's vouches take now.</summary>
    public static async Task<IReadOnlyList<long>> TakenAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<long>("SELECT slot FROM vouch WHERE member_id = @memberId AND freed_at IS NULL ORDER BY slot", new { memberId })).AsList());

    /// <summary>The applications for which a member vouches now, the first first.</summary>
    public static async Task<IReadOnlyList<string>> BoundAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("""
            SELECT v.application_id FROM vouch v JOIN application a ON a.id = v.application_id
            WHERE v.member_id = @memberId AND (v.freed_at IS NULL OR a.state IN ('vouching', 'review')) ORDER BY v.vouched_at, v.application_id
            """, new { memberId })).AsList());

    /// <summary>How many vouches bind somebody although the application is at an end: none, ever.</summary>
    public static Task<long> CountLockedAsync(Database database) => database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
        "SELECT count(*) FROM vouch v JOIN application a ON a.id = v.application_id WHERE v.freed_at IS NULL AND a.ended_at IS NOT NULL"));
}
