using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with access tokens, with the Host header, and across a change of keys.</summary>
public sealed class ResourceAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly HashSet<string> PublicMembers = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"];

    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("GET", "/userinfo")]
    [InlineData("POST", "/userinfo")]
    [InlineData("POST", "/credential")]
    [InlineData("POST", "/deferred-credential")]
    [InlineData("POST", "/notification")]
    public async Task A39_an_access_token_in_the_query_is_refused_and_not_honoured(string method, string path)
    {
        var (world, userInfoToken, credentialToken) = await TokensAsync();
        var token = path == "/userinfo" ? userInfoToken : credentialToken;
        var credentials = await _server.CountAsync("credential");

        // Also beside a good one in the header: nobody is to learn that the query works.
        foreach (var header in (string?[])[null, token])
        {
            foreach (var query in (string[])[token, ""])
            {
                using var response = await SendAsync(method, $"{path}?access_token={query}", header);
                await response.RefusedAsync("invalid_request");
            }
        }

        Assert.Equal(credentials, await _server.CountAsync("credential"));
        using var good = await world.UserInfoAsync(userInfoToken);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A39_an_access_token_in_two_places_is_refused()
    {
        var (world, token, _) = await TokensAsync();
        var form = new FormUrlEncodedContent([new("access_token", token)]);
        using var response = await SendAsync("POST", "/userinfo", token, form);
        await response.RefusedAsync("invalid_request");
        using var good = await world.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A40_a_request_without_a_token_is_challenged_without_an_error()
    {
        using var response = await SendAsync("GET", "/userinfo", null);
        await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal(["Bearer", "DPoP"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        Assert.All(response.Headers.WwwAuthenticate, challenge => Assert.DoesNotContain("error", challenge.Parameter, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A40_an_expired_token_is_refused()
    {
        var (world, token, _) = await TokensAsync();
        _server.Time.Move(TimeSpan.FromMinutes(4));
        using var good = await world.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        _server.Time.Move(TimeSpan.FromMinutes(1));
        await RefusedAsync("GET", "/userinfo", token);
    }

    [Fact]
    public async Task A40_the_token_of_a_revoked_credential_is_refused()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var token = (await world.SignInAsync(wallet))["access_token"]!.GetValue<string>();
        using var good = await world.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        var sub = (await good.JsonAsync())["sub"]!.GetValue<string>();
        var record = (await Credentials.ListAsync(_server.Nation.Database))
            .Single(credential => SigningIn.Subject.For(_server.Nation.Keys, credential.MemberId, "app.example") == sub);
        await _server.Nation.Revoker.RevokeAsync(record.Id, "left");
        await RefusedAsync("GET", "/userinfo", token);
    }

    [Fact]
    public async Task A40_the_token_of_another_endpoint_is_refused()
    {
        var (world, userInfoToken, credentialToken) = await TokensAsync();
        await RefusedAsync("GET", "/userinfo", credentialToken);
        await RefusedAsync("POST", "/credential", userInfoToken);
        await RefusedAsync("POST", "/deferred-credential", userInfoToken);
        await RefusedAsync("POST", "/notification", userInfoToken);
        using var good = await world.UserInfoAsync(userInfoToken);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A40_what_is_no_access_token_is_refused()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var tokens = await world.SignInAsync(wallet);
        var accessToken = tokens["access_token"]!.GetValue<string>();
        foreach (var other in (string[])
        [
            tokens["id_token"]!.GetValue<string>(), wallet.Credential, world.Secret!, await wallet.NonceAsync(), RandomId.Digest(accessToken),
            accessToken[..^1], accessToken + "A", accessToken.ToUpperInvariant(), "x", "' OR 1=1 --",
        ])
        {
            await RefusedAsync("GET", "/userinfo", other);
            await RefusedAsync("POST", "/credential", other);
        }

        foreach (var header in (string[])[$"Basic {accessToken}", accessToken, "DPoP", "Bearer", $"Bearer={accessToken}"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _server.Url("/userinfo"));
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", header));
            using var response = await _server.Http.SendAsync(request);
            await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        using var good = await world.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task A44_no_document_names_a_host_that_the_request_brought(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var origin = server.Issuer[..^path.Length];
        var offer = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        foreach (var url in (string[])
        [
            server.Url("/.well-known/openid-configuration"),
            $"{origin}/.well-known/oauth-authorization-server{path}",
            $"{origin}/.well-known/openid-credential-issuer{path}",
            $"{origin}/.well-known/jwt-vc-issuer{path}",
            server.Url("/jwks"),
            server.Url($"/offer/{offer.Id}"),
        ])
        {
            using var clean = await server.Http.GetAsync(url);
            using var evil = await server.Http.SendAsync(Evil(url));
            Assert.Equal(HttpStatusCode.OK, evil.StatusCode);
            Assert.Equal("application/json", evil.Content.Headers.ContentType?.MediaType);
            Assert.Equal(await clean.Content.ReadAsStringAsync(), await evil.Content.ReadAsStringAsync());
        }

        using var discovery = await server.Http.SendAsync(Evil(server.Url("/.well-known/openid-configuration")));
        Assert.Equal(server.Issuer, (await discovery.JsonAsync())["issuer"]!.GetValue<string>());
        using var issuer = await server.Http.SendAsync(Evil($"{origin}/.well-known/openid-credential-issuer{path}"));
        Assert.Equal(server.Issuer, (await issuer.JsonAsync())["credential_issuer"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task A44_no_redirect_page_or_request_goes_to_a_host_that_the_request_brought(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var wallet = await server.MemberAsync();
        var world = await TestSignIn.BeginAsync(server);
        using var asked = await world.Browser.SendAsync(Evil(world.AuthorizeUrl()));
        Assert.StartsWith(server.Url("/sign-in/"), asked.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var refused = await world.Browser.SendAsync(Evil(world.AuthorizeUrl(parameters => parameters["prompt"] = "none")));
        refused.RefusedByRedirect("login_required", world.RedirectUri, world.State, server.Issuer);

        // The cookie goes by the address of the test, so the page is this browser's whatever Host says.
        using var page = new HttpRequestMessage(HttpMethod.Get, world.Page);
        AddForwarded(page);
        using var shown = await world.Browser.SendAsync(page);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.DoesNotContain("evil.example", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var request = await server.Http.SendAsync(Evil(TestWallet.Parameter(world.SameDeviceLink, "request_uri")));
        var claims = Jws.Parse(await request.Content.ReadAsStringAsync()).Claims();
        Assert.StartsWith(server.Url("/response/"), claims["response_uri"]!.GetValue<string>(), StringComparison.Ordinal);

        using var answer = Evil(claims["response_uri"]!.GetValue<string>());
        answer.Method = HttpMethod.Post;
        answer.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["response"] = TestWallet.Encrypt(claims, new JsonObject
            {
                ["vp_token"] = TestWallet.VpToken(await wallet.PresentationAsync(claims)),
                ["state"] = claims["state"]!.DeepClone(),
            }),
        });
        using var answered = await server.Http.SendAsync(answer);
        Assert.StartsWith(server.Url("/sign-in/return?response_code="), (await answered.JsonAsync())["redirect_uri"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A45_the_key_set_holds_old_and_new_keys_while_they_change()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var wallet = await server.MemberAsync();
        var before = await IdTokensAsync(server, wallet);
        var old = await KidsAsync(server);
        Assert.Equal(3, old.Count);

        // The successors are published before they sign: caches know them in time.
        var retires = KeyPurpose.IdToken.Algorithms.Max(algorithm => server.Nation.Keys.CurrentKey(KeyPurpose.IdToken, algorithm).RetireAfter);
        server.Time.Move(retires - KeyRing.Overlap - server.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await server.Nation.Keys.RenewAsync();
        var both = await KidsAsync(server);
        Assert.Equal(6, both.Count);
        Assert.Superset(old.ToHashSet(), both.ToHashSet());
        await server.Nation.Keys.RenewAsync();
        Assert.Equal(both, await KidsAsync(server));
        await AllValidAsync(server, before);
        var between = await IdTokensAsync(server, await server.MemberAsync());
        Assert.All(between, token => Assert.Contains(Jws.Parse(token.IdToken).KeyId, old));

        // Then the new ones sign, and what the old ones signed still verifies.
        server.Time.Move(retires - server.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await server.Nation.Keys.RenewAsync();
        Assert.Equal(both, await KidsAsync(server));
        var after = await IdTokensAsync(server, await server.MemberAsync());
        Assert.All(after, token => Assert.DoesNotContain(Jws.Parse(token.IdToken).KeyId, old));
        await AllValidAsync(server, [.. before, .. between, .. after]);

        // In the end the old ones go.
        server.Time.Move(KeyPurpose.IdToken.OutlivedBy);
        Assert.Equal(both.Except(old), await KidsAsync(server));
        await AllValidAsync(server, after);
        var gone = await IdTokenValidation.ValidateAsync(server, before[0].IdToken, before[0].ClientId, alsoWhenExpired: true);
        Assert.False(gone.IsValid);
    }

    private static async Task AllValidAsync(TestServer server, IEnumerable<(string ClientId, string IdToken)> tokens)
    {
        foreach (var (clientId, idToken) in tokens)
        {
            var result = await IdTokenValidation.ValidateAsync(server, idToken, clientId, alsoWhenExpired: true);
            Assert.True(result.IsValid, result.Exception?.ToString());
        }
    }

    /// <summary>The ids of the published keys, after it is seen that each is unique and holds nothing private.</summary>
    private static async Task<IReadOnlyList<string>> KidsAsync(TestServer server)
    {
        var keys = await IdTokenValidation.KeysAsync(server);
        Assert.All(keys, key => Assert.Subset(PublicMembers, key.Select(member => member.Key).ToHashSet()));
        var kids = keys.Select(key => key["kid"]!.GetValue<string>()).ToList();
        Assert.Equal(kids.Distinct(), kids);
        return kids;
    }

    private static async Task<IReadOnlyList<(string ClientId, string IdToken)>> IdTokensAsync(TestServer server, TestWallet wallet)
    {
        var tokens = new List<(string, string)>();
        foreach (var algorithm in KeyPurpose.IdToken.Algorithms)
        {
            var world = await TestSignIn.BeginAsync(server, request => request with { IdTokenAlgorithm = algorithm });
            tokens.Add((world.ClientId, (await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()));
        }

        return tokens;
    }

    private static HttpRequestMessage Evil(string url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Host = "evil.example";
        AddForwarded(request);
        return request;
    }

    private static void AddForwarded(HttpRequestMessage request)
    {
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Prefix", "/evil.example");
        request.Headers.Add("X-Original-Host", "evil.example");
        request.Headers.Add("X-Host", "evil.example");
        request.Headers.Add("Forwarded", "host=evil.example;proto=https");
    }

    private async Task<(TestSignIn World, string UserInfoToken, string CredentialToken)> TokensAsync()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        return (world, (await world.SignInAsync(wallet))["access_token"]!.GetValue<string>(), wallet.AccessToken);
    }

    private async Task RefusedAsync(string method, string path, string token)
    {
        using var response = await SendAsync(method, path, token);
        await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains("error=\"invalid_token\"", challenge.Parameter, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? token, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), _server.Url(path)) { Content = content };
        if (method == "POST") request.Content ??= new StringContent("{}", null, "application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _server.Http.SendAsync(request);
    }
}
