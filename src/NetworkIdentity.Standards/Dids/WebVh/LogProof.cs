using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>The proofs of did:webvh, of entries and of witnesses alike: <c>eddsa-jcs-2022</c> by a did:key, and no other [DID-WebVH §Authorized Keys].</summary>
internal static class LogProof
{
    /// <summary>Verifies all proofs of a document; each must be by one of the keys.</summary>
    /// <param name="document">The document with its proofs.</param>
    /// <param name="keys">The Multikeys that may sign.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Refusal">invalidProof.</exception>
    public static void Verify(JsonObject document, IReadOnlyCollection<string> keys, DateTimeOffset now)
    {
        SecuredDocument secured;
        try
        {
            secured = SecuredDocument.Parse(document);
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidProof(refusal.Description, refusal);
        }

        foreach (var proof in secured.Proofs)
        {
            // 1. The suite is this one, whatever other suites could be verified here.
            if (proof.Suite is not EddsaJcs2022) throw DidRefusal.InvalidProof($"a proof is not of {EddsaJcs2022.Cryptosuite}");

            // 2. The key that is named is the key that verifies: the body of the did:key and its fragment are one.
            string key;
            try
            {
                key = DidKey.BodyOf(proof.VerificationMethod);
            }
            catch (Refusal refusal)
            {
                throw DidRefusal.InvalidProof(refusal.Description, refusal);
            }

            // 3. It may sign.
            if (!keys.Contains(key)) throw DidRefusal.InvalidProof("a proof is by a key that may not sign this");
        }

        try
        {
            // 4. The purpose, and the signature, by the key in the DID and no other.
            _ = secured.Verify(
                new(ControlledIdentifierDocument.AssertionMethod, now) { Skew = WebVhLog.Tolerance },
                proof => DidKey.Document(proof.ControllerUrl));
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidProof(refusal.Description, refusal);
        }
    }

    /// <summary>A document with one proof, in an array.</summary>
    /// <param name="document">Without a proof.</param>
    /// <param name="key">Ed25519.</param>
    /// <param name="now">The time, which becomes <c>created</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<JsonObject> SignAsync(JsonObject document, SigningKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        var method = DidKey.KeyUrl(DidKey.Of(key.PublicKey));
        var options = new ProofOptions(EddsaJcs2022.Cryptosuite, method, ControlledIdentifierDocument.AssertionMethod) { Created = now };
        var signed = await SecuredDocument.AddProofAsync(document, options, key, cancellation);
        var proof = signed["proof"]!.DeepClone();
        signed["proof"] = new JsonArray(proof);
        return signed;
    }
}
