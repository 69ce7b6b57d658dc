using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary><c>authorization_details</c> of type <c>openid_credential</c> [OpenID4VCI §5.1.1] [RFC9396 §2].</summary>
/// <param name="ConfigurationIds">The credential configurations that are asked for, each once.</param>
public sealed record CredentialDetails(IReadOnlyList<string> ConfigurationIds)
{
    /// <summary>The type's name.</summary>
    public const string Type = "openid_credential";

    private const int MaxEntries = 8;

    /// <summary>Reads the parameter: an array with an entry for each configuration.</summary>
    /// <param name="text">The parameter's JSON.</param>
    /// <param name="credentialIssuer">The issuer, which <c>locations</c> must name where it is sent.</param>
    /// <exception cref="Refusal"><c>invalid_authorization_details</c> [RFC9396 §5].</exception>
    public static CredentialDetails Parse(string text, string credentialIssuer) => Refusal.Recode(OAuthRefusal.InvalidAuthorizationDetailsCode, () =>
    {
        if (StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(text)) is not JsonArray { Count: > 0 and <= MaxEntries } array)
            throw OAuthRefusal.InvalidAuthorizationDetails($"authorization_details must be an array with 1 to {MaxEntries} objects");
        List<string> ids = [.. array.Select(item => ConfigurationId(item, credentialIssuer))];
        return ids.Distinct(StringComparer.Ordinal).Count() == ids.Count ? new CredentialDetails(ids) : throw OAuthRefusal.InvalidAuthorizationDetails("a configuration stands twice");
    });

    private static string ConfigurationId(JsonNode? item, string credentialIssuer)
    {
        if (item is not JsonObject entry) throw OAuthRefusal.InvalidAuthorizationDetails("authorization_details must be an array of objects");
        if (entry.RequiredString("type") != Type) throw OAuthRefusal.InvalidAuthorizationDetails($"type must be {Type}");
        if (entry.OptionalStrings("locations") is { } locations && !locations.Contains(credentialIssuer))
            throw OAuthRefusal.InvalidAuthorizationDetails("locations must name the credential issuer");
        return entry.RequiredString("credential_configuration_id");
    }
}
