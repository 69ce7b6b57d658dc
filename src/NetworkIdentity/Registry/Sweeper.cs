namespace NetworkIdentity.Registry;

/// <summary>Deletes what has expired and means nothing any more: nonces, tokens, codes, sign-ins and their requests.</summary>
public static class Sweeper
{
    /// <summary>How long an ended sign-in is kept for the page that may still look at it, in seconds.</summary>
    private const long Grace = 3600;

    /// <summary>The statements of one sweep; each is an act of its own, so that none holds the writer for long.</summary>
    /// <param name="now">Unix seconds.</param>
    public static IReadOnlyList<Statement> At(long now) =>
    [
        new("DELETE FROM spent WHERE expires_at < @now", new { now }),
        new("DELETE FROM access_token WHERE expires_at < @now", new { now }),
        new("DELETE FROM authorization_code WHERE expires_at < @before", new { before = now - Grace }),
        new("DELETE FROM presentation_request WHERE expires_at < @before", new { before = now - Grace }),
        new("DELETE FROM sign_in WHERE expires_at < @before", new { before = now - Grace }),
    ];
}
