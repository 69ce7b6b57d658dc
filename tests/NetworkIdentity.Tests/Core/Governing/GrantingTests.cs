using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Memberships that were granted: reinstated, and renewed.</summary>
public sealed class GrantingTests
{
    [Fact]
    public async Task Who_is_reinstated_takes_a_membership_of_the_same_id_with_their_seniority_and_node()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        var before = (await Members.FindAsync(nation.Database, fay))!;
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Reinstate(fay, "Why."), nation.People["ana"])));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        await AppealingTests.RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We have talked."), "ana", "ben");
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People["cyd"]);

        // What was offered first gives nothing once it is offered again; and what was taken is not offered.
        var first = await nation.GrantingElsewhere.CollectAsync(fay);
        var credential = await TakeAsync(nation, "fay");
        Assert.DoesNotContain(first.Id, await Offers.StandingAsync(nation.Database, fay));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        var after = (await Members.FindAsync(nation.Database, fay))!;
        Assert.Equal((before.Id, before.JoinedAt, before.NodeId, Member.Active), (after.Id, after.JoinedAt, after.NodeId, after.State));
        var claims = SdJwt.Parse(credential).Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToString());
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(before.JoinedAt!.Value).ToString("yyyy-MM"), "fay", "Austin"), (claims["member_since"], claims["display_name"], claims["node"]));
        Assert.Equal(("issue", decision.Row.Id), (await nation.JournalAsync((await Credentials.ListAsync(nation.Database, fay))[^1].Id)).Single());

        await nation.Granting.GoOnAsync();
        Assert.Null(await MembershipGrants.OpenOfAsync(nation.Database, fay));
        Assert.True(await Credentials.BelongsAsync(nation.Database, fay, AppealingTests.Now(nation)));
    }

    [Fact]
    public async Task A_revocation_ends_what_was_granted_and_a_suspension_delays_it()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        await AppealingTests.RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We have talked."), "ana", "ben", "cyd");
        var made = await nation.Granting.CollectAsync(fay);
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(fay, "harm", "Again.", 5), "ana");
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        nation.Time.Move(TimeSpan.FromDays(6));
        Assert.NotEqual(made.Id, (await nation.Granting.CollectAsync(fay)).Id);

        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "And again."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
    }

    [Fact]
    public async Task What_nobody_takes_in_its_time_lapses()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        await AppealingTests.RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We have talked."), "ana", "ben", "cyd");
        await nation.Granting.CollectAsync(fay);
        nation.Time.Move(TimeSpan.FromDays(366));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
        await Task.WhenAll(nation.Granting.GoOnAsync(), nation.GrantingElsewhere.GoOnAsync());
        Assert.Null(await MembershipGrants.OpenOfAsync(nation.Database, fay));
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => nation.Granting.CollectAsync(fay)));
    }

    [Fact]
    public async Task A_membership_is_renewed_by_decision_and_the_old_credential_ends_when_the_new_is_taken()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        Assert.Equal("not_due", await DecidingTests.RefusedAsync(() => nation.Granting.AskAsync(fay)));
        nation.Time.Move(TimeSpan.FromDays(220));
        await nation.Granting.AskAsync(fay);
        Assert.Equal("not_due", await DecidingTests.RefusedAsync(() => nation.Granting.AskAsync(fay)));
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
        Assert.Equal(Act.Renew, question.Row.Act);
        foreach (var name in (string[])["ana", "ben"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        var old = Assert.Single(await Credentials.ListAsync(nation.Database, fay));

        await nation.Granting.CollectAsync(fay);
        await nation.Granting.GoOnAsync();
        Assert.Null((await Credentials.FindAsync(nation.Database, old.Id))!.RevokedAt);
        await TakeAsync(nation, "fay");
        await Task.WhenAll(nation.Granting.GoOnAsync(), nation.GrantingElsewhere.GoOnAsync());
        var records = await Credentials.ListAsync(nation.Database, fay);
        Assert.NotNull(records.Single(row => row.Id == old.Id).RevokedAt);
        Assert.Single(records, row => row.Stands(AppealingTests.Now(nation)));
        Assert.True(records[^1].ExpiresAt > old.ExpiresAt);

        // It goes on: there is nothing to remind them of.
        nation.Time.Move(DateTimeOffset.FromUnixTimeSeconds(old.ExpiresAt - 3600) - nation.Time.GetUtcNow());
        await new Reminding(nation.Database, nation.Deciding, nation.Time).GoOnAsync();
        Assert.DoesNotContain(await Notices.OfMemberAsync(nation.Database, fay, AppealingTests.Now(nation)), row => row.Kind == NoticeKind.MembershipEndsSoon.Name);
    }

    /// <summary>What was asked for before a revocation is no way round those who decide on reinstatements.</summary>
    [Fact]
    public async Task I11_a_renewal_does_not_bring_back_who_was_revoked_meanwhile()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        nation.Time.Move(TimeSpan.FromDays(220));
        await nation.Granting.AskAsync(fay);
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["ana"]));
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ana"]);
        await AppealingTests.RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        Assert.Equal("decision_ended", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ben"])));
        Assert.Null(await nation.Granting.FindAsync(fay));
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => Granting.CheckRenewalAsync(nation.Database, fay)));
    }

    [Fact]
    public async Task A_membership_lives_as_long_as_the_charter_says_and_no_longer_than_its_type()
    {
        foreach (var (days, expected) in ((int, int)[])[(90, 90), (3650, 365)])
        {
            await using var issuing = await TestIssuing.StartAsync();
            await Rules.AdoptAsync(issuing.Nation.Database, issuing.Nation.Time, CharterTests.Changed("short", ("/validity/membership_days", $"{days}")));
            var credential = Assert.Single(await issuing.TakeAsync()).IssuerSigned.Claims();
            Assert.Equal(expected, (credential["exp"]!.GetValue<long>() - credential["iat"]!.GetValue<long>()) / 86_400);
            var record = Assert.Single(await Credentials.ListAsync(issuing.Nation.Database));
            Assert.Equal(credential["exp"]!.GetValue<long>(), record.ExpiresAt);
        }
    }

    /// <summary>A person takes what was granted to them, with a new wallet; the credential.</summary>
    internal static async Task<string> TakeAsync(TestGovernment nation, string name)
    {
        var made = await nation.Granting.CollectAsync(nation.People[name]);
        var (token, _) = await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);
        return (string)(await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]))).Credentials[0]!;
    }
}
