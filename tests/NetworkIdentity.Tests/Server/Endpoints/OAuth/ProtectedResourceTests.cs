using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>What takes access tokens here says where they are from [RFC9728].</summary>
public sealed class ProtectedResourceTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/a/nation")]
    public async Task From_a_challenge_a_client_finds_the_provider(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        using var configuration = await server.Http.GetAsync(server.Issuer + "/.well-known/openid-configuration");
        var known = (await configuration.JsonAsync())["protected_resources"]!.AsArray().Select(resource => (string)resource!).ToList();
        Assert.Equal([server.Issuer + "/userinfo", server.Issuer + "/credential", server.Issuer + "/deferred-credential", server.Issuer + "/notification", server.Issuer + "/api/desk"], known);
        foreach (var resource in known)
        {
            var isDesk = resource.EndsWith("/api/desk", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(isDesk || resource.EndsWith("/userinfo", StringComparison.Ordinal) ? HttpMethod.Get : HttpMethod.Post, isDesk ? resource + "/decisions" : resource);
            using var refused = await server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

            // Each challenge names the same place: at the host's root, whatever the issuer's path.
            var url = Assert.Single(Regex.Matches(refused.Headers.WwwAuthenticate.ToString(), "resource_metadata=\"([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct());
            Assert.Equal(new Uri(resource).GetLeftPart(UriPartial.Authority) + "/.well-known/oauth-protected-resource" + new Uri(resource).AbsolutePath, url);
            using var asked = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Origin", "https://elsewhere.example" } } };
            using var response = await server.Http.SendAsync(asked);
            Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            var metadata = await response.JsonAsync();
            Assert.Equal(resource, (string)metadata["resource"]!);
            Assert.Equal([server.Issuer], metadata["authorization_servers"]!.AsArray().Select(one => (string)one!));
            var isUserInfo = resource.EndsWith("/userinfo", StringComparison.Ordinal);
            Assert.Equal(isUserInfo ? """["header","body"]""" : """["header"]""", metadata["bearer_methods_supported"]!.ToJsonString());
            Assert.Equal(isUserInfo, metadata["scopes_supported"]!.AsArray().Any(scope => (string)scope! == "openid"));
            Assert.Equal(isUserInfo || isDesk, metadata.ContainsKey("dpop_signing_alg_values_supported"));
            Assert.Equal(isUserInfo || isDesk, refused.Headers.WwwAuthenticate.ToString().Contains("DPoP", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_no_resource_here_has_no_metadata_and_the_challenge_of_the_registration_endpoint_names_none()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in (string[])["/register", "/token", "/nothing", ""])
        {
            using var response = await server.Http.GetAsync(server.Issuer + "/.well-known/oauth-protected-resource" + path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var refused = await server.Http.PostAsync(server.Issuer + "/register", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain("resource_metadata", refused.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_token_that_is_refused_gets_the_challenge_with_its_error()
    {
        await using var server = await TestServer.StartAsync();
        var world = TestSignIn.Of(server, "any", null, "https://app.example/callback");
        using var refused = await world.UserInfoAsync("no-token");
        Assert.Equal(
            $"Bearer realm=\"netid\", resource_metadata=\"{server.Issuer}/.well-known/oauth-protected-resource/userinfo\", error=\"invalid_token\", error_description=\"the access token is not good here, or not any more\"",
            refused.Headers.WwwAuthenticate.ToString());
        Assert.IsType<JsonObject>(await refused.JsonAsync());
    }
}
