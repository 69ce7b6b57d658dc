using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with proofs of possession, at the token endpoint (A36), at userinfo (A46) and at two servers.</summary>
public sealed class DpopAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    /// <summary>Each makes one thing of a right proof wrong; what a proof says by itself is tried in DpopProofTests.</summary>
    private static readonly Dictionary<string, TestFapiClient.Change> Broken = new()
    {
        ["typ"] = (header, _) => header["typ"] = "JWT",
        ["alg none"] = (header, _) => header["alg"] = "none",
        ["alg HS256"] = (header, _) => header["alg"] = "HS256",
        ["a private key"] = (header, _) => header["jwk"]!["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["another key"] = (header, _) => header["jwk"] = TestFapiClient.NewKey().PublicKey.Bare().ToJson(),
        ["htm"] = (_, claims) => claims["htm"] = "PUT",
        ["htu"] = (_, claims) => claims["htu"] = "https://evil.example/token",
        ["htu of another endpoint"] = (_, claims) => claims["htu"] = claims["htu"]!.GetValue<string>() + "/x",
        ["iat a minute ago"] = (_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() - 61,
        ["iat in a minute"] = (_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() + 90,
        ["jti absent"] = (_, claims) => claims.Remove("jti"),
    };

    private readonly TestServer _server = shared.Server;

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task A36_A46_a_proof_with_one_thing_wrong_is_refused_at_token_and_at_userinfo(string name)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var code = await client.CodeAsync(await _server.MemberAsync());
        using (var refused = await client.RedeemAsync(code, proof: await client.ProofAsync("POST", "/token", change: Broken[name]))) await refused.RefusedAsync("invalid_dpop_proof");

        // The code is still good, and its token is refused in the same way.
        using var good = await client.RedeemAsync(code);
        var token = (await good.JsonAsync())["access_token"]!.GetValue<string>();
        using (var refused = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, Broken[name])])) await ChallengedAsync(refused, "invalid_dpop_proof");
        using var info = await client.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);
    }

    [Fact]
    public async Task A36_a_client_whose_tokens_are_bound_gets_none_without_a_proof()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var code = await client.CodeAsync(await _server.MemberAsync());
        using (var refused = await client.RedeemAsync(code, proof: null)) await refused.RefusedAsync("invalid_dpop_proof");
        using var good = await client.RedeemAsync(code);
        var tokens = await good.JsonAsync();
        Assert.Equal("DPoP", tokens["token_type"]!.GetValue<string>());
        using var refresh = await client.RefreshAsync(tokens["refresh_token"]!.GetValue<string>(), proof: null);
        await refresh.RefusedAsync("invalid_dpop_proof");
    }

    [Fact]
    public async Task A36_without_a_nonce_of_this_server_the_answer_brings_one_and_nothing_is_spent()
    {
        ToSpan(_server);
        var client = await TestFapiClient.RegisterAsync(_server);
        var code = await client.CodeAsync(await _server.MemberAsync());
        var assertion = await client.AssertionAsync();
        foreach (var change in (TestFapiClient.Change[])[(_, claims) => claims.Remove("nonce"), (_, claims) => claims["nonce"] = "guess", (_, claims) => claims["nonce"] = ""])
        {
            foreach (var path in (string[])["/token", "/par"])
            {
                using var refused = await client.PostAsync(path, Form(path), await client.ProofAsync("POST", path, change: change));
                await refused.RefusedAsync("use_dpop_nonce");
                Assert.Equal(_server.Nation.DpopNonces.Current, Assert.Single(refused.Headers.GetValues("DPoP-Nonce")));
            }
        }

        // The same assertion again, with the nonce.
        using var good = await client.PostAsync("/token", Form("/token"), await client.ProofAsync("POST", "/token"));
        var token = (await good.JsonAsync())["access_token"]!.GetValue<string>();
        using var info = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, (_, claims) => claims.Remove("nonce"))]);
        await ChallengedAsync(info, "use_dpop_nonce");
        Assert.Equal(_server.Nation.DpopNonces.Current, Assert.Single(info.Headers.GetValues("DPoP-Nonce")));

        Dictionary<string, string?> Form(string path)
        {
            var form = path == "/par" ? client.Parameters() : new Dictionary<string, string?>
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = TestFapiClient.RedirectUri,
                ["code_verifier"] = client.World.Verifier,
            };
            (form["client_assertion_type"], form["client_assertion"]) = (ClientAssertion.Type, assertion);
            return form;
        }
    }

    [Fact]
    public async Task A36_a_nonce_is_good_for_its_span_and_the_next_at_whichever_server_and_no_longer()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        ToSpan(server);
        var old = server.Nation.DpopNonces.Current;
        Assert.Equal(old, beside.Nation.DpopNonces.Current);
        server.Time.Move(DpopNonces.Span);
        using (var taken = await client.PushAsync(proof: await client.ProofAsync("POST", "/par", change: (_, claims) => claims["nonce"] = old), at: beside))
        {
            await TestFapiClient.UriOfAsync(taken);
            Assert.Equal(server.Nation.DpopNonces.Current, Assert.Single(taken.Headers.GetValues("DPoP-Nonce")));
        }

        using (var current = await client.PushAsync(proof: await client.ProofAsync("POST", "/par"))) Assert.False(current.Headers.Contains("DPoP-Nonce"));
        server.Time.Move(DpopNonces.Span);
        using var late = await client.PushAsync(proof: await client.ProofAsync("POST", "/par", change: (_, claims) => claims["nonce"] = old), at: beside);
        await late.RefusedAsync("use_dpop_nonce");
    }

    [Fact]
    public async Task A36_a_proof_is_good_once_at_whichever_server_and_endpoint()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        var tokens = await client.SignInAsync(await server.MemberAsync());
        var token = tokens["access_token"]!.GetValue<string>();
        var proof = await client.ProofAsync("GET", "/userinfo", token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(turn => client.UserInfoAsync(token, [proof], at: turn % 2 == 0 ? server : beside)));
        var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer != winner)) await ChallengedAsync(answer, "invalid_dpop_proof");

        var pushing = await client.ProofAsync("POST", "/par");
        using (var first = await client.PushAsync(proof: pushing)) await TestFapiClient.UriOfAsync(first);
        using var second = await client.PushAsync(proof: pushing, at: beside);
        await second.RefusedAsync("invalid_dpop_proof");
    }

    [Fact]
    public async Task A36_two_proofs_are_none()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var token = (await client.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>();
        var (one, other) = (await client.ProofAsync("GET", "/userinfo", token), await client.ProofAsync("GET", "/userinfo", token));
        foreach (var proofs in (string[][])[[one, other], [one, one], [$"{one},{other}"], [""]])
        {
            using var refused = await client.UserInfoAsync(token, proofs);
            await ChallengedAsync(refused, "invalid_dpop_proof");
        }
    }

    [Fact]
    public async Task A36_a_code_that_is_bound_to_a_key_is_nothing_with_another()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var wallet = await _server.MemberAsync();

        // By dpop_jkt, and by the proof with which it was pushed.
        var code = await client.CodeAsync(wallet, parameters => parameters["dpop_jkt"] = client.ProofKey.PublicKey.Thumbprint());
        using (var another = await client.RedeemAsync(code, proof: await client.ProofAsync("POST", "/token", key: TestFapiClient.NewKey()))) await another.RefusedAsync("invalid_grant");
        using (var own = await client.RedeemAsync(code)) Assert.Equal(HttpStatusCode.OK, own.StatusCode);

        using var pushed = await client.PushAsync(parameters => parameters["prompt"] = "login", await client.ProofAsync("POST", "/par"));
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        code = await client.World.ProveAsync(wallet);
        using (var another = await client.RedeemAsync(code, proof: await client.ProofAsync("POST", "/token", key: TestFapiClient.NewKey()))) await another.RefusedAsync("invalid_grant");
        using (var own = await client.RedeemAsync(code)) Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task A36_a_public_clients_refresh_token_is_bound_to_its_key_and_not_rotated()
    {
        var (id, _) = await _server.RegisterAsync(change: request => request with
        {
            Authentication = ClientCredentials.None,
            Metadata = new ClientMetadata { GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] },
        });
        var prover = await TestFapiClient.RegisterAsync(_server);
        var world = new TestSignIn(_server, id, null, TestFapiClient.RedirectUri);
        await world.OpenAsync();
        var code = await world.ProveAsync(await _server.MemberAsync());
        var tokens = await PostAsync(await prover.ProofAsync("POST", "/token"), ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", world.RedirectUri), ("code_verifier", world.Verifier));
        var refreshToken = tokens["refresh_token"]!.GetValue<string>();
        var stolen = await PostAsync(await prover.ProofAsync("POST", "/token", key: TestFapiClient.NewKey()), ("grant_type", "refresh_token"), ("refresh_token", refreshToken));
        Assert.Equal("invalid_grant", stolen["error"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", refreshToken)))["error"]!.GetValue<string>());
        for (var i = 0; i < 2; i++)
        {
            var renewed = await PostAsync(await prover.ProofAsync("POST", "/token"), ("grant_type", "refresh_token"), ("refresh_token", refreshToken));
            Assert.Equal(("DPoP", null), (renewed["token_type"]!.GetValue<string>(), renewed["refresh_token"]));
        }

        async Task<JsonObject> PostAsync(string? proof, params (string Name, string Value)[] form)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/token"))
            {
                Content = new FormUrlEncodedContent(form.Append(("client_id", id)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
            };
            if (proof is not null) request.Headers.Add("DPoP", proof);
            using var response = await _server.Http.SendAsync(request);
            return await response.JsonAsync();
        }
    }

    [Fact]
    public async Task A46_a_bound_token_is_nothing_as_a_bearer_token_or_with_another_key()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var token = (await client.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>();
        foreach (var proofs in (string[][])[[], [await client.ProofAsync("GET", "/userinfo", token)]])
        {
            using var bearer = await client.UserInfoAsync(token, proofs, "Bearer");
            await bearer.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        using (var none = await client.UserInfoAsync(token, [])) await ChallengedAsync(none, "invalid_dpop_proof");
        var key = TestFapiClient.NewKey();
        using (var another = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, key: key)])) await ChallengedAsync(another, "invalid_token");
        using (var hash = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", "another token")])) await ChallengedAsync(hash, "invalid_dpop_proof");
        using (var absent = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo")])) await ChallengedAsync(absent, "invalid_dpop_proof");

        using var form = new HttpRequestMessage(HttpMethod.Post, _server.Url("/userinfo")) { Content = new FormUrlEncodedContent([KeyValuePair.Create("access_token", token)]) };
        form.Headers.Add("DPoP", await client.ProofAsync("POST", "/userinfo", token));
        using var posted = await _server.Http.SendAsync(form);
        await posted.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A46_a_bearer_token_is_nothing_as_a_bound_one()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var token = (await world.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>();
        var prover = await TestFapiClient.RegisterAsync(_server);
        using var bound = await prover.UserInfoAsync(token);
        await ChallengedAsync(bound, "invalid_token");
        using var good = await world.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A46_a_key_proof_of_a_wallet_and_other_JWTs_are_no_proof()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var token = (await client.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>();
        foreach (var type in (string[])["openid4vci-proof+jwt", "kb+jwt", "oauth-authz-req+jwt", "at+jwt"])
        {
            using var refused = await client.UserInfoAsync(token, [await client.ProofAsync("GET", "/userinfo", token, (header, _) => header["typ"] = type)]);
            await ChallengedAsync(refused, "invalid_dpop_proof");
        }
    }

    [Fact]
    public async Task Introspection_tells_the_key_of_a_bound_token_and_a_request_without_a_token_hears_of_both_schemes()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var token = (await client.SignInAsync(await _server.MemberAsync()))["access_token"]!.GetValue<string>();
        using var introspected = await client.PostAsync("/introspect", new Dictionary<string, string?> { ["token"] = token });
        var json = await introspected.JsonAsync();
        Assert.Equal((true, "DPoP", client.ProofKey.PublicKey.Thumbprint()), (json["active"]!.GetValue<bool>(), json["token_type"]!.GetValue<string>(), json["cnf"]!["jkt"]!.GetValue<string>()));
        using var nothing = await _server.Http.GetAsync(_server.Url("/userinfo"));
        Assert.Equal(["Bearer", "DPoP"], nothing.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
    }

    [Fact]
    public async Task A_page_of_another_origin_may_read_the_nonce()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/token"));
        request.Headers.Add("Origin", "https://app.example");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "authorization_code")]);
        var client = await TestFapiClient.RegisterAsync(_server);
        request.Headers.Add("DPoP", await client.ProofAsync("POST", "/token", change: (_, claims) => claims.Remove("nonce")));
        using var response = await _server.Http.SendAsync(request);
        await response.RefusedAsync("use_dpop_nonce");
        Assert.Contains("DPoP-Nonce", string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    /// <summary>401, with a challenge in the scheme that was tried.</summary>
    private static async Task ChallengedAsync(HttpResponseMessage response, string error)
    {
        await response.RefusedAsync(error, HttpStatusCode.Unauthorized);
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("DPoP", challenge.Scheme);
        Assert.Contains($"error=\"{error}\"", challenge.Parameter, StringComparison.Ordinal);
        Assert.Contains("algs=\"ES256 PS256 EdDSA Ed25519\"", challenge.Parameter, StringComparison.Ordinal);
    }

    /// <summary>To just behind the beginning of the nonces' next span: none ends while a test looks.</summary>
    private static void ToSpan(TestServer server) =>
        server.Time.Move(TimeSpan.FromSeconds(DpopNonces.Span.TotalSeconds - (server.Time.GetUtcNow().ToUnixTimeSeconds() % (long)DpopNonces.Span.TotalSeconds)));
}
