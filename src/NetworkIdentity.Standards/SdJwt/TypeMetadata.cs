using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>What a credential type is called and which claims it has [SD-JWT-VC §Type Metadata Format].</summary>
/// <remarks>
/// Properties that are not named here are ignored, as the specification says; <c>rendering</c> is among them. <c>extends</c> is
/// refused: metadata that is processed must be processed fully [SD-JWT-VC §Processing Type Metadata], and extending is not supported.
/// </remarks>
/// <param name="Type"><c>vct</c>: the type that is described.</param>
/// <param name="Name">A name for developers.</param>
/// <param name="Description">A description for developers.</param>
/// <param name="Display">Names for people, one a language.</param>
/// <param name="Claims">The claims.</param>
public sealed record TypeMetadata(
    string Type, string? Name, string? Description, IReadOnlyList<TypeDisplay> Display, IReadOnlyList<ClaimMetadata> Claims)
{
    /// <summary>The most claims that are read.</summary>
    public const int MaxClaims = 500;

    /// <summary>Reads a type metadata document.</summary>
    /// <exception cref="Refusal">Malformed: a property of a wrong shape, or <c>extends</c>.</exception>
    public static TypeMetadata Parse(JsonObject json)
    {
        if (json.ContainsKey("extends")) throw Refusal.Malformed("type metadata that extends another type is not supported");
        var claims = Objects(json, "claims").Select(ClaimMetadata.Parse).ToArray();
        if (claims.Length > MaxClaims) throw Refusal.Malformed("type metadata has too many claims");
        string[] placeholders = [.. claims.Select(claim => claim.SvgId).OfType<string>()];
        if (placeholders.Distinct(StringComparer.Ordinal).Count() != placeholders.Length) throw Refusal.Malformed("an svg_id stands twice");
        return new(
            json.RequiredString("vct"),
            json.OptionalString("name"),
            json.OptionalString("description"),
            [.. Objects(json, "display").Select(TypeDisplay.Parse)],
            claims);
    }

    /// <summary>Holds a credential against the metadata [SD-JWT-VC §Claim Metadata].</summary>
    /// <remarks>That a claim is absent which may have been disclosable, alone or with what it stands in, is no fault.</remarks>
    /// <exception cref="Refusal">
    /// Malformed: another type, a mandatory claim that was never issued, or a claim disclosable against its <c>sd</c>.
    /// </exception>
    public void Check(ProcessedSdJwt credential)
    {
        if (credential.Claims.OptionalString("vct") != Type) throw Refusal.Malformed("the type metadata describes another type than vct");
        foreach (var claim in Claims) claim.Check(credential);
    }

    internal static IEnumerable<JsonObject> Objects(JsonObject json, string name) => json.OptionalArray(name) is { } array
        ? array.Select(item => item as JsonObject ?? throw Refusal.Malformed($"{name} must be an array of objects"))
        : [];
}
