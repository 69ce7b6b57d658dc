using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Recognizing;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid recognition add|end|list</c>: whose credentials are accepted, and who accepts the nation's.</summary>
internal static class RecognitionCommand
{
    public static Command Build() => new("recognition", "Whose credentials are accepted, and who accepts the nation's") { Add(), End(), List() };

    private static Command Add()
    {
        var direction = new Option<string>("--direction") { Description = "by_us: their credentials are accepted; of_us: they recognise the nation's", Required = true };
        var name = new Option<string>("--name") { Description = "Who the other is", Required = true };
        var issuer = new Option<string?>("--issuer") { Description = "Of by_us: their issuer's URL, as their credentials have it in iss" };
        var did = new Option<string?>("--did") { Description = "Of by_us: their DID, got from them by a way that you trust" };
        var type = new Option<string[]>("--type") { Description = "A type that it is for, by its short name; may be repeated", Required = true };
        var scope = new Option<string>("--scope") { Description = "What they are taken for, and at which levels", Required = true };
        var basis = new Option<string>("--basis") { Description = "The legal basis: the law, treaty or decision, by its name and date", Required = true };
        var basisUrl = new Option<string>("--basis-url") { Description = "Where that can be read", Required = true };
        var from = new Option<DateOnly>("--from") { Description = "The first day, as 2027-06-30", Required = true };
        var until = new Option<DateOnly>("--until") { Description = "The last day", Required = true };
        var json = Output.JsonOption();
        var command = new Command("add", "Recognise, or write down who recognises the nation; on the founder's word, in the founding phase") { direction, name, issuer, did, type, scope, basis, basisUrl, from, until, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var types = result.GetRequiredValue(type).Select(one => nation.Types.GetValueOrDefault(one)?.Vct ?? throw NationRefusal.UnknownType(nation.Types.Keys)).ToList();
            var recognition = new Recognition(
                result.GetRequiredValue(direction), result.GetRequiredValue(name), result.GetValue(issuer), result.GetValue(did), types, result.GetRequiredValue(scope),
                result.GetRequiredValue(basis), result.GetRequiredValue(basisUrl), result.GetRequiredValue(from), result.GetRequiredValue(until));
            return Output.Print(Record(await RecognitionActs.RecogniseAsync(nation.Database, nation.Keys.Nation, nation.Time, recognition), nation), result.GetValue(json));
        }));
        return command;
    }

    private static Command End()
    {
        var id = new Argument<string>("ID") { Description = "The recognition, as netid recognition list names it" };
        var json = Output.JsonOption();
        var command = new Command("end", "End one before its time; on the founder's word, in the founding phase") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            await RecognitionActs.EndAsync(nation.Database, nation.Time, result.GetRequiredValue(id));
            return Output.Print(Record((await nation.Recognitions.ReadAsync()).Single(one => one.Id == result.GetRequiredValue(id)), nation), result.GetValue(json));
        }));
        return command;
    }

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the register") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Output.Print([.. (await nation.Recognitions.ReadAsync()).Select(one => Record(one, nation))], result.GetValue(json))));
        return command;
    }

    private static JsonObject Record(RegisteredRecognition recognition, NationContext nation)
    {
        var json = recognition.ToJson();
        json["state"] = recognition.StateAt(nation.Time.GetUtcNow());
        return json;
    }
}
