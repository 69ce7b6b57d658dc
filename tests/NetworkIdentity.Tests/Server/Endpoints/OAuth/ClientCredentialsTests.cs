using System.Net;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>Clients that act for themselves [RFC6749 §4.4].</summary>
public sealed class ClientCredentialsTests : IAsyncLifetime
{
    private const string Api = "https://api.example";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        foreach (var (identifier, scopes) in ((string, string[])[])[(Api, ["issue", "verify"]), ("https://other.example", ["look"])])
            await new Resource(identifier, "Example API", scopes, "ES256", null).AddAsync(_server.Nation.Database, _server.Nation.Keys.Nation, _server.Nation.Types, _server.Time);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_machine_gets_a_token_for_its_resource_and_nothing_else()
    {
        var machine = await MachineAsync("issue", "verify");
        using var response = await AskAsync(machine, ("scope", "issue"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var answer = await response.JsonAsync();
        Assert.Equal(["access_token", "token_type", "expires_in", "scope"], answer.Select(member => member.Key));
        Assert.Equal(("Bearer", 300L, "issue"), ((string)answer["token_type"]!, (long)answer["expires_in"]!, (string)answer["scope"]!));
        var jws = Jws.Parse((string)answer["access_token"]!);
        Assert.Equal("at+jwt", jws.Type);
        var claims = jws.Claims();
        Assert.Equal(["iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope"], claims.Select(claim => claim.Key));
        Assert.Equal((Api, machine.ClientId, machine.ClientId), ((string)claims["aud"]!, (string)claims["sub"]!, (string)claims["client_id"]!));

        using var asked = await machine.PostAsync("/introspect", ("token", jws.Compact));
        var told = await asked.JsonAsync();
        Assert.Equal((true, machine.ClientId, Api, "issue"), ((bool)told["active"]!, (string)told["sub"]!, (string)told["aud"]!, (string)told["scope"]!));
        Assert.Null(told["auth_time"]);
        using var userInfo = await machine.UserInfoAsync(jws.Compact);
        await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null, null, "issue verify")]
    [InlineData(null, Api, "issue verify")]
    [InlineData("verify", Api, "verify")]
    [InlineData("verify issue verify", null, "verify issue")]
    public async Task Where_it_names_no_scope_it_gets_all_that_it_was_registered_with(string? scope, string? resource, string granted)
    {
        using var response = await AskAsync(await MachineAsync("issue", "verify"), Named(scope, resource));
        Assert.Equal(granted, (string)(await response.JsonAsync())["scope"]!);
    }

    [Theory]
    [InlineData("openid", null, "invalid_scope")]
    [InlineData("issue openid", null, "invalid_scope")]
    [InlineData("membership", null, "invalid_scope")]
    [InlineData("verify", null, "invalid_scope")]
    [InlineData(" ", null, "invalid_scope")]
    [InlineData("issue", "https://nowhere.example", "invalid_target")]
    [InlineData("issue", "https://other.example", "invalid_target")]
    [InlineData("issue look", null, "invalid_target")]
    [InlineData(null, null, "invalid_target")]
    [InlineData(null, "ISSUER/userinfo", "invalid_target")]
    public async Task What_it_was_not_registered_with_is_refused_whole(string? scope, string? resource, string error)
    {
        using var response = await AskAsync(await MachineAsync("issue", "look"), Named(scope, resource));
        await response.RefusedAsync(error);
        Assert.Equal(0, await _server.CountAsync("access_token"));
    }

    [Fact]
    public async Task A_client_that_members_sign_in_to_is_no_machine_and_a_machine_signs_nobody_in()
    {
        var (clientId, secret) = await _server.RegisterAsync(change: request => request with { Metadata = new() { Scopes = ["issue"] } });
        using var refused = await AskAsync(TestSignIn.Of(_server, clientId, secret, "https://app.example/callback"), ("scope", "issue"));
        await refused.RefusedAsync("unauthorized_client");

        foreach (var (grants, authentication) in ((string[], string)[])[(["authorization_code", "client_credentials"], "client_secret_basic"), (["client_credentials"], "none")])
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => _server.Nation.Registration.RegisterAsync(new() { Name = "Both", RedirectUris = ["https://app.example/callback"], Authentication = authentication, Metadata = new() { GrantTypes = grants } }));
            Assert.Equal("invalid_client_metadata", refusal.Code);
        }

        var machine = await MachineAsync("issue");
        using var asked = await machine.Browser.GetAsync(machine.AuthorizeUrl(parameters => parameters["redirect_uri"] = "https://app.example/callback"));
        await asked.RefusedAsPageAsync("invalid_redirect_uri");
        using var secretless = await _server.Http.PostAsync(_server.Url("/token"), new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", machine.ClientId)]));
        await secretless.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_scope_that_no_resource_has_is_not_registered()
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => MachineAsync("isue"));
        Assert.Equal("invalid_client_metadata", refusal.Code);
    }

    [Fact]
    public async Task A_machine_of_FAPI_binds_its_tokens_and_an_ordinary_one_may()
    {
        var fapi = await TestFapiClient.RegisterAsync(_server, change: request => request with
        {
            RedirectUris = [],
            Metadata = request.Metadata with { GrantTypes = [ClientMetadata.ClientCredentialsGrant], Scopes = ["issue"] },
        });
        var form = new Dictionary<string, string?> { ["grant_type"] = "client_credentials", ["scope"] = "issue" };
        using var unbound = await fapi.PostAsync("/token", form);
        await unbound.RefusedAsync("invalid_dpop_proof");
        using var response = await fapi.PostAsync("/token", form, await fapi.ProofAsync("POST", "/token"));
        var answer = await response.JsonAsync();
        Assert.Equal("DPoP", (string)answer["token_type"]!);
        Assert.Equal(fapi.ProofKey.PublicKey.Thumbprint(), (string)Jws.Parse((string)answer["access_token"]!).Claims()["cnf"]!["jkt"]!);
        using var asked = await fapi.PostAsync("/introspect", new Dictionary<string, string?> { ["token"] = (string)answer["access_token"]! });
        Assert.Equal(("DPoP", fapi.ProofKey.PublicKey.Thumbprint()), ((string)(await asked.JsonAsync())["token_type"]!, (string)(await asked.JsonAsync())["cnf"]!["jkt"]!));
    }

    [Fact]
    public async Task A_retired_machine_gets_no_token_and_those_that_it_has_are_not_active()
    {
        var api = await MachineAsync("verify");
        await new Resource("https://asking.example", "Asking", ["ask"], "ES256", api.ClientId).AddAsync(_server.Nation.Database, _server.Nation.Keys.Nation, _server.Nation.Types, _server.Time);
        var machine = await MachineAsync("ask");
        using var response = await AskAsync(machine);
        var token = (string)(await response.JsonAsync())["access_token"]!;
        using var before = await api.PostAsync("/introspect", ("token", token));
        Assert.True((bool)(await before.JsonAsync())["active"]!);
        await _server.Nation.Registration.RetireAsync(machine.ClientId);
        using var after = await api.PostAsync("/introspect", ("token", token));
        Assert.Equal("""{"active":false}""", await after.Content.ReadAsStringAsync());
        using var refused = await AskAsync(machine);
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    private (string, string)[] Named(string? scope, string? resource) =>
        [.. new[] { ("scope", scope), ("resource", resource?.Replace("ISSUER", _server.Issuer, StringComparison.Ordinal)) }.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!))];

    private static Task<HttpResponseMessage> AskAsync(TestSignIn machine, params (string, string)[] form) => machine.PostAsync("/token", [("grant_type", "client_credentials"), .. form]);

    private async Task<TestSignIn> MachineAsync(params string[] scopes)
    {
        var (clientId, secret) = await _server.Nation.Registration.RegisterAsync(new()
        {
            Name = "Example Machine",
            RedirectUris = [],
            Metadata = new() { GrantTypes = [ClientMetadata.ClientCredentialsGrant], Scopes = scopes },
        });
        return TestSignIn.Of(_server, clientId, secret, "");
    }
}
