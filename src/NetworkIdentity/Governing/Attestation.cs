namespace NetworkIdentity.Governing;

/// <summary>One member's word that a fact is so.</summary>
/// <param name="By">The witness.</param>
/// <param name="Day">The day, in UTC, on which they gave it.</param>
public sealed record Attestation(string By, DateOnly Day);
