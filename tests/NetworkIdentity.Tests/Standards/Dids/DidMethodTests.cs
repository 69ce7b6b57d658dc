using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Dids;

public sealed class DidMethodTests
{
    // Examples of the did:key specification.
    [Theory]
    [InlineData("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "Ed25519")]
    [InlineData("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", "P-256")]
    [InlineData("did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9", "P-384")]
    public void A_did_key_is_its_key_and_its_document_has_it_for_all_but_encryption(string did, string curve)
    {
        var key = DidKey.Parse(did);
        Assert.Equal((curve, did), (key.Crv, DidKey.Of(key)));
        var document = DidKey.Document(did);
        var url = $"{did}#{did[8..]}";
        Assert.Equal(url, DidKey.KeyUrl(did));
        Assert.Equal(did[8..], DidKey.BodyOf(url));
        foreach (var purpose in (string[])["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"])
            Assert.True(ControlledIdentifierDocument.Retrieve(document, url, purpose, DateTimeOffset.UnixEpoch).Key.IsSameKeyAs(key));
        Assert.False(document.ContainsKey("keyAgreement"));
        Assert.Equal(did, DidDocument.Parse(document).Id.ToString());
    }

    [Theory]
    [InlineData("did:key:", "invalidDid")]
    [InlineData("did:key:u7QEBAA", "invalidDid")]
    [InlineData("did:key:z", "unsupportedPublicKeyType")]
    [InlineData("did:key:z0OIl", "invalidDid")]
    [InlineData("did:web:nation.example", "invalidDid")]
    [InlineData("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "invalidDid")]
    [InlineData("did:key:1:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "invalidDid")]
    [InlineData("did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "unsupportedPublicKeyType")]
    [InlineData("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "unsupportedPublicKeyType")]
    public void What_is_no_did_key_is_refused(string did, string code)
    {
        Assert.Equal(code, Assert.Throws<Refusal>(() => DidKey.Parse(did)).Code);
        Assert.Equal(code, Assert.Throws<Refusal>(() => DidKey.Document(did)).Code);
    }

    [Fact]
    public void A_did_key_of_a_wrong_length_or_no_point_is_refused()
    {
        byte[] ed25519 = Multibase.Decode("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
        byte[] p256 = Multibase.Decode("zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169");
        Assert.Equal("invalidPublicKeyLength", Code(ed25519[..^1]));
        Assert.Equal("invalidPublicKeyLength", Code([.. p256, 0]));
        Assert.Equal("invalidPublicKey", Code([0xed, 0x01, .. new byte[32]]));
        Assert.Equal("invalidPublicKey", Code([0x80, 0x24, 0x05, .. p256[3..]]));

        static string Code(byte[] bytes) => Assert.Throws<Refusal>(() => DidKey.Parse("did:key:" + Multibase.Base58(bytes))).Code;
    }

    [Theory]
    [InlineData("did:key:zA#zB")]
    [InlineData("did:key:zA")]
    [InlineData("did:key:zA#zA#zA")]
    [InlineData("did:web:zA#zA")]
    [InlineData("zA#zA")]
    public void The_two_halves_of_a_did_keys_method_are_one(string url) => Assert.Equal("invalidDidUrl", Assert.Throws<Refusal>(() => DidKey.BodyOf(url)).Code);

    [Theory]
    [InlineData(null, "authentication assertionMethod keyAgreement capabilityInvocation capabilityDelegation")]
    [InlineData("sig", "authentication assertionMethod capabilityInvocation capabilityDelegation")]
    [InlineData("enc", "keyAgreement")]
    public void The_document_of_a_did_jwk_has_its_key_for_what_its_use_says(string? use, string purposes)
    {
        var jwk = StrictJson.ParseObject(JwkTests.Ec);
        jwk.Remove("use");
        if (use is not null) jwk["use"] = use;
        var did = "did:jwk:" + Base64Url.Encode(StrictJson.Write(jwk));
        var document = DidJwk.Document(did);
        Assert.Equal(purposes.Split(' '), DidDocument.Relationships.Where(document.ContainsKey));
        Assert.True(JsonNode.DeepEquals(jwk, document["verificationMethod"]![0]!["publicKeyJwk"]));
        Assert.Equal(did, DidDocument.Parse(document).Id.ToString());
        if (use != "enc") Assert.True(ControlledIdentifierDocument.Retrieve(document, DidJwk.KeyUrl(did), "authentication", DateTimeOffset.UnixEpoch).Key.IsSameKeyAs(Jwk.Parse(jwk)));
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidJwk.Document(did + "=")).Code);
    }

    [Theory]
    [InlineData("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json")]
    [InlineData("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json")]
    [InlineData("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json")]
    [InlineData("did:web:example.com%3a3000:user:alice", "https://example.com:3000/user/alice/did.json")]
    [InlineData("did:web:Example.COM:User", "https://example.com/User/did.json")]
    [InlineData("did:web:xn--fsq.jp:%E7%94%A8%e6%88%b7", "https://xn--fsq.jp/%E7%94%A8%E6%88%B7/did.json")]
    [InlineData("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json")]
    public void A_did_web_spells_the_URL_of_its_document(string did, string url) => Assert.Equal(url, DidWeb.DocumentUrl(did));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1%3A8443")]
    [InlineData("127.0.0.1%3a8443")]
    [InlineData("127%2E0%2E0%2E1")]
    [InlineData("169.254.169.254")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("017700000001")]
    [InlineData("127.1")]
    [InlineData("a.0x")]
    [InlineData("a.example.1")]
    [InlineData("%5B%3A%3A1%5D")]
    [InlineData("%3A%3A1")]
    [InlineData("%3A%3Affff%3A10.0.0.1")]
    [InlineData("intranet")]
    [InlineData("localhost.")]
    [InlineData("nation.example.")]
    [InlineData(".example")]
    [InlineData("nation..example")]
    [InlineData("-nation.example")]
    [InlineData("nation-.example")]
    [InlineData("user%40nation.example")]
    [InlineData("nation.example%40evil.example")]
    [InlineData("nation.example%2Fevil.example")]
    [InlineData("nation.example%3A8443%3A8444")]
    [InlineData("nation.example%3A0")]
    [InlineData("nation.example%3A65536")]
    [InlineData("nation.example%3A")]
    [InlineData("nation.example%3Ax")]
    [InlineData("n%61tion.example")]
    [InlineData("n%D0%B0tion.example")]
    [InlineData("nation_.example")]
    [InlineData("nation.example:")]
    [InlineData("nation.example::a")]
    [InlineData("nation.example:.")]
    [InlineData("nation.example:..")]
    [InlineData("nation.example:%2E%2e")]
    [InlineData("nation.example:%252E%252E")]
    [InlineData("nation.example:a%2Fb")]
    [InlineData("nation.example:a%5Cb")]
    [InlineData("nation.example:a%00")]
    [InlineData("nation.example:a%0A")]
    [InlineData("nation.example:%20a")]
    [InlineData("nation.example:a%C2%A0")]
    [InlineData("nation.example:%ff")]
    [InlineData("nation.example/a")]
    [InlineData("nation.example?a")]
    [InlineData("nation.example#a")]
    public void A81_a_host_or_path_that_could_be_another_than_it_looks_is_refused_before_any_fetch(string rest) =>
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidWeb.DocumentUrl("did:web:" + rest)).Code);

    [Fact]
    public void A_host_label_and_path_are_bounded()
    {
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidWeb.DocumentUrl($"did:web:{new string('a', 64)}.example")).Code);
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidWeb.DocumentUrl($"did:web:{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}")).Code);
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidWeb.DocumentUrl("did:web:nation.example" + string.Concat(Enumerable.Repeat(":a", 17)))).Code);
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => DidWeb.DocumentUrl("did:web:nation.example:" + new string('a', 1100))).Code);
    }

    [Theory]
    [InlineData("""{"id":"did:web:nation.example"}""", null)]
    [InlineData("""{"id":"did:web:other.example"}""", "invalidDidDocument")]
    [InlineData("""{"id":"did:web:NATION.example"}""", "invalidDidDocument")]
    [InlineData("""{"id":"did:web:nation.example#"}""", "invalidDidDocument")]
    [InlineData("""{"id":"did:web:nation.example","id":"did:web:nation.example"}""", "invalidDidDocument")]
    [InlineData("[]", "invalidDidDocument")]
    [InlineData("", "invalidDidDocument")]
    public void A87_the_document_of_a_did_web_is_its_own(string document, string? code)
    {
        var read = () => DidWeb.Read("did:web:nation.example", System.Text.Encoding.UTF8.GetBytes(document));
        if (code is null) Assert.Equal("did:web:nation.example", read().Id.ToString());
        else Assert.Equal(code, Assert.Throws<Refusal>(() => read()).Code);
    }
}
