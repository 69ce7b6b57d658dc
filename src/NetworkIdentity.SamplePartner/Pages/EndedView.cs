using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>What <see cref="EndedPage"/> shows.</summary>
/// <param name="Options">The app.</param>
/// <param name="EndedAt">When the session ran out; null where the provider refused it before.</param>
/// <param name="Error">The provider's error code.</param>
/// <param name="Description">The provider's words to it.</param>
/// <param name="Wire">What went over the wire.</param>
public sealed record EndedView(SamplePartnerOptions Options, DateTimeOffset? EndedAt, string? Error, string? Description, IReadOnlyList<Exchange> Wire);
