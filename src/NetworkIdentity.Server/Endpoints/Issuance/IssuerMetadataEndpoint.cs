using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>GET /.well-known/openid-credential-issuer [OpenID4VCI §12.2].</summary>
internal static class IssuerMetadataEndpoint
{
    /// <summary>The metadata: a configuration for each type under schemas/ and each format that it has.</summary>
    public static IResult Handle(NationContext nation)
    {
        var issuer = nation.Keys.Nation;
        var configurations = new JsonObject();
        foreach (var configuration in nation.Types.Values.SelectMany(type => CredentialConfiguration.Of(type, nation.DidLog))) configurations[configuration.Id] = Configuration(configuration, issuer);
        return Results.Json(new JsonObject
        {
            ["credential_issuer"] = issuer.Issuer,
            ["authorization_servers"] = new JsonArray(issuer.Issuer),
            ["credential_endpoint"] = issuer.Url("/credential"),
            ["deferred_credential_endpoint"] = issuer.Url("/deferred-credential"),
            ["nonce_endpoint"] = issuer.Url("/nonce"),
            ["notification_endpoint"] = issuer.Url("/notification"),
            ["batch_credential_issuance"] = new JsonObject { ["batch_size"] = Issuer.BatchSize },
            ["display"] = new JsonArray(new JsonObject { ["name"] = issuer.Name, ["locale"] = "en" }),
            ["credential_configurations_supported"] = configurations,
        });
    }

    private static JsonObject Configuration(CredentialConfiguration configuration, Nation nation)
    {
        var (json, type) = (new JsonObject { ["format"] = configuration.Format }, configuration.Type);
        if (configuration.Format == SdJwtVc.Format)
        {
            json["vct"] = type.Vct;
        }
        else
        {
            json["credential_definition"] = new JsonObject
            {
                ["@context"] = new JsonArray(VerifiableCredential.BaseContext, Vocabulary.UrlOf(nation)),
                ["type"] = new JsonArray(VerifiableCredential.Type, type.W3cName),
            };
        }

        // Of a Data Integrity proof the algorithm's name is the cryptosuite's [OpenID4VCI App. A.1.2].
        json["scope"] = type.Name;
        json["cryptographic_binding_methods_supported"] = new JsonArray([.. configuration.BindingMethods.Select(method => (JsonNode)method)]);
        json["credential_signing_alg_values_supported"] = new JsonArray(configuration.Format == SdJwtVc.Format ? JoseAlgorithm.ES256 : EddsaJcs2022.Cryptosuite);
        json["proof_types_supported"] = new JsonObject
        {
            ["jwt"] = new JsonObject
            {
                ["proof_signing_alg_values_supported"] = new JsonArray([.. KeyProof.Algorithms.Select(algorithm => (JsonNode)algorithm)]),
            },
        };
        json["credential_metadata"] = With(
            "display",
            type.Metadata.Display.Select(Display),
            With("claims", type.Metadata.Claims.Select(claim => Claim(claim, configuration)), new()));
        return json;
    }

    private static JsonObject Display(TypeDisplay display)
    {
        var json = new JsonObject { ["name"] = display.Name, ["locale"] = display.Locale };
        if (display.Description is { } description) json["description"] = description;
        return json;
    }

    private static JsonObject Claim(ClaimMetadata claim, CredentialConfiguration configuration) => With(
        "display",
        claim.Display.Select(display => new JsonObject { ["name"] = display.Label, ["locale"] = display.Locale }),
        new() { ["path"] = configuration.PathOf(claim.Path).ToJson(), ["mandatory"] = claim.Mandatory });

    /// <summary>Adds the array where it holds anything: these arrays must not be empty [OpenID4VCI §12.2.4].</summary>
    private static JsonObject With(string name, IEnumerable<JsonObject> items, JsonObject json)
    {
        var array = new JsonArray([.. items]);
        if (array.Count > 0) json[name] = array;
        return json;
    }
}
