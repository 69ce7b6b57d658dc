using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>A credential offer with a pre-authorized code [OpenID4VCI §4.1.1].</summary>
/// <param name="CredentialIssuer">The credential issuer identifier.</param>
/// <param name="ConfigurationIds">What is offered.</param>
/// <param name="PreAuthorizedCode">The code that the wallet redeems at the token endpoint.</param>
/// <param name="TransactionCodeLength">The number of digits of the transaction code; null where none is asked.</param>
public sealed record CredentialOffer(
    string CredentialIssuer, IReadOnlyList<string> ConfigurationIds, string PreAuthorizedCode, int? TransactionCodeLength)
{
    /// <summary>The grant type [OpenID4VCI §6.1].</summary>
    public const string PreAuthorizedCodeGrant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

    /// <summary>The offer as JSON.</summary>
    public JsonObject ToJson()
    {
        var grant = new JsonObject { ["pre-authorized_code"] = PreAuthorizedCode };
        if (TransactionCodeLength is { } length)
        {
            grant["tx_code"] = new JsonObject
            {
                ["input_mode"] = "numeric",
                ["length"] = length,
                ["description"] = "The code that you were given beside this offer",
            };
        }

        return new JsonObject
        {
            ["credential_issuer"] = CredentialIssuer,
            ["credential_configuration_ids"] = new JsonArray([.. ConfigurationIds.Select(id => (JsonNode)id)]),
            ["grants"] = new JsonObject { [PreAuthorizedCodeGrant] = grant },
        };
    }

    /// <summary>The link that opens a wallet, with the offer inside [OpenID4VCI §4.1.2].</summary>
    public string LinkByValue(string scheme = "openid-credential-offer") =>
        $"{scheme}://?credential_offer={Uri.EscapeDataString(StrictJson.WriteText(ToJson()))}";

    /// <summary>The link that opens a wallet, which fetches the offer [OpenID4VCI §4.1.3].</summary>
    public static string LinkByReference(string offerUri, string scheme = "openid-credential-offer") =>
        $"{scheme}://?credential_offer_uri={Uri.EscapeDataString(offerUri)}";
}
