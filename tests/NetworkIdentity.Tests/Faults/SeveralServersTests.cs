using System.Net;
using Dapper;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>Several servers of one nation on one database: whichever a request meets, it is answered as by one (F7, F16).</summary>
public sealed class SeveralServersTests
{
    [Fact]
    public async Task A_member_joins_and_signs_in_with_each_request_at_another_server()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        await using var third = await server.StartBesideAsync();
        foreach (var order in (TestServer[][])[[server, beside], [beside, server], [server, beside, third], [third, beside, server]]) await JourneyAsync(order);
    }

    [Fact]
    public async Task A49_a_nonce_that_one_server_made_another_takes_and_neither_takes_it_again()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var nonce = await new TestWallet(beside).NonceAsync();
        await (await TestIssuance.BeginAsync(server)).StillOpenAsync(nonce);
        foreach (var at in (TestServer[])[beside, server])
        {
            var ready = await TestIssuance.BeginAsync(server);
            using var answer = await new TestWallet(at).RequestCredentialAsync(ready.Token, await ready.Wallet.ProofAsync(nonce));
            await answer.RefusedAsync("invalid_nonce");
        }
    }

    [Fact]
    public async Task A74_a_response_code_at_two_servers_at_once_gives_one_code()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var (client, secret) = await server.RegisterAsync();
        var world = new TestSignIn(server, client, secret, "https://app.example/callback", TestBalancer.Before(server, beside));
        await world.OpenAsync();
        var back = await TestSignIn.AnswerAsync(await server.MemberAsync(), world.SameDeviceLink);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Browser.GetAsync(back)));
        var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        foreach (var answer in answers.Where(answer => answer != winner)) await answer.RefusedAsPageAsync("Already used");
        Assert.Equal(1, await server.CountAsync("authorization_code"));
        using var tokens = await world.RedeemAsync(TestWallet.Parameter(winner.Headers.Location!.ToString(), "code"), at: beside);
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }

    [Fact]
    public async Task A_page_that_hangs_on_one_server_sees_what_a_wallet_told_the_other()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var wallet = await server.MemberAsync();
        var world = await TestSignIn.BeginAsync(server);
        var elsewhere = new TestWallet(TestBalancer.Before(beside), server.Issuer, beside.UrlHere(""), server.Time) { Credential = wallet.Credential };
        var request = await elsewhere.FetchAsync(world.CrossDeviceLink);
        Assert.Equal("scanned", await StateAsync());
        using var answer = await elsewhere.AnswerAsync(
            request, TestWallet.VpToken(await elsewhere.PresentationAsync(request, key: wallet.Key)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("confirming", await StateAsync());
        await world.ConfirmAsync((await answer.JsonAsync())["redirect_uri"]!.GetValue<string>(), phone: TestBalancer.Before(beside));
        Assert.Equal("verified", await StateAsync());

        async Task<string> StateAsync()
        {
            using var state = await world.Browser.GetAsync(world.Page + "/state");
            return (await state.JsonAsync())["state"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task F16_a_cookie_of_one_server_is_read_by_another_that_has_no_files()
    {
        await using var server = await TestServer.StartAsync();
        var empty = Path.Combine(server.Folder, "empty");
        await using var beside = await server.StartBesideAsync(settings => settings with { DataFolder = empty });
        var world = await TestSignIn.BeginAsync(server);
        using var page = await world.Browser.GetAsync(beside.UrlHere(new Uri(world.Page).AbsolutePath));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(TestSignIn.LinksOf(await world.Browser.GetStringAsync(world.Page)), TestSignIn.LinksOf(await page.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("netid-browser=")]
    [InlineData("netid-browser=%00%ff; netid-=\"; netid-x")]
    [InlineData("netid-browser=CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; .AspNetCore.Antiforgery.x=CfDJ8")]
    public async Task F16_a_cookie_that_can_not_be_read_gives_a_clean_new_sign_in(string cookie)
    {
        await using var server = await TestServer.StartAsync();
        var world = await TestSignIn.BeginAsync(server);
        using var program = TestServer.NewProgram();
        using (var page = await GetAsync(world.Page)) await page.RefusedAsPageAsync("sign_in_not_here", HttpStatusCode.NotFound);
        using var begun = await GetAsync(world.AuthorizeUrl());
        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        Assert.StartsWith(server.Url("/sign-in/"), begun.Headers.Location!.ToString());
        Assert.Contains(begun.Headers.GetValues("Set-Cookie"), made => made.Contains("netid-", StringComparison.Ordinal));

        Task<HttpResponseMessage> GetAsync(string url)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, url);
            Assert.True(request.Headers.TryAddWithoutValidation("Cookie", cookie));
            return program.SendAsync(request);
        }
    }

    [Fact]
    public async Task F7_servers_that_start_at_once_on_an_empty_database_found_one_nation_with_one_set_of_keys()
    {
        using var folder = new TestFolder();
        using var store = TestStore.New(folder.Path, isEmpty: true);
        var settings = new Settings
        {
            Issuer = "http://localhost:5999",
            ConnectionString = store.ConnectionString,
            Secret = TestNation.Secret,
            IsDevelopment = true,
            DataFolder = folder.Path,
        };
        var nations = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NationContext.OpenAsync(settings, new ManualTime()))));
        var kids = nations.Select(nation => string.Join(' ', nation.Keys.Keys.Select(key => key.Kid))).Distinct();
        Assert.Single(kids);
        Assert.Equal(KeyPurpose.All.Where(purpose => purpose.IsByTime).Sum(purpose => purpose.Algorithms.Count) + 1 + DidLog.Ahead, nations[0].Keys.Keys.Count);
        Assert.Single(nations.Select(nation => nation.DidLog!.Did).Distinct());
        Assert.Equal(1, await nations[0].Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM nation")));
        foreach (var nation in nations) await nation.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_starts_while_others_grow_the_log_finds_nothing_wrong_with_it()
    {
        await using var server = await TestServer.StartAsync();
        using var over = new CancellationTokenSource();
        var growing = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await server.Nation.Database.CommitAsync(Journal.Write("test", RandomId.New(), "test", null, 1));
                await server.Nation.Log.SequenceAsync();
            }
        });
        for (var start = 0; start < 25; start++) await (await NationContext.OpenAsync(server.Settings, server.Time)).DisposeAsync();
        await over.CancelAsync();
        await growing;
    }

    /// <summary>A person joins, and signs in at an app on this device and on another, each request at the next of the servers.</summary>
    internal static async Task JourneyAsync(params TestServer[] servers)
    {
        using var http = TestBalancer.Before(servers);
        var issuer = servers[0].Issuer;
        var address = new Uri(issuer).GetLeftPart(UriPartial.Authority);
        var wallet = new TestWallet(http, issuer, address, servers[0].Time);
        var made = await servers[^1].Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: true);
        await wallet.TakeAsync(made.Id, made.TransactionCode);
        Assert.NotEmpty(wallet.Credential);

        // Who signs in must be addressed by the issuer: the server that has its port.
        var first = servers.Single(server => server.Url("") == address);
        var (client, secret) = await first.RegisterAsync();
        for (var turn = 0; turn < servers.Length; turn++)
        {
            var here = new TestSignIn(first, client, secret, "https://app.example/callback", TestBalancer.Before(servers));
            await here.OpenAsync();
            using var tokens = await here.RedeemAsync(await here.ProveAsync(wallet), at: servers[turn]);
            Assert.True(tokens.StatusCode == HttpStatusCode.OK, await tokens.Content.ReadAsStringAsync());
            using var known = await here.UserInfoAsync((await tokens.JsonAsync())["access_token"]!.GetValue<string>(), at: servers[^(turn + 1)]);
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);

            var there = new TestSignIn(first, client, secret, "https://app.example/callback", TestBalancer.Before(servers));
            await there.OpenAsync();
            using var again = await there.RedeemAsync(await there.ProveElsewhereAsync(wallet, TestBalancer.Before(servers)), at: servers[turn]);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }
    }
}
