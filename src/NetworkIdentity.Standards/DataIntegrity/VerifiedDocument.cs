using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What all proofs of a document secure.</summary>
/// <param name="Document">The document without its proofs, read from the bytes that were hashed: what is used is what was verified, and nothing beside it.</param>
/// <param name="Proofs">The proofs, each with its key, in their order.</param>
public sealed record VerifiedDocument(JsonObject Document, IReadOnlyList<VerifiedProof> Proofs);
