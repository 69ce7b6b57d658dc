using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Notices, and the outbox by which they go out: ids, a kind and times, no words and no address.</summary>
public static class Notices
{
    /// <summary>By e-mail, to the member's contact.</summary>
    public const string Mail = "mail";

    /// <summary>By a call to the community's own system.</summary>
    public const string Webhook = "webhook";

    /// <summary>How long a notice is kept from when it was due, in seconds, and what became of its deliveries with it.</summary>
    public const long Kept = 30L * 24 * 3600;

    /// <summary>A row of the table notice.</summary>
    public sealed record Row
    {
        /// <summary>The notice's id; it goes out with it.</summary>
        public required string Id { get; init; }

        /// <summary>The name of a <see cref="Governing.NoticeKind"/>.</summary>
        public required string Kind { get; init; }

        /// <summary>Whom it tells: a member, or a person who asks to be one.</summary>
        public required string MemberId { get; init; }

        /// <summary>The id of what it is about: an application, a case, a decision. Never words, and never another member's id, since it goes out.</summary>
        public required string About { get; init; }

        /// <summary>Unix seconds: when the person is to be told.</summary>
        public required long DueAt { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>A notice that is to go out by a channel.</summary>
    public sealed record Delivery
    {
        /// <summary>The notice.</summary>
        public required string NoticeId { get; init; }

        /// <summary><see cref="Mail"/> or <see cref="Webhook"/>.</summary>
        public required string Channel { get; init; }

        /// <summary>Unix seconds: when the person was to be told.</summary>
        public required long DueAt { get; init; }

        /// <summary>Unix seconds: when it is sent next.</summary>
        public required long SendAt { get; init; }

        /// <summary>How often it was to be sent.</summary>
        public required long Attempts { get; init; }

        /// <summary>The name of a <see cref="Governing.NoticeKind"/>.</summary>
        public required string Kind { get; init; }

        /// <summary>Whom it tells.</summary>
        public required string MemberId { get; init; }

        /// <summary>The id of what it is about.</summary>
        public required string About { get; init; }
    }

    /// <summary>A delivery that is as it was read: another server has done nothing with it meanwhile.</summary>
    private const string AsRead = "WHERE notice_id = @id AND channel = @channel AND send_at = @at AND attempts = @attempts";

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "notice-once";

    /// <summary>Tells somebody something: on their page, and by every channel that there is. Breaks with <see cref="OnceCondition"/> where there is one of that id.</summary>
    public static IReadOnlyList<Statement> Insert(Row row) =>
    [
        new(
            "INSERT INTO notice (id, kind, member_id, about, due_at, created_at) VALUES (@Id, @Kind, @MemberId, @About, @DueAt, @CreatedAt) ON CONFLICT DO NOTHING",
            row,
            OnceCondition),
        new(
            $"""
            INSERT INTO notice_delivery (notice_id, channel, due_at, send_at, attempts)
            VALUES (@Id, '{Mail}', @DueAt, @DueAt, 0), (@Id, '{Webhook}', @DueAt, @DueAt, 0)
            """,
            new { row.Id, row.DueAt }),
    ];

    /// <summary>What is not due yet needs no telling any more: a reminder of what was done meanwhile.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="about">What it is about.</param>
    /// <param name="now">Unix seconds.</param>
    public static IReadOnlyList<Statement> Withdraw(string kind, string about, long now) =>
    [
        new(
            "DELETE FROM notice_delivery WHERE notice_id IN (SELECT id FROM notice WHERE about = @about AND kind = @kind AND due_at > @now)", new { kind, about, now }),
        new("DELETE FROM notice WHERE about = @about AND kind = @kind AND due_at > @now", new { kind, about, now }),
    ];

    /// <summary>A member is told nothing any more.</summary>
    public static IReadOnlyList<Statement> DeleteOf(string memberId) =>
    [
        new("DELETE FROM notice_delivery WHERE notice_id IN (SELECT id FROM notice WHERE member_id = @memberId)", new { memberId }),
        new("DELETE FROM notice WHERE member_id = @memberId", new { memberId }),
    ];

    /// <summary>
    /// A server takes it on to send it, before it does: whichever is first does it alone. Where it is killed meanwhile, the next one sends at
    /// <paramref name="next"/>. Breaks with <c>notice</c>.
    /// </summary>
    /// <param name="row">The delivery as it was read.</param>
    /// <param name="next">Unix seconds.</param>
    public static Statement TakeOn(Delivery row, long next) => Change("send_at = @next, attempts = attempts + 1", row, next) with { Condition = "notice" };

    /// <summary>It was sent.</summary>
    /// <param name="row">The delivery as it was taken on.</param>
    public static Statement Sent(Delivery row) => Change("send_at = NULL, fault = NULL", row);

    /// <summary>It could not be sent, and is to be sent again when it was taken on for.</summary>
    /// <param name="row">The delivery as it was taken on.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement Unsent(Delivery row, string fault) => Change("fault = @fault", row, fault: fault);

    /// <summary>Nobody could be called: it is sent later, and the attempt does not count.</summary>
    /// <param name="row">The delivery as it was taken on.</param>
    /// <param name="next">Unix seconds.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement PutOff(Delivery row, long next, string fault) => Change("send_at = @next, attempts = attempts - 1, fault = @fault", row, next, fault);

    /// <summary>It could not be sent, and is not to be: it stays as a record of that.</summary>
    /// <param name="row">The delivery as it was taken on.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement GiveUp(Delivery row, string fault) => Change("send_at = NULL, fault = @fault", row, fault: fault);

    /// <summary>What was due before is sent no more. What another server has taken on stays as it is.</summary>
    public static Statement GiveUp(string channel, long dueBefore, long now, string fault) => new(
        "UPDATE notice_delivery SET send_at = NULL, fault = @fault WHERE channel = @channel AND send_at <= @now AND due_at <= @dueBefore", new { channel, dueBefore, now, fault });

    /// <summary>There is nowhere to send it to.</summary>
    /// <param name="row">The delivery as it was taken on.</param>
    public static Statement NowhereToSend(Delivery row) => new(
        $"DELETE FROM notice_delivery {AsRead}", new { id = row.NoticeId, channel = row.Channel, at = row.SendAt, attempts = row.Attempts });

    /// <summary>There is no such channel here: what is due by it is seen on the pages alone.</summary>
    public static Statement NowhereToSend(string channel, long now) => new("DELETE FROM notice_delivery WHERE channel = @channel AND send_at <= @now", new { channel, now });

    /// <summary>What has been told for long, or given up: deliveries first, then the notices that wait for none. Each is an act of its own, repeated until it breaks with <c>done</c>.</summary>
    /// <param name="before">Unix seconds: what was due before.</param>
    /// <param name="portion">How many rows one act deletes.</param>
    public static IReadOnlyList<Statement> Sweep(long before, int portion) =>
    [
        new(
            $"""
            DELETE FROM notice_delivery WHERE (notice_id, channel) IN (
                SELECT notice_id, channel FROM notice_delivery WHERE due_at < @before AND send_at IS NULL LIMIT {portion})
            """,
            new { before }, "done"),
        new(
            $"""
            DELETE FROM notice WHERE id IN (
                SELECT n.id FROM notice n LEFT JOIN notice_delivery d ON d.notice_id = n.id WHERE n.due_at < @before AND d.notice_id IS NULL LIMIT {portion})
            """,
            new { before }, "done"),
    ];

    /// <summary>What a member has been told, newest first: what their page shows.</summary>
    public static async Task<IReadOnlyList<Row>> OfMemberAsync(Database database, string memberId, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("""
            SELECT id, kind, member_id, about, due_at, created_at FROM notice WHERE member_id = @memberId AND due_at <= @now ORDER BY due_at DESC, id
            """, new { memberId, now })).AsList());

    /// <summary>The channels by which something is to be sent now.</summary>
    public static async Task<IReadOnlyList<string>> ChannelsToSendAsync(Database database, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT DISTINCT channel FROM notice_delivery WHERE send_at <= @now ORDER BY channel", new { now })).AsList());

    /// <summary>What is to be sent by a channel now, the longest due first.</summary>
    public static async Task<IReadOnlyList<Delivery>> ToSendAsync(Database database, string channel, long now, int most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Delivery>("""
            SELECT d.notice_id, d.channel, d.due_at, d.send_at, d.attempts, n.kind, n.member_id, n.about
            FROM notice_delivery d JOIN notice n ON n.id = d.notice_id
            WHERE d.channel = @channel AND d.send_at <= @now ORDER BY d.send_at, d.notice_id LIMIT @most
            """, new { channel, now, most })).AsList());

    /// <summary>What could not be sent, by channel and by what went wrong last: how many, how many of these are tried again, and since when.</summary>
    public static async Task<IReadOnlyList<(string Channel, string Fault, long Count, long Waiting, long Since)>> UnsentAsync(Database database) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, string, long, long, long)>("""
            SELECT channel, fault, count(*), count(send_at), min(due_at) FROM notice_delivery WHERE fault IS NOT NULL GROUP BY channel, fault ORDER BY channel, fault
            """)).AsList());

    private static Statement Change(string set, Delivery row, long? next = null, string? fault = null) => new(
        $"UPDATE notice_delivery SET {set} {AsRead}", new { id = row.NoticeId, channel = row.Channel, at = row.SendAt, attempts = row.Attempts, next, fault });
}
