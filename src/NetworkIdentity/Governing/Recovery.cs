using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>A member who lost their wallet, and how far they have come, as those see it whom it concerns.</summary>
/// <param name="Row">The record.</param>
/// <param name="Name">What the member is called; null where they have no name.</param>
/// <param name="AttestedBy">Who attested, by their ids, whether it counts or not.</param>
/// <param name="Counted">How many of these count now: they can attest, have not declined, and belong.</param>
/// <param name="Needed">How many the charter wants.</param>
/// <param name="DueAt">When what was decided takes effect; null where it was not, or has.</param>
public sealed record Recovery(Recoveries.Row Row, string? Name, IReadOnlyList<string> AttestedBy, int Counted, int Needed, DateTimeOffset? DueAt);
