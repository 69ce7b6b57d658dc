using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>What <see cref="TroublePage"/> shows.</summary>
/// <param name="Options">The app.</param>
/// <param name="Title">What happened, as a heading.</param>
/// <param name="Reason">The same in a sentence or two.</param>
/// <param name="Mend">What the person can do.</param>
/// <param name="Code">The error code; null where there is none.</param>
/// <param name="Description">The words that came with it; null where none did.</param>
/// <param name="Way">Where the link leads.</param>
/// <param name="WayName">Its words.</param>
/// <param name="Wire">What went over the wire.</param>
public sealed record TroubleView(
    SamplePartnerOptions Options, string Title, string Reason, string Mend, string? Code, string? Description, string Way, string WayName, IReadOnlyList<Exchange> Wire);
