using System.CommandLine;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid node add|list</c>: the places of the nation.</summary>
internal static class NodeCommand
{
    public static Command Build() => new("node", "The places of the nation") { Add(), List() };

    private static Command Add()
    {
        var name = new Option<string>("--name") { Description = "The node's name, which claims and mandates name it by", Required = true };
        var region = new Option<string>("--region") { Description = "Where in the world it is, in words", Required = true };
        var json = Output.JsonOption();
        var command = new Command("add", "Add a node") { name, region, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => Output.Print(
            Record(await Node.AddAsync(nation.Database, nation.Time, result.GetRequiredValue(name), result.GetRequiredValue(region))),
            result.GetValue(json))));
        return command;
    }

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the nodes") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Output.Print([.. (await Node.AllAsync(nation.Database)).Select(Record)], result.GetValue(json))));
        return command;
    }

    private static JsonObject Record(Node node) => new() { ["id"] = node.Id, ["name"] = node.Name, ["region"] = node.Region };
}
