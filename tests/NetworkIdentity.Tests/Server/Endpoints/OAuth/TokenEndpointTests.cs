using System.Net;
using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>The answer of the token endpoint in full [OIDC §3.1.3.3] [OIDC §2].</summary>
public sealed class TokenEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task The_tokens_say_what_they_must_and_nothing_else()
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
    public async Task A_public_client_names_itself()
    {
        var (world, code) = await ProvenAsync(ClientCredentials.None);
        Assert.Null(world.Secret);
        using var response = await world.RedeemAsync(code);
        await RedeemedAsync(world, response);
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

    private async Task<(TestSignIn World, string Code)> ProvenAsync(string authentication = ClientCredentials.Basic)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Authentication = authentication });
        return (world, await world.ProveAsync(wallet));
    }
}
