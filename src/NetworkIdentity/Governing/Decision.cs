using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>A decision as somebody who may see it sees it.</summary>
/// <param name="Row">The record.</param>
/// <param name="Proposal">What is decided, in words and values; null where the member whom it was about has been erased.</param>
/// <param name="Quorum">How far it has come; null where it is over, or the rules have changed.</param>
public sealed record Decision(Decisions.Row Row, Proposal? Proposal, Quorum? Quorum)
{
    /// <summary>Whether a member may approve of it now.</summary>
    public bool IsFor(string memberId) => Quorum?.Eligible.Contains(memberId) == true;
}
