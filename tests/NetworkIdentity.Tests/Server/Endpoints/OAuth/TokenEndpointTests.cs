using System.Net;
using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>The OpenID Foundation's modules for the token endpoint, and the answer in full [OIDC §3.1.3.3] [OIDC §2].</summary>
public sealed class TokenEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Oidcc_server_answers_with_tokens_that_say_what_they_must()
    {
        var (world, code) = await ProvenAsync();
        var before = _server.Time.GetUtcNow().ToUnixTimeSeconds();
        using var response = await world.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var tokens = await response.JsonAsync();
        Assert.Equal(["access_token", "token_type", "expires_in", "scope", "id_token"], tokens.Select(member => member.Key));
        Assert.Equal("Bearer", tokens["token_type"]!.GetValue<string>());
        Assert.Equal(300, tokens["expires_in"]!.GetValue<long>());
        Assert.Equal("openid membership", tokens["scope"]!.GetValue<string>());

        var idToken = Jws.Parse(tokens["id_token"]!.GetValue<string>());
        Assert.Equal("RS256", idToken.Algorithm);
        var claims = idToken.Claims();
        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "sid", "acr", "amr", "at_hash", "membership"], claims.Select(claim => claim.Key));
        Assert.Equal(_server.Issuer, claims["iss"]!.GetValue<string>());
        Assert.Equal(world.ClientId, claims["aud"]!.GetValue<string>());
        Assert.Equal(world.Nonce, claims["nonce"]!.GetValue<string>());
        var issuedAt = claims["iat"]!.GetValue<long>();
        Assert.InRange(issuedAt, before, before + 10);
        Assert.Equal(issuedAt + 300, claims["exp"]!.GetValue<long>());
        Assert.InRange(claims["auth_time"]!.GetValue<long>(), before - 10, issuedAt);
        var hash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(tokens["access_token"]!.GetValue<string>()));
        Assert.Equal(Base64Url.Encode(hash.AsSpan(0, 16)), claims["at_hash"]!.GetValue<string>());
    }

    [Fact]
    public async Task Oidcc_server_client_secret_post_is_taken()
    {
        var (world, code) = await ProvenAsync(ClientCredentials.Post);
        using var response = await world.RedeemAsync(code, form => (form["client_id"], form["client_secret"]) = (world.ClientId, world.Secret), basic: false);
        await RedeemedAsync(world, response);
    }

    [Fact]
    public async Task A_public_client_names_itself()
    {
        var (world, code) = await ProvenAsync(ClientCredentials.None);
        Assert.Null(world.Secret);
        using var response = await world.RedeemAsync(code);
        await RedeemedAsync(world, response);
    }

    [Fact]
    public async Task Oidcc_ensure_request_with_valid_pkce_succeeds_and_also_for_a_client_that_need_not()
    {
        var (world, code) = await ProvenAsync(requiresPkce: false);
        using var response = await world.RedeemAsync(code);
        await RedeemedAsync(world, response);
    }

    [Fact]
    public async Task Oidcc_codereuse_is_refused_and_ends_the_token()
    {
        var (world, code) = await ProvenAsync();
        await ReusedAsync(world, code, TimeSpan.Zero);
    }

    [Fact]
    public async Task Oidcc_codereuse_30seconds_is_refused_and_ends_the_token()
    {
        var (world, code) = await ProvenAsync();
        await ReusedAsync(world, code, TimeSpan.FromSeconds(30));

        // Also when the code could not have been redeemed any more for its age.
        await world.OpenAsync();
        await ReusedAsync(world, await world.ProveAsync(await _server.MemberAsync()), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_gets_no_refresh_token()
    {
        var (world, code) = await ProvenAsync();
        using var response = await world.RedeemAsync(code);
        var tokens = await response.JsonAsync();
        Assert.False(tokens.ContainsKey("refresh_token"));
        await world.OpenAsync("openid offline_access");
        Assert.Equal("openid", (await world.TokensAsync(await world.ProveAsync(await _server.MemberAsync())))["scope"]!.GetValue<string>());
    }

    /// <summary>Redeemed, and the access token is good.</summary>
    private static async Task<string> RedeemedAsync(TestSignIn world, HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var tokens = await response.JsonAsync();
        Assert.Equal(world.ClientId, Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims()["aud"]!.GetValue<string>());
        var accessToken = tokens["access_token"]!.GetValue<string>();
        using var told = await world.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        return accessToken;
    }

    private async Task ReusedAsync(TestSignIn world, string code, TimeSpan after)
    {
        using var first = await world.RedeemAsync(code);
        var accessToken = await RedeemedAsync(world, first);
        _server.Time.Move(after);
        using var second = await world.RedeemAsync(code);
        await second.RefusedAsync("invalid_grant");
        using var told = await world.UserInfoAsync(accessToken);
        await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    private async Task<(TestSignIn World, string Code)> ProvenAsync(string authentication = ClientCredentials.Basic, bool requiresPkce = true)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Authentication = authentication, RequiresPkce = requiresPkce });
        return (world, await world.ProveAsync(wallet));
    }
}
