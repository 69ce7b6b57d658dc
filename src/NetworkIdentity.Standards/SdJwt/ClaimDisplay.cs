using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>A claim's label in one language [SD-JWT-VC §Claim Display Metadata].</summary>
/// <param name="Locale">A language tag [RFC5646].</param>
/// <param name="Label">The label for people.</param>
/// <param name="Description">The description for people.</param>
public sealed record ClaimDisplay(string Locale, string Label, string? Description)
{
    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: no <c>locale</c> or <c>label</c>.</exception>
    public static ClaimDisplay Parse(JsonObject json) =>
        new(json.RequiredString("locale"), json.RequiredString("label"), json.OptionalString("description"));
}
