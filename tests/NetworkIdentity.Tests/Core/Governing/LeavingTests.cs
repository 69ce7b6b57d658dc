using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>How a member leaves, on a real database of this run's engine, by two servers.</summary>
public sealed class LeavingTests
{
    [Fact]
    public async Task Who_leaves_holds_nothing_any_more_and_nothing_of_theirs_counts()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (ana, fay) = (nation.People["ana"], nation.People["fay"]);
        var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
        foreach (var name in (string[])["ana", "fay"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Words.");
        Assert.Equal(Applications.Review, (await nation.Applying.OpenAsync(applied.Secret))!.Row.State);
        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        Assert.NotNull(decision.Row.DueAt);
        var member = (await Member.FindAsync(nation.Database, nation.Nation.Keys, ana))!;
        await nation.Database.CommitAsync([.. Contact.Put(member, "ana@example.org", nation.Time.GetUtcNow())]);

        await LeavingOf(nation).LeaveAsync(ana, Secret);
        var left = (await Members.FindAsync(nation.Database, ana))!;
        Assert.Equal((Member.Left, member.JoinedAt!.Value.ToUnixTimeSeconds()), (left.State, left.JoinedAt!.Value));
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, ana));
        Assert.NotNull(record.RevokedAt);
        Assert.Equal("left", await nation.Issuing.Revoker.ReasonOfAsync(record));
        Assert.Empty(await Offers.StandingAsync(nation.Database, ana));
        Assert.Empty(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), ana));
        Assert.Null(await Contacts.FindAsync(nation.Database, ana, Contacts.Email));
        Assert.Equal([("leave", ana)], (await nation.JournalAsync(ana)).Where(one => one.Act == "leave"));

        // Whom they vouched for needs another; what they approved of is short of one.
        Assert.Empty(await Vouches.BoundAsync(nation.Database, ana));
        await nation.Applying.GoOnAsync();
        var application = (await nation.Applying.OpenAsync(applied.Secret))!;
        Assert.Equal((Applications.Vouching, 1), (application.Row.State, application.Counted));
        await nation.Deciding.GoOnAsync();
        decision = (await nation.Deciding.FindAsync(decision.Row.Id))!;
        Assert.Equal((3, null, Decisions.Open), (decision.Quorum!.Counted.Count, decision.Row.DueAt, decision.Row.State));
        Assert.True(await nation.StandsAsync("fay"));

        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
        Assert.Equal(NationRefusal.HasLeftCode, await DecidingTests.RefusedAsync(() => LeavingOf(nation).LeaveAsync(ana, RandomId.Secret())));
    }

    [Fact]
    public async Task What_is_open_about_who_leaves_lapses_and_nothing_is_done_to_them_any_more()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        Assert.Equal(Decisions.Lapsed, (await Decisions.FindAsync(nation.Database, decision.Row.Id))!.State);
        Assert.Contains(("lapse", decision.Row.Id), await nation.JournalAsync(decision.Row.Id));
        nation.Time.Move(TimeSpan.FromDays(30));
        await nation.Deciding.GoOnAsync();
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, fay));
        Assert.Equal("left", await nation.Issuing.Revoker.ReasonOfAsync(record));
        Assert.DoesNotContain("revoke", (await nation.JournalAsync(fay)).Select(one => one.Act));
        foreach (var proposal in (Proposal[])[Proposal.Revoke(fay, "harm", "Why."), Proposal.Suspend(fay, "harm", "Why.", 10), Proposal.SuspendAtOnce(fay, "harm", "Why.", 2)])
            Assert.Equal("not_a_member", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, nation.People["ana"])));

        // One that came in the very moment does nothing either.
        var enacting = new Enacting(nation.Database, nation.Nation.Keys, nation.Issuing.Revoker, nation.Issuing.Suspensions, new(nation.Database, nation.Nation.Keys, nation.Time), nation.Time);
        foreach (var proposal in (Proposal[])[Proposal.Revoke(fay, "harm", "Why."), Proposal.Suspend(fay, "harm", "Why.", 10), Proposal.SuspendAtOnce(fay, "harm", "Why.", 2)])
            Assert.Equal(NationRefusal.HasLeftCode, await DecidingTests.RefusedAsync(() => enacting.EnactAsync(proposal, new Mandate(proposal.Act, "x", "2026-1", []))));
    }

    [Fact]
    public async Task Nobody_is_kept_by_a_suspension_and_who_was_revoked_belonged_until_then()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (eve, fay) = (nation.People["eve"], nation.People["fay"]);
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(eve, "harm", "Why.", 2), "ana");
        Assert.False(await nation.StandsAsync("eve"));
        await LeavingOf(nation).LeaveAsync(eve, Secret);
        Assert.Equal(Member.Left, (await Members.FindAsync(nation.Database, eve))!.State);
        nation.Time.Move(TimeSpan.FromDays(5));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.False(await nation.StandsAsync("eve"));

        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21) + TimeSpan.FromMinutes(1));
        await nation.Deciding.GoOnAsync();
        var revoked = Assert.Single(await Credentials.ListAsync(nation.Database, fay)).RevokedAt!.Value;
        nation.Time.Move(TimeSpan.FromDays(70));
        var secret = RandomId.Secret();
        await LeavingOf(nation).LeaveAsync(fay, secret);
        Assert.Equal(revoked, (await LeavingOf(nation).FindAsync(secret))!.Until.ToUnixTimeSeconds());
        var claims = await TakeAsync(nation, await LeavingOf(nation).CertifyAsync(secret));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(revoked).ToString("yyyy-MM"), (string?)claims["member_until"]);
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    [Fact]
    public async Task The_exit_certificate_says_from_when_to_when_is_taken_once_and_is_no_membership()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        Assert.Equal("not_left", await DecidingTests.RefusedAsync(() => OfferAsync(nation, "exit", fay, ("member_until", "2026-11"))));
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        var first = await LeavingOf(nation).CertifyAsync(Secret);
        var second = await LeavingOf(nation).CertifyAsync(Secret);
        Assert.Equal([second.Id], await Offers.StandingAsync(nation.Database, fay));
        await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => TakeAsync(nation, first));
        var claims = await TakeAsync(nation, second);
        var member = (await Members.FindAsync(nation.Database, fay))!;
        var until = (await LeavingOf(nation).FindAsync(Secret))!.Until;
        Assert.Equal(
            ("urn:network-identity:exit:1", "Not a membership", "fay", "Austin", DateTimeOffset.FromUnixTimeSeconds(member.JoinedAt!.Value).ToString("yyyy-MM"), until.ToString("yyyy-MM")),
            ((string?)claims["vct"], (string?)claims["notice"], (string?)claims["display_name"], (string?)claims["node"], (string?)claims["member_since"], (string?)claims["member_until"]));
        Assert.Equal(NationRefusal.CertificateTakenCode, await DecidingTests.RefusedAsync(() => LeavingOf(nation).CertifyAsync(Secret)));
        Assert.True((await LeavingOf(nation).FindAsync(Secret))!.IsTaken);

        // It counts nowhere, and who holds it is offered nothing.
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        var certificate = (await Credentials.ListAsync(nation.Database, fay)).Single(row => row.Type == CredentialType.Exit);
        Assert.True(certificate.Stands(now));
        Assert.False(await Credentials.BelongsAsync(nation.Database, fay, now));
        Assert.Equal(Credentials.BelongsCondition, await nation.Database.CommitAsync(Credentials.Belongs(fay, now)));
        Assert.DoesNotContain(fay, (await Members.BelongingAsync(nation.Database, now, stewardsAlone: false)).Select(one => one.Id));
        Assert.Equal(Member.Left, (await Members.FindAsync(nation.Database, fay))!.State);
        Assert.Equal(NationRefusal.HasLeftCode, await DecidingTests.RefusedAsync(() => OfferAsync(nation, "membership", fay)));
        Assert.NotEqual(Mandate.Founder, Assert.Single(await nation.JournalAsync(certificate.Id)).Actor);
    }

    [Fact]
    public async Task The_link_gives_the_certificate_for_thirty_days_and_another_gives_nothing()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await LeavingOf(nation).LeaveAsync(nation.People["fay"], Secret);
        Assert.Null(await LeavingOf(nation).FindAsync(RandomId.Secret()));
        Assert.Equal(NationRefusal.UnknownDepartureCode, await DecidingTests.RefusedAsync(() => LeavingOf(nation).CertifyAsync(RandomId.Secret())));
        Assert.Equal(NationRefusal.UnknownDepartureCode, await DecidingTests.RefusedAsync(() => LeavingOf(nation).EraseAsync(RandomId.Secret())));
        nation.Time.Move(TimeSpan.FromDays(31));
        Assert.False((await LeavingOf(nation).FindAsync(Secret))!.IsOpen);
        Assert.Equal(NationRefusal.UnknownDepartureCode, await DecidingTests.RefusedAsync(() => LeavingOf(nation).CertifyAsync(Secret)));
        await LeavingOf(nation).EraseAsync(Secret);
        Assert.Equal(Member.Erased, (await Members.FindAsync(nation.Database, nation.People["fay"]))!.State);
    }

    [Fact]
    public async Task A_member_is_erased_when_they_ask_and_the_operator_can_do_no_more_than_go_on_with_that()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (eraser, fay) = (new Eraser(nation.Database, nation.Time), nation.People["fay"]);
        Assert.Equal("erasure_not_asked", await DecidingTests.RefusedAsync(() => eraser.EraseAsync(fay)));
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        Assert.Equal("erasure_not_asked", await DecidingTests.RefusedAsync(() => eraser.EraseAsync(fay)));
        await TakeAsync(nation, await LeavingOf(nation).CertifyAsync(Secret));

        // Asked, and the server was killed before it was done; and one who was reinstated since is not erased.
        var row = (await LeavingOf(nation).FindAsync(Secret))!.Row;
        await nation.Database.CommitAsync(Departures.Ask(row.Id, 1));
        await nation.Database.CommitAsync(new Statement("UPDATE member SET state = 'active' WHERE id = @fay", new { fay }));
        Assert.Null(await LeavingOf(nation).FindAsync(Secret));
        Assert.Equal(NationRefusal.MandateMissingCode, await DecidingTests.RefusedAsync(() => eraser.EraseAsync(fay)));
        await nation.Database.CommitAsync(new Statement("UPDATE member SET state = 'left' WHERE id = @fay", new { fay }));
        await eraser.EraseAsync(fay);
        Assert.Null(await Member.FindAsync(nation.Database, nation.Nation.Keys, fay));
        Assert.Contains(("erase", row.Id), await nation.JournalAsync(fay));
        Assert.Null(await LeavingOf(nation).FindAsync(Secret));

        // What they have in their wallet stays good; what is known of it here is gone.
        var certificate = (await Credentials.ListAsync(nation.Database, fay)).Single(one => one.Type == CredentialType.Exit);
        Assert.Equal((null, 0, 0), (certificate.RevokedAt, certificate.ToBeSigned.Length, certificate.Disclosures.Length));
        Assert.Equal([0L], nation.Issuing.Query<long>("SELECT status FROM status_slot WHERE credential_id = @Id", new { certificate.Id }));
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    [Fact]
    public async Task Who_left_comes_back_by_taking_it_and_keeps_their_link_until_then()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        var before = (await Members.FindAsync(nation.Database, fay))!;
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We miss them."), "ana", "ben", "cyd");
        Assert.True((await LeavingOf(nation).FindAsync(Secret))!.IsOpen);
        await TakeAsync(nation, await LeavingOf(nation).CertifyAsync(Secret));
        Assert.Equal("left", (await Members.FindAsync(nation.Database, fay))!.State);
        Assert.DoesNotContain("return", (await nation.JournalAsync(fay)).Select(one => one.Act));

        await GrantingTests.TakeAsync(nation, "fay");
        var after = (await Members.FindAsync(nation.Database, fay))!;
        Assert.Equal((Member.Active, before.JoinedAt, before.NodeId), (after.State, after.JoinedAt, after.NodeId));
        Assert.True(await Credentials.BelongsAsync(nation.Database, fay, AppealingTests.Now(nation)));
        Assert.Single(await nation.JournalAsync(fay), one => one.Act == "return");
        Assert.Null(await LeavingOf(nation).FindAsync(Secret));
        await nation.Granting.GoOnAsync();
        await LeavingOf(nation).LeaveAsync(fay, RandomId.Secret());
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    [Fact]
    public async Task Who_asked_to_be_erased_is_not_brought_back()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        var departure = (await LeavingOf(nation).FindAsync(Secret))!.Row;

        // Asked while it is decided.
        var question = await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We miss them."), "ana", "ben");
        var meanwhile = TestMeanwhile.Of(nation.Nation);
        await using var other = meanwhile.Database;
        meanwhile.Before("INSERT INTO membership_grant", () => nation.Database.CommitAsync(Departures.Ask(departure.Id, AppealingTests.Now(nation))));
        Assert.Equal(Decisions.Lapsed, (await nation.On(other).ApproveAsync(question.Row.Id, nation.People["cyd"])).Row.State);
        Assert.True(meanwhile.IsDone);
        Assert.Null(await nation.Granting.FindAsync(fay));
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Reinstate(fay, "We miss them."), nation.People["ana"])));
    }

    [Fact]
    public async Task Who_is_granted_a_return_and_is_erased_instead_takes_nothing()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        await LeavingOf(nation).LeaveAsync(fay, Secret);
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We miss them."), "ana", "ben", "cyd");
        var made = await nation.Granting.CollectAsync(fay);
        var (token, _) = await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);

        // Asked, and the server was killed before it was done.
        nation.Nation.Store.Trip("BEFORE UPDATE ON credential");
        await Assert.ThrowsAnyAsync<Exception>(() => LeavingOf(nation).EraseAsync(Secret));
        nation.Nation.Store.Mend("credential");
        Assert.NotNull((await LeavingOf(nation).FindAsync(Secret))!.Row.EraseAskedAt);
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(async () => await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]))));
        Assert.Null(await nation.Granting.FindAsync(fay));
        await LeavingOf(nation).EraseAsync(Secret);
        Assert.Equal(Member.Erased, (await Members.FindAsync(nation.Database, fay))!.State);
    }

    [Fact]
    public async Task Who_leaves_on_two_servers_at_once_leaves_once_and_a_vouch_in_that_moment_binds_nobody()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await using var other = nation.Nation.OpenDatabase();
        var elsewhere = LeavingOf(nation, other);
        for (var round = 0; round < 4; round++)
        {
            var name = ((string[])["ana", "ben", "cyd", "dee"])[round];
            var applied = await nation.Applying.ApplyAsync("Gil", "Words.", null);
            var outcomes = await Task.WhenAll(
                OutcomeAsync(() => LeavingOf(nation).LeaveAsync(nation.People[name], RandomId.Secret())),
                OutcomeAsync(() => elsewhere.LeaveAsync(nation.People[name], RandomId.Secret())),
                OutcomeAsync(() => nation.ApplyingElsewhere.VouchAsync(applied.VouchCode, nation.People[name], "Words.")));
            Assert.Equal([null, NationRefusal.HasLeftCode], outcomes[..2].Order());
            Assert.Empty(await Vouches.BoundAsync(nation.Database, nation.People[name]));
        }

        Assert.Equal(4, nation.Issuing.Query<long>("SELECT count(*) FROM departure").Single());
        Assert.Equal(4, nation.Issuing.Query<long>("SELECT count(*) FROM journal WHERE act = 'leave'").Single());

        static async Task<string?> OutcomeAsync(Func<Task> act)
        {
            try
            {
                await act();
                return null;
            }
            catch (NetworkIdentity.Standards.Refusal refusal)
            {
                return refusal.Code;
            }
        }
    }

    /// <summary>What a link holds.</summary>
    private static readonly string Secret = RandomId.Secret();

    private static Leaving LeavingOf(TestGovernment nation, Database? database = null)
    {
        database ??= nation.Database;
        var (keys, time) = (nation.Nation.Keys, nation.Time);
        return new(database, new Offering(database, keys, nation.Nation.Did, CredentialType.LoadAll(), time), new Revoker(database, keys, time), new Eraser(database, time), time);
    }

    private static Task<Offering.Made> OfferAsync(TestGovernment nation, string type, string memberId, params (string Name, string Value)[] claims) => nation.Issuing.Offering.MakeAsync(
        type, memberId, claims.ToDictionary(claim => claim.Name, claim => claim.Value), new Mandate(Act.Issue, "x", "2026-1", []) { DecisionId = "x" });

    /// <summary>A wallet takes it; what the credential says, all disclosed.</summary>
    private static async Task<JsonObject> TakeAsync(TestGovernment nation, Offering.Made made)
    {
        var shown = await nation.Issuing.Offering.FindAsync(made.Id);
        var code = shown?.Offer.PreAuthorizedCode ?? "none";
        var (token, _) = await nation.Issuing.Offering.RedeemAsync(code, null, null);
        var issued = await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()], CredentialType.Exit));
        return SdJwt.Parse((string)issued.Credentials.Single()!).Process().Claims;
    }
}
