using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A status list of 16 million against @digitalbazaar/vc-bitstring-status-list. Before anything is measured, each side reads what the other wrote.</summary>
internal sealed class StatusMeasures(Workbench theirs, Workbench ours, Options options, Action<string> say)
{
    private const string Peer = "@digitalbazaar/vc-bitstring-status-list";

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        var size = options.IsSmoke ? 1 << 20 : 1 << 24;
        var material = await StatusWork.MakeAsync(size);
        var theirList = StatusWork.EncodedList(Text(await theirs.PrepareAsync(material), "published"));
        var ourList = StatusWork.EncodedList(Text(await ours.PrepareAsync(material), "published"));

        await ReadAsync(material, ourList);
        var decodeOurs = await RatiosAsync("decode");
        await ReadAsync(material, theirList);
        var decodeTheirs = await RatiosAsync("decode");
        var publish = await RatiosAsync("publish");
        return
        [
            new($"Status list of {size:N0}, 1% set: build, compress, sign", Peer, publish, "2.5 or more"),
            new($"Status list of {size:N0}: decode, as the peer compresses it", Peer, decodeTheirs, "8 or more"),
            new($"Status list of {size:N0}: decode, as we compress it", Peer, decodeOurs),
            new("Status list: the characters of ours", Peer, [new("size", [(double)ourList.Length / theirList.Length])], "1 or less"),
        ];
    }

    /// <summary>Gives both sides a list; what they read must be what was set.</summary>
    private async Task ReadAsync(JsonObject material, string encodedList)
    {
        material["encodedList"] = encodedList;
        foreach (var bench in new[] { theirs, ours })
            if (Text(await bench.PrepareAsync(material), "digest") != StatusWork.Digest(material)) throw new InvalidOperationException("a list was read as something else than was set");
    }

    private async Task<IReadOnlyList<Row.Ratios>> RatiosAsync(string operation)
    {
        var slice = options.IsSmoke ? 40 : 1500;
        var speeds = new List<double>();
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"status lists: {operation}, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var ratio = await theirs.SecondsAsync(operation, slice) / await ours.SecondsAsync(operation, slice);
            if (round > 0) speeds.Add(ratio);
        }

        return [new("speed", speeds)];
    }

    private static string Text(JsonObject answer, string name) => answer[name]!.GetValue<string>();
}
