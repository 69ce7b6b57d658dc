using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>How a person joins, on a real database of this run's engine, by two servers.</summary>
public sealed class ApplyingTests
{
    [Fact]
    public async Task Who_applies_is_vouched_for_admitted_by_a_quorum_and_takes_their_membership()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applied = await nation.Applying.ApplyAsync("Gil", "I cook on Thursdays.\nAnd I sing.", "Austin");
        var seen = (await nation.Applying.AskedAsync(applied.VouchCode))!;
        Assert.Equal(("Gil", "I cook on Thursdays.\nAnd I sing.", Applications.Vouching, 0, 2), (seen.Name, seen.Statement, seen.Row.State, seen.Counted, seen.Needed));

        await nation.Applying.VouchAsync(applied.VouchCode, nation.People["fay"], "We cooked for a year.");
        Assert.Empty(await nation.Deciding.ForAsync(nation.People["ana"]));
        await nation.ApplyingElsewhere.VouchAsync(applied.VouchCode, nation.People["ana"], "She sings well.");
        Assert.Equal(Applications.Review, (await nation.Applying.OpenAsync(applied.Secret))!.Row.State);

        // The question is put by itself; one steward does not answer it.
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ben"]));
        Assert.Equal((Act.Admit, applied.Id, (string?)null), (question.Row.Act, question.Row.Subject, question.Row.ProposedBy));
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ben"]);
        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(() => nation.Applying.CollectAsync(applied.Secret)));
        await nation.Elsewhere.ApproveAsync(question.Row.Id, nation.People["cyd"]);
        Assert.Equal(Applications.Admitted, (await nation.Applying.OpenAsync(applied.Secret))!.Row.State);
        Assert.Equal(0, await Vouches.CountLockedAsync(nation.Database));
        Assert.Empty(await Vouches.TakenAsync(nation.Database, nation.People["fay"]));

        // What was offered first gives nothing once it is offered again.
        var first = await nation.Applying.CollectAsync(applied.Secret);
        var second = await nation.ApplyingElsewhere.CollectAsync(applied.Secret);
        Assert.Equal([second.Id], await Offers.StandingAsync(nation.Database, first.MemberId));
        var offer = (await nation.Issuing.Offering.FindAsync(second.Id))!.Offer;
        Assert.Equal("invalid_request", await DecidingTests.RefusedAsync(() => nation.Issuing.Offering.RedeemAsync(offer.PreAuthorizedCode, null, null)));
        var (token, _) = await nation.Issuing.Offering.RedeemAsync(offer.PreAuthorizedCode, ApplicationSecret.TransactionCodeOf(applied.Secret), null);
        await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));

        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(() => nation.Applying.CollectAsync(applied.Secret)));
        Assert.Equal(Applications.Joined, (await nation.Applying.OpenAsync(applied.Secret))!.Row.State);
        var member = (await Members.FindAsync(nation.Database, first.MemberId))!;
        Assert.Equal(Member.Active, member.State);
        Assert.InRange(nation.Time.GetUtcNow().ToUnixTimeSeconds() - member.JoinedAt!.Value, 0, 3600);
        Assert.Equal("Austin", (await Node.AllAsync(nation.Database)).Single(node => node.Id == member.NodeId).Name);
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, member.Id));
        Assert.Equal([("issue", question.Row.Id)], await nation.JournalAsync(record.Id));
        Assert.Equal(["apply", "vouch", "vouch", "review", "admit", "join"], (await nation.JournalAsync(applied.Id)).Select(one => one.Act));
    }

    [Theory]
    [InlineData(Applications.Withdrawn)]
    [InlineData(Applications.Refused)]
    [InlineData(Applications.Lapsed)]
    [InlineData("lapsed after it was admitted")]
    public async Task Every_end_frees_who_vouched_and_leaves_nothing_open(string end)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applied = await VouchedAsync(nation);
        switch (end)
        {
            case Applications.Withdrawn:
                await nation.ApplyingElsewhere.WithdrawAsync(applied.Secret);
                break;
            case Applications.Refused:
                var row = (await Applications.FindAsync(nation.Database, applied.Id))!;
                Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Refuse(row, "looks", "No."), nation.People["ana"])));
                Assert.Equal("reason_missing", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Refuse(row, Criterion, " "), nation.People["ana"])));
                await DecidingTests.ApprovedAsync(nation, Proposal.Refuse(row, Criterion, "Was never here."), "ana", "ben");
                break;
            case Applications.Lapsed:
                nation.Time.Move(TimeSpan.FromDays(365));
                await nation.Applying.GoOnAsync();
                break;
            default:
                var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
                await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ana"]);
                await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ben"]);
                var made = await nation.Applying.CollectAsync(applied.Secret);
                nation.Time.Move(TimeSpan.FromDays(365));
                await nation.Applying.GoOnAsync();
                Assert.Empty(await Offers.StandingAsync(nation.Database, made.MemberId));
                end = Applications.Lapsed;
                break;
        }

        var after = (await Applications.FindAsync(nation.Database, applied.Id))!;
        Assert.Equal((end, true), (after.State, after.EndedAt is not null));
        Assert.Equal(0, await Vouches.CountLockedAsync(nation.Database));
        Assert.Empty(await Vouches.TakenAsync(nation.Database, nation.People["fay"]));
        Assert.Single((await Notices.OfMemberAsync(nation.Database, nation.People["fay"], nation.Time.GetUtcNow().ToUnixTimeSeconds())), row => row.Kind == NoticeKind.VouchFreed.Name);
        Assert.DoesNotContain(await Decisions.OpenAsync(nation.Database), decision => decision.Subject == applied.Id);
        Assert.Equal("unknown_application", await DecidingTests.RefusedAsync(() => nation.Applying.VouchAsync(applied.VouchCode, nation.People["dee"], "Words.")));
        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(() => nation.Applying.CollectAsync(applied.Secret)));

        // What somebody said who did not come is not kept; who was refused can still appeal.
        Assert.Equal(end == Applications.Refused, await nation.Applying.OpenAsync(applied.Secret) is not null);
    }

    /// <summary>Who has taken the membership is a member, whatever they say of their application then.</summary>
    [Fact]
    public async Task Who_has_joined_does_not_withdraw_and_stays_one_whom_a_revocation_finds()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applied = await VouchedAsync(nation);
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
        foreach (var name in (string[])["ana", "ben"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        var made = await nation.Applying.CollectAsync(applied.Secret);
        var (token, _) = await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, made.TransactionCode, null);
        await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));

        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(() => nation.Applying.WithdrawAsync(applied.Secret)));
        Assert.Equal(Applications.Joined, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
        Assert.Equal("joined", await nation.Database.CommitAsync(Members.Forget(made.MemberId)));
        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(made.MemberId, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.NotNull(Assert.Single(await Credentials.ListAsync(nation.Database, made.MemberId)).RevokedAt);
    }

    [Fact]
    public async Task A_member_vouches_for_as_many_at_once_as_the_charter_says_also_in_a_race()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applications = new List<Applying.Applied>();
        for (var i = 0; i < 8; i++) applications.Add(await nation.Applying.ApplyAsync($"Person {i}", "Words.", null));
        await Task.WhenAll(applications.Select((applied, i) => Record.ExceptionAsync(
            () => (i % 2 == 0 ? nation.Applying : nation.ApplyingElsewhere).VouchAsync(applied.VouchCode, nation.People["fay"], "Words.")).AsTask()));
        Assert.Equal([0, 1, 2], await Vouches.TakenAsync(nation.Database, nation.People["fay"]));
        var refused = applications.First(applied => Vouches.OfAsync(nation.Database, applied.Id).GetAwaiter().GetResult().Count == 0);
        Assert.Equal("no_vouch_left", await DecidingTests.RefusedAsync(() => nation.Applying.VouchAsync(refused.VouchCode, nation.People["fay"], "Words.")));

        // One that is taken back, or whose application ends, makes room.
        var vouched = applications.First(applied => Vouches.OfAsync(nation.Database, applied.Id).GetAwaiter().GetResult().Count == 1);
        Assert.Equal("already_vouched", await DecidingTests.RefusedAsync(() => nation.Applying.VouchAsync(vouched.VouchCode, nation.People["fay"], "Words.")));
        await nation.Applying.TakeBackAsync(vouched.Id, nation.People["fay"]);
        await nation.Applying.VouchAsync(refused.VouchCode, nation.People["fay"], "Words.");
        Assert.Equal("unknown_application", await DecidingTests.RefusedAsync(() => nation.Applying.TakeBackAsync(vouched.Id, nation.People["fay"])));
    }

    [Fact]
    public async Task Who_may_not_vouch_or_does_not_belong_any_more_does_not_count()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        nation.Time.Move(TimeSpan.FromDays(90));
        await nation.JoinAsync("new", "Lisbon");
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
        foreach (var who in (string[])[nation.People["new"], "nobody", (await Applications.FindAsync(nation.Database, applied.Id))!.MemberId])
            Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Applying.VouchAsync(applied.VouchCode, who, "Words.")));
        Assert.Equal("unknown_application", await DecidingTests.RefusedAsync(() => nation.Applying.VouchAsync(applied.Secret, nation.People["ana"], "Words.")));

        foreach (var name in (string[])["ana", "ben"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        Assert.Equal(Applications.Review, (await nation.Applying.FindAsync(applied.Id))!.Row.State);
        await nation.Issuing.Revoker.RevokeAsync(Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["ben"])).Id, "A reason.");
        await nation.ApplyingElsewhere.GoOnAsync();
        var after = (await nation.Applying.FindAsync(applied.Id))!;
        Assert.Equal((Applications.Vouching, 1, 2), (after.Row.State, after.Counted, after.Vouches.Count));
        await nation.Applying.VouchAsync(applied.VouchCode, nation.People["cyd"], "Words.");
        Assert.Equal(Applications.Review, (await nation.Applying.FindAsync(applied.Id))!.Row.State);
    }

    [Fact]
    public async Task Vouches_come_from_as_many_nodes_as_the_charter_wants()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await nation.JoinAsync("fay", "Austin");
        await Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed("nodes", ("/vouching", """{"needed":2,"nodes":2,"member_for_days":0,"open_at_once":3}""")));
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
        foreach (var name in (string[])["ana", "ben"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        Assert.Equal(Applications.Vouching, (await nation.Applying.FindAsync(applied.Id))!.Row.State);
        await nation.Applying.VouchAsync(applied.VouchCode, nation.People["fay"], "Words.");
        Assert.Equal(Applications.Review, (await nation.Applying.FindAsync(applied.Id))!.Row.State);
    }

    /// <summary>Who vouched and doesn't belong any more in the moment in which the last approval comes doesn't count.</summary>
    [Fact]
    public async Task I11_an_admission_looks_at_who_vouched_once_more()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applied = await VouchedAsync(nation);
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ben"]));
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ben"]);
        await nation.Deciding.ProposeAsync(Proposal.SuspendAtOnce(nation.People["fay"], "harm", "Why.", 3), nation.People["ben"]);

        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["cyd"]);
        Assert.Equal(Decisions.Lapsed, (await Decisions.FindAsync(nation.Database, question.Row.Id))!.State);
        await nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Vouching, (await Applications.FindAsync(nation.Database, applied.Id))!.State);

        // Another speaks for them: the question is put anew.
        await nation.Applying.VouchAsync(applied.VouchCode, nation.People["eve"], "Words.");
        Assert.Equal(applied.Id, Assert.Single(await nation.Deciding.ForAsync(nation.People["ben"])).Row.Subject);
    }

    [Fact]
    public async Task What_is_decided_and_waits_for_its_day_does_not_lapse_with_the_time_of_the_application()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed(
            "slow", ("/acts/admit", """{"approvals":2,"by":"node_stewards","open_days":14,"delay_days":70}"""), ("/vouching", """{"needed":2,"member_for_days":0,"open_at_once":3}""")));
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
        foreach (var name in (string[])["ana", "ben"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
        foreach (var name in (string[])["ana", "cyd"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        nation.Time.Move(TimeSpan.FromDays(61));
        await nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Review, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.Deciding.GoOnAsync();
        await nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Admitted, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
    }

    [Theory]
    [InlineData("", "Words.")]
    [InlineData("Gil", " ")]
    [InlineData("Gi\u202El", "Words.")]
    [InlineData("Gil", "Wo\0rds.")]
    public async Task A93_words_that_could_not_be_shown_are_refused(string name, string statement)
    {
        await using var nation = await TestGovernment.FoundAsync();
        Assert.Equal("invalid_application", await DecidingTests.RefusedAsync(() => nation.Applying.ApplyAsync(name, statement, null)));
        Assert.Equal("invalid_application", await DecidingTests.RefusedAsync(() => nation.Applying.ApplyAsync("Gil", new string('a', 2001), null)));
        Assert.Empty(await Members.AllAsync(nation.Database));
    }

    /// <summary>Whatever people call, in whatever order: an application ends, and no vouch stays locked.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_application_ends_and_no_vouch_stays_locked(int seed)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var random = new Random(seed);
        List<Applying.Applied> applications = [];
        for (var step = 0; step < 100; step++)
        {
            var joining = random.Next(2) == 0 ? nation.Applying : nation.ApplyingElsewhere;
            var who = nation.People.Values.ElementAt(random.Next(nation.People.Count));
            var one = applications.Count == 0 ? null : applications[random.Next(applications.Count)];
            _ = await Record.ExceptionAsync(async () =>
            {
                switch (random.Next(9))
                {
                    case 0 or 1 when applications.Count < 8: applications.Add(await joining.ApplyAsync("Somebody", "Words.", null)); break;
                    case 2 or 3 when one is not null: await joining.VouchAsync(one.VouchCode, who, "Words."); break;
                    case 4 when one is not null: await joining.TakeBackAsync(one.Id, who); break;
                    case 5 when one is not null && random.Next(4) == 0: await joining.WithdrawAsync(one.Secret); break;
                    case 6 when one is not null: await joining.CollectAsync(one.Secret); break;
                    case 7 when one is not null: await nation.Deciding.ProposeAsync(Proposal.Refuse((await Applications.FindAsync(nation.Database, one.Id))!, Criterion, "Why."), who); break;
                    default:
                        foreach (var question in await nation.Deciding.ForAsync(who)) await nation.Deciding.ApproveAsync(question.Row.Id, who);
                        nation.Time.Move(TimeSpan.FromDays(random.Next(3)));
                        await joining.GoOnAsync();
                        break;
                }
            });
            Assert.Equal(0, await Vouches.CountLockedAsync(nation.Database));
        }

        Assert.True(applications.Count > 3);
        for (var i = 0; i < 12; i++)
        {
            nation.Time.Move(TimeSpan.FromDays(30));
            await nation.Deciding.GoOnAsync();
            await nation.Applying.GoOnAsync();
        }

        foreach (var applied in applications) Assert.NotNull((await Applications.FindAsync(nation.Database, applied.Id))!.EndedAt);
        Assert.Equal(0, await Vouches.CountLockedAsync(nation.Database));
        Assert.Empty(await Decisions.OpenAsync(nation.Database));
        foreach (var row in await Applications.OpenAsync(nation.Database)) Assert.Fail(row.State);
    }

    private static string Criterion => CharterTests.CoLiving.Criteria.Keys.First();

    private static async Task<Applying.Applied> VouchedAsync(TestGovernment nation)
    {
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
        foreach (var name in (string[])["fay", "dee"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        return applied;
    }
}
