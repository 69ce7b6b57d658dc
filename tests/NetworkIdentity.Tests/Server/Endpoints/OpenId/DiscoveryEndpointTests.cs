using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>The OpenID Foundation's module for the provider's metadata [OIDC-Discovery §3].</summary>
public sealed class DiscoveryEndpointTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task Oidcc_discovery_endpoint_verification_finds_what_is_required_and_true(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        using var response = await server.Http.GetAsync(server.Issuer + "/.well-known/openid-configuration");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var metadata = await response.JsonAsync();

        Assert.Equal(server.Issuer, metadata["issuer"]!.GetValue<string>());
        Assert.Equal(["code"], List(metadata, "response_types_supported"));
        Assert.Equal(["query", "form_post"], List(metadata, "response_modes_supported"));
        Assert.Equal(["pairwise"], List(metadata, "subject_types_supported"));
        Assert.Equal(["S256"], List(metadata, "code_challenge_methods_supported"));
        Assert.Equal(["RS256", "ES256", "EdDSA"], List(metadata, "id_token_signing_alg_values_supported"));
        Assert.Equal(["private_key_jwt", "client_secret_basic", "client_secret_post", "none"], List(metadata, "token_endpoint_auth_methods_supported"));
        Assert.Equal(["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:pre-authorized_code"], List(metadata, "grant_types_supported"));
        Assert.Equal(["openid", "offline_access", "account", "exit", "membership", "personhood", "reputation", "residency", "steward"], List(metadata, "scopes_supported"));
        Assert.Superset(new HashSet<string> { "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "membership", "residency", "reputation" }, List(metadata, "claims_supported").ToHashSet());

        // request_uri is supported unless it is said that it is not [OIDC-Discovery §3].
        foreach (var (name, supported) in ((string, bool)[])[("claims_parameter_supported", true), ("request_parameter_supported", true), ("request_uri_parameter_supported", false)])
            Assert.Equal(supported, metadata[name]!.GetValue<bool>());

        foreach (var (name, status) in ((string, HttpStatusCode)[])
        [
            ("jwks_uri", HttpStatusCode.OK),
            ("authorization_endpoint", HttpStatusCode.BadRequest),
            ("token_endpoint", HttpStatusCode.MethodNotAllowed),
            ("userinfo_endpoint", HttpStatusCode.Unauthorized),
        ])
        {
            var url = metadata[name]!.GetValue<string>();
            Assert.StartsWith(server.Issuer + "/", url, StringComparison.Ordinal);
            using var there = await server.Http.GetAsync(url);
            Assert.Equal(status, there.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task Wallets_find_the_same_document_where_OAuth_inserts_its_name(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var openId = await server.Http.GetStringAsync(server.Issuer + "/.well-known/openid-configuration");
        Assert.Equal(openId, await server.Http.GetStringAsync($"{server.Issuer[..^path.Length]}/.well-known/oauth-authorization-server{path}"));
    }

    private static IEnumerable<string> List(JsonObject metadata, string name) => metadata[name]!.AsArray().Select(value => value!.GetValue<string>());
}
