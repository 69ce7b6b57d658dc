using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Verifies SD-JWT VCs, step by step [RFC9901 §7.3] [SD-JWT-VC §2.5].</summary>
/// <remarks>Trust is the triple of root, issuer and type, and it is decided before anything is fetched.</remarks>
/// <param name="keys">The nation's own keys, whose times are known; null where it is looked at from outside.</param>
/// <param name="types">The types that are known.</param>
/// <param name="certificates">Who is trusted, and by which keys.</param>
/// <param name="statuses">Reads statuses.</param>
/// <param name="time">The clock.</param>
public sealed class SdJwtVcVerifier(
    KeyRing? keys, IReadOnlyDictionary<string, CredentialType> types, IssuerCertificates certificates, StatusReader statuses, TimeProvider time)
{
    private readonly ImportedKeys _holderKeys = new();

    /// <summary>Verifies one.</summary>
    /// <param name="text">The compact form.</param>
    /// <param name="challenge">What its holder must answer; null where nobody was asked: then nothing is said of who shows it.</param>
    /// <param name="terms">What must hold beyond its being good.</param>
    public async Task<Examination> VerifyAsync(string text, HolderChallenge? challenge, CredentialTerms terms)
    {
        var walk = new Walk();
        try
        {
            // 1. Shape: an SD-JWT whose disclosures and digests fit each other, holding an SD-JWT VC.
            var sdJwt = SdJwt.Parse(text);
            var vc = SdJwtVc.Read(sdJwt);

            // 2. Type and schema: what is disclosed is what the type says it may be.
            walk.To(VerificationStep.Type);
            var type = types.Values.Append(CredentialType.Card).FirstOrDefault(type => type.Vct == vc.Type);
            if (type is null) return Refused("unknown_type");
            type.Metadata.Check(vc.Processed);
            if (type.Schema.Validate(vc.Claims) is [var violation, ..]) return Refused("schema_violated", $"{violation.Path} {violation.Words}");

            // 3. Issuer: trusted for this type, before anything is looked up for it.
            walk.To(VerificationStep.Issuer);
            if (vc.Issuer is null || !certificates.Trusts(vc.Issuer, type.Vct)) return Refused("issuer_not_trusted");
            if (!terms.Accepts(vc.Issuer)) return Refused("issuer_not_accepted", "the client doesn't take credentials of this issuer");

            // 4. Proof: a leaf of the trusted root, for credentials, of this issuer; a key that had not retired; the signature.
            walk.To(VerificationStep.Proof);
            var now = time.GetUtcNow();
            var header = type == CredentialType.Card ? Named(sdJwt.IssuerSigned.Header, vc.Issuer) : sdJwt.IssuerSigned.Header;
            if (!certificates.TryFind(header, KeyPurpose.Credential, vc.Issuer, now, out var issuerKey, out var reason))
                return Refused("issuer_key_not_trusted", reason);
            if (vc.IssuedAt is not { } signedAt) return Refused("issuer_key_retired", "the credential does not say when it was signed");
            if (!SignedInItsTime(issuerKey!, signedAt)) return Refused("issuer_key_retired");
            if (!sdJwt.IssuerSigned.IsSignedBy(issuerKey!.Key)) return Refused("signature_invalid");

            // 5. Validity: judged on what was signed, never on what was disclosed.
            walk.To(VerificationStep.Validity);
            if (vc.IssuedAt > now + HolderChallenge.Skew || vc.NotBefore > now + HolderChallenge.Skew) return Refused("not_yet_valid");
            if (vc.ExpiresAt is null || (vc.ExpiresAt <= now && !terms.TakesEnded)) return Refused("expired");
            if (terms.FaultOf(vc.IssuedAt, vc.ExpiresAt, now) is { } fault) return Refused(fault.Reason, fault.Words);

            // 7 before 6: the holder is checked first, because a status is not looked up for who can't show that it is theirs [TSL §8.3].
            if (challenge is not null || sdJwt.KeyBindingJwt is not null)
            {
                walk.To(VerificationStep.Holder);
                if (vc.HolderKey is null) return Refused("no_holder_key");

                // One that nobody asked for answered someone else, which proves nobody here. What came is whole all the same, or it is not what the holder gave.
                var answered = challenge ?? AnsweredBy(sdJwt.KeyBindingJwt!);
                var maxAge = challenge is null ? now - DateTimeOffset.UnixEpoch : HolderChallenge.MaxAge;
                KeyBinding.Verify(sdJwt, _holderKeys.Of(vc.HolderKey), answered.Audience!, answered.Nonce!, now, maxAge, HolderChallenge.Skew);
            }

            // 6. Status: by the list that the issuer signed.
            walk.To(VerificationStep.Status);
            if (vc.Status is null) return Refused("no_status");
            var (status, unknown) = await statuses.ReadAsync(vc.Status, vc.Issuer, walk.Reads);
            var meaning = status is { } known ? TokenStatusList.MeaningOf(known) : StatusMeaning.Unknown;
            if (meaning == StatusMeaning.Revoked && !terms.TakesEnded) return Refused("revoked", "the credential was revoked");
            if (meaning == StatusMeaning.Unknown) return new(walk.Undetermined("status_unknown", unknown ?? "the list says a status that this nation gives no meaning"), null);
            var credential = new CheckedCredential(
                SdJwtVc.Format,
                vc.Issuer,
                PresentedCredential.Of(vc),
                type,
                Base64Url.Encode(SHA256.HashData(sdJwt.IssuerSigned.SigningInput.Span)),
                vc.HolderKey?.Thumbprint(),
                (vc.Status.Uri[(vc.Status.Uri.LastIndexOf('/') + 1)..], vc.Status.Index))
            {
                ValidFrom = vc.NotBefore ?? vc.IssuedAt,
                ValidUntil = vc.ExpiresAt,
            };
            return Examination.Of(walk, credential, meaning == StatusMeaning.Suspended);
        }
        catch (Refusal refusal)
        {
            return new(walk.Of(refusal), null);
        }

        Examination Refused(string reason, string? detail = null) => new(walk.Refused(reason, detail), null);
    }

    /// <summary>The header of a printed card with the certificate of the key that it names: of the nation's own, or of those that the issuer's DID has. It is checked as one that came with it.</summary>
    private JsonObject Named(JsonObject header, string issuer)
    {
        if (header.ContainsKey("x5c") || header.OptionalString("kid") is not { } kid) return header;
        var chain = keys is not null && issuer == keys.Nation.Issuer
            ? keys.Keys.FirstOrDefault(held => held.Purpose == KeyPurpose.Credential && held.Kid == kid)?.Signing!.CertificateChain
            : certificates.PublishedChain(issuer, kid);
        if (chain is null) return header;
        var named = (JsonObject)header.DeepClone();
        named["x5c"] = new JsonArray([.. chain.Select(der => (JsonNode)Convert.ToBase64String(der))]);
        return named;
    }

    private static HolderChallenge AnsweredBy(string keyBinding)
    {
        var claims = Jws.Parse(keyBinding).Claims();
        return new(claims.RequiredString("aud"), claims.RequiredString("nonce"));
    }

    /// <summary>Whether a credential is of a time in which its key signed: its certificate tells when it began, and of this nation's keys it is known when they retired.</summary>
    private bool SignedInItsTime(CertifiedKey key, DateTimeOffset at)
    {
        if (!key.IsInItsTime(at)) return false;
        var held = keys?.Keys.FirstOrDefault(held => held.Purpose == KeyPurpose.Credential && held.Signing!.PublicKey.IsSameKeyAs(key.Key.Jwk));
        return held is null || at < held.RetireAfter;
    }
}
