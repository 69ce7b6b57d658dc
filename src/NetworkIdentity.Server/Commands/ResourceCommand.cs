using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid resource add|list|retire</c>: the APIs that apps get access tokens for.</summary>
internal static class ResourceCommand
{
    public static Command Build() => new("resource", "The APIs that apps get access tokens for") { Add(), List(), Retire() };

    private static Command Add()
    {
        var identifier = new Argument<string>("URL") { Description = "The API's resource indicator: aud of its tokens" };
        var name = new Option<string>("--name") { Description = "The name that members will see", Required = true };
        var scope = new Option<string[]>("--scope") { Description = "What can be asked of it; may be repeated. No other API may have it", Required = true };
        var algorithm = new Option<string>("--alg") { Description = "How its tokens are signed: ES256, EdDSA or RS256", DefaultValueFactory = _ => JoseAlgorithm.ES256 };
        var client = new Option<string?>("--client") { Description = "The client id as which the API may ask at /introspect what its tokens are worth" };
        var json = Output.JsonOption();
        var command = new Command("add", "Register an API, or one that was retired anew") { identifier, name, scope, algorithm, client, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var resource = new Resource(result.GetRequiredValue(identifier), result.GetRequiredValue(name), result.GetRequiredValue(scope), result.GetValue(algorithm)!, result.GetValue(client));
            await resource.AddAsync(nation.Database, nation.Keys.Nation, nation.Types, nation.Time);
            return Output.Print(await RecordAsync(nation, resource.Identifier), result.GetValue(json));
        }));
        return command;
    }

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the APIs") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Output.Print([.. (await Resources.AllAsync(nation.Database)).Select(Record)], result.GetValue(json))));
        return command;
    }

    private static Command Retire()
    {
        var identifier = new Argument<string>("URL") { Description = "The API's resource indicator" };
        var json = Output.JsonOption();
        var command = new Command("retire", "Retire an API: there are no more tokens for it, and those that there are are not active") { identifier, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            await Resource.RetireAsync(nation.Database, nation.Time, result.GetRequiredValue(identifier));
            return Output.Print(await RecordAsync(nation, result.GetRequiredValue(identifier)), result.GetValue(json));
        }));
        return command;
    }

    private static async Task<JsonObject> RecordAsync(NationContext nation, string identifier) => Record((await Resources.FindAsync(nation.Database, identifier))!);

    private static JsonObject Record(Resources.Row row) => new()
    {
        ["resource"] = row.Identifier,
        ["name"] = row.Name,
        ["scopes"] = Output.Texts(row.Scopes.Split(' ')),
        ["alg"] = row.Algorithm,
        ["client_id"] = row.ClientId,
        ["retired_at"] = Output.Time(row.RetiredAt),
    };
}
