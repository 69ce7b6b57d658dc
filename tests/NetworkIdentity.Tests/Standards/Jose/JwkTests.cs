using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Jose;

public sealed class JwkTests
{
    // [RFC7515 §A.3.1], [RFC7638 §3.1], [RFC8037 §A.2].
    internal const string Ec = """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";
    internal const string Rsa = """{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""";
    internal const string Okp = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";

    [Theory]
    [InlineData(Rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    [InlineData(Okp, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    public void Thumbprints_are_those_of_RFC7638_and_RFC8037(string json, string thumbprint) =>
        Assert.Equal(thumbprint, Jwk.Parse(StrictJson.ParseObject(json)).Thumbprint());

    [Theory]
    [InlineData(Ec)]
    [InlineData(Rsa)]
    [InlineData(Okp)]
    public void A_key_is_written_as_it_was_read(string json)
    {
        var read = StrictJson.ParseObject(json);
        Assert.True(JsonNode.DeepEquals(read, Jwk.Parse(read).ToJson()));
        read["use"] = "sig";
        read["key_ops"] = new JsonArray("verify");
        read["x5t"] = "ignored";
        var written = Jwk.Parse(read).ToJson();
        read.Remove("x5t");
        Assert.True(JsonNode.DeepEquals(read, written));
    }

    [Theory]
    [InlineData(Ec, "d", "AQ", "the key holds a private member")]
    [InlineData(Rsa, "p", "AQ", "the key holds a private member")]
    [InlineData(Okp, "k", "AQ", "the key holds a private member")]
    [InlineData(Ec, "kty", "oct", "the key is not EC P-256, OKP Ed25519 or RSA")]
    [InlineData(Ec, "crv", "P-384", "the key is not EC P-256, OKP Ed25519 or RSA")]
    [InlineData(Ec, "crv", "secp256k1", "the key is not EC P-256, OKP Ed25519 or RSA")]
    [InlineData(Okp, "crv", "X25519", "the key is not EC P-256, OKP Ed25519 or RSA")]
    [InlineData(Ec, "x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA", "x of the key has a wrong length")]
    [InlineData(Ec, "x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", "not base64url without padding")]
    [InlineData(Ec, "y", null, "y of the key is missing")]
    [InlineData(Okp, "x", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x of the key is not the encoding of a point, or of one of small order")]
    [InlineData(Okp, "x", "__________________________________________8", "x of the key is not the encoding of a point, or of one of small order")]
    [InlineData(Rsa, "e", "AQ", "e of the key has a wrong length")]
    [InlineData(Rsa, "e", "Aw", "e of the key has a wrong length")]
    [InlineData(Rsa, "e", "AAEAAQ", "n or e of the key begins with a zero")]
    [InlineData(Rsa, "e", "AQAA", "e of the key is even")]
    [InlineData(Rsa, "e", "AQEBAQEBAQEB", "e of the key has a wrong length")]
    public void A_key_with_one_thing_wrong_is_refused(string json, string name, string? value, string words)
    {
        var key = StrictJson.ParseObject(json);
        Jwk.Parse(key);
        if (value is null) key.Remove(name);
        else key[name] = value;
        Assert.Equal(words, Assert.Throws<Refusal>(() => Jwk.Parse(key)).Description);
    }

    [Fact]
    public void An_RSA_key_below_2048_bits_is_refused_even_behind_zeros()
    {
        var modulus = Base64Url.Decode(Jwk.Parse(StrictJson.ParseObject(Rsa)).N);
        Assert.Equal("n of the key has a wrong length", Refused(modulus[..255]));
        Assert.Equal("n or e of the key begins with a zero", Refused([0, .. modulus[..255]]));
        Assert.Equal("the RSA key is shorter than 2048 bits", Refused([0x7F, .. modulus[1..]]));
        Assert.Equal("n of the key is even", Refused([.. modulus[..255], 2]));
        Assert.Equal("n of the key is too long", Refused([.. modulus, .. new byte[800]]));

        static string Refused(byte[] n)
        {
            var key = StrictJson.ParseObject(Rsa);
            key["n"] = Base64Url.Encode(n);
            return Assert.Throws<Refusal>(() => Jwk.Parse(key)).Description;
        }
    }

    [Theory]
    [InlineData("sig", "null", true, false)]
    [InlineData("enc", "null", false, true)]
    [InlineData("other", "null", false, false)]
    [InlineData(null, "[\"verify\"]", true, false)]
    [InlineData(null, "[\"deriveBits\"]", false, true)]
    [InlineData(null, "[]", false, true)]
    [InlineData("enc", "[\"verify\"]", false, false)]
    [InlineData(null, "null", true, true)]
    public void What_a_key_is_for_is_what_use_and_key_ops_say(string? use, string operations, bool verify, bool encrypt)
    {
        var json = StrictJson.ParseObject(Ec);
        if (use is not null) json["use"] = use;
        if (operations != "null") json["key_ops"] = JsonNode.Parse(operations);
        var key = Jwk.Parse(json);
        Assert.Equal((verify, encrypt), (key.MayVerify, key.MayEncrypt));
        if (!verify) Assert.Equal("the key is not for verifying signatures", Assert.Throws<Refusal>(() => VerificationKey.Import(key)).Description);
    }

    [Fact]
    public void An_operation_named_twice_is_refused()
    {
        var json = StrictJson.ParseObject(Ec);
        json["key_ops"] = new JsonArray("verify", "verify");
        Assert.Equal("key_ops names an operation twice", Assert.Throws<Refusal>(() => Jwk.Parse(json)).Description);
    }

    [Fact]
    public void A_point_off_the_curve_is_refused_at_import()
    {
        var key = Jwk.Parse(StrictJson.ParseObject(Ec));
        VerificationKey.Import(key).Dispose();
        foreach (var y in (byte[][])[[.. Enumerable.Repeat((byte)0xFF, 32)], new byte[32], Base64Url.Decode(key.X)])
            Assert.Equal("the key is not a valid public key", Assert.Throws<Refusal>(() => VerificationKey.Import(key with { Y = Base64Url.Encode(y) })).Description);
    }
}
