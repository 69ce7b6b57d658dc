using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestRegistrar;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>The OpenID Foundation's modules for a provider at which clients register themselves, by their names.</summary>
public sealed class DynamicOpModules(DynamicOpModules.Fixture fixture) : IClassFixture<DynamicOpModules.Fixture>
{
    private readonly TestServer _server = fixture.Server;
    private readonly TestRegistrar _registrar = new(fixture.Server);

    /// <summary>A server that may read what lies on this machine, where the app of a test has its documents.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Fact]
    public async Task Oidcc_idtoken_rs256_is_signed_so_where_it_was_registered_and_where_nothing_was_said()
    {
        foreach (var algorithm in (string?[])["RS256", null])
        {
            var world = await _registrar.OpenAsync(await _registrar.RegisterAsync(("id_token_signed_response_alg", algorithm)));
            var token = Text(await world.SignInAsync(await _server.MemberAsync()), "id_token");
            Assert.Equal("RS256", Jws.Parse(token).Algorithm);
            Assert.True((await IdTokenValidation.ValidateAsync(_server, token, world.ClientId)).IsValid);
        }
    }

    [Fact]
    public async Task Oidcc_idtoken_unsigned_is_neither_offered_nor_registered()
    {
        Assert.DoesNotContain("none", (await DiscoveryAsync())["id_token_signing_alg_values_supported"]!.AsArray().Select(value => value!.GetValue<string>()));
        await RefusedAsync("invalid_client_metadata", ("id_token_signed_response_alg", "none"));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    public async Task Oidcc_userinfo_rs256_is_a_JWT_of_the_algorithm_that_was_registered(string algorithm)
    {
        Assert.Contains(algorithm, (await DiscoveryAsync())["userinfo_signing_alg_values_supported"]!.AsArray().Select(value => value!.GetValue<string>()));
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync(("userinfo_signed_response_alg", algorithm)));
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        using var response = await world.UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal("application/jwt", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var jws = Jws.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(algorithm, jws.Algorithm);
        using var key = VerificationKey.Import(Jwk.Parse(Assert.Single(await IdTokenValidation.KeysAsync(_server), key => Text(key, "kid") == jws.KeyId)));
        Assert.True(jws.IsSignedBy(key));

        var claims = jws.Claims();
        Assert.Equal(["iss", "aud", "sub", "membership"], claims.Select(claim => claim.Key));
        Assert.Equal((_server.Issuer, world.ClientId), (Text(claims, "iss"), Text(claims, "aud")));
        Assert.Equal(Text(TestSignIn.ClaimsOf(tokens), "sub"), Text(claims, "sub"));

        // What can be read at userinfo passes for no ID token.
        Assert.False((await IdTokenValidation.ValidateAsync(_server, jws.Compact, world.ClientId)).IsValid);
    }

    [Fact]
    public async Task Oidcc_ensure_redirect_uri_in_authorization_request_or_there_is_a_page()
    {
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync());
        using var response = await world.AskAsync(parameters => parameters["redirect_uri"] = null);
        Assert.Contains("redirect_uri is missing", await response.RefusedAsPageAsync("invalid_request"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Oidcc_redirect_uri_query_OK_keeps_the_query_that_was_registered()
    {
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync(("redirect_uris", new JsonArray("https://app.example/callback?foo=bar"))));
        using var back = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.SameDeviceLink));
        var location = back.Headers.Location!.ToString();
        Assert.StartsWith("https://app.example/callback?foo=bar&code=", location, StringComparison.Ordinal);
        using var redeemed = await world.RedeemAsync(TestWallet.Parameter(location, "code"));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    [Fact]
    public Task Oidcc_redirect_uri_query_mismatch_gets_a_page() => PageAsync("https://app.example/callback?foo=bar", "https://app.example/callback?foo=baz");

    [Fact]
    public Task Oidcc_redirect_uri_query_added_gets_a_page() => PageAsync("https://app.example/callback", "https://app.example/callback?foo=bar");

    [Fact]
    public Task Oidcc_redirect_uri_regfrag_is_not_registered() => RefusedAsync("invalid_redirect_uri", ("redirect_uris", new JsonArray("https://app.example/callback#foobar")));

    [Theory]
    [InlineData("logo_uri", "https://app.example/logo.png")]
    [InlineData("policy_uri", "https://app.example/privacy")]
    [InlineData("tos_uri", "https://app.example/terms")]
    [InlineData("client_uri", "https://app.example/?a=b&c=d")]
    public async Task Oidcc_registration_logo_uri_registration_policy_uri_and_registration_tos_uri_are_links_on_the_page_and_load_nothing(string name, string uri)
    {
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync((name, uri)));
        var html = await world.Browser.GetStringAsync(world.Page);
        Assert.Contains($"<a href=\"{WebUtility.HtmlEncode(uri)}\" rel=\"noopener noreferrer\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"src=\"{WebUtility.HtmlEncode(uri)}", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Oidcc_registration_jwks_uri_is_registered_and_nobody_is_called_for_it_yet()
    {
        await using var host = new RudeHost(Json("""{"keys":[]}"""));
        var told = await _registrar.RegisterAsync(("jwks", null), ("jwks_uri", host.Url), ("token_endpoint_auth_method", "private_key_jwt"));
        Assert.Equal((host.Url, "private_key_jwt"), (Text(told, "jwks_uri"), Text(told, "token_endpoint_auth_method")));
        Assert.Null(told["client_secret"]);
        var world = await _registrar.OpenAsync(told);
        using var unproven = await world.PostAsync("/token", ("grant_type", "authorization_code"), ("code", "any"));
        await unproven.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task Oidcc_registration_sector_uri_makes_one_sector_of_the_hosts_that_its_list_names()
    {
        await using var host = new RudeHost(Json("""["https://one.example/callback","https://two.example/callback","https://three.example/callback"]"""));
        var wallet = await _server.MemberAsync();
        var subjects = new List<string>();
        foreach (var uris in (JsonArray[])[["https://one.example/callback"], ["https://two.example/callback", "https://three.example/callback"]])
        {
            var told = await _registrar.RegisterAsync(("redirect_uris", uris), ("subject_type", "pairwise"), ("sector_identifier_uri", host.Url));
            Assert.Equal(host.Url, Text(told, "sector_identifier_uri"));
            subjects.Add(Text(TestSignIn.ClaimsOf(await (await _registrar.OpenAsync(told)).SignInAsync(wallet)), "sub"));
        }

        Assert.Equal(2, host.Connections);
        Assert.Single(subjects.Distinct());
        var alone = await _registrar.RegisterAsync(("redirect_uris", new JsonArray("https://one.example/callback")));
        Assert.DoesNotContain(Text(TestSignIn.ClaimsOf(await (await _registrar.OpenAsync(alone)).SignInAsync(wallet)), "sub"), subjects);
    }

    [Theory]
    [InlineData("""["https://example.com/op"]""")]
    [InlineData("""["https://app.example/callback/"]""")]
    [InlineData("""[["https://app.example/callback"]]""")]
    [InlineData("""{"redirect_uris":["https://app.example/callback"]}""")]
    [InlineData("\"https://app.example/callback\"")]
    [InlineData("""["https://app.example/callback" """)]
    [InlineData("null")]
    public async Task Oidcc_registration_sector_bad_is_refused(string list)
    {
        await using var host = new RudeHost(Json(list));
        await RefusedAsync("invalid_client_metadata", ("subject_type", "pairwise"), ("sector_identifier_uri", host.Url));
        Assert.Equal(1, host.Connections);
    }

    [Fact]
    public async Task Oidcc_server_rotate_keys_publishes_the_new_beside_the_old()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var before = await IdTokenValidation.KeysAsync(server);
        server.Time.Move(TimeSpan.FromDays(360));
        await server.Nation.Keys.RenewAsync();
        var after = await IdTokenValidation.KeysAsync(server);
        var kids = after.Select(key => Text(key, "kid")).ToList();
        Assert.Equal(before.Count + KeyPurpose.IdToken.Algorithms.Count, kids.Distinct().Count());
        Assert.Equal(kids.Count, kids.Distinct().Count());
        Assert.Superset(before.Select(key => Text(key, "kid")).ToHashSet(), kids.ToHashSet());
        Assert.All(after, key => Assert.False(Jwk.IsPrivate(key)));
    }

    [Fact]
    public async Task Oidcc_discovery_endpoint_verification_says_where_apps_register() =>
        Assert.Equal(_server.Issuer + "/register", Text(await DiscoveryAsync(), "registration_endpoint"));

    [Fact]
    public async Task Oidcc_server_signs_members_in_to_an_app_with_a_key_that_registered_itself()
    {
        var (client, told) = await KeyedAsync();
        Assert.Null(told["client_secret"]);
        await client.World.OpenAsync();
        using var response = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()), proof: null);
        Assert.True((await IdTokenValidation.ValidateAsync(_server, Text(await response.JsonAsync(), "id_token"), client.ClientId)).IsValid);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("RS256")]
    public async Task Oidcc_request_uri_unsigned_and_request_uri_signed_rs256_are_rejected_as_unsupported_and_never_fetched(string algorithm)
    {
        Assert.False((await DiscoveryAsync())["request_uri_parameter_supported"]!.GetValue<bool>());
        await using var host = new RudeHost(Json("{}"));
        var (client, _) = await KeyedAsync(algorithm == "none" ? [] : [("request_object_signing_alg", algorithm)]);
        using var response = await client.World.AskAsync(parameters => parameters["request_uri"] = host.Url);
        response.RefusedByRedirect("request_uri_not_supported", client.World.RedirectUri, client.World.State, _server.Issuer);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task Oidcc_ensure_request_object_with_redirect_uri_goes_by_the_one_that_was_signed()
    {
        var (client, _) = await KeyedAsync(("request_object_signing_alg", "RS256"));
        using var response = await client.World.Browser.GetAsync(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(_server.Url("/authorize"), new Dictionary<string, string?>
        {
            ["client_id"] = client.ClientId,
            ["request"] = await client.SignedRequestAsync(),
            ["redirect_uri"] = "https://app.example/invalid",
        }));
        await client.World.FollowAsync(response);
        using var redeemed = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()), proof: null);
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    [Fact]
    public async Task Oidcc_refresh_token_renews_and_is_of_no_use_to_another_app()
    {
        var ((client, _), (other, _)) = (await KeyedAsync(), await KeyedAsync());
        await client.World.OpenAsync("openid offline_access");
        using var redeemed = await client.RedeemAsync(await client.World.ProveAsync(await _server.MemberAsync()), proof: null);
        var first = await redeemed.JsonAsync();
        using var stolen = await other.RefreshAsync(Text(first, "refresh_token"), proof: null);
        await stolen.RefusedAsync("invalid_grant");
        using var renewed = await client.RefreshAsync(Text(first, "refresh_token"), proof: null);
        Assert.Equal(Text(TestSignIn.ClaimsOf(first), "sub"), Text(TestSignIn.ClaimsOf(await renewed.JsonAsync()), "sub"));
    }

    [Fact]
    public async Task Oidcc_refresh_token_rp_key_rotation_takes_the_app_s_new_key_a_minute_later()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        var (old, next) = (TestFapiClient.NewKey("RS256"), TestFapiClient.NewKey("RS256"));
        await using var host = new RudeHost(Json(TestFapiClient.JwksOf(old).ToJsonString()));
        var told = await new TestRegistrar(server).RegisterAsync(
            ("jwks", null), ("jwks_uri", host.Url), ("token_endpoint_auth_method", "private_key_jwt"), ("grant_types", new JsonArray("authorization_code", "refresh_token")));
        var client = TestFapiClient.Of(server, Text(told, "client_id"), old);
        await client.World.OpenAsync("openid offline_access");
        using var redeemed = await client.RedeemAsync(await client.World.ProveAsync(await server.MemberAsync()), proof: null);
        var refresh = Text(await redeemed.JsonAsync(), "refresh_token");

        host.Answer = Json(TestFapiClient.JwksOf(next).ToJsonString());
        server.Time.Move(TimeSpan.FromSeconds(60));
        using var renewed = await client.With(next).RefreshAsync(refresh, proof: null);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        using var unknown = await client.With(TestFapiClient.NewKey("RS256")).RefreshAsync(refresh, proof: null);
        await unknown.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Oidcc_ensure_client_assertion_with_iss_aud_succeeds()
    {
        var (client, _) = await KeyedAsync();
        await client.World.OpenAsync();
        var code = await client.World.ProveAsync(await _server.MemberAsync());
        var assertion = await client.AssertionAsync((_, claims) => claims["aud"] = _server.Issuer);
        using var response = await client.RedeemAsync(code, form => (form["client_assertion_type"], form["client_assertion"]) = ("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", assertion), proof: null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Public_subjects_are_the_nations_choice_and_then_the_same_wherever_they_are_asked_for()
    {
        await RefusedAsync("invalid_client_metadata", ("subject_type", "public"));
        Assert.Equal("""["pairwise"]""", (await DiscoveryAsync())["subject_types_supported"]!.ToJsonString());

        await using var server = await TestServer.StartAsync(change: settings => settings with { AllowsPublicSubjects = true });
        var registrar = new TestRegistrar(server);
        var wallet = await server.MemberAsync();
        var subjects = new List<string>();
        foreach (var (host, type) in ((string, string)[])[("one", "public"), ("two", "public"), ("one", "pairwise"), ("two", "pairwise")])
        {
            var told = await registrar.RegisterAsync(("redirect_uris", new JsonArray($"https://{host}.example/callback")), ("subject_type", type));
            subjects.Add(Text(TestSignIn.ClaimsOf(await (await registrar.OpenAsync(told)).SignInAsync(wallet)), "sub"));
        }

        Assert.Equal(subjects[0], subjects[1]);
        Assert.Equal(3, subjects.Distinct().Count());
        Assert.Equal("""["pairwise","public"]""", (await server.Http.GetStringAsync(server.Issuer + "/.well-known/openid-configuration")) is { } text ? JsonNode.Parse(text)!["subject_types_supported"]!.ToJsonString() : null);
    }

    internal static Func<Stream, string, CancellationToken, Task> Json(string text, string headers = "") =>
        RudeHost.Says(Encoding.UTF8.GetBytes(text), "Content-Type: application/json\r\n" + headers);

    /// <summary>An app that authenticates by an RS256 key, as the plan has them, and may renew.</summary>
    private async Task<(TestFapiClient Client, JsonObject Told)> KeyedAsync(params (string Name, JsonNode? Value)[] change)
    {
        var key = TestFapiClient.NewKey("RS256");
        var told = await _registrar.RegisterAsync(
            [("jwks", TestFapiClient.JwksOf(key)), ("token_endpoint_auth_method", "private_key_jwt"), ("grant_types", new JsonArray("authorization_code", "refresh_token")), .. change]);
        return (TestFapiClient.Of(_server, Text(told, "client_id"), key), told);
    }

    private async Task<JsonObject> DiscoveryAsync() => (JsonObject)JsonNode.Parse(await _server.Http.GetStringAsync(_server.Issuer + "/.well-known/openid-configuration"))!;

    private async Task RefusedAsync(string code, params (string Name, JsonNode? Value)[] change)
    {
        using var response = await _registrar.PostAsync(await _registrar.TokenAsync(), Document(change));
        await response.RefusedAsync(code);
    }

    private async Task PageAsync(string registered, string asked)
    {
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync(("redirect_uris", new JsonArray(registered))));
        using var response = await world.AskAsync(parameters => parameters["redirect_uri"] = asked);
        await response.RefusedAsPageAsync("invalid_redirect_uri");
    }
}
