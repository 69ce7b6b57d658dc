using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Core.Keys.DidLogTests;

namespace NetworkIdentity.Tests.Core.Keys;

/// <summary>F10: the nation's DID after a restore. Its log is never continued in two ways.</summary>
public sealed class DidContinuingTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestNation _nation = null!;
    private DidLog _log = null!;

    private LogMemory Memory => new(_folder.File("did-head"));

    public async ValueTask InitializeAsync()
    {
        _nation = await TestNation.FoundAsync();
        _log = await OpenAsync(_nation, Memory);
    }

    public async ValueTask DisposeAsync()
    {
        await _nation.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task F10_a_restored_log_is_not_extended_until_somebody_who_looked_says_so()
    {
        await RestoreAsync(backTo: 1);
        await KeepAnotherAsync(_nation, 2);
        var elsewhere = await OpenAsync(_nation);
        Assert.Single(await LinesAsync(elsewhere));
        Assert.Contains("restored", (await elsewhere.StatusAsync()).Held, StringComparison.Ordinal);
        Assert.Equal("did_held", (await Assert.ThrowsAsync<Refusal>(() => DidWitnesses.SetAsync(elsewhere, WitnessRule.None))).Code);

        // Opening it again changes nothing of it.
        Assert.NotNull((await (await OpenAsync(_nation)).StatusAsync()).Held);
        await DidContinuing.GoOnAsync(elsewhere);
        Assert.Equal(2, (await LinesAsync(elsewhere)).Count);
        Assert.Null((await elsewhere.StatusAsync()).Held);
    }

    [Fact]
    public async Task F10_a_log_that_is_remembered_is_not_begun_anew()
    {
        await OpenAsync(_nation, Memory);
        Assert.Null(await _nation.Database.CommitAsync(new Statement("DELETE FROM did_entry", new { })));
        var mismatch = await Assert.ThrowsAsync<LogMismatchException>(() => OpenAsync(_nation, Memory));
        Assert.Contains("remembers version 1-", mismatch.Message, StringComparison.Ordinal);
        Assert.Null(await DidEntries.HeadAsync(_nation.Database));
    }

    [Fact]
    public async Task F10_this_machine_remembers_how_far_the_log_had_come()
    {
        await ExtendAsync(2);
        await RestoreAsync(backTo: 1, marked: false);
        await KeepAnotherAsync(_nation, 3);

        var here = await OpenAsync(_nation, Memory);
        Assert.Single(await LinesAsync(here));
        Assert.Contains("remembers version 2-", (await here.StatusAsync()).Held, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => DidContinuing.GoOnAsync(here));
        Assert.Equal("did_log_unfit", refusal.Code);
    }

    [Fact]
    public async Task F10_what_this_machine_remembers_does_not_stand_for_what_others_published()
    {
        await RestoreAsync(backTo: 1);
        await KeepAnotherAsync(_nation, 2);
        var log = await OpenAsync(_nation, Memory);
        Assert.Equal(Memory.Read(), (await log.StatusAsync()).Versions[^1]);
        Assert.Single(await LinesAsync(log));
        await DidContinuing.GoOnAsync(log);
        Assert.Equal(2, (await LinesAsync(log)).Count);
    }

    [Fact]
    public async Task F10_with_a_copy_of_what_was_published_it_goes_on_where_that_ends()
    {
        await ExtendAsync(2);
        await ExtendAsync(3);
        var published = await _log.ReadAsync();
        await RestoreAsync(backTo: 1);
        var log = await OpenAsync(_nation, Memory);
        Assert.Equal(2, await DidContinuing.GoOnAsync(log, published));

        // What is lost with the backup's keys is an entry of its own, behind those that were published.
        var now = await log.ReadAsync();
        Assert.Equal(published, now[..published.Length]);
        Assert.Null((await log.StatusAsync()).Held);
        Assert.NotNull((await log.ResolveAsync(log.Did, DidResolutionOptions.None)).Document);
    }

    [Fact]
    public async Task F10_what_is_not_the_continuation_is_refused()
    {
        await ExtendAsync(2);
        var published = await _log.ReadAsync();
        await using var other = await TestNation.FoundAsync();
        var theirs = await OpenAsync(other);
        await KeepAnotherAsync(other, 2);
        await theirs.RenewAsync();

        await RestoreAsync(backTo: 1);
        var log = await OpenAsync(_nation, Memory);
        foreach (var (copy, why) in ((byte[], string)[])
        [
            (await theirs.ReadAsync(), "not the beginning of it"),
            (await log.ReadAsync(), "remembers version 2-"),
            ([], "empty"),
            (published[..^200], "JSON"),
            ([.. published[..^20], .. "AAAAA"u8, .. published[^15..]], "not"),
        ])
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => DidContinuing.GoOnAsync(log, copy));
            Assert.Equal("did_log_unfit", refusal.Code);
            Assert.Contains(why, refusal.Description, StringComparison.Ordinal);
        }

        Assert.Single(await LinesAsync(log));
    }

    [Fact]
    public async Task F10_a_backup_that_is_too_old_for_the_log_does_not_fork_it()
    {
        for (var n = 2; n <= 3; n++) await ExtendAsync(n);
        var published = await _log.ReadAsync();
        await RestoreAsync(backTo: 1);
        await _nation.Database.CommitAsync(new Statement("DELETE FROM signing_key WHERE purpose = 'did-update' AND generation > 3", new { }));
        var log = (await DidLog.OpenAsync(_nation.Database, (await Founding.OpenAsync(_nation.Database, _nation.Time, TestNation.Secret))!, _nation.Time))!;
        var refusal = await Assert.ThrowsAsync<Refusal>(() => DidContinuing.GoOnAsync(log, published));
        Assert.Contains("too old", refusal.Description, StringComparison.Ordinal);
        Assert.Single(await LinesAsync(log));
    }

    private async Task ExtendAsync(long generation)
    {
        await KeepAnotherAsync(_nation, generation);
        await _log.RenewAsync();
        Assert.Equal(generation, (await LinesAsync(_log)).Count);
    }

    /// <summary>The log as a backup of an earlier day has it: the keys that were made since are gone, and so are the entries.</summary>
    private async Task RestoreAsync(long backTo, bool marked = true)
    {
        await _nation.Database.CommitAsync(
            new Statement("DELETE FROM did_entry WHERE version > @backTo", new { backTo }),
            new Statement("DELETE FROM signing_key WHERE purpose = 'status-list' AND generation > @backTo", new { backTo }),
            new Statement("DELETE FROM signing_key WHERE purpose = 'did-update' AND generation > @ahead", new { ahead = backTo + DidLog.Ahead }));
        if (marked) await _nation.Database.CommitAsync([.. Restores.Close("epoch", _nation.Time.GetUtcNow().ToUnixTimeSeconds())]);
    }
}
