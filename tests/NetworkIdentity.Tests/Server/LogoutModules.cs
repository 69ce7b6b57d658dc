using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The OpenID Foundation's modules for RP-initiated and back-channel logout, by their names, and A43.</summary>
public sealed class LogoutModules : IAsyncLifetime
{
    private const string After = "https://app.example/post_logout_redirect";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Oidcc_rp_initiated_logout_discovery_endpoint_verification() => Assert.Equal(_server.Issuer + "/logout", (string)(await MetadataAsync())["end_session_endpoint"]!);

    [Fact]
    public async Task Oidcc_backchannel_logout_discovery_endpoint_verification()
    {
        var metadata = await MetadataAsync();
        Assert.Equal(_server.Issuer + "/logout", (string)metadata["end_session_endpoint"]!);
        foreach (var name in (string[])["backchannel_logout_supported", "backchannel_logout_session_supported", "frontchannel_logout_supported", "frontchannel_logout_session_supported"])
            Assert.True((bool)metadata[name]!);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_goes_back_with_the_state_and_nobody_is_signed_in_any_more()
    {
        var (world, tokens) = await SignedInAsync();
        var state = new string('s', 128);
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After), ("state", state));
        Assert.Equal((HttpStatusCode.SeeOther, $"{After}?state={state}"), (response.StatusCode, response.Headers.Location!.ToString()));
        await EndedAsync(world, tokens);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_no_state_goes_back_without_one()
    {
        var (world, tokens) = await SignedInAsync();
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After));
        Assert.Equal(After, response.Headers.Location!.ToString());
        await EndedAsync(world, tokens);
    }

    [Theory]
    [InlineData("A43 bad", "https://app.example/elsewhere")]
    [InlineData("A43 another host", "https://evil.example/post_logout_redirect")]
    [InlineData("A43 case", "https://app.example/Post_logout_redirect")]
    [InlineData("A43 slash", "https://app.example/post_logout_redirect/")]
    [InlineData("A43 path", "https://app.example/x/../post_logout_redirect")]
    [InlineData("A43 user", "https://app.example@evil.example/post_logout_redirect")]
    [InlineData("A43 local", "//evil.example")]
    [InlineData("A43 the redirect URI", "https://app.example/callback")]
    public async Task Oidcc_rp_initiated_logout_bad_post_logout_redirect_uri_is_a_page_and_ends_nothing(string name, string uri)
    {
        Assert.NotEmpty(name);
        var (world, tokens) = await SignedInAsync();
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", uri), ("state", "s"));
        await response.RefusedAsPageAsync("not_logged_out");
        await StandsAsync(world);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri_is_a_page()
    {
        var (world, tokens) = await SignedInAsync();
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After + "?foo=bar"), ("state", "s"));
        await response.RefusedAsPageAsync("not_logged_out");
        await StandsAsync(world);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_modified_id_token_hint_is_a_page_A43()
    {
        var (world, tokens) = await SignedInAsync();
        var parts = ((string)tokens["id_token"]!).Split('.');
        var none = Base64Url.Encode("""{"alg":"none"}"""u8);
        var (_, other) = await SignedInAsync();
        foreach (var hint in (string[])
        [
            $"{none}.{parts[1]}.", $"{none}.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{((string)other["id_token"]!).Split('.')[1]}.{parts[2]}", "hint", $"{parts[0]}.{parts[1]}",
        ])
        {
            using var response = await LogoutAsync(world, ("id_token_hint", hint), ("post_logout_redirect_uri", After), ("state", "s"));
            await response.RefusedAsPageAsync("not_logged_out");
        }

        await StandsAsync(world);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_bad_id_token_hint_of_another_key_or_another_kind_is_a_page_A43()
    {
        var (world, tokens) = await SignedInAsync();
        var claims = TestSignIn.ClaimsOf(tokens);
        var own = _server.Nation.Keys.Current(KeyPurpose.IdToken, "ES256");
        foreach (var hint in (string[])
        [
            await Jws.SignAsync("JWT", claims, TestWallet.NewKey()),
            await Jws.SignAsync("JWT", claims, _server.Nation.Keys.Current(KeyPurpose.Credential)),
            await Jws.SignAsync("logout+jwt", claims, own),
            await Jws.SignAsync("at+jwt", claims, own),
        ])
        {
            using var response = await LogoutAsync(world, ("id_token_hint", hint), ("post_logout_redirect_uri", After), ("state", "s"));
            await response.RefusedAsPageAsync("not_logged_out");
        }

        await StandsAsync(world);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_no_id_token_hint_is_a_page()
    {
        var (world, _) = await SignedInAsync();
        using var response = await LogoutAsync(world, ("post_logout_redirect_uri", After), ("state", "s"));
        await response.RefusedAsPageAsync("not_logged_out");
        await StandsAsync(world);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_no_params_asks_and_then_nobody_is_signed_in_any_more()
    {
        var (world, tokens) = await SignedInAsync();
        await AsksAndEndsAsync(world);
        await EndedAsync(world, tokens);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_only_state_asks_and_then_nobody_is_signed_in_any_more()
    {
        var (world, tokens) = await SignedInAsync();
        await AsksAndEndsAsync(world, ("state", "the-state-of-logout"));
        await EndedAsync(world, tokens);
    }

    [Fact]
    public async Task Oidcc_rp_initiated_logout_no_post_logout_redirect_uri_shows_that_it_is_done()
    {
        var (world, tokens) = await SignedInAsync();
        using var response = await LogoutAsync(world, Hint(tokens), ("state", "s"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("You are signed out", await response.Content.ReadAsStringAsync());
        await EndedAsync(world, tokens);
    }

    [Fact]
    public async Task Oidcc_backchannel_rp_initiated_logout_tells_the_app_that_the_very_session_of_the_member_ended()
    {
        await using var app = await TestListener.StartAsync();
        var (world, tokens) = await SignedInAsync(app.Url);
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After), ("state", "s"));
        Assert.Equal($"{After}?state=s", response.Headers.Location!.ToString());
        await app.ToldAsync();

        var (contentType, form) = Assert.Single(app.Posts);
        Assert.Equal(("application/x-www-form-urlencoded", "logout_token"), (contentType, Assert.Single(form).Key));
        var (token, id) = (Assert.Single(app.Tokens), TestSignIn.ClaimsOf(tokens));
        Assert.Equal(("logout+jwt", "RS256"), (token.Type, token.Algorithm));
        using var key = VerificationKey.Import(_server.Nation.Keys.Published(KeyPurpose.IdToken).Single(key => key.Kid == token.KeyId).Signing!.PublicKey);
        Assert.True(token.IsSignedBy(key));
        var claims = token.Claims();
        Assert.Equal(["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], claims.Select(claim => claim.Key).Order(StringComparer.Ordinal));
        Assert.Equal((_server.Issuer, world.ClientId), ((string)claims["iss"]!, (string)claims["aud"]!));
        foreach (var name in (string[])["sub", "sid"]) Assert.Equal((string)id[name]!, (string)claims[name]!);
        foreach (var name in (string[])["sid", "jti"]) Assert.Equal(43, ((string)claims[name]!).Length);
        Assert.Equal(120, (long)claims["exp"]! - (long)claims["iat"]!);
        Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", claims["events"]!.ToJsonString());
        await EndedAsync(world, tokens);
    }

    private async Task AsksAndEndsAsync(TestSignIn world, params (string, string)[] parameters)
    {
        using var asked = await LogoutAsync(world, parameters);
        var html = await asked.Content.ReadAsStringAsync();
        Assert.Contains("Sign out?", html);
        Assert.Contains("Example App", html);
        await StandsAsync(world);
        using var done = await ConfirmAsync(world.Browser, html);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Contains("You are signed out", await done.Content.ReadAsStringAsync());
    }

    /// <summary>Presses the button of the page that asks.</summary>
    internal static Task<HttpResponseMessage> ConfirmAsync(HttpClient browser, string html) => browser.PostAsync(
        Regex.Match(html, "<form method=\"post\" action=\"([^\"]+)\"").Groups[1].Value,
        new FormUrlEncodedContent(Regex.Matches(html, "name=\"([^\"]+)\" value=\"([^\"]*)\"").Select(match =>
            KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)))));

    private async Task EndedAsync(TestSignIn world, JsonObject tokens)
    {
        using var silent = await world.AskAsync(parameters => parameters["prompt"] = "none");
        silent.RefusedByRedirect("login_required", world.RedirectUri, world.State, _server.Issuer);
        using var userInfo = await world.UserInfoAsync((string)tokens["access_token"]!);
        await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal(Sessions.LoggedOut, (await _server.SessionOfAsync(tokens)).EndReason);
    }

    private static Task<string> StandsAsync(TestSignIn world) => world.CodeAtOnceAsync(parameters => parameters["prompt"] = "none");

    private async Task<JsonObject> MetadataAsync()
    {
        using var response = await _server.Http.GetAsync(_server.Issuer + "/.well-known/openid-configuration");
        return await response.JsonAsync();
    }

    private Task<HttpResponseMessage> LogoutAsync(TestSignIn world, params (string Name, string Value)[] parameters) => world.Browser.GetAsync(
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(_server.Url("/logout"), parameters.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))));

    private static (string, string) Hint(JsonObject tokens) => ("id_token_hint", (string)tokens["id_token"]!);

    private async Task<(TestSignIn World, JsonObject Tokens)> SignedInAsync(string? backchannel = null)
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { Metadata = new() { PostLogoutRedirectUris = [After], BackchannelLogoutUri = backchannel } });
        return (world, await world.SignInAsync(await _server.MemberAsync()));
    }
}
