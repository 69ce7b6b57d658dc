namespace NetworkIdentity.Registry;

/// <summary>
/// Every act that changes who belongs, written in the transaction of the act. The public log takes its leaves from here: so it holds ids and no
/// words about a person; a reason is kept with its record, sealed under the member's key.
/// </summary>
public static class Journal
{
    /// <summary>Writes an act.</summary>
    /// <param name="act">What was done, for example <c>issue</c> or <c>revoke</c>.</param>
    /// <param name="subject">The id of the record it was done to.</param>
    /// <param name="actor">Who did it, for example <c>founder</c>.</param>
    /// <param name="charterVersion">The version of the charter it was done under; null for what the charter doesn't speak of.</param>
    /// <param name="now">Unix seconds.</param>
    public static Statement Write(string act, string subject, string actor, string? charterVersion, long now) => new(
        "INSERT INTO journal (id, at, act, subject, actor, charter_version) VALUES (@id, @now, @act, @subject, @actor, @charterVersion)",
        new { id = RandomId.New(), now, act, subject, actor, charterVersion });
}
