using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
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

    [Fact]
    public void A67_whatever_is_changed_in_a_document_or_its_proof_is_refused()
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        var original = Signed(Signed(options: Options() with { Id = "urn:one", Expires = Now.AddDays(1), Challenge = "c", Domain = ["a.example"] }), Options() with { PreviousProof = ["urn:one"] });
        var expected = Verify(original).Document;
        var canonical = Jcs.Canonicalize(original);
        var (refused, same, grown) = (0, 0, 0);
        for (var round = 0; round < 4000 * Mutator.Times; round++)
        {
            var text = mutator.Json(original);
            try
            {
                var mutant = StrictJson.ParseObject(text);
                var verified = Verify(mutant).Document;

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

        Assert.InRange(refused, 3900 * Mutator.Times, 4000 * Mutator.Times);
        Assert.InRange(same + grown, 0, 100 * Mutator.Times);
    }

    [Fact]
    public void A67_every_character_of_a_signed_text_counts()
    {
        var text = StrictJson.WriteText(Signed());
        var read = Verify(StrictJson.ParseObject(text)).Document;
        var refused = 0;
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var with in new[] { 'x', '7' })
            {
                if (text[at] == with) continue;
                try
                {
                    // None reads as the same: a context may grow, but not by a changed character.
                    _ = Verify(StrictJson.ParseObject(text[..at] + with + text[(at + 1)..]));
                    Assert.Fail($"position {at}: {text[at]} became {with}");
                }
                catch (Refusal)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > text.Length);
        Assert.True(JsonNode.DeepEquals(Credential(), read));
    }
}
