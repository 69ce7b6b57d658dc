using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who left, each time, and what their own link opens. A departure is never taken back: who comes back has left once.</summary>
public static class Departures
{
    /// <summary>A row of the table departure.</summary>
    public sealed record Row
    {
        /// <summary>The departure's id: what an exit certificate's offer rests on.</summary>
        public required string Id { get; init; }

        /// <summary>Who left.</summary>
        public required string MemberId { get; init; }

        /// <summary>The digest of what their link holds.</summary>
        public required string SecretDigest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long LeftAt { get; init; }

        /// <summary>Unix seconds: until when the link gives the exit certificate and the export.</summary>
        public required long OpenUntil { get; init; }

        /// <summary>Unix seconds: when they asked to be erased; null where they have not.</summary>
        public long? EraseAskedAt { get; init; }
    }

    /// <summary>What the conditions here break with.</summary>
    public const string OpenCondition = "departure";

    private const string Columns = "id, member_id, secret_digest, left_at, open_until, erase_asked_at";

    /// <summary>Somebody leaves.</summary>
    public static Statement Insert(Row row) => new($"INSERT INTO departure ({Columns}) VALUES (@Id, @MemberId, @SecretDigest, @LeftAt, @OpenUntil, @EraseAskedAt)", row);

    /// <summary>What follows is for a link that is still open; breaks with <see cref="OpenCondition"/>. Changes nothing.</summary>
    public static Statement IsOpen(string id, long now) => new("UPDATE departure SET left_at = left_at WHERE id = @id AND open_until > @now", new { id, now }, OpenCondition);

    /// <summary>They ask to be erased; breaks with <see cref="OpenCondition"/> where they have before.</summary>
    public static Statement Ask(string id, long now) => new("UPDATE departure SET erase_asked_at = @now WHERE id = @id AND erase_asked_at IS NULL", new { id, now }, OpenCondition);

    /// <summary>What follows rests on their having asked; breaks with <see cref="OpenCondition"/>. Changes nothing.</summary>
    public static Statement IsAsked(string id) => new("UPDATE departure SET left_at = left_at WHERE id = @id AND erase_asked_at IS NOT NULL", new { id }, OpenCondition);

    /// <summary>What follows is for who has not asked to be erased; breaks with <see cref="OpenCondition"/>. Changes nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement NoneAsked(string memberId) => new(
        "UPDATE departure SET left_at = left_at WHERE member_id = @memberId AND erase_asked_at IS NOT NULL", new { memberId }, OpenCondition, 0);

    /// <summary>The departure of a link; null where there is none.</summary>
    public static Task<Row?> FindBySecretAsync(Database database, string digest) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM departure WHERE secret_digest = @digest", new { digest }));

    /// <summary>The last departure of a member; null where they never left.</summary>
    public static Task<Row?> LastAsync(Database database, string memberId) => database.ReadAsync(connection => connection.QueryFirstOrDefaultAsync<Row>(
        $"SELECT {Columns} FROM departure WHERE member_id = @memberId ORDER BY left_at DESC, id DESC LIMIT 1", new { memberId }));
}
