using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.WebUtilities;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried at /authorize: a good request in which one thing is wrong, by GET and by POST.</summary>
public sealed class AuthorizeAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("nobody", "invalid_client")]
    [InlineData("' OR 1=1 --", "invalid_client")]
    [InlineData("%00", "invalid_client")]
    [InlineData("", "invalid_request")]
    [InlineData(null, "invalid_request")]
    public async Task A01_an_unknown_client_gets_a_page_and_no_redirect(string? clientId, string error)
    {
        foreach (var post in (bool[])[false, true])
            await RefusedAsync(post, parameters => parameters["client_id"] = clientId, (_, response) => response.RefusedAsPageAsync(error));
    }

    [Theory]
    [InlineData("https://app.example/callback?")]
    [InlineData("https://app.example/callback?next=1")]
    [InlineData("https://app.example/callback&next=1")]
    [InlineData("https://app.example/callback/")]
    [InlineData("https://app.example/callback/../callback")]
    [InlineData("https://app.example/callback/../../evil")]
    [InlineData("https://app.example/./callback")]
    [InlineData("https://app.example//callback")]
    [InlineData("https://app.example/Callback")]
    [InlineData("https://APP.example/callback")]
    [InlineData("HTTPS://app.example/callback")]
    [InlineData("https://app.example/c%61llback")]
    [InlineData("https://app.example/%2e/callback")]
    [InlineData("https://app.example/callback/%2e%2e/callback")]
    [InlineData("https://app.example/callback%00")]
    [InlineData("https://user@app.example/callback")]
    [InlineData("https://app.example@evil.example/callback")]
    [InlineData("https://app.example:80@evil.example/callback")]
    [InlineData("http://localhost:80@evil.example/callback")]
    [InlineData("https://app.example/callback#")]
    [InlineData("https://app.example/callback#evil")]
    [InlineData("https://app.example\\@evil.example/callback")]
    [InlineData("https://app.example\\callback")]
    [InlineData("https:\\\\app.example\\callback")]
    [InlineData("https://app.example:443/callback")]
    [InlineData("https://app.example:8443/callback")]
    [InlineData("http://app.example/callback")]
    [InlineData("https://app.example.evil.example/callback")]
    [InlineData("https://evil.example/callback")]
    [InlineData("https://аpp.example/callback")]
    [InlineData("//app.example/callback")]
    [InlineData("/callback")]
    [InlineData("javascript:alert(document.domain)//https://app.example/callback")]
    [InlineData(" https://app.example/callback")]
    [InlineData("https://app.example/callback ")]
    [InlineData("https://app.example/callback\r\nLocation: https://evil.example")]
    public async Task A02_another_redirect_uri_gets_a_page_and_no_redirect(string redirectUri)
    {
        foreach (var post in (bool[])[false, true])
        {
            await RefusedAsync(post, parameters => parameters["redirect_uri"] = redirectUri, async (_, response) =>
                Assert.DoesNotMatch("[^a-zA-Z0-9_-]evil", await response.RefusedAsPageAsync("invalid_redirect_uri")));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A02_a_missing_redirect_uri_gets_a_page_and_no_redirect(string? redirectUri)
    {
        foreach (var post in (bool[])[false, true])
            await RefusedAsync(post, parameters => parameters["redirect_uri"] = redirectUri, (_, response) => response.RefusedAsPageAsync("invalid_request"));
    }

    [Theory]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:65535/callback")]
    [InlineData("http://127.0.0.1:5000/callback", "http://127.0.0.1/callback")]
    [InlineData("http://[::1]/callback", "http://[::1]:51004/callback")]
    public async Task A02_the_loopback_port_of_a_public_client_may_be_another(string registered, string requested)
    {
        var world = await BeginAsync(registered, ClientCredentials.None);
        await world.OpenAsync(change: parameters => parameters["redirect_uri"] = requested);
        using var cancelled = await world.Browser.PostAsync(world.Page + "/cancel", null);
        cancelled.RefusedByRedirect("access_denied", requested, world.State, _server.Issuer);
    }

    [Theory]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback", ClientCredentials.Basic)]
    [InlineData("http://localhost/callback", "http://localhost:51004/callback", ClientCredentials.None)]
    [InlineData("https://127.0.0.1/callback", "https://127.0.0.1:51004/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://[::1]/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.2:51004/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://localhost:51004/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback/", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback?a=b", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback#a", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/../callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:0/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:65536/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:99999/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:+80/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:80:90/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:80@evil.example/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1.evil.example/callback", ClientCredentials.None)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1\\@evil.example/callback", ClientCredentials.None)]
    [InlineData("com.example.app:/callback", "com.example.app:/callback/evil", ClientCredentials.None)]
    public async Task A02_nothing_else_of_a_loopback_uri_may_be_another(string registered, string requested, string authentication)
    {
        var world = await BeginAsync(registered, authentication);
        await RefusedAsync(world, post: false, parameters => parameters["redirect_uri"] = requested, (_, response) => response.RefusedAsPageAsync("invalid_redirect_uri"));
    }

    [Theory]
    [InlineData("token", "unsupported_response_type")]
    [InlineData("id_token", "unsupported_response_type")]
    [InlineData("code token", "unsupported_response_type")]
    [InlineData("code id_token", "unsupported_response_type")]
    [InlineData("code code", "unsupported_response_type")]
    [InlineData("CODE", "unsupported_response_type")]
    [InlineData("none", "unsupported_response_type")]
    [InlineData("", "invalid_request")]
    [InlineData(null, "invalid_request")]
    public Task A03_another_response_type_is_refused(string? responseType, string error) =>
        RefusedByRedirectAsync(parameters => parameters["response_type"] = responseType, error);

    [Theory]
    [InlineData("fragment")]
    [InlineData("query.jwt")]
    public Task A03_another_response_mode_is_refused(string responseMode) =>
        RefusedByRedirectAsync(parameters => parameters["response_mode"] = responseMode, "invalid_request");

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "S256")]
    [InlineData("", "S256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", null)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "plain")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "s256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S512")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256")]
    public async Task A04_without_PKCE_S256_nothing_is_asked(string? challenge, string? method)
    {
        foreach (var authentication in (string[])[ClientCredentials.Basic, ClientCredentials.None])
            await RefusedByRedirectAsync(Break, "invalid_request", await TestSignIn.BeginAsync(_server, request => request with { Authentication = authentication }));

        // A client that needn't use it must still use it rightly.
        if (challenge is not null and not "" || method is not null)
            await RefusedByRedirectAsync(Break, "invalid_request", await TestSignIn.BeginAsync(_server, request => request with { RequiresPkce = false }));

        void Break(Dictionary<string, string?> parameters) => (parameters["code_challenge"], parameters["code_challenge_method"]) = (challenge, method);
    }

    [Theory]
    [InlineData("response_type")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    [InlineData("code_challenge_method")]
    [InlineData("max_age")]
    [InlineData("unknown")]
    public async Task A05_a_parameter_that_stands_twice_is_refused(string name)
    {
        foreach (var post in (bool[])[false, true])
        {
            foreach (var other in (string?[])[null, "other"])
            {
                var world = await TestSignIn.BeginAsync(_server);
                await RefusedTwiceAsync(world, post, name, other, response =>
                {
                    response.RefusedByRedirect("invalid_request", world.RedirectUri, name == "state" ? null : world.State, _server.Issuer);
                    return Task.CompletedTask;
                });
            }
        }
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    public async Task A05_a_client_id_or_redirect_uri_that_stands_twice_gets_a_page(string name)
    {
        foreach (var post in (bool[])[false, true])
        {
            foreach (var other in (string?[])[null, "https://evil.example/callback"])
            {
                await RefusedTwiceAsync(
                    await TestSignIn.BeginAsync(_server), post, name, other, response => response.RefusedAsPageAsync("invalid_request"));
            }
        }
    }

    [Fact]
    public async Task A06_a_request_uri_is_refused_and_never_fetched()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        foreach (var uri in (string[])[$"http://{listener.LocalEndpoint}/request", "https://evil.example/request", "file:///etc/passwd", "urn:uuid:1", "URN:IETF:PARAMS:OAUTH:REQUEST_URI:1"])
            await RefusedByRedirectAsync(parameters => parameters["request_uri"] = uri, "request_uri_not_supported");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(listener.Pending());

        // One that looks like ours, and names nothing: a page, since what it names is where an answer would go.
        await RefusedAsync(post: false, parameters => parameters["request_uri"] = "urn:ietf:params:oauth:request_uri:1", (_, response) => response.RefusedAsPageAsync("invalid_request_uri"));
    }

    [Fact]
    public async Task A07_an_unsigned_request_object_is_refused_and_changes_nothing()
    {
        // {"alg":"none"} {"redirect_uri":"https://evil.example/callback","scope":"openid"}
        const string request = "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZS9jYWxsYmFjayIsInNjb3BlIjoib3BlbmlkIn0.";
        await RefusedByRedirectAsync(parameters => parameters["request"] = request, "request_not_supported");
        await RefusedByRedirectAsync(parameters => parameters["registration"] = """{"redirect_uris":["https://evil.example/callback"]}""", "registration_not_supported");
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("membership")]
    [InlineData("OPENID")]
    [InlineData("openid\tmembership")]
    [InlineData("")]
    [InlineData(null)]
    public Task A08_a_scope_without_openid_is_refused(string? scope) => RefusedByRedirectAsync(parameters => parameters["scope"] = scope, "invalid_scope");

    [Theory]
    [InlineData("openid unknown membership profile", "openid membership")]
    [InlineData("openid admin offline_access", "openid")]
    [InlineData("openid openid", "openid")]
    public async Task A08_an_unknown_scope_is_ignored(string asked, string granted)
    {
        var world = await TestSignIn.BeginAsync(_server, scope: asked);
        var row = await SignIns.FindAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]);
        Assert.Equal(granted, row!.Scope);
    }

    [Theory]
    [InlineData("none login")]
    [InlineData("login none")]
    [InlineData("none none")]
    [InlineData("none unknown")]
    [InlineData("unknown")]
    public Task A10_prompt_none_with_something_is_refused(string prompt) => RefusedByRedirectAsync(parameters => parameters["prompt"] = prompt, "invalid_request");

    [Theory]
    [InlineData("state")]
    [InlineData("nonce")]
    public async Task A16_64_KB_are_refused_and_64_characters_are_not(string name)
    {
        foreach (var post in (bool[])[false, true])
        {
            var world = await TestSignIn.BeginAsync(_server);
            await RefusedAsync(world, post, parameters => parameters[name] = new string('s', 64 * 1024), (_, response) =>
            {
                response.RefusedByRedirect("invalid_request", world.RedirectUri, name == "state" ? null : world.State, _server.Issuer);
                return Task.CompletedTask;
            });
            await world.OpenAsync(change: parameters => parameters[name] = new string('s', 64));
        }
    }

    [Fact]
    public async Task A16_a_state_of_8192_characters_comes_back_and_a_longer_one_or_one_with_a_NUL_does_not()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var state = new string('s', 8192);
        await world.OpenAsync(change: parameters => parameters["state"] = state);
        using var cancelled = await world.Browser.PostAsync(world.Page + "/cancel", null);
        cancelled.RefusedByRedirect("access_denied", world.RedirectUri, state, _server.Issuer);
        foreach (var bad in (string[])[state + "s", "a\0b"])
        {
            using var refused = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters["state"] = bad));
            refused.RefusedByRedirect("invalid_request", world.RedirectUri, null, _server.Issuer);
        }

        using var nonce = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters["nonce"] = new string('n', 2049)));
        nonce.RefusedByRedirect("invalid_request", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public async Task A16_audience_may_stand_twice_since_nobody_reads_it_and_nothing_else_may()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using (var good = await world.Browser.GetAsync(world.AuthorizeUrl() + "&audience=a&audience=b"))
            await world.FollowAsync(good);
        using var refused = await world.Browser.GetAsync(world.AuthorizeUrl() + "&audience=a&unknown=a&unknown=b");
        refused.RefusedByRedirect("invalid_request", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public async Task A17_every_answer_names_the_issuer_once()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        using var code = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink));
        await world.OpenAsync();
        using var cancelled = await world.Browser.PostAsync(world.Page + "/cancel", null);
        using var refused = await _server.Http.GetAsync(world.AuthorizeUrl(parameters => parameters["prompt"] = "none"));
        foreach (var answer in (HttpResponseMessage[])[code, cancelled, refused])
        {
            var parameters = QueryHelpers.ParseQuery(answer.Headers.Location!.Query);
            Assert.Equal(_server.Issuer, Assert.Single(parameters["iss"]));
            Assert.Equal(world.State, Assert.Single(parameters["state"]));
        }

        using var discovery = await _server.Http.GetAsync(_server.Url("/.well-known/openid-configuration"));
        Assert.True((await discovery.JsonAsync())["authorization_response_iss_parameter_supported"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A18_no_page_can_be_framed()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var signIn = world.Page;
        var here = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        await world.OpenAsync();
        var there = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        foreach (var (browser, url, status) in ((HttpClient, string, int)[])
        [
            (world.Browser, _server.Url("/"), 200),
            (world.Browser, signIn, 200),
            (world.Browser, _server.Url("/authorize"), 400),
            (world.Browser, _server.Url("/sign-in/nobody"), 404),
            (_server.Http, here, 400),
            (_server.Http, there, 200),
        ])
        {
            using var response = await browser.GetAsync(url);
            Assert.Equal((status, "text/html"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")).Split(';', StringSplitOptions.TrimEntries));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        }
    }

    [Fact]
    public async Task A19_the_result_of_a_sign_in_is_nothing_to_a_browser_without_its_cookie()
    {
        // An attacker proves with their own wallet, and lures a victim's browser to the way back.
        var attacker = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), attacker.SameDeviceLink);
        var codes = await _server.CountAsync("authorization_code");
        using var fresh = TestServer.NewBrowser();
        var other = await TestSignIn.BeginAsync(_server);
        foreach (var victim in (HttpClient[])[fresh, other.Browser])
        {
            using var response = await victim.GetAsync(back);
            await response.RefusedAsPageAsync("This is another browser");
            Assert.DoesNotContain("Set-Cookie", response.Headers.Select(header => header.Key));
        }

        Assert.Equal(codes, await _server.CountAsync("authorization_code"));
        using var good = await attacker.Browser.GetAsync(back);
        Assert.StartsWith(attacker.RedirectUri + "?code=", good.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private Task<TestSignIn> BeginAsync(string redirectUri, string authentication) =>
        TestSignIn.BeginAsync(_server, request => request with { RedirectUris = [redirectUri], Authentication = authentication });

    private async Task RefusedByRedirectAsync(Action<Dictionary<string, string?>> change, string error, TestSignIn? world = null)
    {
        world ??= await TestSignIn.BeginAsync(_server);
        foreach (var post in (bool[])[false, true])
        {
            await RefusedAsync(world, post, change, (begun, response) =>
            {
                response.RefusedByRedirect(error, begun.RedirectUri, begun.State, _server.Issuer);
                return Task.CompletedTask;
            });
        }
    }

    private async Task RefusedAsync(bool post, Action<Dictionary<string, string?>> change, Func<TestSignIn, HttpResponseMessage, Task> check) =>
        await RefusedAsync(await TestSignIn.BeginAsync(_server), post, change, check);

    private Task RefusedAsync(TestSignIn world, bool post, Action<Dictionary<string, string?>> change, Func<TestSignIn, HttpResponseMessage, Task> check) =>
        SendAsync(world, post, world.AuthorizeUrl(change), response => check(world, response));

    private Task RefusedTwiceAsync(TestSignIn world, bool post, string name, string? other, Func<HttpResponseMessage, Task> check)
    {
        var good = world.AuthorizeUrl(parameters => parameters.TryAdd(name, "1"));
        return SendAsync(world, post, $"{good}&{name}={Uri.EscapeDataString(other ?? TestWallet.Parameter(good, name))}", check);
    }

    /// <summary>Sends a broken request: no sign-in begins and no code is given, and the good request still succeeds.</summary>
    private async Task SendAsync(TestSignIn world, bool post, string url, Func<HttpResponseMessage, Task> check)
    {
        var before = await _server.CountAsync("sign_in");
        using var request = post ? new HttpRequestMessage(HttpMethod.Post, _server.Url("/authorize")) : new HttpRequestMessage(HttpMethod.Get, url);
        if (post) request.Content = new StringContent(url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..], null, "application/x-www-form-urlencoded");
        using var response = await world.Browser.SendAsync(request);
        await check(response);
        Assert.DoesNotContain("code", QueryHelpers.ParseQuery(response.Headers.Location?.Query).Keys);
        Assert.Equal(before, await _server.CountAsync("sign_in"));
        await world.OpenAsync();
    }
}
