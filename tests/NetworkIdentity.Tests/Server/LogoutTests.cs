using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Logout as people and apps meet it: who is asked, what ends, what stays, and who is told.</summary>
public sealed class LogoutTests : IAsyncLifetime
{
    private const string After = "https://app.example/after";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("revoked")]
    [InlineData("suspended")]
    [InlineData("erased")]
    [InlineData("disowned")]
    [InlineData("withdrawn")]
    [InlineData("retired")]
    [InlineData("logged out")]
    public async Task Whatever_ends_a_session_its_app_is_told_within_the_publish_interval(string why)
    {
        await using var app = await TestListener.StartAsync();
        var (world, tokens) = await SignedInAsync(app.Url);
        var session = await SessionAsync(tokens);
        var nation = _server.Nation;
        var now = _server.Time.GetUtcNow();
        Func<Task> act = why switch
        {
            "revoked" => () => nation.Revoker.RevokeAsync(session.CredentialIds, "for a test"),
            "suspended" => () => nation.Suspensions.SuspendAsync(session.CredentialIds, "for a test", now.AddDays(1)),
            "erased" => () => nation.Eraser.EraseAsync(session.MemberId),
            "disowned" => async () => await nation.SignIns.DisownAsync((await SignIns.FindAsync(nation.Database, session.SignInId))!),
            "withdrawn" => () => nation.MemberPages.WithdrawAsync(session.MemberId, world.ClientId),
            "retired" => () => nation.Database.CommitAsync(
                Partners.Retire(world.ClientId, now.ToUnixTimeSeconds()), Sessions.EndOfClient(world.ClientId, Sessions.ClientRetired, now.ToUnixTimeSeconds())),
            _ => async () => (await LogoutAsync(world, Hint(tokens))).Dispose(),
        };
        await act();
        await app.ToldAsync();
        var told = Assert.Single(app.Tokens).Claims();
        Assert.Equal((SigningIn.Session.NameOf(nation.Keys, session.Id), (string)TestSignIn.ClaimsOf(tokens)["sub"]!), ((string)told["sid"]!, (string)told["sub"]!));
        var ended = (await Sessions.FindAsync(nation.Database, session.Id))!.EndedAt!.Value;
        Assert.InRange((long)told["iat"]! - ended, 0, 60);
    }

    [Fact]
    public async Task An_ID_token_that_has_expired_is_still_a_hint_and_so_is_one_of_another_session_of_the_same_member()
    {
        var (world, tokens) = await SignedInAsync();
        _server.Time.Move(TimeSpan.FromMinutes(30));
        await world.OpenAsync();
        var again = await world.SignInAsync(_wallet);
        using var response = await LogoutAsync(world, Hint(tokens), ("client_id", world.ClientId), ("post_logout_redirect_uri", After));
        Assert.Equal(After, response.Headers.Location!.ToString());

        // Both of its sessions in this browser, since the app would be signed in again by the other.
        foreach (var one in (JsonObject[])[tokens, again]) Assert.Equal(Sessions.LoggedOut, (await SessionAsync(one)).EndReason);
    }

    [Fact]
    public async Task An_app_whose_hint_is_of_another_member_ends_nothing_without_asking()
    {
        var (world, tokens) = await SignedInAsync();
        await world.OpenAsync();
        var other = await world.SignInAsync(await _server.MemberAsync());
        await _server.Nation.Logouts.EndAsync([await SessionAsync(tokens)]);
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After), ("state", "s"));
        var html = await response.Content.ReadAsStringAsync();
        Assert.Contains("Sign out?", html);
        Assert.Null((await SessionAsync(other)).EndedAt);
        using var confirmed = await LogoutModules.ConfirmAsync(world.Browser, html);
        Assert.Equal($"{After}?state=s", confirmed.Headers.Location!.ToString());
        Assert.Equal(Sessions.LoggedOut, (await SessionAsync(other)).EndReason);
    }

    [Fact]
    public async Task A_hint_in_another_browser_ends_nothing_there_and_goes_back()
    {
        var (world, tokens) = await SignedInAsync();
        using var stranger = TestServer.NewBrowser();
        using var response = await stranger.GetAsync(LogoutUrl(Hint(tokens), ("post_logout_redirect_uri", After)));
        Assert.Equal(After, response.Headers.Location!.ToString());
        Assert.Null((await SessionAsync(tokens)).EndedAt);
        await world.CodeAtOnceAsync();
    }

    [Fact]
    public async Task Without_a_hint_the_person_is_asked_and_only_the_app_that_is_named_ends()
    {
        var (world, tokens) = await SignedInAsync();
        var (id, secret) = await _server.RegisterAsync("https://app.example/callback", request => request with { Name = "Second App" });
        var second = new TestSignIn(_server, id, secret, "https://app.example/callback", world.Browser);
        await second.OpenAsync();
        var others = await second.SignInAsync(_wallet);

        using var asked = await LogoutAsync(world, ("client_id", world.ClientId), ("post_logout_redirect_uri", After), ("state", "s&t=\"><script>"));
        var html = await asked.Content.ReadAsStringAsync();
        Assert.Contains("Example App", html);
        Assert.DoesNotContain("Second App", html);
        Assert.DoesNotContain("<script>", html);
        using var done = await LogoutModules.ConfirmAsync(world.Browser, html);
        Assert.Equal("s&t=\"><script>", TestWallet.Parameter(done.Headers.Location!.ToString(), "state"));
        Assert.NotNull((await SessionAsync(tokens)).EndedAt);
        Assert.Null((await SessionAsync(others)).EndedAt);
        await second.CodeAtOnceAsync();
    }

    [Fact]
    public async Task A19_a_form_of_another_site_or_another_browser_ends_nothing()
    {
        var (world, tokens) = await SignedInAsync();
        var (stranger, _) = await SignedInAsync();
        using var theirs = await LogoutAsync(stranger, ("client_id", stranger.ClientId));
        var form = await theirs.Content.ReadAsStringAsync();
        using var foreign = await LogoutModules.ConfirmAsync(world.Browser, form);
        await foreign.RefusedAsPageAsync("invalid_request");
        foreach (var value in (string[])["", "AAAA", new string('A', 43), "%%"])
        {
            using var forged = await world.Browser.PostAsync(_server.Url("/logout/confirm"), Form(("form", value)));
            await forged.RefusedAsPageAsync("invalid_request");
        }

        Assert.Null((await SessionAsync(tokens)).EndedAt);
    }

    [Fact]
    public async Task A_POST_of_an_app_which_comes_without_the_cookie_goes_through_GET_and_ends_the_session()
    {
        var (world, tokens) = await SignedInAsync();
        using var program = TestServer.NewProgram();
        using var sent = await program.PostAsync(_server.Url("/logout"), Form(Hint(tokens), ("post_logout_redirect_uri", After), ("state", "s"), ("ui_locales", "de")));
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        var here = sent.Headers.Location!.ToString();
        Assert.StartsWith(_server.Url("/logout?"), here);
        Assert.Null((await SessionAsync(tokens)).EndedAt);
        using var done = await world.Browser.GetAsync(here);
        Assert.Equal($"{After}?state=s", done.Headers.Location!.ToString());
        Assert.NotNull((await SessionAsync(tokens)).EndedAt);
    }

    [Theory]
    [InlineData("A43 a client_id that is not the hint's")]
    [InlineData("A43 an unknown client")]
    [InlineData("A43 a parameter twice")]
    [InlineData("A43 a retired client")]
    public async Task A43_what_can_not_be_checked_is_a_page_and_ends_nothing(string what)
    {
        var (world, tokens) = await SignedInAsync();
        var (other, _) = await _server.RegisterAsync("https://other.example/callback", request => request with { Metadata = new() { PostLogoutRedirectUris = [After] } });
        if (what.EndsWith("a retired client", StringComparison.Ordinal)) await _server.Nation.Database.CommitAsync(Partners.Retire(other, 1));
        (string, string)[] parameters = what[4..] switch
        {
            "a client_id that is not the hint's" => [Hint(tokens), ("client_id", other)],
            "an unknown client" => [("client_id", "nobody")],
            "a parameter twice" => [Hint(tokens), Hint(tokens)],
            _ => [("client_id", other)],
        };
        using var response = await LogoutAsync(world, [.. parameters, ("post_logout_redirect_uri", After)]);
        await response.RefusedAsPageAsync("not_logged_out");
        Assert.Null((await SessionAsync(tokens)).EndedAt);
    }

    [Fact]
    public async Task The_page_shows_the_apps_own_address_in_a_frame_and_allows_no_other()
    {
        var (world, tokens) = await SignedInAsync(front: "https://app.example:8443/front?tenant=1");
        using var response = await LogoutAsync(world, Hint(tokens), ("post_logout_redirect_uri", After), ("state", "s"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync();
        var sid = (string)TestSignIn.ClaimsOf(tokens)["sid"]!;
        Assert.Contains($"src=\"https://app.example:8443/front?tenant=1&amp;iss={Uri.EscapeDataString(_server.Issuer)}&amp;sid={sid}\"", html);
        Assert.Contains($"href=\"{After}?state=s\" data-onward", html);
        Assert.Contains("sandbox=\"allow-scripts allow-same-origin\"", html);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.EndsWith("; frame-src https://app.example:8443", policy);
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("/front")]
    public async Task A_frame_that_is_no_web_address_is_not_registered(string front) =>
        Assert.Equal("invalid_client_metadata", (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => SignedInAsync(front: front))).Code);

    [Fact]
    public async Task What_was_given_for_when_the_member_is_away_outlives_logout_and_nothing_else_does()
    {
        await using var app = await TestListener.StartAsync();
        var (world, _) = await SignedInAsync(app.Url, refresh: true);
        var near = await world.TokensAsync(await world.CodeAtOnceAsync());
        var away = await world.TokensAsync(await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid membership offline_access"));
        var open = await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid offline_access");
        using (await LogoutAsync(world, Hint(near))) { }
        await app.ToldAsync();

        using var code = await world.RedeemAsync(open);
        await code.RefusedAsync("invalid_grant");
        using var refreshed = await world.RefreshAsync((string)near["refresh_token"]!);
        await refreshed.RefusedAsync("invalid_grant");
        foreach (var one in (JsonObject[])[near, away])
        {
            using var userInfo = await world.UserInfoAsync((string)one["access_token"]!);
            await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        // No browser is signed in by it, and it tells what it told before.
        using (var silent = await world.AskAsync(parameters => parameters["prompt"] = "none")) silent.RefusedByRedirect("login_required", world.RedirectUri, world.State, _server.Issuer);
        using var renewed = await world.RefreshAsync((string)away["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        var tokens = await renewed.JsonAsync();
        Assert.True(JsonNode.DeepEquals(TestSignIn.ClaimsOf(near)["membership"], TestSignIn.ClaimsOf(tokens)["membership"]));
        Assert.Equal((string)TestSignIn.ClaimsOf(near)["sub"]!, (string)TestSignIn.ClaimsOf(tokens)["sub"]!);
        using (var userInfo = await world.UserInfoAsync((string)tokens["access_token"]!)) Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);

        // It ends as all sessions do.
        var session = await SessionAsync(tokens);
        await _server.Nation.Revoker.RevokeAsync(session.CredentialIds, "for a test");
        await app.ToldAsync(2);
        Assert.Equal(SigningIn.Session.NameOf(_server.Nation.Keys, session.Id), app.Sessions[1]);
        using var gone = await world.RefreshAsync((string)away["refresh_token"]!);
        await gone.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_is_asked_anything()
    {
        using var browser = TestServer.NewBrowser();
        using var response = await browser.GetAsync(_server.Url("/logout"));
        Assert.Contains("You were not signed in here", await response.Content.ReadAsStringAsync());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private TestWallet _wallet = null!;

    private Task<Sessions.Row> SessionAsync(JsonObject tokens) => _server.SessionOfAsync(tokens);

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private string LogoutUrl(params (string Name, string Value)[] parameters) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
        _server.Url("/logout"), parameters.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value)));

    private Task<HttpResponseMessage> LogoutAsync(TestSignIn world, params (string Name, string Value)[] parameters) => world.Browser.GetAsync(LogoutUrl(parameters));

    private static (string, string) Hint(JsonObject tokens) => ("id_token_hint", (string)tokens["id_token"]!);

    private async Task<(TestSignIn World, JsonObject Tokens)> SignedInAsync(string? back = null, string? front = null, bool refresh = false)
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with
        {
            Metadata = new()
            {
                PostLogoutRedirectUris = [After],
                BackchannelLogoutUri = back,
                FrontchannelLogoutUri = front,
                GrantTypes = refresh ? ["authorization_code", "refresh_token"] : ["authorization_code"],
            },
        });
        _wallet = await _server.MemberAsync();
        return (world, await world.SignInAsync(_wallet));
    }
}
