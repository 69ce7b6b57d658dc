namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Pre-authorized issuance, against what its limits are made of: durable commits and signatures.</summary>
internal sealed class IssuanceMeasures(NationServer ours, Workbench raw, DurableCommits disk)
{
    private readonly Dictionary<int, List<(Load Load, double Commit)>> _taken = [];
    private readonly List<double> _signatures = [];

    public async Task MeasureAsync(int count, int atOnce)
    {
        if (atOnce == 32) _signatures.Add(await raw.SignatureAsync());
        var commit = disk.SecondsOfOne(count);
        var load = await Load.RunAsync(ours.Issuances(count), atOnce, ours.Child);
        if (!_taken.TryGetValue(atOnce, out var taken)) _taken.Add(atOnce, taken = []);
        taken.Add((load, commit));
    }

    /// <summary>How a whole issuance stands to one durable commit; the commits of those at once are shared.</summary>
    public IEnumerable<Row> Rows() => _taken.OrderBy(pair => pair.Key).Select(pair => new Row(
        $"pre-authorized issuance, whole, {pair.Key} at once", "plain durable commits, one after the other",
        [
            new("speed", [.. pair.Value.Select(one => one.Load.PerSecond * one.Commit)]),
            new("p50", [.. pair.Value.Select(one => one.Load.P50 / 1000 / one.Commit)]),
            new("p99", [.. pair.Value.Select(one => one.Load.P99 / 1000 / one.Commit)]),
        ]));

    /// <summary>What the server's processor does for one, in raw signatures.</summary>
    public Row Cost() => new(
        "pre-authorized issuance, whole", "a raw ES256 signature of .NET",
        [new("the server's processor time", [.. _taken[32].Zip(_signatures, (one, signature) => one.Load.ServerSeconds / signature)])]);
}
