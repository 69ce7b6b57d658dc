using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>GET /.well-known/openid-credential-issuer [OpenID4VCI §12.2].</summary>
internal static class IssuerMetadataEndpoint
{
    /// <summary>The metadata: one configuration for each type under schemas/.</summary>
    public static IResult Handle(NationContext nation)
    {
        var issuer = nation.Keys.Nation;
        var configurations = new JsonObject();
        foreach (var type in nation.Types.Values) configurations[type.Name] = Configuration(type);
        return Results.Json(new JsonObject
        {
            ["credential_issuer"] = issuer.Issuer,
            ["authorization_servers"] = new JsonArray(issuer.Issuer),
            ["credential_endpoint"] = issuer.Url("/credential"),
            ["nonce_endpoint"] = issuer.Url("/nonce"),
            ["notification_endpoint"] = issuer.Url("/notification"),
            ["batch_credential_issuance"] = new JsonObject { ["batch_size"] = Issuer.BatchSize },
            ["display"] = new JsonArray(new JsonObject { ["name"] = issuer.Name, ["locale"] = "en" }),
            ["credential_configurations_supported"] = configurations,
        });
    }

    private static JsonObject Configuration(CredentialType type) => new()
    {
        ["format"] = "dc+sd-jwt",
        ["vct"] = type.Vct,
        ["scope"] = type.Name,
        ["cryptographic_binding_methods_supported"] = new JsonArray("jwk"),
        ["credential_signing_alg_values_supported"] = new JsonArray(JoseAlgorithm.ES256),
        ["proof_types_supported"] = new JsonObject
        {
            ["jwt"] = new JsonObject
            {
                ["proof_signing_alg_values_supported"] = new JsonArray([.. KeyProof.Algorithms.Select(algorithm => (JsonNode)algorithm)]),
            },
        },
        ["credential_metadata"] = new JsonObject
        {
            ["display"] = new JsonArray([.. type.Metadata.Display.Select(display => new JsonObject
            {
                ["name"] = display.Name,
                ["locale"] = display.Locale,
                ["description"] = display.Description,
            })]),
            ["claims"] = new JsonArray([.. type.Metadata.Claims.Select(Claim)]),
        },
    };

    private static JsonObject Claim(ClaimMetadata claim) => new()
    {
        ["path"] = claim.Path.ToJson(),
        ["mandatory"] = claim.Mandatory,
        ["display"] = new JsonArray([.. claim.Display.Select(display => new JsonObject { ["name"] = display.Label, ["locale"] = display.Locale })]),
    };
}
