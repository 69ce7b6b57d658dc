using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>Somebody who asks to join, as those see it whom it concerns.</summary>
/// <param name="Row">The record.</param>
/// <param name="Name">What they are called.</param>
/// <param name="Statement">What they say of themselves.</param>
/// <param name="Vouches">Who speaks for them, and what they say.</param>
/// <param name="Counted">How many of these count now: they belong, for long enough.</param>
/// <param name="Needed">How many the charter wants.</param>
public sealed record Application(Applications.Row Row, string Name, string Statement, IReadOnlyList<(string MemberId, string Words)> Vouches, int Counted, int Needed);
