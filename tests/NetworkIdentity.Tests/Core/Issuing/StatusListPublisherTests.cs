using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>What is published of a list: versions that all servers share, each made once.</summary>
public sealed class StatusListPublisherTests : IAsyncLifetime
{
    private TestIssuing _nation = null!;

    private ManualTime Time => _nation.Nation.Time;

    private Database Database => _nation.Nation.Database;

    public async ValueTask InitializeAsync() => _nation = await TestIssuing.StartAsync();

    public ValueTask DisposeAsync() => _nation.DisposeAsync();

    [Fact]
    public async Task I4_a_change_is_published_at_once_where_the_last_version_is_an_interval_old_and_else_when_it_is()
    {
        var (first, second) = (await IssueAsync(), await IssueAsync());
        var before = (await _nation.StatusLists.FindAsync(first.ListId))!;
        Time.Move(StatusListPublisher.Interval);
        Assert.Same(before, await _nation.StatusLists.FindAsync(first.ListId));

        await _nation.Revoker.RevokeAsync(first.Id, "why");
        var at = (await _nation.StatusLists.FindAsync(first.ListId))!;
        Assert.Equal((before.Version + 1, TokenStatus.Invalid), (at.Version, List(at).Get(first.Idx)));
        Assert.InRange(_nation.StatusLists.KeptFor(at), 1, 5);

        await _nation.Revoker.RevokeAsync(second.Id, "why");
        Time.Move(TimeSpan.FromSeconds(3));
        await _nation.StatusLists.PublishDueAsync();
        Assert.Same(at, await _nation.StatusLists.FindAsync(first.ListId));
        Assert.InRange(_nation.StatusLists.KeptFor(at), 1, 2);
        Time.Move(TimeSpan.FromSeconds(2));
        await _nation.StatusLists.PublishDueAsync();
        var late = await NewestAsync(first.ListId);
        Assert.Equal((at.Version + 1, TokenStatus.Invalid, TokenStatus.Invalid), (late.Version, List(late).Get(first.Idx), List(late).Get(second.Idx)));
        Assert.Equal(late.Token, (await _nation.StatusLists.FindAsync(first.ListId))!.Token);
    }

    [Fact]
    public async Task I5_versions_count_up_never_change_and_each_is_a_leaf_with_its_digest()
    {
        var records = new List<Credentials.Row>();
        for (var i = 0; i < 3; i++) records.Add(await IssueAsync());
        var published = new List<StatusPublications.Row>();
        foreach (var record in records)
        {
            published.Add((await _nation.StatusLists.FindAsync(record.ListId))!);
            await _nation.Revoker.RevokeAsync(record.Id, "why");
            Time.Move(StatusListPublisher.Interval);
        }

        published.Add((await _nation.StatusLists.FindAsync(records[0].ListId))!);
        Assert.Equal([1, 2, 3, 4], published.Select(version => version.Version));
        foreach (var (earlier, later) in published.Zip(published.Skip(1)))
        {
            Assert.True(Issued(earlier) < Issued(later));
            foreach (var record in records)
                if (List(earlier).Get(record.Idx) == TokenStatus.Invalid) Assert.Equal(TokenStatus.Invalid, List(later).Get(record.Idx));
        }

        foreach (var version in published)
            Assert.Equivalent(version, await StatusPublications.FindAsync(Database, version.ListId, version.Format, version.Version));
        Assert.Equal(
            published.Select(version => $"token {version.Version} {version.TokenDigest}"),
            _nation.Query<string>("SELECT detail FROM journal WHERE act = 'publish-list' AND actor = 'server' ORDER BY detail"));
        Assert.Equal("published", await Database.CommitAsync(StatusPublications.Insert(published[1] with { Token = "another" })));
        Assert.Empty(await AuditQueries.PublishedWithoutLeafAsync(Database));
        await Database.CommitAsync(new Statement("UPDATE status_publication SET token_digest = 'another' WHERE version = 2", new { }));
        Assert.Single(await AuditQueries.PublishedWithoutLeafAsync(Database));
    }

    [Fact]
    public async Task F7_two_servers_that_publish_at_once_serve_one_version()
    {
        var record = await IssueAsync();
        await using var database = _nation.Nation.OpenDatabase();
        using var other = Publisher(database);
        for (var round = 1; round <= 5; round++)
        {
            var served = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? _nation.StatusLists : other).FindAsync(record.ListId))));
            Assert.Single(served.Select(version => version!.Token).Distinct());
            Assert.Equal(round, served[0]!.Version);
            Assert.Equal(round, _nation.Query<string>("SELECT id FROM journal WHERE act = 'publish-list'").Count);
            await _nation.Revoker.RevokeAsync((await IssueAsync()).Id, "why");
            Time.Move(StatusListPublisher.Interval);
        }
    }

    [Fact]
    public async Task F7_many_revocations_at_once_by_two_servers_are_all_in_the_next_version_and_none_is_lost()
    {
        await using var database = _nation.Nation.OpenDatabase();
        var other = new Revoker(database, _nation.Nation.Keys, Time);
        var records = new List<Credentials.Row>();
        for (var i = 0; i < 24; i++) records.Add(await IssueAsync());
        var before = (await _nation.StatusLists.FindAsync(records[0].ListId))!;
        await Task.WhenAll(records.Select((record, i) => Task.Run(() => (i % 2 == 0 ? _nation.Revoker : other).RevokeAsync(record.Id, "at once"))));
        Time.Move(StatusListPublisher.Interval);
        var next = (await _nation.StatusLists.FindAsync(records[0].ListId))!;
        Assert.Equal(before.Version + 1, next.Version);
        Assert.All(records, record => Assert.Equal(TokenStatus.Invalid, List(next).Get(record.Idx)));
    }

    [Fact]
    public async Task F8_a_clock_that_goes_back_takes_no_version_back_and_hides_no_revocation()
    {
        var (gone, stays) = (await IssueAsync(), await IssueAsync());
        var before = (await _nation.StatusLists.FindAsync(gone.ListId))!;
        Time.Move(TimeSpan.FromHours(-1));
        await _nation.Revoker.RevokeAsync(gone.Id, "why");
        var after = (await _nation.StatusLists.FindAsync(gone.ListId))!;
        Assert.Equal(before.Version + 1, after.Version);
        Assert.True(Issued(after) > Issued(before));

        // The nation believes its own list, whose time its clock has not come to again.
        var certificates = new IssuerCertificates(_ => _nation.Nation.Keys.Roots);
        using var fetcher = new Fetcher(new Fetcher.Options(), Time);
        var reader = new StatusReader(
            _nation.Nation.Keys.Nation.Issuer, _nation.StatusLists.ReadAsync, new FetchedLists(fetcher, certificates, Time, _ => { }), certificates, Time);
        foreach (var (record, status) in ((Credentials.Row, TokenStatus)[])[(gone, TokenStatus.Invalid), (stays, TokenStatus.Valid)])
            Assert.Equal((status, null), await reader.ReadAsync(new StatusListReference(_nation.Slots.UriOf(record.ListId), record.Idx), _nation.Nation.Keys.Nation.Issuer));
    }

    [Fact]
    public async Task F9_a_list_in_flight_when_its_key_is_followed_by_another_is_believed_and_the_next_is_the_other_s()
    {
        var keys = _nation.Nation.Keys;
        Time.Move(keys.CurrentKey(KeyPurpose.StatusList).RetireAfter - Time.GetUtcNow() - TimeSpan.FromDays(10));
        await keys.RenewAsync();
        var record = await IssueAsync();
        var before = (await _nation.StatusLists.FindAsync(record.ListId))!;
        var (old, successor) = (keys.CurrentKey(KeyPurpose.StatusList), keys.Keys.Last(key => key.Purpose == KeyPurpose.StatusList));
        Assert.NotEqual(old.Kid, successor.Kid);
        Time.Move(successor.NotBefore - Time.GetUtcNow() - TimeSpan.FromSeconds(2));
        var flying = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.NotEqual(before.Version, flying.Version);
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        Time.Move(StatusListPublisher.Interval);
        var next = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.Equal((old.Kid, successor.Kid), (Jws.Parse(flying.Token).KeyId, Jws.Parse(next.Token).KeyId));
        var certificates = new IssuerCertificates(_ => keys.Roots);
        foreach (var token in (string[])[flying.Token, next.Token])
            StatusReader.Check(certificates, token, _nation.Slots.UriOf(record.ListId), keys.Nation.Issuer, Time.GetUtcNow());
    }

    [Fact]
    public async Task The_same_slots_are_bitstrings_of_revocation_and_of_suspension_signed_by_the_same_key()
    {
        var (revoked, suspended, valid) = (await IssueAsync(), await IssueAsync(), await IssueAsync());
        await _nation.Revoker.RevokeAsync(revoked.Id, "why");
        await _nation.Suspensions.SuspendAsync(suspended.Id, "why", Time.GetUtcNow().AddDays(1));
        foreach (var (purpose, set) in ((string, Credentials.Row)[])[(StatusPurpose.Revocation, revoked), (StatusPurpose.Suspension, suspended)])
        {
            var version = (await _nation.StatusLists.FindAsync(valid.ListId, StatusListPublisher.BitstringFormats[purpose]))!;
            var jws = Jws.Parse(version.Token);
            Assert.Equal("vc+jwt", jws.Type);
            var certificates = new IssuerCertificates(_ => _nation.Nation.Keys.Roots);
            Assert.True(certificates.TryFind(jws.Header, KeyPurpose.StatusList, _nation.Nation.Keys.Nation.Issuer, Time.GetUtcNow(), out var key, out _));
            Assert.True(jws.IsSignedBy(key!));
            var url = $"{_nation.Slots.UriOf(valid.ListId)}/{purpose}";
            var list = BitstringStatusListCredential.Read(jws.Claims(), url, Time.GetUtcNow());
            Assert.Equal((_nation.Nation.Keys.Nation.Issuer, purpose, 1_048_576), (list.Issuer, Assert.Single(list.Purposes), list.List.Size));
            foreach (var record in (Credentials.Row[])[revoked, suspended, valid])
                Assert.Equal(record == set ? 1 : 0, (int)list.List.Get(record.Idx));
        }
    }

    [Fact]
    public async Task What_stood_is_found_by_its_time_and_swept_where_no_history_is_kept()
    {
        var record = await IssueAsync();
        var first = (await _nation.StatusLists.FindAsync(record.ListId))!;
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        Time.Move(TimeSpan.FromMinutes(10));
        var second = (await _nation.StatusLists.FindAsync(record.ListId))!;

        Assert.Equal(first.Version, (await StoodAtAsync(first.PublishedAt))!.Version);
        Assert.Equal(first.Version, (await StoodAtAsync(second.PublishedAt - 1))!.Version);
        Assert.Equal(second.Version, (await StoodAtAsync(second.PublishedAt))!.Version);
        Assert.Null(await StoodAtAsync(first.PublishedAt - 1));
        Assert.Null(await StoodAtAsync(second.ExpiresAt));

        using var keeping = Publisher(Database, keepsHistory: true);
        Time.Move(TimeSpan.FromHours(2));
        await keeping.SweepAsync();
        Assert.NotNull(await StoodAtAsync(first.PublishedAt));
        await _nation.StatusLists.SweepAsync();
        Assert.Null(await StoodAtAsync(first.PublishedAt));
        Assert.Equal(second.Token, (await NewestAsync(record.ListId)).Token);

        Task<StatusPublications.Row?> StoodAtAsync(long at) => _nation.StatusLists.StoodAtAsync(record.ListId, DateTimeOffset.FromUnixTimeSeconds(at));
    }

    private static StatusList List(StatusPublications.Row version) => StatusList.Decode(
        Jws.Parse(version.Token).Claims()["status_list"]!["lst"]!.GetValue<string>(), 2, StatusList.MaxBytes);

    private static long Issued(StatusPublications.Row version) => Jws.Parse(version.Token).Claims()["iat"]!.GetValue<long>();

    private async Task<StatusPublications.Row> NewestAsync(string listId)
    {
        var head = (await StatusPublications.HeadAsync(Database, listId, StatusListPublisher.TokenFormat))!;
        return (await StatusPublications.FindAsync(Database, listId, StatusListPublisher.TokenFormat, head.Version))!;
    }

    private async Task<Credentials.Row> IssueAsync()
    {
        var credential = (await _nation.TakeAsync())[0];
        var reference = StatusListReference.Of(credential.IssuerSigned.Claims())!;
        return (await Credentials.FindBySlotAsync(Database, reference.Uri[(reference.Uri.LastIndexOf('/') + 1)..], reference.Index))!;
    }

    private StatusListPublisher Publisher(Database database, bool keepsHistory = false) =>
        new(database, _nation.Nation.Keys, new StatusSlots(database, _nation.Nation.Keys, Time), Time, keepsHistory);
}
