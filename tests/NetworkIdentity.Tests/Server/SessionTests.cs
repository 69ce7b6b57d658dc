using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>A member who has proven is signed in again at the same client without another proof, as long as the session says all that is asked.</summary>
public sealed class SessionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Who_has_proven_is_signed_in_again_at_once_as_the_same_member_with_the_same_auth_time()
    {
        var (world, tokens) = await SignedInAsync();
        _server.Time.Move(TimeSpan.FromSeconds(90));
        var again = TestSignIn.ClaimsOf(await world.TokensAsync(await world.CodeAtOnceAsync()));
        var first = TestSignIn.ClaimsOf(tokens);
        foreach (var name in (string[])["sub", "auth_time", "sid", "acr", "membership"]) Assert.True(JsonNode.DeepEquals(first[name], again[name]), name);
        Assert.NotEqual(first["iat"]!.GetValue<long>(), again["iat"]!.GetValue<long>());
    }

    [Fact]
    public async Task A09_another_client_in_the_same_browser_is_told_nothing_without_a_proof()
    {
        var (world, _) = await SignedInAsync();
        var (clientId, secret) = await _server.RegisterAsync("https://app.example/callback");
        var other = new TestSignIn(_server, clientId, secret, "https://app.example/callback", world.Browser);
        await AsksAsync(other);
        using var silent = await other.AskAsync(parameters => parameters["prompt"] = "none");
        silent.RefusedByRedirect("login_required", other.RedirectUri, other.State, _server.Issuer);
    }

    [Fact]
    public async Task Another_browser_has_no_session()
    {
        var (world, _) = await SignedInAsync();
        await AsksAsync(TestSignIn.Of(_server, world.ClientId, world.Secret, world.RedirectUri));
    }

    [Fact]
    public async Task A_session_of_an_hour_ends_for_the_browser()
    {
        var (world, _) = await SignedInAsync();
        _server.Time.Move(TimeSpan.FromMinutes(59));
        await world.CodeAtOnceAsync();
        _server.Time.Move(TimeSpan.FromMinutes(1));
        await AsksAsync(world);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 2)]
    [InlineData("60", 60)]
    public async Task A11_a_session_that_is_too_old_for_the_request_is_not_gone_by(string maxAge, int seconds)
    {
        var (world, _) = await SignedInAsync();
        if (seconds > 1) await world.CodeAtOnceAsync(parameters => parameters["max_age"] = "10000");
        _server.Time.Move(TimeSpan.FromSeconds(seconds));
        await AsksAsync(world, parameters => parameters["max_age"] = maxAge);
        using var silent = await world.AskAsync(parameters => (parameters["max_age"], parameters["prompt"]) = (maxAge, "none"));
        silent.RefusedByRedirect("login_required", world.RedirectUri, world.State, _server.Issuer);
    }

    [Theory]
    [InlineData("login")]
    [InlineData("consent")]
    [InlineData("select_account")]
    public async Task A_prompt_asks_for_another_proof(string prompt)
    {
        var (world, _) = await SignedInAsync();
        await AsksAsync(world, parameters => parameters["prompt"] = prompt);
    }

    [Fact]
    public async Task A09_what_was_not_shown_before_must_be_proven()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of(["membership"], ["residency"]) }, "openid");
        var first = TestSignIn.ClaimsOf(await world.SignInAsync(wallet));
        Assert.Null(first["membership"]);
        await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid");

        foreach (var scope in (string[])["openid membership", "openid residency"])
        {
            await AsksAsync(world, parameters => parameters["scope"] = scope);
            using var silent = await world.AskAsync(parameters => (parameters["prompt"], parameters["scope"]) = ("none", scope));
            silent.RefusedByRedirect("interaction_required", world.RedirectUri, world.State, _server.Issuer);
        }
    }

    [Fact]
    public async Task Fewer_scopes_tell_less()
    {
        var (world, _) = await SignedInAsync();
        var tokens = await world.TokensAsync(await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid"));
        Assert.Null(TestSignIn.ClaimsOf(tokens)["membership"]);
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.Equal(["sub"], (await userInfo.JsonAsync()).Select(claim => claim.Key));
    }

    [Fact]
    public async Task A_revoked_credential_ends_the_session_and_all_that_came_of_it_at_once()
    {
        var (world, tokens) = await SignedInAsync(refresh: true);
        var session = await _server.SessionOfAsync(tokens);
        var code = await world.CodeAtOnceAsync();
        await _server.Nation.Revoker.RevokeAsync(session.CredentialIds, "for a test");
        await EndedAsync(world, tokens, code);
    }

    [Fact]
    public async Task A_suspended_credential_does_too_and_its_resumption_brings_nothing_back()
    {
        var (world, tokens) = await SignedInAsync(refresh: true);
        var session = await _server.SessionOfAsync(tokens);
        var code = await world.CodeAtOnceAsync();
        await _server.Nation.Suspensions.SuspendAsync(session.CredentialIds, "for a test", _server.Time.GetUtcNow().AddDays(1));
        await EndedAsync(world, tokens, code);
        await _server.Nation.Suspensions.ResumeAsync(session.CredentialIds, "for a test");
        await EndedAsync(world, tokens, code);
    }

    [Fact]
    public async Task What_is_revoked_between_the_proof_and_the_way_back_begins_no_session()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        var row = (await SignIns.FindAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]))!;
        await _server.Nation.Revoker.RevokeAsync(row.CredentialIds!, "for a test");
        using var response = await world.Browser.GetAsync(back);
        response.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
        await AsksAsync(world);
    }

    [Fact]
    public async Task A_session_ends_with_its_credential()
    {
        // Of two, the one that ends first; and with none that ends soon, after its own time.
        var wallet = await _server.MemberAsync();
        await _server.GiveResidencyAsync(wallet, 0, 5);
        var world = await TestSignIn.BeginAsync(
            _server, request => request with { Policy = ProofPolicy.Of(["membership", "residency"]), Metadata = new() { GrantTypes = ["authorization_code", "refresh_token"] } }, "openid membership residency");
        var session = await _server.SessionOfAsync(await world.SignInAsync(wallet));
        Assert.Equal((await _server.RecordOfAsync(wallet, "residency")).ExpiresAt, session.ExpiresAt);
        Assert.InRange(session.ExpiresAt - session.ProvenAt, 4 * 86400, 7 * 86400);

        var longer = await _server.SessionOfAsync((await SignedInAsync(refresh: true)).Tokens);
        Assert.InRange(longer.ExpiresAt - longer.ProvenAt, 29 * 86400, 30 * 86400 + 5);
    }

    [Theory]
    [InlineData(true, Session.SameDevice)]
    [InlineData(false, Session.CrossDevice)]
    public async Task Acr_and_amr_say_how_it_was_proven_and_by_what(bool sameDevice, string acr)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var code = sameDevice ? await world.ProveAsync(wallet) : await world.ProveElsewhereAsync(wallet);
        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(code));
        Assert.Equal(acr, claims["acr"]!.GetValue<string>());
        Assert.Equal(["pop", "membership"], claims["amr"]!.AsArray().Select(method => method!.GetValue<string>()));
    }

    [Fact]
    public async Task Amr_names_what_was_proven_and_not_what_the_policy_asks_by_now()
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { Metadata = new() { GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] } });
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        var stricter = ProofPolicy.Of(["membership", "residency"]).Write();
        Assert.Null(await _server.Nation.Database.CommitAsync(new Statement("UPDATE partner SET policy = @stricter WHERE client_id = @ClientId", new { stricter, world.ClientId })));
        using var renewed = await world.RefreshAsync((string)tokens["refresh_token"]!);
        Assert.Equal(["pop", "membership"], TestSignIn.ClaimsOf(await renewed.JsonAsync())["amr"]!.AsArray().Select(method => method!.GetValue<string>()));
    }

    [Fact]
    public async Task An_essential_acr_is_kept_or_the_sign_in_fails()
    {
        static string Essential(string acr) => $$$$"""{"id_token":{"acr":{"essential":true,"values":["{{{{acr}}}}"]}}}""";
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        await world.OpenAsync(change: parameters => parameters["claims"] = Essential(Session.SameDevice));
        using (var elsewhere = await wallet.AnswerAsync(await wallet.FetchAsync(await world.HiddenCrossDeviceLinkAsync()))) await elsewhere.RefusedAsync("invalid_request");
        Assert.Equal(Session.SameDevice, TestSignIn.ClaimsOf(await world.TokensAsync(await world.ProveAsync(wallet)))["acr"]!.GetValue<string>());

        // The session was proven here: who asks for the other way must be asked again.
        await AsksAsync(world, parameters => parameters["claims"] = Essential(Session.CrossDevice));
        using var unknown = await world.AskAsync(parameters => parameters["claims"] = Essential("urn:example:bank"));
        unknown.RefusedByRedirect("unmet_authentication_requirements", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public async Task A_sub_that_is_asked_for_must_come_back()
    {
        var (world, tokens) = await SignedInAsync();
        var sub = TestSignIn.ClaimsOf(tokens)["sub"]!.GetValue<string>();
        await world.CodeAtOnceAsync(parameters => parameters["claims"] = $$$$"""{"id_token":{"sub":{"value":"{{{{sub}}}}"}}}""");
        await AsksAsync(world, parameters => parameters["claims"] = """{"id_token":{"sub":{"value":"another"}}}""");
    }

    private async Task EndedAsync(TestSignIn world, JsonObject tokens, string code)
    {
        await AsksAsync(world);
        using var silent = await world.AskAsync(parameters => parameters["prompt"] = "none");
        silent.RefusedByRedirect("login_required", world.RedirectUri, world.State, _server.Issuer);
        using var redeemed = await world.RedeemAsync(code);
        await redeemed.RefusedAsync("invalid_grant");
        using var refreshed = await world.RefreshAsync(tokens["refresh_token"]!.GetValue<string>());
        await refreshed.RefusedAsync("invalid_grant");
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        foreach (var name in (string[])["access_token", "refresh_token"])
        {
            using var looked = await world.PostAsync("/introspect", ("token", tokens[name]!.GetValue<string>()));
            Assert.Equal("""{"active":false}""", (await looked.JsonAsync()).ToJsonString());
        }
    }

    private async Task<(TestSignIn World, JsonObject Tokens)> SignedInAsync(bool refresh = false)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with
        {
            Metadata = new() { GrantTypes = refresh ? ["authorization_code", "refresh_token"] : ["authorization_code"] },
        });
        return (world, await world.SignInAsync(wallet));
    }

    /// <summary>The request is answered with the page on which a member proves.</summary>
    private async Task AsksAsync(TestSignIn world, Action<Dictionary<string, string?>>? change = null)
    {
        using var response = await world.AskAsync(change);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith(_server.Url("/sign-in/"), response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }
}
