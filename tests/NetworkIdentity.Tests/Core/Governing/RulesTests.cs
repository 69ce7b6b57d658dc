using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>From the founder's word to the charter's quorum, once.</summary>
public sealed class RulesTests
{
    [Fact]
    public async Task The_founder_adopts_charters_and_every_act_names_the_one_in_force()
    {
        await using var nation = await TestNation.FoundAsync();
        Assert.Equal("no_charter", await DecidingTests.RefusedAsync(() => Rules.InForceAsync(nation.Database)));
        var early = await Node.AddAsync(nation.Database, nation.Time, "Lisbon", "Europe");
        await Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.CoLiving);
        var late = await Node.AddAsync(nation.Database, nation.Time, "Austin", "America");
        Assert.Equal(Founding.FirstVersion, Assert.Single(await Journal.OfAsync(nation.Database, early.Id)).CharterVersion);
        Assert.Equal("2026-1", Assert.Single(await Journal.OfAsync(nation.Database, late.Id)).CharterVersion);

        Assert.Equal("charter_exists", await DecidingTests.RefusedAsync(() => Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed("2026-1", ("/revocation/notice_days", "9")))));
        await Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed("2026-2", ("/revocation/notice_days", "9")));
        Assert.Equal(TimeSpan.FromDays(9), (await Rules.InForceAsync(nation.Database)).Terms.RevocationNotice);
        Assert.Equal(["2026-1", "2026-2"], (await Charters.AllAsync(nation.Database)).Select(row => row.Version));
    }

    [Fact]
    public async Task The_founding_phase_does_not_end_while_nobody_could_decide()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => Rules.EndFoundingAsync(nation.Database, nation.Time));
        Assert.Equal("quorum_out_of_reach", refusal.Code);
        foreach (var act in (string[])[Act.Revoke, Act.ChangeCharter, Act.AddNode]) Assert.Contains(act, refusal.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("appoint", refusal.Description.Split(':')[0], StringComparison.Ordinal);
        Assert.Equal(Mandate.FoundingPhase, (await Nations.FindAsync(nation.Database))!.Phase);
    }

    [Fact]
    public async Task Nor_while_one_node_has_too_few_stewards()
    {
        await using var nation = await TestGovernment.FoundAsync(
            [.. ((string[])["ana", "ben", "cyd", "dee", "eve"]).Select(name => (name, (string?)"Lisbon", Act.All.ToArray()))]);
        Assert.Contains(Act.Admit, await Rules.OutOfReachAsync(nation.Database, CharterTests.CoLiving, nation.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Once_it_has_ended_the_founder_decides_nothing_and_nothing_begins_it_again()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        Assert.Equal("governed", (await Nations.FindAsync(nation.Database))!.Phase);
        Assert.Contains(("end-founding", "founder"), await nation.JournalAsync("nation"));
        foreach (var act in (Func<Task>[])
        [
            () => Rules.EndFoundingAsync(nation.Database, nation.Time),
            () => Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed("2027-1")),
            () => Node.AddAsync(nation.Database, nation.Time, "Porto", "Europe"),
            () => nation.Issuing.TokenAsync(),
        ]) Assert.Equal("mandate_missing", await DecidingTests.RefusedAsync(act));
        Assert.False(await Founding.FoundAsync(nation.Database, nation.Time, TestNation.Secret, "Again", "https://nation.example"));
        Assert.Equal("governed", (await Nations.FindAsync(nation.Database))!.Phase);
    }

    /// <summary>A54: what the founder offered and nobody took is given no more; who holds something keeps it.</summary>
    [Fact]
    public async Task A54_what_the_founder_offered_and_nobody_took_ends_with_the_founding_phase()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee", "eve"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        nation.Time.Move(TimeSpan.FromDays(100));
        var token = await nation.Issuing.TokenAsync();
        await Rules.EndFoundingAsync(nation.Database, nation.Time);
        var request = await nation.Issuing.RequestAsync([TestWallet.NewKey()]);
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => nation.Issuing.Issuer.IssueAsync(token, request)));
        Assert.True(await nation.StandsAsync("ana"));
    }

    /// <summary>An act that was begun on the founder's word, and is committed when the phase has ended, is undone: the word is looked at in the commit.</summary>
    [Fact]
    public async Task An_act_that_meets_the_end_of_the_founding_phase_is_done_before_it_or_not_at_all()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee", "eve"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        nation.Time.Move(TimeSpan.FromDays(100));
        var mandate = await Mandate.OfFounderAsync(nation.Database, "add-node");
        await Rules.EndFoundingAsync(nation.Database, nation.Time);
        Assert.Equal("mandate_missing", await DecidingTests.RefusedAsync(() => Node.AddAsync(nation.Database, nation.Time, "Porto", "Europe", mandate)));
        Assert.DoesNotContain(await Node.AllAsync(nation.Database), node => node.Name == "Porto");
    }
}
