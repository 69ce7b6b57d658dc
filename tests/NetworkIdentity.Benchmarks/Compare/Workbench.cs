using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A process that does something for as long as it is told, and says how often it did.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly Child _child;

    private Workbench(Child child) => _child = child;

    public static async Task<Workbench> OpenAsync(Child child, JsonObject material)
    {
        var bench = new Workbench(child);
        await bench.AskAsync(new JsonObject { ["prepare"] = material.DeepClone() });
        return bench;
    }

    /// <summary>Seconds of processor time that one operation takes: on a machine that does other things too, a truer measure than the clock's.</summary>
    public async Task<double> SecondsAsync(string operation, int milliseconds)
    {
        var before = _child.Seconds;
        var done = await AskAsync(new JsonObject { ["operation"] = operation, ["milliseconds"] = milliseconds });
        return (_child.Seconds - before) / done["count"]!.GetValue<int>();
    }

    /// <summary>Seconds of one raw ES256 signature, taken beside what is held against it.</summary>
    public Task<double> SignatureAsync() => SecondsAsync("raw signature", 400);

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private async Task<JsonObject> AskAsync(JsonObject order)
    {
        await _child.Input.WriteLineAsync(order.ToJsonString());
        await _child.Input.FlushAsync();
        return await _child.Output.ReadLineAsync() is { } line ? (JsonObject)JsonNode.Parse(line)! : throw new InvalidOperationException($"a workbench ended:\n{_child.Errors}");
    }
}
