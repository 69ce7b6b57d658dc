using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;

namespace NetworkIdentity.Verifying;

/// <summary>A W3C presentation as it came, read and not yet verified.</summary>
/// <param name="Presentation">What it says.</param>
/// <param name="Embedded">Its proofs; null where it is enveloped.</param>
/// <param name="Enveloping">The token it is in; null where its proof is inside.</param>
internal sealed record SecuredPresentation(VerifiablePresentation Presentation, SecuredDocument? Embedded, EnvelopingProof? Enveloping)
{
    /// <summary>The most credentials that are looked at.</summary>
    public const int MaxCredentials = 16;

    /// <summary>The most proofs that are looked at. Anyone can make one that is right, and each costs a verification.</summary>
    public const int MaxProofs = 4;

    /// <summary>The credentials in it, each as it came.</summary>
    public IEnumerable<JsonObject> Credentials => Presentation.Json["verifiableCredential"] switch
    {
        JsonObject one => [one],
        JsonArray many => many.OfType<JsonObject>(),
        _ => [],
    };

    /// <summary>Whether what came says that it is a presentation, whatever else is wrong with it.</summary>
    public static bool IsOne(JsonNode? secured) => secured switch
    {
        JsonObject json => Types(json).Any(type => type is VerifiablePresentation.Type or Envelope.PresentationType),
        _ => false,
    };

    /// <summary>Reads one: a compact token, an envelope of the data model, or a document with proofs.</summary>
    /// <param name="secured">What came.</param>
    /// <param name="least">The fewest credentials in it. Without any it says who its holder is, and nothing more.</param>
    /// <exception cref="Refusal">By the codes of <see cref="CredentialRefusal"/> and <see cref="DataIntegrityRefusal"/>.</exception>
    public static SecuredPresentation Read(JsonNode? secured, int least = 1)
    {
        var read = secured switch
        {
            JsonObject json when Envelope.IsOne(json) => Read(Envelope.Read(json).Open()),
            JsonObject json => new(VerifiablePresentation.Read(json), SecuredDocument.Parse(json), null),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => Read(EnvelopingProof.Parse(value.GetValue<string>())),
            _ => throw CredentialRefusal.Malformed("a presentation is a JSON object or a text"),
        };
        if (read.Embedded?.Proofs.Count > MaxProofs) throw CredentialRefusal.Malformed($"a presentation has at most {MaxProofs} proofs here");
        var count = read.Credentials.Count();
        return count >= least && count <= MaxCredentials ? read : throw CredentialRefusal.Malformed($"a presentation has {least} to {MaxCredentials} credentials here");
    }

    private static SecuredPresentation Read(EnvelopingProof proof) => proof.IsPresentation
        ? new(VerifiablePresentation.Read(proof.Document), null, proof)
        : throw CredentialRefusal.Malformed("it is a credential, where a presentation must be");

    private static IEnumerable<string> Types(JsonObject json) => json["type"] switch
    {
        JsonArray types => types.OfType<JsonValue>().Select(type => type.ToString()),
        JsonValue type => [type.ToString()],
        _ => [],
    };
}
