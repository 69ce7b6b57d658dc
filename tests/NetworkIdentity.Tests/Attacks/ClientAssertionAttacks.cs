using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with private_key_jwt: A27, for both classes of clients, and where their keys lie elsewhere.</summary>
public sealed class ClientAssertionAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData(true, "ES256")]
    [InlineData(true, "PS256")]
    [InlineData(true, "EdDSA")]
    [InlineData(false, "RS256")]
    [InlineData(false, "ES256")]
    public async Task A_client_is_known_by_its_key(bool isFapi2, string algorithm)
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2, TestFapiClient.NewKey(algorithm));
        await client.PushedAsync();
    }

    [Theory]
    [InlineData("the PAR endpoint", true)]
    [InlineData("the token endpoint", true)]
    [InlineData("an array with the issuer", true)]
    [InlineData("an array of two", true)]
    [InlineData("the PAR endpoint", false)]
    [InlineData("the token endpoint", false)]
    [InlineData("an array with the issuer", false)]
    [InlineData("an array of two", false)]
    public async Task A27_another_audience_than_the_issuer_is_good_for_ordinary_clients_alone(string audience, bool isFapi2)
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2);
        JsonNode aud = audience switch
        {
            "the PAR endpoint" => _server.Url("/par"),
            "the token endpoint" => _server.Url("/token"),
            "an array with the issuer" => new JsonArray(_server.Issuer),
            _ => new JsonArray("https://other.example", _server.Issuer),
        };
        using var answer = await WithAsync(client, await client.AssertionAsync((_, claims) => claims["aud"] = aud));
        if (isFapi2) await answer.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        else await TestFapiClient.UriOfAsync(answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A27_an_audience_elsewhere_a_far_end_and_what_is_not_the_clients_are_refused(bool isFapi2)
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2);
        var now = _server.Time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var change in (TestFapiClient.Change[])
        [
            (_, claims) => claims["aud"] = "https://evil.example",
            (_, claims) => claims["aud"] = new JsonArray(_server.Url("/authorize"), "https://evil.example"),
            (_, claims) => claims["exp"] = now + 3600,
            (_, claims) => claims["exp"] = now - 300,
            (_, claims) => (claims["iat"], claims["nbf"], claims["exp"]) = (now + 90, now + 90, now + 150),
            (_, claims) => claims.Remove("sub"),
            (_, claims) => claims["sub"] = "another",
            (_, claims) => claims.Remove("jti"),
            (header, _) => header["typ"] = "dpop+jwt",
            (header, _) => header["kid"] = "another",
        ])
        {
            using var refused = await WithAsync(client, await client.AssertionAsync(change));
            await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        }

        using var stranger = await WithAsync(client, await client.AssertionAsync((header, _) => header.Remove("kid"), TestFapiClient.NewKey()));
        await stranger.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using var ahead = await WithAsync(client, await client.AssertionAsync((_, claims) => (claims["iat"], claims["nbf"]) = (now + 8, now + 8)));
        await TestFapiClient.UriOfAsync(ahead);
    }

    [Fact]
    public async Task A27_none_and_a_MAC_with_the_public_key_are_refused()
    {
        foreach (var isFapi2 in (bool[])[true, false])
        {
            var client = await TestFapiClient.RegisterAsync(_server, isFapi2, TestFapiClient.NewKey("PS256"));
            var claims = Jws.Parse(await client.AssertionAsync()).Claims();
            var none = Jws.ToBeSigned(new JsonObject { ["alg"] = "none" }, claims) + ".";
            var mac = Jws.ToBeSigned(new JsonObject { ["alg"] = "HS256", ["kid"] = client.Key.KeyId }, claims);
            var modulus = Base64Url.Decode(client.Key.PublicKey.N);
            foreach (var assertion in (string[])[none, $"{mac}.{Base64Url.Encode(HMACSHA256.HashData(modulus, System.Text.Encoding.ASCII.GetBytes(mac)))}"])
            {
                using var refused = await WithAsync(client, assertion);
                await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
            }
        }
    }

    [Fact]
    public async Task A27_RS256_is_good_for_ordinary_clients_alone_and_a_registered_algorithm_for_itself()
    {
        var key = TestFapiClient.NewKey("RS256");
        var bare = SigningKey.FromRsa(RSA.Create(2048), algorithm: "RS256");
        var fapi = await TestFapiClient.RegisterAsync(_server, key: bare, change: request => request with
        {
            Metadata = request.Metadata with { Jwks = new JsonObject { ["keys"] = new JsonArray(bare.PublicKey.Bare().ToJson()) } },
        });
        using (var refused = await WithAsync(fapi, await fapi.AssertionAsync((header, _) => header.Remove("kid")))) await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        var ordinary = await TestFapiClient.RegisterAsync(_server, isFapi2: false, key: key, change: request => request with
        {
            Metadata = request.Metadata with { AuthenticationAlgorithm = "PS256" },
        });
        using var another = await WithAsync(ordinary, await ordinary.AssertionAsync());
        await another.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A27_an_assertion_is_good_once_at_whichever_server()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        foreach (var isFapi2 in (bool[])[true, false])
        {
            var client = await TestFapiClient.RegisterAsync(server, isFapi2);
            var assertion = await client.AssertionAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(turn => WithAsync(client, assertion, turn % 2 == 0 ? server : beside)));
            var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
            foreach (var answer in answers.Where(answer => answer != winner)) await answer.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
            using var elsewhere = await client.PostAsync("/introspect", Form(assertion, ("token", "x")), at: beside);
            await elsewhere.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A27_another_clients_id_beside_the_assertion_is_refused()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        var assertion = await client.AssertionAsync((_, claims) => (claims["iss"], claims["sub"]) = (other.ClientId, other.ClientId));
        foreach (var id in (string[])[client.ClientId, other.ClientId])
        {
            using var refused = await client.PushAsync(form => (form["client_id"], form["client_assertion_type"], form["client_assertion"]) = (id, ClientAssertion.Type, assertion));
            await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_client_of_one_method_does_not_authenticate_by_another()
    {
        var (id, secret) = await _server.RegisterAsync();
        var client = await TestFapiClient.RegisterAsync(_server);
        var asAnother = await client.AssertionAsync((_, claims) => (claims["iss"], claims["sub"]) = (id, id));
        using var signed = await client.PostAsync("/introspect", Form(asAnother, ("token", "x")));
        await signed.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using var withSecret = await client.PostAsync("/introspect", new Dictionary<string, string?> { ["client_id"] = client.ClientId, ["client_secret"] = secret, ["token"] = "x" });
        await withSecret.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using var unsigned = await client.PostAsync("/introspect", new Dictionary<string, string?> { ["client_id"] = client.ClientId, ["client_secret"] = null, ["token"] = "x" });
        await unsigned.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keys_at_a_URL_are_fetched_once_and_again_when_a_key_is_new_and_not_more_often_than_that()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        using var alone = server.Alone();
        var (first, second) = (TestFapiClient.NewKey(), TestFapiClient.NewKey());
        await using var host = new RudeHost(Serves(first));
        var client = await TestFapiClient.RegisterAsync(server, isFapi2: false, first, request => request with
        {
            Metadata = request.Metadata with { Jwks = null, JwksUri = host.Url },
        });
        for (var i = 0; i < 3; i++) await client.PushedAsync();
        Assert.Equal(1, host.Connections);

        // The client rotates its key.
        host.Answer = Serves(second);
        server.Time.Move(ClientKeys.Pause);
        using (var rotated = await WithAsync(client, await client.With(second).AssertionAsync(), server)) await TestFapiClient.UriOfAsync(rotated);
        Assert.Equal(2, host.Connections);
        using (var old = await WithAsync(client, await client.AssertionAsync(), server)) await old.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);

        // A stranger's key ids make nobody call the client's host without end.
        for (var i = 0; i < 5; i++)
        {
            using var stranger = await WithAsync(client, await client.With(TestFapiClient.NewKey()).AssertionAsync(), server);
            await stranger.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        }

        Assert.Equal(2, host.Connections);

        // The host fails: what is known is good for an hour, and no longer.
        host.Answer = RudeHost.Says([], status: "500 Error");
        server.Time.Move(TimeSpan.FromMinutes(30));
        using (var known = await WithAsync(client, await client.With(second).AssertionAsync(), server)) await TestFapiClient.UriOfAsync(known);
        server.Time.Move(TimeSpan.FromMinutes(31));
        using (var over = await WithAsync(client, await client.With(second).AssertionAsync(), server)) await over.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);

        static Func<Stream, string, CancellationToken, Task> Serves(SigningKey key) =>
            RudeHost.Says(StrictJson.Write(TestFapiClient.JwksOf(key)), "Content-Type: application/json\r\n");
    }

    [Fact]
    public async Task What_would_be_refused_anyway_makes_nobody_call_a_clients_host()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        await using var host = new RudeHost(RudeHost.Says("{}"u8.ToArray()));
        var client = await TestFapiClient.RegisterAsync(server, isFapi2: false, change: request => request with
        {
            Metadata = request.Metadata with { Jwks = null, JwksUri = host.Url },
        });
        using var refused = await WithAsync(client, await client.AssertionAsync((_, claims) => claims["aud"] = "https://evil.example"), server);
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task A94_a_client_with_a_key_counts_as_one_that_has_authenticated()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerApp = 2 });
        using var alone = server.Alone();
        var client = await TestFapiClient.RegisterAsync(server);
        for (var i = 0; i < 4; i++)
        {
            using var stranger = await WithAsync(client, await client.With(TestFapiClient.NewKey()).AssertionAsync(), server);
            await stranger.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        }

        for (var i = 0; i < 2; i++) await client.PushedAsync();
        using var over = await client.PushAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, over.StatusCode);
    }

    [Fact]
    public async Task A_FAPI_client_is_registered_as_its_profile_has_it_or_not_at_all()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var partner = (await Partner.FindAsync(_server.Nation.Database, client.ClientId))!;
        Assert.Equal((true, true, true, "ES256"), (partner.IsFapi2, partner.Metadata.RequiresPushedRequests, partner.Metadata.DpopBound, partner.IdTokenAlgorithm));

        (Func<ClientRegistration.Request, ClientRegistration.Request> Change, string Code)[] broken =
        [
            (request => request with { Authentication = ClientCredentials.Basic }, "invalid_client_metadata"),
            (request => request with { Authentication = ClientCredentials.None }, "invalid_client_metadata"),
            (request => request with { RequiresPkce = false }, "invalid_client_metadata"),
            (request => request with { RedirectUris = ["http://localhost:8080/callback"] }, "invalid_redirect_uri"),
            (request => request with { Metadata = request.Metadata with { Jwks = null } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { Jwks = [] } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { JwksUri = "https://app.example/jwks" } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { AuthenticationAlgorithm = "RS256" } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { AuthenticationAlgorithm = "HS256" } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { RequestObjectAlgorithm = "none" } }, "invalid_client_metadata"),
            (request => request with { Metadata = request.Metadata with { Profile = "fapi1" } }, "invalid_client_metadata"),
        ];
        foreach (var (change, code) in broken)
            Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(() => TestFapiClient.RegisterAsync(_server, change: change))).Code);
    }

    /// <summary>Pushes a good request with this assertion.</summary>
    private static Task<HttpResponseMessage> WithAsync(TestFapiClient client, string assertion, TestServer? at = null) => client.PushAsync(
        form => (form["client_assertion_type"], form["client_assertion"]) = (ClientAssertion.Type, assertion), at: at);

    private static Dictionary<string, string?> Form(string assertion, params (string Name, string Value)[] more)
    {
        var form = new Dictionary<string, string?> { ["client_assertion_type"] = ClientAssertion.Type, ["client_assertion"] = assertion };
        foreach (var (name, value) in more) form[name] = value;
        return form;
    }
}
