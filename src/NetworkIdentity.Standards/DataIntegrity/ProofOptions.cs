using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What a new proof says, but for its value [DI §2.1].</summary>
/// <param name="Cryptosuite">The suite's name.</param>
/// <param name="VerificationMethod">The URL of the key that signs.</param>
/// <param name="ProofPurpose">What the proof is for, for example <see cref="ControlledIdentifierDocument.AssertionMethod"/>.</param>
public sealed record ProofOptions(string Cryptosuite, string VerificationMethod, string ProofPurpose)
{
    /// <summary>The proof's own <c>id</c>, a URL; another proof refers to it by that.</summary>
    public string? Id { get; init; }

    /// <summary>When it is made; written in whole seconds.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Until when it holds; written in whole seconds.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Where it is meant to be shown; empty for anywhere.</summary>
    public IReadOnlyList<string> Domain { get; init; } = [];

    /// <summary>What the verifier asked to be answered.</summary>
    public string? Challenge { get; init; }

    /// <summary>Something that makes it unlike another of the same document.</summary>
    public string? Nonce { get; init; }

    /// <summary>The ids of the proofs that this one secures too, and needs.</summary>
    public IReadOnlyList<string> PreviousProof { get; init; } = [];

    /// <summary>The proof as it stands in a document, without its value.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["type"] = DataIntegrityProof.Type };
        if (Id is not null) json["id"] = Id;
        json["cryptosuite"] = Cryptosuite;
        if (Created is { } created) json["created"] = DateTimeStamp.Write(created);
        if (Expires is { } expires) json["expires"] = DateTimeStamp.Write(expires);
        json["verificationMethod"] = VerificationMethod;
        json["proofPurpose"] = ProofPurpose;
        if (OneOrMore(Domain) is { } domain) json["domain"] = domain;
        if (Challenge is not null) json["challenge"] = Challenge;
        if (Nonce is not null) json["nonce"] = Nonce;
        if (OneOrMore(PreviousProof) is { } previous) json["previousProof"] = previous;
        return json;
    }

    private static JsonNode? OneOrMore(IReadOnlyList<string> values) => values switch
    {
        [] => null,
        [var one] => one,
        _ => new JsonArray([.. values.Select(value => (JsonNode)value)]),
    };
}
