using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>The OpenID Foundation's modules for the authorization endpoint, as far as they apply to a provider whose every sign-in proves anew.</summary>
public sealed class AuthorizeEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string UnsignedRequest = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wZW5pZCJ9.";

    private readonly TestServer _server = shared.Server;

    [Fact]
    public Task Oidcc_response_type_missing_is_refused() => RefusedAsync("response_type", null, "invalid_request");

    [Fact]
    public Task Oidcc_prompt_none_not_logged_in_is_refused() => RefusedAsync("prompt", "none", "login_required");

    [Fact]
    public Task Oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() =>
        RefusedAsync("request_uri", "https://app.example/request.jwt", "request_uri_not_supported");

    [Fact]
    public Task Oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() =>
        RefusedAsync("request", UnsignedRequest, "request_not_supported");

    [Fact]
    public Task Oidcc_ensure_request_object_with_redirect_uri_is_rejected_as_unsupported() =>
        RefusedAsync("request", "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2FwcC5leGFtcGxlL290aGVyIn0.", "request_not_supported");

    [Fact]
    public async Task Oidcc_ensure_registered_redirect_uri_gets_a_page()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var response = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters["redirect_uri"] += "/unregistered"));
        await response.RefusedAsPageAsync("invalid_redirect_uri");
    }

    [Fact]
    public async Task Oidcc_ensure_redirect_uri_in_authorization_request_gets_a_page()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var response = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters.Remove("redirect_uri")));
        await response.RefusedAsPageAsync("invalid_request");
    }

    [Fact]
    public async Task Oidcc_ensure_request_without_nonce_succeeds_for_code_flow()
    {
        var claims = await SucceedsAsync(("nonce", null));
        Assert.False(claims.ContainsKey("nonce"));
    }

    [Fact]
    public Task Oidcc_ensure_request_with_unknown_parameter_succeeds() => SucceedsAsync(("extra", "foobar"));

    [Fact]
    public Task Oidcc_ensure_request_with_acr_values_succeeds() => SucceedsAsync(("acr_values", "1 2"));

    [Theory]
    [InlineData("page")]
    [InlineData("popup")]
    public Task Oidcc_display_succeeds(string display) => SucceedsAsync(("display", display));

    [Fact]
    public Task Oidcc_ui_locales_succeeds() => SucceedsAsync(("ui_locales", "se"));

    [Fact]
    public Task Oidcc_claims_locales_succeeds() => SucceedsAsync(("claims_locales", "se"));

    [Fact]
    public Task Oidcc_login_hint_succeeds() => SucceedsAsync(("login_hint", "ana@example.com"));

    [Fact]
    public Task Oidcc_claims_essential_is_ignored_as_unsupported() => SucceedsAsync(("claims", """{"userinfo":{"name":{"essential":true}}}"""));

    [Theory]
    [InlineData("profile")]
    [InlineData("email")]
    [InlineData("address")]
    [InlineData("phone")]
    [InlineData("profile email address phone")]
    public Task Oidcc_scope_is_ignored_where_the_nation_has_nothing_of_it(string scope) => SucceedsAsync(("scope", $"openid membership {scope}"));

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "1")]
    [InlineData("max_age", "10000")]
    public async Task Oidcc_prompt_login_and_max_age_prove_anew_and_say_when(string name, string value)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var first = await ClaimsAsync(world, wallet);
        _server.Time.Move(TimeSpan.FromSeconds(2));
        await world.OpenAsync(change: parameters => parameters[name] = value);
        var second = await ClaimsAsync(world, wallet);
        Assert.True(second["auth_time"]!.GetValue<long>() > first["auth_time"]!.GetValue<long>());
        Assert.Equal(first["sub"]!.GetValue<string>(), second["sub"]!.GetValue<string>());
    }

    [Fact]
    public async Task Oidcc_ensure_post_request_succeeds()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var query = new Uri(world.AuthorizeUrl()).Query[1..];
        using var content = new StringContent(query, null, "application/x-www-form-urlencoded");
        using (var response = await world.Browser.PostAsync(_server.Url("/authorize"), content)) await world.FollowAsync(response);
        Assert.Equal(world.Nonce, (await ClaimsAsync(world, wallet))["nonce"]!.GetValue<string>());
    }

    [Fact]
    public async Task Oidcc_redirect_uri_query_OK_keeps_the_registered_query()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { RedirectUris = ["https://app.example/callback?foo=bar"] });
        using var response = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink));
        Assert.StartsWith("https://app.example/callback?foo=bar&code=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var redeemed = await world.RedeemAsync(TestWallet.Parameter(response.Headers.Location!.ToString(), "code"));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    [Theory]
    [InlineData("https://app.example/callback?foo=bar", "https://app.example/callback?foo=baz")]
    [InlineData("https://app.example/callback?foo=bar", "https://app.example/callback")]
    [InlineData("https://app.example/callback", "https://app.example/callback?foo=bar")]
    public async Task Oidcc_redirect_uri_query_mismatch_or_added_gets_a_page(string registered, string requested)
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { RedirectUris = [registered] });
        using var response = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters["redirect_uri"] = requested));
        await response.RefusedAsPageAsync("invalid_redirect_uri");
    }

    [Fact]
    public async Task Oidcc_redirect_uri_regfrag_is_not_registered() => Assert.Equal(
        "invalid_redirect_uri",
        (await Assert.ThrowsAsync<Refusal>(() => _server.RegisterAsync("https://app.example/callback#foobar"))).Code);

    [Fact]
    public async Task A_cancelled_sign_in_goes_back_with_access_denied_and_can_be_asked_anew()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var cancelled = await world.Browser.PostAsync(world.Page + "/cancel", null);
        Assert.Contains("cancelled", cancelled.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer), StringComparison.Ordinal);
        await world.OpenAsync();
    }

    private static async Task<JsonObject> ClaimsAsync(TestSignIn world, TestWallet wallet) =>
        Jws.Parse((await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();

    private async Task<JsonObject> SucceedsAsync((string Name, string? Value) parameter)
    {
        var wallet = await _server.MemberAsync(null, ("tier", "citizen"));
        var world = await TestSignIn.BeginAsync(_server);
        await world.OpenAsync(change: parameters => parameters[parameter.Name] = parameter.Value);
        var claims = await ClaimsAsync(world, wallet);
        Assert.Equal(["member_since", "tier"], claims["membership"]!.AsObject().Select(claim => claim.Key).Order());
        return claims;
    }

    private async Task RefusedAsync(string name, string? value, string error)
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var response = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters[name] = value));
        response.RefusedByRedirect(error, world.RedirectUri, world.State, _server.Issuer);
    }
}
