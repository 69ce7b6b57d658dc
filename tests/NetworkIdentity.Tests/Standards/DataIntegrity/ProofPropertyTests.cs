using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Standards.DataIntegrity.ProofWorld;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

/// <summary>Of documents made at random from a fixed seed: what is signed verifies, and whatever is changed then is refused.</summary>
public sealed class ProofPropertyTests
{
    [Fact]
    public void What_is_signed_verifies_however_it_is_spelled()
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        foreach (var key in new[] { Ed, P256, P384 })
        {
            for (var round = 0; round < 100; round++)
            {
                var document = RandomJson.Object(mutator);
                document.Remove("proof");
                document.Remove("@context");
                if (mutator.Next(2) == 0) document["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2");
                var signed = Signed(document, Options(key) with { Nonce = $"{mutator.Next(1000)}" }, key);
                var read = StrictJson.ParseObject(RandomJson.Spelled(signed, mutator));
                var verified = Verify(read, controller: Controller(key)).Document;
                Assert.Equal(Jcs.Canonicalize(document), Jcs.Canonicalize(verified));
            }
        }
    }

    /// <summary>The keys that sign, and how many changes are tried of each: ECDSA takes its time.</summary>
    public static TheoryData<string, int> Curves => new() { { "Ed25519", 4000 }, { "P-256", 1500 }, { "P-384", 1000 } };

    [Theory]
    [MemberData(nameof(Curves))]
    public void A67_whatever_is_changed_in_a_document_or_its_proof_is_refused(string curve, int changes)
    {
        var (mutator, key) = (new Mutator(Mutator.UsualSeed), KeyOf(curve));
        var (controller, tried) = (Controller(key), changes * Mutator.Times);
        var first = Signed(options: Options(key) with { Id = "urn:one", Expires = Now.AddDays(1), Challenge = "c", Domain = ["a.example"] }, key: key);
        var original = Signed(first, Options(key) with { PreviousProof = ["urn:one"] }, key);
        var expected = Verify(original, controller: controller).Document;
        var canonical = Jcs.Canonicalize(original);
        var (refused, same, grown) = (0, 0, 0);
        for (var round = 0; round < tried; round++)
        {
            var text = mutator.Json(original);
            try
            {
                var mutant = StrictJson.ParseObject(text);
                var verified = Verify(mutant, controller: controller).Document;

                // It is the same by the model, or the context alone has grown; and what the verifier is told never changes.
                Assert.True(JsonNode.DeepEquals(expected, verified));
                if (Jcs.Canonicalize(mutant).AsSpan().SequenceEqual(canonical)) same++;
                else
                {
                    mutant["@context"] = expected["@context"]!.DeepClone();
                    Assert.Equal(canonical, Jcs.Canonicalize(mutant));
                    grown++;
                }
            }
            catch (Refusal)
            {
                refused++;
            }
        }

        Assert.Equal(tried, refused + same + grown);
        Assert.InRange(same + grown, 0, tried / 40);
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void A67_every_character_of_a_signed_text_counts(string curve, int changes)
    {
        var key = KeyOf(curve);
        var (controller, text) = (Controller(key), StrictJson.WriteText(Signed(key: key)));
        var read = Verify(StrictJson.ParseObject(text), controller: controller).Document;
        var (refused, step) = (0, 4000 / changes);
        for (var at = 0; at < text.Length; at += step)
        {
            foreach (var with in new[] { 'x', '7' })
            {
                if (text[at] == with) continue;
                try
                {
                    // None reads as the same: a context may grow, but not by a changed character.
                    _ = Verify(StrictJson.ParseObject(text[..at] + with + text[(at + 1)..]), controller: controller);
                    Assert.Fail($"position {at}: {text[at]} became {with}");
                }
                catch (Refusal)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > text.Length / step);
        Assert.True(JsonNode.DeepEquals(Credential(), read));
    }

    private static SigningKey KeyOf(string curve) => new[] { Ed, P256, P384 }.Single(key => key.PublicKey.Crv == curve);
}
