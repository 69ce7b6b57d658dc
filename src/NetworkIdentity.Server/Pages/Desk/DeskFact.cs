namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>Something that a decision says: a label and words, which people may have written.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Words">The words; their line ends are kept.</param>
/// <param name="Id">The id of what they name; null where there is none.</param>
public sealed record DeskFact(string Label, string Words, string? Id = null);
