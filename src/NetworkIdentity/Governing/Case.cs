using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>What was decided against somebody, as they see it.</summary>
/// <param name="Row">The decision: carried out, or decided and waiting for its day.</param>
/// <param name="Proposal">What it says.</param>
/// <param name="AppealUntil">Until when they can appeal; null where it is not carried out yet.</param>
/// <param name="Appeal">The appeal; null where there is none.</param>
/// <param name="Words">What they said in it.</param>
/// <param name="Answer">Why it was turned down; null where it was not.</param>
public sealed record Case(Decisions.Row Row, Proposal Proposal, DateTimeOffset? AppealUntil, Appeals.Row? Appeal, string? Words, string? Answer);
