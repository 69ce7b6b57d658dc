using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.House;
using static NetworkIdentity.Tests.Standards.DataIntegrity.ProofWorld;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

/// <summary>
/// Proofs of and for software that this project did not write: tests/interop/proofs-ours.json holds documents that were signed here, which
/// tests/interop/data-integrity.test.mjs verifies with a stranger's library; proofs-theirs.json holds those that the library signed.
/// </summary>
public sealed class StrangersProofTests
{
    private static JsonArray Proofs(string whose) =>
        StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(Tree.Read($"tests/interop/proofs-{whose}.json")))!.AsArray();

    /// <summary>What is signed here for them: numbers, names and texts that two writers of JSON would write in two ways.</summary>
    private static JsonObject Document() => Json("""
        {"@context":["https://www.w3.org/ns/credentials/v2","https://nation.example/context/v1"],"id":"urn:uuid:6f1c1f0e-3f5c-4f0c-9d2c-0a5f5d3f7b11",
         "type":["VerifiableCredential","Membership"],"issuer":"https://nation.example/issuer","validFrom":"2026-01-01T00:00:00Z",
         "credentialSubject":{"id":"did:example:holder","numbers":[1e21,1E-7,0.000001,100,-0.0,4.50,333333333.33333329],
         "\ud83d\ude02":"smile","\ufb33":"dalet","\u20ac":"\u2028\u0000\u007f</script>\"\\\/","names":["\u0141ukasz"],"open":true,"left":null}}
        """);

    [Fact]
    public void What_the_stranger_signed_verifies()
    {
        var all = Proofs("theirs");
        foreach (var one in all)
        {
            var signed = one!["document"]!.AsObject();
            var verified = SecuredDocument.Parse(signed).Verify(Expected, _ => one["controller"]!.AsObject());
            var unsigned = signed.DeepClone().AsObject();
            unsigned.Remove("proof");
            Assert.Equal(Jcs.Canonicalize(unsigned), Jcs.Canonicalize(verified.Document));
            signed["credentialSubject"]!["level"] = 4;
            Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed, controller: one["controller"]!.AsObject()));
        }

        Assert.Equal(["Ed25519", "P-256", "P-384", "Ed25519, twice"], all.Select(one => one!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void What_the_stranger_verifies_is_what_is_signed_here()
    {
        var all = Proofs("ours");
        foreach (var one in all)
        {
            var verified = SecuredDocument.Parse(one!["document"]!.AsObject()).Verify(Expected, _ => one["controller"]!.AsObject());
            Assert.Equal(Jcs.Canonicalize(Document()), Jcs.Canonicalize(verified.Document));
        }

        // By Ed25519 a document has one proof.
        var options = Options() with { Created = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000) };
        Assert.True(JsonNode.DeepEquals(Signed(Document(), options), all[0]!["document"]));
        Assert.True(JsonNode.DeepEquals(Signed(Signed(Document(), options), options with { Nonce = "again" }), all[3]!["document"]));
        Assert.Equal(["Ed25519", "P-256", "P-384", "Ed25519, twice"], all.Select(one => one!["name"]!.GetValue<string>()));
    }
}
