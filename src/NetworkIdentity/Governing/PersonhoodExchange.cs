using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Governing;

/// <summary>The wallet's side of proving to be one person: fetch the request, post the answer [OpenID4VP §5] [OpenID4VP §8].</summary>
/// <remarks>
/// What is shown is another's credential, so it is verified as anybody would: by what its issuer publishes, and as far as the charter in force trusts that issuer. Of the credential nothing is kept but a
/// MAC of issuer, type and person.
/// </remarks>
/// <param name="database">Where requests are.</param>
/// <param name="keys">The nation's keys.</param>
/// <param name="types">The credential types, by name.</param>
/// <param name="fetcher">The way out.</param>
/// <param name="local">Whether issuers of this machine are asked by http.</param>
/// <param name="time">The clock.</param>
public sealed class PersonhoodExchange(Database database, KeyRing keys, IReadOnlyDictionary<string, CredentialType> types, Fetcher fetcher, bool local, TimeProvider time)
{
    private readonly byte[] _responseCodeKey = keys.Derive("personhood-response-code");

    /// <summary>What is asked under a charter: the person, by a credential of one of the types that it accepts.</summary>
    public DcqlQuery QueryOf(Charter charter)
    {
        CredentialQuery[] queries =
        [
            .. types.Values.Where(type => charter.Vouching.Personhood.Any(accepted => accepted.Type == type.Vct))
                .Select(type => CredentialQuery.ForSdJwtVc(type.Name, [type.Vct], [new ClaimsQuery(ClaimsPath.Of(AcceptedPersonhood.Claim), null, [])])),
        ];
        return new(queries, queries.Length == 1 ? [] : [new CredentialSetQuery([.. queries.Select(query => (IReadOnlyList<string>)[query.Id])], true)]);
    }

    /// <summary>The signed request object, for the first wallet that fetches it; null for every other one, and where there is no such request, or it has ended.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="walletNonce">The wallet's nonce, echoed; null where it sent none.</param>
    public async Task<string?> FetchAsync(string id, string? walletNonce)
    {
        if (await PersonhoodRequests.FindAsync(database, id) is not { FetchedAt: null } row || await CharterOfAsync(row) is not { } charter) return null;
        var sealedKey = EphemeralKey.Create(keys.Sealing, id);
        if (await database.CommitAsync(PersonhoodRequests.Fetch(id, sealedKey, Now())) is not null) return null;
        using var key = EphemeralKey.Open(keys.Sealing, sealedKey, id);
        var begunAt = DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt).ToString("HH:mm", CultureInfo.InvariantCulture);
        var request = new RequestObject
        {
            ClientId = row.ClientId,
            ResponseUri = keys.Nation.Url($"/personhood/{id}/response"),
            ResponseMode = ResponseModes.DirectPostJwt,
            Nonce = row.Nonce,
            State = row.State,
            Query = QueryOf(charter),

            // What a person needs to know another's application from their own.
            ClientName = $"{keys.Nation.Name}: you ask to join it, begun {begunAt} UTC in {row.BegunOn}",
            EncryptionKey = EphemeralKey.PublicJwk(key, id),
            WalletNonce = walletNonce,
            IssuedAt = time.GetUtcNow(),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(row.ExpiresAt),
        };
        return await RequestKey.SignAsync(keys, row.ClientId, request.ToJson());
    }

    /// <summary>Takes a wallet's answer.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="form">The form that was posted, not yet bounded in length: presentations are long.</param>
    /// <returns>Where the wallet sends its holder's browser; null for nowhere.</returns>
    /// <exception cref="Refusal"><c>invalid_request</c>, with the step that failed. The request stays open unless it was answered or has ended.</exception>
    public async Task<string?> AnswerAsync(string id, IReadOnlyDictionary<string, string> form)
    {
        // 1. The request is there; its identical answer again gets the same reply, another answer none.
        if (await PersonhoodRequests.FindAsync(database, id) is not { FetchedAt: not null } row) throw OAuthRefusal.InvalidRequest("there is no such request");
        var digest = WalletAnswer.DigestOf(isEncrypted: true, form);
        if (row.AnswerDigest is not null) return row.AnswerDigest == digest ? ReturnUri(id, digest) : throw Answered();
        if (await CharterOfAsync(row) is not { } charter) throw OAuthRefusal.InvalidRequest("the request has ended");

        // 2. The answer, out of its envelope.
        var answer = WalletAnswer.Unpack(keys.Sealing, id, row.DecryptionKey, form);
        answer.CheckState(row.State);
        if (answer.Error is { } error)
        {
            await database.CommitAsync(PersonhoodRequests.Refuse(id, $"wallet_{error}"));
            return null;
        }

        // 3. What it proves.
        var (verdict, tag) = await VerifyAsync(answer.VpToken!, charter, new HolderChallenge(row.ClientId, row.Nonce));
        if (tag is null)
        {
            await database.CommitAsync(PersonhoodRequests.Refuse(id, verdict.Reason!));
            throw OAuthRefusal.InvalidRequest($"{verdict.Outcome} at step {verdict.Step}: {verdict.Reason}: {verdict.Detail}");
        }

        // 4. One answer.
        var until = Now() + (long)Personhood.Lifetime.TotalSeconds;
        if (await database.CommitAsync(PersonhoodRequests.Answer(id, digest, RandomId.Digest(ResponseCode(id, digest)), tag, until)) is not null
            && (await PersonhoodRequests.FindAsync(database, id))?.AnswerDigest != digest)
        {
            throw Answered();
        }

        return ReturnUri(id, digest);
    }

    /// <summary>Verifies an answer: the verdict, and where it is accepted what is kept of the person.</summary>
    private async Task<(Verdict Verdict, string? Tag)> VerifyAsync(JsonObject vpToken, Charter charter, HolderChallenge challenge)
    {
        // 1. One presentation, which answers what was asked. Whose it says that it is decides alone by whom it is verified.
        var query = QueryOf(charter);
        if (vpToken.Count != 1 || vpToken.First() is not (var queryId, JsonArray { Count: 1 } array) || array[0] is not JsonValue value || !value.TryGetValue<string>(out var text))
            return (Verdict.Refused(VerificationStep.Shape, "malformed_vp_token", "vp_token must have one entry: an array of one string"), null);
        SdJwtVc shown;
        try
        {
            shown = SdJwtVc.Read(SdJwt.Parse(text));
            query.Check(new Dictionary<string, IReadOnlyList<PresentedCredential>> { [queryId] = [PresentedCredential.Of(shown)] });
        }
        catch (Refusal refusal)
        {
            return (Verdict.Refused(VerificationStep.Query, "query_not_satisfied", refusal.Description), null);
        }

        // 2. The issuers that the charter accepts for this type: nobody else is asked anything.
        var verdict = Verdict.Refused(VerificationStep.Issuer, "issuer_not_trusted", "the charter does not accept credentials of this type and issuer");
        foreach (var issuer in charter.Vouching.Personhood.Where(accepted => accepted.Type == shown.Type).Select(accepted => TrustedIssuer.Of(accepted.Issuer, local)))
        {
            if (issuer?.Nation.Issuer != shown.Issuer) continue;

            // 3. By what the issuer publishes, step by step: its keys, the times, the holder, the status. What could not be checked is not accepted.
            var verifier = await issuer!.VerifierAsync(fetcher, [], withoutStatus: false, local, time);
            var report = await verifier.VerifyAsync(text, challenge);
            verdict = report.Verdict;
            if (verdict.Outcome == Outcome.Accepted && report.IsHolderProven) return (verdict, TagOf(shown.Issuer!, shown.Type, shown.Claims.RequiredString(AcceptedPersonhood.Claim)));
        }

        return (verdict, null);
    }

    /// <summary>A key that is never rotated, as that of subjects: a person is the same after a restore and in ten years.</summary>
    private string TagOf(string issuer, string type, string person) => Subject.For(keys, StrictJson.WriteText(new JsonArray(issuer, type, person)), "urn:network-identity:proven-person");

    /// <summary>The charter that a request rests on; null where it has ended, whatever it ended by.</summary>
    private async Task<Charter?> CharterOfAsync(PersonhoodRequests.Row row)
    {
        if (row.Stage != PersonhoodRequests.Asked || row.ExpiresAt <= Now()) return null;
        if (await Applications.FindAsync(database, row.ApplicationId) is not { } application || !Personhood.IsOpen(application)) return null;
        var charter = await Rules.InForceAsync(database);
        return charter.Version == row.CharterVersion ? charter : null;
    }

    private static Refusal Answered() => OAuthRefusal.InvalidRequest("the request was answered before");

    private string ReturnUri(string id, string answerDigest) => keys.Nation.Url($"/personhood/return?response_code={ResponseCode(id, answerDigest)}");

    /// <summary>A code that can be made again for the identical answer, and by nobody else [OpenID4VP §13.3].</summary>
    private string ResponseCode(string id, string answerDigest) => Base64Url.Encode(HMACSHA256.HashData(_responseCodeKey, System.Text.Encoding.ASCII.GetBytes($"{id}:{answerDigest}")));

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
