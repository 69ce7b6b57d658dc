using System.Net;
using System.Net.Sockets;
using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary>Issuance is a recorded act: what was committed and perhaps never handed over is known, asked for again, or revoked.</summary>
public sealed class DeliveringTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private Database Database => _server.Nation.Database;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A59_I10_a_lost_answer_is_undelivered_until_its_retry_which_gets_the_same_record_and_no_second_slot()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        await LoseAnswerAsync(ready);
        var record = Assert.Single(await ready.RecordsAsync());
        Assert.Equal(1, await _server.CountAsync("undelivered"));

        using var again = await ready.RequestAsync();
        var credential = NetworkIdentity.Standards.SdJwt.SdJwt.Parse((await TestIssuance.CredentialsAsync(again))[0]);
        Assert.Equal(record.ToBeSigned, credential.IssuerSigned.SigningInput.ToArray());
        Assert.Single(await ready.RecordsAsync());
        Assert.Equal(1, await _server.CountAsync("status_slot"));
        await UntilAsync(async () => await _server.CountAsync("undelivered") == 0);
    }

    [Fact]
    public async Task A_credential_that_was_handed_over_is_not_among_the_undelivered()
    {
        await _server.MemberAsync();
        await UntilAsync(async () => await _server.CountAsync("undelivered") == 0);
    }

    [Fact]
    public async Task A_wallets_notification_says_that_it_was_handed_over_after_all()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var record = await CommitAloneAsync(ready);
        using var told = new HttpRequestMessage(HttpMethod.Post, _server.Url("/notification"))
        {
            Content = new StringContent($$"""{"notification_id":"{{record.NotificationId}}","event":"credential_accepted"}""", Encoding.UTF8, "application/json"),
        };
        told.Headers.Authorization = new("Bearer", ready.Token);
        using (var answer = await _server.Http.SendAsync(told)) Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(0, await _server.CountAsync("undelivered"));
    }

    [Fact]
    public async Task I1_I2_doctor_lists_what_was_never_handed_over_once_it_can_t_be_asked_for_again_and_it_can_be_revoked()
    {
        var record = await CommitAloneAsync(await TestIssuance.BeginAsync(_server));
        var netid = NetidProcess.Beside(_server);
        Assert.Empty(await ListedAsync());

        await Database.CommitAsync(new Statement("UPDATE undelivered SET recorded_at = recorded_at - 3600", new { }));
        Assert.Contains(record.Id, Assert.Single(await ListedAsync()), StringComparison.Ordinal);
        Assert.Equal(0, (await netid.RunAsync("credential", "revoke", record.Id, "--reason", "nobody has it")).ExitCode);
        Assert.Empty(await ListedAsync());

        async Task<List<string>> ListedAsync() =>
            [.. (await netid.RunAsync("doctor", "--json")).Json.AsArray().Where(one => (string)one!["check"]! == "undelivered").Select(one => (string)one!["said"]!)];
    }

    [Fact]
    public async Task At_the_start_what_means_nothing_any_more_is_settled_and_the_rest_is_said()
    {
        var (kept, revoked) = (await CommitAloneAsync(await TestIssuance.BeginAsync(_server)), await CommitAloneAsync(await TestIssuance.BeginAsync(_server)));
        var ended = await CommitAloneAsync(await TestIssuance.BeginAsync(_server));
        await _server.Nation.Revoker.RevokeAsync(revoked.Id, "why");
        await Database.CommitAsync(
            new Statement("UPDATE undelivered SET recorded_at = recorded_at - 3600", new { }), new Statement("UPDATE credential SET expires_at = 1 WHERE id = @Id", new { ended.Id }));
        Assert.Equal(3, await _server.CountAsync("undelivered"));
        await using (var running = await NetidProcess.Beside(_server).With(("NETID__Urls", $"http://localhost:{TestServer.FreePort()}")).ServeAsync())
            await UntilAsync(() => Task.FromResult(running.Said.Contains("1 records were made and perhaps never handed to a wallet", StringComparison.Ordinal)));
        Assert.Equal([kept.Id], (await Undelivered.OlderThanAsync(Database, long.MaxValue)).Select(one => one.Id));
        Assert.Equal(1, await _server.CountAsync("undelivered"));
    }

    [Fact]
    public async Task I12_a_full_queue_answers_503_with_a_time_to_come_again_and_spends_nothing()
    {
        using var alone = _server.Alone();
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        using (var held = new WriteLock(_server.Settings.ConnectionString))
        {
            var waiting = new List<Task<string?>> { Database.CommitAsync(Spent.Use("thing", "the first to wait", 1)) };
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            Assert.Throws<DatabaseBusyException>(() =>
            {
                while (waiting.Count < 2 * Database.MaxWaiting) waiting.Add(Database.CommitAsync(Spent.Use("thing", $"{waiting.Count}", 1)));
            });
            using (var answer = await ready.Wallet.RequestCredentialAsync(ready.Token, await ready.Wallet.ProofAsync(nonce)))
            {
                await answer.RefusedAsync("temporarily_unavailable", HttpStatusCode.ServiceUnavailable);
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
            }

            using (var live = await _server.Http.GetAsync(_server.Url("/health/live"))) Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            held.Release();
            Assert.All(await Task.WhenAll(waiting), Assert.Null);
        }

        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task I13_what_a_server_and_its_operators_commands_say_names_nobody_and_opens_nothing()
    {
        const string name = "Ana Unforgettable";
        var url = $"http://localhost:{TestServer.FreePort()}";
        var netid = NetidProcess.Beside(_server);
        await using var running = await netid.With(("NETID__Urls", url)).ServeAsync();
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = name }, withTransactionCode: false);
        var wallet = new TestWallet(_server);
        var code = await wallet.CodeOfAsync(made.Id);
        var token = await wallet.TokenAsync(made.Id);
        var proof = await wallet.ProofAsync(await wallet.NonceAsync());

        // What goes well, what is refused, and what fails.
        using (var good = await AskAsync(proof)) wallet.Credential = (await TestIssuance.CredentialsAsync(good))[0];
        using (var spent = await AskAsync(proof)) Assert.Equal(HttpStatusCode.BadRequest, spent.StatusCode);
        _server.Trip("BEFORE INSERT ON journal");
        using (var failed = await AskAsync(await wallet.ProofAsync(await wallet.NonceAsync(), key: TestWallet.NewKey()))) Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        _server.Mend("journal");
        await UntilAsync(() => Task.FromResult(running.Said.Contains(" failed", StringComparison.Ordinal)));

        var record = await _server.RecordOfAsync(wallet);
        var said = running.Said;
        foreach (var arguments in (string[][])[["doctor"], ["credential", "show", record.Id], ["member", "show", record.MemberId], ["audit", "verify"], ["member", "erase", record.MemberId, "--yes"]])
        {
            var ended = await netid.RunAsync([.. arguments, "--json"]);
            said += ended.Output + ended.Error;
        }

        Assert.Contains(record.Id, said, StringComparison.Ordinal);
        var disclosures = NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Credential).Disclosures.Select(disclosure => disclosure.Encoded);
        Assert.All((string[])[name, code, token, proof, wallet.Credential.Split('~')[0], .. disclosures], secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));

        async Task<HttpResponseMessage> AskAsync(string with)
        {
            using var asked = new HttpRequestMessage(HttpMethod.Post, url + "/credential")
            {
                Content = new StringContent($$$"""{"credential_configuration_id":"membership","proofs":{"jwt":["{{{with}}}"]}}""", Encoding.UTF8, "application/json"),
            };
            asked.Headers.Authorization = new("Bearer", token);
            return await _server.Http.SendAsync(asked);
        }
    }

    /// <summary>The server ends between the commit and the answer, as far as the records know.</summary>
    private async Task<Credentials.Row> CommitAloneAsync(TestIssuance ready)
    {
        var body = $$$"""{"credential_configuration_id":"membership","proofs":{"jwt":["{{{await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())}}}"]}}""";
        await _server.Nation.Issuer.IssueAsync(ready.Token, Encoding.UTF8.GetBytes(body));
        return Assert.Single(await ready.RecordsAsync());
    }

    /// <summary>The wallet's connection breaks while its request waits for the commit.</summary>
    private async Task LoseAnswerAsync(TestIssuance ready)
    {
        var body = $$$"""{"credential_configuration_id":"membership","proofs":{"jwt":["{{{await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())}}}"]}}""";
        using var held = new WriteLock(_server.Settings.ConnectionString);
        var url = new Uri(_server.Url("/credential"));
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
            var request = $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {ready.Token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            await Task.Delay(2000, TestContext.Current.CancellationToken);
            socket.LingerState = new LingerOption(true, 0);
        }

        await Task.Delay(300, TestContext.Current.CancellationToken);
        held.Release();
        await UntilAsync(async () => (await ready.RecordsAsync()).Count == 1);
        await Task.Delay(300, TestContext.Current.CancellationToken);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 1200 && !await holds(); i++) await Task.Delay(25, TestContext.Current.CancellationToken);
        Assert.True(await holds());
    }
}
