using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Standards.Jose;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class SecurityKeysTests
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    public async Task What_we_sign_Microsofts_handler_validates_and_what_was_tampered_with_it_refuses(string algorithm)
    {
        var signer = JwsTests.KeyFor(algorithm);
        var token = await Jws.SignAsync("JWT", new JsonObject { ["iss"] = "https://issuer.example", ["sub"] = "a" }, signer);
        var result = Handler.ValidateToken(token, Parameters(SecurityKeys.From(signer.PublicKey)));
        Assert.True(result.IsValid, result.Exception?.ToString());
        Assert.Equal("a", result.Claims["sub"]);

        var parts = token.Split('.');
        var tampered = $"{parts[0]}.{Base64Url.Encode("""{"iss":"https://issuer.example","sub":"b"}"""u8)}.{parts[2]}";
        Assert.IsType<SecurityTokenInvalidSignatureException>(Handler.ValidateToken(tampered, Parameters(SecurityKeys.From(signer.PublicKey))).Exception);

        var other = SecurityKeys.From(JwsTests.KeyFor(algorithm).PublicKey with { Kid = signer.KeyId });
        Assert.IsType<SecurityTokenInvalidSignatureException>(Handler.ValidateToken(token, Parameters(other)).Exception);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    public void What_Microsofts_handler_signs_with_our_credentials_we_verify(string algorithm)
    {
        var signer = JwsTests.KeyFor(algorithm);
        var jws = Jws.Parse(Handler.CreateToken("""{"iss":"https://issuer.example"}""", signer.ToSigningCredentials()));
        using var key = VerificationKey.Import(signer.PublicKey);
        Assert.True(jws.IsSignedBy(key));
        Assert.Equal((algorithm, signer.KeyId), (jws.Algorithm, jws.KeyId));
    }

    [Fact]
    public void A_key_that_signs_elsewhere_is_waited_for()
    {
        var local = JwsTests.KeyFor("ES256");
        var remote = new SigningKey("ES256", local.PublicKey, [], async (data, cancellation) =>
        {
            await Task.Delay(20, cancellation);
            return await local.SignAsync(data, cancellation);
        });
        using var key = VerificationKey.Import(local.PublicKey);
        Assert.True(Jws.Parse(Handler.CreateToken("{}", remote.ToSigningCredentials())).IsSignedBy(key));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("none")]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task A48_another_algorithm_in_the_header_is_refused(string algorithm)
    {
        var signer = JwsTests.KeyFor("ES256");
        var text = Jws.ToBeSigned(new JsonObject { ["alg"] = algorithm, ["kid"] = signer.KeyId }, new JsonObject { ["iss"] = "https://issuer.example" });
        foreach (var token in (string[])[await Jws.SignAsync(text, signer), $"{text}."])
            Assert.False(Handler.ValidateToken(token, Parameters(SecurityKeys.From(signer.PublicKey))).IsValid);
    }

    [Fact]
    public void A_public_key_does_not_sign()
    {
        var key = SecurityKeys.From(JwsTests.KeyFor("EdDSA").PublicKey);
        Assert.Equal(PrivateKeyStatus.DoesNotExist, ((AsymmetricSecurityKey)key).PrivateKeyStatus);
        Assert.ThrowsAny<Exception>(() => Handler.CreateToken("{}", new SigningCredentials(key, "EdDSA")));
    }

    [Fact]
    public void A_key_that_is_for_encryption_is_refused() => Assert.Equal(
        "the key is not for verifying signatures",
        Assert.Throws<Refusal>(() => SecurityKeys.From(JwsTests.KeyFor("ES256").PublicKey with { Use = "enc" })).Description);

    private static TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        IssuerSigningKey = key,
        ValidIssuer = "https://issuer.example",
        ValidateAudience = false,
        ValidateLifetime = false,
    };
}
