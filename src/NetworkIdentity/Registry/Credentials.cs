using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>A durable record of every credential: written before it is signed, never deleted.</summary>
public static class Credentials
{
    /// <summary>A row of the table credential.</summary>
    public sealed record Row
    {
        /// <summary>The record's id.</summary>
        public required string Id { get; init; }

        /// <summary>The member it is about.</summary>
        public required string MemberId { get; init; }

        /// <summary>The offer it was issued from.</summary>
        public required string OfferId { get; init; }

        /// <summary>Its place among the credentials of the offer, from 0; what bounds how many one offer gives.</summary>
        public required long Ordinal { get; init; }

        /// <summary>The type's name.</summary>
        public required string Type { get; init; }

        /// <summary><c>dc+sd-jwt</c>.</summary>
        public required string Format { get; init; }

        /// <summary>The status list.</summary>
        public required string ListId { get; init; }

        /// <summary>The slot in the list.</summary>
        public required long Idx { get; init; }

        /// <summary>The key it is signed with.</summary>
        public required string Kid { get; init; }

        /// <summary>The thumbprint of the holder's key.</summary>
        public required string HolderThumbprint { get; init; }

        /// <summary>The exact bytes to be signed, kept before they are.</summary>
        public required byte[] ToBeSigned { get; init; }

        /// <summary>SHA-256 of them as base64url: what a presented credential is recognised by.</summary>
        public required string ToBeSignedDigest { get; init; }

        /// <summary>The disclosures, sealed under the member's data key.</summary>
        public required byte[] Disclosures { get; init; }

        /// <summary>The handle for the wallet's notification.</summary>
        public required string NotificationId { get; init; }

        /// <summary>What the wallet notified last.</summary>
        public string? NotificationEvent { get; init; }

        /// <summary>Unix seconds: when this record was written. The credential itself says the day alone.</summary>
        public required long RecordedAt { get; init; }

        /// <summary>Unix seconds: <c>iat</c>, rounded to the day.</summary>
        public required long IssuedAt { get; init; }

        /// <summary>Unix seconds: <c>exp</c>.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds; null while it is not revoked.</summary>
        public long? RevokedAt { get; init; }

        /// <summary>Why it was revoked, sealed under the member's data key.</summary>
        public byte[]? RevokedReason { get; init; }

        /// <summary>Unix seconds: when it was suspended last; null where it never was.</summary>
        public long? SuspendedAt { get; init; }

        /// <summary>Unix seconds: when that suspension ends by itself.</summary>
        public long? SuspendedUntil { get; init; }

        /// <summary>Why, sealed under the member's data key.</summary>
        public byte[]? SuspendedReason { get; init; }

        /// <summary>Unix seconds: when that suspension was ended, by an act or by its time; null while it lasts.</summary>
        public long? ResumedAt { get; init; }

        /// <summary>Why it was ended, sealed under the member's data key; null where its time was over.</summary>
        public byte[]? ResumedReason { get; init; }

        /// <summary>Whether it is suspended at a time, in Unix seconds.</summary>
        public bool IsSuspended(long at) => SuspendedUntil > at && ResumedAt is null;

        /// <summary>Whether it is neither revoked nor suspended nor ended at a time, in Unix seconds.</summary>
        public bool Stands(long at) => RevokedAt is null && ExpiresAt > at && !IsSuspended(at);
    }

    /// <summary>What <see cref="Belongs"/> breaks with.</summary>
    public const string BelongsCondition = "belongs";

    /// <summary>What <see cref="Stands"/> breaks with.</summary>
    public const string StandsCondition = "stands";

    private const string Columns = """
        id, member_id, offer_id, ordinal, type, format, list_id, idx, kid, holder_thumbprint, to_be_signed, to_be_signed_digest, disclosures,
        notification_id, notification_event, recorded_at, issued_at, expires_at, revoked_at, revoked_reason,
        suspended_at, suspended_until, suspended_reason, resumed_at, resumed_reason
        """;

    /// <summary>The rows that stand at @now, as <see cref="Row.Stands"/> says it of one.</summary>
    internal const string Standing =
        "revoked_at IS NULL AND expires_at > @now AND (suspended_until IS NULL OR suspended_until <= @now OR resumed_at IS NOT NULL)";

    /// <summary>Records a credential that is about to be signed; breaks with <c>issued</c> where that offer served that key, or gave that ordinal, before.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO credential ({Columns})
        VALUES (@Id, @MemberId, @OfferId, @Ordinal, @Type, @Format, @ListId, @Idx, @Kid, @HolderThumbprint, @ToBeSigned, @ToBeSignedDigest,
            @Disclosures, @NotificationId, @NotificationEvent, @RecordedAt, @IssuedAt, @ExpiresAt, @RevokedAt, @RevokedReason,
            @SuspendedAt, @SuspendedUntil, @SuspendedReason, @ResumedAt, @ResumedReason)
        ON CONFLICT DO NOTHING
        """, row, "issued");

    /// <summary>
    /// Revokes everything that was issued from an offer; breaks with <c>moved</c> where that is not so many as were known, all of them in force. Nothing
    /// takes this back.
    /// </summary>
    public static Statement RevokeOfOffer(string offerId, long issued, byte[] reason, long now) => new(
        "UPDATE credential SET revoked_at = @now, revoked_reason = @reason WHERE offer_id = @offerId AND revoked_at IS NULL",
        new { offerId, reason, now },
        "moved",
        issued);

    /// <summary>Suspends everything that was issued from an offer; breaks with <c>moved</c> where that is not so many as were known, none of them revoked or suspended.</summary>
    public static Statement SuspendOfOffer(string offerId, long issued, byte[] reason, long until, long now) => new("""
        UPDATE credential SET suspended_at = @now, suspended_until = @until, suspended_reason = @reason, resumed_at = NULL, resumed_reason = NULL
        WHERE offer_id = @offerId AND revoked_at IS NULL AND (suspended_until IS NULL OR resumed_at IS NOT NULL)
        """, new { offerId, reason, until, now }, "moved", issued);

    /// <summary>Ends a suspension of everything that was issued from an offer; breaks with <c>moved</c> where not so many are suspended, or by another act: each seals its reason anew.</summary>
    public static Statement ResumeOfOffer(string offerId, long issued, byte[]? suspendedReason, byte[] reason, long now) => new("""
        UPDATE credential SET resumed_at = @now, resumed_reason = @reason
        WHERE offer_id = @offerId AND revoked_at IS NULL AND suspended_until IS NOT NULL AND resumed_at IS NULL AND suspended_reason IS NOT DISTINCT FROM @suspendedReason
        """, new { offerId, suspendedReason, reason, now }, "moved", issued);

    /// <summary>
    /// Ends the suspension of everything that was issued from an offer, because its time is over; breaks with <c>moved</c> where that is not so of as many,
    /// as where another suspension has begun meanwhile.
    /// </summary>
    public static Statement EndOfOffer(string offerId, long issued, long now) => new("""
        UPDATE credential SET resumed_at = @now, resumed_reason = NULL
        WHERE offer_id = @offerId AND revoked_at IS NULL AND suspended_until <= @now AND resumed_at IS NULL
        """, new { offerId, now }, "moved", issued);

    /// <summary>The offers whose credentials' suspension is over by its time, and has not been ended.</summary>
    public static async Task<IReadOnlyList<string>> OffersToResumeAsync(Database database, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("""
            SELECT DISTINCT offer_id FROM credential
            WHERE suspended_until IS NOT NULL AND resumed_at IS NULL AND suspended_until <= @now AND revoked_at IS NULL
            """, new { now })).AsList());

    /// <summary>What follows rests on a credential that is neither revoked nor suspended nor ended; breaks with <c>stands</c>. Changes nothing.</summary>
    public static Statement Stands(string id, long now) => new(
        $"UPDATE credential SET revoked_at = NULL WHERE id = @id AND {Standing}", new { id, now }, StandsCondition);

    /// <summary>What follows revokes this credential; breaks with <c>moved</c> where another act has. Changes nothing.</summary>
    public static Statement NotRevoked(string id) => new(
        "UPDATE credential SET revoked_at = NULL WHERE id = @id AND revoked_at IS NULL", new { id }, "moved");

    /// <summary>What follows is for who belongs: holds a membership credential in force; breaks with <see cref="BelongsCondition"/>. Changes nothing.</summary>
    public static Statement Belongs(string memberId, long now) => new($"""
        UPDATE credential SET revoked_at = NULL
        WHERE member_id = @memberId AND type = @type AND {Standing}
        """, new { memberId, type = CredentialType.Membership, now }, BelongsCondition);

    /// <summary>What follows is for who holds no membership that was not revoked and has not ended; breaks with <c>moved</c>. Changes nothing. It goes behind <see cref="Members.Hold"/>.</summary>
    public static Statement NoMembership(string memberId, long now) => new(
        "UPDATE credential SET revoked_at = NULL WHERE member_id = @memberId AND type = @type AND revoked_at IS NULL AND expires_at > @now",
        new { memberId, type = CredentialType.Membership, now }, "moved", 0);

    /// <summary>What follows rests on a credential of a member who is not erased, whatever became of it; breaks with <c>stands</c>. Changes nothing.</summary>
    public static Statement Kept(string id) => new(
        "UPDATE credential SET ordinal = ordinal WHERE id = @id AND length(to_be_signed) > 0", new { id }, StandsCondition);

    /// <summary>Those of a type that were not revoked, over or not.</summary>
    public static Task<IReadOnlyList<(string Id, string OfferId, string Digest)>> NotRevokedAsync(Database database, string type) => database.ReadAsync<IReadOnlyList<(string, string, string)>>(async connection =>
        (await connection.QueryAsync<(string, string, string)>("SELECT id, offer_id, to_be_signed_digest FROM credential WHERE type = @type AND revoked_at IS NULL ORDER BY id", new { type })).AsList());

    /// <summary>Whether a member got nothing of a credential's type later, from another offer.</summary>
    public static Task<bool> IsLastAsync(Database database, Row record) => database.ReadAsync(async connection => await connection.ExecuteScalarAsync<long>("""
        SELECT count(*) FROM credential
        WHERE member_id = @MemberId AND type = @Type AND offer_id <> @OfferId AND (recorded_at > @RecordedAt OR (recorded_at = @RecordedAt AND id > @Id))
        """, new { record.MemberId, record.Type, record.OfferId, record.RecordedAt, record.Id }) == 0);

    /// <summary>Keeps what the wallet notified of all credentials of one answer.</summary>
    public static Statement Notify(string notificationId, string offerId, string notificationEvent) => new(
        "UPDATE credential SET notification_event = @notificationEvent WHERE notification_id = @notificationId AND offer_id = @offerId",
        new { notificationId, offerId, notificationEvent },
        "notification");

    /// <summary>Whether somebody belongs: holds a membership credential in force.</summary>
    public static Task<bool> BelongsAsync(Database database, string memberId, long now) => database.ReadAsync(async connection => await connection.ExecuteScalarAsync<long>(
        $"SELECT count(*) FROM credential WHERE type = @type AND member_id = @memberId AND {Standing}", new { memberId, type = CredentialType.Membership, now }) > 0);

    /// <summary>The memberships that end soon, and none of their members' goes on: once a member, who has not been told lately. The offer that it came from is named.</summary>
    /// <param name="database">The database.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="before">How many seconds before its end it is soon; of a shorter one, its last quarter.</param>
    /// <param name="kind">By which kind of notice they are told.</param>
    /// <param name="most">How many at once.</param>
    public static async Task<IReadOnlyList<(string MemberId, string OfferId)>> MembershipsEndingAsync(Database database, long now, long before, string kind, long most) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, string)>("""
            SELECT c.member_id, max(c.offer_id) FROM credential c
            WHERE c.type = @type AND c.revoked_at IS NULL AND c.expires_at > @now AND c.expires_at <= @now + @before AND (c.expires_at - @now) * 4 <= c.expires_at - c.recorded_at
                AND NOT EXISTS (
                    SELECT 1 FROM credential other WHERE other.member_id = c.member_id AND other.type = c.type AND other.revoked_at IS NULL AND other.expires_at > c.expires_at)
                AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.member_id = c.member_id AND n.kind = @kind)
            GROUP BY c.member_id ORDER BY c.member_id LIMIT @most
            """, new { type = CredentialType.Membership, now, before, kind, most })).AsList());

    /// <summary>One record by its id.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM credential WHERE id = @id", new { id }));

    /// <summary>The types of the credentials that a session rests on.</summary>
    public static async Task<IReadOnlyList<string>> TypesOfSessionAsync(Database database, string sessionId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>(
            "SELECT c.type FROM session_credential s JOIN credential c ON c.id = s.credential_id WHERE s.session_id = @sessionId", new { sessionId })).AsList());

    /// <summary>The records that a session rests on.</summary>
    public static async Task<IReadOnlyList<Row>> OfSessionAsync(Database database, string sessionId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM credential WHERE id IN (SELECT credential_id FROM session_credential WHERE session_id = @sessionId) ORDER BY type, id", new { sessionId })).AsList());

    /// <summary>One record by its slot.</summary>
    public static Task<Row?> FindBySlotAsync(Database database, string listId, long idx) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM credential WHERE list_id = @listId AND idx = @idx", new { listId, idx }));

    /// <summary>One record by the digest of the bytes that were signed.</summary>
    public static Task<Row?> FindByDigestAsync(Database database, string toBeSignedDigest) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM credential WHERE to_be_signed_digest = @toBeSignedDigest", new { toBeSignedDigest }));

    /// <summary>What was to be signed, and its digest, of the records behind an id, in the order of their ids; without those of erased members.</summary>
    public static async Task<IReadOnlyList<(string Id, byte[] ToBeSigned, string Digest)>> SignedAfterAsync(Database database, string after, long most) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, byte[], string)>(
            """
            SELECT c.id, c.to_be_signed, c.to_be_signed_digest FROM credential c
            WHERE c.id > @after AND NOT (length(c.to_be_signed) = 0 AND EXISTS (SELECT 1 FROM member m WHERE m.id = c.member_id AND m.state = 'erased'))
            ORDER BY c.id LIMIT @most
            """, new { after, most })).AsList());

    /// <summary>What was issued from one offer.</summary>
    public static async Task<IReadOnlyList<Row>> OfOfferAsync(Database database, string offerId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM credential WHERE offer_id = @offerId ORDER BY id", new { offerId })).AsList());

    /// <summary>All records, or those of one member, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> ListAsync(Database database, string? memberId = null) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM credential WHERE @memberId IS NULL OR member_id = @memberId ORDER BY recorded_at, ordinal, id",
            new { memberId })).AsList());
}
