using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Jose;

public sealed class JweTests : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("A128GCM")]
    [InlineData("A256GCM")]
    public void What_is_encrypted_is_decrypted(string enc)
    {
        byte[][] texts = [[], [1, 2, 3], RandomNumberGenerator.GetBytes(100_000)];
        foreach (var text in texts)
        {
            var jwe = Jwe.Parse(Jwe.Encrypt(text, Recipient(), enc, "json", [1], [2, 3]));
            Assert.Equal(("ECDH-ES", enc, "k1", "json"), (jwe.Algorithm, jwe.Encryption, jwe.KeyId, jwe.ContentType));
            Assert.Equal(("AQ", "AgM"), ((string)jwe.Header["apu"]!, (string)jwe.Header["apv"]!));
            Assert.Equal(text, jwe.Decrypt(_key, [enc]));
        }
    }

    [Fact]
    public void The_agreed_key_is_that_of_RFC7518_C()
    {
        using var alice = Key("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps", "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        using var bob = Key("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
        var z = alice.DeriveRawSecretAgreement(bob.PublicKey);
        Assert.Equal("VqqN6vgjbSBcIijNcacQGg", Base64Url.Encode(ConcatKdf.Derive(z, "A128GCM", "Alice"u8, "Bob"u8, 16)));
    }

    [Theory]
    [InlineData("alg", "\"RSA-OAEP-256\"", "alg must be ECDH-ES")]
    [InlineData("alg", "\"ECDH-ES+A256KW\"", "alg must be ECDH-ES")]
    [InlineData("alg", "\"dir\"", "alg must be ECDH-ES")]
    [InlineData("alg", "null", "alg must be a string")]
    [InlineData("enc", "\"A192GCM\"", "enc must be A128GCM or A256GCM")]
    [InlineData("enc", "\"A128CBC-HS256\"", "enc must be A128GCM or A256GCM")]
    [InlineData("enc", "\"none\"", "enc must be A128GCM or A256GCM")]
    [InlineData("zip", "\"DEF\"", "the header has zip, which is not supported")]
    [InlineData("crit", "[\"exp\"]", "the header has crit, which is not supported")]
    [InlineData("epk", "null", "epk must be an object")]
    [InlineData("epk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}", "epk must be an EC key on P-256")]
    [InlineData("epk", "{\"kty\":\"EC\",\"crv\":\"P-384\"}", "the key is not EC P-256, OKP Ed25519 or RSA")]
    [InlineData("apu", "\"A\"", "not base64url without padding")]
    [InlineData("apv", "[]", "apv must be a string")]
    public void A75_a_header_that_is_not_ours_is_refused_before_any_key_is_touched(string name, string value, string words)
    {
        var parts = Jwe.Encrypt("{}"u8, Recipient(), "A128GCM").Split('.');
        var header = StrictJson.ParseObject(Base64Url.Decode(parts[0]));
        header[name] = JsonNode.Parse(value);
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, 0, StrictJson.Write(header)))).Description);
    }

    [Fact]
    public void A75_a_huge_p2c_is_refused_at_once()
    {
        var encoded = Base64Url.Encode("""{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2s":"c2FsdHNhbHQ","p2c":2147483647}"""u8);
        Assert.Equal("alg must be ECDH-ES", Assert.Throws<Refusal>(() => Jwe.Parse($"{encoded}..AAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAA")).Description);
    }

    [Theory]
    [InlineData(1, "the encrypted key must be empty")]
    [InlineData(2, "the initialization vector must be 12 bytes")]
    [InlineData(4, "the authentication tag must be 16 bytes")]
    public void A_part_of_a_wrong_length_is_refused(int part, string words)
    {
        var parts = Jwe.Encrypt("{}"u8, Recipient(), "A128GCM").Split('.');
        byte[] longer = [.. Base64Url.Decode(parts[part]), 0];
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, part, longer))).Description);
        if (part == 1) return;
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, part, longer[..^2]))).Description);
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, part, []))).Description);
    }

    [Fact]
    public void Text_or_party_info_that_is_too_long_is_refused()
    {
        var parts = Jwe.Encrypt("{}"u8, Recipient(), "A128GCM").Split('.');
        Assert.Equal("the token is too long", Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, 3, new byte[Jwe.MaxLength]))).Description);
        var header = StrictJson.ParseObject(Base64Url.Decode(parts[0]));
        header["apu"] = Base64Url.Encode(new byte[513]);
        Assert.Equal("apu is too long", Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, 0, StrictJson.Write(header)))).Description);
        header["apu"] = new string('A', 10_000);
        Assert.Equal("the header is too long", Assert.Throws<Refusal>(() => Jwe.Parse(With(parts, 0, StrictJson.Write(header)))).Description);
        Assert.Equal("apu or apv is too long", Assert.Throws<Refusal>(() => Jwe.Encrypt([], Recipient(), "A128GCM", apv: new byte[513])).Description);
    }

    [Fact]
    public void Every_failure_to_decrypt_has_the_same_words()
    {
        var parts = Jwe.Encrypt("{}"u8, Recipient(), "A128GCM", apu: [1], apv: [2]).Split('.');
        Assert.Equal("{}"u8, Jwe.Parse(string.Join('.', parts)).Decrypt(_key, JweEncryption.All));

        var header = StrictJson.ParseObject(Base64Url.Decode(parts[0]));
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var failures = new List<string> { Words(string.Join('.', parts), other) };
        foreach (var part in (int[])[2, 3, 4])
        {
            var bytes = Base64Url.Decode(parts[part]);
            bytes[0] ^= 1;
            failures.Add(Words(With(parts, part, bytes), _key));
        }

        foreach (var change in (Action<JsonObject>[])
        [
            json => json["epk"]!["y"] = json["epk"]!["x"]!.DeepClone(),
            json => json["epk"]!["y"] = Base64Url.Encode(Enumerable.Repeat((byte)0xFF, 32).ToArray()),
            json => (json["epk"]!["x"], json["epk"]!["y"]) = (Base64Url.Encode(new byte[32]), Base64Url.Encode(new byte[32])),
            json => json["apu"] = "Ag",
            json => json.Remove("apv"),
            json => json["enc"] = "A256GCM",
            json => json["more"] = "a member that the tag does not cover",
        ])
        {
            var changed = header.DeepClone().AsObject();
            change(changed);
            failures.Add(Words(With(parts, 0, StrictJson.Write(changed)), _key));
        }

        Assert.Equal(11, failures.Count);
        Assert.Equal(["the token can't be decrypted"], failures.Distinct());

        static string Words(string token, ECDiffieHellman key) => Assert.Throws<Refusal>(() => Jwe.Parse(token).Decrypt(key, JweEncryption.All)).Description;
    }

    [Fact]
    public void A75_an_encryption_that_was_not_offered_is_refused()
    {
        var jwe = Jwe.Parse(Jwe.Encrypt("{}"u8, Recipient(), "A128GCM"));
        Assert.Equal("enc is not one that was offered", Assert.Throws<Refusal>(() => jwe.Decrypt(_key, ["A256GCM"])).Description);
    }

    [Fact]
    public void A_recipient_that_cannot_receive_is_refused()
    {
        var recipient = Recipient();
        Refused(recipient with { Use = "sig" });
        Refused(recipient with { Alg = "ES256" });
        Refused(Jwk.Parse(StrictJson.ParseObject(JwkTests.Okp)));
        Assert.Equal("the recipient's key is not a valid public key", Assert.Throws<Refusal>(() => Jwe.Encrypt([], recipient with { Y = recipient.X }, "A128GCM")).Description);
        Assert.Equal("enc must be A128GCM or A256GCM", Assert.Throws<Refusal>(() => Jwe.Encrypt([], recipient, "A192GCM")).Description);

        static void Refused(Jwk key) => Assert.Equal(
            "the recipient's key must be an EC key on P-256 for ECDH-ES",
            Assert.Throws<Refusal>(() => Jwe.Encrypt([], key, "A128GCM")).Description);
    }

    private Jwk Recipient()
    {
        var point = _key.ExportParameters(false).Q;
        return new("EC") { Crv = "P-256", X = Base64Url.Encode(point.X), Y = Base64Url.Encode(point.Y), Kid = "k1", Alg = "ECDH-ES", Use = "enc" };
    }

    private static string With(string[] parts, int part, byte[] bytes) => string.Join('.', parts.Select((text, i) => i == part ? Base64Url.Encode(bytes) : text));

    private static ECDiffieHellman Key(string x, string y, string d) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = Base64Url.Decode(d),
        Q = new() { X = Base64Url.Decode(x), Y = Base64Url.Decode(y) },
    });
}
