using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>The wallet's side of a sign-in: fetch the request, post the answer [OpenID4VP §5] [OpenID4VP §8]; or both through the browser [OpenID4VP App. A].</summary>
/// <remarks>
/// A request may be fetched more than once, since phones preview links; it is spent by the one answer that is accepted. An answer that is not
/// accepted leaves it open, so that a stranger who saw the QR can't end someone's sign-in. Of the requests behind QR codes one is fetched: the first.
/// </remarks>
public sealed class PresentationExchange(
    Database database, KeyRing keys, IReadOnlyDictionary<string, CredentialType> types, Verifier verifier, string clientIdPrefix, TimeProvider time)
{
    /// <summary>The step that is named where the wallet itself declined.</summary>
    public const string WalletStep = "Wallet";

    private readonly byte[] _responseCodeKey = keys.Derive("response-code");
    private readonly byte[] _carriedRequestKey = keys.Derive("carried-request");

    /// <summary>A request and what it belongs to.</summary>
    private sealed record Open(PresentationRequests.Row Row, SignIns.Row SignIn, Partner Partner)
    {
        /// <summary>What is asked of the wallet.</summary>
        public ProofRequest Asks(IReadOnlyDictionary<string, CredentialType> types) =>
            ProofRequest.Of(Partner.Policy, SignInDesk.ChoiceOf(SignIn, Partner), types) is var asked && Partner.IsForCases ? asked.TakingEnded() : asked;
    }

    /// <summary>The link for a wallet.</summary>
    public string Link(PresentationRequests.Row request, string scheme = "openid4vp") =>
        RequestObject.Link(request.ClientId, keys.Nation.Url($"/request/{request.Id}"), scheme);

    /// <summary>The signed request object; null where there is no such request, or it has ended.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="walletNonce">The wallet's nonce, echoed; null where it sent none.</param>
    public async Task<string?> FetchAsync(string id, string? walletNonce)
    {
        if (await FindOpenAsync(id) is not { Row.Flow: not PresentationRequests.DigitalCredentials } open) return null;
        if (open.Row.FetchedAt is null)
        {
            // Another may be the first at this moment: then its key is the one. And where it is another code's, this one leads nowhere.
            var until = Now() + (long)SignIn.Lifetime.TotalSeconds;
            var broken = await database.CommitAsync(
                PresentationRequests.Fetch(id, KeyFor(open.Row), Now(), until),
                open.Row.Flow == PresentationRequests.CrossDevice ? SignIns.Scan(open.SignIn.Id, id, Now(), until) : SignIns.Open(open.SignIn.Id, Now(), until));
            open = broken == "scanned" ? null : await FindOpenAsync(id);
            if (open is null) return null;
        }

        return await SignAsync(open, RequestOf(open) with
        {
            ResponseUri = keys.Nation.Url($"/response/{id}"),
            State = open.Row.State,
            WalletNonce = walletNonce,
        });
    }

    /// <summary>The signed request that the browser hands to a wallet by its own API [OpenID4VP App. A.3.2]; null where the sign-in no longer waits for one.</summary>
    /// <param name="signIn">The sign-in, as its browser sees it.</param>
    public async Task<string?> HandOverAsync(SignInDesk.Seen signIn)
    {
        var row = await CarriedByBrowserAsync(signIn.Row.Id);
        if (row is null && signIn.Row.Stage == SignIn.Asked)
        {
            var id = CarriedRequestId(signIn.Row.Id);
            row = new PresentationRequests.Row
            {
                Id = id,
                SignInId = signIn.Row.Id,
                Flow = PresentationRequests.DigitalCredentials,
                ClientId = RequestKey.ClientIdOf(keys, clientIdPrefix),
                Nonce = RandomId.Secret(),
                State = RandomId.Secret(),
                ResponseMode = ResponseModes.DcApiJwt,
                DecryptionKey = EphemeralKey.Create(keys.Sealing, id),
                FetchedAt = Now(),
                ExpiresAt = signIn.Row.ExpiresAt,
            };
            // Of two at once the first is the one.
            await database.CommitAsync(PresentationRequests.InsertFirst(row));
        }

        // The origin is in the request, so that nobody else's page can hand it over, and the wallet's answer is for this origin.
        return row is not null && await FindOpenAsync(row.Id) is { } open
            ? await SignAsync(open, RequestOf(open) with { ExpectedOrigins = [keys.Nation.Origin] })
            : null;
    }

    /// <summary>Takes what a wallet answered through the browser [OpenID4VP App. A.4]: an encrypted answer, or an error in the clear.</summary>
    /// <param name="signIn">The sign-in, as its browser sees it: nobody else may bring its answer.</param>
    /// <param name="form"><c>response</c>, or <c>error</c>.</param>
    /// <exception cref="Refusal"><c>invalid_request</c>, with the step that failed. The request stays open unless it was answered or has ended.</exception>
    public async Task TakeBackAsync(SignInDesk.Seen signIn, IReadOnlyDictionary<string, string> form)
    {
        if (await CarriedByBrowserAsync(signIn.Row.Id) is not { } row) throw OAuthRefusal.InvalidRequest("there is no such request");
        var digest = DigestOf(row, form);
        if (row.AnswerDigest is not null && row.AnswerDigest != digest) throw Answered();
        if (row.AnswerDigest is not null) return;
        if (await FindOpenAsync(row.Id) is not { } open)
        {
            // Its twin may have been quicker.
            if (await ReplyAgainAsync(row.Id, digest) is null) throw OAuthRefusal.InvalidRequest("the request has ended");
            return;
        }

        var (vpToken, _, error) = Unpack(row, form);
        if (error is null) await ProveAsync(open, vpToken!, $"origin:{keys.Nation.Origin}", digest);
        else await database.CommitAsync(SignIns.Decline(open.SignIn.Id, WalletStep, error));
    }

    /// <summary>Takes a wallet's answer.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="form">The form that was posted, not yet bounded in length: presentations are long.</param>
    /// <returns>Where the wallet sends its holder's browser; null for nowhere.</returns>
    /// <exception cref="Refusal"><c>invalid_request</c>, with the step that failed. The request stays open unless it was answered or has ended.</exception>
    public async Task<string?> AnswerAsync(string id, IReadOnlyDictionary<string, string> form)
    {
        // 1. The request is there; its identical answer again gets the same reply, another answer none.
        if (await PresentationRequests.FindAsync(database, id) is not { FetchedAt: not null, Flow: not PresentationRequests.DigitalCredentials } row)
            throw OAuthRefusal.InvalidRequest("there is no such request");
        var digest = DigestOf(row, form);
        if (row.AnswerDigest is not null) return row.AnswerDigest == digest ? ReturnUri(id, digest) : throw Answered();
        if (await FindOpenAsync(id) is not { } open) return await ReplyAgainAsync(id, digest) ?? throw OAuthRefusal.InvalidRequest("the request has ended");

        // 2. The answer, out of its envelope.
        var answer = Unpack(open.Row, form);
        answer.CheckState(open.Row.State);
        if (answer.Error is { } error)
        {
            // Nothing was proven, so nothing comes back but the person, on the same device to their page.
            await database.CommitAsync(SignIns.Decline(open.SignIn.Id, WalletStep, error));
            // What is random in it is fresh, as it must be, and leads to nothing [OpenID4VP §8.2].
            return row.Flow == PresentationRequests.SameDevice ? keys.Nation.Url($"/sign-in/{open.SignIn.Id}?response_code={RandomId.Secret()}") : null;
        }

        // 3. What it proves, and that it is the first.
        await ProveAsync(open, answer.VpToken!, open.Row.ClientId, digest);
        return ReturnUri(id, digest);
    }

    /// <summary>Verifies an answer, and keeps what it proves.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it is not accepted, or another was before.</exception>
    private async Task ProveAsync(Open open, JsonObject vpToken, string audience, string digest)
    {
        // 1. Step by step.
        var row = open.Row;
        var asked = open.Asks(types);
        var verdict = await verifier.VerifyAsync(vpToken, new Verifier.Expectation(asked.ToDcql(), new HolderChallenge(audience, row.Nonce)) { Terms = asked.Terms });
        if (verdict.Outcome == Outcome.Accepted && verdict.Credentials.DistinctBy(credential => credential.Type).Count() != verdict.Credentials.Count)
            verdict = Verdict.Refused(VerificationStep.Query, "query_not_satisfied", "a type is presented in two formats");
        if (verdict.Outcome == Outcome.Accepted && open.SignIn.HintedSubject is { } hinted
            && hinted != Subject.For(keys, verdict.Credentials[0].MemberId, open.Partner.Sector))
        {
            verdict = Verdict.Refused(VerificationStep.Policy, "other_member", "the client expects another member to come back");
        }

        if (verdict.Outcome == Outcome.Accepted
            && !AuthorizationRequest.Admits(open.Partner.Policy, RequestOptions.Read(open.SignIn.Options), Session.ContextOf(row.Flow)))
        {
            verdict = Verdict.Refused(VerificationStep.Policy, "other_context", "the client asks for a proof on the device of the browser, or on another");
        }

        if (verdict.Outcome != Outcome.Accepted)
        {
            await database.CommitAsync(SignIns.Refuse(open.SignIn.Id, verdict.Step.ToString()!, verdict.Reason!));
            throw OAuthRefusal.InvalidRequest($"{verdict.Outcome} at step {verdict.Step}: {verdict.Reason}: {verdict.Detail}");
        }

        // 2. One answer, one proof, on credentials that stand: all or none. Where one was revoked meanwhile, or its member erased, nothing of them is kept.
        var broken = await database.CommitAsync(
        [
            .. verdict.Credentials.Select(credential => open.Partner.IsForCases ? Credentials.Kept(credential.RecordId) : Credentials.Stands(credential.RecordId, Now())),
            PresentationRequests.Answer(row.Id, digest, RandomId.Digest(ResponseCode(row.Id, digest))),
            SignIns.Prove(
                open.SignIn.Id,
                row.Flow,
                verdict.Credentials[0].MemberId,
                string.Join(' ', verdict.Credentials.Select(credential => credential.RecordId)),
                keys.Sealing.Seal(StrictJson.Write(Claims(verdict, asked)), Session.OwnerOfSignIn(open.SignIn.Id)),
                Now()),
        ]);
        if (broken is not null && await ReplyAgainAsync(row.Id, digest) is null) throw Answered();
    }

    /// <summary>What every request says, however it comes to the wallet.</summary>
    private RequestObject RequestOf(Open open) => new()
    {
        ClientId = open.Row.ClientId,
        ResponseMode = open.Row.ResponseMode,
        Nonce = open.Row.Nonce,
        Query = open.Asks(types).ToDcql(),
        ClientName = ClientName(open),
        EncryptionKey = PublicKeyOf(open.Row),
        IssuedAt = time.GetUtcNow(),
        ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(open.Row.ExpiresAt),
    };

    private async Task<string> SignAsync(Open open, RequestObject request) => await RequestKey.SignAsync(keys, open.Row.ClientId, request.ToJson());

    private byte[]? KeyFor(PresentationRequests.Row row) =>
        row.DecryptionKey ?? (row.ResponseMode == ResponseModes.DirectPostJwt ? EphemeralKey.Create(keys.Sealing, row.Id) : null);

    private Jwk? PublicKeyOf(PresentationRequests.Row row)
    {
        if (row.DecryptionKey is not { } sealedKey) return null;
        using var key = EphemeralKey.Open(keys.Sealing, sealedKey, row.Id);
        return EphemeralKey.PublicJwk(key, row.Id);
    }

    /// <summary>The request of a sign-in that its browser was given to hand over; null where there is none.</summary>
    private Task<PresentationRequests.Row?> CarriedByBrowserAsync(string signInId) => PresentationRequests.FindAsync(database, CarriedRequestId(signInId));

    /// <summary>A sign-in has one, however often it is asked for; and a wallet that reads the id in it has no sign-in's id.</summary>
    private string CarriedRequestId(string signInId) => Base64Url.Encode(HMACSHA256.HashData(_carriedRequestKey, System.Text.Encoding.ASCII.GetBytes(signInId)));

    private static string DigestOf(PresentationRequests.Row row, IReadOnlyDictionary<string, string> form) => WalletAnswer.DigestOf(row.DecryptionKey is not null, form);

    private WalletAnswer Unpack(PresentationRequests.Row row, IReadOnlyDictionary<string, string> form) => WalletAnswer.Unpack(keys.Sealing, row.Id, row.DecryptionKey, form);

    /// <summary>Who asks, and where it was begun: what a person needs to know another's sign-in from their own. Not the number, which they are asked for.</summary>
    private string ClientName(Open open)
    {
        var row = open.SignIn;
        var at = DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt).ToString("HH:mm", CultureInfo.InvariantCulture);
        var on = row.BegunOn is null ? "" : $" in {row.BegunOn}";
        return $"{MemberPages.NameOf(open.Partner, row.State, keys.Nation)} ({Destination.NameOf(row.RedirectUri)}), begun {at} UTC{on}, at {keys.Nation.Name}";
    }

    /// <summary>The reply to an answer whose twin was accepted meanwhile; null where another answer was, or none.</summary>
    private async Task<string?> ReplyAgainAsync(string id, string digest) =>
        (await PresentationRequests.FindAsync(database, id))?.AnswerDigest == digest ? ReturnUri(id, digest) : null;

    /// <summary>Of each credential what was asked of it, and nothing else.</summary>
    private static JsonObject Claims(Verdict verdict, ProofRequest asked) => new(verdict.Credentials.Select(credential =>
    {
        var names = asked.Credentials.Where(one => one.Type.Name == credential.Type).SelectMany(one => one.Claims.Concat(one.Optional)).ToHashSet();
        return KeyValuePair.Create(credential.Type, (JsonNode?)new JsonObject(
            credential.Claims.Where(claim => names.Contains(claim.Key)).Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone()))));
    }));

    private static Refusal Answered() => OAuthRefusal.InvalidRequest("the request was answered before, or the sign-in has ended");

    private async Task<Open?> FindOpenAsync(string id)
    {
        if (await PresentationRequests.FindAsync(database, id) is not { } row || row.ExpiresAt <= Now()) return null;
        if (await SignIns.FindAsync(database, row.SignInId) is not { Stage: SignIn.Asked } signIn) return null;
        return await Partner.FindAsync(database, signIn.ClientId) is { } partner ? new Open(row, signIn, partner) : null;
    }

    private string ReturnUri(string id, string answerDigest) => keys.Nation.Url($"/sign-in/return?response_code={ResponseCode(id, answerDigest)}");

    /// <summary>A code that can be made again for the identical answer, and by nobody else [OpenID4VP §13.3].</summary>
    private string ResponseCode(string id, string answerDigest) =>
        Base64Url.Encode(HMACSHA256.HashData(_responseCodeKey, System.Text.Encoding.ASCII.GetBytes($"{id}:{answerDigest}")));

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
