using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>Printed cards, on a real database of this run's engine.</summary>
public sealed class PrintingTests
{
    [Fact]
    public async Task A_card_is_a_credential_of_its_own_that_is_nobodys_keys_and_fits_a_code()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (printing, fay) = (PrintingOf(nation), nation.People["fay"]);
        Assert.Null(await printing.FindAsync(fay));
        var card = await printing.PrintAsync(fay);
        var membership = (await Credentials.ListAsync(nation.Database, fay)).Single(row => row.Type == CredentialType.Membership);
        Assert.Equal(("fay", "Austin", (await Members.FindAsync(nation.Database, fay))!.JoinedAt), (card.Name, card.Node, card.Since.ToUnixTimeSeconds()));
        Assert.InRange(card.Text!.Length, 500, 1500);

        var read = SdJwt.Parse(card.Text);
        Assert.Equal(["alg", "kid", "typ"], read.IssuerSigned.Header.Select(member => member.Key).Order(StringComparer.Ordinal));
        using var key = VerificationKey.Import(nation.Nation.Keys.Current(KeyPurpose.Credential).PublicKey);
        Assert.True(read.IssuerSigned.IsSignedBy(key));
        var vc = SdJwtVc.Read(read);
        Assert.Equal(("urn:network-identity:card:1", (Jwk?)null), (vc.Type, vc.HolderKey));
        Assert.Equal(("fay", "Austin", "Printed card: the bearer is not proven"), ((string)vc.Claims["display_name"]!, (string)vc.Claims["node"]!, (string)vc.Claims["notice"]!));
        CredentialType.Card.Metadata.Check(vc.Processed);
        Assert.Empty(CredentialType.Card.Schema.Validate(vc.Claims));

        // It lasts no longer than the membership, and has a slot of its own.
        Assert.Equal((membership.ExpiresAt, card.Record.ExpiresAt), (vc.ExpiresAt!.Value.ToUnixTimeSeconds(), vc.ExpiresAt.Value.ToUnixTimeSeconds()));
        Assert.Equal(vc.ExpiresAt.Value.UtcDateTime.Date.AddDays(-1), card.Until.ToDateTime(TimeOnly.MinValue));
        Assert.NotEqual((membership.ListId, membership.Idx), (card.Record.ListId, card.Record.Idx));
        Assert.Equal(("", CredentialType.Card.Name), (card.Record.HolderThumbprint, card.Record.Type));

        // In the log by ids, told to the member, and the same when it is looked at again.
        Assert.Equal([(Printing.Act, fay)], await nation.JournalAsync(card.Record.OfferId));
        Assert.Equal([("issue", card.Record.OfferId)], await nation.JournalAsync(card.Record.Id));
        Assert.Equal(NoticeKind.CardPrinted.Name, (await Notices.OfMemberAsync(nation.Database, fay, Now(nation))).Single(notice => notice.About == card.Record.OfferId).Kind);
        var again = (await printing.FindAsync(fay))!;
        Assert.Equal(SdJwt.Parse(card.Text).IssuerSigned.SigningInput.ToArray(), SdJwt.Parse(again.Text!).IssuerSigned.SigningInput.ToArray());
        Assert.Equal((card.Record.Id, card.Name, card.Until), (again.Record.Id, again.Name, again.Until));

        // What stands in the clear says nothing of a person; and the records are what the leaves say.
        Assert.DoesNotContain("\"fay\"", read.IssuerSigned.Claims().ToJsonString(), StringComparison.Ordinal);
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_member_has_one_card_and_another_ends_it()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (printing, fay) = (PrintingOf(nation), nation.People["fay"]);
        var first = await printing.PrintAsync(fay);
        var second = await printing.PrintAsync(fay);
        Assert.Equal([second.Record.Id], await StandingAsync(nation, fay));
        var ended = (await Credentials.FindAsync(nation.Database, first.Record.Id))!;
        Assert.Equal("Another card was printed in its place.", await nation.Issuing.Revoker.ReasonOfAsync(ended));

        // From ten windows at once, one stands; the membership is as it was.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => printing.PrintAsync(fay))));
        Assert.Single(await StandingAsync(nation, fay));
        Assert.Equal(12, (await Credentials.ListAsync(nation.Database, fay)).Count(row => row.Type == CredentialType.Card.Name));
        Assert.True(await Credentials.BelongsAsync(nation.Database, fay, Now(nation)));

        // Lost: it is ended, and there is none then.
        await printing.EndAsync(fay);
        Assert.Empty(await StandingAsync(nation, fay));
        Assert.Null(await printing.FindAsync(fay));
        Assert.Equal(NationRefusal.NoCardCode, await DecidingTests.RefusedAsync(() => printing.EndAsync(fay)));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_card_ends_with_the_membership_and_is_printed_for_nobody_without_one()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (printing, fay) = (PrintingOf(nation), nation.People["fay"]);
        await printing.PrintAsync(fay);
        await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 5), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await StandingAsync(nation, fay));
        Assert.Equal(NationRefusal.NotAMemberCode, await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay)));
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.Single(await StandingAsync(nation, fay));

        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(22));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await StandingAsync(nation, fay));
        Assert.Equal(NationRefusal.NotAMemberCode, await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay)));
        Assert.Equal("unknown_member", await DecidingTests.RefusedAsync(() => printing.PrintAsync(RandomId.New())));

        // Who leaves has none, either.
        var eve = nation.People["eve"];
        await printing.PrintAsync(eve);
        await new Leaving(nation.Database, nation.Issuing.Offering, nation.Issuing.Revoker, new Eraser(nation.Database, nation.Time), nation.Time).LeaveAsync(eve, RandomId.Secret());
        Assert.Empty(await StandingAsync(nation, eve));
        Assert.Equal(NationRefusal.NotAMemberCode, await DecidingTests.RefusedAsync(() => printing.PrintAsync(eve)));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_membership_that_is_revoked_by_itself_takes_the_card_with_it()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        await PrintingOf(nation).PrintAsync(nation.People["ana"]);
        var membership = (await Credentials.ListAsync(nation.Database, nation.People["ana"])).Single(row => row.Type == CredentialType.Membership);
        await nation.Issuing.Revoker.RevokeAsync(membership.Id, "a reason");
        Assert.Empty(await StandingAsync(nation, nation.People["ana"]));

        // A card that is revoked takes nothing with it.
        await nation.JoinAsync("ben", "Lisbon");
        var card = await PrintingOf(nation).PrintAsync(nation.People["ben"]);
        await nation.Issuing.Revoker.RevokeAsync(card.Record.Id, "a reason");
        Assert.True(await Credentials.BelongsAsync(nation.Database, nation.People["ben"], Now(nation)));
    }

    [Fact]
    public async Task A91_a_steward_prints_by_a_mandate_for_it_and_for_the_members_of_its_node_alone()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]), ("gil", "Lisbon", ["issue", "admit"]), ("hal", "Austin", ["issue"]), ("ida", null, ["admit", "revoke"]));
        await nation.JoinAsync("fay", "Austin");
        var (printing, fay) = (PrintingOf(nation), nation.People["fay"]);
        foreach (var name in (string[])["gil", "ida", "fay"])
        {
            Assert.Equal("unknown_member", await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay, nation.People[name], takesGranted: false)));
            Assert.Equal("unknown_member", await DecidingTests.RefusedAsync(() => printing.EndAsync(fay, nation.People[name])));
        }

        Assert.Empty(await StandingAsync(nation, fay));
        foreach (var (name, may) in ((string, bool)[])[("ana", true), ("gil", true), ("hal", true), ("ida", false), ("fay", false)]) Assert.Equal(may, await printing.MayPrintAsync(nation.People[name]));
        var card = await printing.PrintAsync(fay, nation.People["hal"], takesGranted: false);
        Assert.Equal([(Printing.Act, nation.People["hal"])], await nation.JournalAsync(card.Record.OfferId));
        await printing.PrintAsync(fay, nation.People["ana"], takesGranted: false);
        await printing.EndAsync(fay, nation.People["hal"]);
        Assert.Empty(await StandingAsync(nation, fay));

        // By a mandate that ends in between, nothing is printed; and what it printed before stays.
        var kept = await printing.PrintAsync(fay, nation.People["hal"], takesGranted: false);
        var mandate = (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), nation.People["hal"])).Single();
        await nation.Issuing.Revoker.EndStewardAsync(mandate.Id, nation.People["hal"], "Why.", await Mandate.OfFounderAsync(nation.Database, Act.Dismiss));
        Assert.Equal("unknown_member", await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay, nation.People["hal"], takesGranted: false)));
        Assert.Equal([kept.Record.Id], await StandingAsync(nation, fay));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task Who_has_no_wallet_takes_a_membership_on_paper_once_it_was_decided_and_not_before()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var printing = PrintingOf(nation);

        // Admitted, and taken by who has the application's secret.
        var applied = await nation.Applying.ApplyAsync("Kim", "I cook.", "Lisbon");
        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(async () => await printing.TakeAsync(await nation.Applying.CollectAsync(applied.Secret))));
        foreach (var voucher in (string[])["ana", "ben"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[voucher], "Cooks.");
        var question = (await nation.Deciding.ForAsync(nation.People["ana"])).Single(one => one.Row.Subject == applied.Id);
        foreach (var steward in (string[])["ana", "ben"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[steward]);
        var offer = await nation.Applying.CollectAsync(applied.Secret);
        var card = await printing.TakeAsync(offer);
        await nation.Applying.GoOnAsync();
        var kim = card.Record.MemberId;
        Assert.Equal("Kim", card.Name);
        Assert.Equal(Member.Active, (await Members.FindAsync(nation.Database, kim))!.State);
        var membership = (await Credentials.ListAsync(nation.Database, kim)).Single(row => row.Type == CredentialType.Membership);
        Assert.Equal(("", CredentialConfiguration.VcJwt), (membership.HolderThumbprint, membership.Format));
        Assert.True(await Credentials.BelongsAsync(nation.Database, kim, Now(nation)));

        // No wallet takes the same offer, and it is taken once.
        Assert.Equal("invalid_grant", await DecidingTests.RefusedAsync(() => nation.Issuing.Offering.RedeemAsync("a code", null, null)));
        Assert.Null(await nation.Issuing.Offering.FindAsync(offer.Id));
        Assert.Equal("credential_request_denied", await DecidingTests.RefusedAsync(() => printing.TakeAsync(offer)));

        // Revoked, reinstated by the quorum, and taken at the desk; without a decision there is nothing to take.
        var (fay, ana) = (nation.People["fay"], nation.People["ana"]);
        Assert.Equal("has_wallet", await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay, ana, takesGranted: true)));
        Assert.Empty(await StandingAsync(nation, fay));
        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(kim, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(22));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await StandingAsync(nation, kim));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => printing.PrintAsync(kim, ana, takesGranted: true)));
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(kim, "We have talked."), "ana", "ben", "cyd");
        Assert.Equal(NationRefusal.NotAMemberCode, await DecidingTests.RefusedAsync(() => printing.PrintAsync(kim, ana, takesGranted: false)));
        await printing.PrintAsync(kim, ana, takesGranted: true);
        Assert.Single(await StandingAsync(nation, kim));
        Assert.True(await Credentials.BelongsAsync(nation.Database, kim, Now(nation)));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A91_nobody_takes_on_paper_what_was_granted_to_who_has_a_wallet_or_has_left()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (printing, fay, ana) = (PrintingOf(nation), nation.People["fay"], nation.People["ana"]);

        // Revoked, and reinstated: the wallet that they had takes it.
        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(22));
        await nation.Deciding.GoOnAsync();
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We have talked."), "ana", "ben", "cyd");
        Assert.Equal("has_wallet", await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay, ana, takesGranted: true)));
        Assert.Equal("has_wallet", await DecidingTests.RefusedAsync(() => printing.TakeForWardAsync(fay, ana)));
        Assert.False(await Credentials.BelongsAsync(nation.Database, fay, Now(nation)));
        Assert.NotNull(await nation.Granting.FindAsync(fay));

        // Left: they come back by a word of theirs, and no other.
        await nation.Database.CommitAsync(new Statement("UPDATE member SET state = 'left' WHERE id = @fay", new { fay }), new Statement("UPDATE credential SET holder_thumbprint = '' WHERE member_id = @fay", new { fay }));
        Assert.Equal("nothing_granted", await DecidingTests.RefusedAsync(() => printing.PrintAsync(fay, ana, takesGranted: true)));
        Assert.Equal(Member.Left, (await Members.FindAsync(nation.Database, fay))!.State);
        Assert.Empty(await Offers.StandingAsync(nation.Database, fay));
    }

    [Fact]
    public async Task A94_cards_are_printed_so_often_a_day_and_no_more()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        var printing = PrintingOf(nation);
        for (var i = 0; i < Printing.MostADay; i++) await printing.PrintAsync(nation.People["ana"]);
        Assert.Equal("too_many_cards", await DecidingTests.RefusedAsync(() => printing.PrintAsync(nation.People["ana"])));
        nation.Time.Move(TimeSpan.FromDays(1));
        await printing.PrintAsync(nation.People["ana"]);
    }

    [Fact]
    public async Task I4_a_membership_that_is_suspended_by_itself_takes_the_card_with_it_and_brings_it_back()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        var ana = nation.People["ana"];
        await PrintingOf(nation).PrintAsync(ana);
        var membership = (await Credentials.ListAsync(nation.Database, ana)).Single(row => row.Type == CredentialType.Membership);
        await nation.Issuing.Suspensions.SuspendAsync(membership.Id, "Why.", nation.Time.GetUtcNow().AddDays(5));
        Assert.Empty(await StandingAsync(nation, ana));
        await nation.Issuing.Suspensions.ResumeAsync(membership.Id, "Why.");
        Assert.Single(await StandingAsync(nation, ana));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_card_of_a_key_that_signs_nothing_any_more_is_as_good_as_it_was_and_is_not_shown_again()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        var printing = PrintingOf(nation);
        var card = await printing.PrintAsync(nation.People["ana"]);
        nation.Time.Move(DateTimeOffset.FromUnixTimeSeconds(card.Record.ExpiresAt) - nation.Time.GetUtcNow() - TimeSpan.FromDays(1));
        var again = await printing.FindAsync(nation.People["ana"]);
        Assert.Equal((card.Record.Id, "ana"), (again!.Record.Id, again.Name));
        Assert.Equal(nation.Nation.Keys.Keys.Single(key => key.Kid == card.Record.Kid).RetireAfter > nation.Time.GetUtcNow(), again.Text is not null);
    }

    internal static Printing PrintingOf(TestGovernment nation) => new(
        nation.Database, nation.Nation.Keys, nation.Issuing.Slots, nation.Issuing.Revoker, nation.Issuing.Offering, nation.Issuing.Issuer, nation.Granting, nation.Time);

    private static async Task<IEnumerable<string>> StandingAsync(TestGovernment nation, string memberId) =>
        (await Credentials.ListAsync(nation.Database, memberId)).Where(row => row.Type == CredentialType.Card.Name && row.Stands(Now(nation))).Select(row => row.Id);

    private static async Task SoundAsync(TestGovernment nation)
    {
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    private static long Now(TestGovernment nation) => nation.Time.GetUtcNow().ToUnixTimeSeconds();
}
