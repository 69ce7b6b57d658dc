using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Standards;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid audit verify|watch</c>.</summary>
internal static class AuditCommand
{
    public static Command Build() => new("audit", "The public log: is it what happened, and does it only grow?") { Verify(), Watch() };

    private static Command Verify()
    {
        var json = Output.JsonOption();
        var command = new Command("verify", "Build the log again from the records and compare") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var progress = new Progress<(long Done, long All)>(at => Output.Progress($"{at.Done} of {at.All} leaves"));
            var report = await LogAudit.RunAsync(nation.Database, nation.Log, progress);
            Output.EndProgress();
            Output.Print(
                new JsonObject
                {
                    ["origin"] = nation.Log.Origin,
                    ["leaves"] = report.Leaves,
                    ["records"] = report.Records,
                    ["waiting"] = report.Waiting,
                    ["faults"] = new JsonArray([.. report.Faults.Select(fault => (JsonNode)fault)]),
                },
                result.GetValue(json));
            return report.Faults.Count == 0 ? 0 : 1;
        }));
        return command;
    }

    private static Command Watch()
    {
        var url = new Argument<string>("url") { Description = "The log's address, for example https://nation.example/log" };
        var key = new Option<string?>("--key") { Description = "The log's key (name+id+key), got another way; where not given, the one it serves is taken at the first look" };
        var keep = new Option<string>("--keep") { Description = "The folder for what was seen: a copy of the log, as it is served", DefaultValueFactory = _ => "log" };
        var every = new Option<int>("--every") { Description = "Look again after so many seconds; once where 0", DefaultValueFactory = _ => 0 };
        var local = new Option<bool>("--local") { Description = "Allow a log on this machine, by http" };
        var json = Output.JsonOption();
        var command = new Command("watch", "Watch a nation's log from outside, and keep a copy of it") { url, key, keep, every, local, json };
        command.SetAction(async (result, cancellation) =>
        {
            using var fetcher = new Fetcher(new Fetcher.Options { Loopback = result.GetValue(local) }, TimeProvider.System);
            var watch = new LogWatch(result.GetValue(url)!.TrimEnd('/'), result.GetValue(keep)!, fetcher);
            if (result.GetValue(key) is { } given) await watch.TrustAsync(given);
            else if (watch.Key is null) await watch.TrustAsync(null);
            var progress = new Progress<(long Done, long All)>(at => Output.Progress($"{at.Done} of {at.All} leaves"));
            while (true)
            {
                LogWatch.Seen seen;
                try
                {
                    seen = await watch.LookAsync(progress);
                    Output.EndProgress();
                }
                catch (Refusal refusal) when (refusal.Code == NationRefusal.LogUnreachableCode && result.GetValue(every) > 0)
                {
                    // A server that starts anew is no reason to end: it is looked at again.
                    await Console.Error.WriteLineAsync($"{refusal.Code}: {refusal.Description}");
                    await Task.Delay(TimeSpan.FromSeconds(result.GetValue(every)), cancellation);
                    continue;
                }

                Output.Print(
                    new JsonObject
                    {
                        ["origin"] = watch.Origin,
                        ["before"] = seen.Before,
                        ["size"] = seen.Size,
                        ["acts"] = new JsonObject(seen.Acts.Select(act => KeyValuePair.Create(act.Key, (JsonNode?)act.Value))),
                    },
                    result.GetValue(json));
                if (result.GetValue(every) is not (> 0 and var seconds)) return 0;
                await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
            }
        });
        return command;
    }
}
