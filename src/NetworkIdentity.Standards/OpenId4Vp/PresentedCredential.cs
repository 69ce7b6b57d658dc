using System.Text.Json.Nodes;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>A verified credential that a wallet presented for a query.</summary>
/// <param name="Format">The credential format identifier, for example <c>dc+sd-jwt</c>.</param>
/// <param name="Type">Its <c>vct</c>; of a W3C credential the IRI of its own type.</param>
/// <param name="Claims">Its processed claims.</param>
public sealed record PresentedCredential(string Format, string Type, JsonObject Claims)
{
    /// <summary>Further types that its issuer says it is of: <c>aka_vcts</c>, or the IRIs of a W3C credential's other types.</summary>
    public IReadOnlyList<string> OtherTypes { get; init; } = [];

    /// <summary>A presented SD-JWT VC, with its further types.</summary>
    public static PresentedCredential Of(SdJwtVc credential) =>
        new(SdJwtVc.Format, credential.Type, credential.Claims) { OtherTypes = credential.OtherTypes };

    /// <summary>Whether it is of one of these types.</summary>
    public bool IsOfOneOf(IReadOnlyList<string> types) => types.Any(IsOf);

    /// <summary>Whether it is of this type.</summary>
    public bool IsOf(string type) => type == Type || OtherTypes.Contains(type, StringComparer.Ordinal);
}
