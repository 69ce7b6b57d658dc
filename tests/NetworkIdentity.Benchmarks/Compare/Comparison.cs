using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary><c>compare</c>: everything against its peer or its raw primitive, in turns, in one run.</summary>
internal sealed class Comparison : IAsyncDisposable
{
    private static readonly int[] AtOnce = [1, 8, 32];
    private static readonly Dictionary<string, string> Production = new() { ["NODE_ENV"] = "production" };

    private readonly Options _options;
    private readonly string _root;
    private readonly string _folder = Directory.CreateTempSubdirectory("netid-compare-").FullName;
    private readonly List<Row> _rows = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>What is measured has the first processor for itself, and this driver the others; on a machine of one processor there is no choice.</summary>
    private readonly int? _processor = Environment.ProcessorCount > 1 ? 0 : null;

    private Comparison(Options options, string root) => (_options, _root) = (options, root);

    private string Peers => Path.Combine(_root, "tests", "NetworkIdentity.Benchmarks", "peers");

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (Options.Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(Options.Usage);
            return 2;
        }

        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("compare needs Linux: it reads /proc, and gives each side a processor with taskset");
        await using var comparison = new Comparison(options, Root());
        await comparison.RunAsync();
        await comparison.TellAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync()
    {
        if (Has("credentials", "status", "logins", "issuance", "start")) await InstallPeersAsync();
        var dll = _options.Server ?? (Has("logins", "issuance", "start", "revoked", "soak") ? await PublishAsync() : "");
        if (Has("storage")) _rows.AddRange(await new StorageMeasures(Folder, _options, Say).TakeAsync());
        if (Has("log")) _rows.AddRange(await new LogMeasures(Folder, _options, Say).TakeAsync());
        if (Has("scale")) _rows.AddRange(await new ScaleMeasures(Folder, _options, Say).TakeAsync());
        if (Has("start")) await StartsAsync(dll);
        if (Has("status"))
        {
            await using var theirs = new Workbench(Child.Start(_processor, Peers, Production, "node", "status-lists.mjs"));
            await using var ours = new Workbench(OurBench(StatusWork.Verb));
            _rows.AddRange(await new StatusMeasures(theirs, ours, _options, Say).TakeAsync());
        }

        if (Has("w3c"))
        {
            await using var ours = new Workbench(OurBench(W3cWork.Verb));
            _rows.AddRange(await new W3cMeasures(ours, _options, Say).TakeAsync());
        }

        if (Has("station"))
        {
            await using var page = new Workbench(Child.Start(_processor, Peers, Production, "node", "station.mjs"));
            await using var ours = new Workbench(OurBench(StationWork.Verb));
            _rows.AddRange(await new StationMeasures(page, ours, _options, Say).TakeAsync());
        }

        var material = await CredentialMaterial.MakeAsync();
        if (Has("credentials")) await CredentialsAsync(material);

        // From here on this process is the load, and keeps off what it loads.
        if (_processor is not null)
            await Child.RunAsync(_folder, null, "taskset", "-a", "-c", "-p", $"1-{Environment.ProcessorCount - 1}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (Has("logins", "issuance")) await ServersAsync(dll, material);
        if (Has("revoked")) _rows.AddRange(await new RevocationMeasures(dll, Folder, _options, Say).TakeAsync());
        if (Has("soak")) _rows.AddRange(await new Soak(dll, Folder, _options, Say).TakeAsync());
    }

    private bool Has(params string[] parts) => parts.Any(_options.Parts.Contains);

    private async Task TellAsync()
    {
        Say("done");
        Console.WriteLine(Row.Tables(_rows));
        Console.WriteLine($"\n{_options.Rounds} rounds in turns; {Environment.ProcessorCount} processors; each cell is the median of the rounds, and the lowest and the highest.");
        if (_options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, new JsonObject
            {
                ["processors"] = Environment.ProcessorCount,
                ["rounds"] = _options.Rounds,
                ["rows"] = new JsonArray([.. _rows.Select(row => (JsonNode)row.ToJson())]),
            }.ToJsonString(new() { WriteIndented = true }));
        }
    }

    // ---- what is needed ----

    private async Task InstallPeersAsync()
    {
        var installed = Path.Combine(Peers, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(Peers, "package-lock.json"));
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted) return;
        Say("installing the peers from npm");
        await Child.RunAsync(Peers, null, "npm", "ci", "--no-audit", "--no-fund", "--silent");
        await File.WriteAllTextAsync(installed, wanted);
    }

    private async Task<string> PublishAsync()
    {
        Say("publishing the server");
        var target = Path.Combine(_folder, "published");
        await Child.RunAsync(_root, null, "dotnet", "publish", "src/NetworkIdentity.Server", "-c", "Release", "-o", target, "--verbosity", "quiet");
        return Path.Combine(target, "netid.dll");
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NetworkIdentity.sln"))) return folder.FullName;
        throw new InvalidOperationException("compare runs from a build inside the repository");
    }

    // ---- start and memory ----

    private async Task StartsAsync(string dll)
    {
        await using var peer = await ProviderServer.ConfigureAsync(Peers, Folder("start-peer"));
        await using var ours = await NationServer.FoundAsync(dll, Folder("start-ours"), offers: 0);
        List<double> starts = [], seconds = [], resident = [];
        for (var round = 0; round <= _options.Rounds; round++)
        {
            Say($"start and idle memory, round {round} of {_options.Rounds}");
            var theirs = (Took: await peer.StartAsync(null), peer.Child.Seconds, Resident: await IdleAsync(peer.Child));
            await peer.StopAsync();
            var own = (Took: await ours.StartAsync(null), ours.Child.Seconds, Resident: await IdleAsync(ours.Child));
            await ours.StopAsync();

            // The first of each reads its files from the disk.
            if (round == 0 && !_options.IsSmoke) continue;
            starts.Add(own.Took / theirs.Took);
            seconds.Add(own.Seconds / theirs.Seconds);
            resident.Add(own.Resident / theirs.Resident);
        }

        _rows.Add(new("start to the first answer", "oidc-provider", [new("time", starts), new("processor time", seconds)], "1 or less"));
        _rows.Add(new("idle, five seconds after the first answer", "oidc-provider", [new("memory", resident)], "1 or less"));
    }

    private async Task<double> IdleAsync(Child child)
    {
        await Task.Delay(_options.IsSmoke ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(5));
        return child.Resident;
    }

    // ---- SD-JWT VC ----

    private async Task CredentialsAsync(JsonObject material)
    {
        await using var theirs = await Workbench.OpenAsync(Child.Start(_processor, Peers, Production, "node", "sd-jwt.mjs"), material);
        await using var ours = await Workbench.OpenAsync(OurBench(), material);
        (string Operation, string Raw, string Words, string Aim)[] measured =
        [
            ("issue", "raw signature", "SD-JWT VC: issue, 7 disclosures, ES256", "5"),
            ("verify", "raw verification", "SD-JWT VC: verify with key binding, 7 disclosures, the holder's key read from it", "2.8"),
            ("verify, holder's key kept", "raw verification", "the same, the holder's key kept from before", ""),
        ];
        var slice = _options.IsSmoke ? 40 : 1500;
        string[] operations = [.. measured.Select(row => row.Operation), "raw signature", "raw verification"];
        var seconds = operations.ToDictionary(name => name, _ => (Theirs: new List<double>(), Ours: new List<double>()));
        for (var round = _options.IsSmoke ? 1 : 0; round <= _options.Rounds; round++)
        {
            Say($"SD-JWT VC, round {round} of {_options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            foreach (var name in operations)
            {
                var pair = (await theirs.SecondsAsync(name, slice), await ours.SecondsAsync(name, slice));
                if (round == 0) continue;
                seconds[name].Theirs.Add(pair.Item1);
                seconds[name].Ours.Add(pair.Item2);
            }
        }

        var costs = new List<Row>();
        foreach (var (operation, raw, words, aim) in measured)
        {
            var (peer, own) = seconds[operation];
            _rows.Add(new(words, "@sd-jwt on node:crypto", [new("speed", Ratios(peer, own))], aim.Length == 0 ? "" : $"{aim} or more"));
            costs.Add(new($"ours: {operation}", $"a {raw} of .NET", [new("processor time", Ratios(own, seconds[raw].Ours))]));
            costs.Add(new($"@sd-jwt: {operation}", $"a {raw} of node:crypto", [new("processor time", Ratios(peer, seconds[raw].Theirs))]));
        }

        _rows.AddRange(costs);
    }

    private Child OurBench(string verb = CredentialWork.Verb) => Child.Start(_processor, _folder, null, "dotnet", typeof(Comparison).Assembly.Location, verb);

    // ---- the servers ----

    private async Task ServersAsync(string dll, JsonObject material)
    {
        var (few, many) = (_options.Count(100), _options.Count(240));
        var warming = _options.Count(1500);
        var costs = new List<Row>();
        var issued = (_options.Rounds * (few + (2 * many))) + warming + 64;
        Say("founding a nation and making offers");
        await using var raw = await Workbench.OpenAsync(OurBench(), material);
        await using var ours = await NationServer.FoundAsync(dll, Folder("ours"), issued);
        await ours.StartAsync(_processor);
        await ours.BecomeMembersAsync(_options.Count(64));
        await using var logins = new LoginMeasures(ours, raw, await ProviderServer.ConfigureAsync(Peers, Folder("peer")));
        if (Has("logins"))
        {
            await logins.StartPeerAsync(_processor);
            Say("logins, warming up");
            await logins.WarmUpAsync(warming);
            for (var round = 1; round <= _options.Rounds; round++)
            {
                foreach (var atOnce in AtOnce)
                {
                    Say($"logins, {atOnce} at once, round {round} of {_options.Rounds}");
                    await logins.MeasureAsync(atOnce == 1 ? few : many, atOnce);
                }
            }

            _rows.AddRange(logins.Rows());
            costs.AddRange(logins.Costs());
        }

        if (Has("issuance"))
        {
            var issuance = await IssuancesAsync(ours, raw, few, many, warming);
            _rows.AddRange(issuance.Rows());
            costs.Add(issuance.Cost());
        }

        _rows.AddRange(costs);
    }

    private async Task<IssuanceMeasures> IssuancesAsync(NationServer ours, Workbench raw, int few, int many, int warming)
    {
        Say("issuance, warming up");
        await Load.RunAsync(ours.Issuances(warming), 16, ours.Child);
        using var disk = new DurableCommits(Folder("disk"));
        var issuance = new IssuanceMeasures(ours, raw, disk);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            foreach (var atOnce in AtOnce)
            {
                Say($"issuance, {atOnce} at once, round {round} of {_options.Rounds}");
                await issuance.MeasureAsync(atOnce == 1 ? few : many, atOnce);
            }
        }

        return issuance;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private static List<double> Ratios(List<double> over, List<double> under) => [.. over.Zip(under, (a, b) => a / b)];

    private void Say(string what) => Console.Error.WriteLine($"{(int)_watch.Elapsed.TotalMinutes:00}:{_watch.Elapsed.Seconds:00} {what}");
}
