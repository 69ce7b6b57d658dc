using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Two acts about one member at the same time, on two servers: what one decides from what it read before the other.</summary>
public sealed class ActsThatMeetTests
{
    [Fact]
    public async Task I11_an_offer_that_was_read_before_a_suspension_is_not_made_after_it()
    {
        await using var nation = await GrantedAsync();
        var fay = nation.People["fay"];
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var other = meanwhile.Database;
        meanwhile.Before("INSERT INTO offer", () => DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "Why.", 5), "ana"));
        Assert.Equal("decision_moved", await DecidingTests.RefusedAsync(() => nation.DueProcess(other).Granting.CollectAsync(fay)));
        Assert.True(meanwhile.IsDone);
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));

        // It waits for them.
        nation.Time.Move(TimeSpan.FromDays(6));
        await GrantingTests.TakeAsync(nation, "fay");
    }

    [Fact]
    public async Task I11_an_offer_that_is_made_while_a_suspension_is_read_ends_with_it()
    {
        await using var nation = await GrantedAsync();
        var fay = nation.People["fay"];
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var other = meanwhile.Database;
        var token = "";
        meanwhile.Before("SET revision = revision + 1, state = @state, ended_at", async () => token = await RedeemAsync(nation, await nation.Granting.CollectAsync(fay)));
        await nation.On(other).ProposeAsync(Proposal.SuspendAtOnce(fay, "harm", "Why.", 5), nation.People["ana"]);
        Assert.True(meanwhile.IsDone);
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => TakeAsync(nation, token)));
    }

    /// <summary>A look at which offers there are is as old as its statement: so each is made behind a lock on its member, and so is what leaves none.</summary>
    [Theory]
    [InlineData("revoke")]
    [InlineData("suspend")]
    [InlineData("leave")]
    public async Task F7_an_offer_that_is_being_committed_does_not_survive_what_leaves_none(string act)
    {
        await using var nation = act == "leave" ? await RenewedAsync() : await GrantedAsync();
        var fay = nation.People["fay"];
        await using var other = nation.Nation.OpenDatabase();
        var (revoker, mandate) = (new Revoker(other, nation.Nation.Keys, nation.Time), new Mandate(act, "x", CharterTests.CoLiving.Version, []));
        await using var gate = TestGate.Behind(nation.Nation.Store, "AFTER INSERT ON offer");
        var offering = nation.Granting.CollectAsync(fay);
        await gate.StandsAsync(1, offering);
        var ending = act switch
        {
            "revoke" => revoker.RevokeMemberAsync(fay, "Why.", mandate),
            "suspend" => new Suspensions(other, nation.Nation.Keys, nation.Time).SuspendMemberAsync(fay, "Why.", nation.Time.GetUtcNow().AddDays(5), mandate),
            _ => new Leaving(other, nation.Issuing.Offering, revoker, new Eraser(other, nation.Time), nation.Time).LeaveAsync(fay, RandomId.Secret()),
        };
        await gate.StandsAsync(2, ending);
        await gate.OpenAsync();
        await ending;
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
        var token = await RedeemAsync(nation, await offering);
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => TakeAsync(nation, token)));
    }

    /// <summary>An appeal lifts what it is about, and not what was decided while it was read.</summary>
    [Fact]
    public async Task I11_an_appeal_does_not_lift_a_suspension_that_came_meanwhile()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        var first = await AppealingTests.SuspendedAsync(nation, 60, "ana", "ben", "cyd");
        var appeal = await nation.Appealing.AppealAsync(first, fay, "It was not me.");
        var newer = await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Again.", 40), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(3));
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]), one => one.Row.Subject == appeal);
        foreach (var name in (string[])["dee", "eve"]) await nation.Elsewhere.ApproveAsync(question.Row.Id, nation.People[name]);
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var other = meanwhile.Database;
        meanwhile.Before("UPDATE appeal SET state = @state", () => nation.Deciding.GoOnAsync());
        await nation.On(other).ApproveAsync(question.Row.Id, nation.People["gil"]);
        Assert.True(meanwhile.IsDone);
        Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(newer.Row.Id))!.Row.State);
        Assert.Equal(Appeals.Overturned, (await Appeals.FindAsync(nation.Database, appeal))!.State);
        Assert.False(await nation.StandsAsync("fay"));
        nation.Time.Move(TimeSpan.FromDays(41));
        Assert.True(await nation.StandsAsync("fay"));
    }

    /// <summary>One into the other and the other into the one: one of them.</summary>
    [Fact]
    public async Task I11_of_two_opposite_merges_one_is_carried_out()
    {
        await using var nation = await AppealingTests.EightAsync();
        var (hal, ida) = (nation.People["hal"], nation.People["ida"]);
        var one = await DecidingTests.ApprovedAsync(nation, Proposal.Merge(hal, ida, "One person."), "ana", "ben");
        var other = await DecidingTests.ApprovedAsync(nation, Proposal.Merge(ida, hal, "One person."), "ana", "ben");
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var elsewhere = meanwhile.Database;
        meanwhile.Before("INSERT INTO merged_member", () => nation.Deciding.ApproveAsync(one.Row.Id, nation.People["cyd"]));
        Assert.Equal(Decisions.Lapsed, (await nation.On(elsewhere).ApproveAsync(other.Row.Id, nation.People["cyd"])).Row.State);
        Assert.True(meanwhile.IsDone);
        Assert.Equal((ida, (string?)null), (await MergedMembers.FindAsync(nation.Database, hal), await MergedMembers.FindAsync(nation.Database, ida)));
        Assert.True(await Credentials.BelongsAsync(nation.Database, ida, AppealingTests.Now(nation)));
    }

    /// <summary>The same while the one is being committed.</summary>
    [Fact]
    public async Task F7_of_two_opposite_merges_that_are_committed_at_once_one_is_carried_out()
    {
        await using var nation = await AppealingTests.EightAsync();
        var (hal, ida) = (nation.People["hal"], nation.People["ida"]);
        await using var elsewhere = nation.Nation.OpenDatabase();
        await using var gate = TestGate.Behind(nation.Nation.Store, "AFTER INSERT ON merged_member");
        var one = MergeAsync(nation.Database, hal, ida);
        await gate.StandsAsync(1, one);
        var other = MergeAsync(elsewhere, ida, hal);
        await gate.StandsAsync(2, other);
        await gate.OpenAsync();
        await one;
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => other));
        Assert.Equal((ida, (string?)null), (await MergedMembers.FindAsync(nation.Database, hal), await MergedMembers.FindAsync(nation.Database, ida)));

        Task MergeAsync(Database database, string ends, string stays) => Merging.EnactAsync(
            database, new Revoker(database, nation.Nation.Keys, nation.Time), Proposal.Merge(ends, stays, "One person."), new Mandate(Act.Merge, ends, "2026-1", []), nation.Time.GetUtcNow());
    }

    /// <summary>What was offered of the one grant is not taken beside the other.</summary>
    [Fact]
    public async Task I11_who_is_reinstated_can_take_one_membership()
    {
        await using var nation = await GrantedAsync();
        var fay = nation.People["fay"];
        var earlier = await RedeemAsync(nation, await nation.Granting.CollectAsync(fay));
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "Once more."), "ana", "ben", "cyd");
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => TakeAsync(nation, earlier)));
        await GrantingTests.TakeAsync(nation, "fay");
        Assert.Single(await Credentials.ListAsync(nation.Database, fay), row => row.Stands(AppealingTests.Now(nation)));
    }

    /// <summary>And where a wallet takes the earlier one while it is read, there is nothing to give back.</summary>
    [Fact]
    public async Task I11_who_takes_a_membership_meanwhile_is_not_reinstated()
    {
        await using var nation = await GrantedAsync();
        var fay = nation.People["fay"];
        var question = await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "Once more."), "ana", "ben");
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var other = meanwhile.Database;
        meanwhile.Before("INSERT INTO membership_grant", () => GrantingTests.TakeAsync(nation, "fay"));
        var decision = await nation.On(other).ApproveAsync(question.Row.Id, nation.People["cyd"]);
        Assert.True(meanwhile.IsDone);
        Assert.Equal(Decisions.Lapsed, decision.Row.State);
        Assert.NotEqual(question.Row.Id, (await MembershipGrants.OpenOfAsync(nation.Database, fay))?.Id);
    }

    /// <summary>Whatever an offer says: what is issued is for who is here.</summary>
    [Fact]
    public async Task I11_nothing_is_issued_to_who_has_left_but_that_they_have()
    {
        await using var nation = await RenewedAsync();
        var fay = nation.People["fay"];
        var token = await RedeemAsync(nation, await nation.Granting.CollectAsync(fay));
        nation.Issuing.Query<long>("UPDATE member SET state = 'left' WHERE id = @fay", new { fay });
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => TakeAsync(nation, token)));
        nation.Issuing.Query<long>("UPDATE member SET state = 'active' WHERE id = @fay", new { fay });
        await TakeAsync(nation, token);
    }

    /// <summary>Fay was revoked and may take a membership again.</summary>
    private static async Task<TestGovernment> GrantedAsync()
    {
        var nation = await AppealingTests.EightAsync();
        await AppealingTests.RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(nation.People["fay"], "We have talked."), "ana", "ben", "cyd");
        return nation;
    }

    /// <summary>Fay may take the membership that theirs goes on with.</summary>
    private static async Task<TestGovernment> RenewedAsync()
    {
        var nation = await AppealingTests.EightAsync();
        nation.Time.Move(TimeSpan.FromDays(220));
        await nation.Granting.AskAsync(nation.People["fay"]);
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
        foreach (var name in (string[])["ana", "ben"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        return nation;
    }

    private static async Task<string> RedeemAsync(TestGovernment nation, Offering.Made made) =>
        (await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null)).AccessToken;

    private static async Task TakeAsync(TestGovernment nation, string token) =>
        await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));
}
