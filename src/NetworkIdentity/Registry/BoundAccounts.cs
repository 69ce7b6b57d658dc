using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Accounts that members have elsewhere, and showed to be theirs: each at one member, held by the database.</summary>
public static class BoundAccounts
{
    /// <summary>How many a member has at most.</summary>
    public const int Most = 10;

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "account-bound";

    /// <summary>What <see cref="Stands"/> and <see cref="Delete"/> break with.</summary>
    public const string StandsCondition = "account-stands";

    /// <summary>A row of the table bound_account.</summary>
    public sealed record Row
    {
        /// <summary>The binding's id.</summary>
        public required string Id { get; init; }

        /// <summary>Whose it is.</summary>
        public required string MemberId { get; init; }

        /// <summary>The same for the same address, and nothing to anyone without the nation's key.</summary>
        public required string Tag { get; init; }

        /// <summary>1 to <see cref="Most"/>, another for each of a member's.</summary>
        public required long Place { get; init; }

        /// <summary>The account and a salt: JSON, sealed under the member's data key.</summary>
        public required byte[] Content { get; init; }

        /// <summary>SHA-256 of the content, as base64url.</summary>
        public required string Digest { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long BoundAt { get; init; }
    }

    private const string Columns = "id, member_id, tag, place, content, digest, bound_at";

    /// <summary>Binds an account; breaks with <see cref="OnceCondition"/> where it is bound already, by whomever, or the place is taken.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO bound_account ({Columns}) VALUES (@Id, @MemberId, @Tag, @Place, @Content, @Digest, @BoundAt) ON CONFLICT DO NOTHING", row, OnceCondition);

    /// <summary>What follows rests on a binding of a member's; breaks with <see cref="StandsCondition"/>. Changes nothing.</summary>
    public static Statement Stands(string id, string memberId) => new(
        "UPDATE bound_account SET place = place WHERE id = @id AND member_id = @memberId", new { id, memberId }, StandsCondition);

    /// <summary>Unbinds it; breaks with <see cref="StandsCondition"/> where it is not there, or not theirs.</summary>
    public static Statement Delete(string id, string memberId) => new(
        "DELETE FROM bound_account WHERE id = @id AND member_id = @memberId", new { id, memberId }, StandsCondition);

    /// <summary>Who does not belong any more has none bound: each is free for who shows that it is theirs. It may be nothing.</summary>
    public static Statement DeleteOf(string memberId) => new("DELETE FROM bound_account WHERE member_id = @memberId", new { memberId });

    /// <summary>A member has none bound any more that was bound since a time. It may be nothing.</summary>
    public static Statement DeleteFrom(string memberId, long since) => new("DELETE FROM bound_account WHERE member_id = @memberId AND bound_at >= @since", new { memberId, since });

    /// <summary>The binding of an address; null where nobody has it.</summary>
    public static Task<Row?> FindAsync(Database database, string tag) => database.ReadAsync(connection => connection.QueryFirstOrDefaultAsync<Row>(
        $"SELECT {Columns} FROM bound_account WHERE tag = @tag", new { tag }));

    /// <summary>A member's, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM bound_account WHERE member_id = @memberId ORDER BY bound_at, id", new { memberId })).AsList());
}
