namespace NetworkIdentity.Server.Pages.Account;

/// <summary>Something that a member holds, as their page shows it.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Name">What the type is called.</param>
/// <param name="Since">The day of the oldest copy.</param>
/// <param name="Until">When the last copy ends: the first moment that it is over.</param>
/// <param name="State">Where it stands, in words.</param>
/// <param name="Copies">How many copies there are of it, in all formats.</param>
/// <param name="EvidenceOf">The record of the copy of which evidence can be had; null where of none.</param>
public sealed record HeldCredential(string Type, string Name, DateTimeOffset Since, DateTimeOffset Until, string State, int Copies, string? EvidenceOf = null);
