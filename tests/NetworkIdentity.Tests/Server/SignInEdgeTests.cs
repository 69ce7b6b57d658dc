using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>What goes wrong between a sign-in's steps, and what is asked for beside them.</summary>
public sealed class SignInEdgeTests
{
    [Fact]
    public async Task A_page_that_goes_on_twice_gets_the_same_code_until_it_is_spent()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        await signIn.ConfirmAsync(await TestSignIn.AnswerAsync(wallet, signIn.CrossDeviceLink));

        using var first = await signIn.Browser.GetAsync(signIn.Page + "/continue");
        using var second = await signIn.Browser.GetAsync(signIn.Page + "/continue");
        Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);

        var code = TestWallet.Parameter(first.Headers.Location!.ToString(), "code");
        using (var tokens = await signIn.RedeemAsync(code)) Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
        using var third = await signIn.Browser.GetAsync(signIn.Page + "/continue");
        Assert.Equal(HttpStatusCode.BadRequest, third.StatusCode);
        using var again = await signIn.RedeemAsync(code);
        await again.RefusedAsync("invalid_grant");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_cookie_is_kept_from_scripts_from_other_sites_and_from_sibling_hosts(bool isSecure)
    {
        // Over https the server stands behind a proxy, which the test takes the place of.
        await using var server = await TestServer.StartAsync(change: settings => isSecure ? settings with { Issuer = "https://nation.example", Urls = settings.Issuer } : settings);
        var (clientId, secret) = await server.RegisterAsync();
        var asked = new TestSignIn(server, clientId, secret, "https://app.example/callback").AuthorizeUrl();
        using var response = await server.Http.GetAsync(asked);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith(isSecure ? "__Host-netid-" : "netid-", cookie, StringComparison.Ordinal);
        var attributes = cookie.Split("; ")[1..];
        Assert.Equal(isSecure ? ["path=/", "secure", "samesite=lax", "httponly"] : ["path=/", "samesite=lax", "httponly"], attributes.Select(attribute => attribute.ToLowerInvariant()));
    }

    [Fact]
    public async Task A_cookie_of_another_name_is_not_looked_at_whatever_it_holds()
    {
        await using var server = await TestServer.StartAsync();
        var (clientId, secret) = await server.RegisterAsync();
        using var program = TestServer.NewProgram();
        using var asked = await program.GetAsync(new TestSignIn(server, clientId, secret, "https://app.example/callback").AuthorizeUrl());
        var (name, value) = asked.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=') switch { var parts => (parts[0], parts[1]) };
        foreach (var (sent, status) in ((string, HttpStatusCode)[])[($"{name}={value}", HttpStatusCode.OK), ($"other={value}", HttpStatusCode.NotFound), ($"x{name}={value}", HttpStatusCode.NotFound)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, asked.Headers.Location);
            request.Headers.Add("Cookie", sent);
            using var page = await program.SendAsync(request);
            Assert.Equal(status, page.StatusCode);
        }
    }

    [Fact]
    public async Task Another_sites_POST_without_our_cookie_is_asked_again_by_GET_and_leaves_the_browsers_other_sign_in_alone()
    {
        await using var server = await TestServer.StartAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        var earlier = signIn.Page;

        // What a cross-site POST is to us: the same browser, without its cookie.
        using var stranger = TestServer.NewBrowser();
        var query = new Uri(signIn.AuthorizeUrl()).Query[1..];
        using var posted = await stranger.PostAsync(
            server.Url("/authorize"), new StringContent(query, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.False(posted.Headers.Contains("Set-Cookie"));
        Assert.StartsWith(server.Url("/authorize?"), posted.Headers.Location!.ToString(), StringComparison.Ordinal);

        using var asked = await signIn.Browser.GetAsync(posted.Headers.Location);
        await signIn.FollowAsync(asked);
        Assert.NotEqual(earlier, signIn.Page);
        using var still = await signIn.Browser.GetAsync(earlier);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Sign_ins_that_a_browser_begins_in_the_same_instant_are_all_its_own()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        var jar = new Dictionary<string, string>();
        var pages = new List<string>();
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(signIn.AuthorizeUrl()))))
        {
            // Each tab asked before any answer had come, so each was given a cookie; the browser keeps them all.
            using (answer)
            {
                var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0].Split('=', 2);
                jar[cookie[0]] = cookie[1];
                pages.Add(answer.Headers.Location!.ToString());
            }
        }

        foreach (var page in pages)
        {
            using var kept = await SendAsync(page);
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        }

        // From then on it has enough: no cookie more, and one of them is that of the next sign-in.
        using (var next = await SendAsync(signIn.AuthorizeUrl()))
        {
            Assert.False(next.Headers.Contains("Set-Cookie"));
            using var kept = await SendAsync(next.Headers.Location!.ToString());
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        }

        // Each goes its own way to its end, and is nothing to a browser with another's cookies.
        using var other = await signIn.Browser.GetAsync(pages[0]);
        await other.RefusedAsPageAsync("sign_in_not_here", HttpStatusCode.NotFound);
        using var page0 = await SendAsync(pages[0]);
        var link = TestSignIn.LinksOf(await page0.Content.ReadAsStringAsync())[0];
        using var back = await SendAsync(await TestSignIn.AnswerAsync(wallet, link));
        Assert.StartsWith(signIn.RedirectUri + "?code=", back.Headers.Location!.ToString(), StringComparison.Ordinal);

        async Task<HttpResponseMessage> SendAsync(string url)
        {
            using var tab = TestServer.NewProgram();
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (jar.Count > 0) request.Headers.Add("Cookie", string.Join("; ", jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            return await tab.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_id_token_hint_lets_the_member_it_names_back_and_no_other()
    {
        await using var server = await TestServer.StartAsync();
        var (ana, bea) = (await server.MemberAsync(), await server.MemberAsync());
        var signIn = await TestSignIn.BeginAsync(server);
        var hint = (await signIn.SignInAsync(ana))["id_token"]!.GetValue<string>();

        await signIn.OpenAsync(change: parameters => parameters["id_token_hint"] = hint);
        using (var other = await bea.AnswerAsync(await bea.FetchAsync(signIn.SameDeviceLink)))
            Assert.Contains("other_member", await other.RefusedAsync("invalid_request"));
        Assert.Contains("another member", await signIn.Browser.GetStringAsync(signIn.Page));
        Assert.Equal(Jws.Parse(hint).Claims()["sub"]!.GetValue<string>(), Jws.Parse((await signIn.SignInAsync(ana))["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("tampered")]
    [InlineData("another client's")]
    public async Task An_id_token_hint_that_is_not_ours_for_this_client_is_refused(string what)
    {
        await using var server = await TestServer.StartAsync();
        var ana = await server.MemberAsync();
        var (mine, others) = (await TestSignIn.BeginAsync(server), await TestSignIn.BeginAsync(server));
        var hint = (await (what == "another client's" ? others : mine).SignInAsync(ana))["id_token"]!.GetValue<string>();
        if (what == "garbage") hint = "a.b.c";
        if (what == "tampered") hint = hint[..hint.LastIndexOf('.')] + "." + new string('A', 342);
        using var refused = await mine.Browser.GetAsync(mine.AuthorizeUrl(parameters => parameters["id_token_hint"] = hint));
        refused.RefusedByRedirect("invalid_request", mine.RedirectUri, mine.State, server.Issuer);
    }

    [Theory]
    [InlineData("""[{"type":"payment"}]""")]
    [InlineData("""[{"type":"openid_credential"}]""")]
    [InlineData("""[{"type":"openid_credential","credential_configuration_id":"residency"}]""")]
    [InlineData("""[{"type":"openid_credential","credential_configuration_id":"membership","locations":["https://other.example"]}]""")]
    [InlineData("""[]""")]
    [InlineData("""{"type":"openid_credential"}""")]
    [InlineData("""[{"type":""")]
    public async Task Authorization_details_that_can_not_be_granted_are_refused_and_the_code_is_not_spent(string details)
    {
        await using var server = await TestServer.StartAsync();
        var wallet = new TestWallet(server);
        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var code = await wallet.CodeOfAsync(made.Id);
        using (var refused = await wallet.RedeemAsync(code, null, ("authorization_details", details)))
            await refused.RefusedAsync("invalid_authorization_details");

        using var good = await wallet.RedeemAsync(
            code, null, ("authorization_details", """[{"type":"openid_credential","credential_configuration_id":"membership"}]"""));
        var answer = await good.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal("membership", answer!["authorization_details"]![0]!["credential_identifiers"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("com.a.app://callback", "org.other.b://callback", "none", true)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1/other", "none", true)]
    [InlineData("http://localhost:7001/cb", "http://localhost:7002/cb", "none", true)]
    [InlineData("https://app.example/cb", "https://app.example/other", "client_secret_basic", false)]
    public async Task Apps_share_a_sector_only_where_someone_owns_the_host(string one, string other, string authentication, bool apart)
    {
        await using var server = await TestServer.StartAsync();
        var (first, _) = await server.RegisterAsync(one, request => request with { Authentication = authentication });
        var (second, _) = await server.RegisterAsync(other, request => request with { Authentication = authentication });
        var sectors = (await Partner.FindAsync(server.Nation.Database, first), await Partner.FindAsync(server.Nation.Database, second));
        Assert.Equal(apart, sectors.Item1!.Sector != sectors.Item2!.Sector);
    }

    [Fact]
    public async Task What_was_offered_and_not_taken_is_not_said_again()
    {
        await using var server = await TestServer.StartAsync();
        await server.MemberAsync(null, ("tier", "citizen"));
        var member = (await Registry.Members.AllAsync(server.Nation.Database))[0].Id;
        await server.Nation.Offering.MakeAsync("membership", member, new Dictionary<string, string> { ["tier"] = "steward" }, withTransactionCode: false);

        var wallet = await server.MemberAsync(member);
        var signIn = await TestSignIn.BeginAsync(server);
        var claims = Jws.Parse((await signIn.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal("citizen", claims["membership"]!["tier"]!.GetValue<string>());
    }
}
