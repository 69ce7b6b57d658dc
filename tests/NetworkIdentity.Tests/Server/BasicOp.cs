using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The 38 modules of the OpenID Foundation's basic plan, by their names. The plan runs once for each way in which the answer comes back.</summary>
public abstract partial class BasicOp(SharedServer shared, string? responseMode) : IClassFixture<SharedServer>
{
    // {"alg":"none"} {"scope":"openid","redirect_uri":"https://app.example/other"}
    private const string UnsignedRequest = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wZW5pZCIsInJlZGlyZWN0X3VyaSI6Imh0dHBzOi8vYXBwLmV4YW1wbGUvb3RoZXIifQ.";

    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Oidcc_server()
    {
        var world = await WorldAsync();
        var tokens = await world.TokensAsync(await SignInAsync(world));
        var claims = TestSignIn.ClaimsOf(tokens);
        Assert.Equal((_server.Issuer, world.ClientId, world.Nonce), ((string)claims["iss"]!, (string)claims["aud"]!, (string)claims["nonce"]!));
        Assert.InRange(((string)claims["sub"]!).Length, 1, 255);
        Assert.True((long)claims["exp"]! > (long)claims["iat"]!);
        Assert.NotNull(claims["at_hash"]);
        using var told = await world.UserInfoAsync((string)tokens["access_token"]!);
        Assert.Equal((string)claims["sub"]!, (string)(await told.JsonAsync())["sub"]!);
    }

    [Fact]
    public Task Oidcc_response_type_missing() => RefusedAsync("invalid_request", ("response_type", null));

    [Fact]
    public async Task Oidcc_idtoken_signature()
    {
        var world = await WorldAsync();
        var token = (string)(await world.TokensAsync(await SignInAsync(world)))["id_token"]!;
        Assert.Contains((string)Jws.Parse(token).KeyId!, (await IdTokenValidation.KeysAsync(_server)).Select(key => (string)key["kid"]!));
        var result = await IdTokenValidation.ValidateAsync(_server, token, world.ClientId);
        Assert.True(result.IsValid, result.Exception?.Message);
    }

    [Fact]
    public async Task Oidcc_idtoken_unsigned()
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => _server.RegisterAsync(change: request => request with { IdTokenAlgorithm = "none" }));
        Assert.Equal("invalid_client_metadata", refusal.Code);
    }

    [Fact]
    public Task Oidcc_userinfo_get() => UserInfoAsync(HttpMethod.Get, (request, token) => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    [Fact]
    public Task Oidcc_userinfo_post_header() => UserInfoAsync(HttpMethod.Post, (request, token) => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    [Fact]
    public Task Oidcc_userinfo_post_body() => UserInfoAsync(HttpMethod.Post, (request, token) => request.Content = new FormUrlEncodedContent([new("access_token", token)]));

    [Fact]
    public async Task Oidcc_ensure_request_without_nonce_succeeds_for_code_flow() => Assert.False((await SucceedsAsync(("nonce", null))).ContainsKey("nonce"));

    [Fact]
    public Task Oidcc_scope_profile() => ScopeAsync("profile");

    [Fact]
    public Task Oidcc_scope_email() => ScopeAsync("email");

    [Fact]
    public Task Oidcc_scope_address() => ScopeAsync("address");

    [Fact]
    public Task Oidcc_scope_phone() => ScopeAsync("phone");

    [Fact]
    public Task Oidcc_scope_all() => ScopeAsync("profile email address phone");

    [Fact]
    public async Task Oidcc_alternate_happy_flow()
    {
        var world = await WorldAsync();
        var query = new Uri(world.AuthorizeUrl(parameters => (parameters["scope"], parameters["response_mode"]) = ("email membership openid", responseMode))).Query[1..];
        using var response = await world.Browser.GetAsync(_server.Url("/authorize?") + string.Join('&', query.Split('&').Reverse()));
        await world.FollowAsync(response);
        Assert.NotNull(TestSignIn.ClaimsOf(await world.TokensAsync(await ProveAsync(world, await _server.MemberAsync())))["membership"]);
    }

    [Fact]
    public Task Oidcc_display_page() => SucceedsAsync(("display", "page"));

    [Fact]
    public Task Oidcc_display_popup() => SucceedsAsync(("display", "popup"));

    [Fact]
    public Task Oidcc_prompt_login() => AgainAsync(isAsked: true, _ => ("prompt", "login"));

    [Fact]
    public Task Oidcc_prompt_none_not_logged_in() => RefusedAsync("login_required", ("prompt", "none"));

    [Fact]
    public Task Oidcc_prompt_none_logged_in() => AgainAsync(isAsked: false, _ => ("prompt", "none"));

    [Fact]
    public Task Oidcc_max_age_1() => AgainAsync(isAsked: true, _ => ("max_age", "1"));

    [Fact]
    public Task Oidcc_max_age_10000() => AgainAsync(isAsked: false, _ => ("max_age", "10000"));

    [Fact]
    public Task Oidcc_ensure_request_with_unknown_parameter_succeeds() => SucceedsAsync(("extra", "foobar"));

    [Fact]
    public Task Oidcc_id_token_hint() => AgainAsync(isAsked: false, tokens => ("id_token_hint", (string)tokens["id_token"]!), ("prompt", "none"));

    [Fact]
    public Task Oidcc_login_hint() => SucceedsAsync(("login_hint", "buffy@app.example"));

    [Fact]
    public Task Oidcc_ui_locales() => SucceedsAsync(("ui_locales", "se"));

    [Fact]
    public Task Oidcc_claims_locales() => SucceedsAsync(("claims_locales", "se"));

    [Fact]
    public Task Oidcc_ensure_request_with_acr_values_succeeds() => SucceedsAsync(("acr_values", "1 2"));

    [Fact]
    public Task Oidcc_codereuse() => ReusedAsync(TimeSpan.Zero);

    [Fact]
    public Task Oidcc_codereuse_30seconds() => ReusedAsync(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task Oidcc_ensure_registered_redirect_uri()
    {
        var world = await WorldAsync();
        using var response = await AskAsync(world, ("redirect_uri", world.RedirectUri + "/unregistered"));
        await response.RefusedAsPageAsync("invalid_redirect_uri");
    }

    [Fact]
    public async Task Oidcc_ensure_post_request_succeeds()
    {
        var world = await WorldAsync();
        using var content = new StringContent(new Uri(world.AuthorizeUrl(parameters => parameters["response_mode"] = responseMode)).Query[1..], null, "application/x-www-form-urlencoded");
        using var posted = await world.Browser.PostAsync(_server.Url("/authorize"), content);

        // A browser that came without this server's cookie is sent through GET once.
        var to = posted.Headers.Location!.ToString();
        using var asked = to.Contains("/authorize?", StringComparison.Ordinal) ? await world.Browser.GetAsync(to) : posted;
        await world.FollowAsync(asked);
        Assert.Equal(world.Nonce, (string)TestSignIn.ClaimsOf(await world.TokensAsync(await ProveAsync(world, await _server.MemberAsync())))["nonce"]!);
    }

    [Fact]
    public async Task Oidcc_server_client_secret_post()
    {
        var world = await WorldAsync(ClientCredentials.Post);
        using var response = await world.RedeemAsync(await SignInAsync(world), form => (form["client_id"], form["client_secret"]) = (world.ClientId, world.Secret), basic: false);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public Task Oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() => RefusedAsync("request_uri_not_supported", ("request_uri", "https://app.example/request.jwt"));

    [Fact]
    public Task Oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() => RefusedAsync("request_not_supported", ("request", UnsignedRequest));

    /// <summary>The module warns where what was asked for as essential does not come; no type here has a name.</summary>
    [Fact]
    public async Task Oidcc_claims_essential()
    {
        Assert.Null((await SucceedsAsync(("claims", """{"userinfo":{"name":{"essential":true}}}""")))["name"]);

        // What there is comes where it was asked for.
        var world = await WorldAsync();
        var tokens = await world.TokensAsync(await SignInAsync(world, ("scope", "openid"), ("claims", """{"userinfo":{"membership":{"essential":true}}}""")));
        using var told = await world.UserInfoAsync((string)tokens["access_token"]!);
        Assert.NotNull((await told.JsonAsync())["membership"]!["tier"]);
        Assert.Null(TestSignIn.ClaimsOf(tokens)["membership"]);
    }

    [Fact]
    public async Task Oidcc_ensure_request_object_with_redirect_uri()
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false);
        var request = await client.SignedRequestAsync((_, claims) => claims["response_mode"] = responseMode);
        using var response = await client.World.Browser.GetAsync(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
            _server.Url("/authorize"), new Dictionary<string, string?> { ["client_id"] = client.ClientId, ["request"] = request, ["redirect_uri"] = client.World.RedirectUri + "/invalid" }));
        await client.World.FollowAsync(response);
        Assert.NotEmpty(await ProveAsync(client.World, await _server.MemberAsync()));
    }

    [Fact]
    public async Task Oidcc_refresh_token()
    {
        var (world, other) = (await WorldAsync(), await WorldAsync());
        var first = await world.TokensAsync(await SignInAsync(world, ("scope", "openid membership offline_access"), ("prompt", "consent")));
        using var renewed = await world.RefreshAsync((string)first["refresh_token"]!);
        var second = await renewed.JsonAsync();
        var (before, after) = (TestSignIn.ClaimsOf(first), TestSignIn.ClaimsOf(second));
        foreach (var same in (string[])["iss", "sub", "aud", "auth_time"]) Assert.True(JsonNode.DeepEquals(before[same], after[same]), same);
        Assert.Null(after["nonce"]);
        Assert.NotEqual((string)first["access_token"]!, (string)second["access_token"]!);
        using var told = await world.UserInfoAsync((string)second["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        using var stolen = await other.RefreshAsync((string)first["refresh_token"]!);
        await stolen.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task Oidcc_ensure_request_with_valid_pkce_succeeds()
    {
        var world = await WorldAsync(requiresPkce: false);
        var code = await SignInAsync(world);
        using (var without = await world.RedeemAsync(code, form => form.Remove("code_verifier"))) await without.RefusedAsync("invalid_grant");
        Assert.NotNull((await world.TokensAsync(code))["id_token"]);
    }

    private async Task UserInfoAsync(HttpMethod method, Action<HttpRequestMessage, string> authorize)
    {
        var world = await WorldAsync();
        var tokens = await world.TokensAsync(await SignInAsync(world, await _server.MemberAsync(null, ("tier", "citizen"), ("display_name", "Ana"))));
        using var request = new HttpRequestMessage(method, _server.Url("/userinfo"));
        authorize(request, (string)tokens["access_token"]!);
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(("application/json", true), (response.Content.Headers.ContentType?.MediaType, response.Headers.CacheControl?.NoStore));
        var (claims, id) = (await response.JsonAsync(), TestSignIn.ClaimsOf(tokens));
        Assert.Equal(["sub", "membership"], claims.Select(claim => claim.Key));
        Assert.Equal(("citizen", true), ((string)claims["membership"]!["tier"]!, claims["membership"]!["display_name"] is null));
        foreach (var same in (string[])["sub", "membership"]) Assert.True(JsonNode.DeepEquals(id[same], claims[same]), same);
    }

    /// <summary>The suite passes over a scope that is not advertised. Asked for all the same, it is left out.</summary>
    private async Task ScopeAsync(string scope)
    {
        using var discovery = await _server.Http.GetAsync(_server.Issuer + "/.well-known/openid-configuration");
        Assert.DoesNotContain(scope, (await discovery.JsonAsync())["scopes_supported"]!.AsArray().Select(one => (string)one!));
        var world = await WorldAsync();
        var tokens = await world.TokensAsync(await SignInAsync(world, ("scope", $"openid membership {scope}")));
        Assert.Equal("openid membership", (string)tokens["scope"]!);
        using var told = await world.UserInfoAsync((string)tokens["access_token"]!);
        Assert.Equal(["sub", "membership"], (await told.JsonAsync()).Select(claim => claim.Key));
    }

    /// <summary>The same request again in the same browser, two seconds later, with something more.</summary>
    private async Task AgainAsync(bool isAsked, Func<JsonObject, (string, string?)> more, params (string, string?)[] also)
    {
        var (world, wallet) = (await WorldAsync(), await _server.MemberAsync());
        var first = await world.TokensAsync(await SignInAsync(world, wallet));
        _server.Time.Move(TimeSpan.FromSeconds(2));
        (string, string?)[] change = [more(first), .. also];
        string code;
        if (isAsked) code = await SignInAsync(world, wallet, change);
        else
        {
            using var response = await AskAsync(world, change);
            code = (await ReturnedAsync(world, response))["code"];
        }

        var (before, after) = (TestSignIn.ClaimsOf(first), TestSignIn.ClaimsOf(await world.TokensAsync(code)));
        Assert.Equal((string)before["sub"]!, (string)after["sub"]!);
        var later = (long)after["auth_time"]! - (long)before["auth_time"]!;
        Assert.True(isAsked ? later >= 2 : later == 0, $"proven {later} seconds later");
    }

    private async Task ReusedAsync(TimeSpan after)
    {
        var world = await WorldAsync();
        var code = await SignInAsync(world);
        var accessToken = (string)(await world.TokensAsync(code))["access_token"]!;
        _server.Time.Move(after);
        using var second = await world.RedeemAsync(code);
        await second.RefusedAsync("invalid_grant");
        using var told = await world.UserInfoAsync(accessToken);
        await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    private async Task<JsonObject> SucceedsAsync(params (string, string?)[] change)
    {
        var world = await WorldAsync();
        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(await SignInAsync(world, change)));
        Assert.NotNull(claims["membership"]!["tier"]);
        return claims;
    }

    private async Task RefusedAsync(string error, params (string, string?)[] change)
    {
        var world = await WorldAsync();
        using var response = await AskAsync(world, change);
        var returned = await ReturnedAsync(world, response);
        Assert.Equal(error, returned["error"]);
        Assert.NotEmpty(returned["error_description"]);
        Assert.DoesNotContain("code", returned.Keys);
    }

    private async Task<TestSignIn> WorldAsync(string authentication = ClientCredentials.Basic, bool requiresPkce = true)
    {
        var (clientId, secret) = await _server.RegisterAsync(change: request => request with
        {
            Authentication = authentication,
            RequiresPkce = requiresPkce,
            Metadata = new() { GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] },
        });
        return TestSignIn.Of(_server, clientId, secret, "https://app.example/callback");
    }

    private Task<HttpResponseMessage> AskAsync(TestSignIn world, params (string Name, string? Value)[] change) => world.AskAsync(parameters =>
    {
        parameters["response_mode"] = responseMode;
        foreach (var (name, value) in change) parameters[name] = value;
    });

    private async Task<string> SignInAsync(TestSignIn world, params (string, string?)[] change) => await SignInAsync(world, await _server.MemberAsync(null, ("tier", "citizen")), change);

    /// <summary>A member is asked, and proves; the app gets the code.</summary>
    private async Task<string> SignInAsync(TestSignIn world, TestWallet wallet, params (string, string?)[] change)
    {
        using var asked = await AskAsync(world, change);
        await world.FollowAsync(asked);
        return await ProveAsync(world, wallet);
    }

    private async Task<string> ProveAsync(TestSignIn world, TestWallet wallet)
    {
        using var back = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink));
        return (await ReturnedAsync(world, back))["code"];
    }

    /// <summary>What comes back to the app, in the way that it asked for: always with the state and the issuer.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ReturnedAsync(TestSignIn world, HttpResponseMessage response)
    {
        Dictionary<string, string> returned;
        if (responseMode is null)
        {
            Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
            Assert.Equal(world.RedirectUri, response.Headers.Location!.GetLeftPart(UriPartial.Path));
            returned = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(response.Headers.Location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.Single()!);
        }
        else
        {
            var html = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {html}");
            Assert.Null(response.Headers.Location);
            Assert.Contains($"<form method=\"post\" action=\"{world.RedirectUri}\"", html, StringComparison.Ordinal);
            returned = Field().Matches(html).ToDictionary(match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["value"].Value));
        }

        Assert.Equal((world.State, _server.Issuer), (returned["state"], returned["iss"]));
        return returned;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Field();
}
