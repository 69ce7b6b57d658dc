namespace NetworkIdentity.Governing;

/// <summary>What a member is at a moment, for who asks whether they may decide.</summary>
/// <param name="MemberId">The member, who belongs: neither suspended nor revoked, and has not left.</param>
/// <param name="Since">Since when.</param>
/// <param name="NodeId">The node that they belong to; null for none.</param>
/// <param name="Mandates">Their mandates; whether one is in force is looked at where it counts.</param>
public sealed record Standing(string MemberId, DateTimeOffset Since, string? NodeId, IReadOnlyList<Steward> Mandates);
