using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

/// <summary>An issuer with a key, a document of its, and a verifier: what the tests of proofs break one thing of.</summary>
internal static class ProofWorld
{
    public const string Issuer = "https://nation.example/issuer";
    public const string Method = Issuer + "#key-1";
    public const string Purpose = ControlledIdentifierDocument.AssertionMethod;

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static readonly SigningKey Ed = SigningKey.FromEd25519(new byte[32]);
    public static readonly SigningKey OtherEd = SigningKey.FromEd25519([.. Enumerable.Repeat((byte)7, 32)]);
    public static readonly SigningKey P256 = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    public static readonly SigningKey P384 = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP384));

    public static readonly ProofExpectations Expected = new(Purpose, Now) { Skew = TimeSpan.FromMinutes(1) };

    public static JsonObject Json(string text) => StrictJson.ParseObject(text);

    public static JsonObject Credential() => Json("""
        {"@context":["https://www.w3.org/ns/credentials/v2","https://nation.example/context/v1"],"type":["VerifiableCredential","Membership"],
         "issuer":"https://nation.example/issuer","validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"id":"did:example:holder","level":3,"names":["Ada","Łukasz"],"open":true,"left":null}}
        """);

    public static string SuiteOf(SigningKey key) => key.PublicKey.Kty == "OKP" ? EddsaJcs2022.Cryptosuite : EcdsaJcs2019.Cryptosuite;

    public static ProofOptions Options(SigningKey? key = null) => new(SuiteOf(key ?? Ed), Method, Purpose) { Created = Now };

    public static JsonObject Signed(JsonObject? document = null, ProofOptions? options = null, SigningKey? key = null) =>
        SecuredDocument.AddProofAsync(document ?? Credential(), options ?? Options(key), key ?? Ed).AsTask().GetAwaiter().GetResult();

    /// <summary>The issuer's document, with one key for one purpose.</summary>
    public static JsonObject Controller(SigningKey? key = null, string url = Issuer, string purpose = Purpose) => new()
    {
        ["id"] = url,
        ["verificationMethod"] = new JsonArray(new JsonObject
        {
            ["id"] = url + "#key-1",
            ["type"] = "Multikey",
            ["controller"] = url,
            ["publicKeyMultibase"] = Multikey.Of((key ?? Ed).PublicKey),
        }),
        [purpose] = new JsonArray(url + "#key-1"),
    };

    /// <summary>The document of a did:key, which is its own key; for proofs of others.</summary>
    public static JsonObject DidKey(string did) => new()
    {
        ["id"] = did,
        ["verificationMethod"] = new JsonArray(new JsonObject
        {
            ["id"] = $"{did}#{did["did:key:".Length..]}",
            ["type"] = "Multikey",
            ["controller"] = did,
            ["publicKeyMultibase"] = did["did:key:".Length..],
        }),
        ["assertionMethod"] = new JsonArray($"{did}#{did["did:key:".Length..]}"),
    };

    public static VerifiedDocument Verify(JsonObject document, ProofExpectations? expected = null, JsonObject? controller = null) =>
        SecuredDocument.Parse(document).Verify(expected ?? Expected, _ => controller ?? Controller());

    /// <summary>The code that a document is refused with.</summary>
    public static string CodeOf(JsonObject document, ProofExpectations? expected = null, JsonObject? controller = null) =>
        Assert.Throws<Refusal>(() => Verify(document, expected, controller)).Code;

    public static Refusal Refused(Action act) => Assert.Throws<Refusal>(act);
}
