using System.Net;
using System.Text;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary>A member is erased: what was stored about them is gone for good, and what the log speaks of still adds up.</summary>
public sealed class ErasingTests : IAsyncLifetime
{
    private const string Name = "Ana Unforgettable";

    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    private Database Database => _server.Nation.Database;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task I13_nothing_of_an_erased_member_is_in_the_database_its_files_or_a_later_backup()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", Name));
        await _server.GiveResidencyAsync(wallet, 0, 30);
        var (membership, residency) = (await _server.RecordOfAsync(wallet), await _server.RecordOfAsync(wallet, "residency"));
        await _server.Nation.Suspensions.SuspendAsync(membership.Id, "a quarrel", _server.Time.GetUtcNow().AddDays(1));
        await _server.Nation.Suspensions.ResumeAsync(membership.Id, "they made up");
        await _server.Nation.Revoker.RevokeAsync(residency.Id, "they left");
        membership = (await Credentials.FindAsync(Database, membership.Id))!;
        residency = (await Credentials.FindAsync(Database, residency.Id))!;
        var open = await _server.Nation.Offering.MakeAsync("membership", membership.MemberId, new Dictionary<string, string> { ["display_name"] = Name }, withTransactionCode: false);
        var signIn = await TestSignIn.BeginAsync(_server);
        await signIn.ProveAsync(wallet);

        // What is looked for is found before: the key of their own, what is sealed under it, and what stands in the clear.
        var sought = new Dictionary<string, byte[]>
        {
            ["key"] = (await Members.FindAsync(Database, membership.MemberId))!.DataKey,
            ["offered"] = (await Offers.FindAsync(Database, membership.OfferId))!.Claims,
            ["offered again"] = (await Offers.FindAsync(Database, open.Id))!.Claims,
            ["signed"] = membership.ToBeSigned,
            ["disclosures"] = membership.Disclosures,
            ["holder"] = Encoding.UTF8.GetBytes(membership.HolderThumbprint),
            ["why suspended"] = membership.SuspendedReason!,
            ["why resumed"] = membership.ResumedReason!,
            ["why revoked"] = residency.RevokedReason!,
            ["shown"] = (await SignIns.FindAsync(Database, (await SignInIdAsync())))!.Claims!,
        };
        Assert.Equal(sought.Keys, Found(_server.BytesAtRest()));

        var erased = await _server.Nation.Eraser.EraseAsync(membership.MemberId);
        Assert.True(erased.IsScrubbed);
        Assert.Equal([membership.Id], erased.Revoked);
        Assert.Empty(Found(_server.BytesAtRest()));
        await using (var backup = Database.OpenFile(_folder.File("backup.db"), _server.Time)) await Copying.RunAsync(Database, backup);
        Assert.Empty(Found(await File.ReadAllBytesAsync(_folder.File("backup.db"), TestContext.Current.CancellationToken)));
        Assert.Null(await Member.FindAsync(Database, _server.Nation.Keys, membership.MemberId));
        Assert.Equal(0, await _server.CountAsync("sign_in") + await _server.CountAsync("authorization_code"));

        List<string> Found(byte[] bytes) => [.. sought.Where(one => bytes.AsSpan().IndexOf(one.Value) >= 0).Select(one => one.Key)];

        async Task<string> SignInIdAsync() => await Database.ReadAsync(connection => Dapper.SqlMapper.ExecuteScalarAsync<string>(connection, "SELECT id FROM sign_in"))
            ?? throw new InvalidOperationException("there is no sign-in");
    }

    [Fact]
    public async Task Whoever_reads_at_an_older_moment_keeps_the_bytes_and_the_command_says_so()
    {
        var record = await _server.RecordOfAsync(await _server.MemberAsync());
        using (var reader = TestStore.Connect(_server.Settings.ConnectionString))
        {
            Dapper.SqlMapper.Execute(reader, Registry.Database.IsPostgres(_server.Settings.ConnectionString) ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN TRANSACTION");
            _ = Dapper.SqlMapper.ExecuteScalar<long>(reader, "SELECT count(*) FROM member");
            Assert.False((await _server.Nation.Eraser.EraseAsync(record.MemberId)).IsScrubbed);
        }

        Assert.True((await _server.Nation.Eraser.EraseAsync(record.MemberId)).IsScrubbed);
    }

    [Fact]
    public async Task I2_I7_I14_the_record_stays_is_revoked_in_the_same_act_and_has_its_leaf_and_the_log_still_adds_up()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", Name));
        var record = await _server.RecordOfAsync(wallet);
        await _server.Nation.Log.SequenceAsync();
        var (client, _) = await _server.RegisterAsync();
        await _server.Nation.Eraser.EraseAsync(record.MemberId);
        _server.Time.Move(TimeSpan.FromSeconds(10));

        // It is found by its id, its slot and its digest, and says what it was.
        foreach (var found in new[] { await Credentials.FindAsync(Database, record.Id), await Credentials.FindBySlotAsync(Database, record.ListId, record.Idx), await Credentials.FindByDigestAsync(Database, record.ToBeSignedDigest) })
            Assert.Equal((record.Id, record.ToBeSignedDigest, record.IssuedAt, true), (found!.Id, found.ToBeSignedDigest, found.IssuedAt, found.RevokedAt is not null));
        var published = (await _server.Nation.StatusLists.FindAsync(record.ListId))!;
        var list = TokenStatusList.Read(NetworkIdentity.Standards.Jose.Jws.Parse(published.Token), _server.Nation.Keys.Nation.Url($"/status/{record.ListId}"), _server.Time.GetUtcNow());
        Assert.Equal(TokenStatus.Invalid, list.List.Get(record.Idx));
        Assert.NotNull(client);
        Assert.Contains("revoked", await RefusalOfAsync(wallet), StringComparison.Ordinal);
        Assert.Equal("already_revoked", (await Assert.ThrowsAsync<Refusal>(() => _server.Nation.Revoker.RevokeAsync(record.Id, "again"))).Code);
        Assert.NotNull(await Journal.FindAsync(Database, "erase", record.MemberId));
        Assert.NotNull(await Journal.FindAsync(Database, "revoke", record.Id));
        await _server.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(Database, _server.Nation.Log)).Faults);
    }

    [Fact]
    public async Task The_mandate_of_who_is_erased_ends_and_stays_what_its_leaf_says()
    {
        var member = (await _server.RecordOfAsync(await _server.MemberAsync())).MemberId;
        var day = DateOnly.FromDateTime(_server.Time.GetUtcNow().UtcDateTime.AddDays(30));
        await Steward.AppointAsync(Database, _server.Time, member, null, [NetworkIdentity.Governing.Act.Admit], day);
        await _server.Nation.Eraser.EraseAsync(member);
        Assert.Empty(await Steward.InForceAsync(Database, _server.Time.GetUtcNow(), member));
        await _server.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(Database, _server.Nation.Log)).Faults);
    }

    [Theory]
    [InlineData("BEFORE INSERT ON journal")]
    [InlineData("BEFORE UPDATE ON member")]
    [InlineData("BEFORE UPDATE ON status_list")]
    public async Task I14_an_erasure_whose_commit_fails_has_not_begun(string when)
    {
        var wallet = await _server.MemberAsync(null, ("display_name", Name));
        var record = await _server.RecordOfAsync(wallet);
        _server.Trip(when);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _server.Nation.Eraser.EraseAsync(record.MemberId));
        _server.Mend(when[(when.LastIndexOf(' ') + 1)..]);
        var after = (await Credentials.FindAsync(Database, record.Id))!;
        Assert.Equal((null, record.ToBeSigned.Length), (after.RevokedAt, after.ToBeSigned.Length));
        Assert.NotNull(await Member.FindAsync(Database, _server.Nation.Keys, record.MemberId));
        await TestSignInAsync(wallet);
        await _server.Nation.Eraser.EraseAsync(record.MemberId);
    }

    [Fact]
    public async Task I2_whoever_takes_credentials_while_they_are_erased_is_left_with_none_in_force()
    {
        var wallet = await _server.MemberAsync();
        var member = (await _server.RecordOfAsync(wallet)).MemberId;
        var offers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _server.Nation.Offering.MakeAsync("membership", member, new Dictionary<string, string>(), withTransactionCode: false)));
        var tokens = await Task.WhenAll(offers.Select(offer => wallet.TokenAsync(offer.Id)));
        var taking = tokens.Select(async token =>
        {
            for (var i = 0; i < 4; i++)
            {
                using var answer = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync(), key: TestWallet.NewKey()));
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, $"{answer.StatusCode}");
            }
        }).ToList();
        await Task.Delay(30, TestContext.Current.CancellationToken);
        await _server.Nation.Eraser.EraseAsync(member);
        await Task.WhenAll(taking);

        var records = await Credentials.ListAsync(Database, member);
        Assert.All(records, record => Assert.Equal((true, 0, 0), (record.RevokedAt is not null, record.ToBeSigned.Length, record.Disclosures.Length)));
        foreach (var list in records.GroupBy(record => record.ListId))
            Assert.Superset(list.Select(record => record.Idx).ToHashSet(), (await StatusLists.NotValidAsync(Database, list.Key)).Select(slot => slot.Idx).ToHashSet());
        await _server.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(Database, _server.Nation.Log)).Faults);
    }

    [Fact]
    public async Task The_command_asks_for_a_yes_erases_beside_a_server_and_again_without_harm()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", Name));
        var record = await _server.RecordOfAsync(wallet);
        var key = (await Members.FindAsync(Database, record.MemberId))!.DataKey;
        var netid = NetidProcess.Beside(_server);
        var asked = await netid.RunAsync("member", "erase", record.MemberId);
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("not_confirmed", asked.Error, StringComparison.Ordinal);
        Assert.Equal("unknown_member", (await netid.RunAsync("member", "erase", "nobody", "--yes")).Error.Split(':')[0]);
        var erased = (await netid.RunAsync("member", "erase", record.MemberId, "--yes", "--json")).Json;
        Assert.Equal([record.Id], erased["revoked"]!.AsArray().Select(id => (string)id!));
        Assert.True((bool)erased["scrubbed"]!);
        Assert.True(_server.BytesAtRest().AsSpan().IndexOf(key) < 0);
        Assert.Empty((await netid.RunAsync("member", "erase", record.MemberId, "--yes", "--json")).Json["revoked"]!.AsArray());
        Assert.Equal("erased", (string?)(await netid.RunAsync("member", "show", record.MemberId, "--json")).Json["state"]);
        Assert.Equal(record.Id, (string?)(await netid.RunAsync("credential", "show", record.Id, "--json")).Json["id"]);
        Assert.Equal(1, (await netid.RunAsync("offer", "membership", "--member", record.MemberId)).ExitCode);
        Assert.Contains("revoked", await RefusalOfAsync(wallet), StringComparison.Ordinal);
    }

    private async Task TestSignInAsync(TestWallet wallet) => Assert.NotNull(await (await TestSignIn.BeginAsync(_server)).ProveAsync(wallet));

    /// <summary>What the wallet's own answer leads to at the sign-in.</summary>
    private async Task<string> RefusalOfAsync(TestWallet wallet)
    {
        var signIn = await TestSignIn.BeginAsync(_server);
        var request = await wallet.FetchAsync(signIn.CrossDeviceLink);
        using var answer = await wallet.AnswerAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
