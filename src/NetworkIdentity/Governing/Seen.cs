namespace NetworkIdentity.Governing;

/// <summary>How a decision stood when somebody was shown it, who acts on it now.</summary>
/// <param name="Revision">Its revision then.</param>
/// <param name="Counted">How many approvals counted then.</param>
public sealed record Seen(long Revision, long Counted)
{
    /// <summary>
    /// Whether it stands as it was seen, but for approvals that came since. Each of these moves the revision by one and the count by one; whatever else moves it, as one that was taken back, a
    /// notice that has begun or ended, or a mandate that has, moves the two apart.
    /// </summary>
    public bool StillHolds(Decision decision) => decision.Quorum is { } quorum && decision.Row.Revision - Revision == quorum.Counted.Count - Counted && decision.Row.Revision >= Revision;
}
