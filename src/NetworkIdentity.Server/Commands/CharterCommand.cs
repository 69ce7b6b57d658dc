using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid charter check|diff|show|adopt|propose|end-founding</c>: a nation's own rules. The first two need no database.</summary>
internal static class CharterCommand
{
    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Build() => new("charter", "A nation's own rules") { Check(), Diff(), Show(), Adopt(), Propose(), EndFounding() };

    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "A charter: its format is schemas/charter.schema.json" };
        var json = Output.JsonOption();
        var command = new Command("check", "Read a charter, and say who decides what by it") { file, json };
        command.SetAction(async (result, _) =>
        {
            var charter = await ReadAsync(result.GetRequiredValue(file));
            return Output.Print([.. Act.All.Select(act => Record(act, charter.Rules[act]))], result.GetValue(json));
        });
        return command;
    }

    private static Command Diff()
    {
        var before = new Argument<string>("BEFORE") { Description = "A charter" };
        var after = new Argument<string>("AFTER") { Description = "Another" };
        var json = Output.JsonOption();
        var command = new Command("diff", "Say how two charters differ") { before, after, json };
        command.SetAction(async (result, _) =>
        {
            var (old, now) = (await ReadAsync(result.GetRequiredValue(before)), await ReadAsync(result.GetRequiredValue(after)));
            if (old.Digest == now.Digest && !result.GetValue(json))
            {
                Console.Out.WriteLine("They say the same.");
                return 0;
            }

            return Output.Print(
                [.. CharterChange.Between(old, now).Select(change => new JsonObject { ["path"] = change.Path, ["before"] = change.Before, ["after"] = change.After })], result.GetValue(json));
        });
        return command;
    }

    private static Command Show()
    {
        var version = new Option<string?>("--version-name") { Description = "A version that was in force before; the one in force where not given" };
        var json = Output.JsonOption();
        var command = new Command("show", "Print the nation's charter, as the JSON that it was adopted as") { version, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var charter = result.GetValue(version) is { } name
                ? Charter.Parse((await Charters.FindAsync(nation.Database, name) ?? throw NationRefusal.UnknownCharter(name)).Content)
                : await Rules.InForceAsync(nation.Database);
            Console.Out.WriteLine(result.GetValue(json) ? StrictJson.WriteText(charter.ToJson()) : charter.ToJson().ToJsonString(Readable));
            return 0;
        }));
        return command;
    }

    private static Command Adopt()
    {
        var file = new Argument<string>("FILE") { Description = "A charter: its format is schemas/charter.schema.json" };
        var json = Output.JsonOption();
        var command = new Command("adopt", "Give the nation a charter, or another one: the founder's word, until the founding phase ends") { file, json };
        command.SetAction(async (result, _) =>
        {
            var charter = await ReadAsync(result.GetRequiredValue(file));
            return await CommandEnvironment.WithNationAsync(async nation =>
            {
                await Rules.AdoptAsync(nation.Database, nation.Time, charter);
                return Output.Print(
                    new JsonObject
                    {
                        ["version"] = charter.Version,
                        ["digest"] = charter.Digest,
                        ["out_of_reach"] = new JsonArray([.. (await Rules.OutOfReachAsync(nation.Database, charter, nation.Time.GetUtcNow())).Select(act => (JsonNode)act)]),
                    },
                    result.GetValue(json));
            });
        });
        return command;
    }

    private static Command Propose()
    {
        var (nation, file) = (new NationOptions(), new Argument<string>("FILE") { Description = "A charter: its format is schemas/charter.schema.json" });
        var command = new Command("propose", "Propose another charter at the desk, as a member, and so approve of it: it is in force once enough have approved") { file };
        return nation.AddTo(command, async (client, result) =>
        {
            var charter = await ReadAsync(result.GetRequiredValue(file));
            return Output.Print(
                await DeskCommand.ProposeAsync(client, StrictJson.Write(new JsonObject { ["act"] = Act.ChangeCharter, ["charter"] = charter.ToJson() }), null), nation.IsJson(result));
        });
    }

    private static Command EndFounding()
    {
        var yes = new Option<bool>("--yes") { Description = "Yes, it can't be taken back" };
        var json = Output.JsonOption();
        var command = new Command("end-founding", "End the founding phase: from then on the charter's quorums decide, and no single person") { yes, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            if (!result.GetValue(yes)) throw NationRefusal.NotConfirmed();
            await Rules.EndFoundingAsync(nation.Database, nation.Time);
            var row = (await Nations.FindAsync(nation.Database))!;
            return Output.Print(new JsonObject { ["phase"] = row.Phase, ["version"] = row.CharterVersion }, result.GetValue(json));
        }));
        return command;
    }

    private static JsonObject Record(string act, ActRule rule) => new()
    {
        ["act"] = act,
        ["approvals"] = rule.Approvals,
        ["share_percent"] = rule.SharePercent,
        ["by"] = rule.By,
        ["nodes"] = rule.Nodes,
        ["member_for_days"] = rule.MemberFor.Days,
        ["open_days"] = rule.Open.Days,
        ["delay_days"] = rule.Delay.Days,
        ["prove_again"] = rule.ProvesAgain,
    };

    private static async Task<Charter> ReadAsync(string file) => Charter.Parse(await CommandEnvironment.ReadAsync(file, Charter.MaxBytes));
}
