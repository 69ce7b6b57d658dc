using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A sign-in by the browser's Digital Credentials API [OpenID4VP App. A], as it is meant to be and with one thing wrong.</summary>
public sealed class DigitalCredentialsAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    private string Origin => $"origin:{_server.Nation.Keys.Nation.Origin}";

    [Fact]
    public async Task A_member_signs_in_by_it_and_the_app_learns_that()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var request = await RequestAsync(world);
        Assert.Equal("vp_token", request["response_type"]!.GetValue<string>());
        Assert.Equal("dc_api.jwt", request["response_mode"]!.GetValue<string>());
        Assert.Equal(_server.Nation.Keys.Nation.Origin, Assert.Single(request["expected_origins"]!.AsArray())!.GetValue<string>());
        Assert.StartsWith("x509_hash:", request["client_id"]!.GetValue<string>(), StringComparison.Ordinal);
        foreach (var name in (string[])["response_uri", "redirect_uri", "state"]) Assert.False(request.ContainsKey(name));

        // Asked again it is the same: a person may have closed the dialog.
        Assert.Equal(request["nonce"]!.GetValue<string>(), (await RequestAsync(world))["nonce"]!.GetValue<string>());
        Assert.Equal("waiting", await StateAsync(world));

        using (var answer = await AnswerAsync(world, await EncryptedAsync(wallet, request))) Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("verified", await StateAsync(world));
        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(await ContinueAsync(world)));
        Assert.Equal(Session.DigitalCredentials, claims["acr"]!.GetValue<string>());
    }

    [Fact]
    public async Task Asked_for_many_times_at_once_it_is_one_request()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        Task<JsonObject>[] asked;
        using (new WriteLock(_server.Settings.ConnectionString, "presentation_request"))
        {
            // All of them have looked, and found none, before one can be written.
            asked = [.. Enumerable.Range(0, 4).Select(_ => RequestAsync(world))];
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }

        var requests = await Task.WhenAll(asked);
        Assert.Single(requests.Select(request => request["nonce"]!.GetValue<string>()).Distinct());
        Assert.Single(requests.Select(request => request["client_metadata"]!["jwks"]!.ToJsonString()).Distinct());
        using var answer = await AnswerAsync(world, await EncryptedAsync(wallet, requests[^1]));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task A63_an_answer_that_is_for_another_origin_is_refused()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var request = await RequestAsync(world);
        foreach (var audience in (string[])
        [
            "origin:https://evil.example", _server.Nation.Keys.Nation.Origin, Origin + "/", Origin + "0", "origin:", request["client_id"]!.GetValue<string>(), _server.Issuer,
            Origin.Replace("http:", "https:", StringComparison.Ordinal), "web-origin:" + _server.Nation.Keys.Nation.Origin, Origin.ToUpperInvariant(),
        ])
        {
            using var refused = await AnswerAsync(world, await EncryptedAsync(wallet, request, audience));
            Assert.Contains("at step Holder: holder_invalid", await refused.RefusedAsync("invalid_request"));
        }

        await StillOpenAsync(world, wallet);
    }

    [Fact]
    public async Task A62_an_answer_to_another_request_is_refused()
    {
        var wallet = await _server.MemberAsync();
        var (world, other) = (await TestSignIn.BeginAsync(_server), await TestSignIn.BeginAsync(_server));
        var (request, others) = (await RequestAsync(world), await RequestAsync(other));

        // Whole, with its own key; and its presentation, sealed anew for this one.
        using (var whole = await AnswerAsync(world, await EncryptedAsync(wallet, others))) await whole.RefusedAsync("invalid_request");
        var presentation = await wallet.PresentationAsync(others, audience: Origin);
        using (var sealedAnew = await AnswerAsync(world, Sealed(request, presentation))) Assert.Contains("nonce", await sealedAnew.RefusedAsync("invalid_request"));

        // Nor one that was made for the link or the code of the same page.
        foreach (var link in (string[])[world.SameDeviceLink, world.CrossDeviceLink])
        {
            var fetched = await wallet.FetchAsync(link);
            using var crossed = await AnswerAsync(world, Sealed(request, await wallet.PresentationAsync(fetched, audience: Origin)));
            await crossed.RefusedAsync("invalid_request");
        }

        await StillOpenAsync(world, wallet);
        await StillOpenAsync(other, wallet);
    }

    [Fact]
    public async Task A71_the_first_answer_counts_and_the_same_again_changes_nothing()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var request = await RequestAsync(world);
        var answer = await EncryptedAsync(wallet, request);
        var codes = await _server.CountAsync("authorization_code");
        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AnswerAsync(world, answer)))) Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        using (var second = await AnswerAsync(world, await EncryptedAsync(await _server.MemberAsync(), request))) await second.RefusedAsync("invalid_request");
        Assert.Equal(await ContinueAsync(world), await ContinueAsync(world));
        Assert.Equal(codes + 1, await _server.CountAsync("authorization_code"));
        using (var replayed = await AnswerAsync(world, answer)) Assert.Equal(HttpStatusCode.NoContent, replayed.StatusCode);
        Assert.Equal(codes + 1, await _server.CountAsync("authorization_code"));
        using var gone = await world.Browser.PostAsync(world.Page + "/digital/request", null);
        await gone.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A75_an_answer_in_the_clear_is_refused()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var request = await RequestAsync(world);
        var vpToken = TestWallet.VpToken(await wallet.PresentationAsync(request, audience: Origin)).ToJsonString();
        foreach (var form in (Dictionary<string, string>[])
        [
            new() { ["vp_token"] = vpToken }, new() { ["response"] = new JsonObject { ["vp_token"] = JsonNode.Parse(vpToken) }.ToJsonString() },
            new() { ["response"] = vpToken }, new() { ["response"] = "e30.e30." }, new() { ["response"] = wallet.Credential }, [],
        ])
        {
            using var refused = await AnswerAsync(world, form);
            await refused.RefusedAsync("invalid_request");
        }

        await StillOpenAsync(world, wallet);
    }

    [Fact]
    public async Task A72_it_is_fetched_and_answered_through_the_browser_that_asked_alone()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var request = await RequestAsync(world);
        var id = request["client_metadata"]!["jwks"]!["keys"]![0]!["kid"]!.GetValue<string>();
        using (var fetched = await _server.Http.GetAsync(_server.Url($"/request/{id}"))) await fetched.RefusedAsync("not_found", HttpStatusCode.NotFound);
        using (var posted = await _server.Http.PostAsync(_server.Url($"/response/{id}"), new FormUrlEncodedContent(await EncryptedAsync(wallet, request))))
            Assert.Contains("no such request", await posted.RefusedAsync("invalid_request"));

        // An attacker who relays their own page's request to a victim has an answer for the wrong origin, or no cookie.
        using var attacker = TestServer.NewBrowser();
        using (var stolen = await attacker.PostAsync(world.Page + "/digital", new FormUrlEncodedContent(await EncryptedAsync(wallet, request))))
            await stolen.RefusedAsync("sign_in_not_here", HttpStatusCode.NotFound);
        await StillOpenAsync(world, wallet);
    }

    [Fact]
    public async Task A61_it_ends_with_its_sign_in()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        var answer = await EncryptedAsync(wallet, await RequestAsync(world));
        _server.Time.Move(SignIn.Lifetime);
        using (var late = await AnswerAsync(world, answer)) await late.RefusedAsync("invalid_request");
        using (var gone = await world.Browser.PostAsync(world.Page + "/digital/request", null)) await gone.RefusedAsync("not_found", HttpStatusCode.NotFound);

        await world.OpenAsync();
        using (var unasked = await AnswerAsync(world, answer)) Assert.Contains("no such request", await unasked.RefusedAsync("invalid_request"));
    }

    [Fact]
    public async Task A76_a_wallet_that_declines_leaves_a_reason_and_the_other_ways()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        await RequestAsync(world);
        using (var declined = await AnswerAsync(world, new() { ["error"] = "access_denied" })) Assert.Equal(HttpStatusCode.NoContent, declined.StatusCode);
        Assert.Equal("failed", await StateAsync(world));
        Assert.NotNull((await world.SignInAsync(wallet))["id_token"]);
    }

    [Fact]
    public async Task An_essential_acr_of_another_way_is_kept()
    {
        var (wallet, world) = (await _server.MemberAsync(), await TestSignIn.BeginAsync(_server));
        await world.OpenAsync(change: parameters =>
            parameters["claims"] = $$$$"""{"id_token":{"acr":{"essential":true,"values":["{{{{Session.SameDevice}}}}"]}}}""");
        using var refused = await AnswerAsync(world, await EncryptedAsync(wallet, await RequestAsync(world)));
        Assert.Contains("other_context", await refused.RefusedAsync("invalid_request"));
    }

    private static async Task<JsonObject> RequestAsync(TestSignIn world)
    {
        using var response = await world.Browser.PostAsync(world.Page + "/digital/request", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var handed = await response.JsonAsync();
        Assert.Equal("openid4vp-v1-signed", handed["protocol"]!.GetValue<string>());
        var jws = Jws.Parse(handed["data"]!["request"]!.GetValue<string>());
        Assert.Equal("oauth-authz-req+jwt", jws.Header["typ"]!.GetValue<string>());
        Assert.NotEmpty(jws.Header["x5c"]!.AsArray());
        return jws.Claims();
    }

    private static Task<HttpResponseMessage> AnswerAsync(TestSignIn world, Dictionary<string, string> form) =>
        world.Browser.PostAsync(world.Page + "/digital", new FormUrlEncodedContent(form));

    private async Task<Dictionary<string, string>> EncryptedAsync(TestWallet wallet, JsonObject request, string? audience = null) =>
        Sealed(request, await wallet.PresentationAsync(request, audience: audience ?? Origin));

    private static Dictionary<string, string> Sealed(JsonObject request, string presentation) =>
        new() { ["response"] = TestWallet.Encrypt(request, new JsonObject { ["vp_token"] = TestWallet.VpToken(presentation) }) };

    private async Task StillOpenAsync(TestSignIn world, TestWallet wallet)
    {
        using (var early = await world.Browser.GetAsync(world.Page + "/continue")) Assert.Equal(world.Page, early.Headers.Location?.ToString());
        using (var answer = await AnswerAsync(world, await EncryptedAsync(wallet, await RequestAsync(world)))) Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.NotEmpty(await ContinueAsync(world));
    }

    private static async Task<string> ContinueAsync(TestSignIn world)
    {
        using var response = await world.Browser.GetAsync(world.Page + "/continue");
        Assert.StartsWith(world.RedirectUri + "?code=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        return TestWallet.Parameter(response.Headers.Location!.ToString(), "code");
    }

    private static async Task<string> StateAsync(TestSignIn world)
    {
        using var response = await world.Browser.GetAsync(world.Page + "/state");
        return (await response.JsonAsync())["state"]!.GetValue<string>();
    }
}
