using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid member list|show</c>.</summary>
internal static class MemberCommand
{
    public static Command Build() => new("member", "The members") { List(), Show() };

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List members, oldest first") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Output.Print([.. (await Members.AllAsync(nation.Database)).Select(Brief)], result.GetValue(json))));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The member's id" };
        var json = Output.JsonOption();
        var command = new Command("show", "Show a member and the credentials they were given") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var row = await Members.FindAsync(nation.Database, result.GetRequiredValue(id))
                ?? throw NationRefusal.UnknownMember();
            var record = Brief(row);
            record["credentials"] = new JsonArray([.. (await Credentials.ListAsync(nation.Database, row.Id)).Select(credential => (JsonNode)credential.Id)]);
            return Output.Print(record, result.GetValue(json));
        }));
        return command;
    }

    private static JsonObject Brief(Members.Row row) => new()
    {
        ["id"] = row.Id,
        ["state"] = row.State,
        ["created_at"] = Output.Time(row.CreatedAt),
    };
}
