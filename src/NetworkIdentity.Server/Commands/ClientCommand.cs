using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid client add|list</c>: the partner apps that members can sign in to.</summary>
internal static class ClientCommand
{
    public static Command Build() => new("client", "The partner apps that members can sign in to") { Add(), List() };

    private static Command Add()
    {
        var name = new Option<string>("--name") { Description = "The name that members will see", Required = true };
        var redirect = new Option<string[]>("--redirect-uri") { Description = "Where answers go; may be repeated on one host", Required = true };
        var policy = new Option<string[]>("--policy") { Description = "The credential type a sign-in must prove; may be repeated", DefaultValueFactory = _ => ["membership"] };
        var optional = new Option<string[]>("--optional") { Description = "A credential type that is proven as well where the app asks for the scope of its name; may be repeated", DefaultValueFactory = _ => [] };
        var auth = new Option<string>("--auth") { Description = "client_secret_basic, client_secret_post, private_key_jwt or none", DefaultValueFactory = _ => ClientCredentials.Basic };
        var algorithm = new Option<string>("--id-token-alg") { Description = "RS256, ES256 or EdDSA", DefaultValueFactory = _ => "RS256" };
        var noPkce = new Option<bool>("--no-pkce") { Description = "Do not require PKCE of a client that has a secret" };
        var mode = new Option<string>("--response-mode") { Description = "How wallets answer: direct_post.jwt or direct_post", DefaultValueFactory = _ => ResponseModes.DirectPostJwt };
        var profile = new Option<string?>("--profile") { Description = "fapi2: the app keeps to the FAPI 2.0 Security Profile" };
        var jwks = new Option<FileInfo?>("--jwks") { Description = "A file with the app's public keys, as a JWK Set" };
        var json = Output.JsonOption();
        var command = new Command("add", "Register an app") { name, redirect, policy, optional, auth, algorithm, noPkce, mode, profile, jwks, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var (clientId, secret) = await nation.Registration.RegisterAsync(new ClientRegistration.Request
            {
                Name = result.GetRequiredValue(name),
                RedirectUris = result.GetRequiredValue(redirect),
                Policy = result.GetValue(policy)!,
                OptionalTypes = result.GetValue(optional)!,
                Authentication = result.GetValue(auth)!,
                IdTokenAlgorithm = result.GetValue(algorithm)!,
                RequiresPkce = !result.GetValue(noPkce),
                WalletResponseMode = result.GetValue(mode)!,
                Metadata = new ClientMetadata
                {
                    Profile = result.GetValue(profile),
                    Jwks = result.GetValue(jwks) is { } file ? Refusal.Recode("invalid_client_metadata", () => StrictJson.ParseObject(File.ReadAllBytes(file.FullName))) : null,
                },
            });
            return Output.Print(new JsonObject { ["client_id"] = clientId, ["client_secret"] = secret }, result.GetValue(json));
        }));
        return command;
    }

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the apps") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => Output.Print(
            [
                .. (await Partners.AllAsync(nation.Database)).Select(Partner.From).Select(partner => new JsonObject
                {
                    ["client_id"] = partner.ClientId,
                    ["name"] = partner.Name,
                    ["redirect_uris"] = new JsonArray([.. partner.RedirectUris.Select(uri => (JsonNode)uri)]),
                    ["policy"] = new JsonArray([.. partner.Policy.Select(type => (JsonNode)type)]),
                    ["optional"] = new JsonArray([.. partner.OptionalTypes.Select(type => (JsonNode)type)]),
                    ["auth"] = partner.Authentication,
                    ["profile"] = partner.Metadata.Profile,
                    ["id_token_alg"] = partner.IdTokenAlgorithm,
                    ["pkce"] = partner.RequiresPkce,
                }),
            ], result.GetValue(json))));
        return command;
    }
}
