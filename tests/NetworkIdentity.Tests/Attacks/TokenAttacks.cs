using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried at /token by who has a code, or something that looks like one.</summary>
public sealed class TokenAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Wrong = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A23_a_code_spent_twice_yields_one_token_and_takes_it_back()
    {
        var (world, _, code) = await ProvenAsync();
        using var first = await world.RedeemAsync(code);
        var token = (await first.JsonAsync())["access_token"]!.GetValue<string>();
        await GoodAsync(world, token);

        for (var again = 0; again < 2; again++)
        {
            using var second = await world.RedeemAsync(code);
            await second.RefusedAsync("invalid_grant");
            await RevokedAsync(world, token);
        }
    }

    [Fact]
    public async Task A23_a_code_that_comes_again_after_its_time_takes_back_what_it_gave_too()
    {
        var (world, _, code) = await ProvenAsync();
        using var first = await world.RedeemAsync(code);
        var token = (await first.JsonAsync())["access_token"]!.GetValue<string>();
        _server.Time.Move(TimeSpan.FromSeconds(90));
        await GoodAsync(world, token);
        using var second = await world.RedeemAsync(code);
        await second.RefusedAsync("invalid_grant");
        await RevokedAsync(world, token);
    }

    [Fact]
    public async Task A23_a_code_spent_twice_takes_back_the_refresh_token_too()
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { Metadata = new() { GrantTypes = ["authorization_code", "refresh_token"] } });
        var code = await world.ProveAsync(await _server.MemberAsync());
        var refresh = (string)(await world.TokensAsync(code))["refresh_token"]!;
        using var again = await world.RedeemAsync(code);
        await again.RefusedAsync("invalid_grant");
        using var late = await world.RefreshAsync(refresh);
        await late.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task A23_a_code_spent_20_times_at_once_yields_one_token()
    {
        var (world, _, code) = await ProvenAsync();
        await OneOfAsync(world, Enumerable.Range(0, 20).Select(_ => world.RedeemAsync(code)));
    }

    [Fact]
    public async Task A23_a_code_spent_on_two_servers_at_once_yields_one_token()
    {
        await using var beside = await _server.StartBesideAsync();
        Assert.NotEqual(_server.UrlHere("/token"), beside.UrlHere("/token"));
        var (world, _, code) = await ProvenAsync();
        await OneOfAsync(world, Enumerable.Range(0, 20).Select(i => world.RedeemAsync(code, at: i % 2 == 0 ? _server : beside)));
    }

    [Fact]
    public async Task A23_a_code_spent_on_one_server_and_then_on_another_takes_the_token_back_on_both()
    {
        await using var beside = await _server.StartBesideAsync();
        var (world, _, code) = await ProvenAsync();
        using var first = await world.RedeemAsync(code);
        var token = (await first.JsonAsync())["access_token"]!.GetValue<string>();
        await GoodAsync(world, token, beside);

        using var second = await world.RedeemAsync(code, at: beside);
        await second.RefusedAsync("invalid_grant");
        await RevokedAsync(world, token);
        await RevokedAsync(world, token, beside);
    }

    [Fact]
    public async Task A23_the_replay_of_one_code_leaves_the_tokens_of_another_alone()
    {
        var (world, wallet, code) = await ProvenAsync();
        using var first = await world.RedeemAsync(code);
        await world.OpenAsync();
        var other = (await world.SignInAsync(wallet))["access_token"]!.GetValue<string>();
        using var second = await world.RedeemAsync(code);
        await second.RefusedAsync("invalid_grant");
        await GoodAsync(world, other);
    }

    [Fact]
    public async Task A24_a_code_of_another_client_is_refused_and_not_spent()
    {
        var (world, _, code) = await ProvenAsync();
        foreach (var authentication in (string[])[ClientCredentials.Basic, ClientCredentials.None])
        {
            var other = await TestSignIn.BeginAsync(_server, request => request with { Authentication = authentication });
            using var response = await other.RedeemAsync(code, form => form["code_verifier"] = world.Verifier);
            await response.RefusedAsync("invalid_grant");
        }

        await StillGoodAsync(world, code);
    }

    [Theory]
    [InlineData("https://app.example/callback/")]
    [InlineData("https://app.example/callback?a=b")]
    [InlineData("https://evil.example/callback")]
    [InlineData("")]
    [InlineData(null)]
    public Task A24_another_redirect_uri_is_refused(string? redirectUri) => RefusedAsync(form => form["redirect_uri"] = redirectUri);

    [Fact]
    public async Task A24_another_registered_redirect_uri_is_refused()
    {
        var (world, _, code) = await ProvenAsync(request => request with { RedirectUris = [.. request.RedirectUris, "https://app.example/other"] });
        using var response = await world.RedeemAsync(code, form => form["redirect_uri"] = "https://app.example/other");
        await response.RefusedAsync("invalid_grant");
        await StillGoodAsync(world, code);
    }

    [Theory]
    [InlineData(Wrong)]
    [InlineData("short")]
    [InlineData("")]
    [InlineData(null)]
    public Task A24_another_verifier_is_refused(string? verifier) => RefusedAsync(form => form["code_verifier"] = verifier);

    [Fact]
    public async Task A24_the_challenge_is_not_taken_as_its_verifier()
    {
        var (world, _, code) = await ProvenAsync();
        var challenge = TestWallet.Parameter(world.AuthorizeUrl(), "code_challenge");
        using var response = await world.RedeemAsync(code, form => form["code_verifier"] = challenge);
        await response.RefusedAsync("invalid_grant");
        await StillGoodAsync(world, code);
    }

    [Fact]
    public async Task A24_a_code_lives_60_seconds()
    {
        var (world, wallet, code) = await ProvenAsync();
        _server.Time.Move(TimeSpan.FromSeconds(60));
        using var late = await world.RedeemAsync(code);
        await late.RefusedAsync("invalid_grant");

        await world.OpenAsync();
        var next = await world.ProveAsync(wallet);
        _server.Time.Move(TimeSpan.FromSeconds(50));
        await StillGoodAsync(world, next);
    }

    [Fact]
    public async Task A25_a_verifier_where_there_was_no_challenge_is_refused()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { RequiresPkce = false });
        await world.OpenAsync(change: WithoutPkce);
        var code = await world.ProveAsync(wallet);
        using var response = await world.RedeemAsync(code);
        await response.RefusedAsync("invalid_grant");
        await StillGoodAsync(world, code, form => form["code_verifier"] = null);
    }

    [Fact]
    public async Task A25_a_challenge_binds_a_client_that_need_not_send_one()
    {
        var (world, _, code) = await ProvenAsync(request => request with { RequiresPkce = false });
        using var response = await world.RedeemAsync(code, form => form["code_verifier"] = null);
        await response.RefusedAsync("invalid_grant");
        await StillGoodAsync(world, code);
    }

    [Fact]
    public async Task A26_two_ways_of_authentication_at_once_are_refused()
    {
        var (world, _, code) = await ProvenAsync();
        foreach (var secret in (string[])[world.Secret!, "wrong"])
        {
            using var both = await world.RedeemAsync(code, form => (form["client_id"], form["client_secret"]) = (world.ClientId, secret));
            await both.RefusedAsync("invalid_request");
        }

        using var another = await world.RedeemAsync(code, form => form["client_id"] = "another");
        await another.RefusedAsync("invalid_request");
        await StillGoodAsync(world, code, form => form["client_id"] = world.ClientId);
    }

    [Fact]
    public async Task A26_a_wrong_secret_is_401_with_a_challenge()
    {
        var (world, _, code) = await ProvenAsync();
        var other = await TestSignIn.BeginAsync(_server);
        foreach (var header in (string[])
        [
            Basic(world.ClientId, "wrong"), Basic(world.ClientId, ""), Basic(world.ClientId, other.Secret!), Basic("nobody", world.Secret!),
            Basic(other.ClientId, world.Secret!), Basic("", world.Secret!), "Basic", "Basic !", "Basic bm9jb2xvbg==", $"Bearer {world.Secret}",
        ])
        {
            using var response = await SendAsync(world, code, header);
            await ChallengedAsync(response);
        }

        await StillGoodAsync(world, code);
    }

    [Fact]
    public async Task A26_a_wrong_secret_in_the_body_or_none_is_401()
    {
        var (world, _, code) = await ProvenAsync(request => request with { Authentication = ClientCredentials.Post });
        foreach (var secret in (string?[])["wrong", null, ""])
        {
            using var response = await world.RedeemAsync(code, form => (form["client_id"], form["client_secret"]) = (world.ClientId, secret), basic: false);
            await ChallengedAsync(response);
        }

        using var nobody = await world.RedeemAsync(code, basic: false);
        await ChallengedAsync(nobody);
        using var secretAlone = await world.RedeemAsync(code, form => form["client_secret"] = world.Secret, basic: false);
        await secretAlone.RefusedAsync("invalid_request");
        await StillGoodAsync(world, code, form => (form["client_id"], form["client_secret"]) = (world.ClientId, world.Secret), basic: false);
    }

    [Fact]
    public async Task A26_a_public_client_with_a_secret_is_refused()
    {
        var (world, _, code) = await ProvenAsync(request => request with { Authentication = ClientCredentials.None });
        using var response = await world.RedeemAsync(code, form => form["client_secret"] = "guess");
        await ChallengedAsync(response);
        using var basic = await SendAsync(world, code, Basic(world.ClientId, "guess"));
        await ChallengedAsync(basic);
        await StillGoodAsync(world, code);
    }

    [Fact]
    public async Task A26_an_empty_secret_in_the_header_is_a_public_client_s_and_no_one_else_s()
    {
        var (world, _, code) = await ProvenAsync(request => request with { Authentication = ClientCredentials.None });
        using var response = await SendAsync(world, code, Basic(world.ClientId, ""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var (confidential, _, another) = await ProvenAsync();
        using (var refused = await SendAsync(confidential, another, Basic(confidential.ClientId, ""))) await ChallengedAsync(refused);
        await StillGoodAsync(confidential, another);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("implicit")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange")]
    [InlineData("Authorization_Code")]
    public Task A31_another_grant_is_refused(string grant) => RefusedAsync(form =>
        (form["grant_type"], form["username"], form["password"], form["refresh_token"]) = (grant, "ana", "secret", form["code"]), "unsupported_grant_type");

    [Fact]
    public async Task A05_a_parameter_that_stands_twice_is_refused_though_nobody_reads_it()
    {
        var (world, _, code) = await ProvenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/token"))
        {
            Content = new StringContent(
                $"grant_type=authorization_code&code={code}&redirect_uri={world.RedirectUri}&code_verifier={world.Verifier}&more=1&more=2", null, "application/x-www-form-urlencoded"),
        };
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(Basic(world.ClientId, world.Secret!));
        using var response = await _server.Http.SendAsync(request);
        await response.RefusedAsync("invalid_request");
        await StillGoodAsync(world, code);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public Task A31_a_missing_grant_is_refused(string? grant) => RefusedAsync(form => form["grant_type"] = grant, "invalid_request");

    [Fact]
    public async Task A35_nothing_else_of_single_use_is_an_authorization_code()
    {
        var wallet = await _server.MemberAsync();
        var offer = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var preAuthorized = await wallet.CodeOfAsync(offer.Id);
        var nonce = await wallet.NonceAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        var back = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        var userInfoToken = (await (await TestSignIn.BeginAsync(_server)).SignInAsync(wallet))["access_token"]!.GetValue<string>();
        foreach (var other in (string[])
        [
            preAuthorized, nonce, wallet.AccessToken, userInfoToken, TestWallet.Parameter(back, "response_code"), offer.Id,
            request["nonce"]!.GetValue<string>(), request["state"]!.GetValue<string>(), world.Page[(world.Page.LastIndexOf('/') + 1)..],
            world.Secret!, world.ClientId, "guess",
        ])
        {
            using var response = await world.RedeemAsync(other);
            await response.RefusedAsync("invalid_grant");
        }

        // And each is still good for what it is.
        await GoodAsync(world, userInfoToken);
        using var browser = await world.Browser.GetAsync(back);
        await StillGoodAsync(world, TestWallet.Parameter(browser.Headers.Location!.ToString(), "code"));
        using var token = await wallet.RedeemAsync(preAuthorized);
        var accessToken = (await token.JsonAsync())["access_token"]!.GetValue<string>();
        using var issued = await wallet.RequestCredentialAsync(accessToken, await wallet.ProofAsync(nonce));
        Assert.Equal(HttpStatusCode.OK, issued.StatusCode);
    }

    [Fact]
    public async Task A35_an_authorization_code_is_nothing_else_of_single_use()
    {
        var (world, wallet, code) = await ProvenAsync();
        using var preAuthorized = await wallet.RedeemAsync(code);
        await preAuthorized.RefusedAsync("invalid_grant");
        await RevokedAsync(world, code);
        using var accessToken = await wallet.RequestCredentialAsync(code, await wallet.ProofAsync(await wallet.NonceAsync()));
        await accessToken.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        using var responseCode = await world.Browser.GetAsync(_server.Url($"/sign-in/return?response_code={code}"));
        await responseCode.RefusedAsPageAsync("invalid_request");

        var offer = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        using var nonce = await wallet.RequestCredentialAsync(await wallet.TokenAsync(offer.Id), await wallet.ProofAsync(code));
        await nonce.RefusedAsync("invalid_nonce");
        await StillGoodAsync(world, code);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A37_another_method_is_405(string method)
    {
        var (world, _, code) = await ProvenAsync();
        var url = $"{_server.Url("/token")}?grant_type=authorization_code&code={code}&redirect_uri={world.RedirectUri}&code_verifier={world.Verifier}";
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(Basic(world.ClientId, world.Secret!));
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("POST", response.Content.Headers.Allow);
        await StillGoodAsync(world, code);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task A37_another_content_type_is_refused(string? contentType)
    {
        var (world, _, code) = await ProvenAsync();
        var parameters = new JsonObject
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = world.RedirectUri,
            ["code_verifier"] = world.Verifier,
        };
        var content = contentType == "application/json"
            ? new StringContent(parameters.ToJsonString())
            : new StringContent(string.Join('&', parameters.Select(pair => $"{pair.Key}={pair.Value}")));
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using var response = await SendAsync(content, Basic(world.ClientId, world.Secret!));
        await response.RefusedAsync("invalid_request");
        await StillGoodAsync(world, code);
    }

    private static void WithoutPkce(Dictionary<string, string?> parameters) => (parameters["code_challenge"], parameters["code_challenge_method"]) = (null, null);

    private static string Basic(string clientId, string secret) => $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{clientId}:{secret}"))}";

    private static async Task ChallengedAsync(HttpResponseMessage response)
    {
        await response.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal("Basic", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    private static async Task GoodAsync(TestSignIn world, string accessToken, TestServer? at = null)
    {
        using var response = await world.UserInfoAsync(accessToken, at);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task RevokedAsync(TestSignIn world, string accessToken, TestServer? at = null)
    {
        using var response = await world.UserInfoAsync(accessToken, at);
        await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    /// <summary>The refused attempts neither spent the code nor gave a token: it is redeemed, and its token is good.</summary>
    private static async Task StillGoodAsync(TestSignIn world, string code, Action<Dictionary<string, string?>>? change = null, bool basic = true)
    {
        using var response = await world.RedeemAsync(code, change, basic);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        await GoodAsync(world, (await response.JsonAsync())["access_token"]!.GetValue<string>());
    }

    /// <summary>One of these attempts with one code wins, and its token is taken back because of the others.</summary>
    private static async Task OneOfAsync(TestSignIn world, IEnumerable<Task<HttpResponseMessage>> attempts)
    {
        var responses = await Task.WhenAll(attempts);
        var winner = Assert.Single(responses, response => response.IsSuccessStatusCode);
        foreach (var response in responses.Where(response => response != winner)) await response.RefusedAsync("invalid_grant");
        await RevokedAsync(world, (await winner.JsonAsync())["access_token"]!.GetValue<string>());
    }

    private async Task<(TestSignIn World, TestWallet Wallet, string Code)> ProvenAsync(Func<ClientRegistration.Request, ClientRegistration.Request>? change = null)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, change);
        return (world, wallet, await world.ProveAsync(wallet));
    }

    private async Task RefusedAsync(Action<Dictionary<string, string?>> change, string error = "invalid_grant")
    {
        var (world, _, code) = await ProvenAsync();
        var tokens = await _server.CountAsync("access_token");
        using var response = await world.RedeemAsync(code, change);
        await response.RefusedAsync(error);
        Assert.Equal(tokens, await _server.CountAsync("access_token"));
        await StillGoodAsync(world, code);
    }

    private Task<HttpResponseMessage> SendAsync(TestSignIn world, string code, string authorization) => SendAsync(new FormUrlEncodedContent(
    [
        new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", world.RedirectUri), new("code_verifier", world.Verifier),
    ]), authorization);

    private Task<HttpResponseMessage> SendAsync(HttpContent content, string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/token")) { Content = content };
        Assert.True(request.Headers.TryAddWithoutValidation("Authorization", authorization));
        return _server.Http.SendAsync(request);
    }
}
