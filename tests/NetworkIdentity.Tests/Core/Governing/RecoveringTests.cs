using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>How a member who lost their wallet gets another, on a real database of this run's engine, by two servers. Three must attest, two stewards decide, three days pass.</summary>
public sealed class RecoveringTests
{
    [Fact]
    public async Task Three_attest_two_stewards_decide_the_delay_runs_and_the_new_wallet_ends_the_old()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        var old = Assert.Single(await Credentials.ListAsync(nation.Database, fay));
        var before = (await Members.FindAsync(nation.Database, fay))!;
        var begun = await BegunAsync(nation, "ana");
        var code = Recovering.CodeOf(begun.Secret);
        var seen = (await nation.RecoveringElsewhere.AskedAsync(code.ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal), nation.People["ben"]))!;
        Assert.Equal(("fay", 0, 3, Recoveries.Attesting), (seen.Name, seen.Counted, seen.Needed, seen.Row.State));

        await nation.Recovering.AttestAsync(code, nation.People["ana"]);
        await nation.RecoveringElsewhere.AttestAsync(code, nation.People["ben"]);
        Assert.Empty(await nation.Deciding.ForAsync(nation.People["dee"]));
        await nation.Recovering.AttestAsync(code, nation.People["cyd"]);

        // The question is put by itself, and not to who attested or whom it is about.
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        Assert.Equal((Act.Rebind, begun.Id, fay, (string?)null), (question.Row.Act, question.Row.Subject, question.Row.MemberId, question.Row.ProposedBy));
        Assert.Equal(new[] { "dee", "eve" }.Select(name => nation.People[name]).ToHashSet(), question.Quorum!.Eligible);
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["dee"]);
        await nation.Elsewhere.ApproveAsync(question.Row.Id, nation.People["eve"]);
        Assert.Equal("recovery_not_ready", await DecidingTests.RefusedAsync(() => nation.Recovering.CollectAsync(begun.Secret)));

        nation.Time.Move(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        await GoOnAsync(nation);
        Assert.Equal(Recoveries.Review, (await nation.Recovering.OfSecretAsync(begun.Secret))!.Row.State);
        nation.Time.Move(TimeSpan.FromMinutes(1));
        await GoOnAsync(nation);
        Assert.Equal(Recoveries.Granted, (await nation.Recovering.OfSecretAsync(begun.Secret))!.Row.State);

        // What was offered first gives nothing once it is offered again, and until it is taken the old wallet works.
        var first = await nation.Recovering.CollectAsync(begun.Secret);
        var second = await nation.RecoveringElsewhere.CollectAsync(begun.Secret);
        Assert.NotEqual(first.Id, second.Id);
        Assert.DoesNotContain(first.Id, await Offers.StandingAsync(nation.Database, fay));
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Matches("^[0-9]{6}$", second.TransactionCode!);
        await TakeAsync(nation, second);

        var records = await Credentials.ListAsync(nation.Database, fay);
        Assert.Equal([old.Id], records.Where(row => row.RevokedAt is not null).Select(row => row.Id));
        Assert.Single(records, row => row.RevokedAt is null);
        Assert.Equal("You lost your wallet, and hold it in another now.", await nation.Issuing.Revoker.ReasonOfAsync(records.Single(row => row.Id == old.Id)));
        var after = (await Members.FindAsync(nation.Database, fay))!;
        Assert.Equal((before.JoinedAt, before.NodeId, Member.Active), (after.JoinedAt, after.NodeId, after.State));
        Assert.Equal("fay", await nation.Issuing.Offering.NameOfAsync(fay));
        Assert.Equal(Recoveries.Done, (await nation.Recovering.OfSecretAsync(begun.Secret))!.Row.State);
        Assert.Equal("recovery_not_ready", await DecidingTests.RefusedAsync(() => nation.Recovering.CollectAsync(begun.Secret)));
        Assert.Equal(0, await nation.Recovering.ObjectAsync(fay));
        Assert.Equal(
            ["open-recovery", "begin-recovery", "attest", "attest", "attest", "review-recovery", "rebind", "rebound"], (await nation.JournalAsync(begun.Id)).Select(one => one.Act));
        Assert.Equal([("issue", "founder"), ("revoke", question.Row.Id)], await nation.JournalAsync(old.Id));
        Assert.Equal(
            new[] { NoticeKind.RecoveryListChanged, NoticeKind.RecoveryBegun, NoticeKind.RecoveryAttested, NoticeKind.RecoveryDecided, NoticeKind.RecoveryReady, NoticeKind.RecoveryDone }.Select(kind => kind.Name),
            await NamingTests.ToldAsync(nation, fay));
        Assert.Contains(NoticeKind.RecoveryAsked.Name, await NamingTests.ToldAsync(nation, nation.People["ben"]));
    }

    [Theory]
    [InlineData(Recoveries.Attesting)]
    [InlineData(Recoveries.Review)]
    [InlineData("decided")]
    [InlineData(Recoveries.Granted)]
    [InlineData("offered")]
    [InlineData("redeemed")]
    public async Task An_objection_ends_it_for_good_until_the_new_wallet_holds_the_membership(string when)
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        var begun = await BegunAsync(nation, "ana");
        if (when != Recoveries.Attesting) await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        if (when is not (Recoveries.Attesting or Recoveries.Review)) await ApprovedAsync(nation, "dee", "eve");
        if (when is Recoveries.Granted or "offered" or "redeemed") await DelayedAsync(nation);
        var made = when is "offered" or "redeemed" ? await nation.Recovering.CollectAsync(begun.Secret) : null;
        var token = when == "redeemed" ? await TokenAsync(nation, made!) : null;

        Assert.Equal(1, await nation.RecoveringElsewhere.ObjectAsync(fay));
        Assert.Equal(Recoveries.Objected, (await nation.Recovering.OfSecretAsync(begun.Secret))!.Row.State);
        if (made is not null)
        {
            var taking = token is null ? TakeAsync(nation, made) : nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));
            Assert.Equal("credential_request_denied", (await Assert.ThrowsAsync<Refusal>(() => taking)).Code);
        }

        nation.Time.Move(TimeSpan.FromDays(2));
        await GoOnAsync(nation);
        Assert.DoesNotContain(await Decisions.OpenAsync(nation.Database), decision => decision.Subject == begun.Id);
        Assert.Equal("recovery_not_ready", await DecidingTests.RefusedAsync(() => nation.Recovering.CollectAsync(begun.Secret)));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.WithdrawAsync(begun.Secret)));
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Equal(("object-recovery", fay), (await nation.JournalAsync(begun.Id))[^1]);

        // Nobody opens another, until the delay has passed since.
        foreach (var name in (string[])["ana", "ben"]) Assert.Equal("recovery_closed", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People[name], fay)));
        nation.Time.Move(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        await nation.Recovering.OpenAsync(nation.People["ben"], fay);
    }

    [Fact]
    public async Task One_too_few_and_contacts_alone_and_stewards_alone_do_nothing()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd", "dee");
        var begun = await BegunAsync(nation, "ana");
        await AttestedAsync(nation, begun, "ana", "ben");
        await GoOnAsync(nation);
        Assert.Equal((Recoveries.Attesting, 2), await StateAsync(nation, begun));
        Assert.Empty(await Decisions.OpenAsync(nation.Database));

        // The stewards alone: they can't propose it, and nothing is put to them.
        var row = (await Recoveries.FindAsync(nation.Database, begun.Id))!;
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Rebind(row, null, []), nation.People["eve"])));

        // Those who attest alone: with time, nothing comes of it, and the person is where they were.
        await AttestedAsync(nation, begun, "cyd");
        Assert.Equal((Recoveries.Review, 3), await StateAsync(nation, begun));
        var question = Assert.Single(await Decisions.OpenAsync(nation.Database));
        foreach (var name in (string[])["ana", "ben", "cyd", "fay"]) Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(question.Id, nation.People[name])));

        // Who was named and has not attested may decide; and does not attest then.
        await nation.Deciding.ApproveAsync(question.Id, nation.People["dee"]);
        Assert.Equal("recovery_not_ready", await DecidingTests.RefusedAsync(() => nation.Recovering.AttestAsync(Recovering.CodeOf(begun.Secret), nation.People["dee"])));
        nation.Time.Move(TimeSpan.FromDays(15));
        await GoOnAsync(nation);
        Assert.Equal(Recoveries.Lapsed, (await StateAsync(nation, begun)).State);
        Assert.Equal(("lapse-recovery", begun.Id), (await nation.JournalAsync(begun.Id))[^1]);
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Contains(NoticeKind.RecoveryEnded.Name, await NamingTests.ToldAsync(nation, nation.People["fay"]));
    }

    [Fact]
    public async Task A90_who_attests_twice_on_two_servers_counts_once_and_oneself_and_strangers_never()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var begun = await BegunAsync(nation, "ana");
        var code = Recovering.CodeOf(begun.Secret);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Record.ExceptionAsync(() => (i % 2 == 0 ? nation.Recovering : nation.RecoveringElsewhere).AttestAsync(code, nation.People["ana"])).AsTask()));
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<Refusal>(), refusal => Assert.Equal("already_attested", refusal.Code));
        Assert.Equal((Recoveries.Attesting, 1), await StateAsync(nation, begun));
        foreach (var who in (string[])[nation.People["fay"], nation.People["dee"], "nobody"])
        {
            Assert.Null(await nation.Recovering.AskedAsync(code, who));
            Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.AttestAsync(code, who)));
        }

        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.AttestAsync("nothing", nation.People["ben"])));
    }

    [Fact]
    public async Task Who_is_suspended_or_declines_or_takes_it_back_counts_no_more_and_what_was_decided_ends()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var begun = await BegunAsync(nation, "ana");
        await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        await ApprovedAsync(nation, "dee", "eve");

        // In the delay one of three doesn't belong any more; the day comes before anybody looks.
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(nation.People["cyd"], "harm", "Why.", 7), "dee");
        nation.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await nation.Deciding.GoOnAsync();
        Assert.Equal((Recoveries.Attesting, 2), await StateAsync(nation, begun));
        Assert.Empty(await Decisions.OpenAsync(nation.Database));

        // Back again, it is put anew; and one takes it back, or declines.
        nation.Time.Move(TimeSpan.FromDays(5));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.Equal((Recoveries.Review, 3), await StateAsync(nation, begun));
        await ApprovedAsync(nation, "dee", "eve");
        await nation.RecoveringElsewhere.TakeBackAsync(Recovering.CodeOf(begun.Secret), nation.People["ben"]);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.TakeBackAsync(Recovering.CodeOf(begun.Secret), nation.People["ben"])));
        Assert.Equal((Recoveries.Attesting, 2), await StateAsync(nation, begun));
        Assert.Empty(await Decisions.OpenAsync(nation.Database));
        await AttestedAsync(nation, begun, "ben");
        await ApprovedAsync(nation, "dee", "eve");
        await nation.Naming.DeclineAsync(nation.People["ana"], nation.People["fay"]);
        nation.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await GoOnAsync(nation);
        Assert.Equal((Recoveries.Attesting, 2), await StateAsync(nation, begun));
        Assert.True(await nation.StandsAsync("fay"));
    }

    [Fact]
    public async Task A_suspended_member_takes_it_when_the_suspension_ends_and_a_revoked_or_erased_one_never()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        var begun = await BegunAsync(nation, "ana");
        await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        await ApprovedAsync(nation, "dee", "eve");
        await DelayedAsync(nation);

        // Offered before the suspension, and not taken: it gives nothing.
        var token = await TokenAsync(nation, await nation.Recovering.CollectAsync(begun.Secret));
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "Why.", 7), "dee");
        await DeniedAsync(token);
        await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 30), "dee", "eve", "ana");
        nation.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await nation.Deciding.GoOnAsync();
        Assert.False(await nation.StandsAsync("fay"));
        Assert.Equal("recovery_not_ready", await DecidingTests.RefusedAsync(() => nation.Recovering.CollectAsync(begun.Secret)));

        // It waits for the end.
        nation.Time.Move(TimeSpan.FromDays(20));
        await GoOnAsync(nation);
        Assert.Equal(Recoveries.Granted, (await StateAsync(nation, begun)).State);
        nation.Time.Move(TimeSpan.FromDays(11));
        await nation.Issuing.Suspensions.EndDueAsync();
        await TakeAsync(nation, await nation.Recovering.CollectAsync(begun.Secret));
        Assert.Equal(Recoveries.Done, (await StateAsync(nation, begun)).State);

        // Revoked while another goes on.
        await nation.Naming.NameAsync(fay, [nation.People["ana"], nation.People["ben"], nation.People["cyd"]]);
        nation.Time.Move(TimeSpan.FromDays(3));
        var next = await BegunAsync(nation, "ana");
        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "dee", "eve", "ana", "ben");
        await AttestedAsync(nation, next, "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(10));
        await ApprovedAsync(nation, "dee", "eve");
        nation.Time.Move(TimeSpan.FromDays(5));
        await GoOnAsync(nation);
        nation.Time.Move(TimeSpan.FromDays(7));
        token = await TokenAsync(nation, await nation.Recovering.CollectAsync(next.Secret));
        await nation.Deciding.GoOnAsync();
        await DeniedAsync(token, "invalid_token");
        Assert.Equal(Recoveries.Lapsed, (await StateAsync(nation, next)).State);
        Assert.Equal("recovery_closed", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["ana"], fay)));

        async Task DeniedAsync(string token, string code = "credential_request_denied") => Assert.Equal(
            code, (await Assert.ThrowsAsync<Refusal>(async () => await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()])))).Code);
    }

    [Fact]
    public async Task Who_vouched_stands_in_for_who_named_nobody_and_without_them_nobody_can()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["ana"], nation.People["fay"])));
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", "Austin");
        foreach (var name in (string[])["ana", "ben", "fay"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        await ApprovedAsync(nation, "cyd", "dee");
        var made = await nation.Applying.CollectAsync(applied.Secret);
        await TakeAsync(nation, made);
        await nation.Applying.OpenAsync(applied.Secret);
        await nation.Applying.GoOnAsync();
        var gil = nation.People["gil"] = made.MemberId;
        Assert.Equal([(gil, true, false)], await nation.Naming.ForAsync(nation.People["fay"]));
        var begun = await nation.Recovering.BeginAsync(await nation.Recovering.OpenAsync(nation.People["fay"], gil));
        await AttestedAsync(nation, begun, "ana", "ben", "fay");
        await ApprovedAsync(nation, "dee", "eve");
        await DelayedAsync(nation);
        await TakeAsync(nation, await nation.Recovering.CollectAsync(begun.Secret));
        Assert.Equal(Recoveries.Done, (await StateAsync(nation, begun)).State);

        // Once they have named others, these alone; and where one of three who vouched has gone, nobody.
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(nation.People["ben"], "harm", "Why.", 7), "cyd");
        Assert.Equal("recovery_closed", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["fay"], gil)));
        await nation.Naming.NameAsync(gil, [nation.People["ana"], nation.People["cyd"], nation.People["dee"]]);
        nation.Time.Move(TimeSpan.FromDays(3));
        Assert.Empty(await nation.Naming.ForAsync(nation.People["fay"]));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["fay"], gil)));
    }

    [Fact]
    public async Task A_code_begins_it_once_and_for_a_day_and_the_same_contact_opens_it_anew_until_it_is_begun()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        var first = await nation.Recovering.OpenAsync(nation.People["ana"], fay);
        var second = await nation.Recovering.OpenAsync(nation.People["ana"], fay);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.BeginAsync(first)));
        var begun = await nation.RecoveringElsewhere.BeginAsync($" {second.ToUpperInvariant()} ");
        foreach (var code in (string[])[second, "", "nothing", Recovering.CodeOf(begun.Secret)]) Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.BeginAsync(code)));
        Assert.Equal("recovery_closed", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["ana"], fay)));
        var late = await nation.Recovering.OpenAsync(nation.People["ben"], fay);
        nation.Time.Move(TimeSpan.FromDays(1));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.BeginAsync(late)));
        await GoOnAsync(nation);
        Assert.Equal([Recoveries.Attesting], (await nation.Recovering.OfMemberAsync(fay)).Where(row => row.EndedAt is null).Select(row => row.State));

        await nation.Recovering.WithdrawAsync(begun.Secret);
        Assert.Equal(Recoveries.Withdrawn, (await StateAsync(nation, begun)).State);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.AttestAsync(Recovering.CodeOf(begun.Secret), nation.People["ana"])));
        Assert.Null(await nation.Recovering.OfSecretAsync(Recovering.CodeOf(begun.Secret)));
    }

    /// <summary>Whoever has the wallet names people of theirs while it goes on; and two go on at once. With the new wallet both are over.</summary>
    [Fact]
    public async Task With_the_new_wallet_all_else_that_was_open_is_over()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        var begun = await BegunAsync(nation, "ana");
        var other = await BegunAsync(nation, "ben");
        await nation.Naming.NameAsync(fay, [nation.People["cyd"], nation.People["dee"], nation.People["eve"]]);
        await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        await AttestedAsync(nation, other, "ana", "ben", "cyd");
        await ApprovedAsync(nation, "dee", "eve");
        await DelayedAsync(nation);
        var made = await nation.Recovering.CollectAsync(begun.Secret);
        var theirs = await nation.Recovering.CollectAsync(other.Secret);
        await TakeAsync(nation, made);
        Assert.Equal((Recoveries.Done, Recoveries.Lapsed), ((await StateAsync(nation, begun)).State, (await StateAsync(nation, other)).State));
        Assert.DoesNotContain(theirs.Id, await Offers.StandingAsync(nation.Database, fay));
        var held = Assert.Single(await Credentials.ListAsync(nation.Database, fay), row => row.RevokedAt is null);
        Assert.Equal(made.Id, held.OfferId);
        var circle = await nation.Naming.CircleOfAsync(fay);
        Assert.Equal(new[] { "ana", "ben", "cyd" }.Select(name => nation.People[name]).Order(StringComparer.Ordinal), circle.Contacts.Select(one => one.MemberId));
    }

    /// <summary>Whoever has the wallet binds an account of theirs: it would be the member's for good.</summary>
    [Fact]
    public async Task With_the_new_wallet_no_account_is_bound_that_was_since_it_was_asked_for()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        using var own = new TestChainAccount();
        using var thiefs = new TestChainAccount();
        var (fay, binding) = (nation.People["fay"], new AccountBinding(nation.Database, nation.Nation.Keys, nation.Issuing.Offering, nation.Issuing.Revoker, nation.Time));
        await BindAsync(own);
        nation.Time.Move(TimeSpan.FromMinutes(1));
        var begun = await BegunAsync(nation, "ana");
        await BindAsync(thiefs);
        await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        await ApprovedAsync(nation, "dee", "eve");
        await DelayedAsync(nation);
        Assert.Equal(2, (await binding.OfAsync(fay)).Count);
        await TakeAsync(nation, await nation.Recovering.CollectAsync(begun.Secret));
        Assert.Equal(own.Account, Assert.Single(await binding.OfAsync(fay)).Account);
        Assert.Empty(await GovernanceAudit.RunAsync(nation.Database));

        async Task BindAsync(TestChainAccount account)
        {
            var challenge = binding.Begin(account.Account, "a session");
            await binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, account.Sign(challenge.Message));
        }
    }

    /// <summary>A wallet that takes several copies gets them, and two that race for the offer leave one.</summary>
    [Fact]
    public async Task The_new_wallet_may_take_several_copies_and_whatever_races_both_never_stand()
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd");
        var begun = await BegunAsync(nation, "ana");
        await AttestedAsync(nation, begun, "ana", "ben", "cyd");
        await ApprovedAsync(nation, "dee", "eve");
        await DelayedAsync(nation);
        var token = await TokenAsync(nation, await nation.Recovering.CollectAsync(begun.Secret));
        var requests = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => nation.Issuing.RequestAsync([TestWallet.NewKey(), TestWallet.NewKey()])));
        var racing = requests.Select(request => nation.Issuing.Issuer.IssueAsync(token, request)).ToArray<Task>().Append(nation.RecoveringElsewhere.ObjectAsync(nation.People["fay"])).ToList();
        foreach (var one in racing) await Record.ExceptionAsync(() => one);
        var records = await Credentials.ListAsync(nation.Database, nation.People["fay"]);
        var standing = records.Where(row => row.RevokedAt is null).Select(row => row.OfferId).Distinct();
        Assert.Single(standing);
        var state = (await StateAsync(nation, begun)).State;
        Assert.Equal(state == Recoveries.Done, records.Any(row => row.RevokedAt is not null));
        Assert.Contains(state, (string[])[Recoveries.Done, Recoveries.Objected]);
    }

    /// <summary>A member who was erased names nobody and is named by nobody, and what was open about them is over.</summary>
    [Fact]
    public async Task An_erased_member_leaves_no_list_and_no_recovery()
    {
        await using var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await nation.JoinAsync("fay", "Austin");
        var (ana, fay) = (nation.People["ana"], nation.People["fay"]);
        await nation.Naming.NameAsync(fay, [ana, nation.People["ben"], nation.People["cyd"]]);
        await nation.Naming.NameAsync(ana, [fay, nation.People["ben"], nation.People["cyd"]]);
        nation.Time.Move(TimeSpan.FromDays(3));
        var begun = await BegunAsync(nation, "ana");
        await new Eraser(nation.Database, nation.Time).EraseAsync(fay);
        Assert.Equal(Recoveries.Lapsed, (await Recoveries.FindAsync(nation.Database, begun.Id))!.State);
        Assert.Empty((await nation.Naming.CircleOfAsync(fay)).Contacts);
        Assert.Equal(2, (await nation.Naming.CircleOfAsync(ana)).Contacts.Count);
        Assert.Empty(await nation.Naming.ForAsync(fay));
    }

    internal static async Task<Recovering.Begun> BegunAsync(TestGovernment nation, string contact) =>
        await nation.Recovering.BeginAsync(await nation.Recovering.OpenAsync(nation.People[contact], nation.People["fay"]));

    private static async Task AttestedAsync(TestGovernment nation, Recovering.Begun begun, params string[] names)
    {
        foreach (var name in names) await nation.Recovering.AttestAsync(Recovering.CodeOf(begun.Secret), nation.People[name]);
    }

    /// <summary>Approves of all that is open and theirs to decide.</summary>
    private static async Task ApprovedAsync(TestGovernment nation, params string[] names)
    {
        foreach (var name in names)
            foreach (var question in await nation.Deciding.ForAsync(nation.People[name]))
                if (!question.Quorum!.Counted.Contains(nation.People[name]) && question.Row.Act is Act.Rebind or Act.Admit) await nation.Elsewhere.ApproveAsync(question.Row.Id, nation.People[name]);
    }

    private static async Task DelayedAsync(TestGovernment nation)
    {
        nation.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await GoOnAsync(nation);
    }

    private static async Task GoOnAsync(TestGovernment nation)
    {
        await Task.WhenAll(nation.Deciding.GoOnAsync(), nation.Elsewhere.GoOnAsync());
        await Task.WhenAll(nation.Recovering.GoOnAsync(), nation.RecoveringElsewhere.GoOnAsync());
    }

    private static async Task<(string State, int Counted)> StateAsync(TestGovernment nation, Recovering.Begun begun) =>
        (await nation.Recovering.OfSecretAsync(begun.Secret))! is var recovery ? (recovery.Row.State, recovery.Counted) : default;

    private static async Task<string> TokenAsync(TestGovernment nation, Offering.Made made)
    {
        var shown = await nation.Issuing.Offering.FindAsync(made.Id);
        return (await nation.Issuing.Offering.RedeemAsync(shown!.Offer.PreAuthorizedCode, made.TransactionCode, null)).AccessToken;
    }

    private static async Task TakeAsync(TestGovernment nation, Offering.Made made) =>
        await nation.Issuing.Issuer.IssueAsync(await TokenAsync(nation, made), await nation.Issuing.RequestAsync([TestWallet.NewKey()]));
}
