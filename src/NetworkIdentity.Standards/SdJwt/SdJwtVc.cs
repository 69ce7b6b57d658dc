using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>A verifiable credential in SD-JWT form, processed [SD-JWT-VC]. Its times, its issuer and its status are not yet judged.</summary>
/// <param name="Type"><c>vct</c>: the credential's type, compared as a string.</param>
/// <param name="OtherTypes"><c>aka_vcts</c>: further types that the issuer says it is of; empty where absent.</param>
/// <param name="Issuer"><c>iss</c>; null where the issuer is named by <c>x5c</c> alone.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="NotBefore"><c>nbf</c>.</param>
/// <param name="ExpiresAt"><c>exp</c>.</param>
/// <param name="HolderKey"><c>cnf.jwk</c>; null where there is no <c>cnf</c>: such a credential can't be bound to a holder.</param>
/// <param name="Status"><c>status.status_list</c>; null where there is no <c>status</c>.</param>
/// <param name="Processed">The processed payload, and what was disclosed.</param>
public sealed record SdJwtVc(
    string Type,
    IReadOnlyList<string> OtherTypes,
    string? Issuer,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? NotBefore,
    DateTimeOffset? ExpiresAt,
    Jwk? HolderKey,
    StatusListReference? Status,
    ProcessedSdJwt Processed)
{
    /// <summary>Header <c>typ</c>, and the credential format's name in OpenID4VCI and OpenID4VP.</summary>
    public const string Format = "dc+sd-jwt";

    /// <summary>Claims that, with all below them, may never be selectively disclosable [SD-JWT-VC §Registered JWT Claims].</summary>
    public static IReadOnlyList<string> NeverDisclosable { get; } = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

    /// <summary>The processed payload.</summary>
    public JsonObject Claims => Processed.Claims;

    /// <summary>Whether the issuer says that the credential is of this type: its <c>vct</c>, or one of <c>aka_vcts</c>.</summary>
    public bool IsOfType(string type) => Type == type || OtherTypes.Contains(type, StringComparer.Ordinal);

    /// <summary>Reads a credential whose issuer's signature was verified.</summary>
    /// <exception cref="Refusal">
    /// Malformed: a wrong <c>typ</c>, no <c>vct</c>, a claim of <see cref="NeverDisclosable"/> that is disclosable, a <c>cnf</c> or
    /// <c>status</c> that can't be used, or what <see cref="SdJwt.Process"/> refuses.
    /// </exception>
    public static SdJwtVc Read(SdJwt sdJwt)
    {
        if (sdJwt.IssuerSigned.Type != Format) throw Refusal.Malformed("typ of the credential must be dc+sd-jwt");
        var processed = sdJwt.Process();
        var claims = processed.Claims;
        foreach (var name in NeverDisclosable)
        {
            if (processed.IsDisclosable(name)) throw Refusal.Malformed($"{name} may not be selectively disclosable");
        }

        var type = claims.RequiredString("vct");
        if (type.Length == 0) throw Refusal.Malformed("vct is empty");
        var others = claims.OptionalStrings("aka_vcts");
        if (others is not null && (others.Count == 0 || others.Contains(type, StringComparer.Ordinal)))
            throw Refusal.Malformed("aka_vcts must name other types than vct");
        _ = claims.OptionalString("vct#integrity");

        return new(
            type,
            others ?? [],
            claims.OptionalString("iss"),
            claims.OptionalTime("iat"),
            claims.OptionalTime("nbf"),
            claims.OptionalTime("exp"),
            claims.OptionalObject("cnf") is { } confirmation ? HolderKeyOf(confirmation) : null,
            StatusListReference.Of(claims),
            processed);
    }

    private static Jwk HolderKeyOf(JsonObject confirmation) => Jwk.Parse(
        confirmation.OptionalObject("jwk") ?? throw Refusal.Malformed("cnf has no jwk, and no other confirmation method is supported"));
}
