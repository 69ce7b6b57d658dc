using System.Net;
using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Core.Recognizing;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Keeping;

/// <summary>F10: a backup of an hour ago is put back, and nothing that happened since is done twice or undone in silence.</summary>
public sealed class RestoringTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task F10_I3_no_list_that_was_open_gives_a_slot_again_and_versions_move_on()
    {
        await _server.MemberAsync();
        var before = (await StatusLists.OpenAsync(_server.Nation.Database)).Single();
        await BackUpAsync();
        await using var restored = await RestoreAsync();
        Assert.Empty(await StatusLists.OpenAsync(restored.Nation.Database));
        var list = (await StatusPublications.HeadAsync(restored.Nation.Database, before.Id, StatusListPublisher.TokenFormat))!;
        Assert.InRange(list.ListVersion, (_server.Time.GetUtcNow().ToUnixTimeSeconds() - 60) * Restores.VersionLeap, long.MaxValue);

        var wallet = await restored.MemberAsync();
        Assert.NotEqual(before.Id, (await restored.RecordOfAsync(wallet)).ListId);
    }

    [Fact]
    public async Task F10_I2_what_was_issued_since_the_backup_is_refused_by_whoever_reads_the_lists_anew()
    {
        var kept = await _server.RecordOfAsync(await _server.MemberAsync());
        await BackUpAsync();
        var lost = await _server.RecordOfAsync(await _server.MemberAsync());
        Assert.Equal(kept.ListId, lost.ListId);
        await using var restored = await RestoreAsync();
        Assert.Null(await Credentials.FindAsync(restored.Nation.Database, lost.Id));

        var (lists, now) = (restored.Nation.StatusLists, restored.Time.GetUtcNow().AddMinutes(1));
        async Task<StatusList> ListAsync(string id) => TokenStatusList.Read(Jws.Parse((await lists.FindAsync(id))!.Token), restored.Nation.Keys.Nation.Url($"/status/{id}"), now).List;
        var list = await ListAsync(kept.ListId);
        Assert.Equal((TokenStatus.Valid, TokenStatus.Invalid), (list.Get(kept.Idx), list.Get(lost.Idx)));

        // In the other standard too; and a list that is opened after the restore is like any other.
        var token = (await lists.FindAsync(kept.ListId, StatusListPublisher.BitstringFormats[StatusPurpose.Revocation]))!.Token;
        var bits = BitstringStatusListCredential.Read(Jws.Parse(token).Claims(), restored.Nation.Keys.Nation.Url($"/status/{kept.ListId}/{StatusPurpose.Revocation}"), now).List;
        Assert.Equal(((TokenStatus)0, (TokenStatus)1), (bits.Get(kept.Idx), bits.Get(lost.Idx)));
        var next = await restored.RecordOfAsync(await restored.MemberAsync());
        var open = await ListAsync(next.ListId);
        Assert.All(Enumerable.Range(0, 1_000), idx => Assert.Equal(TokenStatus.Valid, open.Get(idx)));
    }

    [Fact]
    public async Task F10_I6_what_was_open_is_void_nonces_of_before_are_refused_and_subs_are_identical()
    {
        var member = await _server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(_server);
        var code = await signIn.ProveAsync(member);
        var taking = await TestIssuance.BeginAsync(_server);
        var nonce = await taking.Wallet.NonceAsync();
        var record = await _server.RecordOfAsync(member);
        var offer = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: true);
        var sub = Subject.For(_server.Nation.Keys, record.MemberId, "app.example");
        await BackUpAsync();
        await using var restored = await RestoreAsync();

        using (var redeemed = await signIn.RedeemAsync(code, at: restored)) Assert.Equal(HttpStatusCode.BadRequest, redeemed.StatusCode);
        Assert.Null(await restored.Nation.Offering.FindAsync(offer.Id));
        Assert.Equal(0, await restored.CountAsync("access_token") + await restored.CountAsync("authorization_code") + await restored.CountAsync("sign_in") + await restored.CountAsync("presentation_request"));
        Assert.Equal("invalid_nonce", Assert.Throws<Refusal>(() => restored.Nation.Nonces.Use(nonce)).Code);
        _ = restored.Nation.Nonces.Use(restored.Nation.Nonces.Make());
        Assert.Equal(sub, Subject.For(restored.Nation.Keys, record.MemberId, "app.example"));
    }

    [Fact]
    public async Task F10_I5_what_is_published_after_a_second_restore_of_a_backup_is_newer_than_what_was_after_the_first()
    {
        var record = await _server.RecordOfAsync(await _server.MemberAsync());
        await BackUpAsync();
        await using var first = await RestoreAsync();
        await first.Nation.Revoker.RevokeAsync(record.Id, "why");
        var published = (await first.Nation.StatusLists.FindAsync(record.ListId))!;
        _server.Time.Move(TimeSpan.FromMinutes(1));
        await using var second = await RestoreAsync();
        Assert.InRange((await second.Nation.StatusLists.FindAsync(record.ListId))!.Version, published.Version + 1, long.MaxValue);
    }

    [Fact]
    public async Task F10_a_backup_goes_onto_the_other_engine_and_the_nation_goes_on_there()
    {
        var member = await _server.MemberAsync();
        var (client, _) = await _server.RegisterAsync();
        var record = await _server.RecordOfAsync(member);
        await BackUpAsync();
        await using var restored = await RestoreAsync(onTheOtherEngine: true);
        Assert.NotEqual(_server.Nation.Database.Engine.Split(' ')[0], restored.Nation.Database.Engine.Split(' ')[0]);
        Assert.NotNull(await Partners.FindAsync(restored.Nation.Database, client));
        Assert.Equal(record.ToBeSignedDigest, (await Credentials.FindAsync(restored.Nation.Database, record.Id))!.ToBeSignedDigest);
        await restored.MemberAsync();
        await restored.Nation.Revoker.RevokeAsync(record.Id, "why");
        await restored.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log)).Faults);
    }

    [Fact]
    public async Task F10_a_suspension_since_the_backup_comes_back_from_the_published_list_and_one_that_had_ended_does_not()
    {
        var (ended, suspended) = (await _server.RecordOfAsync(await _server.MemberAsync()), await _server.RecordOfAsync(await _server.MemberAsync()));
        var until = _server.Time.GetUtcNow().AddDays(2);
        await _server.Nation.Suspensions.SuspendAsync(ended.Id, "why", until);
        await _server.Nation.StatusLists.FindAsync(ended.ListId);
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("early"));
        await _server.Nation.Suspensions.ResumeAsync(ended.Id, "over");
        await BackUpAsync();
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("later"));
        foreach (var list in Directory.GetFiles(_folder.File("early/status"))) File.Copy(list, list.Replace("early", "later", StringComparison.Ordinal), overwrite: true);
        await using (var later = await RestoreAsync(_folder.File("later")))
            Assert.False((await Credentials.FindAsync(later.Nation.Database, ended.Id))!.IsSuspended(Now()));

        await _server.Nation.Suspensions.SuspendAsync(suspended.Id, "why", until);
        _server.Time.Move(StatusListPublisher.Interval + TimeSpan.FromSeconds(1));
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));
        await using var restored = await RestoreAsync(_folder.File("log"));
        Assert.False((await Credentials.FindAsync(restored.Nation.Database, ended.Id))!.IsSuspended(Now()));
        Assert.True((await Credentials.FindAsync(restored.Nation.Database, suspended.Id))!.IsSuspended(Now()));
        Assert.Contains(await StatusLists.NotValidAsync(restored.Nation.Database, suspended.ListId), slot => (slot.Idx, slot.Status) == (suspended.Idx, 2));

        // Who knows that it was taken back resumes it.
        await restored.Nation.Suspensions.ResumeAsync(suspended.Id, "it was taken back");
        await restored.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log)).Faults);

        long Now() => _server.Time.GetUtcNow().ToUnixTimeSeconds();
    }

    [Fact]
    public async Task F10_two_restores_of_one_backup_don_t_share_nonces_or_the_logs_name()
    {
        await BackUpAsync();
        await using var first = await RestoreAsync();
        var nonce = first.Nation.Nonces.Make();
        await using var second = await RestoreAsync();
        Assert.Equal("invalid_nonce", Assert.Throws<Refusal>(() => second.Nation.Nonces.Use(nonce)).Code);
        Assert.NotEqual(first.Nation.Log.Origin, second.Nation.Log.Origin);
    }

    [Fact]
    public async Task F10_I7_without_a_copy_the_log_begins_anew_under_another_name_and_has_every_leaf()
    {
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        await BackUpAsync();
        await using var restored = await RestoreAsync();
        await restored.Nation.Log.SequenceAsync();
        Assert.NotEqual(_server.Nation.Log.Origin, restored.Nation.Log.Origin);
        Assert.StartsWith(_server.Nation.Log.Origin + "/", restored.Nation.Log.Origin, StringComparison.Ordinal);
        var report = await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log);
        Assert.Empty(report.Faults);
        Assert.Equal(await restored.CountAsync("journal"), report.Leaves);
        Assert.NotNull(await Journal.FindAsync(restored.Nation.Database, "restore", "nation"));
    }

    [Fact]
    public async Task F10_I5_I7_with_a_copy_the_log_goes_on_without_a_fork_and_published_revocations_come_back()
    {
        var (kept, revoked) = (await _server.MemberAsync(), await _server.MemberAsync());
        await _server.Nation.Log.SequenceAsync();
        await BackUpAsync();

        // Since the backup: a revocation, and a member whose record will be lost and who is revoked too.
        var record = await _server.RecordOfAsync(revoked);
        await _server.Nation.Revoker.RevokeAsync(record.Id, "why");
        var lost = await _server.RecordOfAsync(await _server.MemberAsync());
        await _server.Nation.Revoker.RevokeAsync(lost.Id, "why");
        await _server.Nation.Log.SequenceAsync();
        var reached = (await _server.Nation.Log.HeadAsync())!.Size;
        var watched = await WatchAsync(_server, _folder.File("log"));
        Assert.InRange(watched.Size, reached, long.MaxValue);

        await using var restored = await RestoreAsync(_folder.File("log"));
        var database = restored.Nation.Database;
        Assert.NotNull((await Credentials.FindAsync(database, record.Id))!.RevokedAt);
        Assert.Null((await Credentials.FindAsync(database, (await _server.RecordOfAsync(kept)).Id))!.RevokedAt);
        Assert.Null(await Credentials.FindAsync(database, lost.Id));
        Assert.Contains(await StatusLists.NotValidAsync(database, lost.ListId), slot => slot.Idx == lost.Idx);

        // The one who watched goes on watching.
        await restored.MemberAsync();
        await restored.Nation.Log.SequenceAsync();
        Assert.Equal(_server.Nation.Log.Origin, restored.Nation.Log.Origin);
        var head = (await restored.Nation.Log.HeadAsync())!;
        var proof = await restored.Nation.Log.ProveConsistencyAsync(watched.Size, head.Size);
        var last = Checkpoint.Open(await File.ReadAllTextAsync(_folder.File("log/checkpoint"), TestContext.Current.CancellationToken), _server.Nation.Log.Origin, _server.Nation.Log.Keys);
        Assert.True(MerkleTree.VerifyConsistency(watched.Size, last.Root.Span, head.Size, head.Root, proof));
        Assert.Empty((await LogAudit.RunAsync(database, restored.Nation.Log)).Faults);
    }

    [Fact]
    public async Task F10_I11_the_founding_phase_does_not_begin_again_and_what_was_to_be_decided_is_proposed_anew()
    {
        var (database, time) = (_server.Nation.Database, _server.Time);
        var member = (await _server.RecordOfAsync(await _server.MemberAsync())).MemberId;
        await Rules.AdoptAsync(database, time, CharterTests.CoLiving);
        await Steward.AppointAsync(database, time, member, null, [Act.AddNode], DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(90)));
        var open = await _server.Nation.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), member);
        await _server.Nation.Log.SequenceAsync();
        await BackUpAsync();

        // Since the backup the founding phase has ended: the public log says so.
        await database.CommitAsync(Nations.EndFounding("2026-1"), Journal.Write(Rules.EndFoundingAct, "nation", Mandate.Founder, "2026-1", time.GetUtcNow().ToUnixTimeSeconds()));
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));

        await using var restored = await RestoreAsync(_folder.File("log"));
        Assert.Equal("governed", (await Nations.FindAsync(restored.Nation.Database))!.Phase);
        Assert.Equal(Decisions.Lapsed, (await Decisions.FindAsync(restored.Nation.Database, open.Row.Id))!.State);
        Assert.Equal("mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => Node.AddAsync(restored.Nation.Database, time, "Alone", "Nowhere"))).Code);
    }

    [Fact]
    public async Task F10_A79_a_recognition_that_was_ended_since_the_backup_does_not_come_back()
    {
        var (database, time, own) = (_server.Nation.Database, _server.Time, _server.Nation.Keys.Nation);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var recognition = RecognitionTests.OfUs with { From = today, Until = today.AddDays(30) };
        var (ended, kept) = (await RecognitionActs.RecogniseAsync(database, own, time, recognition), await RecognitionActs.RecogniseAsync(database, own, time, recognition with { Name = "Kept" }));
        await _server.Nation.Log.SequenceAsync();
        await BackUpAsync();
        await RecognitionActs.EndAsync(database, time, ended.Id);
        var lost = await RecognitionActs.RecogniseAsync(database, own, time, recognition with { Name = "Lost" });
        await RecognitionActs.EndAsync(database, time, lost.Id);
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));

        await using var restored = await RestoreAsync(_folder.File("log"));
        Assert.Equal(kept.Id, Assert.Single(await restored.Nation.Recognitions.ReadAsync(), one => one.EndedAt is null).Id);
        Assert.Equal(2, (await restored.Nation.Recognitions.ReadAsync()).Count);
        Assert.Empty((await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log)).Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F10_A80_an_account_that_was_unbound_since_the_backup_is_nobodys_and_none_is_bound(bool hasLog)
    {
        var members = new[] { await _server.MemberAsync(), await _server.MemberAsync() };
        using var unbound = new TestChainAccount();
        using var kept = new TestChainAccount();
        var ids = new List<string>();
        foreach (var (member, account) in members.Zip([unbound, kept]))
        {
            ids.Add(await BindAsync(_server, member, account));
            await member.TakeAsync(await _server.Nation.AccountBinding.OfferAsync((await _server.RecordOfAsync(member)).MemberId, ids[^1]));
        }

        await BackUpAsync();
        await _server.Nation.AccountBinding.UnbindAsync((await _server.RecordOfAsync(members[0])).MemberId, ids[0]);
        await _server.Nation.Log.SequenceAsync();
        _server.Time.Move(StatusListPublisher.Interval + TimeSpan.FromSeconds(1));
        await _server.Nation.StatusLists.FindAsync((await _server.RecordOfAsync(members[0], "account")).ListId);
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));

        await using var restored = await RestoreAsync(hasLog ? _folder.File("log") : null);
        Assert.Equal(0, await restored.CountAsync("bound_account"));
        foreach (var member in members)
        {
            var record = await restored.RecordOfAsync(member, "account");
            Assert.NotNull(record.RevokedAt);
            Assert.Single(await Journal.OfAsync(restored.Nation.Database, record.Id), row => row.Act == "revoke");
            Assert.Null((await restored.RecordOfAsync(member)).RevokedAt);
        }

        // Each is free for who signs with it: also for another than had it.
        await BindAsync(restored, members[1], unbound);
        await BindAsync(restored, members[1], kept);
        await restored.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log)).Faults);

        static async Task<string> BindAsync(TestServer server, TestWallet member, TestChainAccount account)
        {
            var challenge = server.Nation.AccountBinding.Begin(account.Account, "a session");
            return await server.Nation.AccountBinding.BindAsync((await server.RecordOfAsync(member)).MemberId, "a session", account.Account, challenge.Nonce, account.Sign(challenge.Message));
        }
    }

    [Fact]
    public async Task F10_I5_a_published_revocation_comes_back_for_every_copy_also_where_the_others_list_was_not_kept()
    {
        var taking = await TestIssuance.BeginAsync(_server);
        using (var first = await taking.RequestAsync()) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var list = (await StatusLists.OpenAsync(_server.Nation.Database)).Single();
        await _server.Nation.Database.CommitAsync(StatusLists.Close(list.Id, 1));
        using (var second = await taking.RequestAsync(SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256)))) Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var copies = await taking.RecordsAsync();
        Assert.Equal(2, copies.Select(copy => copy.ListId).Distinct().Count());
        await BackUpAsync();
        await _server.Nation.Revoker.RevokeAsync(copies[0].Id, "why");
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));
        File.Delete(_folder.File($"log/status/{copies.Single(copy => copy.ListId != list.Id).ListId}"));
        await using var restored = await RestoreAsync(_folder.File("log"));
        foreach (var copy in copies)
        {
            Assert.NotNull((await Credentials.FindAsync(restored.Nation.Database, copy.Id))!.RevokedAt);
            Assert.Contains(await StatusLists.NotValidAsync(restored.Nation.Database, copy.ListId), slot => (slot.Idx, slot.Status) == (copy.Idx, 1));
        }

        await restored.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(restored.Nation.Database, restored.Nation.Log)).Faults);
    }

    [Fact]
    public async Task F10_I5_a_list_that_a_key_signed_which_was_made_since_the_backup_is_believed_and_a_strangers_is_not()
    {
        var record = await _server.RecordOfAsync(await _server.MemberAsync());
        await BackUpAsync();
        var before = _server.Nation.Keys.Current(KeyPurpose.StatusList).KeyId;
        _server.Time.Move(TimeSpan.FromDays(400));
        await _server.RenewKeysAsync();
        Assert.NotEqual(before, _server.Nation.Keys.Current(KeyPurpose.StatusList).KeyId);
        await _server.Nation.Revoker.RevokeAsync(record.Id, "why");
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("log"));
        await using (var restored = await RestoreAsync(_folder.File("log")))
            Assert.NotNull((await Credentials.FindAsync(restored.Nation.Database, record.Id))!.RevokedAt);

        await using var other = await TestServer.StartAsync();
        var uri = _server.Nation.Keys.Nation.Url($"/status/{record.ListId}");
        foreach (var none in (string[])[await SignedAsync(other, uri), await SignedAsync(_server, "https://elsewhere.example/status/one"), "none"])
        {
            await File.WriteAllTextAsync(_folder.File($"log/status/{record.ListId}"), none, TestContext.Current.CancellationToken);
            Assert.Equal("log_copy_unfit", (await Assert.ThrowsAsync<Refusal>(() => RestoreAsync(_folder.File("log")))).Code);
        }

        async Task<string> SignedAsync(TestServer by, string list)
        {
            var (at, bits) = (_server.Time.GetUtcNow(), StatusList.Of(2, StatusList.MinBitstringSize, []));
            return await Jws.SignAsync(
                TokenStatusList.Type, TokenStatusList.Claims(list, bits, at, at.AddDays(1), TimeSpan.FromMinutes(1)), by.Nation.Keys.Current(KeyPurpose.StatusList));
        }
    }

    [Fact]
    public async Task F10_a_server_whose_database_is_put_back_under_it_is_alive_and_not_ready()
    {
        using var alone = _server.Alone();

        async Task<HttpStatusCode> AskAsync(string path)
        {
            using var response = await _server.Http.GetAsync(_server.Url(path), TestContext.Current.CancellationToken);
            return response.StatusCode;
        }

        await _server.Nation.Log.SequenceAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/health/ready"));
        await _server.Nation.Database.CommitAsync(new Statement("UPDATE journal SET seq = NULL", new { }), new Statement("DELETE FROM log_head", new { }), new Statement("DELETE FROM log_tile", new { }));
        await Assert.ThrowsAsync<LogMismatchException>(_server.Nation.Log.SequenceAsync);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/health/live"));
    }

    [Fact]
    public async Task F10_a_copy_of_the_log_that_is_older_or_anothers_or_altered_is_refused()
    {
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("old"));
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        await BackUpAsync();
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        await WatchAsync(_server, _folder.File("altered"));
        await WatchAsync(_server, _folder.File("short"));
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        var forgetful = await Assert.ThrowsAsync<Refusal>(() => RestoreAsync(_folder.File("short"), remembered: _server.Settings.LogHeadFile));
        Assert.Equal("log_copy_unfit", forgetful.Code);
        Assert.Contains("this machine remembers", forgetful.Description, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(_folder.File("altered"), "*", SearchOption.AllDirectories).Where(file => file.Contains("entries", StringComparison.Ordinal)))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }

        foreach (var folder in (string[])["old", "altered", "absent"])
        {
            var unfit = await Assert.ThrowsAsync<Refusal>(() => RestoreAsync(_folder.File(folder)));
            Assert.Equal("log_copy_unfit", unfit.Code);
            Assert.Equal(folder == "old", unfit.Description.Contains("ends before the backup does", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_commands_back_up_a_running_nation_and_restore_it_into_an_empty_database()
    {
        var member = await _server.MemberAsync();
        var record = await _server.RecordOfAsync(member);
        var netid = NetidProcess.Beside(_server);
        var backup = (await netid.RunAsync("backup", _folder.File("b.db"), "--json")).Json;
        Assert.Equal(_folder.File("b.db"), (string?)backup["file"]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("b.db")));
        Assert.Equal(["b.db"], Directory.GetFiles(_folder.Path, "b.db*").Select(Path.GetFileName));
        Assert.Contains("file_exists", (await netid.RunAsync("backup", _folder.File("b.db"))).Error, StringComparison.Ordinal);
        Assert.Contains("database_not_empty", (await netid.RunAsync("restore", _folder.File("b.db"))).Error, StringComparison.Ordinal);

        using var store = TestStore.New(Directory.CreateDirectory(_folder.File("new")).FullName, isEmpty: true);
        var empty = new NetidProcess(_folder.File("new"), ("ASPNETCORE_ENVIRONMENT", "Production"), ("NETID__Storage__ConnectionString", store.ConnectionString), ("NETID__Keys__Secret", _server.Settings.Secret));
        Assert.Contains("not_a_backup", (await empty.RunAsync("restore", _folder.File("absent.db"))).Error, StringComparison.Ordinal);
        var wrong = await empty.With(("NETID__Keys__Secret", "another secret, of more than 32 characters too")).RunAsync("restore", _folder.File("b.db"));
        Assert.Equal(2, wrong.ExitCode);
        var restored = (await empty.RunAsync("restore", _folder.File("b.db"), "--verify", "--json")).Json;
        Assert.Empty(restored["faults"]!.AsArray());
        Assert.Equal(1, (long?)restored["lists_closed"]);
        Assert.Equal(record.Id, (string?)(await empty.RunAsync("credential", "show", record.Id, "--json")).Json["id"]);
        Assert.False(Directory.Exists(Path.Combine(_folder.File("new"), "restoring")));

        // And from there to a file of its own: what netid migrate does.
        var moved = (await empty.RunAsync("migrate", "--to", $"Data Source={_folder.File("moved.db")}", "--json")).Json;
        var there = empty.With(("NETID__Storage__ConnectionString", $"Data Source={_folder.File("moved.db")}"));
        Assert.Equal((long?)moved["rows"], moved["tables"]!.AsArray().Sum(table => (long)table!["rows"]!));
        Assert.Empty((await there.RunAsync("audit", "verify", "--json")).Json["faults"]!.AsArray());
    }

    private static async Task<LogWatch.Seen> WatchAsync(TestServer server, string folder)
    {
        using var fetcher = new Fetcher(new Fetcher.Options { Loopback = true }, TimeProvider.System);
        var watch = new LogWatch(server.Url("/log"), folder, fetcher);
        await watch.TrustAsync(null);
        return await watch.LookAsync();
    }

    private async Task BackUpAsync()
    {
        await using var backup = Database.OpenFile(_folder.File("backup.db"), _server.Time);
        await Copying.RunAsync(_server.Nation.Database, backup);
    }

    /// <summary>The nation as it goes on from the backup, as a server of its own on a machine that remembers what this one does.</summary>
    private async Task<TestServer> RestoreAsync(string? log = null, bool onTheOtherEngine = false, string? remembered = null)
    {
        var folder = Directory.CreateDirectory(_folder.File(RandomId.New())).FullName;
        var work = Path.Combine(folder, "work.db");
        File.Copy(_folder.File("backup.db"), work);
        await using var backup = Database.OpenFile(work, _server.Time);
        var store = onTheOtherEngine ? TestStore.NewOnTheOtherEngine(folder) : TestStore.New(folder);
        var settings = _server.Settings with { ConnectionString = store.ConnectionString, DataFolder = folder, Urls = $"http://localhost:{TestServer.FreePort()}" };

        // The old server, which still runs here, would have been stopped before its log was looked at for the last time.
        remembered ??= log is null ? _server.Settings.LogHeadFile : Path.Combine(log, "checkpoint");
        if (File.Exists(remembered)) File.Copy(remembered, settings.LogHeadFile);
        await using (var target = Database.Open(store.ConnectionString, _server.Time))
            await Restoring.RunAsync(backup, target, _server.Time, settings.Secret, log, new LogMemory(settings.LogHeadFile));
        return await TestServer.StartOnAsync(settings, _server.Time, folder, store);
    }
}
