using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Verifying;

/// <summary>Looks at what a wallet presents for a sign-in, step by step, and says what came of it [OpenID4VP §8.6].</summary>
/// <remarks>
/// Trust is decided before anything is fetched. Today the nation trusts itself alone.
/// </remarks>
public sealed class Verifier(Database database, DidLog? did, SdJwtVcVerifier sdJwts, W3cVerifier documents, TimeProvider time)
{
    /// <summary>What a presentation must answer.</summary>
    /// <param name="Query">What was asked for.</param>
    /// <param name="Challenge">The full client id, with its prefix, or the origin behind <c>origin:</c> [OpenID4VP App. A.4]; and the request's nonce.</param>
    public sealed record Expectation(DcqlQuery Query, HolderChallenge Challenge)
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

        // 1 to 7. Each presentation, by its format.
        var presented = new Dictionary<string, IReadOnlyList<Known>>();
        foreach (var (queryId, entry) in vpToken)
        {
            var query = expected.Query.Find(queryId)!;
            var kind = query.Format == CredentialQuery.LdpVc ? JsonValueKind.Object : JsonValueKind.String;
            if (entry is not JsonArray { Count: > 0 and <= 8 } array || array.Any(item => item?.GetValueKind() != kind))
                return Verdict.Refused(VerificationStep.Shape, "malformed_vp_token", $"each entry of vp_token must be a non-empty array, for {query.Format} of {(kind == JsonValueKind.Object ? "objects" : "strings")}");

            var list = new List<Known>();
            foreach (var item in array)
            {
                var (verdict, credentials) = await ExamineAsync(item!, query, expected);
                if (verdict is not null) return verdict;
                list.AddRange(credentials);
            }

            presented.Add(queryId, list);
        }

        // 8. The whole answers the query, and nothing else came with it.
        try
        {
            expected.Query.Check(presented.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<PresentedCredential>)[.. pair.Value.Select(one => one.Credential.Presented)]));
        }
        catch (Refusal refusal)
        {
            return Verdict.Refused(VerificationStep.Query, "query_not_satisfied", refusal.Description);
        }

        // 9. Policy: all of it is about one member.
        var all = presented.SelectMany(pair => pair.Value.Select(one => (QueryId: pair.Key, one.Credential, one.Record))).ToList();
        if (all.Select(one => one.Record.MemberId).Distinct().Count() > 1)
            return Verdict.Refused(VerificationStep.Policy, "different_holders", "the credentials belong to different members");

        return Verdict.Accepted(
        [
            .. all.Select(one => new VerifiedCredential(
                one.QueryId, one.Record.Id, one.Record.MemberId, one.Record.Type, one.Credential.ClaimsOf(expected.Query.Select(one.QueryId, one.Credential.Claims)))),
        ]);
    }

    /// <summary>One presentation, and the nation's own record of each credential in it.</summary>
    private async Task<(Verdict? Verdict, IReadOnlyList<Known> Credentials)> ExamineAsync(JsonNode item, CredentialQuery query, Expectation expected)
    {
        var terms = expected.Terms.GetValueOrDefault(query.Id, CredentialTerms.None);
        IReadOnlyList<Examination> examined;
        if (query.Format == CredentialQuery.LdpVc)
        {
            // A presentation for a query holds its one credential [OpenID4VP §B.1.3].
            var presentation = await documents.VerifyPresentationAsync(item, expected.Challenge, issuer => issuer == did?.Did, terms);
            if (presentation.Credentials.Count == 0) return (presentation.Verdict, []);
            examined = presentation.Credentials;
        }
        else
        {
            examined = [await sdJwts.VerifyAsync(item.GetValue<string>(), expected.Challenge, terms)];
        }

        var known = new List<Known>();
        foreach (var (verdict, credential) in examined)
        {
            if (credential is null) return (verdict, []);

            // The nation's own record, found by slot, held against the signed bytes and the holder's key.
            if (await RecordOfAsync(credential) is not { } record) return (Refused(VerificationStep.Policy, "no_record"), []);
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (terms.TakesEnded)
            {
                // Who has a wallet that was replaced, or that was lost, is not who holds the new one.
                if (!record.Stands(now) && !await Credentials.IsLastAsync(database, record)) return (Refused(VerificationStep.Policy, "replaced"), []);
                known.Add(new(credential, record));
                continue;
            }

            if (record.RevokedAt is not null) return (Refused(VerificationStep.Status, "revoked", "the credential was revoked"), []);

            // The record is newer than the list: a suspension is over at the second, whether it was published yet or not.
            var isOver = record.SuspendedUntil is not null && !record.IsSuspended(now);
            if (record.IsSuspended(now) || (verdict.Outcome != Outcome.Accepted && !isOver)) return (Refused(VerificationStep.Status, Examination.Suspended, "the credential is suspended"), []);
            known.Add(new(credential, record));
        }

        return (null, known);

        static Verdict Refused(VerificationStep step, string reason, string? detail = null) => Verdict.Refused(step, reason, detail);
    }

    private async Task<Credentials.Row?> RecordOfAsync(CheckedCredential credential)
    {
        if (credential.Status is not var (listId, index)) return null;
        var record = await Credentials.FindBySlotAsync(database, listId, index);
        return record is not null && record.Format == credential.Format && record.ToBeSignedDigest == credential.Digest && record.HolderThumbprint == CheckedCredential.KeyOf(credential.Holder) ? record : null;
    }

    private sealed record Known(CheckedCredential Credential, Credentials.Row Record);
}
