using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Credentials by which who asks to join proves to be one person: a part of a charter.</summary>
/// <param name="Type">The type, as its <c>vct</c>.</param>
/// <param name="Issuer">Who must have issued it: a URL, or a DID.</param>
public sealed record AcceptedPersonhood(string Type, string Issuer)
{
    /// <summary>The claim that tells one person from another.</summary>
    public const string Claim = "person";

    private static readonly Lazy<IReadOnlySet<string>> Types = new(() => CredentialType.LoadAll().Values
        .Where(type => type.SelectiveClaims.Any(claim => claim.Mandatory && CredentialType.NameOf(claim) == Claim)).Select(type => type.Vct).ToHashSet());

    /// <summary>What is wrong with it; null where nothing is.</summary>
    internal string? Fault =>
        !Types.Value.Contains(Type) ? $"names {Type}, which is no type that proves a person to be one"
        : !IsPlace(Issuer) || TrustedIssuer.Of(Issuer, local: false) is not { } issuer || IsInTheClear(issuer.Nation.Issuer) ? $"names the issuer {Issuer}, which is no https URL, did:web or did:webvh"
        : null;

    internal static AcceptedPersonhood Read(JsonObject json) => new(json.RequiredString("type"), json.RequiredString("issuer"));

    /// <summary>An SD-JWT VC names its issuer by a URL: of a DID that leads to none, nothing could be accepted.</summary>
    private static bool IsPlace(string issuer) =>
        !issuer.StartsWith("did:", StringComparison.Ordinal) || issuer.StartsWith("did:web:", StringComparison.Ordinal) || issuer.StartsWith("did:webvh:", StringComparison.Ordinal);

    /// <summary>Without TLS an issuer is whoever is asked; on this machine alone there is nobody between.</summary>
    private static bool IsInTheClear(string url) => new Uri(url) is { Scheme: not "https" } uri && !Nation.LeadsToThisMachineAlone(uri);
}
