using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>An entry of <c>authorization_details</c> that asks for the presentation of a credential [RFC9396 §2]: a type of this project.</summary>
/// <param name="CredentialType">The short name of the credential type.</param>
/// <param name="Claims">The claims that are to be shown, by name; null for all that the client may ask for.</param>
public sealed record PresentationDetails(string CredentialType, IReadOnlyList<string>? Claims)
{
    /// <summary>The type's name.</summary>
    public const string Type = "urn:network-identity:credential-presentation";

    /// <summary>The most entries, and the most claims of one.</summary>
    public const int Max = 32;

    private static readonly string[] Known = ["type", "credential_type", "claims"];

    /// <summary>Reads the parameter. What is not understood is refused, and not left out [RFC9396 §5].</summary>
    /// <exception cref="Refusal"><c>invalid_authorization_details</c>.</exception>
    public static IReadOnlyList<PresentationDetails> Parse(string text) => Refusal.Recode(OAuthRefusal.InvalidAuthorizationDetailsCode, () =>
    {
        if (StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(text)) is not JsonArray { Count: > 0 and <= Max } array) throw Invalid($"authorization_details must be an array of 1 to {Max} objects");
        return array.Select(entry => Read(entry as JsonObject ?? throw Invalid("authorization_details must hold objects"))).ToList();
    });

    /// <summary>An entry as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["type"] = Type, ["credential_type"] = CredentialType };
        if (Claims is not null) json["claims"] = new JsonArray([.. Claims.Select(claim => (JsonNode)claim)]);
        return json;
    }

    private static PresentationDetails Read(JsonObject entry)
    {
        if (entry.RequiredString("type") != Type) throw Invalid($"type must be {Type}");
        if (entry.Any(member => !Known.Contains(member.Key))) throw Invalid($"an entry holds {string.Join(", ", Known)}, and nothing else");
        var claims = entry.OptionalStrings("claims");
        if (claims is { Count: 0 or > Max } || claims?.Distinct().Count() != claims?.Count) throw Invalid($"claims must name 1 to {Max} claims, each once");
        return new(entry.RequiredString("credential_type"), claims);
    }

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidAuthorizationDetails(description);
}
