using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Verifying;

/// <summary>A W3C credential as it came, read and not yet verified: with a proof inside, or in an enveloping one.</summary>
/// <param name="Credential">What it says.</param>
/// <param name="Embedded">Its proofs; null where it is enveloped.</param>
/// <param name="Enveloping">The token it is in; null where its proof is inside.</param>
internal sealed record SecuredCredential(VerifiableCredential Credential, SecuredDocument? Embedded, EnvelopingProof? Enveloping)
{
    /// <summary>Its format, as wallets name it; of a token what <c>typ</c> says.</summary>
    public string Format => Enveloping is null ? CredentialQuery.LdpVc : CredentialMediaType.TypeOf(Enveloping.MediaType);

    /// <summary>Reads one: a compact token, an envelope of the data model, or a document with proofs.</summary>
    /// <exception cref="Refusal">By the codes of <see cref="CredentialRefusal"/> and <see cref="DataIntegrityRefusal"/>.</exception>
    public static SecuredCredential Read(JsonNode? secured)
    {
        switch (secured)
        {
            case JsonObject json when Envelope.IsOne(json):
                return Read(Envelope.Read(json).Open());
            case JsonObject json:
                var credential = VerifiableCredential.Read(json);
                return credential.Proofs.Count > 0 ? new(credential, SecuredDocument.Parse(json), null) : throw CredentialRefusal.CryptographicSecurity("the credential has no proof");
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return Read(EnvelopingProof.Parse(value.GetValue<string>()));
            default:
                throw CredentialRefusal.Malformed("a credential is a JSON object or a text");
        }
    }

    private static SecuredCredential Read(EnvelopingProof proof) => proof.IsPresentation
        ? throw CredentialRefusal.Malformed("it is a presentation, where a credential must be")
        : new(VerifiableCredential.Read(proof.Document), null, proof);
}
