using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What all proofs of a document secure.</summary>
public sealed class VerifiedDocument
{
    private readonly byte[] _secured;
    private JsonObject? _document;

    internal VerifiedDocument(byte[] secured, IReadOnlyList<VerifiedProof> proofs) => (_secured, Proofs) = (secured, proofs);

    /// <summary>The document without its proofs, read from the bytes that were hashed: what is used is what was verified, and nothing beside it.</summary>
    public JsonObject Document => _document ??= Read(_secured);

    /// <summary>The proofs, each with its key, in their order.</summary>
    public IReadOnlyList<VerifiedProof> Proofs { get; }

    /// <summary>Reads bytes that a suite wrote: nothing in them has to be looked for that strangers could have put there.</summary>
    internal static JsonObject Read(byte[] secured)
    {
        var document = JsonObject.Create(JsonElement.Parse(secured))!;
        document.Remove("proof");
        return document;
    }
}
