using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid member list|show|appoint|erase</c>.</summary>
internal static class MemberCommand
{
    public static Command Build() => new("member", "The members") { List(), Show(), Appoint(), Erase() };

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List members, oldest first") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var mandates = (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow())).ToLookup(steward => steward.MemberId);
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
            var mandates = await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), row.Id);
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
                    nation.Database, nation.Time, result.GetRequiredValue(id), result.GetValue(node), result.GetValue(act)!, result.GetValue(until)),
                await Node.AllAsync(nation.Database)),
            result.GetValue(json))));
        return command;
    }

    private static Command Erase()
    {
        var id = new Argument<string>("ID") { Description = "The member's id" };
        var yes = new Option<bool>("--yes") { Description = "Yes, it can't be taken back" };
        var json = Output.JsonOption();
        var command = new Command("erase", "Erase a member: revoke what they hold, and destroy what is stored about them") { id, yes, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            if (!result.GetValue(yes)) throw NationRefusal.NotConfirmed();
            var erased = await nation.Eraser.EraseAsync(result.GetRequiredValue(id));
            if (!erased.IsScrubbed)
                await Console.Error.WriteLineAsync("The member is erased, but the database's write-ahead log was in use all the while and may still have old pages: run the same again.");
            return Output.Print(
                new JsonObject
                {
                    ["id"] = result.GetRequiredValue(id),
                    ["state"] = Member.Erased,
                    ["revoked"] = new JsonArray([.. erased.Revoked.Select(revoked => (JsonNode)revoked)]),
                    ["scrubbed"] = erased.IsScrubbed,
                },
                result.GetValue(json));
        }));
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
