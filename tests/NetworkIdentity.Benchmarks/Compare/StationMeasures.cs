using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What a station at a door does, against the primitives that are in it: checks, and bundles with a list of a million whose slots are set here and there.</summary>
internal sealed class StationMeasures(Workbench page, Workbench ours, Options options, Action<string> say)
{
    private int Slice => options.IsSmoke ? 40 : 1500;

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        List<Row> checks =
        [
            new("a check at the door: a presentation of another person each time, the list known", StationWork.RawVerifications, [new("speed", await RatiosAsync(StationWork.Check))]),
            new("the same, a holder whose key was read before", StationWork.RawVerifications, [new("speed", await RatiosAsync(StationWork.CheckKept))]),
        ];
        var (sizes, loads) = (new List<Row>(), new List<Row>());
        foreach (var percent in StationWork.Percents)
        {
            say($"a trust bundle, {percent}% revoked");
            var material = await ours.PrepareAsync(new JsonObject { ["percent"] = percent });
            await page.PrepareAsync(material);
            sizes.Add(new($"a trust bundle, {percent}% of {StationWork.ListSize:N0} slots revoked at random", "the 1,000,000 characters that a station takes",
                [new("size", [material["bundle"]!.GetValue<string>().Length / 1_000_000d])], "1 or less"));
            loads.Add(new($"such a bundle loaded: all signatures, the list, {percent}% revoked", "inflating the list", [new("processor time", await LoadsAsync(ours))]));
            loads.Add(new($"such a bundle loaded by the station's own code, with the DID's history, {percent}% revoked", "inflating the list, in Node.js", [new("processor time", await LoadsAsync(page))]));
        }

        return [.. checks, .. sizes, .. loads];
    }

    private async Task<List<double>> RatiosAsync(string operation)
    {
        var speeds = new List<double>();
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"{operation}, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var before = await ours.SecondsAsync(StationWork.RawVerifications, Slice / 3);
            var own = await ours.SecondsAsync(operation, Slice);
            var after = await ours.SecondsAsync(StationWork.RawVerifications, Slice / 3);
            if (round > 0) speeds.Add((before + after) / 2 / own);
        }

        return speeds;
    }

    private async Task<List<double>> LoadsAsync(Workbench bench)
    {
        var times = new List<double>();
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            var ratio = await bench.SecondsAsync(StationWork.Load, Slice) / await bench.SecondsAsync(StationWork.Inflate, Slice);
            if (round > 0) times.Add(ratio);
        }

        return times;
    }
}
