namespace NetworkIdentity.Governing;

/// <summary>What an act would be done to, and who is too near to it to decide.</summary>
/// <param name="NodeId">The node that it is about; null for none.</param>
/// <param name="Barred">Who may not decide it, by their ids: whom it is about, and of an appeal those who decided first.</param>
public sealed record Matter(string? NodeId, IReadOnlySet<string> Barred);
