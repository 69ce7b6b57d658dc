using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;
using static NetworkIdentity.Tests.Core.Verifying.VerifierTests;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>The verifier's last steps: status, query, and the nation's own record.</summary>
public sealed class VerifierStatusTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    [Fact]
    public async Task A_credential_without_a_status_is_refused_at_Status()
    {
        var held = await world.IssueAsync();
        Refused(await held.VerifyForgedAsync((_, payload) => payload.Remove("status")), VerificationStep.Status, "no_status");
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task Revoked_suspended_and_unknown_are_three_things_and_none_is_valid()
    {
        var (revoked, suspended, unknown) = (await world.IssueAsync(), await world.IssueAsync(), await world.IssueAsync());
        await world.Nation.Revoker.RevokeAsync(revoked.Record.Id, "a reason");
        Refused(await revoked.VerifyAsync(), VerificationStep.Status, "revoked");

        await suspended.SetStatusAsync(2);
        Refused(await suspended.VerifyAsync(), VerificationStep.Status, "suspended");
        await suspended.SetStatusAsync(0);
        await suspended.IsAcceptedAsync();

        world.List = _ => null;
        try
        {
            Unknown(await unknown.VerifyAsync());
            Unknown(await revoked.VerifyAsync());
        }
        finally
        {
            world.List = null;
        }

        await unknown.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_status_that_the_nation_does_not_use_is_unknown()
    {
        var held = await world.IssueAsync();
        await held.SetStatusAsync(3);
        Unknown(await held.VerifyAsync());
        await held.SetStatusAsync(0);
        await held.IsAcceptedAsync();
    }

    [Theory]
    [InlineData("https://evil.example/status/1")]
    [InlineData("https://nation.example/status/no-such")]
    [InlineData("https://nation.example/status/../status/1")]
    [InlineData("http://nation.example/status/1")]
    public async Task A_list_that_is_not_the_nation_s_is_unknown_and_never_fetched(string uri)
    {
        var held = await world.IssueAsync();
        Unknown(await held.VerifyForgedAsync((_, payload) => payload["status"]!["status_list"]!["uri"] = uri));
        await held.IsAcceptedAsync();
    }

    [Theory]
    [InlineData(1_048_576)]
    [InlineData(int.MaxValue)]
    public async Task An_index_beyond_the_list_is_unknown(long index)
    {
        var held = await world.IssueAsync();
        Unknown(await held.VerifyForgedAsync((_, payload) => payload["status"]!["status_list"]!["idx"] = index));
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_list_that_says_revoked_wins_over_a_record_that_does_not()
    {
        var held = await world.IssueAsync();
        await held.SetStatusAsync(1);
        Assert.Null((await Credentials.FindAsync(world.Nation.Database, held.Record.Id))!.RevokedAt);
        Refused(await held.VerifyAsync(), VerificationStep.Status, "revoked");
    }

    [Fact]
    public async Task A_certificate_that_was_believed_for_one_issuer_is_not_for_another_under_the_same_root()
    {
        var held = await world.IssueAsync();
        var certificates = new IssuerCertificates(_ => world.Nation.Keys.Roots);
        var header = SdJwt.Parse(held.Issued).IssuerSigned.Header;
        foreach (var (issuer, isBelieved) in ((string, bool)[])[(world.Issuer, true), ("https://another.example", false), (world.Issuer, true)])
            Assert.Equal(isBelieved, certificates.TryFind(header, KeyPurpose.Credential, issuer, world.Time.GetUtcNow(), out _, out _));
    }

    [Fact]
    public async Task A_record_that_says_revoked_wins_over_a_list_that_does_not_yet()
    {
        var held = await world.IssueAsync();
        var before = (await world.Nation.StatusLists.ReadAsync(held.Reference.Uri))!;
        await world.Nation.Revoker.RevokeAsync(held.Record.Id, "a reason");
        world.List = _ => before;
        try
        {
            Refused(await held.VerifyAsync(), VerificationStep.Status, "revoked");
        }
        finally
        {
            world.List = null;
        }
    }

    [Fact]
    public async Task Bytes_that_the_nation_has_no_record_of_are_refused_at_Policy_though_it_signed_them()
    {
        var held = await world.IssueAsync();
        Refused(await held.VerifyForgedAsync((_, payload) => payload["charter_version"] = "founding-2", recorded: false), VerificationStep.Policy, "no_record");
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task Someone_else_s_slot_or_a_slot_of_nobody_is_refused_at_Policy()
    {
        var (held, other) = (await world.IssueAsync(), await world.IssueAsync());
        Refused(await SlotAsync(other.Record.Idx), VerificationStep.Policy, "no_record");
        var records = await Credentials.ListAsync(world.Nation.Database);
        Refused(await SlotAsync(Enumerable.Range(0, 1000).First(idx => records.All(record => record.Idx != idx))), VerificationStep.Policy, "no_record");
        await held.IsAcceptedAsync();
        await other.IsAcceptedAsync();

        Task<Verdict> SlotAsync(long idx) => held.VerifyForgedAsync((_, payload) => payload["status"]!["status_list"]!["idx"] = idx);
    }

    [Fact]
    public async Task A_record_of_another_holder_is_refused_at_Policy()
    {
        var held = await world.IssueAsync();
        await HolderAsync(TestWallet.NewKey().PublicKey.Thumbprint());
        Refused(await held.VerifyAsync(), VerificationStep.Policy, "no_record");
        await HolderAsync(held.Record.HolderThumbprint);
        await held.IsAcceptedAsync();

        async Task HolderAsync(string thumbprint) => Assert.Null(await world.Nation.Database.CommitAsync(
            new Statement("UPDATE credential SET holder_thumbprint = @thumbprint WHERE id = @id", new { thumbprint, id = held.Record.Id }, "record")));
    }

    [Fact]
    public async Task What_was_not_asked_or_not_answered_is_refused_at_Query()
    {
        var held = await world.IssueAsync();
        var right = await world.BindAsync(VerifierWorld.Held.Shown(held.Issued), held.Holder);
        Refused(await world.VerifyAsync([]), VerificationStep.Query, "query_not_satisfied");
        Refused(await world.VerifyAsync(TestWallet.VpToken(right, "residency")), VerificationStep.Query, "query_not_satisfied");
        Refused(await world.VerifyAsync(new() { ["membership"] = new JsonArray(right, right) }), VerificationStep.Query, "query_not_satisfied");
        Refused(await world.VerifyAsync(new() { ["membership"] = new JsonArray(right), ["more"] = new JsonArray(right) }), VerificationStep.Query, "query_not_satisfied");

        // What was not asked for is not even looked at.
        Refused(await world.VerifyAsync(new() { ["more"] = new JsonArray("no credential"), ["membership"] = new JsonArray(right) }), VerificationStep.Query, "query_not_satisfied");

        // A claim withheld.
        var sdJwt = SdJwt.Parse(held.Issued);
        var less = SdJwt.Compact(sdJwt.IssuerSigned.Compact, sdJwt.Disclosures.Where(one => one.Name == "tier"));
        Refused(await world.VerifyAsync(TestWallet.VpToken(await world.BindAsync(less, held.Holder))), VerificationStep.Query, "query_not_satisfied");
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_good_credential_does_not_carry_a_bad_one_whatever_their_order()
    {
        var (good, bad) = (await world.IssueAsync(), await world.IssueAsync());
        await world.Nation.Revoker.RevokeAsync(bad.Record.Id, "a reason");
        var (one, two) = (await BoundAsync(good), await BoundAsync(bad));
        foreach (var order in new[] { new JsonArray(one, two), new JsonArray(two, one) })
            Refused(await world.VerifyAsync(new() { ["membership"] = order }, Several()), VerificationStep.Status, "revoked");
    }

    [Fact]
    public async Task Credentials_of_two_members_together_are_refused_at_Policy_and_those_of_one_are_not()
    {
        var mine = await world.IssueAsync();
        var (alsoMine, theirs) = (await world.IssueAsync(mine.Record.MemberId), await world.IssueAsync());
        var (one, two, three) = (await BoundAsync(mine), await BoundAsync(alsoMine), await BoundAsync(theirs));
        Assert.Equal(Outcome.Accepted, (await world.VerifyAsync(new() { ["membership"] = new JsonArray(one, two) }, Several())).Outcome);
        Refused(await world.VerifyAsync(new() { ["membership"] = new JsonArray(one, three) }, Several()), VerificationStep.Policy, "different_holders");
    }

    private static void Unknown(Verdict verdict)
    {
        Assert.Equal((Outcome.Undetermined, VerificationStep.Status, "status_unknown"), (verdict.Outcome, verdict.Step, verdict.Reason));
        Assert.Empty(verdict.Credentials);
    }

    private DcqlQuery Several()
    {
        var query = ProofRequest.Of(ProofPolicy.Usual, Choice.Parse("membership"), world.Nation.Types).ToDcql();
        return query with { Credentials = [query.Credentials[0] with { Multiple = true }] };
    }

    private Task<string> BoundAsync(VerifierWorld.Held held) => world.BindAsync(VerifierWorld.Held.Shown(held.Issued), held.Holder);
}
