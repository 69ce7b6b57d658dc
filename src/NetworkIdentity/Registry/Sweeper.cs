namespace NetworkIdentity.Registry;

/// <summary>Deletes what has expired and means nothing any more: nonces, tokens, codes, sign-ins and their requests, offers that nobody took, doubts about credentials that have ended, notices of long ago.</summary>
public static class Sweeper
{
    /// <summary>How long rows are kept after they mean something.</summary>
    /// <param name="SignIns">Ended sign-ins, for the page that may still look at them, and for servers whose clock is behind this one's.</param>
    /// <param name="Offers">Offers that ended and nobody took.</param>
    public sealed record Retention(TimeSpan SignIns, TimeSpan Offers)
    {
        /// <summary>An hour, and thirty days.</summary>
        public static Retention Usual { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromDays(30));
    }

    /// <summary>
    /// How long it is remembered that a thing was used after it has expired, in seconds: by this clock. On another server, or on this one after its clock was
    /// put back, it may not have expired yet (F8).
    /// </summary>
    private const long Memory = 24 * 3600;

    private const long DocumentMemory = 30L * 24 * 3600;

    /// <summary>How long it is kept that a client could not be told, in seconds, from when the session would have ended by itself.</summary>
    private const long LookedAt = 7 * 24 * 3600;

    /// <summary>How many rows one act deletes, so that none holds the writer for long.</summary>
    private const int Portion = 500;

    /// <summary>The statements of one sweep: each is an act of its own, to be repeated until it breaks with <c>done</c>.</summary>
    /// <param name="now">Unix seconds.</param>
    /// <param name="retention">How long what has ended is kept.</param>
    public static IReadOnlyList<Statement> At(long now, Retention retention) =>
    [
        new($"DELETE FROM spent WHERE (kind, id) IN (SELECT kind, id FROM spent WHERE expires_at < @now LIMIT {Portion})", new { now = now - Memory }, "done"),
        Of("access_token", "token_digest", now - (long)retention.SignIns.TotalSeconds),
        Of("authorization_code", "code_digest", now - (long)retention.SignIns.TotalSeconds),
        Of("presentation_request", "id", now - (long)retention.SignIns.TotalSeconds),
        Of("personhood_request", "id", now - (long)retention.SignIns.TotalSeconds),
        Of("sign_in", "id", now - (long)retention.SignIns.TotalSeconds),
        Of("refresh_token", "token_digest", now - (long)retention.SignIns.TotalSeconds),
        Of("pushed_request", "uri_digest", now - (long)retention.SignIns.TotalSeconds),
        Of("initial_access_token", "id", now - (long)retention.SignIns.TotalSeconds),

        // A document that nobody has gone by for a month, and nobody is signed in by. It is read again when somebody comes: the members are the same to it.
        new(
            $"""
            DELETE FROM partner WHERE client_id IN (
                SELECT p.client_id FROM partner p LEFT JOIN session s ON s.client_id = p.client_id
                WHERE p.document_until < @before AND p.retired_at IS NULL AND s.id IS NULL LIMIT {Portion})
            """,
            new { before = now - DocumentMemory }, "done"),

        // The client of one that was ended is told first; and where it could not be told, an operator may look for a while why.
        new(
            $"""
            DELETE FROM session WHERE id IN (
                SELECT id FROM session WHERE expires_at < @before AND tell_at IS NULL AND (tell_fault IS NULL OR expires_at < @looked) LIMIT {Portion})
            """,
            new { before = now - (long)retention.SignIns.TotalSeconds, looked = now - LookedAt }, "done"),
        new(
            $"""
            DELETE FROM session_credential WHERE (session_id, credential_id) IN (
                SELECT c.session_id, c.credential_id FROM session_credential c LEFT JOIN session s ON s.id = c.session_id WHERE s.id IS NULL LIMIT {Portion})
            """,
            new { }, "done"),
        Of("offer", "id", now - (long)retention.Offers.TotalSeconds, "redeemed_at IS NULL AND"),
        Deferrals.Sweep(now - (long)retention.Offers.TotalSeconds, Portion),
        Of("idempotency_key", "id", now),
        Undelivered.Settle(now),
        .. Notices.Sweep(now - Notices.Kept, Portion),
    ];

    private static Statement Of(string table, string key, long before, string also = "") => new(
        $"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {also} expires_at < @before LIMIT {Portion})", new { before }, "done");
}
