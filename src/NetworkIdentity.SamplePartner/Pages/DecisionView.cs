using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>What <see cref="DecisionPage"/> shows.</summary>
/// <param name="Options">The app.</param>
/// <param name="Decision">Admit, Ask or Refuse, and why.</param>
/// <param name="Learned">What was proven.</param>
/// <param name="Wire">What went over the wire.</param>
public sealed record DecisionView(SamplePartnerOptions Options, DoorDecision Decision, IReadOnlyList<Learned> Learned, IReadOnlyList<Exchange> Wire);
