using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.OAuth;

public sealed class DpopProofTests
{
    private const string Url = "https://nation.example/userinfo";
    private const string Token = "the-access-token";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly SigningKey Key = SigningKey.FromEd25519(new byte[32]);

    /// <summary>Each makes one thing of a right proof wrong.</summary>
    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> Broken = new()
    {
        ["typ absent"] = (header, _) => header.Remove("typ"),
        ["typ JWT"] = (header, _) => header["typ"] = "JWT",
        ["typ in capitals"] = (header, _) => header["typ"] = "DPOP+JWT",
        ["typ of a key proof"] = (header, _) => header["typ"] = "openid4vci-proof+jwt",
        ["alg none"] = (header, _) => header["alg"] = "none",
        ["alg HS256"] = (header, _) => header["alg"] = "HS256",
        ["alg RS256"] = (header, _) => header["alg"] = "RS256",
        ["alg of another key"] = (header, _) => header["alg"] = "ES256",
        ["jwk absent"] = (header, _) => header.Remove("jwk"),
        ["jwk a text"] = (header, _) => header["jwk"] = "key",
        ["jwk of another key"] = (header, _) => header["jwk"] = SigningKey.FromEd25519([.. Enumerable.Repeat((byte)7, 32)]).PublicKey.Bare().ToJson(),
        ["jwk private"] = (header, _) => header["jwk"]!["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["jwk symmetric"] = (header, _) => header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" },
        ["jwk for encryption"] = (header, _) => header["jwk"]!["use"] = "enc",
        ["crit"] = (header, _) => header["crit"] = new JsonArray("exp"),
        ["htm absent"] = (_, claims) => claims.Remove("htm"),
        ["htm another"] = (_, claims) => claims["htm"] = "POST",
        ["htm in small letters"] = (_, claims) => claims["htm"] = "get",
        ["htu absent"] = (_, claims) => claims.Remove("htu"),
        ["htu another path"] = (_, claims) => claims["htu"] = "https://nation.example/token",
        ["htu in another case"] = (_, claims) => claims["htu"] = "https://nation.example/Userinfo",
        ["htu with a slash more"] = (_, claims) => claims["htu"] = "https://nation.example/userinfo/",
        ["htu another host"] = (_, claims) => claims["htu"] = "https://evil.example/userinfo",
        ["htu another port"] = (_, claims) => claims["htu"] = "https://nation.example:8443/userinfo",
        ["htu http"] = (_, claims) => claims["htu"] = "http://nation.example/userinfo",
        ["htu with a user"] = (_, claims) => claims["htu"] = "https://nation.example@nation.example/userinfo",
        ["htu with a backslash"] = (_, claims) => claims["htu"] = "https://nation.example\\userinfo",
        ["htu relative"] = (_, claims) => claims["htu"] = "/userinfo",
        ["iat absent"] = (_, claims) => claims.Remove("iat"),
        ["iat a text"] = (_, claims) => claims["iat"] = "1800000000",
        ["iat a minute ago"] = (_, claims) => claims["iat"] = 1_800_000_000 - 60,
        ["iat in a minute"] = (_, claims) => claims["iat"] = 1_800_000_000 + 60,
        ["exp over"] = (_, claims) => claims["exp"] = 1_800_000_000,
        ["nbf in a minute"] = (_, claims) => claims["nbf"] = 1_800_000_000 + 60,
        ["jti absent"] = (_, claims) => claims.Remove("jti"),
        ["jti empty"] = (_, claims) => claims["jti"] = "",
        ["jti without end"] = (_, claims) => claims["jti"] = new string('j', 257),
        ["ath absent"] = (_, claims) => claims.Remove("ath"),
        ["ath of another token"] = (_, claims) => claims["ath"] = Base64Url.Encode(SHA256.HashData("another"u8)),
        ["nonce a number"] = (_, claims) => claims["nonce"] = 7,
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static JsonObject Header(SigningKey key) => new() { ["typ"] = "dpop+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.Bare().ToJson() };

    private static JsonObject Claims() => new()
    {
        ["jti"] = "one",
        ["htm"] = "GET",
        ["htu"] = Url,
        ["iat"] = 1_800_000_000,
        ["nonce"] = "fresh",
        ["ath"] = Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Token))),
    };

    private static string Signed(JsonObject header, JsonObject claims, SigningKey key) =>
        Jws.SignAsync(Jws.ToBeSigned(header, claims), key).AsTask().GetAwaiter().GetResult();

    private static DpopProof Verify(string proof) => DpopProof.Verify(proof, "GET", Url, Token, Now);

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    public void A_good_proof_tells_its_key_its_id_and_its_nonce(string algorithm)
    {
        var key = JwsTests.KeyFor(algorithm);
        var proof = Verify(Signed(Header(key), Claims(), key));
        Assert.Equal(new DpopProof(key.PublicKey.Thumbprint(), "one", Now, "fresh"), proof);
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A36_a_proof_with_one_thing_wrong_is_refused(string name)
    {
        var (header, claims) = (Header(Key), Claims());
        Verify(Signed(header, claims, Key));
        Broken[name](header, claims);
        Assert.Equal("invalid_dpop_proof", Assert.Throws<Refusal>(() => Verify(Signed(header, claims, Key))).Code);
    }

    [Theory]
    [InlineData("HTTPS://NATION.example/userinfo")]
    [InlineData("https://nation.example:443/userinfo")]
    [InlineData("https://nation.example/userinfo?a=b#c")]
    [InlineData("https://nation.example/x/../userinfo")]
    [InlineData("https://nation.example/%75serinfo")]
    public void A_URL_is_compared_after_normalization_and_without_its_query(string htu)
    {
        var claims = Claims();
        claims["htu"] = htu;
        Verify(Signed(Header(Key), claims, Key));
    }

    [Fact]
    public void What_is_not_known_in_a_proof_is_ignored_and_a_proof_needs_no_nonce_to_be_read()
    {
        var (header, claims) = (Header(Key), Claims());
        (header["kid"], header["extra"], claims["extra"], claims["nbf"], claims["exp"]) = ("x", 1, new JsonObject(), 1_800_000_000 + 8, 1_800_000_300);
        claims.Remove("nonce");
        Assert.Null(Verify(Signed(header, claims, Key)).Nonce);
    }

    [Theory]
    [InlineData(-59)]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(59)]
    public void A_clock_that_is_less_than_a_minute_off_is_good_enough(int seconds)
    {
        var claims = Claims();
        claims["iat"] = 1_800_000_000 + seconds;
        Verify(Signed(Header(Key), claims, Key));
    }

    [Fact]
    public void A36_another_signature_none_and_a_MAC_with_the_public_key_are_refused()
    {
        var good = Signed(Header(Key), Claims(), Key);
        var (signed, header) = (good[..good.LastIndexOf('.')], Header(Key));
        header["alg"] = "HS256";
        var mac = Jws.ToBeSigned(header, Claims());
        var secret = System.Text.Encoding.UTF8.GetBytes(header["jwk"]!.ToJsonString());
        foreach (var proof in (string[])[signed + ".", signed + ".AA", signed, "", "..", $"{mac}.{Base64Url.Encode(HMACSHA256.HashData(secret, System.Text.Encoding.ASCII.GetBytes(mac)))}"])
            Assert.Equal("invalid_dpop_proof", Assert.Throws<Refusal>(() => Verify(proof)).Code);
    }

    [Theory]
    [InlineData("DPoP abc", "abc")]
    [InlineData("dpop abc", "abc")]
    [InlineData("dPOp  abc ", "abc")]
    [InlineData("DPoP ", null)]
    [InlineData("Bearer abc", null)]
    [InlineData("DPoPabc", null)]
    [InlineData(null, null)]
    public void The_scheme_is_read_in_any_case(string? authorization, string? token) => Assert.Equal(token, DpopProof.TokenOf(authorization));

    [Fact]
    public void Only_a_refusal_leaves_mutated_proofs_and_no_mutant_is_taken()
    {
        var good = Signed(Header(Key), Claims(), Key);
        Assert.InRange(Mutations.Refused(good, mutant =>
        {
            Verify(mutant);
            Assert.Equal(good, mutant);
        }), 1400, 1500);

        // And behind the signature.
        var header = Base64Url.Encode(StrictJson.Write(Header(Key)));
        Assert.InRange(Mutations.Refused(StrictJson.WriteText(Claims()), text => Verify(Again(header, text)), 1000), 500, 1000);
        var payload = StrictJson.WriteText(Claims());
        Assert.InRange(Mutations.Refused(StrictJson.WriteText(Header(Key)), text => Verify(Again(Encoded(text), payload)), 1000), 700, 1000);

        static string Encoded(string text) => Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(text));
        static string Again(string header, string text) => Jws.SignAsync($"{header}.{Encoded(text)}", Key).AsTask().GetAwaiter().GetResult();
    }
}
