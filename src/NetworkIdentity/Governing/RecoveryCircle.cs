namespace NetworkIdentity.Governing;

/// <summary>Who can attest that it is a member, should they lose their wallet.</summary>
/// <param name="IsNamed">Whether the member named them; else they vouched when the member joined.</param>
/// <param name="Contacts">Who they are, by their ids, and whether they declined.</param>
/// <param name="Waiting">Whom the member named in their place; empty where nobody waits.</param>
/// <param name="WaitsUntil">From when these hold.</param>
/// <param name="Needed">How many must attest, by the charter.</param>
public sealed record RecoveryCircle(
    bool IsNamed, IReadOnlyList<(string MemberId, bool HasDeclined)> Contacts, IReadOnlyList<(string MemberId, bool HasDeclined)> Waiting, DateTimeOffset? WaitsUntil, int Needed);
