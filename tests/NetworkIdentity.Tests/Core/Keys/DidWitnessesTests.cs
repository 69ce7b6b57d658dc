using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;
using static NetworkIdentity.Tests.Core.Keys.DidLogTests;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class DidWitnessesTests : IAsyncLifetime
{
    private static readonly WitnessRule TwoOfThree = new(2, [WebVhWorld.Multi(1), WebVhWorld.Multi(2), WebVhWorld.Multi(3)]);

    private readonly TestFolder _folder = new();

    private TestNation _nation = null!;
    private DidLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _nation = await TestNation.FoundAsync();
        _log = await OpenAsync(_nation);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return _nation.DisposeAsync();
    }

    [Fact]
    public async Task An_entry_is_neither_served_nor_used_before_enough_witnesses_approved()
    {
        Assert.Null(await _log.ReadProofsAsync());
        await DidWitnesses.SetAsync(_log, TwoOfThree);
        await ApproveAsync(1, 2);
        Assert.Equal(2, (await LinesAsync(_log)).Count);

        await KeepAnotherAsync(_nation, 2);
        await _log.RenewAsync();
        var before = _log.Document.ToJsonString();
        Assert.Equal((2, "3"), ((await LinesAsync(_log)).Count, (await _log.StatusAsync()).Pending![..1]));

        // Nothing follows it, and nothing of it is seen.
        await KeepAnotherAsync(_nation, 3);
        await _log.RenewAsync();
        Assert.Equal("did_pending", (await Assert.ThrowsAsync<Refusal>(() => DidWitnesses.SetAsync(_log, WitnessRule.None))).Code);
        Assert.Equal((1, true), await AnswerAsync(3));
        Assert.Equal((1, true), await AnswerAsync(3));
        Assert.Equal(2, (await LinesAsync(_log)).Count);
        Assert.Equal(before, _log.Document.ToJsonString());
        Assert.NotNull((await _log.ResolveAsync(_log.Did, DidResolutionOptions.None)).Document);

        Assert.Equal((1, false), await AnswerAsync(1));
        Assert.Equal(3, (await LinesAsync(_log)).Count);
        Assert.NotEqual(before, _log.Document.ToJsonString());

        // What waited behind it comes next, and the file that is served proves it all.
        await _log.RenewAsync();
        Assert.StartsWith("4-", (await _log.StatusAsync()).Pending, StringComparison.Ordinal);
        var now = _nation.Time.GetUtcNow();
        Assert.NotNull(DidWebVh.Resolve(_log.Did, await _log.ReadAsync(), await _log.ReadProofsAsync(), now, DidResolutionOptions.None).Document);
        Assert.NotNull(DidWebVh.Resolve(_log.Did, await _log.ReadAsync(), null, now, DidResolutionOptions.None).Error);
    }

    [Fact]
    public async Task A_key_that_only_an_entry_has_that_waits_does_not_sign()
    {
        await DidWitnesses.SetAsync(_log, TwoOfThree);
        await ApproveAsync(1, 2);
        var old = _nation.Keys.CurrentKey(KeyPurpose.Assertion);
        _nation.Time.Move(old.RetireAfter - TimeSpan.FromDays(1) - _nation.Time.GetUtcNow());
        await _nation.Keys.RenewAsync();
        await _log.RenewAsync();
        Assert.NotNull((await _log.StatusAsync()).Pending);
        Assert.NotEqual(old.Kid, _nation.Keys.CurrentKey(KeyPurpose.Assertion).Kid);
        Assert.Equal(old.Kid, _log.Current(JoseAlgorithm.EdDSA).KeyId);
    }

    [Fact]
    public async Task The_last_approve_of_being_the_last()
    {
        await DidWitnesses.SetAsync(_log, TwoOfThree);
        await ApproveAsync(1, 3);
        await DidWitnesses.SetAsync(_log, WitnessRule.None);
        Assert.NotNull((await _log.StatusAsync()).Pending);
        await ApproveAsync(2, 3);
        await KeepAnotherAsync(_nation, 2);
        await _log.RenewAsync();
        Assert.Equal((4, 0), ((await LinesAsync(_log)).Count, (await _log.StatusAsync()).Witness.Threshold));
        Assert.NotNull(DidWebVh.Resolve(_log.Did, await _log.ReadAsync(), await _log.ReadProofsAsync(), _nation.Time.GetUtcNow(), DidResolutionOptions.None).Document);
    }

    [Fact]
    public async Task A_proof_that_is_nobodys_or_of_something_else_is_left_out()
    {
        await DidWitnesses.SetAsync(_log, TwoOfThree);
        var (versionId, _) = (await DidWitnesses.PendingAsync(_log))!.Value;
        foreach (var (version, key) in ((string, int)[])[(versionId, 4), ("2-" + versionId[2..^1] + "1", 1), ((await LinesAsync(_log))[0]["versionId"]!.GetValue<string>() + "x", 1)])
        {
            var proof = WitnessProofs.None.With(version, await WitnessProofs.SignAsync(version, WebVhWorld.Key(key), _nation.Time.GetUtcNow())).Write();
            Assert.Equal((0, true), await DidWitnesses.TakeAsync(_log, proof));
        }

        var forged = JsonNode.Parse(WitnessProofs.None.With(versionId, await WitnessProofs.SignAsync(versionId, WebVhWorld.Key(1), _nation.Time.GetUtcNow())).Write())!;
        forged[0]!["proof"]![0]!["created"] = "2026-01-01T00:00:00Z";
        Assert.Equal((0, true), await DidWitnesses.TakeAsync(_log, Encoding.UTF8.GetBytes(forged.ToJsonString())));
    }

    [Fact]
    public async Task A_witness_approves_of_no_entry_that_a_resolver_would_refuse()
    {
        await DidWitnesses.SetAsync(_log, TwoOfThree);
        var (_, log) = (await DidWitnesses.PendingAsync(_log))!.Value;
        var text = Encoding.UTF8.GetString(log);
        var now = _nation.Time.GetUtcNow();
        Assert.Equal("not_a_witness", (await Assert.ThrowsAsync<Refusal>(() => DidWitnesses.AttestAsync(log, WebVhWorld.Key(4), MemoryOf(4), now))).Code);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var changed in (string[])[lines[1], lines[0] + "\n" + lines[1].Replace("nation.example", "others.example", StringComparison.Ordinal), lines[0] + "\n" + lines[0], lines[0] + "\n" + lines[1] + "\n" + lines[1]])
            await Assert.ThrowsAsync<Refusal>(() => DidWitnesses.AttestAsync(Encoding.UTF8.GetBytes(changed), WebVhWorld.Key(1), MemoryOf(1), now));
    }

    private WitnessMemory MemoryOf(int witness) => new(_folder.File($"memory-{witness}"));

    private async Task ApproveAsync(params int[] witnesses)
    {
        foreach (var witness in witnesses) await AnswerAsync(witness);
        Assert.Null((await _log.StatusAsync()).Pending);
    }

    private async Task<(int Good, bool Waits)> AnswerAsync(int witness)
    {
        var (_, log) = (await DidWitnesses.PendingAsync(_log))!.Value;
        return await DidWitnesses.TakeAsync(_log, await DidWitnesses.AttestAsync(log, WebVhWorld.Key(witness), MemoryOf(witness), _nation.Time.GetUtcNow()));
    }
}
