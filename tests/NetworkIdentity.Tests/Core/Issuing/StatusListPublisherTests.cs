using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;
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
        Time.Move(TimeSpan.FromSeconds(1));
        await _nation.StatusLists.PublishDueAsync();
        Assert.Same(at, await _nation.StatusLists.FindAsync(first.ListId));
        Assert.InRange(_nation.StatusLists.KeptFor(at), 1, 4);
        Time.Move(TimeSpan.FromSeconds(4));
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
    public async Task F7_I5_what_two_servers_publish_while_credentials_are_revoked_counts_up_one_by_one_in_time()
    {
        await using var database = _nation.Nation.OpenDatabase();
        using var other = Publisher(database);
        var records = new List<Credentials.Row>();
        for (var i = 0; i < 12; i++) records.Add(await IssueAsync());
        var revoking = Task.Run(async () =>
        {
            foreach (var record in records)
            {
                await _nation.Revoker.RevokeAsync(record.Id, "why");
                Time.Move(StatusListPublisher.Interval);
            }
        });
        await Task.WhenAll(ServeAsync(_nation.StatusLists), ServeAsync(other));
        await revoking;
        await _nation.StatusLists.FindAsync(records[0].ListId);

        var published = _nation.Query<(long Version, long Shows, long At)>("SELECT version, shows, published_at FROM status_publication ORDER BY version");
        Assert.InRange(published.Count, 2, 13);
        Assert.Equal(Enumerable.Range(1, published.Count).Select(version => (long)version), published.Select(version => version.Version));
        foreach (var (earlier, later) in published.Zip(published.Skip(1)))
        {
            Assert.True(earlier.Shows <= later.Shows);
            Assert.True(later.At - earlier.At >= (long)StatusListPublisher.Interval.TotalSeconds);
        }

        var last = await NewestAsync(records[0].ListId);
        Assert.All(records, record => Assert.Equal(TokenStatus.Invalid, List(last).Get(record.Idx)));

        async Task ServeAsync(StatusListPublisher publisher)
        {
            var seen = 0L;
            while (!revoking.IsCompleted)
            {
                var version = await publisher.FindAsync(records[0].ListId);
                Assert.True(version!.Version >= seen);
                seen = version.Version;
            }
        }
    }

    [Fact]
    public async Task F10_after_a_restore_no_version_comes_again_that_may_have_been_published_since()
    {
        var (first, second) = (await IssueAsync(), await IssueAsync());
        var before = (await _nation.StatusLists.FindAsync(first.ListId))!;
        for (var restore = 1; restore <= 2; restore++)
        {
            var at = Time.GetUtcNow().ToUnixTimeSeconds();
            await Database.CommitAsync([.. Restores.Close(RandomId.New(), at)]);
            Time.Move(TimeSpan.FromHours(1));
            var after = (await _nation.StatusLists.FindAsync(first.ListId))!;
            Assert.Equal((at * Restores.VersionLeap) + 1, after.Version);
            Assert.True(Issued(after) > Issued(before));
            await _nation.Revoker.RevokeAsync((restore == 1 ? first : second).Id, "why");
            Time.Move(StatusListPublisher.Interval);
            before = (await _nation.StatusLists.FindAsync(first.ListId))!;
            Assert.Equal(after.Version + 1, before.Version);
        }
    }

    [Fact]
    public async Task I4_a_list_in_which_nothing_changes_is_signed_again_long_before_it_ends_asked_for_or_not()
    {
        var record = await IssueAsync();
        var before = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Time.Move((StatusListPublisher.Lifetime / 2) - TimeSpan.FromSeconds(30));
        await _nation.StatusLists.PublishDueAsync();
        Assert.Equal(before.Version, (await NewestAsync(record.ListId)).Version);
        Time.Move(TimeSpan.FromSeconds(30));
        await _nation.StatusLists.PublishDueAsync();
        var by = await NewestAsync(record.ListId);
        Assert.Equal((before.Version + 1, true), (by.Version, by.ExpiresAt > before.ExpiresAt));
        Time.Move(StatusListPublisher.Lifetime / 2);
        var asked = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.Equal(by.Version + 1, asked.Version);
        Assert.True(asked.ExpiresAt > Time.GetUtcNow().ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task A_list_of_any_width_is_published_and_read(int bits)
    {
        // The nation's own have two bits: one can't say suspended, and no list of one is opened.
        var row = new StatusLists.Row { Id = "of-another-width", Bits = bits, Size = 131_072, CreatedAt = 0 };
        if (bits == 1) Assert.Throws<ArgumentOutOfRangeException>(() => StatusLists.Insert(row));
        await Database.CommitAsync(new Statement("INSERT INTO status_list (id, bits, size, version, created_at) VALUES (@Id, @Bits, @Size, @Version, @CreatedAt)", row));
        var said = new Dictionary<long, TokenStatus> { [0] = TokenStatus.Invalid, [7] = bits == 1 ? TokenStatus.Valid : TokenStatus.Suspended, [131_071] = TokenStatus.Invalid };
        foreach (var (index, status) in said)
            await Database.CommitAsync(StatusLists.Take(row.Id, index, $"credential {index}"), new Statement("UPDATE status_slot SET status = @status WHERE list_id = @Id AND idx = @index", new { status = (long)status, row.Id, index }));

        var token = (await _nation.StatusLists.FindAsync(row.Id))!.Token;
        var (uri, keys) = (_nation.Slots.UriOf(row.Id), _nation.Nation.Keys);
        var list = StatusReader.Check(new IssuerCertificates(_ => keys.Roots), token, uri, keys.Nation.Issuer, Time.GetUtcNow()).List;
        Assert.Equal((bits, 131_072), (list.Bits, list.Size));
        for (var index = 0; index < 131_072; index++) Assert.Equal(said.GetValueOrDefault(index), list.Get(index));
    }

    [Fact]
    public async Task F8_a_clock_that_was_a_month_ahead_for_a_while_leaves_no_list_that_nobody_believes()
    {
        var record = await IssueAsync();
        var before = (await _nation.StatusLists.FindAsync(record.ListId))!;
        var back = Time.GetUtcNow();
        Time.Move(TimeSpan.FromDays(30));
        var ahead = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Time.Move(back - Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        var after = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.Equal(ahead.Version + 1, after.Version);
        Assert.InRange(Issued(after), back.ToUnixTimeSeconds() + 60, Time.GetUtcNow().ToUnixTimeSeconds());
        Assert.True(Issued(after) > Issued(before));
        Assert.Equal(TokenStatus.Invalid, List(after).Get(record.Idx));
        Assert.Equal(after.Token, (await _nation.StatusLists.FindAsync(record.ListId))!.Token);
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
        Time.Move(successor.NotBefore - Time.GetUtcNow() - TimeSpan.FromSeconds(20));
        var flying = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.NotEqual(before.Version, flying.Version);
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        Time.Move(TimeSpan.FromSeconds(20));
        var next = (await _nation.StatusLists.FindAsync(record.ListId))!;
        Assert.Equal((old.Kid, successor.Kid), (Jws.Parse(flying.Token).KeyId, Jws.Parse(next.Token).KeyId));
        var certificates = new IssuerCertificates(_ => keys.Roots);
        foreach (var token in (string[])[flying.Token, next.Token])
            StatusReader.Check(certificates, token, _nation.Slots.UriOf(record.ListId), keys.Nation.Issuer, Time.GetUtcNow());
    }

    [Fact]
    public async Task The_same_slots_are_bitstrings_of_revocation_and_of_suspension_signed_by_the_nations_DID_inside_and_around()
    {
        var (revoked, suspended, valid) = (await IssueAsync(), await IssueAsync(), await IssueAsync());
        await _nation.Revoker.RevokeAsync(revoked.Id, "why");
        await _nation.Suspensions.SuspendAsync(suspended.Id, "why", Time.GetUtcNow().AddDays(1));
        foreach (var (purpose, set) in ((string, Credentials.Row)[])[(StatusPurpose.Revocation, revoked), (StatusPurpose.Suspension, suspended)])
        {
            var version = (await _nation.StatusLists.FindAsync(valid.ListId, StatusListPublisher.BitstringFormats[purpose]))!;
            var jws = Jws.Parse(version.Token);
            Assert.Equal("vc+jwt", jws.Type);
            var did = _nation.Nation.Did!;
            var around = EnvelopingProof.Parse(version.Token);
            var key = ControlledIdentifierDocument.Retrieve(did.Document, around.KeyId!, ControlledIdentifierDocument.AssertionMethod, Time.GetUtcNow());
            Assert.Equal(did.Did, around.VerifyCredential(VerificationKey.Import(key.Key), key.Controller, Time.GetUtcNow()).Issuer);
            var inside = SecuredDocument.Parse(jws.Claims()).Verify(new ProofExpectations(ControlledIdentifierDocument.AssertionMethod, Time.GetUtcNow()), _ => did.Document);
            Assert.Equal(did.Did, Assert.Single(inside.Proofs).Method.Controller);
            var url = $"{_nation.Slots.UriOf(valid.ListId)}/{purpose}";
            var list = BitstringStatusListCredential.Read(jws.Claims(), url, Time.GetUtcNow());
            Assert.Equal((did.Did, purpose, 1_048_576), (list.Issuer, Assert.Single(list.Purposes), list.List.Size));
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
        new(database, _nation.Nation.Keys, _nation.Nation.Did, new StatusSlots(database, _nation.Nation.Keys, Time), Time, keepsHistory);
}
