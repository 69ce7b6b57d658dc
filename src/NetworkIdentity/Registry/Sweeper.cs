namespace NetworkIdentity.Registry;

/// <summary>Deletes what has expired and means nothing any more: nonces, tokens, codes, sign-ins and their requests.</summary>
public static class Sweeper
{
    /// <summary>
    /// How long what has ended is kept, in seconds: for a page that may still look at it, and for servers whose clock is behind this one's.
    /// </summary>
    private const long Grace = 3600;

    /// <summary>
    /// How long it is remembered that a thing was used after it has expired, in seconds: by this clock. On another server, or on this one after its clock was
    /// put back, it may not have expired yet (F8).
    /// </summary>
    private const long Memory = 24 * 3600;

    /// <summary>How many rows one act deletes, so that none holds the writer for long.</summary>
    private const int Portion = 500;

    /// <summary>The statements of one sweep: each is an act of its own, to be repeated until it breaks with <c>done</c>.</summary>
    /// <param name="now">Unix seconds.</param>
    public static IReadOnlyList<Statement> At(long now) =>
    [
        new($"DELETE FROM spent WHERE (kind, id) IN (SELECT kind, id FROM spent WHERE expires_at < @now LIMIT {Portion})", new { now = now - Memory }, "done"),
        Of("access_token", "token_digest", now - Grace),
        Of("authorization_code", "code_digest", now - Grace),
        Of("presentation_request", "id", now - Grace),
        Of("sign_in", "id", now - Grace),
    ];

    private static Statement Of(string table, string key, long before) => new(
        $"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE expires_at < @before LIMIT {Portion})", new { before }, "done");
}
