using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>What a partner's own library makes of our ID tokens, with nothing but discovery.</summary>
public sealed class JwksEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    public static TheoryData<string> Algorithms { get; } = [.. KeyPurpose.IdToken.Algorithms];

    [Theory, MemberData(nameof(Algorithms))]
    public async Task Oidcc_idtoken_signature_verifies_with_Microsofts_handler_and_what_was_tampered_with_does_not(string algorithm)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { IdTokenAlgorithm = algorithm });
        var token = (await world.SignInAsync(wallet))["id_token"]!.GetValue<string>();
        Assert.Equal(algorithm, Jws.Parse(token).Algorithm);
        var result = await IdTokenValidation.ValidateAsync(_server, token, world.ClientId);
        Assert.True(result.IsValid, result.Exception?.ToString());
        Assert.Equal(world.Nonce, result.Claims["nonce"]);

        var parts = token.Split('.');
        var claims = Jws.Parse(token).Claims();
        claims["sub"] = "someone-else";
        var tampered = await IdTokenValidation.ValidateAsync(_server, $"{parts[0]}.{Base64Url.Encode(StrictJson.Write(claims))}.{parts[2]}", world.ClientId);
        Assert.IsType<SecurityTokenInvalidSignatureException>(tampered.Exception);
        Assert.IsType<SecurityTokenInvalidAudienceException>((await IdTokenValidation.ValidateAsync(_server, token, "another")).Exception);

        var expired = TimeSpan.FromMinutes(5);
        _server.Time.Move(expired);
        Assert.IsType<SecurityTokenInvalidLifetimeException>((await IdTokenValidation.ValidateAsync(_server, token, world.ClientId)).Exception);
    }

    [Theory]
    [InlineData("credential")]
    [InlineData("status-list")]
    [InlineData("request")]
    public async Task A_key_of_another_purpose_signs_no_ID_token(string purpose)
    {
        var key = _server.Nation.Keys.Current(KeyPurpose.All.Single(known => known.Name == purpose));
        var now = _server.Time.GetUtcNow();
        var forged = await Jws.SignAsync("JWT", new JsonObject
        {
            ["iss"] = _server.Issuer,
            ["sub"] = "someone",
            ["aud"] = "client",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        }, key);
        Assert.False((await IdTokenValidation.ValidateAsync(_server, forged, "client")).IsValid);
        Assert.DoesNotContain(key.KeyId, (await IdTokenValidation.KeysAsync(_server)).Select(published => published["kid"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Oidcc_idtoken_unsigned_is_not_offered() => Assert.Equal(
        "invalid_client_metadata",
        (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => _server.RegisterAsync(change: request => request with { IdTokenAlgorithm = "none" }))).Code);
}
