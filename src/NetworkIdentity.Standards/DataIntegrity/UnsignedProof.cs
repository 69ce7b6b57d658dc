using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A document whose last proof has no value yet [DI §4.2].</summary>
/// <param name="Document">The document, with that proof in its place.</param>
/// <param name="ToBeSigned">The bytes that the proof's key signs.</param>
public sealed record UnsignedProof(JsonObject Document, byte[] ToBeSigned)
{
    /// <summary>Writes the proof's value into <see cref="Document"/>, and returns that.</summary>
    /// <param name="signature">What the key made of <see cref="ToBeSigned"/>.</param>
    public JsonObject Complete(byte[] signature)
    {
        var proof = Document["proof"] is JsonArray proofs ? (JsonObject)proofs[^1]! : (JsonObject)Document["proof"]!;
        proof["proofValue"] = Multibase.Base58(signature);
        return Document;
    }
}
