using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A cryptosuite [DI §3]: how a document and the options of a proof become the bytes that are signed, and by which keys.</summary>
/// <remarks>
/// The suites that canonicalize RDF, <c>eddsa-rdfc-2022</c> and <c>ecdsa-rdfc-2019</c>, will stand beside <see cref="JcsCryptosuite"/>; until
/// then their names are as unknown as any other.
/// </remarks>
public abstract class Cryptosuite
{
    private static readonly Cryptosuite[] All = [new EddsaJcs2022(), new EcdsaJcs2019()];

    /// <summary>The value of <c>cryptosuite</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The names of all that are known.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(suite => suite.Name)];

    /// <summary>The suite of a name; null where it is not known.</summary>
    public static Cryptosuite? Of(string name) => Array.Find(All, suite => suite.Name == name);

    /// <summary>The JOSE name of the signatures that a key makes in this suite; null where the suite has no such keys.</summary>
    public abstract string? AlgorithmOf(Jwk key);

    /// <summary>The bytes that a new proof signs; what the suite has to say about its options is written into them.</summary>
    /// <param name="document">The document: without a proof, or with those alone that the new one refers to.</param>
    /// <param name="options">The proof, but for its value.</param>
    /// <param name="key">The key that will sign, which decides the hash.</param>
    internal abstract byte[] ToBeSigned(JsonObject document, JsonObject options, Jwk key);

    /// <summary>The bytes that a proof must be the signature of, and what it secures then.</summary>
    /// <param name="document">The members of the document: without a proof, or with those alone that the proof refers to.</param>
    /// <param name="options">The proof, but for its value.</param>
    /// <param name="key">The key of its verification method.</param>
    /// <exception cref="Refusal">PROOF_VERIFICATION_ERROR: whatever the signature is, it is not of this document. Malformed: it can't be canonicalized.</exception>
    internal abstract SecuredBytes ToBeVerified(IEnumerable<KeyValuePair<string, JsonNode?>> document, IEnumerable<KeyValuePair<string, JsonNode?>> options, Jwk key);

    /// <summary>What a proof is the signature of.</summary>
    /// <param name="HashData">The bytes that are signed.</param>
    /// <param name="Document">What stands in the document, by what was hashed; proofs that it refers to among it.</param>
    internal sealed record SecuredBytes(byte[] HashData, byte[] Document);
}
