namespace NetworkIdentity.Ledger;

/// <summary>A leaf that a census rests on, opened.</summary>
/// <param name="Index">Its place in the log.</param>
/// <param name="Act">One of <see cref="CensusRoll.Acts"/>.</param>
/// <param name="Subject">The credential's id.</param>
/// <param name="Counted">Of an issue, what is counted of it.</param>
public sealed record CensusLeaf(long Index, string Act, string Subject, Counted? Counted);
