using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>The OpenID Foundation's modules for FAPI 2.0 at the PAR and authorization endpoints: each name is that of its module after <c>fapi2-security-profile-final-</c>.</summary>
public sealed class Fapi2AuthorizationModules(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task fapi2_happy_flow()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var wallet = await _server.MemberAsync();
        var tokens = await client.SignInAsync(wallet);
        Assert.Equal(("DPoP", 300L), (tokens["token_type"]!.GetValue<string>(), tokens["expires_in"]!.GetValue<long>()));
        var idToken = Jws.Parse(tokens["id_token"]!.GetValue<string>());
        Assert.Equal("ES256", idToken.Algorithm);
        var claims = idToken.Claims();
        Assert.Equal((_server.Issuer, client.ClientId, client.World.Nonce), (claims["iss"]!.GetValue<string>(), claims["aud"]!.GetValue<string>(), claims["nonce"]!.GetValue<string>()));
        using var info = await client.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.Equal(claims["sub"]!.GetValue<string>(), (await info.JsonAsync())["sub"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task fapi2_discovery_end_point_verification(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var metadata = JsonNode.Parse(await server.Http.GetStringAsync(server.Issuer + "/.well-known/openid-configuration"))!.AsObject();
        Assert.Equal(server.Issuer + "/par", metadata["pushed_authorization_request_endpoint"]!.GetValue<string>());
        Assert.Equal((false, true, true), (Flag("require_pushed_authorization_requests"), Flag("request_parameter_supported"), Flag("authorization_response_iss_parameter_supported")));
        Assert.False(Flag("request_uri_parameter_supported"));
        Assert.Equal(["ES256", "PS256", "EdDSA", "Ed25519"], List("dpop_signing_alg_values_supported"));
        foreach (var name in (string[])["token", "introspection", "revocation"])
        {
            Assert.Contains("private_key_jwt", List($"{name}_endpoint_auth_methods_supported"));
            Assert.Equal(["ES256", "PS256", "EdDSA", "Ed25519", "RS256"], List($"{name}_endpoint_auth_signing_alg_values_supported"));
        }

        Assert.Equal(["ES256", "PS256", "EdDSA", "Ed25519", "RS256"], List("request_object_signing_alg_values_supported"));
        Assert.Contains("ES256", List("id_token_signing_alg_values_supported"));
        Assert.Equal(["S256"], List("code_challenge_methods_supported"));

        // What it says is so, under a path too.
        var client = await TestFapiClient.RegisterAsync(server);
        using var info = await client.UserInfoAsync((await client.SignInAsync(await server.MemberAsync()))["access_token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);

        bool Flag(string name) => metadata[name]!.GetValue<bool>();
        IEnumerable<string> List(string name) => metadata[name]!.AsArray().Select(value => value!.GetValue<string>());
    }

    [Theory]
    [InlineData(64)]
    [InlineData(384)]
    public async Task fapi2_ensure_authorization_request_with_64_char_nonce_success_and_with_long_nonce(int length)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var nonce = new string('n', length);
        Assert.Equal(nonce, TestSignIn.ClaimsOf(await client.SignInAsync(await _server.MemberAsync(), parameters => parameters["nonce"] = nonce))["nonce"]!.GetValue<string>());
    }

    [Fact]
    public async Task fapi2_ensure_authorization_request_with_long_state()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var state = new string('s', 1024);
        await client.VisitAsync(await client.PushedAsync(parameters => parameters["state"] = state));
        using var cancelled = await client.World.Browser.PostAsync(client.World.Page + "/cancel", null);
        cancelled.RefusedByRedirect("access_denied", TestFapiClient.RedirectUri, state, _server.Issuer);
    }

    [Fact]
    public async Task fapi2_ensure_authorization_request_without_nonce_success()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        Assert.Null(TestSignIn.ClaimsOf(await client.SignInAsync(await _server.MemberAsync(), parameters => parameters["nonce"] = null))["nonce"]);
    }

    [Fact]
    public async Task fapi2_ensure_authorization_request_without_state_success()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        await client.VisitAsync(await client.PushedAsync(parameters => parameters["state"] = null));
        using var back = await client.World.Browser.GetAsync(await TestSignIn.AnswerAsync(await _server.MemberAsync(), client.World.SameDeviceLink));
        Assert.DoesNotContain("state=", back.Headers.Location!.Query, StringComparison.Ordinal);
        var tokens = await (await client.RedeemAsync(TestWallet.Parameter(back.Headers.Location.ToString(), "code"))).JsonAsync();
        Assert.Null(TestSignIn.ClaimsOf(tokens)["s_hash"]);
    }

    [Fact]
    public async Task fapi2_ensure_other_scope_order_succeeds()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var tokens = await client.SignInAsync(await _server.MemberAsync(), parameters => parameters["scope"] = "membership openid");
        Assert.Equal(["membership", "openid"], tokens["scope"]!.GetValue<string>().Split(' ').Order());
    }

    [Fact]
    public Task fapi2_ensure_redirect_uri_in_authorization_request() => RefusedAsync(parameters => parameters["redirect_uri"] = null);

    [Fact]
    public Task fapi2_ensure_registered_redirect_uri() => RefusedAsync(parameters => parameters["redirect_uri"] = "https://app.example/callback/other");

    [Fact]
    public Task fapi2_plain_fapi_tolerate_unregistered_redirect_uri_which_is_not_tolerated() =>
        RefusedAsync(parameters => parameters["redirect_uri"] = "https://app.example/callback?dummy1=lorem");

    [Theory]
    [InlineData("code id_token")]
    [InlineData("token")]
    public async Task fapi2_ensure_response_type_code_idtoken_fails_and_ensure_response_type_token_fails(string responseType)
    {
        await RefusedAsync(parameters => parameters["response_type"] = responseType, "unsupported_response_type");
        var client = await TestFapiClient.RegisterAsync(_server);
        using var signed = await client.PushSignedAsync(await client.SignedRequestAsync((_, claims) => claims["response_type"] = responseType));
        await signed.RefusedAsync("unsupported_response_type");
    }

    [Fact]
    public async Task fapi2_ensure_unsigned_authorization_request_without_using_par_fails()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var response = await client.World.AskAsync();
        response.RefusedByRedirect("invalid_request", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task fapi2_par_attempt_invalid_http_method(string method)
    {
        using var response = await _server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), _server.Url("/par")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task fapi2_par_attempt_reuse_request_uri()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var uri = await client.PushedAsync();
        await client.VisitAsync(uri);
        using var tokens = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()));
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
        using var again = await client.World.Browser.GetAsync(client.UrlOf(uri, ("redirect_uri", TestFapiClient.RedirectUri), ("response_type", "code"), ("scope", "openid")));
        await again.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task fapi2_par_attempt_to_use_expired_request_uri()
    {
        await using var server = await TestServer.StartAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        var uri = await client.PushedAsync();
        server.Time.Move(TimeSpan.FromSeconds(60));
        using var late = await client.World.Browser.GetAsync(client.UrlOf(uri));
        await late.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task fapi2_par_attempt_to_use_request_uri_for_different_client()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        using var foreign = await other.World.Browser.GetAsync(other.UrlOf(await client.PushedAsync()));
        await foreign.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task fapi2_par_authorization_request_containing_request_uri()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var inside = await client.PushSignedAsync(await client.SignedRequestAsync((_, claims) => claims["request_uri"] = "urn:example:random"));
        await inside.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public Task fapi2_par_authorization_request_containing_request_uri_form_param() => RefusedAsync(parameters => parameters["request_uri"] = "urn:example:random");

    [Fact]
    public Task fapi2_par_ensure_pkce_required() => RefusedAsync(parameters => (parameters["code_challenge"], parameters["code_challenge_method"]) = (null, null));

    [Fact]
    public Task fapi2_par_plain_pkce_rejected() =>
        RefusedAsync(parameters => (parameters["code_challenge"], parameters["code_challenge_method"]) = (new string('v', 43), "plain"));

    [Fact]
    public async Task fapi2_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var uri = await client.PushedAsync();
        await client.VisitAsync(uri);
        await client.VisitAsync(uri);
        using var tokens = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()));
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }

    [Theory]
    [InlineData("array")]
    [InlineData("par_endpoint_url")]
    [InlineData("token_endpoint_url")]
    public async Task fapi2_par_test_array_as_audience_fails_and_par_and_token_endpoint_url_as_audience_fails(string audience)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        JsonNode aud = audience switch
        {
            "array" => new JsonArray(_server.Issuer, "https://other1.example.com"),
            "par_endpoint_url" => _server.Url("/par"),
            _ => _server.Url("/token"),
        };
        var assertion = await client.AssertionAsync((_, claims) => claims["aud"] = aud);
        using var refused = await client.PushAsync(form => (form["client_assertion_type"], form["client_assertion"]) = (ClientAssertion.Type, assertion));
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(90, false)]
    public async Task fapi2_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted_and_over_60_seconds_fails(int seconds, bool isTaken)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var at = _server.Time.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var assertion = await client.AssertionAsync((_, claims) => (claims["iat"], claims["nbf"], claims["exp"]) = (at, at, at + 60));
        using var answer = await client.PushAsync(form => (form["client_assertion_type"], form["client_assertion"]) = (ClientAssertion.Type, assertion));
        if (isTaken) await TestFapiClient.UriOfAsync(answer);
        else await answer.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task fapi2_par_without_duplicate_parameters()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var pushed = await client.PushSignedAsync(await client.SignedRequestAsync());
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        await client.World.ProveAsync(await _server.MemberAsync());
    }

    [Fact]
    public async Task fapi2_test_claims_parameter_identity_claims()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        const string claims = """{"id_token":{"membership":null,"random_claim":{"essential":true}},"userinfo":{"membership":{"essential":false},"other_claim":null}}""";
        var tokens = await client.SignInAsync(await _server.MemberAsync(), parameters => (parameters["scope"], parameters["claims"]) = ("openid", claims));
        Assert.NotNull(TestSignIn.ClaimsOf(tokens)["membership"]);
        using var info = await client.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.NotNull((await info.JsonAsync())["membership"]);
    }

    [Fact]
    public Task fapi2_test_essential_acr_sca_claim_of_a_national_profile_is_refused() => RefusedAsync(
        parameters => parameters["claims"] = """{"id_token":{"acr":{"essential":true,"values":["urn:openbanking:psd2:sca"]}}}""", "unmet_authentication_requirements");

    [Fact]
    public async Task fapi2_user_rejects_authentication()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        await client.VisitAsync(await client.PushedAsync());
        using var cancelled = await client.World.Browser.PostAsync(client.World.Page + "/cancel", null);
        cancelled.RefusedByRedirect("access_denied", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
    }

    /// <summary>Refused when it is pushed, and nothing is kept.</summary>
    private async Task RefusedAsync(Action<Dictionary<string, string?>> change, string error = "invalid_request")
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var before = await _server.CountAsync("pushed_request");
        using var refused = await client.PushAsync(change);
        await refused.RefusedAsync(error);
        Assert.Equal(before, await _server.CountAsync("pushed_request"));
    }
}
