using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Standards.Jose;

/// <summary>P-384 is for proofs in documents: it signs and verifies, and no door of OAuth, OpenID or OpenID4VC knows it.</summary>
public sealed class Es384Tests
{
    // The example of [CID §2.2.3].
    private const string Example = """{"kty":"EC","crv":"P-384","alg":"ES384","x":"1F14JSzKbwxO-Heqew5HzEt-0NZXAjCu8w-RiuV8_9tMiXrSZdjsWqi4y86OFb5d","y":"dnd8yoq-NOJcBuEYgdVVMmSxonXg-DU90d7C4uPWb_Lkd4WIQQEH0DyeC2KUDMIU"}""";
    private const string Unknown = "the key is not EC P-256, OKP Ed25519 or RSA";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly SigningKey Key = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP384));

    private static string Token(JsonObject header, JsonObject claims) => Jws.SignAsync(Jws.ToBeSigned(header, claims), Key).AsTask().GetAwaiter().GetResult();

    [Fact]
    public void A_key_of_P384_is_read_where_it_is_asked_for()
    {
        var key = Jwk.Parse(StrictJson.ParseObject(Example), p384: true);
        VerificationKey.Import(key).Dispose();
        Assert.Equal(("P-384", "ES384"), (key.Crv, key.Alg));
        Assert.Contains("\"crv\":\"P-384\"", key.RequiredMembers(), StringComparison.Ordinal);

        var shorter = StrictJson.ParseObject(Example);
        shorter["x"] = Base64Url.Encode(new byte[32]);
        Assert.Throws<Refusal>(() => Jwk.Parse(shorter, p384: true));
        var off = StrictJson.ParseObject(Example);
        off["x"] = off["y"]!.DeepClone();
        Assert.Equal("the key is not a valid public key", Assert.Throws<Refusal>(() => VerificationKey.Import(Jwk.Parse(off, p384: true))).Description);
    }

    [Fact]
    public async Task It_signs_and_verifies_by_ES384_and_by_nothing_else()
    {
        Assert.Equal("ES384", Key.Algorithm);
        var signature = await Key.SignAsync("text"u8.ToArray());
        Assert.Equal(96, signature.Length);
        using var key = VerificationKey.Import(Key.PublicKey.Bare());
        Assert.True(key.Verify("ES384", "text"u8, signature));
        Assert.False(key.Verify("ES384", "other"u8, signature));
        Assert.False(key.Verify("ES384", "text"u8, signature.AsSpan(0, 64)));
        foreach (var other in new[] { "ES256", "ES512", "EdDSA", "RS256", "none" }) Assert.False(key.Verify(other, "text"u8, signature));

        // Not by a key of P-256, nor that one's by this.
        var smaller = JwsTests.KeyFor("ES256");
        using var p256 = VerificationKey.Import(smaller.PublicKey.Bare());
        signature = await smaller.SignAsync("text"u8.ToArray());
        Assert.False(p256.Verify("ES384", "text"u8, signature));
        Assert.False(key.Verify("ES256", "text"u8, signature));
        Assert.Throws<ArgumentException>(() => new SigningKey("ES256", Key.PublicKey with { Alg = null }, [], (_, _) => new(Array.Empty<byte>())));
        Assert.Throws<ArgumentException>(() => new SigningKey("ES384", smaller.PublicKey with { Alg = null }, [], (_, _) => new(Array.Empty<byte>())));
    }

    [Fact]
    public void A48_a_key_proof_is_not_of_P384()
    {
        var proof = Token(
            new() { ["alg"] = "ES384", ["typ"] = KeyProof.Type, ["jwk"] = Key.PublicKey.Bare().ToJson() },
            new() { ["aud"] = "https://nation.example", ["iat"] = Now.ToUnixTimeSeconds(), ["nonce"] = "n" });
        Refused("invalid_proof", "alg is not one of proof_signing_alg_values_supported", () => KeyProof.Verify(proof, "https://nation.example", null, Now));
        var named = Token(
            new() { ["alg"] = "ES256", ["typ"] = KeyProof.Type, ["jwk"] = Key.PublicKey.Bare().ToJson() },
            new() { ["aud"] = "https://nation.example", ["iat"] = Now.ToUnixTimeSeconds(), ["nonce"] = "n" });
        Refused("invalid_proof", Unknown, () => KeyProof.Verify(named, "https://nation.example", null, Now));
        Assert.DoesNotContain("ES384", KeyProof.Algorithms);
    }

    [Fact]
    public void A36_a_DPoP_proof_is_not_of_P384()
    {
        JsonObject claims() => new() { ["htm"] = "GET", ["htu"] = "https://nation.example/userinfo", ["iat"] = Now.ToUnixTimeSeconds(), ["jti"] = "one" };
        foreach (var alg in new[] { "ES384", "ES256" })
        {
            var proof = Token(new() { ["alg"] = alg, ["typ"] = "dpop+jwt", ["jwk"] = Key.PublicKey.Bare().ToJson() }, claims());
            Assert.Equal("invalid_dpop_proof", Assert.Throws<Refusal>(() => DpopProof.Verify(proof, "GET", "https://nation.example/userinfo", null, Now)).Code);
        }

        Assert.DoesNotContain("ES384", DpopProof.Algorithms);
    }

    [Fact]
    public void A_key_of_P384_in_a_clients_set_is_passed_over_and_signs_neither_assertion_nor_request()
    {
        var set = JwkSet.Parse(new() { ["keys"] = new JsonArray(Key.PublicKey.ToJson()) });
        Assert.Empty(set.Keys);
        Assert.False(set.Signed(Jws.Parse(Token(new() { ["alg"] = "ES384" }, []))));
        Assert.DoesNotContain("ES384", ClientAssertion.Algorithms);
        Assert.DoesNotContain("ES384", SignedRequest.Algorithms);
    }

    [Fact]
    public void A_holders_key_an_encryption_key_and_a_did_jwk_are_not_of_P384()
    {
        Assert.Equal(Unknown, Assert.Throws<Refusal>(() => DidJwk.Parse(DidJwk.Of(Key.PublicKey))).Description);
        Assert.Throws<Refusal>(() => Jwe.Encrypt("{}"u8, Key.PublicKey.Bare(), "A128GCM"));
        var payload = new JsonObject { ["vct"] = "https://nation.example/membership", ["cnf"] = new JsonObject { ["jwk"] = Key.PublicKey.Bare().ToJson() } };
        var token = Token(new() { ["alg"] = "ES384", ["typ"] = "dc+sd-jwt" }, payload);
        Assert.Equal(Unknown, Assert.Throws<Refusal>(() => SdJwtVc.Read(SdJwt.Parse(token + "~"))).Description);
    }

    private static void Refused(string code, string words, Action act)
    {
        var refusal = Assert.Throws<Refusal>(act);
        Assert.Equal((code, words), (refusal.Code, refusal.Description));
    }
}
