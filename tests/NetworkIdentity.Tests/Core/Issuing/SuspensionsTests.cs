using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>Suspended, resumed, ended by time, renewed: each an act with its leaf, and none of them undoes a revocation.</summary>
public sealed class SuspensionsTests : IAsyncLifetime
{
    private TestIssuing _nation = null!;

    private ManualTime Time => _nation.Nation.Time;

    private Database Database => _nation.Nation.Database;

    public async ValueTask InitializeAsync() => _nation = await TestIssuing.StartAsync();

    public ValueTask DisposeAsync() => _nation.DisposeAsync();

    [Fact]
    public async Task A_suspension_ends_by_itself_at_its_second_with_a_leaf_of_its_own()
    {
        var records = await IssueAsync(2);
        var until = Time.GetUtcNow().AddDays(3);
        var suspended = await _nation.Suspensions.SuspendAsync(records[0].Id, "a quarrel about the garden", until);
        Assert.Equal(2, suspended.Count);
        Assert.Equal(records[0].Id, suspended[0].Id);
        Assert.All(suspended, record => Assert.True(record.IsSuspended(Now()) && !record.Stands(Now())));
        Assert.All(records, record => Assert.Equal(TokenStatus.Suspended, Status(record)));
        Assert.Equal("stands", await Database.CommitAsync(Credentials.Stands(records[0].Id, Now())));
        Assert.Equal("belongs", await Database.CommitAsync(Credentials.Belongs(records[0].MemberId, Now())));
        await AuditedAsync();

        // Before that nothing ends; at the second the record is good, and the sweep of any server tells it to the list.
        Time.Move(until - Time.GetUtcNow() - TimeSpan.FromSeconds(20));
        await _nation.Suspensions.EndDueAsync();
        Assert.Equal(TokenStatus.Suspended, Status(records[0]));
        Time.Move(TimeSpan.FromSeconds(21));
        Assert.Null(await Database.CommitAsync(Credentials.Stands(records[0].Id, Now()), Credentials.Belongs(records[0].MemberId, Now())));
        await using var other = _nation.Nation.OpenDatabase();
        var beside = new Suspensions(other, _nation.Nation.Keys, Time);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run((i % 2 == 0 ? _nation.Suspensions : beside).EndDueAsync)));
        Assert.All(records, record => Assert.Equal(TokenStatus.Valid, Status(record)));
        Assert.Equal(["suspend founder", "suspend founder", "resume time", "resume time"], Acts());
        var over = (await Credentials.FindAsync(Database, records[0].Id))!;
        Assert.Equal((true, null), (over.Stands(Now()), await _nation.Suspensions.ReasonOfResumptionAsync(over)));
        Assert.Equal([NoticeKind.SuspensionEnded.Name], (await Notices.OfMemberAsync(Database, over.MemberId, Now())).Select(row => row.Kind));
        await AuditedAsync();
    }

    [Fact]
    public async Task F7_who_ends_a_suspension_by_its_time_does_not_end_another_that_began_meanwhile()
    {
        var records = await IssueAsync(2);
        var offer = records[0].OfferId;
        await _nation.Suspensions.SuspendAsync(records[0].Id, "first", Time.GetUtcNow().AddMinutes(1));
        Time.Move(TimeSpan.FromMinutes(2));
        Assert.Equal([offer], await Credentials.OffersToResumeAsync(Database, Now()));

        // One server has seen so; on another it is suspended anew before the first one acts.
        await _nation.Suspensions.SuspendAsync(records[0].Id, "second", Time.GetUtcNow().AddDays(1));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.EndOfOffer(offer, 2, Now())));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.SuspendOfOffer(offer, 2, [], Now() + 60, Now())));
        Assert.All(records, record => Assert.Equal(TokenStatus.Suspended, Status(record)));
        Time.Move(TimeSpan.FromDays(1));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.EndOfOffer(offer, 1, Now())));
        await _nation.Suspensions.EndDueAsync();
        Assert.All(records, record => Assert.Equal(TokenStatus.Valid, Status(record)));
        await AuditedAsync();
    }

    [Fact]
    public async Task It_can_be_resumed_before_and_suspended_again_and_the_reasons_are_sealed()
    {
        var record = (await IssueAsync())[0];
        await _nation.Suspensions.SuspendAsync(record.Id, "words about a person", Time.GetUtcNow().AddDays(1));
        Assert.Equal("already_suspended", await RefusedAsync(() => _nation.Suspensions.SuspendAsync(record.Id, "again", Time.GetUtcNow().AddDays(2))));
        Assert.DoesNotContain("words about a person", System.Text.Encoding.UTF8.GetString(_nation.Nation.BytesAtRest()), StringComparison.Ordinal);
        Time.Move(TimeSpan.FromSeconds(1));
        var resumed = (await _nation.Suspensions.ResumeAsync(record.Id, "it was someone else"))[0];
        Assert.True(resumed.Stands(Now()));
        Assert.Equal("words about a person", await _nation.Suspensions.ReasonOfSuspensionAsync(resumed));
        Assert.Equal("it was someone else", await _nation.Suspensions.ReasonOfResumptionAsync(resumed));
        Assert.Equal(TokenStatus.Valid, Status(record));
        Assert.Equal("not_suspended", await RefusedAsync(() => _nation.Suspensions.ResumeAsync(record.Id, "again")));

        Time.Move(TimeSpan.FromSeconds(1));

        // One whose time is over, and that nobody has swept, is ended before the next begins.
        await _nation.Suspensions.SuspendAsync(record.Id, "second", Time.GetUtcNow().AddMinutes(1));
        Time.Move(TimeSpan.FromMinutes(2));
        Assert.Equal("not_suspended", await RefusedAsync(() => _nation.Suspensions.ResumeAsync(record.Id, "late")));
        await _nation.Suspensions.SuspendAsync(record.Id, "third", Time.GetUtcNow().AddMinutes(1));
        Assert.Equal(["suspend founder", "resume founder", "suspend founder", "resume time", "suspend founder"], Acts());
        await AuditedAsync();
    }

    [Fact]
    public async Task I5_what_is_revoked_while_suspended_is_never_valid_again()
    {
        var record = (await IssueAsync())[0];
        await _nation.Suspensions.SuspendAsync(record.Id, "for a while", Time.GetUtcNow().AddDays(1));
        await _nation.Revoker.RevokeAsync(record.Id, "for good");
        Assert.Equal("already_revoked", await RefusedAsync(() => _nation.Suspensions.ResumeAsync(record.Id, "please")));
        Assert.Equal("already_revoked", await RefusedAsync(() => _nation.Suspensions.SuspendAsync(record.Id, "more", Time.GetUtcNow().AddDays(1))));
        Time.Move(TimeSpan.FromDays(2));
        await _nation.Suspensions.EndDueAsync();
        Assert.Equal(TokenStatus.Invalid, Status(record));
        Assert.DoesNotContain("resume time", Acts());
        Assert.Equal("moved", await Database.CommitAsync(Credentials.ResumeOfOffer(record.OfferId, 1, record.SuspendedReason, [], Now())));
        await Database.CommitAsync(StatusLists.SetOfOffer(record.OfferId, (long)TokenStatus.Valid));
        Assert.Equal(TokenStatus.Invalid, Status(record));
        await AuditedAsync();
    }

    [Fact]
    public async Task I5_of_a_suspension_a_resumption_and_a_revocation_at_once_the_revocation_stays()
    {
        await using var database = _nation.Nation.OpenDatabase();
        var (revoker, suspensions) = (new Revoker(database, _nation.Nation.Keys, Time), new Suspensions(database, _nation.Nation.Keys, Time));
        for (var round = 0; round < 5; round++)
        {
            var record = (await IssueAsync())[0];
            await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddSeconds(1));
            Time.Move(TimeSpan.FromSeconds(round % 2));
            await Task.WhenAll(
                TryAsync(() => revoker.RevokeAsync(record.Id, "for good")),
                TryAsync(() => _nation.Suspensions.ResumeAsync(record.Id, "why")),
                TryAsync(() => suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(1))),
                _nation.Suspensions.EndDueAsync(),
                suspensions.EndDueAsync());
            Assert.NotNull((await Credentials.FindAsync(Database, record.Id))!.RevokedAt);
            Assert.Equal(TokenStatus.Invalid, Status(record));
        }

        await AuditedAsync();

        static async Task TryAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Refusal refusal)
            {
                Assert.Contains(refusal.Code, (string[])["already_revoked", "not_suspended", "already_suspended"]);
            }
        }
    }

    [Fact]
    public async Task A54_no_fresh_copy_comes_from_an_offer_while_what_it_gave_is_suspended()
    {
        var token = await _nation.TokenAsync();
        await _nation.Issuer.IssueAsync(token, await _nation.RequestAsync([TestWallet.NewKey()]));
        var record = Assert.Single(await Credentials.ListAsync(Database));
        await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddMinutes(1));
        Assert.Equal("credential_request_denied", await RefusedAsync(async () => await _nation.Issuer.IssueAsync(token, await _nation.RequestAsync([TestWallet.NewKey()]))));
        Assert.Single(await Credentials.ListAsync(Database));

        // Its time is over, and nothing is given until that is written: else a copy would come between, which the end knows nothing of, and the end would never be.
        Time.Move(TimeSpan.FromSeconds(61));
        Assert.Equal("credential_request_denied", await RefusedAsync(async () => await _nation.Issuer.IssueAsync(token, await _nation.RequestAsync([TestWallet.NewKey()]))));
        await _nation.Suspensions.EndDueAsync();
        await _nation.Issuer.IssueAsync(token, await _nation.RequestAsync([TestWallet.NewKey()]));
        Assert.Equal(2, (await Credentials.ListAsync(Database)).Count);
    }

    [Theory]
    [InlineData("", 1, "reason_missing")]
    [InlineData(" \n", 1, "reason_missing")]
    [InlineData("why", 0, "invalid_suspension")]
    [InlineData("why", -1, "invalid_suspension")]
    [InlineData("why", 91, "invalid_suspension")]
    public async Task Without_a_reason_or_an_end_that_is_near_nothing_is_suspended(string reason, int days, string code)
    {
        var record = (await IssueAsync())[0];
        Assert.Equal(code, await RefusedAsync(() => _nation.Suspensions.SuspendAsync(record.Id, reason, Time.GetUtcNow().AddDays(days))));
        Assert.Empty(Acts());
        await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(90));
        Assert.Equal("reason_missing", await RefusedAsync(() => _nation.Suspensions.ResumeAsync(record.Id, "")));
        Assert.Equal("unknown_credential", await RefusedAsync(() => _nation.Suspensions.ResumeAsync(RandomId.New(), "why")));
    }

    [Theory]
    [InlineData("BEFORE INSERT ON journal")]
    [InlineData("BEFORE UPDATE ON status_slot")]
    [InlineData("BEFORE UPDATE ON status_list")]
    [InlineData("BEFORE UPDATE ON offer")]
    public async Task I14_a_suspension_whose_commit_fails_has_not_begun(string when)
    {
        var record = (await IssueAsync())[0];
        _nation.Nation.Store.Trip(when);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(1)));
        _nation.Nation.Store.Mend(when[(when.LastIndexOf(' ') + 1)..]);
        Assert.Null((await Credentials.FindAsync(Database, record.Id))!.SuspendedAt);
        Assert.Equal(TokenStatus.Valid, Status(record));
        await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(1));
        Assert.Equal(TokenStatus.Suspended, Status(record));
    }

    [Fact]
    public async Task An_audit_sees_a_suspension_that_was_made_past_the_acts()
    {
        var record = (await IssueAsync())[0];
        await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(1));
        await Database.CommitAsync(new Statement("UPDATE status_slot SET status = 0 WHERE idx = @Idx", new { record.Idx }));
        Assert.Equal([record.Id], await AuditQueries.SlotsThatDifferAsync(Database));
        await Database.CommitAsync(new Statement("UPDATE credential SET resumed_at = 1 WHERE id = @Id", new { record.Id }));
        Assert.Empty(await AuditQueries.SlotsThatDifferAsync(Database));
        Assert.Equal([record.Id], await AuditQueries.SuspensionsThatDifferAsync(Database));
    }

    [Fact]
    public async Task Renewed_is_what_stands_with_the_claims_it_has()
    {
        await _nation.TakeAsync(1, "membership", ("display_name", "Ana"), ("tier", "citizen"));
        var record = (await Credentials.ListAsync(Database)).Single();
        var made = await _nation.Offering.RenewAsync(record.Id, new Dictionary<string, string> { ["tier"] = "steward" }, withTransactionCode: false);
        Assert.Equal(record.MemberId, made.MemberId);
        var shown = (await _nation.Offering.FindAsync(made.Id))!;
        Assert.Contains("display_name", shown.ClaimNames);
        Assert.Equal([record.ToBeSignedDigest], _nation.Query<string>("SELECT detail FROM journal WHERE act = 'renew' AND subject = @Id", record));

        Time.Move(TimeSpan.FromDays(400));
        Assert.False((await Credentials.FindAsync(Database, record.Id))!.Stands(Now()));
        await _nation.Offering.RenewAsync(record.Id, new Dictionary<string, string>(), withTransactionCode: false);
        await _nation.Suspensions.SuspendAsync(record.Id, "why", Time.GetUtcNow().AddDays(1));
        Assert.Equal("already_suspended", await RenewAsync(record.Id));
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        Assert.Equal("already_revoked", await RenewAsync(record.Id));
        Assert.Equal("unknown_credential", await RenewAsync("another"));

        Task<string> RenewAsync(string id) => RefusedAsync(() => _nation.Offering.RenewAsync(id, new Dictionary<string, string>(), withTransactionCode: false));
    }

    private static async Task<string> RefusedAsync(Func<Task> act) => (await Assert.ThrowsAsync<Refusal>(act)).Code;

    private async Task<IReadOnlyList<Credentials.Row>> IssueAsync(int count = 1)
    {
        var reference = StatusListReference.Of((await _nation.TakeAsync(count))[0].IssuerSigned.Claims())!;
        var record = (await Credentials.FindBySlotAsync(Database, reference.Uri[(reference.Uri.LastIndexOf('/') + 1)..], reference.Index))!;
        return [.. (await Credentials.OfOfferAsync(Database, record.OfferId)).OrderByDescending(row => row.Id == record.Id)];
    }

    private TokenStatus Status(Credentials.Row record) => (TokenStatus)_nation.Query<long>("SELECT status FROM status_slot WHERE credential_id = @Id", record).Single();

    private List<string> Acts() => _nation.Query<string>("SELECT act || ' ' || actor FROM journal WHERE act IN ('suspend', 'resume') ORDER BY at, act");

    private long Now() => Time.GetUtcNow().ToUnixTimeSeconds();

    private async Task AuditedAsync()
    {
        Assert.Empty(await AuditQueries.SuspensionsThatDifferAsync(Database));
        Assert.Empty(await AuditQueries.SlotsThatDifferAsync(Database));
        Assert.Empty(await AuditQueries.RevocationsThatDifferAsync(Database));
    }
}
