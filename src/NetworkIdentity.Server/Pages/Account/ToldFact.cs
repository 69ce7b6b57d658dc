namespace NetworkIdentity.Server.Pages.Account;

/// <summary>A fact about a member, as they are told of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What sort of thing happened.</param>
/// <param name="Text">The words.</param>
/// <param name="From">The first day.</param>
/// <param name="Until">The last day.</param>
/// <param name="Node">Where; null for nowhere in particular.</param>
/// <param name="Correction">What it does to another fact, in words; null where nothing.</param>
/// <param name="Needed">How many witnesses it wants.</param>
/// <param name="Witnesses">Who attested it, by their names or ids, and when.</param>
public sealed record ToldFact(
    string Id, string Kind, string Text, DateOnly From, DateOnly Until, string? Node, string? Correction, int Needed, IReadOnlyList<(string Name, string Id, DateOnly Day)> Witnesses);
