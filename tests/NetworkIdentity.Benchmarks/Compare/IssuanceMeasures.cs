namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Pre-authorized issuance, against what its limits are made of: durable commits and signatures.</summary>
internal sealed class IssuanceMeasures(NationServer ours, DurableCommits disk)
{
    private readonly Dictionary<int, List<(Load Load, double Commit)>> _taken = [];

    public async Task MeasureAsync(int count, int atOnce)
    {
        var commit = disk.SecondsOfOne(count);
        var load = await Load.RunAsync(ours.Issuances(count), atOnce, ours.Child);
        if (!_taken.TryGetValue(atOnce, out var taken)) _taken.Add(atOnce, taken = []);
        taken.Add((load, commit));
    }

    /// <summary>The rows.</summary>
    /// <param name="signature">Seconds of a raw ES256 signature of .NET.</param>
    public IEnumerable<Row> Rows(double signature)
    {
        foreach (var (atOnce, taken) in _taken.OrderBy(pair => pair.Key))
        {
            var name = $"pre-authorized issuance, whole, {atOnce} at once";
            yield return new(name, "plain durable commits, one after the other", "speed", [.. taken.Select(one => one.Load.PerSecond * one.Commit)]);
            yield return new(name, "a plain durable commit", "p50", [.. taken.Select(one => one.Load.P50 / 1000 / one.Commit)]);
            yield return new(name, "a plain durable commit", "p99", [.. taken.Select(one => one.Load.P99 / 1000 / one.Commit)]);
            if (atOnce == 32) yield return new(name, "a raw ES256 signature of .NET", "the server's processor time", [.. taken.Select(one => one.Load.ServerSeconds / signature)]);
        }
    }
}
