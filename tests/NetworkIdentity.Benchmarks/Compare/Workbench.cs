using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A process that does something for as long as it is told, and says how often it did.</summary>
internal sealed class Workbench(Child child) : IAsyncDisposable
{
    public static async Task<Workbench> OpenAsync(Child child, JsonObject material)
    {
        var bench = new Workbench(child);
        await bench.PrepareAsync(material);
        return bench;
    }

    /// <summary>Gives it what it works with; returns what it says of that.</summary>
    public Task<JsonObject> PrepareAsync(JsonObject material) => AskAsync(new JsonObject { ["prepare"] = material.DeepClone() });

    /// <summary>Seconds of processor time that one operation takes: on a machine that does other things too, a truer measure than the clock's.</summary>
    public async Task<double> SecondsAsync(string operation, int milliseconds)
    {
        var before = child.Seconds;
        var done = await AskAsync(new JsonObject { ["operation"] = operation, ["milliseconds"] = milliseconds });
        return (child.Seconds - before) / done["count"]!.GetValue<int>();
    }

    /// <summary>Seconds of one raw ES256 signature, taken beside what is held against it.</summary>
    public Task<double> SignatureAsync() => SecondsAsync("raw signature", 400);

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private async Task<JsonObject> AskAsync(JsonObject order)
    {
        await child.Input.WriteLineAsync(order.ToJsonString());
        await child.Input.FlushAsync();
        return await child.Output.ReadLineAsync() is { } line ? (JsonObject)JsonNode.Parse(line)! : throw new InvalidOperationException($"a workbench ended:\n{child.Errors}");
    }
}
