namespace NetworkIdentity.Verifying;

/// <summary>What came of looking at a presentation.</summary>
/// <param name="Verdict">Of the whole: of a credential whose shape or issuer is not right, the holder's own, or the first of its credentials that is not accepted, a refused one before one that could not be checked.</param>
/// <param name="Holder">The DID of who shows it; null where that was not proven.</param>
/// <param name="Credentials">Each credential's, in their order; empty where it did not come to them.</param>
public sealed record PresentationExamination(Verdict Verdict, string? Holder, IReadOnlyList<Examination> Credentials);
