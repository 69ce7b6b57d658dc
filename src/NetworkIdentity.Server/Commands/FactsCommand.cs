using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid facts export|bands</c>: what was witnessed, and what the method makes of it.</summary>
internal static class FactsCommand
{
    public static Command Build() => new("facts", "What was witnessed, and what the method makes of it") { Export(), Bands() };

    private static Command Export()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write; it must not exist yet. Its format is schemas/facts.schema.json" };
        var member = new Option<string?>("--member") { Description = "A member's id: only what makes this one's bands" };
        var json = Output.JsonOption();
        var command = new Command("export", "Write facts without words, under names made for this file, for anyone to make the bands again") { file, member, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            if (File.Exists(path)) throw NationRefusal.FileExists();
            var document = await new FactBook(nation.Database, nation.Keys, nation.Time).ExportAsync(result.GetValue(member));
            await File.WriteAllBytesAsync(path, StrictJson.Write(document.ToJson()));
            return Output.Print(new JsonObject { ["file"] = path, ["facts"] = document.Facts.Count, ["about"] = document.About }, result.GetValue(json));
        }));
        return command;
    }

    private static Command Bands()
    {
        var files = new Argument<string[]>("FILE") { Description = "Exported facts; several files, each for itself", Arity = ArgumentArity.OneOrMore };
        var on = new Option<DateOnly?>("--on") { Description = "The day, in UTC, as 2026-11-22; today where not given" };
        var json = Output.JsonOption();
        var command = new Command("bands", "Make the bands of exported facts. It needs no nation") { files, on, json };
        command.SetAction(async (result, _) =>
        {
            var day = result.GetValue(on) ?? DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var records = new List<JsonObject>();
            foreach (var file in result.GetRequiredValue(files))
                records.AddRange(FactDocument.Parse(await CommandEnvironment.ReadAsync(file, FactDocument.MaxBytes)).Bands(day).Select(reputation => Record(file, reputation)));
            return Output.Print(records, result.GetValue(json));
        });
        return command;
    }

    private static JsonObject Record(string file, Reputation reputation) => new()
    {
        ["file"] = file,
        ["member"] = reputation.MemberId,
        ["domain"] = reputation.Domain,
        ["band"] = reputation.Band,
        ["facts"] = reputation.Facts,
        ["witnesses"] = reputation.Witnesses,
        ["method"] = ReputationMethod.Name,
        ["method_version"] = ReputationMethod.Version,
    };
}
