using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Verifying;

/// <summary>A credential that was verified, in whatever format it came.</summary>
/// <param name="Format"><c>dc+sd-jwt</c>, <c>ldp_vc</c>, <c>vc+jwt</c> or <c>vc+sd-jwt</c>.</param>
/// <param name="Issuer">Who issued it: a URL or a DID.</param>
/// <param name="Presented">What it is to a query.</param>
/// <param name="Type">The type, where it is one of this nation's.</param>
/// <param name="Digest">What the issuer finds its record by: SHA-256, as base64url, of what it committed to.</param>
/// <param name="Holder">Whose it is: the thumbprint of its key, or the DID of its subject; null for nobody's.</param>
/// <param name="Status">Its slot in a status list of this nation's, where it has one.</param>
public sealed record CheckedCredential(
    string Format, string Issuer, PresentedCredential Presented, CredentialType? Type, string Digest, string? Holder, (string ListId, long Index)? Status)
{
    /// <summary>What it says.</summary>
    public JsonObject Claims => Presented.Claims;

    /// <summary>Of what was selected in it, the claims about its subject by their names, which both formats have in common.</summary>
    public JsonObject ClaimsOf(JsonObject selected) =>
        Format == SdJwtVc.Format ? selected : selected["credentialSubject"] is JsonObject subject ? (JsonObject)subject.DeepClone() : [];

    /// <summary>The key of a holder, by which two of them are told apart: its thumbprint, however it is named; or the DID, where that may have several.</summary>
    /// <param name="holder">As <see cref="Holder"/>.</param>
    public static string? KeyOf(string? holder) => holder switch
    {
        not null when holder.StartsWith("did:key:", StringComparison.Ordinal) => DidKey.Parse(holder).Thumbprint(),
        not null when holder.StartsWith("did:jwk:", StringComparison.Ordinal) => DidJwk.Parse(holder).Thumbprint(),
        _ => holder,
    };

    /// <summary>From when it is valid; null where it doesn't say.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when; null where it doesn't say.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}
