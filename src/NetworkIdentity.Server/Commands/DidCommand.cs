using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid did show|witnesses|pending|proofs|attest|witness-key|continue</c>.</summary>
internal static class DidCommand
{
    public static Command Build() => new("did", "The nation's DID, its log and its witnesses") { Show(), Witnesses(), Pending(), Proofs(), Attest(), WitnessKey(), Continue() };

    private static Command Show()
    {
        var json = Output.JsonOption();
        var command = new Command("show", "Print the DID, the did:web beside it, and the versions of its log") { json };
        command.SetAction((result, _) => WithDidAsync(async did => Output.Print(await DescribeAsync(did), result.GetValue(json))));
        return command;
    }

    private static Command Witnesses()
    {
        var witnesses = new Argument<string[]>("DID") { Description = "The witnesses' did:key, Ed25519; none ends the witnessing", Arity = ArgumentArity.ZeroOrMore };
        var threshold = new Option<int>("--threshold") { Description = "How many of them must approve", DefaultValueFactory = _ => 1 };
        var json = Output.JsonOption();
        var command = new Command("witnesses", "Name who must approve of the log's entries from now on; the entry that says so waits for them") { witnesses, threshold, json };
        command.SetAction((result, _) => WithDidAsync(async did =>
        {
            var named = result.GetValue(witnesses) ?? [];
            var rule = named.Length == 0 ? WitnessRule.None : WitnessRule.Parse(new()
            {
                ["threshold"] = result.GetValue(threshold),
                ["witnesses"] = new JsonArray([.. named.Select(witness => new JsonObject { ["id"] = witness })]),
            });
            await DidWitnesses.SetAsync(did, rule);
            return Output.Print(await DescribeAsync(did), result.GetValue(json));
        }));
        return command;
    }

    private static Command Pending()
    {
        var json = Output.JsonOption();
        var command = new Command("pending", "Print what witnesses look at: the log, and behind it the entry that waits for them") { json };
        command.SetAction((result, _) => WithDidAsync(async did =>
        {
            var pending = await DidWitnesses.PendingAsync(did);
            var log = pending is { } waits ? System.Text.Encoding.UTF8.GetString(waits.Log) : "";
            if (result.GetValue(json)) return Output.Print(new JsonObject { ["version_id"] = pending?.VersionId, ["log"] = log }, json: true);
            Console.Out.Write(log);
            if (pending is null) await Console.Error.WriteLineAsync("No entry waits.");
            return 0;
        }));
        return command;
    }

    private static Command Proofs()
    {
        var file = new Argument<string>("FILE") { Description = "What netid did attest printed at a witness" };
        var json = Output.JsonOption();
        var command = new Command("proofs", "Take in what a witness answered; with enough of them the entry is published") { file, json };
        command.SetAction((result, _) => WithDidAsync(async did =>
        {
            var (good, waits) = await DidWitnesses.TakeAsync(did, await CommandEnvironment.ReadAsync(result.GetRequiredValue(file), WitnessProofs.MaxLength));
            Output.Print(new JsonObject { ["good"] = good, ["waits"] = waits }, result.GetValue(json));
            return good > 0 ? 0 : 1;
        }));
        return command;
    }

    private static Command Attest()
    {
        var file = new Argument<string>("FILE") { Description = "What netid did pending printed at the nation" };
        var key = KeyOption();
        var memory = new Option<string?>("--memory") { Description = "The file that remembers which version of each log was approved here last; where not given, the key's with .memory behind it" };
        var json = Output.JsonOption();
        var command = new Command("attest", "As a witness: verify the log and the entry behind it, and print the proof that approves of it, as JSON. Any nation's") { file, key, memory, json };
        command.SetAction(async (result, _) =>
        {
            var log = await CommandEnvironment.ReadAsync(result.GetRequiredValue(file), WebVhLog.MaxLength);
            var remembers = new WitnessMemory(result.GetValue(memory) ?? result.GetRequiredValue(key) + ".memory");
            var proof = await DidWitnesses.AttestAsync(log, await KeyAsync(result.GetRequiredValue(key)), remembers, TimeProvider.System.GetUtcNow());
            Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(proof));
            return 0;
        });
        return command;
    }

    private static Command WitnessKey()
    {
        var key = KeyOption();
        var json = Output.JsonOption();
        var command = new Command("witness-key", "As a witness: print the did:key that a nation names") { key, json };
        command.SetAction(async (result, _) =>
            Output.Print(new JsonObject { ["did"] = DidKey.Of((await KeyAsync(result.GetRequiredValue(key))).PublicKey) }, result.GetValue(json)));
        return command;
    }

    private static Command Continue()
    {
        var file = new Argument<string?>("FILE") { Description = "The log as it was published, to its end: a copy of did.jsonl", Arity = ArgumentArity.ZeroOrOne };
        var whole = new Option<bool>("--whole") { Description = "Nothing was published since the backup: I know that" };
        var json = Output.JsonOption();
        var command = new Command("continue", "After a restore: go on with the log, from a copy of what was published") { file, whole, json };
        command.SetAction((result, _) => WithDidAsync(async did =>
        {
            var missing = 0;
            if (result.GetValue(file) is { } published) missing = await DidContinuing.GoOnAsync(did, await CommandEnvironment.ReadAsync(published, WebVhLog.MaxLength));
            else if (result.GetValue(whole)) await DidContinuing.GoOnAsync(did);
            else throw NationRefusal.DidLogUnfit("give the published log as FILE, or say --whole");
            var described = await DescribeAsync(did);
            described["recovered"] = missing;
            return Output.Print(described, result.GetValue(json));
        }));
        return command;
    }

    private static Task<int> WithDidAsync(Func<DidLog, Task<int>> act) =>
        CommandEnvironment.WithNationAsync(nation => act(nation.DidLog ?? throw NationRefusal.NoDid()));

    private static async Task<JsonObject> DescribeAsync(DidLog did)
    {
        var status = await did.StatusAsync();
        return new()
        {
            ["did"] = did.Did,
            ["did_web"] = did.DidWeb,
            ["versions"] = Output.Texts(status.Versions),
            ["pending"] = status.Pending,
            ["held"] = status.Held,
            ["threshold"] = status.Witness.Threshold,
            ["witnesses"] = Output.Texts(status.Witness.Witnesses.Select(key => "did:key:" + key)),
        };
    }

    private static Option<string> KeyOption() => new("--key") { Description = "A file with the witness's seed: 32 random bytes in hexadecimal", Required = true };

    private static async Task<SigningKey> KeyAsync(string file)
    {
        var text = System.Text.Encoding.UTF8.GetString(await CommandEnvironment.ReadAsync(file, 1024)).Trim();
        return text.Length == 64 && text.All(char.IsAsciiHexDigit) ? SigningKey.FromEd25519(Convert.FromHexString(text)) : throw NationRefusal.NotASeed();
    }
}
