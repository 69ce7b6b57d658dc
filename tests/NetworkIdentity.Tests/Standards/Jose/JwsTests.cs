using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Jose;

public sealed class JwsTests
{
    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    public static TheoryData<string> Algorithms => ["ES256", "RS256", "PS256", "EdDSA", "Ed25519"];

    internal static SigningKey KeyFor(string algorithm) => algorithm switch
    {
        "ES256" => SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
        "RS256" or "PS256" => SigningKey.FromRsa(RSA.Create(2048), algorithm: algorithm),
        _ => SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32), algorithm: algorithm),
    };

    [Fact]
    public void The_example_of_RFC7515_A2_verifies() => Verifies(
        """{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}""",
        "RS256",
        $"eyJhbGciOiJSUzI1NiJ9.{Payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");

    [Fact]
    public void The_example_of_RFC7515_A3_verifies() => Verifies(
        JwkTests.Ec,
        "ES256",
        $"eyJhbGciOiJFUzI1NiJ9.{Payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

    [Fact]
    public async Task The_example_of_RFC8037_A4_verifies_and_is_what_we_sign()
    {
        const string Example = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        Verifies(JwkTests.Okp, "EdDSA", Example);
        var key = SigningKey.FromEd25519(Base64Url.Decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        Assert.Equal(Example, await Jws.SignAsync(Example[..Example.LastIndexOf('.')], key));
    }

    [Fact]
    public async Task Ed25519_by_its_fully_specified_name_of_RFC9864_is_the_same_signature()
    {
        byte[] seed = new byte[32];
        var (older, newer) = (SigningKey.FromEd25519(seed), SigningKey.FromEd25519(seed, algorithm: "Ed25519"));
        var token = await Jws.SignAsync("JWT", new JsonObject { ["iss"] = "x" }, newer);
        Assert.Equal("Ed25519", Jws.Parse(token).Algorithm);
        using var key = VerificationKey.Import(older.PublicKey);
        Assert.True(Jws.Parse(token).IsSignedBy(key));
    }

    [Theory]
    [MemberData(nameof(Algorithms), DisableDiscoveryEnumeration = true)]
    public async Task A_token_is_verified_by_its_key_alone_and_not_when_tampered_with(string algorithm)
    {
        var signer = KeyFor(algorithm);
        var token = await Jws.SignAsync("JWT", new JsonObject { ["iss"] = "https://issuer.example", ["n"] = 1 }, signer);
        using var key = VerificationKey.Import(signer.PublicKey);
        using var other = VerificationKey.Import(KeyFor(algorithm).PublicKey);
        var jws = Jws.Parse(token);
        Assert.True(jws.IsSignedBy(key));
        Assert.False(jws.IsSignedBy(other));
        Assert.Equal((algorithm, "JWT", signer.KeyId), (jws.Algorithm, jws.Type, jws.KeyId));

        var parts = token.Split('.');
        var payload = Base64Url.Encode("""{"iss":"https://issuer.example","n":2}"""u8);
        Assert.False(Jws.Parse($"{parts[0]}.{payload}.{parts[2]}").IsSignedBy(key));
        Assert.False(Jws.Parse($"{parts[0]}.{parts[1]}.").IsSignedBy(key));
        Assert.False(Jws.Parse($"{parts[0]}.{parts[1]}.{Base64Url.Encode([.. jws.Signature.Span, 0])}").IsSignedBy(key));
        Assert.False(Jws.Parse($"{parts[0]}.{parts[1]}.{Base64Url.Encode(jws.Signature.Span[1..])}").IsSignedBy(key));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("RS512")]
    public async Task A48_an_algorithm_that_is_not_the_keys_is_never_accepted(string algorithm)
    {
        foreach (var keyAlgorithm in (string[])["ES256", "RS256", "EdDSA"])
        {
            var signer = KeyFor(keyAlgorithm);
            foreach (var jwk in (Jwk[])[signer.PublicKey, signer.PublicKey with { Alg = null }, signer.PublicKey with { Alg = algorithm }])
            {
                using var key = VerificationKey.Import(jwk);
                var signed = Jws.ToBeSigned(new JsonObject { ["alg"] = algorithm }, new JsonObject());
                var input = System.Text.Encoding.ASCII.GetBytes(signed);
                byte[][] secrets = [[], System.Text.Encoding.UTF8.GetBytes(jwk.ToJson().ToJsonString()), Base64Url.Decode(jwk.X ?? jwk.N)];
                foreach (var secret in secrets)
                    Assert.False(Jws.Parse($"{signed}.{Base64Url.Encode(HMACSHA256.HashData(secret, input))}").IsSignedBy(key));
                Assert.False(Jws.Parse($"{signed}.").IsSignedBy(key));
                Assert.False(Jws.Parse(await Jws.SignAsync(signed, signer)).IsSignedBy(key));
            }
        }
    }

    [Fact]
    public async Task A_key_bound_to_another_algorithm_does_not_verify()
    {
        var signer = KeyFor("ES256");
        var jws = Jws.Parse(await Jws.SignAsync("JWT", [], signer));
        using var unbound = VerificationKey.Import(signer.PublicKey with { Alg = null });
        using var bound = VerificationKey.Import(signer.PublicKey with { Alg = "ECDH-ES" });
        Assert.True(jws.IsSignedBy(unbound));
        Assert.False(jws.IsSignedBy(bound));
    }

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"none"}""", "not JSON, or a member name stands twice, or it nests too deep")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""", "not JSON, or a member name stands twice, or it nests too deep")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""", "the header names a critical extension that is not understood")]
    [InlineData("""{"alg":"ES256","crit":[]}""", "the header names a critical extension that is not understood")]
    [InlineData("""{"alg":"ES256","b64":false}""", "an unencoded payload is not supported")]
    [InlineData("""{"typ":"JWT"}""", "alg is missing")]
    [InlineData("""{"alg":null}""", "alg must be a string")]
    [InlineData("""{"alg":["ES256"]}""", "alg must be a string")]
    [InlineData("""{"alg":"ES256","kid":1}""", "kid must be a string")]
    [InlineData("""{"alg":"ES256"} x""", "not JSON, or a member name stands twice, or it nests too deep")]
    [InlineData("""["ES256"]""", "not a JSON object")]
    public void A_header_with_one_thing_wrong_is_refused(string header, string words) =>
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jws.Parse($"{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(header))}.e30.AA")).Description);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("e30.e30")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AB")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA=")]
    [InlineData(" eyJhbGciOiJFUzI1NiJ9.e30.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA\n")]
    public void Another_spelling_of_the_three_parts_is_refused(string token) => Assert.Throws<Refusal>(() => Jws.Parse(token));

    [Theory]
    [InlineData("e30.e30")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA")]
    public void It_has_three_parts_before_anything_of_it_is_read(string token) =>
        Assert.Equal("not a compact JWS of three parts", Assert.Throws<Refusal>(() => Jws.Parse(token)).Description);

    [Fact]
    public void A_token_that_is_too_long_is_refused() => Assert.Equal(
        "the token is too long",
        Assert.Throws<Refusal>(() => Jws.Parse($"eyJhbGciOiJFUzI1NiJ9.{new string('A', Jws.MaxLength)}.AA")).Description);

    [Fact]
    public void A_signing_key_is_of_its_algorithms_kind()
    {
        Assert.Throws<ArgumentException>(() => SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP521)));
        Assert.Throws<Refusal>(() => SigningKey.FromRsa(RSA.Create(1024)));
        Assert.Throws<ArgumentException>(() => SigningKey.FromEd25519(new byte[32], algorithm: "ES256"));
        Assert.Throws<ArgumentException>(() => new SigningKey("none", KeyFor("ES256").PublicKey, [], (_, _) => new(Array.Empty<byte>())));
    }

    [Theory]
    [MemberData(nameof(Algorithms), DisableDiscoveryEnumeration = true)]
    public void One_key_signs_and_verifies_on_many_threads(string algorithm)
    {
        var signer = KeyFor(algorithm);
        using var key = VerificationKey.Import(signer.PublicKey);
        Parallel.For(0, 60, i =>
        {
            var data = BitConverter.GetBytes(i);
            Assert.True(key.Verify(algorithm, data, signer.SignAsync(data).AsTask().GetAwaiter().GetResult()));
        });
    }

    private static void Verifies(string jwk, string algorithm, string token)
    {
        using var key = VerificationKey.Import(Jwk.Parse(StrictJson.ParseObject(jwk)));
        var jws = Jws.Parse(token);
        Assert.Equal(algorithm, jws.Algorithm);
        Assert.True(jws.IsSignedBy(key));
    }
}
