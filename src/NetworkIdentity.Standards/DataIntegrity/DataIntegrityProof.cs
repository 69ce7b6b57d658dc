using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A proof as it stands in a document, read but not yet verified [DI §2.1].</summary>
/// <param name="ProofPurpose">What it was made for.</param>
/// <param name="VerificationMethod">The URL of the key that made it.</param>
public sealed record DataIntegrityProof(string ProofPurpose, string VerificationMethod)
{
    /// <summary>The <c>type</c> of every proof of a cryptosuite of today [DI §3.1].</summary>
    public const string Type = "DataIntegrityProof";

    private const int MaxStrings = 16;
    private const int MaxStringLength = 2048;

    /// <summary>Its cryptosuite; null where the proof is of a type or suite that is not known here, so that nobody can say whether it is right.</summary>
    public Cryptosuite? Suite { get; private init; }

    /// <summary>Its <c>id</c>.</summary>
    public string? Id { get; private init; }

    /// <summary>When it was made, as it says.</summary>
    public DateTimeOffset? Created { get; private init; }

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Where it is meant to be shown; empty where it does not say.</summary>
    public IReadOnlyList<string> Domain { get; private init; } = [];

    /// <summary>What it answers.</summary>
    public string? Challenge { get; private init; }

    /// <summary>The ids of the proofs that it secures too, and needs.</summary>
    public IReadOnlyList<string> PreviousProof { get; private init; } = [];

    /// <summary>The URL of the document that its verification method is in.</summary>
    public string ControllerUrl => ControlledIdentifierDocument.UrlOf(VerificationMethod);

    /// <summary>The proof with all its members, those too that are not known here: they are under the signature.</summary>
    internal JsonObject Json { get; private init; } = [];

    /// <summary>The signature.</summary>
    internal byte[] ProofValue { get; private init; } = [];

    /// <summary>Its members but the value.</summary>
    internal IEnumerable<KeyValuePair<string, JsonNode?>> Options => Json.Where(member => member.Key != "proofValue");

    /// <summary>Reads a proof.</summary>
    /// <exception cref="Refusal">PROOF_VERIFICATION_ERROR, INVALID_VERIFICATION_METHOD_URL.</exception>
    public static DataIntegrityProof Parse(JsonObject json) => Refusal.Recode(DataIntegrityRefusal.VerificationCode, () => Read(json));

    internal static DataIntegrityProof Read(JsonObject json)
    {
        var type = json.RequiredString("type");
        var purpose = json.RequiredString("proofPurpose");
        var method = json.RequiredString("verificationMethod");
        _ = ControlledIdentifierDocument.UrlOf(method);
        var suite = type == Type ? Cryptosuite.Of(json.RequiredString("cryptosuite")) : null;
        var proof = new DataIntegrityProof(purpose, method)
        {
            Suite = suite,
            Id = json.OptionalString("id"),
            Created = DateTimeStamp.Optional(json, "created"),
            Expires = DateTimeStamp.Optional(json, "expires"),
            Domain = Strings(json, "domain"),
            Challenge = json.OptionalString("challenge"),
            PreviousProof = Strings(json, "previousProof"),
            Json = json,
            ProofValue = suite is null ? [] : Multibase.Decode(json.RequiredString("proofValue")),
        };
        if (proof.Id is { } id && !StatusListReference.IsUri(id)) throw Refusal.Malformed("id of the proof must be a URL");
        _ = json.OptionalString("nonce");
        return proof;
    }

    /// <summary>A string, or an array of them.</summary>
    private static IReadOnlyList<string> Strings(JsonObject json, string name)
    {
        if (json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String) return [value.GetValue<string>()];
        var strings = json.OptionalStrings(name) ?? [];
        return strings.Count <= MaxStrings && strings.All(text => text.Length <= MaxStringLength) ? strings : throw Refusal.Malformed($"{name} of the proof is too long");
    }
}
