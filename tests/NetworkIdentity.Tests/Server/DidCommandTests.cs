using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid did</c>, beside a running server, and at a witness that has no nation.</summary>
public sealed class DidCommandTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    private NetidProcess Netid => NetidProcess.Beside(_server);

    private NetidProcess Witness => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_nation_names_a_witness_who_looks_at_each_entry_and_approves()
    {
        await File.WriteAllTextAsync(_folder.File("seed"), Convert.ToHexStringLower(WebVhWorld.Seed(1)) + "\n");
        var witness = (string)(await Witness.RunAsync("did", "witness-key", "--key", "seed", "--json")).Json["did"]!;
        Assert.Equal(WebVhWorld.DidKeyOf(1), witness);

        var shown = (await Netid.RunAsync("did", "show", "--json")).Json;
        Assert.Equal((_server.Nation.DidLog!.Did, _server.Nation.DidLog.DidWeb), ((string)shown["did"]!, (string)shown["did_web"]!));
        Assert.Single(shown["versions"]!.AsArray());
        Assert.Empty((await Netid.RunAsync("did", "pending")).Output);
        var named = (await Netid.RunAsync("did", "witnesses", witness, "--threshold", "1", "--json")).Json;
        Assert.StartsWith("2-", (string)named["pending"]!, StringComparison.Ordinal);
        Assert.Contains((await Netid.RunAsync("doctor", "--json")).Json.AsArray(), one => (string)one!["check"]! == "did" && (string)one["state"]! == "look");

        var pending = await Netid.RunAsync("did", "pending");
        Assert.Equal(2, pending.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await File.WriteAllTextAsync(_folder.File("pending.jsonl"), pending.Output);
        var attested = await Witness.RunAsync("did", "attest", "pending.jsonl", "--key", "seed");
        Assert.Equal((0, ""), (attested.ExitCode, attested.Error));
        Assert.Contains((string)named["pending"]!, await File.ReadAllTextAsync(_folder.File("seed.memory")), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "proofs.json"), attested.Output);
        Assert.Equal("""{"good":1,"waits":false}""", (await Netid.RunAsync("did", "proofs", "proofs.json", "--json")).Json.ToJsonString());

        shown = (await Netid.RunAsync("did", "show", "--json")).Json;
        Assert.Equal((2, null, witness, 1), (shown["versions"]!.AsArray().Count, (string?)shown["pending"], (string)shown["witnesses"]![0]!, (int)shown["threshold"]!));
        var (log, proofs) = (await _server.Http.GetByteArrayAsync(_server.Url("/.well-known/did.jsonl")), await _server.Http.GetByteArrayAsync(_server.Url("/.well-known/did-witness.json")));
        Assert.NotNull(DidWebVh.Resolve(_server.Nation.DidLog.Did, log, proofs, _server.Time.GetUtcNow(), DidResolutionOptions.None).Document);
    }

    [Fact]
    public async Task What_is_none_of_it_is_refused_by_name()
    {
        await File.WriteAllTextAsync(_folder.File("seed"), new string('z', 64));
        await File.WriteAllTextAsync(_folder.File("right"), Convert.ToHexStringLower(WebVhWorld.Seed(1)));
        await File.WriteAllBytesAsync(_folder.File("log"), await _server.Nation.DidLog!.ReadAsync());
        await File.WriteAllTextAsync(_folder.File("proofs"), "[]");
        await DidWitnesses.SetAsync(_server.Nation.DidLog!, new(1, [WebVhWorld.Multi(1)]));
        var (_, witnessed) = (await DidWitnesses.PendingAsync(_server.Nation.DidLog!))!.Value;
        await File.WriteAllBytesAsync(_folder.File("witnessed"), witnessed);
        await File.WriteAllTextAsync(_folder.File("approved"), $$"""{"{{_server.Nation.DidLog!.Did.Split(':')[2]}}":"2-zQm"}""");
        foreach (var (at, arguments, code, words) in ((NetidProcess, string[], int, string)[])
        [
            (Witness, ["did", "witness-key", "--key", "nowhere"], 2, "There is no file nowhere"),
            (Witness, ["did", "witness-key", "--key", "seed"], 1, "not_a_seed: "),
            (Witness, ["did", "attest", "log", "--key", "right"], 1, "not_a_witness: "),
            (Witness, ["did", "attest", "proofs", "--key", "right"], 1, "malformed: "),
            (Witness, ["did", "attest", "witnessed", "--key", "right", "--memory", "proofs"], 1, "not_a_memory: "),
            (Witness, ["did", "attest", "witnessed", "--key", "right", "--memory", "approved"], 1, "did_log_branched: "),
            (Netid, ["did", "witnesses", "did:web:a.example"], 1, "invalidParameters: "),
            (Netid, ["did", "witnesses", WebVhWorld.DidKeyOf(1), "--threshold", "2"], 1, "invalidParameters: "),
            (Netid, ["did", "proofs", _folder.File("proofs")], 1, ""),
            (Netid, ["did", "continue"], 1, "did_log_unfit: "),
            (Netid, ["did", "continue", _folder.File("proofs")], 1, "did_log_unfit: "),
        ])
        {
            var ended = await at.RunAsync(arguments);
            Assert.Equal((string.Join(' ', arguments), code), (string.Join(' ', arguments), ended.ExitCode));
            Assert.StartsWith(words, ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task F10_after_a_restore_nothing_is_appended_before_the_operator_says_where_the_log_ends()
    {
        var copy = _folder.File("backup.db");
        Assert.Equal(0, (await Netid.RunAsync("backup", copy)).ExitCode);
        var (did, published) = (_server.Nation.DidLog!.Did, await _server.Nation.DidLog.ReadAsync());
        using var store = TestStore.New(_folder.Path, isEmpty: true);
        var restored = NetidProcess.Beside(_server).With(("NETID__Storage__ConnectionString", store.ConnectionString));
        var ended = await restored.RunAsync("restore", copy);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var found = (await restored.RunAsync("doctor", "--json")).Output;
        Assert.Contains("is held: it was restored from a backup", found, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(_folder.File("did.jsonl"), published);
        var gone = (await restored.RunAsync("did", "continue", _folder.File("did.jsonl"), "--json")).Json;
        Assert.Equal((did, 0, null), ((string)gone["did"]!, (int)gone["recovered"]!, (string?)gone["held"]));
    }
}
