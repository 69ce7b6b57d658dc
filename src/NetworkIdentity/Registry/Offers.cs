using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Credential offers and their pre-authorized codes.</summary>
public static class Offers
{
    /// <summary>How many wrong transaction codes end an offer.</summary>
    public const int MaxTransactionCodeAttempts = 5;

    /// <summary>A row of the table offer.</summary>
    public sealed record Row
    {
        /// <summary>The offer's id, unguessable: it is in the offer's URI.</summary>
        public required string Id { get; init; }

        /// <summary>Whom it is for.</summary>
        public required string MemberId { get; init; }

        /// <summary>The credential type's name.</summary>
        public required string Type { get; init; }

        /// <summary>What will be said of the member: JSON, sealed under the member's data key.</summary>
        public required byte[] Claims { get; init; }

        /// <summary>The pre-authorized code, sealed by the key ring, because the offer is served by reference.</summary>
        public required byte[] Code { get; init; }

        /// <summary>The code's digest, by which it is found.</summary>
        public required string CodeDigest { get; init; }

        /// <summary>A keyed digest of the transaction code; null where none is asked.</summary>
        public string? TxCodeDigest { get; init; }

        /// <summary>Transaction codes that were tried.</summary>
        public long TxCodeAttempts { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds: when the code was spent; null before.</summary>
        public long? RedeemedAt { get; init; }

        /// <summary>What it rests on: a decision, a steward's mandate, or what was made of facts; null where the founder made it.</summary>
        public string? DecisionId { get; init; }

        /// <summary>For how many days what it gives is valid, where that is less than its type says; null where the type alone says it.</summary>
        public long? ValidDays { get; init; }

        /// <summary>The application that it was made for before that was decided; null where what it gives was decided before.</summary>
        public string? ApplicationId { get; init; }
    }

    /// <summary>
    /// Nothing more is issued from an offer whose credentials are revoked or suspended, or whose suspension's end was not written yet; breaks with <c>revoked</c>. Written
    /// with each issue, so that such an act beside it is seen.
    /// </summary>
    public static Statement Gives(string id) => new(
        "UPDATE offer SET revoked_at = NULL WHERE id = @id AND revoked_at IS NULL AND suspended_until IS NULL", new { id }, "revoked");

    /// <summary>Nothing more is issued from it; breaks with <c>moved</c> where it was revoked before.</summary>
    public static Statement Revoke(string id, long now) => new(
        "UPDATE offer SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL", new { id, now }, "moved");

    /// <summary>Nothing is issued from it until a time, or again where that is null; breaks with <c>moved</c> where it is revoked.</summary>
    public static Statement Suspend(string id, long? until) => new(
        "UPDATE offer SET suspended_until = @until WHERE id = @id AND revoked_at IS NULL", new { id, until }, "moved");

    /// <summary>What follows leaves a member no offer that gives anything; breaks with <c>moved</c>. Changes nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement NoneStands(string memberId) => new(
        "UPDATE offer SET revoked_at = NULL WHERE member_id = @memberId AND revoked_at IS NULL", new { memberId }, "moved", 0);

    /// <summary>What follows leaves a member no offer that gives anything now; breaks with <c>moved</c>. Changes nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement NoneGives(string memberId) => new(
        "UPDATE offer SET revoked_at = NULL WHERE member_id = @memberId AND revoked_at IS NULL AND suspended_until IS NULL", new { memberId }, "moved", 0);

    /// <summary>What follows leaves no offer that gives anything and rests on a mandate; breaks with <c>moved</c>. Changes nothing.</summary>
    public static Statement NoneRestsOn(string decisionId) => new(
        "UPDATE offer SET revoked_at = NULL WHERE decision_id = @decisionId AND revoked_at IS NULL", new { decisionId }, "moved", 0);

    /// <summary>The offers that are not revoked and rest on a mandate, by their ids.</summary>
    public static async Task<IReadOnlyList<string>> RestingOnAsync(Database database, string decisionId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT id FROM offer WHERE decision_id = @decisionId AND revoked_at IS NULL ORDER BY id", new { decisionId })).AsList());

    /// <summary>The offers that rest on a decision or a grant, by their ids: whether each gives anything still, and whether a wallet has taken it.</summary>
    public static async Task<IReadOnlyList<(string OfferId, long Stands, long Taken)>> OfDecisionAsync(Database database, string decisionId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string, long, long)>("""
            SELECT o.id, CAST(CASE WHEN o.revoked_at IS NULL THEN 1 ELSE 0 END AS BIGINT), (SELECT count(*) FROM credential c WHERE c.offer_id = o.id)
            FROM offer o WHERE o.decision_id = @decisionId ORDER BY o.id
            """, new { decisionId })).AsList());

    /// <summary>What follows leaves a member no offer that gives anything but one; breaks with <c>moved</c>. Changes nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement NoOtherStands(string memberId, string id) => new(
        "UPDATE offer SET revoked_at = NULL WHERE member_id = @memberId AND id <> @id AND revoked_at IS NULL", new { memberId, id }, "moved", 0);

    /// <summary>What follows leaves a member no offer of a type that gives anything but one; breaks with <c>moved</c>. Changes nothing.</summary>
    public static Statement NoOtherOfType(string memberId, string type, string id) => new(
        "UPDATE offer SET revoked_at = NULL WHERE member_id = @memberId AND type = @type AND id <> @id AND revoked_at IS NULL", new { memberId, type, id }, "moved", 0);

    /// <summary>The offers of a type of a member that are not revoked, by their ids.</summary>
    public static async Task<IReadOnlyList<string>> StandingOfTypeAsync(Database database, string memberId, string type) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT id FROM offer WHERE member_id = @memberId AND type = @type AND revoked_at IS NULL ORDER BY id", new { memberId, type })).AsList());

    /// <summary>What was offered on a decision, and not taken or not whole, gives nothing from now on; it may be nothing.</summary>
    public static Statement EndOfDecision(string decisionId, long now) => new("UPDATE offer SET revoked_at = @now WHERE decision_id = @decisionId AND revoked_at IS NULL", new { decisionId, now });

    /// <summary>What a member was offered gives nothing from now on; it may be nothing.</summary>
    public static Statement EndOfMember(string memberId, long now) => new("UPDATE offer SET revoked_at = @now WHERE member_id = @memberId AND revoked_at IS NULL", new { memberId, now });

    /// <summary>What the founder offered and nobody took gives nothing from now on.</summary>
    public static Statement EndFounders(long now) => new("""
        UPDATE offer SET revoked_at = @now
        WHERE decision_id IS NULL AND application_id IS NULL AND revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM credential WHERE offer_id = offer.id)
        """, new { now });

    /// <summary>The offers of a member that are not revoked, by their ids.</summary>
    public static async Task<IReadOnlyList<string>> StandingAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT id FROM offer WHERE member_id = @memberId AND revoked_at IS NULL ORDER BY id", new { memberId })).AsList());

    private const string Columns =
        "id, member_id, type, claims, code, code_digest, tx_code_digest, tx_code_attempts, created_at, expires_at, redeemed_at, decision_id, valid_days, application_id";

    /// <summary>Makes an offer.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO offer ({Columns})
        VALUES (@Id, @MemberId, @Type, @Claims, @Code, @CodeDigest, @TxCodeDigest, @TxCodeAttempts, @CreatedAt, @ExpiresAt, @RedeemedAt, @DecisionId, @ValidDays, @ApplicationId)
        """, row);

    /// <summary>Counts one transaction code before it is looked at; breaks with <c>attempts</c> when none is left.</summary>
    public static Statement CountAttempt(string id) => new("""
        UPDATE offer SET tx_code_attempts = tx_code_attempts + 1
        WHERE id = @id AND tx_code_attempts < @most AND redeemed_at IS NULL
        """, new { id, most = (long)MaxTransactionCodeAttempts }, "attempts");

    /// <summary>What was offered before it was decided rests on the decision from now on, and says what it says under it; breaks with <c>moved</c> where it does already.</summary>
    public static Statement Rest(string id, string decisionId, byte[] claims) => new(
        "UPDATE offer SET decision_id = @decisionId, claims = @claims WHERE id = @id AND application_id IS NOT NULL AND decision_id IS NULL", new { id, decisionId, claims }, "moved");

    /// <summary>Spends the pre-authorized code; breaks with <c>redeemed</c> where it was spent before.</summary>
    public static Statement Redeem(string id, long now) => new(
        "UPDATE offer SET redeemed_at = @now WHERE id = @id AND redeemed_at IS NULL", new { id, now }, "redeemed");

    /// <summary>One offer by its id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM offer WHERE id = @id", new { id }));

    /// <summary>The last offer of a type that a member took; null where there was none.</summary>
    public static Task<Row?> LastTakenAsync(Database database, string memberId, string type) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM offer WHERE member_id = @memberId AND type = @type AND redeemed_at IS NOT NULL ORDER BY redeemed_at DESC, id DESC LIMIT 1",
            new { memberId, type }));

    /// <summary>The last offer of a type that a member can still take; null where there is none.</summary>
    public static Task<Row?> LastOpenAsync(Database database, string memberId, string type, long now) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM offer
            WHERE member_id = @memberId AND type = @type AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > @now
            ORDER BY created_at DESC, id DESC LIMIT 1
            """, new { memberId, type, now }));

    /// <summary>The offers of a type that a member can still take, newest first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database, string memberId, string type, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM offer
            WHERE member_id = @memberId AND type = @type AND redeemed_at IS NULL AND revoked_at IS NULL AND suspended_until IS NULL AND expires_at > @now
            ORDER BY created_at DESC, id
            """, new { memberId, type, now })).AsList());

    /// <summary>One offer by the digest of its pre-authorized code.</summary>
    public static Task<Row?> FindByCodeAsync(Database database, string codeDigest) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM offer WHERE code_digest = @codeDigest", new { codeDigest }));
}
