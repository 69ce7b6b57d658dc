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
        ["credential_metadata"] = With(
            "display",
            type.Metadata.Display.Select(Display),
            With("claims", type.Metadata.Claims.Select(Claim), new())),
    };

    private static JsonObject Display(TypeDisplay display)
    {
        var json = new JsonObject { ["name"] = display.Name, ["locale"] = display.Locale };
        if (display.Description is { } description) json["description"] = description;
        return json;
    }

    private static JsonObject Claim(ClaimMetadata claim) => With(
        "display",
        claim.Display.Select(display => new JsonObject { ["name"] = display.Label, ["locale"] = display.Locale }),
        new() { ["path"] = claim.Path.ToJson(), ["mandatory"] = claim.Mandatory });

    /// <summary>Adds the array where it holds anything: these arrays must not be empty [OpenID4VCI §12.2.4].</summary>
    private static JsonObject With(string name, IEnumerable<JsonObject> items, JsonObject json)
    {
        var array = new JsonArray([.. items]);
        if (array.Count > 0) json[name] = array;
        return json;
    }
}
