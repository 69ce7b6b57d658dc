using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid client add|list|preview|retire|token</c>: the partner apps that members can sign in to.</summary>
internal static class ClientCommand
{
    public static Command Build() => new("client", "The partner apps that members can sign in to") { Add(), List(), ClientPreviewCommand.Build(), Retire(), ClientTokenCommand.Build() };

    private static Command Add()
    {
        var name = new Option<string?>("--name") { Description = "The name that members will see" };
        var redirect = new Option<string[]>("--redirect-uri") { Description = "Where answers go; may be repeated on one host", DefaultValueFactory = _ => [] };
        var policy = new PolicyOptions("the app");
        var metadata = new Option<string?>("--metadata") { Description = "A file with client metadata as JSON (RFC 7591), in place of --name, --redirect-uri, --auth, --id-token-alg, --jwks, --scope and --machine" };
        var auth = new Option<string?>("--auth") { Description = "client_secret_basic (where not given), client_secret_post, private_key_jwt or none" };
        var algorithm = new Option<string?>("--id-token-alg") { Description = "RS256 (where not given), ES256 or EdDSA" };
        var noPkce = new Option<bool>("--no-pkce") { Description = "Do not require PKCE of a client that has a secret" };
        var mode = new Option<string>("--response-mode") { Description = "How wallets answer: direct_post.jwt or direct_post", DefaultValueFactory = _ => ResponseModes.DirectPostJwt };
        var profile = new Option<string?>("--profile") { Description = "fapi2: the app keeps to the FAPI 2.0 Security Profile" };
        var jwks = new Option<string?>("--jwks") { Description = "A file with the app's public keys, as a JWK Set" };
        var machine = new Option<bool>("--machine") { Description = "The app acts for itself, by client_credentials: no member signs in to it, and it has no redirect URI" };
        var scope = new Option<string[]>("--scope") { Description = "A scope of an API (netid resource) that the app may ask for; may be repeated", DefaultValueFactory = _ => [] };
        var json = Output.JsonOption();
        var command = new Command("add", "Register an app") { name, redirect, metadata, auth, algorithm, noPkce, mode, profile, jwks, machine, scope, json };
        policy.AddTo(command);
        command.Validators.Add(result =>
        {
            var (isFile, isNamed) = (result.GetValue(metadata) is not null, result.GetValue(name) is not null && result.GetValue(redirect)!.Length > 0 != result.GetValue(machine));
            var isMore = result.GetValue(machine) || result.GetValue(scope)!.Length > 0 || result.GetValue(name) is not null || result.GetValue(redirect)!.Length > 0 || result.GetValue(auth) is not null || result.GetValue(algorithm) is not null || result.GetValue(jwks) is not null;
            if (isFile ? isMore : !isNamed) result.AddError("Give --name with --redirect-uri or --machine, or --metadata without them and without --auth, --id-token-alg, --jwks and --scope.");
        });
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var said = result.GetValue(metadata) is { } file
                ? ClientRegistration.RequestOf(ClientRegistrationRequest.Parse(await ReadAsync("--metadata", file)))
                : new ClientRegistration.Request
                {
                    Name = result.GetValue(name)!,
                    RedirectUris = result.GetValue(redirect)!,
                    Authentication = result.GetValue(auth) ?? ClientCredentials.Basic,
                    IdTokenAlgorithm = result.GetValue(algorithm) ?? "RS256",
                    Metadata = new ClientMetadata
                    {
                        GrantTypes = [result.GetValue(machine) ? ClientMetadata.ClientCredentialsGrant : ClientMetadata.AuthorizationCodeGrant],
                        Scopes = result.GetValue(scope)!,
                        Jwks = await KeysAsync(result.GetValue(jwks)),
                    },
                };
            var (clientId, secret) = await nation.Registration.RegisterAsync(said with
            {
                Policy = await policy.ReadAsync(result),
                RequiresPkce = !result.GetValue(noPkce),
                WalletResponseMode = result.GetValue(mode)!,
                Metadata = said.Metadata with { Profile = result.GetValue(profile) },
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
            [.. (await Partners.AllAsync(nation.Database)).Select(row => Record(row, result.GetValue(json)))], result.GetValue(json))));
        return command;
    }

    private static Command Retire()
    {
        var id = new Argument<string>("ID") { Description = "The app's client id" };
        var json = Output.JsonOption();
        var command = new Command("retire", "Retire an app, for good: its sign-ins, codes, tokens and its members' sessions end") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            await nation.Registration.RetireAsync(result.GetRequiredValue(id));
            return Output.Print(Record((await Partners.FindAsync(nation.Database, result.GetRequiredValue(id)))!, result.GetValue(json)), result.GetValue(json));
        }));
        return command;
    }

    /// <summary>An app; for a program with all that it registered.</summary>
    private static JsonObject Record(Partners.Row row, bool isWhole)
    {
        var partner = Partner.From(row);
        var record = new JsonObject
        {
            ["client_id"] = partner.ClientId,
            ["name"] = partner.Name,
            ["redirect_uris"] = Output.Texts(partner.RedirectUris),
            ["policy"] = isWhole ? partner.Policy.ToJson() : Output.Texts(partner.Policy.Credentials.Select(credential => credential.IsRequired ? credential.Type : $"{credential.Type}?")),
            ["scopes"] = Output.Texts(partner.Metadata.Scopes),
            ["auth"] = partner.Authentication,
            ["profile"] = partner.Metadata.Profile,
            ["id_token_alg"] = partner.IdTokenAlgorithm,
            ["pkce"] = partner.RequiresPkce,
            ["by"] = partner.HasDocument ? "document" : row.RegistrationTokenDigest is null ? "operator" : "token",
            ["retired_at"] = Output.Time(row.RetiredAt),
        };
        if (isWhole) record["metadata"] = partner.ToMetadata();
        return record;
    }

    private static async Task<JsonObject?> KeysAsync(string? file)
    {
        if (file is null) return null;
        var bytes = await ReadAsync("--jwks", file);
        return Refusal.Recode("invalid_client_metadata", () => StrictJson.ParseObject(bytes));
    }

    /// <summary>The bytes of a file that an option names.</summary>
    public static async Task<byte[]> ReadAsync(string option, string file)
    {
        try
        {
            return await File.ReadAllBytesAsync(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{option}: {exception.Message}"]);
        }
    }
}
