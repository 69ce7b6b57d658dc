using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid member list|show|appoint</c>.</summary>
internal static class MemberCommand
{
    public static Command Build() => new("member", "The members") { List(), Show(), Appoint() };

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List members, oldest first") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var mandates = (await Steward.InForceAsync(nation.Database, nation.Time)).ToLookup(steward => steward.MemberId);
            var nodes = await Node.AllAsync(nation.Database);
            return Output.Print([.. (await Members.AllAsync(nation.Database)).Select(row => Brief(row, mandates[row.Id], nodes, nation))], result.GetValue(json));
        }));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The member's id" };
        var json = Output.JsonOption();
        var command = new Command("show", "Show a member, their mandates, and the credentials they were given") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var row = await Members.FindAsync(nation.Database, result.GetRequiredValue(id))
                ?? throw NationRefusal.UnknownMember();
            var mandates = await Steward.InForceAsync(nation.Database, nation.Time, row.Id);
            var nodes = await Node.AllAsync(nation.Database);
            var record = Brief(row, mandates, nodes, nation);
            record["mandates"] = new JsonArray([.. mandates.Select(steward => (JsonNode)Record(steward, nodes))]);
            record["credentials"] = new JsonArray([.. (await Credentials.ListAsync(nation.Database, row.Id)).Select(credential => (JsonNode)credential.Id)]);
            return Output.Print(record, result.GetValue(json));
        }));
        return command;
    }

    private static Command Appoint()
    {
        var id = new Argument<string>("ID") { Description = "The member's id" };
        var node = new Option<string?>("--node") { Description = "The name of the node; the whole nation where not given" };
        var act = new Option<string[]>("--act") { Description = $"What for: {string.Join(", ", Steward.PossibleActs)}; may be repeated", DefaultValueFactory = _ => ["admit"] };
        var until = new Option<DateOnly>("--until") { Description = "The last day, as 2027-06-30", Required = true };
        var json = Output.JsonOption();
        var command = new Command("appoint", "Make a member a steward, until a day") { id, node, act, until, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => Output.Print(
            Record(
                await Steward.AppointAsync(
                    nation.Database, nation.Keys, nation.Time, result.GetRequiredValue(id), result.GetValue(node), result.GetValue(act)!, result.GetValue(until)),
                await Node.AllAsync(nation.Database)),
            result.GetValue(json))));
        return command;
    }

    private static JsonObject Brief(Members.Row row, IEnumerable<Steward> mandates, IReadOnlyList<Node> nodes, NationContext nation) => new()
    {
        ["id"] = row.Id,
        ["state"] = row.State,
        ["created_at"] = Output.Time(row.CreatedAt),
        ["steward_of"] = new JsonArray([.. mandates.Select(steward => NameOf(steward, nodes) ?? nation.Keys.Nation.Name).Distinct().Select(name => (JsonNode)name)]),
    };

    private static JsonObject Record(Steward steward, IReadOnlyList<Node> nodes) => new()
    {
        ["id"] = steward.Id,
        ["member_id"] = steward.MemberId,
        ["node"] = NameOf(steward, nodes),
        ["acts"] = new JsonArray([.. steward.Acts.Select(act => (JsonNode)act)]),
        ["until"] = steward.Until.AddDays(-1).ToString("yyyy-MM-dd"),
    };

    private static string? NameOf(Steward steward, IReadOnlyList<Node> nodes) => nodes.FirstOrDefault(node => node.Id == steward.NodeId)?.Name;
}
