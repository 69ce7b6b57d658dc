using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Who acts for a member who can't, on a real database of this run's engine, by two servers. Two stewards decide it, by the rule for new wallets.</summary>
public sealed class GuardingTests
{
    private static readonly string[] Deciders = ["ana", "ben"];

    [Fact]
    public async Task Two_decide_the_guardian_accepts_and_acts_until_the_day_and_the_log_has_each_step()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var guarding = new Guarding(nation.Database, nation.Time);
        var (fay, eve) = (nation.People["fay"], nation.People["eve"]);
        var decision = await nation.Deciding.ProposeAsync(Name(nation, "fay", "eve"), nation.People["ana"]);
        Assert.Empty(await guarding.OfAsync(fay));
        await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People["ben"]);
        nation.Time.Move(TimeSpan.FromDays(4));
        await nation.Deciding.GoOnAsync();
        var named = Assert.Single(await guarding.OfAsync(fay));
        Assert.Equal((decision.Row.Id, fay, eve, (long?)null), (named.Id, named.MemberId, named.GuardianId, named.AcceptedAt));
        Assert.Equal(named, Assert.Single(await guarding.OfAsync(eve)));

        // Two consents: nothing before the guardian accepts, and nobody accepts for them.
        Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, named.Id, eve)));
        foreach (var other in (string[])[fay, nation.People["ana"]]) Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => guarding.AcceptAsync(named.Id, other)));
        await guarding.AcceptAsync(named.Id, eve);
        Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => guarding.AcceptAsync(named.Id, eve)));
        Assert.Equal(fay, await Do(guarding, named.Id, eve));

        // A few things and no other, and nobody but the guardian.
        foreach (var act in (string[])["leave", "erase", "vote", "recover", ""]) Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, named.Id, eve, act)));
        foreach (var other in (string[])[fay, nation.People["ana"]]) Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, named.Id, other)));
        Assert.Equal(["name_guardian " + named.Id, "accept-guardian " + eve, "guard-card " + eve], (await nation.JournalAsync(named.Id)).TakeLast(3).Select(leaf => $"{leaf.Act} {leaf.Actor}"));
        foreach (var told in (string[])[fay, eve])
            Assert.Contains(await Notices.OfMemberAsync(nation.Database, told, Now(nation)), notice => notice.Kind == NoticeKind.GuardianChanged.Name);

        // By itself, at its day.
        nation.Time.Move(TimeSpan.FromDays(60));
        Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, named.Id, eve)));
        Assert.Empty(await guarding.OfAsync(fay));

        // And then another time.
        await NamedAsync(nation, guarding, "fay", "eve");
        await SoundAsync(nation);
    }

    [Fact]
    public async Task It_ends_by_the_ward_by_the_guardian_by_decision_and_with_the_guardians_membership()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var guarding = new Guarding(nation.Database, nation.Time);
        var (fay, eve) = (nation.People["fay"], nation.People["eve"]);
        foreach (var by in (string[])["fay", "eve"])
        {
            var id = await NamedAsync(nation, guarding, "fay", "eve");
            Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => guarding.EndAsync(id, nation.People["ana"])));
            await guarding.EndAsync(id, nation.People[by]);
            Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, id, eve)));
            Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => guarding.EndAsync(id, nation.People[by])));
        }

        var third = await NamedAsync(nation, guarding, "fay", "eve");
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Name(nation, "fay", "eve"), nation.People["ana"])));
        await DecidingTests.ApprovedAsync(nation, Proposal.EndGuardian((await Guardianships.FindAsync(nation.Database, third))!, "No need."), Deciders);
        nation.Time.Move(TimeSpan.FromDays(4));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await guarding.OfAsync(fay));

        // A guardian who is suspended does nothing meanwhile, and who has left is none any more.
        var fourth = await NamedAsync(nation, guarding, "fay", "eve");
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(eve, "harm", "Why.", 2), "ana");
        Assert.Equal("unknown_guardian", await DecidingTests.RefusedAsync(() => Do(guarding, fourth, eve)));
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.Equal(fay, await Do(guarding, fourth, eve));
        await new Leaving(nation.Database, nation.Issuing.Offering, nation.Issuing.Revoker, new Eraser(nation.Database, nation.Time), nation.Time).LeaveAsync(eve, RandomId.Secret());
        Assert.Empty(await guarding.OfAsync(fay));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A90_neither_the_ward_nor_a_guardian_decides_on_it_and_a_guardian_decides_nothing_about_the_ward()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var guarding = new Guarding(nation.Database, nation.Time);

        // Nobody names themselves, nor approves that they are named; one alone names nobody.
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Name(nation, "fay", "ana"), nation.People["ana"])));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Name(nation, "ana", "ben"), nation.People["ana"])));
        var decision = await nation.Deciding.ProposeAsync(Name(nation, "fay", "eve"), nation.People["ana"]);
        foreach (var name in (string[])["eve", "fay"]) Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(decision.Row.Id, nation.People[name])));
        nation.Time.Move(TimeSpan.FromDays(5));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await guarding.OfAsync(nation.People["fay"]));
        await nation.Deciding.WithdrawAsync(decision.Row.Id, nation.People["ana"]);

        // What is decided about the ward: the guardian's word counts in none of it once they accepted; of others it counts as before.
        var before = await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Why."), nation.People["eve"]);
        Assert.Single(before.Quorum!.Counted);
        var id = await NamedAsync(nation, guarding, "fay", "eve", accepts: false);
        var row = (await Guardianships.FindAsync(nation.Database, id))!;

        // To be named takes nobody's word away: that others name them undoes nothing.
        Assert.Single((await nation.Deciding.FindAsync(before.Row.Id))!.Quorum!.Counted);
        await guarding.AcceptAsync(id, nation.People["eve"]);
        Assert.Empty((await nation.Deciding.FindAsync(before.Row.Id))!.Quorum!.Counted);
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Merge(nation.People["dee"], nation.People["fay"], "One person."), nation.People["eve"])));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Why."), nation.People["eve"])));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.EndGuardian(row, "Why."), nation.People["eve"])));
        var other = await nation.Deciding.ProposeAsync(Proposal.Suspend(nation.People["dee"], "harm", "Why.", 5), nation.People["eve"]);
        Assert.Single(other.Quorum!.Counted);

        // One person, one vote: theirs, once.
        var charter = CharterTests.Changed("2027-1");
        var vote = await nation.Deciding.ProposeAsync(Proposal.ChangeCharter(charter), nation.People["eve"]);
        Assert.Equal([nation.People["eve"]], vote.Quorum!.Counted);
        Assert.Equal("already_approved", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(vote.Row.Id, nation.People["eve"])));
        Assert.Equal(6, vote.Quorum.Eligible.Count);
    }

    [Theory]
    [InlineData("fay", "fay", 30, "invalid_proposal")]
    [InlineData("fay", "nobody", 30, "not_a_member")]
    [InlineData("fay", "eve", -1, "invalid_proposal")]
    [InlineData("fay", "eve", 366, "invalid_proposal")]
    public async Task What_can_be_no_guardian_is_refused_when_it_is_proposed(string ward, string guardian, int days, string code)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var until = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(days);
        var proposal = Proposal.NameGuardian(nation.People[ward], nation.People.GetValueOrDefault(guardian, guardian), until, "A child.");
        Assert.Equal(code, await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, nation.People["ana"])));
        Assert.Equal("reason_missing", Assert.Throws<NetworkIdentity.Standards.Refusal>(() => Proposal.NameGuardian("a", "b", until, " ")).Code);
    }

    private static Proposal Name(TestGovernment nation, string ward, string guardian) =>
        Proposal.NameGuardian(nation.People[ward], nation.People[guardian], DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(50), "A child.");

    private static async Task<string> NamedAsync(TestGovernment nation, Guarding guarding, string ward, string guardian, bool accepts = true)
    {
        var decision = await DecidingTests.ApprovedAsync(nation, Name(nation, ward, guardian), Deciders);
        nation.Time.Move(TimeSpan.FromDays(4));
        await nation.Deciding.GoOnAsync();
        if (accepts) await guarding.AcceptAsync(decision.Row.Id, nation.People[guardian]);
        return decision.Row.Id;
    }

    private static Task<string> Do(Guarding guarding, string id, string by, string act = "card") => guarding.ActAsync(id, by, act, Task.FromResult);

    private static async Task SoundAsync(TestGovernment nation)
    {
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    private static long Now(TestGovernment nation) => nation.Time.GetUtcNow().ToUnixTimeSeconds();
}
