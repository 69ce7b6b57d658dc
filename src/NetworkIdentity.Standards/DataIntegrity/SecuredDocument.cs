using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A document with one proof or several, read but not yet verified [DI §4].</summary>
/// <remarks>
/// It is read first, so that a caller can decide by <see cref="Proofs"/> whom to trust before anything is fetched; then the documents that hold the
/// keys are handed to <see cref="Verify"/>.
/// </remarks>
public sealed class SecuredDocument
{
    /// <summary>The most proofs of a document that are looked at.</summary>
    public const int MaxProofs = 16;

    private const string Proof = "proof";
    private const string ProofValue = "proofValue";

    private readonly JsonObject _document;

    private SecuredDocument(JsonObject document, IReadOnlyList<DataIntegrityProof> proofs)
    {
        _document = document;
        Proofs = proofs;
    }

    /// <summary>The proofs, in their order.</summary>
    public IReadOnlyList<DataIntegrityProof> Proofs { get; }

    /// <summary>Reads the proofs of a document, and who of them refers to whom [DI §4.4 steps 2 to 4] [DI §4.5].</summary>
    /// <param name="document">As <see cref="StrictJson"/> read it. It is kept: it must not change until it is verified.</param>
    /// <exception cref="Refusal">
    /// PARSING_ERROR: no proof, or too many. PROOF_VERIFICATION_ERROR: one that can't be right, or refers to one that is not there.
    /// INVALID_VERIFICATION_METHOD_URL.
    /// </exception>
    public static SecuredDocument Parse(JsonObject document)
    {
        var all = Refusal.Recode(DataIntegrityRefusal.ParsingCode, () => ProofsOf(document));
        if (all.Count is 0 or > MaxProofs) throw DataIntegrityRefusal.Parsing($"the document must have 1 to {MaxProofs} proofs");
        var proofs = all.Select(DataIntegrityProof.Parse).ToList();
        var ids = proofs.Where(proof => proof.Id is not null).ToList();
        if (ids.DistinctBy(proof => proof.Id).Count() != ids.Count) throw DataIntegrityRefusal.Verification("two proofs have one id");

        // A chain has a beginning: proofs whose predecessors are all known to lead to one are taken away until none is left.
        var grounded = new HashSet<string>(StringComparer.Ordinal);
        var open = proofs;
        while (open.Count > 0)
        {
            var left = open.Where(proof => !proof.PreviousProof.All(grounded.Contains)).ToList();
            if (left.Count == open.Count) throw DataIntegrityRefusal.Verification("previousProof names a proof that is not there, or one that rests on this");
            foreach (var proof in open.Except(left))
                if (proof.Id is not null) grounded.Add(proof.Id);
            open = left;
        }

        return new(document, proofs);
    }

    /// <summary>Verifies every proof [DI §4.4] [DI §4.5].</summary>
    /// <param name="expected">What each of them is held against.</param>
    /// <param name="documentOf">
    /// The controlled identifier document of a proof, which <see cref="DataIntegrityProof.ControllerUrl"/> led to. What it throws is thrown on: where there
    /// is no such document nothing is known of the proof.
    /// </param>
    /// <exception cref="Refusal">By the codes of <see cref="DataIntegrityRefusal"/>, for the first proof that is not right.</exception>
    public VerifiedDocument Verify(ProofExpectations expected, Func<DataIntegrityProof, JsonObject> documentOf)
    {
        foreach (var proof in Proofs) Check(proof, expected);

        var verified = new List<VerifiedProof>();
        byte[]? all = null;
        foreach (var proof in Proofs)
        {
            var method = ControlledIdentifierDocument.Retrieve(documentOf(proof), proof.VerificationMethod, proof.ProofPurpose, expected.Now);
            var (secured, hashData) = Refusal.Recode(DataIntegrityRefusal.VerificationCode, () => SecuredBy(proof, method.Key));

            // A proof may have been made before the context grew: what one secured, and another did not, must not look as if both had.
            if (all is not null && !JsonNode.DeepEquals(VerifiedDocument.Read(all), VerifiedDocument.Read(secured))) throw DataIntegrityRefusal.Verification("the proofs are of documents with different contexts");
            all = secured;
            verified.Add(new(proof, method, hashData));
        }

        return new(all!, verified);
    }

    /// <summary>Adds a proof to a document that has none, or one more to one that has some [DI §4.2] [DI §4.3].</summary>
    /// <param name="document">The document, which is left as it is.</param>
    /// <param name="options">What the proof says.</param>
    /// <param name="key">The key that <see cref="ProofOptions.VerificationMethod"/> names.</param>
    /// <param name="cancellation">Where the key is elsewhere.</param>
    /// <returns>A copy with the proof.</returns>
    /// <exception cref="Refusal">PROOF_GENERATION_ERROR: an unknown suite or one that is not the key's, a previous proof that is not there, an id that is.</exception>
    public static async ValueTask<JsonObject> AddProofAsync(JsonObject document, ProofOptions options, SigningKey key, CancellationToken cancellation = default)
    {
        var draft = Draft(document, options, key.PublicKey);
        return draft.Complete(await key.SignAsync(draft.ToBeSigned, cancellation));
    }

    /// <summary>The bytes that a new proof will sign, for who keeps them before they are signed.</summary>
    /// <param name="document">The document, which is left as it is.</param>
    /// <param name="options">What the proof says.</param>
    /// <param name="key">The public key that <see cref="ProofOptions.VerificationMethod"/> names.</param>
    /// <exception cref="Refusal">As <see cref="AddProofAsync"/> does.</exception>
    public static UnsignedProof Draft(JsonObject document, ProofOptions options, Jwk key)
    {
        var suite = Cryptosuite.Of(options.Cryptosuite)
            ?? throw DataIntegrityRefusal.Generation($"the cryptosuite is not known: {string.Join(" and ", Cryptosuite.Names)} are");
        if (suite.AlgorithmOf(key) is null) throw DataIntegrityRefusal.Generation($"{suite.Name} does not sign with a key of this kind");
        return Refusal.Recode(DataIntegrityRefusal.GenerationCode, () =>
        {
            // [DI §4.3] steps 1 to 5.
            var others = ProofsOf(document);
            if (others.Count >= MaxProofs) throw Refusal.Malformed($"the document has {MaxProofs} proofs, which is the most");
            if (options.Id is not null && others.Any(other => other.OptionalString("id") == options.Id)) throw Refusal.Malformed("the document has a proof of this id");
            var matching = others.Where(other => other.OptionalString("id") is { } id && options.PreviousProof.Contains(id)).ToList();
            if (matching.Count != options.PreviousProof.Count) throw Refusal.Malformed("previousProof names a proof that is not there, or one twice");

            // Step 6, and [DI §4.2]: what is read back is what a verifier will read.
            var proof = options.ToJson();
            proof[ProofValue] = "z";
            _ = DataIntegrityProof.Read(proof);
            proof.Remove(ProofValue);
            var toBeSigned = suite.ToBeSigned(With(document.Where(member => member.Key != Proof), matching), proof, key);

            // Step 7, but for the value.
            var output = document.DeepClone().AsObject();
            output[Proof] = others.Count == 0 ? proof : ArrayOf([.. others, proof]);
            return new UnsignedProof(output, toBeSigned);
        });
    }

    /// <summary>What can be said of a proof before its key is known [DI §4.4 steps 5 to 7].</summary>
    private static void Check(DataIntegrityProof proof, ProofExpectations expected)
    {
        if (proof.Suite is null) throw DataIntegrityRefusal.Verification($"the type or cryptosuite of a proof is not known: {string.Join(" and ", Cryptosuite.Names)} are");
        if (proof.ProofPurpose != expected.ProofPurpose) throw DataIntegrityRefusal.Verification("proofPurpose is not what the proof is used for");
        if (expected.Domain is not null && !proof.Domain.ToHashSet(StringComparer.Ordinal).SetEquals(expected.Domain)) throw DataIntegrityRefusal.InvalidDomain();
        if (expected.Challenge is not null && proof.Challenge != expected.Challenge) throw DataIntegrityRefusal.InvalidChallenge();
        if (proof.Expires <= expected.Now) throw DataIntegrityRefusal.Verification("the proof has expired");
        if (proof.Created > expected.Now + expected.Skew) throw DataIntegrityRefusal.Verification("created of the proof is in the future");
    }

    /// <summary>What a proof secures, if its signature is the key's [DI §4.4 step 8].</summary>
    private (byte[] Document, byte[] HashData) SecuredBy(DataIntegrityProof proof, Jwk key)
    {
        var algorithm = proof.Suite!.AlgorithmOf(key) ?? throw Refusal.Malformed($"the key is not of a kind that {proof.Suite.Name} signs with");

        // [DI §4.5] steps 3.2 and 3.3: the proofs that this one refers to are of what it signs; a document without any is one without the member.
        var matching = Proofs.Where(other => other.Id is { } id && proof.PreviousProof.Contains(id)).Select(other => other.Json).ToList();
        var document = With(_document.Where(member => member.Key != Proof), matching);

        var secured = proof.Suite.ToBeVerified(document, proof.Options, key);
        using var verification = VerificationKey.Import(key);
        if (!verification.Verify(algorithm, secured.HashData, proof.ProofValue)) throw Refusal.Malformed("the proof is not its key's signature of this document");
        return (secured.Document, secured.HashData);
    }

    /// <summary>A document's members, and the proofs that another refers to, where there are any.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> With(IEnumerable<KeyValuePair<string, JsonNode?>> document, List<JsonObject> matching) =>
        matching.Count == 0 ? document : document.Append(new(Proof, ArrayOf(matching)));

    private static IReadOnlyList<JsonObject> ProofsOf(JsonObject document) => !document.TryGetPropertyValue(Proof, out var node) ? []
        : node switch
        {
            JsonObject one => [one],
            JsonArray many => [.. many.Select(item => item as JsonObject ?? throw NotProof())],
            _ => throw NotProof(),
        };

    private static Refusal NotProof() => Refusal.Malformed("proof must be an object, or an array of some");

    private static JsonArray ArrayOf(IReadOnlyList<JsonObject> proofs) => [.. proofs.Select(proof => proof.DeepClone())];
}
