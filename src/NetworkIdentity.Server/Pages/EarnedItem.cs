using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages;

/// <summary>A credential that a member may take.</summary>
/// <param name="Heading">What it is of.</param>
/// <param name="Value">What the form sends for it; null where it can't be taken.</param>
/// <param name="Facts">What it would say.</param>
public sealed record EarnedItem(string Heading, string? Value, IReadOnlyList<DeskFact> Facts);
