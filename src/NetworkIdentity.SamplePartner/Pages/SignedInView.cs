using Microsoft.AspNetCore.Antiforgery;
using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>What <see cref="SignedInPage"/> shows.</summary>
public sealed record SignedInView
{
    /// <summary>The app.</summary>
    public required SamplePartnerOptions Options { get; init; }

    /// <summary>The <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What was proven, a credential type each.</summary>
    public required IReadOnlyList<Learned> Learned { get; init; }

    /// <summary>When it was proven (<c>auth_time</c>); null where the provider doesn't say.</summary>
    public required DateTimeOffset? ProvenAt { get; init; }

    /// <summary>When the session ends.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>What went over the wire.</summary>
    public required IReadOnlyList<Exchange> Wire { get; init; }

    /// <summary>For the form that signs out.</summary>
    public required AntiforgeryTokenSet Antiforgery { get; init; }
}
