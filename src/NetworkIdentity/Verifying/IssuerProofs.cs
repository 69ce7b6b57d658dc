using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>Verifies what secures a W3C credential, by the keys that its issuer's DID has for that [DI §4.4] [VC-JOSE-COSE §4].</summary>
/// <remarks>Whether the issuer is trusted was decided before: here its DID is resolved, which may fetch.</remarks>
internal sealed class IssuerProofs(DidResolver dids, TimeProvider time)
{
    private readonly ImportedKeys _imported = new();

    /// <summary>Verifies the proof, or each of several.</summary>
    /// <exception cref="Refusal">It is wrong; or, as NOT_UNDERSTOOD, it can't be looked at: a proof of an unknown kind, a DID that can't be resolved now.</exception>
    public async Task<ProvenCredential> VerifyAsync(SecuredCredential secured, CancellationToken cancellation = default)
    {
        var issuer = secured.Credential.Issuer;
        if (secured.Embedded is { } document)
        {
            // Whose keys are named is looked at first: nobody is called for another's.
            foreach (var proof in document.Proofs)
            {
                if (proof.Suite is null) throw CredentialRefusal.NotUnderstood($"the credential has a proof of a kind that is not known here: {string.Join(" and ", Cryptosuite.Names)} are");
                if (proof.ControllerUrl != issuer) throw CredentialRefusal.CryptographicSecurity("a proof names the key of another than the issuer");
            }

            var controller = await DocumentOfAsync(issuer, cancellation);
            var verified = document.Verify(new ProofExpectations(ControlledIdentifierDocument.AssertionMethod, time.GetUtcNow()) { Skew = HolderChallenge.Skew }, _ => controller);
            return new(
                VerifiableCredential.Read(verified.Document),
                [.. verified.Proofs.Select(one => one.Method.Id)],
                verified.Proofs.Min(one => one.Proof.Created),
                verified.Proofs[0].Signed);
        }

        var token = secured.Enveloping!;
        if (token.SdJwt?.KeyBindingJwt is not null) throw CredentialRefusal.NotUnderstood("a key binding of a vc+sd-jwt is not verified here: its holder shows it in a presentation");
        if (token.KeyId is not { } kid || ControlledIdentifierDocument.UrlOf(kid) != issuer) throw CredentialRefusal.CryptographicSecurity("kid names the key of another than the issuer");
        var method = ControlledIdentifierDocument.Retrieve(await DocumentOfAsync(issuer, cancellation), kid, ControlledIdentifierDocument.AssertionMethod, time.GetUtcNow());
        return new(
            token.VerifyCredential(_imported.Of(method.Key), method.Controller, time.GetUtcNow()), [kid], token.Claims.IssuedAt, SHA256.HashData(token.Jws.SigningInput.Span));
    }

    /// <summary>Whether the issuer's DID had the keys that signed a credential when that was, as it says: by the log's version of then [DID-WebVH §Read (Resolve)].</summary>
    /// <remarks>A DID without a history, and a credential that says no time, are held to the document as it stands alone: there the keys were found.</remarks>
    /// <exception cref="Refusal">As with a credential.</exception>
    public async Task<bool> StoodAsync(ProvenCredential proven, CancellationToken cancellation)
    {
        var issuer = proven.Credential.Issuer;
        if (!issuer.StartsWith("did:webvh:", StringComparison.Ordinal) || (proven.SignedAt ?? proven.Credential.ValidFrom) is not { } at) return true;

        // Many credentials say the day alone, and those of this software all do: a key that the DID got within a day of it counts.
        var slack = TimeSpan.FromDays(1);
        if (at > time.GetUtcNow() - slack) return true;
        var then = await dids.ResolveAsync(issuer, DidResolutionOptions.None with { VersionTime = at + slack }, cancellation);
        if (then.Error is { Code: DidRefusal.NotFoundCode }) return false;
        if (then.Error is { } error) throw CredentialRefusal.NotUnderstood($"the signer's DID could not be resolved as of then: {error.Description}");
        if (then.Document is not { } document) return false;
        var now = await DocumentOfAsync(issuer, cancellation);
        return proven.KeyUrls.All(url => KeyIn(document, url, at) is { } key && KeyIn(now, url, time.GetUtcNow()) is { } present && key.IsSameKeyAs(present));
    }

    /// <summary>Verifies who shows a presentation: every proof of it, by keys that one DID has to authenticate itself.</summary>
    /// <param name="secured">The presentation.</param>
    /// <param name="challenge">What must be answered; null where nothing was asked.</param>
    /// <param name="trusts">Whose DID may be fetched. Others are resolved where they are their own keys.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The holder's DID.</returns>
    /// <exception cref="Refusal">As with a credential.</exception>
    public async Task<string> VerifyAsync(SecuredPresentation secured, HolderChallenge? challenge, Func<string, bool> trusts, CancellationToken cancellation)
    {
        var holder = secured.Embedded is { } document ? HolderOf(document) : secured.Enveloping!.KeyId is { } url ? ControlledIdentifierDocument.UrlOf(url)
            : throw CredentialRefusal.CryptographicSecurity("kid is missing: the holder's key is named by its URL");
        if (secured.Presentation.Holder is { } named && named != holder) throw CredentialRefusal.CryptographicSecurity("the key is of another than the holder");
        if (!trusts(holder) && !Did.IsOwnKey(holder)) throw CredentialRefusal.NotUnderstood("the holder's DID would have to be fetched, and is not trusted");
        var (controller, now) = (await DocumentOfAsync(holder, cancellation), time.GetUtcNow());
        if (secured.Embedded is { } embedded)
        {
            _ = embedded.Verify(
                new ProofExpectations(ControlledIdentifierDocument.Authentication, now)
                {
                    Skew = HolderChallenge.Skew,
                    Domain = challenge?.Audience is { } domain ? [domain] : null,
                    Challenge = challenge?.Nonce,
                },
                _ => controller);
            return holder;
        }

        var method = ControlledIdentifierDocument.Retrieve(controller, secured.Enveloping!.KeyId!, ControlledIdentifierDocument.Authentication, now);
        using var key = VerificationKey.Import(method.Key);
        _ = secured.Enveloping.VerifyPresentation(key, method.Controller, now, challenge?.Audience, challenge?.Nonce);
        return holder;
    }

    private static Jwk? KeyIn(JsonObject document, string keyUrl, DateTimeOffset at)
    {
        try
        {
            return ControlledIdentifierDocument.Retrieve(document, keyUrl, ControlledIdentifierDocument.AssertionMethod, at).Key;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static string HolderOf(SecuredDocument document)
    {
        if (document.Proofs.FirstOrDefault(proof => proof.Suite is null) is not null)
            throw CredentialRefusal.NotUnderstood($"the presentation has a proof of a kind that is not known here: {string.Join(" and ", Cryptosuite.Names)} are");
        return document.Proofs.Select(proof => proof.ControllerUrl).Distinct().ToList() is [var one] ? one : throw CredentialRefusal.CryptographicSecurity("the proofs of a presentation are of one holder");
    }

    /// <summary>The document of a DID, as it stands now.</summary>
    /// <exception cref="Refusal">As with a credential.</exception>
    public async Task<JsonObject> DocumentOfAsync(string did, CancellationToken cancellation)
    {
        if (!Did.Is(did)) throw CredentialRefusal.NotUnderstood("the signer is no DID, and its keys are looked for nowhere else");
        var result = await dids.ResolveAsync(did, null, cancellation);
        if (result.Error is { } error) throw CredentialRefusal.NotUnderstood($"the signer's DID could not be resolved: {error.Description}");
        return result.Document ?? throw CredentialRefusal.CryptographicSecurity("the signer's DID was ended");
    }
}
