using System.Net;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>Access tokens for resources [RFC8707] [RFC9068], of members.</summary>
public sealed class ResourceTokenTests : IAsyncLifetime
{
    private const string Api = "https://api.example/v1";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await AddAsync(Api, ["read", "write"]);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public async Task A_token_for_a_resource_is_a_JWT_that_it_verifies_by_itself(string algorithm)
    {
        await AddAsync("https://other.example", ["look"], algorithm);
        var world = await BeginAsync("openid membership look", "https://other.example", "look");
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        Assert.Equal(("Bearer", "look"), ((string)tokens["token_type"]!, (string)tokens["scope"]!));
        var token = (string)tokens["access_token"]!;
        var keys = (await IdTokenValidation.KeysAsync(_server)).Select(key => SecurityKeys.From(Jwk.Parse(key))).ToList();
        var validated = new JsonWebTokenHandler().ValidateToken(token, new TokenValidationParameters
        {
            ValidTypes = ["at+jwt"],
            ValidIssuer = _server.Issuer,
            ValidAudience = "https://other.example",
            IssuerSigningKeys = keys,
            ValidAlgorithms = [algorithm],
            LifetimeValidator = (_, expires, _, _) => expires > _server.Time.GetUtcNow().UtcDateTime,
        });
        Assert.True(validated.IsValid, validated.Exception?.Message);

        var (claims, id) = (Jws.Parse(token).Claims(), TestSignIn.ClaimsOf(tokens));
        Assert.Equal(["iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "auth_time", "acr", "amr"], claims.Select(claim => claim.Key));
        foreach (var same in (string[])["iss", "sub", "auth_time", "acr", "amr"]) Assert.True(JsonNode.DeepEquals(id[same], claims[same]), same);
        Assert.Equal(("https://other.example", world.ClientId, "look"), ((string)claims["aud"]!, (string)claims["client_id"]!, (string)claims["scope"]!));
        Assert.Equal(300, (long)claims["exp"]! - (long)claims["iat"]!);

        // The ID token is as ever, with the hash of this very token, and neither passes for the other.
        Assert.NotNull(id["membership"]);
        Assert.True((await IdTokenValidation.ValidateAsync(_server, (string)tokens["id_token"]!, world.ClientId)).IsValid);
        Assert.False((await IdTokenValidation.ValidateAsync(_server, token, world.ClientId)).IsValid);
    }

    [Fact]
    public async Task A40_a_token_for_a_resource_opens_no_userinfo_and_one_for_userinfo_is_opaque()
    {
        var world = await BeginAsync("openid membership read", Api, "read");
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        using var refused = await world.UserInfoAsync((string)tokens["access_token"]!);
        await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        using var hint = await world.AskAsync(parameters => parameters["id_token_hint"] = (string)tokens["access_token"]!);
        hint.RefusedByRedirect("invalid_request", world.RedirectUri, world.State, _server.Issuer);

        using var renewed = await world.RefreshAsync((string)tokens["refresh_token"]!, ("resource", _server.Issuer + "/userinfo"));
        var opaque = await renewed.JsonAsync();
        Assert.DoesNotContain('.', (string)opaque["access_token"]!);
        Assert.Equal("openid membership", (string)opaque["scope"]!);
        using var told = await world.UserInfoAsync((string)opaque["access_token"]!);
        Assert.Equal((string)TestSignIn.ClaimsOf(tokens)["sub"]!, (string)(await told.JsonAsync())["sub"]!);
    }

    [Fact]
    public async Task A_refresh_keeps_the_resource_or_narrows_it_and_never_widens_it()
    {
        await AddAsync("https://other.example", ["look"]);
        var world = await BeginAsync("openid membership read write", Api, "read", "write", "look");
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        Assert.Equal("read write", (string)tokens["scope"]!);
        var refresh = (string)tokens["refresh_token"]!;
        foreach (var (resource, scope, got) in ((string?, string?, string)[])[(null, null, "read write"), (Api, "openid read", "read"), (Api, null, "read write")])
        {
            using var renewed = await RefreshAsync(resource, scope);
            var claims = Jws.Parse((string)(await renewed.JsonAsync())["access_token"]!).Claims();
            Assert.Equal((Api, got), ((string)claims["aud"]!, (string)claims["scope"]!));
        }

        foreach (var (resource, scope, error) in ((string?, string?, string)[])[("https://other.example", null, "invalid_target"), ("https://nowhere.example", null, "invalid_target"), (null, "openid", "invalid_scope"), (null, "read look", "invalid_scope")])
        {
            using var refused = await RefreshAsync(resource, scope);
            await refused.RefusedAsync(error);
        }

        using var two = await world.RefreshAsync(refresh, ("resource", Api), ("resource", Api));
        await two.RefusedAsync("invalid_target");

        Task<HttpResponseMessage> RefreshAsync(string? resource, string? scope) =>
            world.RefreshAsync(refresh, [.. new[] { ("resource", resource), ("scope", scope) }.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!))]);
    }

    [Fact]
    public async Task After_a_resource_was_retired_its_grants_are_for_userinfo_alone()
    {
        var world = await BeginAsync("openid membership read", Api, "read");
        var refresh = (string)(await world.SignInAsync(await _server.MemberAsync()))["refresh_token"]!;
        await Resource.RetireAsync(_server.Nation.Database, _server.Time, Api);
        using var refused = await world.RefreshAsync(refresh);
        await refused.RefusedAsync("invalid_target");
        using var own = await world.RefreshAsync(refresh, ("resource", _server.Issuer + "/userinfo"));
        using var told = await world.UserInfoAsync((string)(await own.JsonAsync())["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
    }

    [Theory]
    [InlineData("https://nowhere.example", "openid read", "invalid_target")]
    [InlineData("https://api.example/v1/", "openid read", "invalid_target")]
    [InlineData("https://API.example/v1", "openid read", "invalid_target")]
    [InlineData("not a URI", "openid read", "invalid_target")]
    [InlineData("https://other.example", "openid look", "invalid_target")]
    [InlineData("https://retired.example", "openid old", "invalid_target")]
    [InlineData(Api, "openid membership", "invalid_scope")]
    [InlineData(Api, "openid write", "invalid_scope")]
    [InlineData(Api, "read", "invalid_scope")]
    public async Task A_resource_that_is_not_for_the_client_is_refused_wherever_it_is_named(string resource, string scope, string error)
    {
        await AddAsync("https://other.example", ["look"]);
        await AddAsync("https://retired.example", ["old"]);
        var world = await BeginAsync("openid read", Api, "read", "old");
        await Resource.RetireAsync(_server.Nation.Database, _server.Time, "https://retired.example");
        using var asked = await world.AskAsync(parameters => (parameters["resource"], parameters["scope"]) = (resource, scope));
        asked.RefusedByRedirect(error, world.RedirectUri, world.State, _server.Issuer);
        using var pushed = await world.PostAsync("/par", ("redirect_uri", world.RedirectUri), ("response_type", "code"), ("scope", scope), ("resource", resource), ("code_challenge", Challenge(world)), ("code_challenge_method", "S256"));
        await pushed.RefusedAsync(error);
        if (error != "invalid_target") return;

        // What is wrong at the token endpoint leaves the code as it was.
        var code = await world.ProveAsync(await _server.MemberAsync());
        using var redeemed = await world.RedeemAsync(code, form => form["resource"] = resource);
        await redeemed.RefusedAsync("invalid_target");
        Assert.Equal("read", (string)(await world.TokensAsync(code))["scope"]!);
    }

    [Fact]
    public async Task Two_resources_at_once_are_refused_and_a_scope_without_its_resource_is_not_granted()
    {
        var world = await BeginAsync("openid read", Api, "read");
        using var two = await world.Browser.GetAsync(world.AuthorizeUrl(parameters => parameters["resource"] = Api) + "&resource=https%3A%2F%2Fother.example");
        two.RefusedByRedirect("invalid_target", world.RedirectUri, world.State, _server.Issuer);

        await world.OpenAsync("openid membership read");
        Assert.Equal("openid membership", (string)(await world.SignInAsync(await _server.MemberAsync()))["scope"]!);
    }

    [Fact]
    public async Task A09_who_was_not_told_of_a_resource_is_asked_before_the_app_may_use_it()
    {
        var world = await BeginAsync("openid membership", null, "read");
        Assert.DoesNotContain("Example API", await world.Browser.GetStringAsync(world.Page));
        await world.SignInAsync(await _server.MemberAsync());
        using var silent = await world.AskAsync(parameters => (parameters["resource"], parameters["scope"], parameters["prompt"]) = (Api, "openid read", "none"));
        silent.RefusedByRedirect("interaction_required", world.RedirectUri, world.State, _server.Issuer);
        using var asked = await world.AskAsync(parameters => (parameters["resource"], parameters["scope"]) = (Api, "openid read"));
        await world.FollowAsync(asked);
        Assert.Contains("After that, <bdi>Example App</bdi> may use <bdi>Example API</bdi> for you: read.", await world.Browser.GetStringAsync(world.Page));
        await world.SignInAsync(await _server.MemberAsync());
        await world.CodeAtOnceAsync(parameters => (parameters["resource"], parameters["scope"], parameters["prompt"]) = (Api, "openid read", "none"));
    }

    [Fact]
    public async Task A_resource_asks_what_a_token_for_it_is_worth_and_another_learns_nothing()
    {
        var (api, other) = (await MachineAsync(), await MachineAsync());
        await AddAsync("https://asking.example", ["look"], client: api.ClientId);
        var world = await BeginAsync("openid membership look", "https://asking.example", "look");
        await world.OpenAsync("openid look", parameters => (parameters["resource"], parameters["authorization_details"]) =
            ("https://asking.example", """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership"}]"""));
        var wallet = await _server.MemberAsync();
        var tokens = await world.SignInAsync(wallet);
        var token = (string)tokens["access_token"]!;
        var told = await IntrospectAsync(api, token);
        Assert.Null(told["authorization_details"]);
        var claims = Jws.Parse(token).Claims();
        Assert.True((bool)told["active"]!);
        foreach (var same in (string[])["iss", "aud", "sub", "client_id", "scope", "iat", "exp", "auth_time", "acr"]) Assert.True(JsonNode.DeepEquals(claims[same], told[same]), same);
        Assert.Equal("Bearer", (string)told["token_type"]!);
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(other, token)).ToJsonString());

        // It asks about what is for it alone, and never about a refresh token.
        using var opaque = await world.RefreshAsync((string)tokens["refresh_token"]!, ("resource", _server.Issuer + "/userinfo"));
        foreach (var not in (string[])[(string)(await opaque.JsonAsync())["access_token"]!, (string)tokens["refresh_token"]!, (string)tokens["id_token"]!])
            Assert.Equal("""{"active":false}""", (await IntrospectAsync(api, not)).ToJsonString());
        using var own = await world.PostAsync("/introspect", ("token", token));
        Assert.NotNull((await own.JsonAsync())["authorization_details"]);

        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(wallet)).Id, "a test");
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(api, token)).ToJsonString());
        Assert.Equal("""{"active":false}""", await (await world.PostAsync("/introspect", ("token", token))).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("revoke")]
    [InlineData("retire-client")]
    [InlineData("retire-resource")]
    [InlineData("retire-resource-and-add-it-again")]
    [InlineData("retire-resource-while-it-is-given")]
    [InlineData("time")]
    [InlineData("replay")]
    public async Task A_token_for_a_resource_ends_with_what_it_rests_on(string how)
    {
        var api = await MachineAsync();
        await AddAsync("https://asking.example", ["look"], client: api.ClientId);
        var world = await BeginAsync("openid membership look", "https://asking.example", "look");
        var code = await world.ProveAsync(await _server.MemberAsync());
        var token = (string)(await world.TokensAsync(code))["access_token"]!;
        Assert.True((bool)(await IntrospectAsync(api, token))["active"]!);
        switch (how)
        {
            case "logout": await LogoutModules.ConfirmAsync(world.Browser, await world.Browser.GetStringAsync(_server.Url("/logout"))); break;
            case "revoke": await world.PostAsync("/revoke", ("token", token)); break;
            case "retire-client": await _server.Nation.Registration.RetireAsync(world.ClientId); break;
            case "retire-resource": await Resource.RetireAsync(_server.Nation.Database, _server.Time, "https://asking.example"); break;
            case "retire-resource-and-add-it-again":
                await Resource.RetireAsync(_server.Nation.Database, _server.Time, "https://asking.example");
                await AddAsync("https://asking.example", ["look"], client: api.ClientId);
                break;
            case "retire-resource-while-it-is-given":
                // The token's row came just after the act that takes back those that there are.
                await Resource.RetireAsync(_server.Nation.Database, _server.Time, "https://asking.example");
                await _server.Nation.Database.CommitAsync(new Statement("UPDATE access_token SET revoked_at = NULL WHERE audience = 'https://asking.example'", new { }));
                break;
            case "time": _server.Time.Move(TimeSpan.FromSeconds(300)); break;
            default: await world.RedeemAsync(code); break;
        }

        foreach (var asking in (TestSignIn[])[api, world])
            if (how != "retire-client" || asking == api) Assert.Equal("""{"active":false}""", (await IntrospectAsync(asking, token)).ToJsonString());
    }

    [Fact]
    public async Task A_resource_that_two_apps_use_can_not_tell_that_their_member_is_one()
    {
        var wallet = await _server.MemberAsync();
        var subjects = new List<string>();
        foreach (var host in (string[])["one", "two"])
        {
            var world = await BeginAsync("openid read", Api, [$"https://{host}.example/callback"], "read");
            subjects.Add((string)Jws.Parse((string)(await world.SignInAsync(wallet))["access_token"]!).Claims()["sub"]!);
        }

        Assert.Equal(2, subjects.Distinct().Count());
    }

    [Fact]
    public async Task A_FAPI_client_gets_a_bound_token_for_a_resource_and_none_signed_with_RS256()
    {
        await AddAsync("https://old.example", ["aged"], "RS256");
        var fapi = await TestFapiClient.RegisterAsync(_server, change: request => request with { Metadata = request.Metadata with { Scopes = ["read", "aged"] } });
        var tokens = await fapi.SignInAsync(await _server.MemberAsync(), parameters => (parameters["resource"], parameters["scope"]) = (Api, "openid read"));
        Assert.Equal("DPoP", (string)tokens["token_type"]!);
        Assert.Equal(fapi.ProofKey.PublicKey.Thumbprint(), (string)Jws.Parse((string)tokens["access_token"]!).Claims()["cnf"]!["jkt"]!);
        using var refused = await fapi.PushAsync(parameters => (parameters["resource"], parameters["scope"]) = ("https://old.example", "openid aged"));
        await refused.RefusedAsync("invalid_target");
    }

    [Theory]
    [InlineData("http://api.example", "look", "ES256", "invalid_resource")]
    [InlineData("https://api.example/#f", "look", "ES256", "invalid_resource")]
    [InlineData("urn:example:api", "look", "ES256", "invalid_resource")]
    [InlineData("https://user@api.example/", "look", "ES256", "invalid_resource")]
    [InlineData("ISSUER", "look", "ES256", "invalid_resource")]
    [InlineData("ISSUER/userinfo", "look", "ES256", "invalid_resource")]
    [InlineData("https://new.example", "openid", "ES256", "invalid_resource")]
    [InlineData("https://new.example", "membership", "ES256", "invalid_resource")]
    [InlineData("https://new.example", "a\"b", "ES256", "invalid_resource")]
    [InlineData("https://new.example", "a b", "ES256", "invalid_resource")]
    [InlineData("https://new.example", "look", "HS256", "invalid_resource")]
    [InlineData("https://new.example", "look", "none", "invalid_resource")]
    [InlineData("https://new.example", "read", "ES256", "scope_taken")]
    [InlineData(Api, "read", "ES256", "resource_exists")]
    public async Task A_resource_that_is_not_right_is_not_registered(string identifier, string scope, string algorithm, string error)
    {
        var before = await _server.CountAsync("resource");
        var refusal = await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => AddAsync(identifier.Replace("ISSUER", _server.Issuer, StringComparison.Ordinal), [scope], algorithm));
        Assert.Equal(error, refusal.Code);
        Assert.Equal(before, await _server.CountAsync("resource"));
    }

    [Fact]
    public async Task A_retired_resource_comes_back_with_other_scopes_and_no_other_gets_those_that_it_had()
    {
        await Resource.RetireAsync(_server.Nation.Database, _server.Time, Api);
        Assert.Equal("scope_taken", (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => AddAsync("https://new.example", ["read"]))).Code);
        await AddAsync(Api, ["read", "erase"]);
        Assert.Equal(["read", "erase"], (await Resource.FindAsync(_server.Nation.Database, Api))!.Scopes);
        Assert.Equal("unknown_resource", (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => Resource.RetireAsync(_server.Nation.Database, _server.Time, "https://new.example"))).Code);
    }

    [Fact]
    public async Task An_app_that_registers_itself_gives_itself_no_scope_of_a_resource()
    {
        var registrar = new TestRegistrar(_server);
        var told = await registrar.RegisterAsync(("scope", "openid read"));
        Assert.Null(told["scope"]);
        var world = await registrar.OpenAsync(told);
        using var asked = await world.AskAsync(parameters => (parameters["resource"], parameters["scope"]) = (Api, "openid read"));
        asked.RefusedByRedirect("invalid_target", world.RedirectUri, world.State, _server.Issuer);
    }

    private async Task AddAsync(string identifier, string[] scopes, string algorithm = "ES256", string? client = null) =>
        await new Resource(identifier, "Example API", scopes, algorithm, client).AddAsync(_server.Nation.Database, _server.Nation.Keys.Nation, _server.Nation.Types, _server.Time);

    private Task<TestSignIn> BeginAsync(string scope, string? resource, params string[] scopes) => BeginAsync(scope, resource, ["https://app.example/callback"], scopes);

    private async Task<TestSignIn> BeginAsync(string scope, string? resource, string[] redirectUris, params string[] scopes)
    {
        var request = new ClientRegistration.Request
        {
            Name = "Example App",
            RedirectUris = redirectUris,
            Metadata = new() { Scopes = scopes, GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] },
        };
        var (clientId, secret) = await _server.Nation.Registration.RegisterAsync(request);
        var world = TestSignIn.Of(_server, clientId, secret, redirectUris[0]);
        await world.OpenAsync(scope, parameters => parameters["resource"] = resource);
        return world;
    }

    /// <summary>The server of a resource, as a client that asks what tokens are worth.</summary>
    private async Task<TestSignIn> MachineAsync()
    {
        var (clientId, secret) = await _server.Nation.Registration.RegisterAsync(new() { Name = "Example API", RedirectUris = [], Metadata = new() { GrantTypes = [ClientMetadata.ClientCredentialsGrant] } });
        return TestSignIn.Of(_server, clientId, secret, "");
    }

    private static async Task<JsonObject> IntrospectAsync(TestSignIn asking, string token)
    {
        using var response = await asking.PostAsync("/introspect", ("token", token));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static string Challenge(TestSignIn world) => NetworkIdentity.Standards.Encoding.Base64Url.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(world.Verifier)));
}
