namespace NetworkIdentity.Registry;

/// <summary>Every act that changes who belongs, written in the transaction of the act. The public log takes its leaves from here.</summary>
public static class Journal
{
    /// <summary>Writes an act.</summary>
    /// <param name="act">What was done, for example <c>issue</c> or <c>revoke</c>.</param>
    /// <param name="subject">The id of the record it was done to.</param>
    /// <param name="actor">Who did it, for example <c>founder</c>.</param>
    /// <param name="reason">Why, in the actor's words.</param>
    /// <param name="now">Unix seconds.</param>
    public static Statement Write(string act, string subject, string actor, string? reason, long now) => new(
        "INSERT INTO journal (id, at, act, subject, actor, reason) VALUES (@id, @now, @act, @subject, @actor, @reason)",
        new { id = RandomId.New(), now, act, subject, actor, reason });
}
