using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid charter check|diff</c>: a nation's own rules, as files. It needs no database.</summary>
internal static class CharterCommand
{
    public static Command Build() => new("charter", "A nation's own rules") { Check(), Diff() };

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
