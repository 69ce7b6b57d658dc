using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>What is decided by the charter, on a real database of this run's engine, by two servers.</summary>
public sealed class DecidingTests
{
    [Fact]
    public async Task A_quorum_decides_and_one_person_does_not()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (ana, ben, cyd, dee) = (nation.People["ana"], nation.People["ben"], nation.People["cyd"], nation.People["dee"]);
        var proposed = await nation.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), ana);
        Assert.Equal((Decisions.Open, 1, 4), (proposed.Row.State, proposed.Quorum!.Counted.Count, proposed.Quorum.Needed));

        Assert.Equal("already_approved", await RefusedAsync(() => nation.Deciding.ApproveAsync(proposed.Row.Id, ana)));
        await nation.Elsewhere.ApproveAsync(proposed.Row.Id, ben);
        var third = await nation.Deciding.ApproveAsync(proposed.Row.Id, cyd);
        Assert.Equal((Decisions.Open, 3), (third.Row.State, third.Quorum!.Counted.Count));
        Assert.DoesNotContain(await Node.AllAsync(nation.Database), node => node.Name == "Porto");

        Assert.Equal(Decisions.Done, (await nation.Elsewhere.ApproveAsync(proposed.Row.Id, dee)).Row.State);
        var node = Assert.Single(await Node.AllAsync(nation.Database), node => node.Name == "Porto");
        Assert.Equal([("add-node", proposed.Row.Id)], await nation.JournalAsync(node.Id));
        Assert.Equal(
            new[] { ("propose", ana), ("approve", ben), ("approve", cyd), ("approve", dee) }.Order(), (await nation.JournalAsync(proposed.Row.Id)).Order());
        Assert.All(await Journal.OfAsync(nation.Database, proposed.Row.Id), row => Assert.Equal("2026-1", row.CharterVersion));
        Assert.Equal("decision_ended", await RefusedAsync(() => nation.Deciding.ApproveAsync(proposed.Row.Id, nation.People["eve"])));
    }

    [Fact]
    public async Task Whoever_may_not_decide_a_thing_neither_proposes_nor_approves_it_nor_learns_that_it_is_there()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, [Act.Revoke]), ("ben", "Lisbon", [Act.SuspendAtOnce, Act.Suspend]), ("cyd", "Austin", [Act.Suspend]), ("dee", null, [Act.Suspend]));
        await nation.JoinAsync("fay", "Lisbon");
        var proposal = Proposal.Suspend(nation.People["fay"], "harm", "What was done, and when.", 30);

        // Another act's mandate, another node's, none; and nobody at all.
        foreach (var name in (string[])["ana", "cyd", "fay"]) Assert.Equal("not_eligible", await RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, nation.People[name])));
        Assert.Equal("not_eligible", await RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, "nobody")));

        var proposed = await nation.Deciding.ProposeAsync(proposal, nation.People["ben"]);
        Assert.Equal("already_proposed", await RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, nation.People["ben"])));
        foreach (var name in (string[])["ana", "cyd", "fay"]) Assert.Equal("unknown_decision", await RefusedAsync(() => nation.Deciding.ApproveAsync(proposed.Row.Id, nation.People[name])));
        Assert.Equal("unknown_decision", await RefusedAsync(() => nation.Deciding.ApproveAsync("nothing", nation.People["ben"])));
        Assert.Equal("not_approved", await RefusedAsync(() => nation.Deciding.TakeBackAsync(proposed.Row.Id, nation.People["dee"])));
        Assert.Equal(2, (await nation.Deciding.ApproveAsync(proposed.Row.Id, nation.People["dee"])).Quorum!.Counted.Count);
        Assert.Equal([proposed.Row.Id], (await nation.Deciding.ForAsync(nation.People["dee"])).Select(one => one.Row.Id));
        Assert.Empty(await nation.Deciding.ForAsync(nation.People["cyd"]));
    }

    [Fact]
    public async Task Nobody_decides_about_themselves()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        Assert.Equal("not_eligible", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Appoint(nation.People["ana"], null, [Act.Admit], Until(nation)), nation.People["ana"])));
        var proposed = await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["ana"], "harm", "What was done."), nation.People["ben"]);
        Assert.Equal("unknown_decision", await RefusedAsync(() => nation.Deciding.ApproveAsync(proposed.Row.Id, nation.People["ana"])));
        Assert.DoesNotContain(nation.People["ana"], proposed.Quorum!.Eligible);
    }

    [Fact]
    public async Task A_revocation_takes_effect_when_its_notice_is_over_and_ends_all_that_the_member_holds()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        var decision = await ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "What was done, and when."), "ana", "ben", "cyd", "dee");
        var (reached, due) = (decision.Row.ReachedAt!.Value, decision.Row.DueAt!.Value);
        Assert.Equal((Decisions.Open, 21 * 86_400), (decision.Row.State, due - reached));
        Assert.Contains(("decide", decision.Row.Id), await nation.JournalAsync(decision.Row.Id));
        Assert.Equal("decision_ended", await RefusedAsync(() => nation.Deciding.WithdrawAsync(decision.Row.Id, nation.People["ana"])));

        nation.Time.Move(TimeSpan.FromDays(21) - TimeSpan.FromMinutes(1));
        await nation.Elsewhere.GoOnAsync();
        Assert.True(await nation.StandsAsync("fay"));

        nation.Time.Move(TimeSpan.FromMinutes(1));
        await Task.WhenAll(nation.Deciding.GoOnAsync(), nation.Elsewhere.GoOnAsync());
        Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(decision.Row.Id))!.Row.State);
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, fay));
        Assert.NotNull(record.RevokedAt);
        Assert.Equal("What was done, and when.", await nation.Issuing.Revoker.ReasonOfAsync(record));
        Assert.Equal([("issue", "founder"), ("revoke", decision.Row.Id)], await nation.JournalAsync(record.Id));
    }

    [Fact]
    public async Task What_a_member_was_offered_and_has_not_taken_ends_with_a_revocation()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee"]).Select(name => (name, (string?)null, (string[])[Act.Revoke]))]);
        await nation.JoinAsync("fay", "Lisbon");
        var made = await nation.Issuing.Offering.MakeAsync("membership", nation.People["fay"], new Dictionary<string, string>(), withTransactionCode: true);
        await nation.AppointAsync("fay", null, Act.Admit);
        await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "What was done."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await Offers.StandingAsync(nation.Database, nation.People["fay"]));
        Assert.Empty(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), nation.People["fay"]));
        Assert.NotNull(await Offers.FindAsync(nation.Database, made.Id));
    }

    [Fact]
    public async Task A_suspension_begins_after_its_notice_and_lasts_as_long_as_was_decided_and_one_at_once_begins_at_once()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        foreach (var days in (int[])[0, 61]) Assert.Equal("invalid_proposal", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Suspend(fay, "harm", "Why.", days), nation.People["ana"])));
        Assert.Equal("invalid_proposal", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(fay, "harm", "Why.", 8), nation.People["ana"])));
        Assert.Equal("invalid_proposal", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Suspend(fay, "dislike", "Why.", 9), nation.People["ana"])));
        Assert.Equal("reason_missing", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Suspend(fay, "harm", " ", 9), nation.People["ana"])));

        var noticed = await ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 60), "ana", "ben", "cyd");
        Assert.True(await nation.StandsAsync("fay"));

        // Meanwhile one without notice, for as long as that may last: what was decided in quiet takes its place.
        Assert.Equal(Decisions.Done, (await ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "A knife.", 7), "ana")).Row.State);
        Assert.False(await nation.StandsAsync("fay"));
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Deciding.GoOnAsync();
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, fay));
        Assert.InRange(record.SuspendedUntil!.Value - record.SuspendedAt!.Value, (60 * 86_400) - 60, 60 * 86_400);
        Assert.Equal(["issue", "resume", "suspend", "suspend"], (await nation.JournalAsync(record.Id)).Select(one => one.Act).Order(StringComparer.Ordinal));
        Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(noticed.Row.Id))!.Row.State);
    }

    /// <summary>What may be one person's word neither shortens what a quorum decided, nor follows upon itself.</summary>
    [Fact]
    public async Task A_suspension_at_once_takes_no_place_of_another_and_does_not_follow_upon_itself()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        await ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "A knife.", 2), "ana");
        Assert.Equal("already_suspended", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(fay, "harm", "Again.", 7), nation.People["ben"])));
        nation.Time.Move(TimeSpan.FromDays(2));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Equal("invalid_proposal", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(fay, "harm", "Again.", 7), nation.People["ben"])));

        await ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 60), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Deciding.GoOnAsync();
        var until = Assert.Single(await Credentials.ListAsync(nation.Database, fay)).SuspendedUntil;
        nation.Time.Move(TimeSpan.FromDays(20));
        Assert.Equal("already_suspended", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(fay, "harm", "Kindly.", 1), nation.People["ben"])));

        // Nor does a quorum's own, later and shorter, end it before its day.
        await ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 1), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Deciding.GoOnAsync();
        Assert.Equal(until, Assert.Single(await Credentials.ListAsync(nation.Database, fay)).SuspendedUntil);
        nation.Time.Move(TimeSpan.FromDays(60));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.Equal(Decisions.Done, (await ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "A knife.", 2), "ana")).Row.State);
    }

    [Fact]
    public async Task Who_proposes_a_thing_badly_keeps_nobody_from_proposing_it_well()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (fay, thin) = (nation.People["fay"], await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Hm."), nation.People["eve"]));
        var well = await ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "What was done, and when."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.Equal((Decisions.Done, Decisions.Lapsed), ((await nation.Deciding.FindAsync(well.Row.Id))!.Row.State, (await nation.Deciding.FindAsync(thin.Row.Id))!.Row.State));
    }

    [Fact]
    public async Task A_charter_by_which_nobody_could_decide_is_not_put_in_force()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var change = await ApprovedAsync(nation, Proposal.ChangeCharter(CharterTests.Changed("2027-1", ("/acts/revoke/approvals", "90"))), "ana", "ben", "cyd", "dee", "fay");
        nation.Time.Move(TimeSpan.FromDays(7));
        await nation.Deciding.GoOnAsync();
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.FindAsync(change.Row.Id))!.Row.State);
        Assert.Equal("2026-1", (await Rules.InForceAsync(nation.Database)).Version);
    }

    [Fact]
    public async Task Who_has_not_joined_is_neither_suspended_nor_revoked()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        var offered = await nation.Issuing.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        Assert.Equal("not_a_member", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Revoke(offered.MemberId, "harm", "Why."), nation.People["ana"])));
    }

    [Fact]
    public async Task What_was_offered_and_not_taken_is_not_given_to_who_was_suspended_meanwhile()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await nation.JoinAsync("fay", "Lisbon");
        var renewal = await nation.Issuing.Offering.MakeAsync("membership", nation.People["fay"], new Dictionary<string, string>(), withTransactionCode: true);
        await ApprovedAsync(nation, Proposal.SuspendAtOnce(nation.People["fay"], "harm", "Why.", 2), "ana");
        Assert.DoesNotContain(renewal.Id, await Offers.StandingAsync(nation.Database, nation.People["fay"]));
        Assert.False(await nation.StandsAsync("fay"));
    }

    /// <summary>As where the end of an offer and an issue from it met: what stands of it is found.</summary>
    [Fact]
    public async Task A_revocation_finds_what_stands_of_an_offer_that_gives_nothing_any_more()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["fay"]));
        await nation.Database.CommitAsync(Offers.Revoke(record.OfferId, 1));
        await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.NotNull(Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["fay"])).RevokedAt);
    }

    [Fact]
    public async Task A_suspension_of_an_offer_that_gives_nothing_any_more_ends_by_itself_too()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["fay"]));
        await nation.Database.CommitAsync(Offers.Revoke(record.OfferId, 1));
        await nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(nation.People["fay"], "harm", "Why.", 3), nation.People["ana"]);
        Assert.False(await nation.StandsAsync("fay"));
        nation.Time.Move(TimeSpan.FromDays(4));
        await new Suspensions(nation.Database, nation.Nation.Keys, nation.Time).EndDueAsync();
        Assert.NotNull(Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["fay"])).ResumedAt);
        Assert.True(await nation.StandsAsync("fay"));
    }

    [Fact]
    public async Task One_member_has_a_bounded_number_of_proposals_open()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        Decision? last = null;
        for (var i = 0; i < Proposal.MostOpen; i++) last = await nation.Deciding.ProposeAsync(Proposal.AddNode($"Node {i}", "Somewhere"), nation.People["ana"]);
        Assert.Equal("too_many_proposals", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.AddNode("Another", "Somewhere"), nation.People["ana"])));
        await nation.Deciding.WithdrawAsync(last!.Row.Id, nation.People["ana"]);
        await nation.Deciding.ProposeAsync(Proposal.AddNode("Another", "Somewhere"), nation.People["ana"]);
        await nation.Deciding.ProposeAsync(Proposal.AddNode("Another", "Somewhere"), nation.People["ben"]);
    }

    [Fact]
    public async Task One_that_breaks_holds_no_other_up()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var broken = await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "Why."), "ana", "ben", "cyd", "dee");
        var good = await ApprovedAsync(nation, Proposal.Suspend(nation.People["eve"], "harm", "Why.", 9), "ana", "ben", "cyd");
        await nation.Database.CommitAsync(new Statement("UPDATE member SET data_key = @none WHERE id = @id", new { none = new byte[] { 1 }, id = broken.Row.MemberId }));
        nation.Time.Move(TimeSpan.FromDays(22));
        var faults = new List<Exception>();
        await nation.Deciding.GoOnAsync(faults.Add);
        Assert.Single(faults);
        Assert.Equal(Decisions.Done, (await Decisions.FindAsync(nation.Database, good.Row.Id))!.State);
    }

    [Fact]
    public async Task An_approval_is_taken_back_as_long_as_nothing_was_carried_out()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var decision = await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "Why."), "ana", "ben", "cyd", "dee");
        Assert.NotNull(decision.Row.DueAt);
        decision = await nation.Elsewhere.TakeBackAsync(decision.Row.Id, nation.People["cyd"]);
        Assert.Equal(((long?)null, (long?)null, 3), (decision.Row.ReachedAt, decision.Row.DueAt, decision.Quorum!.Counted.Count));
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.True(await nation.StandsAsync("fay"));

        // Another takes the place: the notice begins anew.
        decision = await nation.Deciding.ApproveAsync(decision.Row.Id, nation.People["eve"]);
        Assert.Equal(21 * 86_400, decision.Row.DueAt - decision.Row.ReachedAt);
        Assert.True(decision.Row.DueAt > nation.Time.GetUtcNow().AddDays(20).ToUnixTimeSeconds());
        Assert.Equal(
            ["approve", "approve", "approve", "approve", "decide", "decide", "propose", "take-back", "undecide"], (await nation.JournalAsync(decision.Row.Id)).Select(one => one.Act).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_may_decide_is_told_that_something_waits_and_who_is_harmed_what_comes_and_what_was_done()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var decision = await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "Why."), "ana", "ben", "cyd", "dee");
        foreach (var name in (string[])["ben", "eve"]) Assert.Contains((NoticeKind.DecisionOpen.Name, decision.Row.Id), await ToldAsync(name));
        Assert.DoesNotContain((NoticeKind.DecisionOpen.Name, decision.Row.Id), await ToldAsync("ana"));
        Assert.Equal([(NoticeKind.RevocationNoticed.Name, decision.Row.Id)], await ToldAsync("fay"));

        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.Equal([(NoticeKind.RevocationNoticed.Name, decision.Row.Id), (NoticeKind.Revoked.Name, decision.Row.Id)], (await ToldAsync("fay")).Order());

        await ApprovedAsync(nation, Proposal.SuspendAtOnce(nation.People["eve"], "harm", "Why.", 2), "ana");
        Assert.Contains(NoticeKind.Suspended.Name, (await ToldAsync("eve")).Select(one => one.Kind));

        async Task<IReadOnlyList<(string Kind, string About)>> ToldAsync(string name) =>
            [.. (await Notices.OfMemberAsync(nation.Database, nation.People[name], nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => (row.Kind, row.About))];
    }

    [Theory]
    [InlineData("mandate")]
    [InlineData("membership")]
    public async Task Who_has_lost_the_right_meanwhile_counts_no_more_when_it_is_carried_out(string lost)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var decision = await ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "Why."), "ana", "ben", "cyd", "dee");
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        await nation.Database.CommitAsync(lost == "mandate"
            ? Stewards.EndOfMember(nation.People["dee"], now)
            : new Statement("UPDATE credential SET revoked_at = @now WHERE member_id = @id", new { now, id = nation.People["dee"] }));
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        var after = (await nation.Deciding.FindAsync(decision.Row.Id))!;
        Assert.Equal((Decisions.Open, (long?)null, 3), (after.Row.State, after.Row.DueAt, after.Quorum!.Counted.Count));
        Assert.True(await nation.StandsAsync("fay"));
    }

    [Fact]
    public async Task What_nobody_decides_in_time_lapses_and_can_be_proposed_again()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var first = await nation.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), nation.People["ana"]);
        nation.Time.Move(TimeSpan.FromDays(30));
        Assert.Equal("decision_ended", await RefusedAsync(() => nation.Deciding.ApproveAsync(first.Row.Id, nation.People["ben"])));
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.FindAsync(first.Row.Id))!.Row.State);
        var second = await nation.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), nation.People["ben"]);
        Assert.Equal("unknown_decision", await RefusedAsync(() => nation.Deciding.WithdrawAsync(second.Row.Id, nation.People["ana"])));
        Assert.Equal(Decisions.Withdrawn, (await nation.Deciding.WithdrawAsync(second.Row.Id, nation.People["ben"])).Row.State);
        Assert.Equal("decision_ended", await RefusedAsync(() => nation.Deciding.ApproveAsync(second.Row.Id, nation.People["cyd"])));
    }

    [Fact]
    public async Task The_charter_is_changed_by_its_own_rule_and_what_was_open_under_the_old_one_lapses()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var open = await nation.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), nation.People["ana"]);
        var next = CharterTests.Changed("2027-1", ("/acts/add_node/approvals", "2"));
        Assert.Equal("charter_exists", await RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.ChangeCharter(CharterTests.CoLiving), nation.People["ana"])));

        // Six who have belonged for ninety days: four of a hundred times six, and five at least.
        var change = await ApprovedAsync(nation, Proposal.ChangeCharter(next), "ana", "ben", "cyd", "dee");
        Assert.Null(change.Row.DueAt);
        change = await nation.Deciding.ApproveAsync(change.Row.Id, nation.People["fay"]);
        nation.Time.Move(TimeSpan.FromDays(7));
        await nation.Elsewhere.GoOnAsync();
        Assert.Equal((next.Version, next.Digest), await VersionAsync(nation));
        Assert.Contains(("change_charter", change.Row.Id), await nation.JournalAsync(next.Version));

        await nation.Deciding.GoOnAsync();
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.FindAsync(open.Row.Id))!.Row.State);
        Assert.Equal(Decisions.Done, (await ApprovedAsync(nation, Proposal.AddNode("Porto", "Europe"), "ana", "ben")).Row.State);
    }

    [Fact]
    public async Task A_steward_is_appointed_and_dismissed_by_others()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var austin = (await Node.AllAsync(nation.Database)).Single(node => node.Name == "Austin");
        Assert.Equal("invalid_mandate", await RefusedAsync(() => nation.Deciding.ProposeAsync(
            Proposal.Appoint(nation.People["fay"], austin, [Act.Admit], Until(nation).AddDays(4000)), nation.People["ana"])));
        await ApprovedAsync(nation, Proposal.Appoint(nation.People["fay"], austin, [Act.Admit, Act.Witness], Until(nation)), "ana", "ben", "cyd");
        var mandate = Assert.Single(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), nation.People["fay"]));
        Assert.Equal((austin.Id, "admit,witness"), (mandate.NodeId, string.Join(',', mandate.Acts)));

        await ApprovedAsync(nation, Proposal.Dismiss(mandate, "Never there."), "ana", "ben", "cyd");
        Assert.Empty(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), nation.People["fay"]));
        var again = await ApprovedAsync(nation, Proposal.Dismiss(mandate, "Never there."), "ana", "ben", "cyd");
        Assert.Equal(Decisions.Lapsed, again.Row.State);
    }

    [Fact]
    public async Task What_is_stored_of_a_decision_is_read_with_the_members_key_alone_and_the_log_has_no_words()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var decision = await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Zyzzyva was broken."), nation.People["ana"]);
        Assert.Equal("Zyzzyva was broken.", decision.Proposal!.Content["reason"]!.GetValue<string>());
        Assert.DoesNotContain("Zyzzyva", System.Text.Encoding.Latin1.GetString(nation.Nation.BytesAtRest()), StringComparison.Ordinal);
        await nation.Database.CommitAsync(new Statement("UPDATE member SET state = 'erased', data_key = @none WHERE id = @id", new { none = Array.Empty<byte>(), id = nation.People["fay"] }));
        Assert.Null((await nation.Deciding.FindAsync(decision.Row.Id))!.Proposal);
        Assert.Equal("decision_ended", await RefusedAsync(() => nation.Deciding.ApproveAsync(decision.Row.Id, nation.People["ben"])));
    }

    /// <summary>A90: from two devices, through two servers, at once: one vote, and one act.</summary>
    [Fact]
    public async Task A90_a_race_of_approvals_counts_each_person_once_and_acts_once()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        for (var round = 0; round < 8; round++)
        {
            var proposed = await nation.Deciding.ProposeAsync(Proposal.AddNode($"Node {round}", "Europe"), nation.People["ana"]);
            var outcomes = await Task.WhenAll(
                from name in (string[])["ana", "ben", "ben", "ben", "cyd", "cyd"]
                from server in (Deciding[])[nation.Deciding, nation.Elsewhere]
                select OutcomeAsync(() => server.ApproveAsync(proposed.Row.Id, nation.People[name])));
            Assert.Equal(2, outcomes.Count(outcome => outcome is null));
            Assert.All(outcomes, outcome => Assert.Contains(outcome, (string?[])[null, "already_approved", "decision_moved"]));
            Assert.Equal(3, (await Approvals.OfAsync(nation.Database, proposed.Row.Id)).Count);
            Assert.Equal(Decisions.Open, (await nation.Deciding.FindAsync(proposed.Row.Id))!.Row.State);

            await Task.WhenAll(OutcomeAsync(() => nation.Deciding.ApproveAsync(proposed.Row.Id, nation.People["dee"])), OutcomeAsync(() => nation.Elsewhere.ApproveAsync(proposed.Row.Id, nation.People["eve"])));
            Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(proposed.Row.Id))!.Row.State);
            Assert.Single(await Node.AllAsync(nation.Database), node => node.Name == $"Node {round}");
        }
    }

    internal static async Task<Decision> ApprovedAsync(TestGovernment nation, Proposal proposal, params string[] names)
    {
        var decision = await nation.Deciding.ProposeAsync(proposal, nation.People[names[0]]);
        foreach (var name in names[1..]) decision = await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People[name]);
        return decision;
    }

    internal static async Task<string> RefusedAsync(Func<Task> act) => (await Assert.ThrowsAsync<Refusal>(act)).Code;

    private static async Task<string?> OutcomeAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Code;
        }
    }

    private static async Task<(string, string)> VersionAsync(TestGovernment nation)
    {
        var charter = await Rules.InForceAsync(nation.Database);
        return (charter.Version, charter.Digest);
    }

    private static DateOnly Until(TestGovernment nation) => DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(90);
}
