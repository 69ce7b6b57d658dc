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

    /// <summary>Seconds that one operation takes.</summary>
    public async Task<double> SecondsAsync(string operation, int milliseconds)
    {
        var done = await AskAsync(new JsonObject { ["operation"] = operation, ["milliseconds"] = milliseconds });
        return done["milliseconds"]!.GetValue<double>() / 1000 / done["count"]!.GetValue<int>();
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private async Task<JsonObject> AskAsync(JsonObject order)
    {
        await _child.Input.WriteLineAsync(order.ToJsonString());
        await _child.Input.FlushAsync();
        return await _child.Output.ReadLineAsync() is { } line ? (JsonObject)JsonNode.Parse(line)! : throw new InvalidOperationException($"a workbench ended:\n{_child.Errors}");
    }
}
