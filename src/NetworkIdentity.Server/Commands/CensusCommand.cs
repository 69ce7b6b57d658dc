using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid census show|take|openings|check</c>: how many members there are, and that it was counted right.</summary>
internal static class CensusCommand
{
    /// <summary>The exit code where nothing is wrong, and a part could not be checked.</summary>
    private const int Incomplete = 3;

    private const int MaxStatement = 4 * 1024 * 1024;

    public static Command Build() => new("census", "How many members there are, by type and node, so that nobody can be told from it") { Show(), Take(), Openings(), Check() };

    private static Command Show()
    {
        var json = Output.JsonOption();
        var command = new Command("show", "Show the newest census") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Print(await nation.Census.NewestAsync() ?? throw NationRefusal.NoCensus(), await nation.Census.DueAsync(), result.GetValue(json))));
        return command;
    }

    private static Command Take()
    {
        var json = Output.JsonOption();
        var command = new Command("take", "Take the census that is due; the server does so by itself. None is taken before its time") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Print(await nation.Census.TakeAsync(), await nation.Census.DueAsync(), result.GetValue(json))));
        return command;
    }

    private static Command Openings()
    {
        var file = new Option<string>("--out") { Description = "The file to write; it must not exist yet", Required = true };
        var json = Output.JsonOption();
        var command = new Command("openings", "Write what an auditor needs to count the newest census again: the leaves that it rests on, opened. It has no names, and tells what each member holds: hand it to nobody else") { file, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            if (File.Exists(path)) throw NationRefusal.FileExists();
            var newest = await nation.Census.NewestAsync() ?? throw NationRefusal.NoCensus();

            // Its owner's alone from the first byte on.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var stream = new FileStream(path, options);
            return Output.Print(new JsonObject { ["file"] = path, ["census"] = newest.Number, ["leaves"] = await nation.Census.WriteOpeningsAsync(stream) }, result.GetValue(json));
        }));
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "The openings, as netid census openings wrote them" };
        var census = new Option<string>("--census") { Description = "The census, as /census.json serves it", Required = true };
        var url = new Option<string?>("--log") { Description = "The log's address, for example https://nation.example/log: what is new of it is fetched into the copy" };
        var key = new Option<string?>("--key") { Description = "The log's key (name+id+key), got another way; where not given, the one in the copy, or the one that the log serves at the first look" };
        var keep = new Option<string>("--keep") { Description = "The folder with the copy of the log, as netid audit watch keeps it; without --log nothing else is read", DefaultValueFactory = _ => "log" };
        var local = new Option<bool>("--local") { Description = "Allow a log on this machine, by http" };
        var json = Output.JsonOption();
        var command = new Command("check", "Count a census again, without the nation's database: 0 where the same follows from the log, 1 where it doesn't, 3 where a part could not be checked") { file, census, url, key, keep, local, json };
        command.SetAction(async (result, _) =>
        {
            var jwt = JwtOf(await CommandEnvironment.ReadAsync(result.GetRequiredValue(census), MaxStatement));
            if (!File.Exists(result.GetRequiredValue(file))) throw new SettingsException([$"There is no file {result.GetRequiredValue(file)}"]);
            using var fetcher = new Fetcher(new Fetcher.Options { Loopback = result.GetValue(local) }, TimeProvider.System);
            var watch = new LogWatch(result.GetValue(url)?.TrimEnd('/') ?? "", result.GetValue(keep)!, fetcher);
            if (result.GetValue(key) is { } given) await watch.TrustAsync(given);
            else if (watch.Key is null && result.GetValue(url) is not null) await watch.TrustAsync(null);
            if (watch.Key is null) throw new SettingsException(["--log is needed, or a copy of the log under --keep"]);
            if (result.GetValue(url) is not null) await watch.LookAsync();
            var log = LogCopy.Open(result.GetValue(keep)!, watch.Origin, [.. watch.Key.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteKey.Parse)]);
            using var reader = new StreamReader(result.GetRequiredValue(file));
            var report = await CensusAudit.RunAsync(await CensusOpenings.ReadAsync(reader), jwt, log);
            Output.Print(
                new JsonObject
                {
                    ["census"] = report.Census.Number,
                    ["size"] = report.Census.Taken.Size,
                    ["leaves"] = report.Leaves,
                    ["opened"] = report.Opened,
                    ["missing"] = new JsonArray([.. report.Missing.Take(100).Select(index => (JsonNode)index)]),
                    ["uncommitted"] = report.Uncommitted,
                    ["faults"] = Output.Texts(report.Faults),
                    ["unchecked"] = Output.Texts(report.Unchecked.Select(gap => gap.Words)),
                    ["reasons"] = new JsonObject(report.Unchecked.GroupBy(gap => gap.Reason).Select(gaps => KeyValuePair.Create(gaps.Key, (JsonNode?)gaps.Sum(gap => gap.Count)))),
                },
                result.GetValue(json));
            return report.Faults.Count > 0 ? 1 : report.Unchecked.Count > 0 ? Incomplete : 0;
        });
        return command;
    }

    /// <summary>The statement: as it was signed, or in what /census.json serves.</summary>
    private static string JwtOf(byte[] file)
    {
        var text = System.Text.Encoding.UTF8.GetString(file).Trim();
        try
        {
            return text.StartsWith('{') ? StrictJson.ParseObject(text).RequiredString("jwt") : text;
        }
        catch (Refusal refusal) when (refusal.Code == Refusal.MalformedCode)
        {
            throw NationRefusal.CensusUnfit(refusal.Description);
        }
    }

    private static int Print(Censuses.Row row, DateTimeOffset due, bool json)
    {
        var census = CensusStatement.Read(row.Statement);
        Output.Print(
            new JsonObject
            {
                ["census"] = census.Number,
                ["taken"] = Output.Time(row.TakenAt),
                ["next"] = Output.Time(due.ToUnixTimeSeconds()),
                ["size"] = census.Taken.Size,
                ["root"] = census.Root,
                ["k"] = census.Taken.K,
                ["at_least"] = new JsonObject(census.Taken.Types.Select(type => KeyValuePair.Create(type, (JsonNode?)census.SumOf(type)))),
                ["suppressed"] = census.Cells.Count(cell => cell.AtLeast is null),
                ["unopened"] = census.Unopened,
                ["uncommitted"] = census.Uncommitted,
                ["digest"] = row.Digest,
            },
            json);
        if (json) return 0;
        foreach (var cell in census.Cells)
            Console.Out.WriteLine($"{cell.Type}\t{census.Nodes.GetValueOrDefault(cell.Node, cell.Node)}\t{(cell.AtLeast is { } number ? $"at least {number}" : "suppressed")}");
        return 0;
    }
}
