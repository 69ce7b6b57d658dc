using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>The credential in evidence, read and not yet verified: one, as its issuer gave it, without whatever its holder adds when it is shown.</summary>
internal sealed class EvidenceCredential
{
    private EvidenceCredential(string text, SdJwt? sdJwt, SdJwtVc? vc, SecuredCredential? secured) => (Text, SdJwt, Vc, Secured) = (text, sdJwt, vc, secured);

    /// <summary>The text, as <see cref="PublicVerifier"/> takes it.</summary>
    public string Text { get; }

    /// <summary>Of a dc+sd-jwt: the SD-JWT.</summary>
    public SdJwt? SdJwt { get; }

    /// <summary>Of a dc+sd-jwt: what it says.</summary>
    public SdJwtVc? Vc { get; }

    /// <summary>Of a W3C credential: what it says, and what secures it.</summary>
    public SecuredCredential? Secured { get; }

    /// <summary>When it was signed, as it says: the time by which its issuer's key is looked for. Null where it says none.</summary>
    public DateTimeOffset? SignedAt => Vc is not null ? Vc.IssuedAt
        : (Secured!.Embedded is { } document ? document.Proofs.Min(proof => proof.Created) : Secured.Enveloping!.Claims.IssuedAt) ?? Secured.Credential.ValidFrom;

    /// <summary>From when, and until when, it is valid, as it says; null for what it doesn't say.</summary>
    public (DateTimeOffset? From, DateTimeOffset? Until) Times => Vc is not null
        ? (Vc.NotBefore > Vc.IssuedAt ? Vc.NotBefore : Vc.IssuedAt, Vc.ExpiresAt)
        : (Secured!.Credential.ValidFrom, Secured.Credential.ValidUntil);

    /// <summary>The version of the charter under which it was issued, as it says.</summary>
    public string? CharterVersion => (Vc is not null ? Vc.Claims["charter_version"] : Secured!.Credential.Subjects is [var subject] ? subject["charter_version"] : null)?.ToString();

    /// <summary>Where its status stands, list by list; an entry of the W3C standard where it has one.</summary>
    public IReadOnlyList<(string Uri, long Index, BitstringStatusListEntry? Entry)> Statuses => Vc is not null
        ? Vc.Status is { } reference ? [(reference.Uri, reference.Index, null)] : []
        : [.. BitstringStatusListEntry.Of(Secured!.Credential.Json).Select(entry => (entry.ListCredential, entry.Index, (BitstringStatusListEntry?)entry))];

    /// <summary>Reads one: a compact token, or a document with proofs.</summary>
    /// <exception cref="Refusal">It is no credential, several, a presentation, or one with a key binding behind it.</exception>
    public static EvidenceCredential Read(JsonNode node)
    {
        var isText = node is JsonValue value && value.GetValueKind() == JsonValueKind.String;
        var text = isText ? node.GetValue<string>() : StrictJson.WriteText(node);
        if (isText ? text is not [not ('{' or '[' or '"'), ..] : node is not JsonObject document || !document.ContainsKey("@context")) throw Refusal.Malformed("the credential is a compact token or a document");
        if (isText && text.AsSpan().ContainsAnyExceptInRange('!', '~')) throw Refusal.Malformed("there is something around the credential");
        if (BroughtText.Read(text) is not [var (kind, secured)]) throw Refusal.Malformed("evidence is of one credential");
        switch (kind)
        {
            case BroughtText.Kind.SdJwtVc:
                var sdJwt = SdJwt.Parse(secured.GetValue<string>());
                if (sdJwt.KeyBindingJwt is not null) throw Refusal.Malformed("the credential in evidence has no key binding: it is not shown to anyone");
                return new(secured.GetValue<string>(), sdJwt, SdJwtVc.Read(sdJwt), null);
            case BroughtText.Kind.Credential:
                return new(text, null, null, SecuredCredential.Read(secured));
            default:
                throw Refusal.Malformed("evidence is of a credential, and not of a presentation");
        }
    }

    /// <summary>What its issue has in the log: SHA-256, as base64url, of what was signed, or of the digest of a token's; null where the proof of a document does not hold.</summary>
    public async Task<string?> DigestAsync(DidResolver dids, TimeProvider time)
    {
        if (SdJwt is not null) return Of(SdJwt.IssuerSigned.SigningInput.Span);
        if (Secured!.Enveloping is { } token) return Of(SHA256.HashData(token.Jws.SigningInput.Span));
        try
        {
            return Of((await new IssuerProofs(dids, time).VerifyAsync(Secured)).Committed);
        }
        catch (Refusal)
        {
            return null;
        }

        static string Of(ReadOnlySpan<byte> committed) => Base64Url.Encode(SHA256.HashData(committed));
    }
}
