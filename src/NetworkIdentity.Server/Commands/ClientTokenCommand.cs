using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid client token add|list|withdraw</c>: what apps register themselves with.</summary>
internal static class ClientTokenCommand
{
    public static Command Build() => new("token", "Initial access tokens: who has one registers apps at /register") { Add(), List(), Withdraw() };

    private static Command Add()
    {
        var usual = new DynamicRegistration.Terms();
        var note = new Option<string>("--note") { Description = "Whom it is for", DefaultValueFactory = _ => "" };
        var policy = new PolicyOptions("its apps");
        var noPkce = new Option<bool>("--no-pkce") { Description = "Do not require PKCE of its apps that have a secret or a key" };
        var mode = new Option<string>("--response-mode") { Description = "How wallets answer: direct_post.jwt or direct_post", DefaultValueFactory = _ => ResponseModes.DirectPostJwt };
        var uses = new Option<int>("--uses") { Description = "How many apps may be registered", DefaultValueFactory = _ => usual.Uses };
        var days = new Option<int>("--days") { Description = "How many days it is good", DefaultValueFactory = _ => (int)usual.Lifetime.TotalDays };
        var json = Output.JsonOption();
        var command = new Command("add", "Make a token; it is shown this once") { note, noPkce, mode, uses, days, json };
        policy.AddTo(command);
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var (id, token, expiresAt) = await nation.DynamicRegistration.MakeTokenAsync(new DynamicRegistration.Terms
            {
                Note = result.GetValue(note)!,
                Policy = await policy.ReadAsync(result),
                RequiresPkce = !result.GetValue(noPkce),
                WalletResponseMode = result.GetValue(mode)!,
                Uses = result.GetValue(uses),
                Lifetime = TimeSpan.FromDays(result.GetValue(days)),
            });
            return Output.Print(
                new JsonObject
                {
                    ["id"] = id,
                    ["initial_access_token"] = token,
                    ["registration_endpoint"] = nation.Keys.Nation.Url("/register"),
                    ["expires_at"] = Output.Time(expiresAt.ToUnixTimeSeconds()),
                },
                result.GetValue(json));
        }));
        return command;
    }

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the tokens that are good") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => Output.Print(
            [
                .. (await InitialAccessTokens.AllGoodAsync(nation.Database, nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => new JsonObject
                {
                    ["id"] = row.Id,
                    ["note"] = row.Note,
                    ["policy"] = JsonNode.Parse(row.Policy),
                    ["pkce"] = row.RequiresPkce != 0,
                    ["uses_left"] = row.UsesLeft,
                    ["expires_at"] = Output.Time(row.ExpiresAt),
                }),
            ], result.GetValue(json))));
        return command;
    }

    private static Command Withdraw()
    {
        var id = new Argument<string>("ID") { Description = "The token's id, not the token" };
        var json = Output.JsonOption();
        var command = new Command("withdraw", "Withdraw a token; the apps that were registered with it stay") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            await nation.DynamicRegistration.WithdrawTokenAsync(result.GetRequiredValue(id));
            return Output.Print(new JsonObject { ["id"] = result.GetRequiredValue(id), ["uses_left"] = 0 }, result.GetValue(json));
        }));
        return command;
    }
}
