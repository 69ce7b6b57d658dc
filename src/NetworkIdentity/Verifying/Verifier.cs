using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Looks at a presentation, step by step, and says what came of it [OpenID4VP §8.6] [RFC9901 §7.3] [SD-JWT-VC §2.5].</summary>
/// <remarks>
/// Trust is the triple of root, issuer and type, and it is decided before anything is fetched. Today the nation trusts itself alone.
/// </remarks>
public sealed class Verifier(
    Database database,
    KeyRing keys,
    IReadOnlyDictionary<string, CredentialType> types,
    IssuerCertificates certificates,
    StatusReader statuses,
    TimeProvider time)
{
    /// <summary>How old a key binding may be. The nonce makes it fresh; this bounds a clock that is wrong.</summary>
    private static readonly TimeSpan MaxBindingAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly HolderKeys _holderKeys = new();

    /// <summary>What a presentation must answer.</summary>
    /// <param name="Query">What was asked for.</param>
    /// <param name="Audience">The key binding's <c>aud</c>: the full client id, with its prefix, or the origin behind <c>origin:</c> [OpenID4VP App. A.4].</param>
    /// <param name="Nonce">The request's nonce.</param>
    public sealed record Expectation(DcqlQuery Query, string Audience, string Nonce)
    {
        /// <summary>What must hold of the credentials themselves, by the id of the query that they answer.</summary>
        public IReadOnlyDictionary<string, CredentialTerms> Terms { get; init; } = new Dictionary<string, CredentialTerms>();
    }

    /// <summary>Verifies a <c>vp_token</c>: every presentation in it, and that together they are what was asked for.</summary>
    public async Task<Verdict> VerifyAsync(JsonObject vpToken, Expectation expected)
    {
        // What was not asked for is not looked at, however much of it there is.
        if (vpToken.Any(entry => expected.Query.Find(entry.Key) is null))
            return Verdict.Refused(VerificationStep.Query, "query_not_satisfied", "vp_token answers a query that was not asked");

        var presented = new Dictionary<string, IReadOnlyList<Checked>>();
        foreach (var (queryId, entry) in vpToken)
        {
            if (entry is not JsonArray { Count: > 0 and <= 8 } array || array.Any(item => item?.GetValueKind() != JsonValueKind.String))
                return Verdict.Refused(VerificationStep.Shape, "malformed_vp_token", "each entry of vp_token must be a non-empty array of strings");

            var list = new List<Checked>();
            foreach (var item in array)
            {
                var (result, verdict) = await CheckAsync(item!.GetValue<string>(), expected, expected.Terms.GetValueOrDefault(queryId, CredentialTerms.None));
                if (verdict is not null) return verdict;
                list.Add(result!);
            }

            presented.Add(queryId, list);
        }

        // 8. The whole answers the query, and nothing else came with it.
        try
        {
            expected.Query.Check(presented.ToDictionary(
                pair => pair.Key,
                pair => (IReadOnlyList<PresentedCredential>)[.. pair.Value.Select(one => PresentedCredential.Of(one.Vc))]));
        }
        catch (Refusal refusal)
        {
            return Verdict.Refused(VerificationStep.Query, "query_not_satisfied", refusal.Description);
        }

        // 9. Policy: all of it is about one member.
        var all = presented.SelectMany(pair => pair.Value.Select(one => (QueryId: pair.Key, one.Vc, one.Record))).ToList();
        if (all.Select(one => one.Record.MemberId).Distinct().Count() > 1)
            return Verdict.Refused(VerificationStep.Policy, "different_holders", "the credentials belong to different members");

        return Verdict.Accepted(
        [
            .. all.Select(one => new VerifiedCredential(
                one.QueryId, one.Record.Id, one.Record.MemberId, one.Record.Type, expected.Query.Select(one.QueryId, one.Vc.Claims))),
        ]);
    }

    /// <summary>Steps 1 to 7 for one presentation, and the nation's own record of it.</summary>
    private async Task<(Checked? Result, Verdict? Verdict)> CheckAsync(string text, Expectation expected, CredentialTerms terms)
    {
        var step = VerificationStep.Shape;
        try
        {
            // 1. Shape: an SD-JWT whose disclosures and digests fit each other, holding an SD-JWT VC.
            var sdJwt = SdJwt.Parse(text);
            var vc = SdJwtVc.Read(sdJwt);

            // 2. Type and schema: what is disclosed is what the type says it may be.
            step = VerificationStep.Type;
            var type = types.Values.FirstOrDefault(type => type.Vct == vc.Type);
            if (type is null) return Refused(step, "unknown_type");
            type.Metadata.Check(vc.Processed);
            if (type.Schema.Validate(vc.Claims) is [var violation, ..]) return Refused(step, "schema_violated", $"{violation.Path} {violation.Words}");

            // 3. Issuer: trusted for this type, before anything is looked up for it.
            step = VerificationStep.Issuer;
            if (vc.Issuer != keys.Nation.Issuer) return Refused(step, "issuer_not_trusted");
            if (!terms.Accepts(vc.Issuer)) return Refused(step, "issuer_not_accepted", "the client doesn't take credentials of this issuer");

            // 4. Proof: a leaf of the trusted root, for credentials, of this issuer; a key that had not retired; the signature.
            step = VerificationStep.Proof;
            var now = time.GetUtcNow();
            if (!certificates.TryFind(sdJwt.IssuerSigned.Header, KeyPurpose.Credential, vc.Issuer, now, out var issuerKey, out var reason))
                return Refused(step, "issuer_key_not_trusted", reason);
            if (RetiredBefore(issuerKey!, vc.IssuedAt)) return Refused(step, "issuer_key_retired");
            if (!sdJwt.IssuerSigned.IsSignedBy(issuerKey!)) return Refused(step, "signature_invalid");

            // 5. Validity: judged on what was signed, never on what was disclosed.
            step = VerificationStep.Validity;
            if (vc.IssuedAt > now + Skew || vc.NotBefore > now + Skew) return Refused(step, "not_yet_valid");
            if (vc.ExpiresAt is null || vc.ExpiresAt <= now) return Refused(step, "expired");
            if (terms.IsTooOld(vc.IssuedAt, now)) return Refused(step, "too_old", "the client takes credentials alone that were issued more lately");
            if (terms.EndsTooSoon(vc.ExpiresAt, now)) return Refused(step, "ends_too_soon", "the client takes credentials alone that are valid for longer");

            // 7 before 6: the holder is checked first, because a status is not looked up for who can't show that it is theirs [TSL §8.3].
            step = VerificationStep.Holder;
            if (vc.HolderKey is null) return Refused(step, "no_holder_key");
            KeyBinding.Verify(sdJwt, _holderKeys.Of(vc.HolderKey), expected.Audience, expected.Nonce, now, MaxBindingAge, Skew);

            // 6. Status: by the list that the issuer signed.
            step = VerificationStep.Status;
            if (vc.Status is null) return Refused(step, "no_status");
            var (status, unknown) = await statuses.ReadAsync(vc.Status, vc.Issuer);
            var meaning = status is { } known ? TokenStatusList.MeaningOf(known) : StatusMeaning.Unknown;
            if (meaning == StatusMeaning.Revoked) return Refused(step, "revoked", "the credential was revoked");
            if (meaning == StatusMeaning.Unknown)
                return (null, Verdict.Undetermined(step, "status_unknown", unknown ?? "the list says a status that this nation gives no meaning"));

            // 9. Policy: the nation's own record, found by slot, held against the signed bytes and the holder's key.
            step = VerificationStep.Policy;
            if (await RecordOfAsync(sdJwt, vc) is not { } record) return Refused(step, "no_record");
            if (record.RevokedAt is not null) return Refused(VerificationStep.Status, "revoked", "the credential was revoked");

            // The record is newer than the list: a suspension is over at the second, whether it was published yet or not.
            var isOver = record.SuspendedUntil is not null && !record.IsSuspended(now.ToUnixTimeSeconds());
            if (record.IsSuspended(now.ToUnixTimeSeconds()) || (meaning == StatusMeaning.Suspended && !isOver)) return Refused(VerificationStep.Status, "suspended", "the credential is suspended");
            return (new Checked(vc, record), null);
        }
        catch (Refusal refusal)
        {
            return Refused(step, $"{step.ToString().ToLowerInvariant()}_invalid", refusal.Description);
        }

        static (Checked?, Verdict) Refused(VerificationStep step, string reason, string? detail = null) => (null, Verdict.Refused(step, reason, detail));
    }

    private bool RetiredBefore(VerificationKey key, DateTimeOffset? issuedAt)
    {
        var held = keys.Keys.FirstOrDefault(held => held.Purpose == KeyPurpose.Credential && held.Signing!.PublicKey.IsSameKeyAs(key.Jwk));
        return issuedAt is null || (held is not null && (issuedAt < held.NotBefore || issuedAt >= held.RetireAfter));
    }

    private async Task<Credentials.Row?> RecordOfAsync(SdJwt sdJwt, SdJwtVc vc)
    {
        var listId = vc.Status!.Uri[(vc.Status.Uri.LastIndexOf('/') + 1)..];
        var record = await Credentials.FindBySlotAsync(database, listId, vc.Status.Index);
        return record is not null
            && record.ToBeSignedDigest == Base64Url.Encode(SHA256.HashData(sdJwt.IssuerSigned.SigningInput.Span))
            && record.HolderThumbprint == vc.HolderKey!.Thumbprint()
            ? record
            : null;
    }

    private sealed record Checked(SdJwtVc Vc, Credentials.Row Record);
}
