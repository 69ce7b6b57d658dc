using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A credential or presentation that a JWS or an SD-JWT secures, in compact form: read, not yet verified [VC-JOSE-COSE §3] [VC-JOSE-COSE §5].</summary>
/// <remarks>
/// The payload is the document itself. A <c>vc</c> or <c>vp</c> claim, as version 1.1 had them, is refused, and so is a document of version 1.1: such a token is another format.
/// The key is found by who reads: <see cref="Signer"/> and <see cref="KeyId"/> say where to look, and are no more than said until the signature was verified.
/// </remarks>
public sealed class EnvelopingProof
{
    /// <summary>What a verifier of a credential needs, so that a holder could hide it were it disclosable [VC-JOSE-COSE §3.2.1].</summary>
    public static IReadOnlyList<string> NeverDisclosable { get; } =
    [
        "iss", "nbf", "exp", "cnf", "@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSchema", "relatedResource",
    ];

    // Claims of the token, which are no part of the document that it secures.
    private static readonly string[] TokenClaims = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf"];

    private EnvelopingProof(string mediaType, Jws jws, SdJwt.SdJwt? sdJwt, JsonObject payload)
    {
        (MediaType, Jws, SdJwt, Payload) = (mediaType, jws, sdJwt, payload);
        Document = (JsonObject)payload.DeepClone();
        foreach (var name in TokenClaims) Document.Remove(name);

        // iat says nothing that is decided here, and W3C's own suite has it as a text: what is no number is not there.
        var dated = (JsonObject)payload.DeepClone();
        if (dated["iat"]?.GetValueKind() != JsonValueKind.Number) dated.Remove("iat");
        Claims = JwtClaims.Read(dated);
        KeyId = jws.KeyId;

        // A claim may be repeated in the header, as it is [RFC7519 §5.3].
        var issuer = jws.Header.OptionalString("iss");
        if (issuer is not null && Claims.Issuer is not null && issuer != Claims.Issuer) throw Refusal.Malformed("iss of the header is not the claim's");
        issuer ??= Claims.Issuer;
        var named = CredentialMembers.UrlOrObject(Document, IsPresentation ? "holder" : "issuer");
        if (issuer is not null && named is not null && issuer != named) throw Refusal.Malformed($"iss is not the {(IsPresentation ? "holder" : "issuer")}");
        Signer = named ?? issuer;

        // The key of a DID is named by its DID URL, in full; and a key of another DID is another's [VC-JOSE-COSE §4.1.1] [VC-JOSE-COSE §4.3].
        if (Signer?.StartsWith("did:", StringComparison.Ordinal) == true && KeyId?.StartsWith($"{Signer}#", StringComparison.Ordinal) != true)
            throw Refusal.Malformed("kid must be a DID URL of the DID that signs");
    }

    /// <summary>What it is: of <see cref="CredentialMediaType"/>.</summary>
    public string MediaType { get; }

    /// <summary>The signed token.</summary>
    public Jws Jws { get; }

    /// <summary>The SD-JWT around it, with its disclosures; null where it is a JWT. Its key binding is not verified here: who needs one calls <see cref="KeyBinding"/>.</summary>
    public SdJwt.SdJwt? SdJwt { get; }

    /// <summary>The claims as they are, with what was disclosed in its place.</summary>
    public JsonObject Payload { get; }

    /// <summary>The document that is secured: the payload without the claims of the token.</summary>
    public JsonObject Document { get; }

    /// <summary>The claims of the token. Its times are the signature's, not the document's [VC-JOSE-COSE §3.1.3].</summary>
    public JwtClaims Claims { get; }

    /// <summary>Who is said to have signed: the issuer, or the holder; null for a presentation that names nobody.</summary>
    public string? Signer { get; }

    /// <summary>Header <c>kid</c>: a URL of a verification method, or a name that the signer's keys have; null where absent.</summary>
    public string? KeyId { get; }

    /// <summary>Whether it is a presentation.</summary>
    public bool IsPresentation => CredentialMediaType.IsPresentation(MediaType);

    /// <summary>Reads the compact form. JSON serializations are refused.</summary>
    /// <param name="secured">The text.</param>
    /// <param name="mediaType">What it must be, of <see cref="CredentialMediaType"/>; null where its own <c>typ</c> says it.</param>
    /// <exception cref="Refusal">
    /// PARSING_ERROR: no compact form. MALFORMED_VALUE_ERROR: <c>typ</c> or <c>cty</c> of something else, a <c>vc</c> or <c>vp</c> claim, an <c>iss</c> or <c>kid</c> that is not the
    /// signer's, a claim that may not be disclosable, or what a disclosure may not do.
    /// </exception>
    public static EnvelopingProof Parse(string secured, string? mediaType = null)
    {
        var (jws, sdJwt) = Refusal.Recode(CredentialRefusal.ParsingCode, () =>
        {
            if (!secured.Contains('~', StringComparison.Ordinal)) return (Jws.Parse(secured), (SdJwt.SdJwt?)null);
            var parsed = Standards.SdJwt.SdJwt.Parse(secured);
            if (parsed.KeyBindingJwt is { } binding && Jws.Parse(binding).Type != KeyBinding.Type) throw Refusal.Malformed("what stands behind the last tilde is no key binding");
            return (parsed.IssuerSigned, (SdJwt.SdJwt?)parsed);
        });
        return Refusal.Recode(CredentialRefusal.MalformedValueCode, () =>
        {
            var type = TypeOf(jws, mediaType, sdJwt is not null);
            var payload = sdJwt is null ? jws.Claims() : Disclosed(sdJwt, CredentialMediaType.IsPresentation(type));
            if (payload.ContainsKey("vc") || payload.ContainsKey("vp")) throw Refusal.Malformed("the claims vc and vp are of another format");
            return new EnvelopingProof(type, jws, sdJwt, payload);
        });
    }

    /// <summary>Verifies a credential [VC-JOSE-COSE §5.1] [VC-JOSE-COSE §5.2].</summary>
    /// <param name="key">The key that <see cref="Signer"/> and <see cref="KeyId"/> led to.</param>
    /// <param name="controller">Whose key it is, as it was found there. A key that verifies is not enough: it must be the issuer's.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Refusal">CRYPTOGRAPHIC_SECURITY_ERROR: the signature, its times or its maker. MALFORMED_VALUE_ERROR: the document, or a claim that speaks against it.</exception>
    public VerifiableCredential VerifyCredential(VerificationKey key, string controller, DateTimeOffset now)
    {
        if (IsPresentation) throw CredentialRefusal.Malformed("it is a presentation");
        VerifySignature(key, controller, now);
        var credential = VerifiableCredential.Read(Document);
        CheckDocument(credential.Version, credential.Id);
        if (Claims.Subject is { } subject && credential.Subjects.Any(one => one.ContainsKey("id")) && !credential.Subjects.Any(one => one["id"]?.GetValue<string>() == subject))
            throw CredentialRefusal.Malformed("sub is not the id of the subject");
        return credential;
    }

    /// <summary>Verifies a presentation. What is enveloped in it is opened and verified by itself.</summary>
    /// <param name="key">The key that <see cref="Signer"/> and <see cref="KeyId"/> led to.</param>
    /// <param name="controller">Whose key it is, as it was found there.</param>
    /// <param name="now">The time.</param>
    /// <param name="audience">Who must be in <c>aud</c>; null where the caller binds it to itself in another way.</param>
    /// <param name="nonce">What <c>nonce</c> must be; null as with the audience.</param>
    /// <exception cref="Refusal">As with a credential; and where a credential stands in it without an envelope.</exception>
    public VerifiablePresentation VerifyPresentation(VerificationKey key, string controller, DateTimeOffset now, string? audience = null, string? nonce = null)
    {
        if (!IsPresentation) throw CredentialRefusal.Malformed("it is a credential");
        VerifySignature(key, controller, now);
        if (audience is not null && !Claims.Audiences.Contains(audience, StringComparer.Ordinal)) throw CredentialRefusal.CryptographicSecurity("aud is not this verifier");
        if (nonce is not null && Refusal.Recode(CredentialRefusal.MalformedValueCode, () => Payload.OptionalString("nonce")) != nonce)
            throw CredentialRefusal.CryptographicSecurity("nonce is not the request's");
        var presentation = VerifiablePresentation.Read(Document);
        CheckDocument(presentation.Version, presentation.Id);
        return presentation.Credentials.Count == 0 ? presentation : throw CredentialRefusal.Malformed("a credential in the presentation must be enveloped");
    }

    /// <summary>The exact text to be signed for a document [VC-JOSE-COSE §3.1]; <see cref="Jws.SignAsync(string, SigningKey, CancellationToken)"/> signs it.</summary>
    /// <param name="mediaType">What it becomes, of <see cref="CredentialMediaType"/>. An SD-JWT has a tilde behind the signature, and the disclosures.</param>
    /// <param name="payload">The document, with claims of the token where it needs some.</param>
    /// <param name="key">The key that signs.</param>
    /// <param name="keyId"><c>kid</c>: the URL of the key's verification method, or where <c>iss</c> is in the payload, its name there.</param>
    /// <exception cref="ArgumentException">A <c>vc</c> or <c>vp</c> claim, or a <c>kid</c> by which nobody finds the key.</exception>
    public static string ToBeSigned(string mediaType, JsonObject payload, SigningKey key, string keyId)
    {
        if (!CredentialMediaType.IsKnown(mediaType)) throw new ArgumentException("The media type is none of an enveloping proof.", nameof(mediaType));
        if (payload.ContainsKey("vc") || payload.ContainsKey("vp")) throw new ArgumentException("The document is the payload, and no claim of it.", nameof(payload));
        if (!payload.ContainsKey("iss") && !AbsoluteUrl.Is(keyId)) throw new ArgumentException("Without iss the key is found by a URL.", nameof(keyId));
        return Jws.ToBeSigned(
            new()
            {
                ["alg"] = key.Algorithm,
                ["typ"] = CredentialMediaType.TypeOf(mediaType),
                ["cty"] = CredentialMediaType.IsPresentation(mediaType) ? "vp" : "vc",
                ["kid"] = keyId,
            },
            payload);
    }

    /// <summary>Makes claims of a credential's one subject disclosable [VC-JOSE-COSE §3.2.1]. What a verifier needs stays in sight.</summary>
    /// <param name="credential">The credential; it is copied.</param>
    /// <param name="claims">Names of claims of its subject, each of which the holder may disclose or not.</param>
    /// <param name="decoys">How many digests to add that stand for nothing.</param>
    /// <exception cref="ArgumentException">It has no single subject, or the subject no such claim.</exception>
    public static SdJwtIssuance Prepare(JsonObject credential, IReadOnlyCollection<string> claims, int decoys = 0)
    {
        var payload = (JsonObject)credential.DeepClone();
        if (payload["credentialSubject"] is not JsonObject visible) throw new ArgumentException("The credential has no single subject.", nameof(credential));
        var hidden = new JsonObject();
        foreach (var name in claims)
        {
            hidden[name] = visible[name]?.DeepClone();
            if (!visible.Remove(name)) throw new ArgumentException("The subject has no such claim.", nameof(claims));
        }

        var subject = SdJwtIssuance.Prepare(visible, hidden, decoys);
        payload["credentialSubject"] = subject.Payload;

        // The hash stands at the top alone [RFC9901 §4.1.1].
        if (subject.Payload.Remove(DisclosureProcessing.HashName, out var hash)) payload[DisclosureProcessing.HashName] = hash;
        return new(payload, subject.Disclosures);
    }

    private void VerifySignature(VerificationKey key, string controller, DateTimeOffset now)
    {
        if (!Jws.IsSignedBy(key)) throw CredentialRefusal.CryptographicSecurity("the signature is not the key's");
        if (Signer is not null && Signer != controller) throw CredentialRefusal.CryptographicSecurity("the key is of another than who is said to have signed");
        if (Claims.TimeFault(now) is { } fault) throw CredentialRefusal.CryptographicSecurity($"the signature is out of its time: {fault}");
    }

    private void CheckDocument(DataModelVersion version, string? id)
    {
        if (version != DataModelVersion.V20) throw CredentialRefusal.Malformed("a document of version 1.1 is secured in another format");
        if (Claims.Id is not null && id is not null && Claims.Id != id) throw CredentialRefusal.Malformed("jti is not the id of the document");
    }

    // typ should be there, and the recommendation's own examples have none: then the form and the document's type say what it is.
    private static string TypeOf(Jws jws, string? expected, bool isSdJwt)
    {
        var type = jws.Type is { } typ ? CredentialMediaType.Of(typ) : expected ?? Guess(jws, isSdJwt);
        if (!CredentialMediaType.IsKnown(type) || (expected is not null && type != expected) || CredentialMediaType.IsSdJwt(type) != isSdJwt)
            throw Refusal.Malformed("typ is not of a credential or presentation, or not of this one");
        if (jws.Header.OptionalString("cty") is { } cty && CredentialMediaType.Of(cty) != (CredentialMediaType.IsPresentation(type) ? VerifiablePresentation.MediaType : VerifiableCredential.MediaType))
            throw Refusal.Malformed("cty is not of what typ says");
        return type;
    }

    private static string Guess(Jws jws, bool isSdJwt)
    {
        var types = CredentialMembers.Types(jws.Claims(), "the document");
        return types.Contains(VerifiablePresentation.Type)
            ? isSdJwt ? CredentialMediaType.VpSdJwt : CredentialMediaType.VpJwt
            : isSdJwt ? CredentialMediaType.VcSdJwt : CredentialMediaType.VcJwt;
    }

    // What a holder discloses of its own presentation it could have left away; what it may hide of a credential must not be what the credential rests on.
    private static JsonObject Disclosed(SdJwt.SdJwt sdJwt, bool isPresentation)
    {
        var processed = sdJwt.Process();
        var never = isPresentation ? NeverDisclosable.TakeWhile(name => name != "@context") : NeverDisclosable;
        return never.FirstOrDefault(processed.IsDisclosable) is { } name ? throw Refusal.Malformed($"{name} may not be selectively disclosable") : processed.Claims;
    }
}
