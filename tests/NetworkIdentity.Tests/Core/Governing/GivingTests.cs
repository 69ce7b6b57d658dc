using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Credentials that are given by a decision of their own.</summary>
public sealed class GivingTests
{
    [Fact]
    public async Task I11_what_a_quorum_gave_is_taken_once_and_the_log_says_who_gave_it()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (fay, giving) = (nation.People["fay"], GivingOf(nation));
        var decision = await nation.Deciding.ProposeAsync(Proposal.Issue(fay, "personhood", "We met."), nation.People["ana"]);
        Assert.Empty(await giving.OfAsync(fay));
        Assert.Equal("not_earned", await DecidingTests.RefusedAsync(() => giving.OfferAsync(fay, decision.Row.Id)));
        await ApproveAsync(nation, decision);
        var given = Assert.Single(await giving.OfAsync(fay));
        Assert.Equal(("personhood", "We met."), (given.Type, given.Reason));
        Assert.Contains(NoticeKind.CredentialGiven.Name, (await Notices.OfMemberAsync(nation.Database, fay, nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => row.Kind));

        // Nobody else takes it.
        Assert.Equal("not_earned", await DecidingTests.RefusedAsync(() => giving.OfferAsync(nation.People["eve"], decision.Row.Id)));
        var offer = await giving.OfferAsync(fay, decision.Row.Id);
        Assert.Equal(offer, await giving.OfferAsync(fay, decision.Row.Id));
        await TakeAsync(nation, offer);
        Assert.Empty(await giving.OfAsync(fay));
        Assert.Equal("not_earned", await DecidingTests.RefusedAsync(() => giving.OfferAsync(fay, decision.Row.Id)));
        var record = (await Credentials.ListAsync(nation.Database, fay)).Single(row => row.Type == "personhood");
        Assert.Equal([("issue", decision.Row.Id)], await nation.JournalAsync(record.Id));
        Assert.Contains(("grant", decision.Row.Id), await nation.JournalAsync(fay));
        Assert.Empty(await GovernanceAudit.RunAsync(nation.Database));
    }

    [Fact]
    public async Task I11_offered_at_once_on_two_servers_one_can_be_taken()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await using var other = nation.Nation.OpenDatabase();
        var elsewhere = new Giving(other, nation.Nation.Keys, new Offering(other, nation.Nation.Keys, nation.Nation.Did, CredentialType.LoadAll(), nation.Time), nation.Time);
        for (var round = 0; round < 4; round++)
        {
            var decision = await GivenAsync(nation, "fay");
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
            {
                try
                {
                    await (i % 2 == 0 ? GivingOf(nation) : elsewhere).OfferAsync(nation.People["fay"], decision.Row.Id);
                }
                catch (NetworkIdentity.Standards.Refusal refusal)
                {
                    Assert.Equal("decision_moved", refusal.Code);
                }
            })));
            Assert.Single(await Offers.OfDecisionAsync(nation.Database, decision.Row.Id), offer => offer.Stands > 0);
        }
    }

    [Theory]
    [InlineData("late")]
    [InlineData("revoked")]
    [InlineData("suspended")]
    public async Task A54_too_late_and_who_does_not_belong_any_more_takes_nothing(string why)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (fay, giving) = (nation.People["fay"], GivingOf(nation));
        var decision = await GivenAsync(nation, "fay");
        switch (why)
        {
            case "late":
                nation.Time.Move(Assert.Single(await giving.OfAsync(fay)).Until - nation.Time.GetUtcNow());
                break;
            case "revoked":
                await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
                nation.Time.Move(TimeSpan.FromDays(21));
                await nation.Deciding.GoOnAsync();
                break;
            default:
                await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "Why.", 2), "ana");
                break;
        }

        Assert.Equal(why == "late" ? "not_earned" : "not_a_member", await DecidingTests.RefusedAsync(() => giving.OfferAsync(fay, decision.Row.Id)));
        Assert.Empty(await Offers.OfDecisionAsync(nation.Database, decision.Row.Id));
    }

    [Fact]
    public async Task I11_fewer_than_the_quorum_give_nothing_and_no_type_is_given_that_follows_from_something()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Issue(nation.People["eve"], "personhood", "Why."), nation.People["fay"])));
        Assert.Equal("reason_missing", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Issue(nation.People["fay"], "personhood", " "), nation.People["ana"])));
        foreach (var type in (string[])["membership", "steward", "residency", "reputation", "exit", "moon"])
            Assert.Equal("unknown_type", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Issue(nation.People["fay"], type, "Why."), nation.People["ana"])));

        // Whom it is about decides nothing in it.
        var own = await nation.Deciding.ProposeAsync(Proposal.Issue(nation.People["ben"], "personhood", "Why."), nation.People["ana"]);
        Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(own.Row.Id, nation.People["ben"])));
    }

    private static Giving GivingOf(TestGovernment nation) => new(nation.Database, nation.Nation.Keys, nation.Issuing.Offering, nation.Time);

    private static async Task<Decision> GivenAsync(TestGovernment nation, string name)
    {
        var decision = await nation.Deciding.ProposeAsync(Proposal.Issue(nation.People[name], "personhood", "We met."), nation.People["ana"]);
        await ApproveAsync(nation, decision);
        return decision;
    }

    /// <summary>As many as are wanted.</summary>
    private static async Task ApproveAsync(TestGovernment nation, Decision decision)
    {
        foreach (var name in (string[])["ben", "cyd", "dee"])
            if ((await nation.Deciding.FindAsync(decision.Row.Id))!.Row.State == Decisions.Open) await nation.Deciding.ApproveAsync(decision.Row.Id, nation.People[name]);
        Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(decision.Row.Id))!.Row.State);
    }

    private static async Task TakeAsync(TestGovernment nation, string offer)
    {
        var (token, _) = await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(offer))!.Offer.PreAuthorizedCode, null, null);
        await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()], "personhood"));
    }
}
