using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>The OpenID Foundation's modules for FAPI 2.0 at the token endpoint and userinfo: each name is that of its module after <c>fapi2-security-profile-final-</c>.</summary>
public sealed class Fapi2TokenModules(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("dpop")]
    [InlineData("DPOP")]
    [InlineData("dpOp")]
    public async Task fapi2_access_token_type_header_case_sensitivity(string scheme)
    {
        var (client, token) = await SignedInAsync();
        using var info = await client.UserInfoAsync(token, scheme: scheme);
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);
    }

    [Fact]
    public async Task fapi2_attempt_reuse_authorization_code_after_one_second()
    {
        await using var server = await TestServer.StartAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        var code = await client.CodeAsync(await server.MemberAsync());
        using var first = await client.RedeemAsync(code);
        server.Time.Move(TimeSpan.FromSeconds(1));
        using (var again = await client.RedeemAsync(code)) await again.RefusedAsync("invalid_grant");
        using var info = await client.UserInfoAsync((await first.JsonAsync())["access_token"]!.GetValue<string>());
        await info.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        using var refresh = await client.RefreshAsync((await first.JsonAsync())["refresh_token"]!.GetValue<string>());
        await refresh.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_ensure_authorization_code_is_bound_to_client()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        var code = await client.CodeAsync(await _server.MemberAsync());
        using var foreign = await other.RedeemAsync(code, form => form["code_verifier"] = client.World.Verifier);
        await foreign.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_ensure_holder_of_key_required()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.RedeemAsync(await client.CodeAsync(await _server.MemberAsync()), proof: null);
        await refused.RefusedAsync("invalid_dpop_proof");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a-verifier-that-is-another-than-the-one-of-the-request")]
    public async Task fapi2_ensure_pkce_code_verifier_required_and_incorrect_pkce_code_verifier_rejected(string? verifier)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.RedeemAsync(await client.CodeAsync(await _server.MemberAsync()), form => form["code_verifier"] = verifier);
        await refused.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_ensure_token_endpoint_fails_with_expired_auth_code()
    {
        await using var server = await TestServer.StartAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        var code = await client.CodeAsync(await server.MemberAsync());
        server.Time.Move(TimeSpan.FromSeconds(60));
        using var late = await client.RedeemAsync(code);
        await late.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_refresh_token()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        var tokens = await client.SignInAsync(await _server.MemberAsync(), parameters => parameters["prompt"] = "consent");
        var refreshToken = tokens["refresh_token"]!.GetValue<string>();
        for (var i = 0; i < 2; i++)
        {
            using var renewed = await client.RefreshAsync(refreshToken);
            var json = await renewed.JsonAsync();
            Assert.Equal(("DPoP", null), (json["token_type"]!.GetValue<string>(), json["refresh_token"]));
            var (before, after) = (TestSignIn.ClaimsOf(tokens), TestSignIn.ClaimsOf(json));
            Assert.All((string[])["iss", "sub", "aud", "auth_time"], name => Assert.Equal(before[name]!.ToJsonString(), after[name]!.ToJsonString()));
            using var info = await client.UserInfoAsync(json["access_token"]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, info.StatusCode);
        }

        // Without authentication, without a proof, by another client.
        using (var unauthenticated = await client.RefreshAsync(refreshToken, form => (form["client_id"], form["client_secret"]) = (client.ClientId, null)))
            await unauthenticated.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using (var unproven = await client.RefreshAsync(refreshToken, proof: null)) await unproven.RefusedAsync("invalid_dpop_proof");
        using var foreign = await other.RefreshAsync(refreshToken);
        await foreign.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_ensure_client_assertion_in_token_endpoint()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.RedeemAsync(await client.CodeAsync(await _server.MemberAsync()), form => (form["client_id"], form["client_secret"]) = (client.ClientId, null));
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task fapi2_ensure_client_id_in_token_endpoint()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        using var refused = await client.RedeemAsync(await client.CodeAsync(await _server.MemberAsync()), form => form["client_id"] = other.ClientId);
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task fapi2_check_dpop_proof_nbf_exp()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var redeemed = await client.RedeemAsync(await client.CodeAsync(await _server.MemberAsync()), proof: await client.ProofAsync("POST", "/token", change: WithTimes));
        var token = (await redeemed.JsonAsync())["access_token"]!.GetValue<string>();
        using var info = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, WithTimes)]);
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);

        static void WithTimes(JsonObject header, JsonObject claims) => (claims["nbf"], claims["exp"]) = (claims["iat"]!.GetValue<long>(), claims["iat"]!.GetValue<long>() + 300);
    }

    /// <summary>In the module's order: at the resource, with a proof in which one thing is wrong, or is not.</summary>
    [Fact]
    public async Task fapi2_dpop_negative_tests()
    {
        var (client, token) = await SignedInAsync();
        var good = await ProofAsync(null);
        await AnsweredAsync(401, good, await ProofAsync(null));
        await AnsweredAsync(401, "not.a.jwt");
        await AnsweredAsync(401, await ProofAsync((header, _) => header.Remove("typ")));
        var withoutAlg = Jws.Parse(good).Header.DeepClone().AsObject();
        withoutAlg.Remove("alg");
        await AnsweredAsync(401, $"{Base64Url.Encode(StrictJson.Write(withoutAlg))}{good[good.IndexOf('.', StringComparison.Ordinal)..]}");
        await AnsweredAsync(401, await ProofAsync((header, _) => header.Remove("jwk")));
        foreach (var claim in (string[])["jti", "htm", "htu", "iat", "ath"]) await AnsweredAsync(401, await ProofAsync((_, claims) => claims.Remove(claim)));
        await AnsweredAsync(401, await ProofAsync((header, _) => header["typ"] = "JWT"));
        await AnsweredAsync(401, await ProofAsync((header, _) => header["alg"] = "RS256"));
        await AnsweredAsync(401, await ProofAsync((header, _) => header["alg"] = "none"));
        await AnsweredAsync(401, good[..^6] + (good[^6] == 'A' ? 'B' : 'A') + good[^5..]);
        await AnsweredAsync(401, await ProofAsync((header, _) => header["jwk"]!["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["htm"] = "PUT"));
        await AnsweredAsync(200, await ProofAsync((_, claims) => claims["htu"] = claims["htu"]!.GetValue<string>() + "?query=1#fragment"));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["htu"] = "https://www.example.com/userinfo"));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() + 3600));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() - 3600));
        await AnsweredAsync(200, await ProofAsync((_, claims) => claims["jti"] = "fixed"));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["jti"] = "fixed"));
        await AnsweredAsync(401, await ProofAsync((_, claims) => claims["ath"] = "AAAA"));
        await AnsweredAsync(401, await client.ProofAsync("GET", "/userinfo", token, key: TestFapiClient.NewKey()));
        await AnsweredAsync(200, await ProofAsync((header, claims) => (header["extra"], claims["extra"]) = ("x", 1)));
        await AnsweredAsync(200, await ProofAsync((_, claims) => claims["htu"] = claims["htu"]!.GetValue<string>().Replace("http://localhost", "HTTP://LOCALHOST", StringComparison.Ordinal)));
        await AnsweredAsync(401);
        using (var bearer = await client.UserInfoAsync(token, [], "Bearer")) Assert.Equal(HttpStatusCode.Unauthorized, bearer.StatusCode);
        await AnsweredAsync(200, good);

        Task<string> ProofAsync(TestFapiClient.Change? change) => client.ProofAsync("GET", "/userinfo", token, change);
        async Task AnsweredAsync(int status, params string[] proofs)
        {
            using var info = await client.UserInfoAsync(token, proofs);
            Assert.True((int)info.StatusCode == status, $"{(int)info.StatusCode} for {string.Join(',', proofs)}: {await info.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task fapi2_ensure_dpop_auth_code_binding_success()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var pushed = await client.PushAsync(parameters => parameters["dpop_jkt"] = client.ProofKey.PublicKey.Thumbprint(), await client.ProofAsync("POST", "/par"));
        await TokensAsync(client, pushed);
    }

    [Fact]
    public async Task fapi2_ensure_dpopproof_at_par_endpoint_binding_success()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var pushed = await client.PushAsync(proof: await client.ProofAsync("POST", "/par"));
        await TokensAsync(client, pushed);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-10)]
    public async Task fapi2_ensure_dpopproof_with_iat_10seconds_after_and_10seconds_before_succeeds(int seconds)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var pushed = await client.PushAsync(proof: await client.ProofAsync("POST", "/par", change: Shift));
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        using var redeemed = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()), proof: await client.ProofAsync("POST", "/token", change: Shift));
        var token = (await redeemed.JsonAsync())["access_token"]!.GetValue<string>();
        using var info = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, Shift)]);
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);

        void Shift(JsonObject header, JsonObject claims) => claims["iat"] = claims["iat"]!.GetValue<long>() + seconds;
    }

    [Fact]
    public async Task fapi2_ensure_mismatched_dpop_jkt_fails()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.PushAsync(parameters => parameters["dpop_jkt"] = TestFapiClient.NewKey().PublicKey.Thumbprint(), await client.ProofAsync("POST", "/par"));
        await refused.RefusedAsync("invalid_request");
    }

    [Fact]
    public async Task fapi2_ensure_token_endpoint_fails_with_mismatched_dpop_jkt()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.RedeemAsync(
            await client.CodeAsync(await _server.MemberAsync(), parameters => parameters["dpop_jkt"] = TestFapiClient.NewKey().PublicKey.Thumbprint()));
        await refused.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task fapi2_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var pushed = await client.PushAsync(proof: await client.ProofAsync("POST", "/par"));
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        client.ProofKey = TestFapiClient.NewKey();
        using var refused = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()));
        await refused.RefusedAsync("invalid_grant");
    }

    private async Task TokensAsync(TestFapiClient client, HttpResponseMessage pushed)
    {
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        using var redeemed = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()));
        Assert.Equal("DPoP", (await redeemed.JsonAsync())["token_type"]!.GetValue<string>());
    }

    private async Task<(TestFapiClient Client, string AccessToken)> SignedInAsync()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        return (client, (await client.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>());
    }
}
