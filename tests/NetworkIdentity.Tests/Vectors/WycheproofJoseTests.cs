using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>Wycheproof's JOSE files. What it calls valid under an algorithm that is not ours must be refused, and everything it calls invalid.</summary>
public sealed class WycheproofJoseTests
{
    private static readonly string[] SigningAlgorithms = [JoseAlgorithm.ES256, JoseAlgorithm.RS256, JoseAlgorithm.PS256];

    [Theory]
    [InlineData("json_web_signature", 16)]
    [InlineData("json_web_key", 1)]
    [InlineData("json_web_crypto", 2)]
    public void Signatures_are_judged_as_it_says(string name, int valid)
    {
        var file = VectorFiles.Json($"wycheproof/{name}_test.json");
        var (cases, accepted) = (0, 0);
        foreach (var (group, test) in Tests(file, "jws"))
        {
            var jws = Text(test["jws"]!);
            var expected = (string)test["result"]! == "valid" && SigningAlgorithms.Contains(HeaderMember(jws, "alg"));
            Assert.True(Verifies(group, jws) == expected, $"tcId {test["tcId"]} {group["comment"]} {test["comment"]}");
            cases++;
            if (expected) accepted++;
        }

        Assert.Equal((int)file["numberOfTests"]! - Tests(file, "jwe").Count(), cases);
        Assert.Equal(valid, accepted);
        VectorFiles.Passed(cases);
    }

    [Theory]
    [InlineData("json_web_encryption", 2)]
    [InlineData("json_web_crypto", 0)]
    public void Encryptions_are_judged_as_it_says(string name, int valid)
    {
        var file = VectorFiles.Json($"wycheproof/{name}_test.json");
        var (cases, accepted) = (0, 0);
        foreach (var (group, test) in Tests(file, "jwe"))
        {
            var jwe = Text(test["jwe"]!);
            var expected = (string)test["result"]! == "valid"
                && HeaderMember(jwe, "alg") == JweEncryption.EcdhEs
                && JweEncryption.All.Contains(HeaderMember(jwe, "enc"));
            using var key = PrivateKey(group["private"]!.AsObject());
            var plaintext = Decrypted(jwe, key);
            Assert.True((plaintext is not null) == expected, $"tcId {test["tcId"]} {group["comment"]} {test["comment"]}");
            if (plaintext is not null) Assert.Equal((string)test["pt"]!, Convert.ToHexStringLower(plaintext));
            cases++;
            if (expected) accepted++;
        }

        Assert.Equal((int)file["numberOfTests"]! - Tests(file, "jws").Count(), cases);
        Assert.Equal(valid, accepted);
        VectorFiles.Passed(cases);
    }

    [Fact]
    public void ES256_signatures_are_judged_as_it_says()
    {
        var file = VectorFiles.Json("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
        var (cases, valid) = (0, 0);
        foreach (var group in file["testGroups"]!.AsArray())
        {
            var point = Convert.FromHexString((string)group!["publicKey"]!["uncompressed"]!);
            using var key = VerificationKey.Import(new Jwk("EC") { Crv = "P-256", X = Base64Url.Encode(point.AsSpan(1, 32)), Y = Base64Url.Encode(point.AsSpan(33)) });
            foreach (var test in group["tests"]!.AsArray())
            {
                var accepted = key.Verify(JoseAlgorithm.ES256, Convert.FromHexString((string)test!["msg"]!), Convert.FromHexString((string)test["sig"]!));
                Assert.True(accepted == ((string)test["result"]! == "valid"), $"tcId {test["tcId"]} {test["comment"]}");
                cases++;
                if (accepted) valid++;
            }
        }

        Assert.Equal((int)file["numberOfTests"]!, cases);
        Assert.Equal(173, valid);
        VectorFiles.Passed(cases);
    }

    private static IEnumerable<(JsonObject Group, JsonObject Test)> Tests(JsonNode file, string kind) =>
        from item in file["testGroups"]!.AsArray()
        from test in item["tests"]!.AsArray()
        where test!.AsObject().ContainsKey(kind)
        select (item.AsObject(), test.AsObject());

    private static bool Verifies(JsonObject group, string compact)
    {
        var keys = (group["public"] ?? group["private"])!.AsObject();
        try
        {
            var jws = Jws.Parse(compact);
            foreach (var item in keys["keys"]?.AsArray() ?? [keys.DeepClone()])
            {
                var json = Public(item!.AsObject());
                if (keys.ContainsKey("keys") && (string?)json["kid"] != jws.KeyId) continue;
                using var key = VerificationKey.Import(Jwk.Parse(json));
                if (jws.IsSignedBy(key)) return true;
            }

            return false;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private static byte[]? Decrypted(string compact, ECDiffieHellman key)
    {
        try
        {
            return Jwe.Parse(compact).Decrypt(key, JweEncryption.All);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    // Some are in JSON serialization, which is not read here.
    private static string Text(JsonNode token) => token is JsonValue ? (string)token! : token.ToJsonString();

    private static JsonObject Public(JsonObject key)
    {
        var copy = key.DeepClone().AsObject();
        foreach (var name in (string[])["d", "p", "q", "dp", "dq", "qi", "k"]) copy.Remove(name);
        return copy;
    }

    private static ECDiffieHellman PrivateKey(JsonObject jwk) => (string?)jwk["crv"] == "P-256"
        ? ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.Decode((string)jwk["d"]!),
            Q = new() { X = Base64Url.Decode((string)jwk["x"]!), Y = Base64Url.Decode((string)jwk["y"]!) },
        })
        : ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    private static string? HeaderMember(string compact, string name) =>
        Base64Url.TryDecode(compact.AsSpan(0, Math.Max(0, compact.IndexOf('.'))), out var bytes) && bytes.Length > 0
            ? (string?)StrictJson.ParseObject(bytes)[name]
            : null;
}
