namespace NetworkIdentity.Governing;

/// <summary>What is to be decided.</summary>
/// <param name="Act">One of <see cref="Governing.Act"/>.</param>
/// <param name="NodeId">The node that it is about; null for none.</param>
/// <param name="Barred">Who may not decide it, by their ids: whom it is about, and of an appeal those who decided first.</param>
public sealed record Matter(string Act, string? NodeId, IReadOnlySet<string> Barred);
