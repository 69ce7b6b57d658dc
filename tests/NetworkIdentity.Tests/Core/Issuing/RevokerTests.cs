using System.Data.Common;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

public sealed class RevokerTests
{
    [Fact]
    public async Task I4_the_list_says_revoked_an_interval_after_of_the_credential_and_its_copies_and_of_no_other()
    {
        await using var nation = await TestIssuing.StartAsync();
        SdJwt[] credentials = [.. await nation.TakeAsync(count: 2), .. await nation.TakeAsync()];
        Assert.Equal([TokenStatus.Valid, TokenStatus.Valid, TokenStatus.Valid], await Task.WhenAll(credentials.Select(one => StatusAsync(nation, one))));

        var record = await RecordAsync(nation, credentials[0]);
        var revoked = await nation.Revoker.RevokeAsync(record.Id, "the phone was lost");
        Assert.Equal(2, revoked.Count);
        Assert.Equal("the phone was lost", await nation.Revoker.ReasonOfAsync(revoked[0]));
        Assert.Equal([TokenStatus.Invalid, TokenStatus.Invalid, TokenStatus.Valid], await Task.WhenAll(credentials.Select(one => StatusAsync(nation, one))));
        Assert.Equal(
            ["founder: founding-1"], nation.Query<string>("SELECT actor || ': ' || charter_version FROM journal WHERE act = 'revoke' AND subject = @Id", record));
        Assert.Equivalent(revoked[0], await Credentials.FindAsync(nation.Nation.Database, record.Id));
    }

    [Fact]
    public async Task Nothing_more_comes_from_an_offer_whose_credential_was_revoked()
    {
        await using var nation = await TestIssuing.StartAsync();
        var token = await nation.TokenAsync();
        await nation.Issuer.IssueAsync(token, await nation.RequestAsync([TestWallet.NewKey()]));
        var record = Assert.Single(await Credentials.ListAsync(nation.Nation.Database));
        await nation.Revoker.RevokeAsync(record.Id, "a wallet that was stolen");

        var refused = await Assert.ThrowsAsync<Refusal>(async () => await nation.Issuer.IssueAsync(token, await nation.RequestAsync([TestWallet.NewKey()])));
        Assert.Equal("invalid_token", refused.Code);
        Assert.Equal("revoked", await nation.Nation.Database.CommitAsync(Offers.Gives(record.OfferId)));
        Assert.Single(await Credentials.ListAsync(nation.Nation.Database));
    }

    [Fact]
    public async Task A_reason_is_not_readable_in_the_database()
    {
        await using var nation = await TestIssuing.StartAsync();
        var record = await RecordAsync(nation, (await nation.TakeAsync())[0]);
        var revoked = await nation.Revoker.RevokeAsync(record.Id, "a reason about a person");
        Assert.DoesNotContain("a reason about a person", System.Text.Encoding.UTF8.GetString(revoked[0].RevokedReason!));
        Assert.Equal("a reason about a person", await nation.Revoker.ReasonOfAsync(revoked[0]));
    }

    [Fact]
    public async Task A92_I5_a_revocation_that_was_decided_on_what_has_moved_since_is_not_done_and_one_that_was_done_never_undone()
    {
        await using var nation = await TestIssuing.StartAsync();
        var credential = (await nation.TakeAsync())[0];
        var record = await RecordAsync(nation, credential);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try
            {
                await nation.Revoker.RevokeAsync(record.Id, $"reason {i}");
                return "revoked";
            }
            catch (Refusal refusal)
            {
                return refusal.Code;
            }
        })));
        Assert.Single(outcomes, "revoked");
        Assert.Equal(9, outcomes.Count(outcome => outcome == "already_revoked"));
        Assert.Single(nation.Query<string>("SELECT id FROM journal WHERE act = 'revoke'"));
        Assert.Equal($"reason {Array.IndexOf(outcomes, "revoked")}", await nation.Revoker.ReasonOfAsync((await Credentials.FindAsync(nation.Nation.Database, record.Id))!));
        Assert.Equal(TokenStatus.Invalid, await StatusAsync(nation, credential));
        nation.Nation.Time.Move(TimeSpan.FromDays(30));
        Assert.Equal(TokenStatus.Invalid, await StatusAsync(nation, credential));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\n")]
    public async Task Without_a_reason_nothing_is_revoked(string reason)
    {
        await using var nation = await TestIssuing.StartAsync();
        var credential = (await nation.TakeAsync())[0];
        var record = await RecordAsync(nation, credential);
        Assert.Equal("reason_missing", (await Assert.ThrowsAsync<Refusal>(() => nation.Revoker.RevokeAsync(record.Id, reason))).Code);
        Assert.Equal(TokenStatus.Valid, await StatusAsync(nation, credential));
        await nation.Revoker.RevokeAsync(record.Id, "a reason");
        Assert.Equal(TokenStatus.Invalid, await StatusAsync(nation, credential));
    }

    [Fact]
    public async Task What_was_never_issued_can_not_be_revoked()
    {
        await using var nation = await TestIssuing.StartAsync();
        Assert.Equal("unknown_credential", (await Assert.ThrowsAsync<Refusal>(() => nation.Revoker.RevokeAsync(RandomId.New(), "why"))).Code);
        Assert.Empty(nation.Query<string>("SELECT id FROM journal WHERE act = 'revoke'"));
    }

    [Theory]
    [InlineData("BEFORE INSERT ON journal")]
    [InlineData("BEFORE UPDATE ON status_slot")]
    [InlineData("BEFORE UPDATE ON status_list")]
    public async Task I14_a_revocation_whose_commit_fails_has_not_begun(string when)
    {
        await using var nation = await TestIssuing.StartAsync();
        var credential = (await nation.TakeAsync())[0];
        var record = await RecordAsync(nation, credential);
        nation.Nation.Store.Trip(when);
        await Assert.ThrowsAnyAsync<DbException>(() => nation.Revoker.RevokeAsync(record.Id, "why"));
        Assert.Null((await Credentials.FindAsync(nation.Nation.Database, record.Id))!.RevokedAt);
        nation.Nation.Store.Mend(when[(when.LastIndexOf(' ') + 1)..]);
        Assert.Equal(TokenStatus.Valid, await StatusAsync(nation, credential));
        await nation.Revoker.RevokeAsync(record.Id, "why");
        Assert.Equal(TokenStatus.Invalid, await StatusAsync(nation, credential));
    }

    [Fact]
    public async Task A_list_is_signed_again_when_it_has_changed_or_is_half_way_through_its_life_and_not_before()
    {
        await using var nation = await TestIssuing.StartAsync();
        var credential = (await nation.TakeAsync())[0];
        var record = await RecordAsync(nation, credential);
        var first = await nation.StatusLists.FindAsync(record.ListId);
        nation.Nation.Time.Move(TimeSpan.FromHours(11));
        Assert.Same(first, await nation.StatusLists.FindAsync(record.ListId));
        nation.Nation.Time.Move(TimeSpan.FromHours(2));
        var second = await nation.StatusLists.FindAsync(record.ListId);
        Assert.NotEqual(first!.Token, second!.Token);
        await nation.Revoker.RevokeAsync(record.Id, "why");
        Assert.Same(second, await nation.StatusLists.FindAsync(record.ListId));
        nation.Nation.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(second.Version + 1, (await nation.StatusLists.FindAsync(record.ListId))!.Version);
        Assert.Null(await nation.StatusLists.FindAsync("another"));
        Assert.Null(await nation.StatusLists.ReadAsync("https://other.example/status/" + record.ListId));
    }

    private static async Task<Credentials.Row> RecordAsync(TestIssuing nation, SdJwt credential)
    {
        var reference = StatusListReference.Of(credential.IssuerSigned.Claims())!;
        return (await Credentials.FindBySlotAsync(nation.Nation.Database, reference.Uri[(reference.Uri.LastIndexOf('/') + 1)..], reference.Index))!;
    }

    /// <summary>What the list says once it may have changed.</summary>
    private static async Task<TokenStatus> StatusAsync(TestIssuing nation, SdJwt credential)
    {
        nation.Nation.Time.Move(StatusListPublisher.Interval);
        var reference = StatusListReference.Of(credential.IssuerSigned.Claims())!;
        var token = await nation.StatusLists.ReadAsync(reference.Uri);
        return TokenStatusList.Read(Jws.Parse(token!), reference.Uri, nation.Nation.Time.GetUtcNow()).List.Get(reference.Index);
    }
}
