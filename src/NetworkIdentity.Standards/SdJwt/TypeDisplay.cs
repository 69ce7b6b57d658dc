using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>A type's name in one language [SD-JWT-VC §Display Metadata].</summary>
/// <param name="Locale">A language tag [RFC5646].</param>
/// <param name="Name">The name for people.</param>
/// <param name="Description">The description for people.</param>
public sealed record TypeDisplay(string Locale, string Name, string? Description)
{
    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: no <c>locale</c> or <c>name</c>.</exception>
    public static TypeDisplay Parse(JsonObject json) =>
        new(json.RequiredString("locale"), json.RequiredString("name"), json.OptionalString("description"));
}
