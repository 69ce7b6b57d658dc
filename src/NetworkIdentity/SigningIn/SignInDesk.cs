using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.SigningIn;

/// <summary>The browser's side of a sign-in: ask, watch, go on with a code, or end it. And what the wallet's holder says on another device.</summary>
/// <param name="database">Where sign-ins are.</param>
/// <param name="keys">The nation's keys.</param>
/// <param name="types">The credential types, by name.</param>
/// <param name="clientIdPrefix">How new requests to wallets say who asks: one of <see cref="Standards.OpenId4Vp.ClientIdPrefixes.All"/>.</param>
/// <param name="times">How long the sessions last that it begins.</param>
/// <param name="time">The clock.</param>
public sealed class SignInDesk(
    Database database, KeyRing keys, IReadOnlyDictionary<string, CredentialType> types, string clientIdPrefix, SessionTimes times, TimeProvider time)
{
    /// <summary>A code is good for one minute, once.</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    private readonly byte[] _codeKey = keys.Derive("authorization-code");

    /// <summary>A sign-in and its client.</summary>
    /// <param name="Row">The sign-in.</param>
    /// <param name="Partner">The client that asked.</param>
    public sealed record Seen(SignIns.Row Row, Partner Partner);

    /// <summary>Begins a sign-in for a browser, with one request for a wallet on the same device and one for a wallet on another.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="browserSecret">The secret in the browser's cookie.</param>
    /// <param name="begunOn">The browser that asks, in a few fixed words.</param>
    /// <returns>The sign-in's id.</returns>
    public Task<string> AskAsync(AuthorizationRequest request, string browserSecret, string begunOn) => AskAsync(new SignIns.Row
    {
        Id = RandomId.New(),
        ClientId = request.Partner.ClientId,
        RedirectUri = request.RedirectUri,
        ResponseMode = request.ResponseMode,
        Scope = request.Scope,
        State = request.State,
        Nonce = request.Nonce,
        CodeChallenge = request.CodeChallenge,
        HintedSubject = request.HintedSubject,
        Options = request.Options.Write(),
        DpopJkt = request.DpopJkt,
        PushedDigest = request.PushedDigest,
        BrowserDigest = RandomId.Digest(browserSecret),
        Number = RandomId.Digits(2),
        BegunOn = begunOn,
        Stage = SignIn.Asked,
        CreatedAt = Now(),
        ExpiresAt = Now() + (long)SignIn.Lifetime.TotalSeconds,
    }, request.Partner);

    /// <summary>Begins again what expired, failed or was cancelled, with fresh requests for wallets.</summary>
    /// <returns>The new sign-in's id.</returns>
    public async Task<string> AskAgainAsync(Seen seen)
    {
        if (seen.Row.Stage is SignIn.Asked or SignIn.Proven or SignIn.Confirmed) await database.CommitAsync(SignIns.Lapse(seen.Row.Id, SignIn.Cancelled));
        return await AskAsync(seen.Row with
        {
            Id = RandomId.New(),
            Number = RandomId.Digits(2),
            Stage = SignIn.Asked,
            Lapse = null,
            RefusedStep = null,
            RefusedReason = null,
            ScannedAt = null,
            ScannedRequest = null,
            MemberId = null,
            CredentialIds = null,
            Claims = null,
            ProvenAt = null,
            ProvenFlow = null,
            CreatedAt = Now(),
            ExpiresAt = Now() + (long)SignIn.Lifetime.TotalSeconds,
        }, seen.Partner);
    }

    /// <summary>A sign-in, for the browser that asked; null for every other one, and where there is none.</summary>
    /// <param name="id">The sign-in's id.</param>
    /// <param name="browserSecrets">The secrets in the browser's cookies; mostly one, none where it sent none.</param>
    public async Task<Seen?> FindAsync(string id, IReadOnlyCollection<string> browserSecrets)
    {
        if (browserSecrets.Count == 0 || await SignIns.FindAsync(database, id) is not { } row) return null;
        if (!browserSecrets.Any(secret => RandomId.Digest(secret) == row.BrowserDigest)) return null;
        return await Partner.FindAsync(database, row.ClientId) is { } partner ? new Seen(row, partner) : null;
    }

    /// <summary>What is asked of a wallet, as the page tells it.</summary>
    public ProofRequest Asked(Seen seen) => ProofRequest.Of(seen.Partner.Policy, ChoiceOf(seen.Row, seen.Partner), types);

    /// <summary>What the client chose of its policy.</summary>
    public static Choice ChoiceOf(SignIns.Row row, Partner partner) => Choice.Of(partner.Policy, row.Scope, RequestOptions.Read(row.Options));

    /// <summary>The request behind the link, and that behind the QR code as the page is to show it now.</summary>
    /// <remarks>
    /// A code that no wallet has scanned is soon another: who has a picture of it has nothing [RFC10027 §6.1.2, §6.1.3]. One that was scanned stays, and there is no
    /// other after it.
    /// </remarks>
    public async Task<(PresentationRequests.Row Here, PresentationRequests.Row There)> RequestsAsync(Seen seen)
    {
        var all = await PresentationRequests.OfSignInAsync(database, seen.Row.Id);
        var here = all.First(request => request.Flow == PresentationRequests.SameDevice);
        var there = all.Where(request => request.Flow == PresentationRequests.CrossDevice)
            .OrderByDescending(request => request.Id == seen.Row.ScannedRequest).ThenByDescending(request => request.ExpiresAt).First();
        var isShown = SignIn.StateOf(seen.Row, time.GetUtcNow()) is SignInState.Waiting && seen.Row.ScannedRequest is null;
        if (!isShown || SecondsToRenewal(there) > 0) return (here, there);
        there = NewRequest(seen.Row, seen.Partner, PresentationRequests.CrossDevice, Now() + (long)SignIn.CodeLifetime.TotalSeconds);
        await database.CommitAsync(PresentationRequests.Insert(there));
        return (here, there);
    }

    /// <summary>In how many seconds the QR code of a request is to be another.</summary>
    public int SecondsToRenewal(PresentationRequests.Row there) =>
        (int)Math.Max(0, there.ExpiresAt - (long)SignIn.CodeLifetime.TotalSeconds + (long)SignIn.CodeRenewal.TotalSeconds - Now());

    /// <summary>The browser that asked goes on: a member has proved, and a code is made, once.</summary>
    /// <remarks>
    /// A proof counts for a browser that comes with its response code, or that carried it itself: else whoever sends someone their own link would be signed
    /// in by that person's answer [OpenID4VP §13.3]. One from another device counts for the browser that asked once the wallet's holder has said which number
    /// it shows [RFC10027 §6.1.16, the other way round].
    /// </remarks>
    /// <param name="seen">The sign-in.</param>
    /// <param name="broughtBack">The flow of the request whose response code the browser brings; null where it brings none.</param>
    /// <returns>The code; null where nobody has proved so, what they proved by has ended since, or the code was made before.</returns>
    public async Task<string?> ContinueAsync(Seen seen, string? broughtBack)
    {
        var (row, partner) = seen;
        var flow = broughtBack ?? (row.ProvenFlow == PresentationRequests.DigitalCredentials ? row.ProvenFlow : PresentationRequests.CrossDevice);
        var isBrowsersOwn = broughtBack is not null || flow == PresentationRequests.DigitalCredentials;
        var from = isBrowsersOwn && row.Stage != SignIn.Confirmed ? SignIn.Proven : SignIn.Confirmed;
        var code = CodeOf(row.Id);
        if (row.CredentialIds is not { } ids) return null;
        if (partner.IsForCases && await IsReplacedAsync(ids))
        {
            await database.CommitAsync(SignIns.Lapse(row.Id, SignIn.CredentialEnded));
            return null;
        }

        var session = await SessionOfAsync(row, partner, ids);
        var broken = await database.CommitAsync(
        [
            // Whoever revokes a credential ends the sessions on it: so none is begun on one that is revoked.
            .. ids.Split(' ').Select(id => partner.IsForCases ? Credentials.Kept(id) : Credentials.Stands(id, Now())),
            SignIns.Redeem(row.Id, from, flow, Now() - (long)SignIn.Lifetime.TotalSeconds),
            .. Sessions.Insert(session),
            AuthorizationCodes.Insert(CodeRow(row, code, session.Id)),
            .. row.PushedDigest is { } pushed ? [PushedRequests.Spend(pushed)] : Array.Empty<Statement>(),
        ]);
        if (broken is null) return code;

        // A pushed request has one code, in whichever tab it was answered first [RFC9126 §7.3].
        if (broken == "pushed") await database.CommitAsync(SignIns.Lapse(row.Id, SignIn.Cancelled));
        if (broken == "stands") await database.CommitAsync(SignIns.Lapse(row.Id, SignIn.CredentialEnded));

        // The page may ask again: an answer can be lost, and a person can press the button that the page was about to press. Until the code is
        // spent or late it gets the same one. The response code of the same device brings a browser back once [OpenID4VP §13.3].
        return await AuthorizationCodes.FindAsync(database, RandomId.Digest(code)) is { SpentAt: null } made && made.ExpiresAt > Now()
            && await SignIns.FindAsync(database, row.Id) is { Stage: SignIn.Redeemed, ProvenFlow: not PresentationRequests.SameDevice }
            ? code
            : null;
    }

    /// <summary>Whether what was proven by is a wallet's that another took the place of since: who holds that one is the member.</summary>
    private async Task<bool> IsReplacedAsync(string credentialIds)
    {
        foreach (var id in credentialIds.Split(' '))
            if (await Credentials.FindAsync(database, id) is { } record && !record.Stands(Now()) && !await Credentials.IsLastAsync(database, record)) return true;
        return false;
    }

    /// <summary>The person at the browser ends a sign-in that has not been redeemed.</summary>
    public Task CancelAsync(SignIns.Row row) => database.CommitAsync(SignIns.Lapse(row.Id, SignIn.Cancelled));

    /// <summary>The numbers of which the wallet's holder chooses on another device.</summary>
    public IReadOnlyList<string> ChoicesOf(SignIns.Row row) => NumberChoice.Of(keys, row.Id, row.Number);

    /// <summary>The wallet's holder says on another device which number the browser shows that asked: it goes on by the right one, and ends by any other.</summary>
    public Task ChooseAsync(SignIns.Row row, string number) => database.CommitAsync(
        number == row.Number ? SignIns.Confirm(row.Id, Now() - (long)SignIn.Lifetime.TotalSeconds) : SignIns.Mistake(row.Id));

    /// <summary>Who holds the wallet says that it was not their sign-in: it ends, and what it gave is taken back.</summary>
    public Task DisownAsync(SignIns.Row row) => database.CommitAsync(SignIns.Disown(row.Id), Sessions.EndOfSignIn(row.Id, Sessions.Disowned, Now()));

    private async Task<Sessions.Row> SessionOfAsync(SignIns.Row row, Partner partner, string credentialIds)
    {
        var id = RandomId.New();
        var browserUntil = row.ProvenAt!.Value + (long)times.Browser.TotalSeconds;
        var end = partner.MayRefresh ? Now() + (long)times.Longest.TotalSeconds : Math.Max(browserUntil, Now() + (long)Tokens.Lifetime.TotalSeconds * 2);
        foreach (var credential in partner.IsForCases ? [] : credentialIds.Split(' '))
            if (await Credentials.FindAsync(database, credential) is { } record) end = Math.Min(end, record.ExpiresAt);
        return new Sessions.Row
        {
            Id = id,
            ClientId = row.ClientId,
            MemberId = row.MemberId!,
            SignInId = row.Id,
            BrowserDigest = row.BrowserDigest,
            CredentialIds = credentialIds,
            ProvenScope = ChoiceOf(row, partner).ToString(),
            Claims = keys.Sealing.Seal(keys.Sealing.Open(row.Claims, Session.OwnerOfSignIn(row.Id)), Session.Owner(id)),
            ProvenAt = row.ProvenAt!.Value,
            ProvenFlow = row.ProvenFlow!,
            BrowserUntil = browserUntil,
            ExpiresAt = end,
        };
    }

    private AuthorizationCodes.Row CodeRow(SignIns.Row row, string code, string sessionId) => new()
    {
        CodeDigest = RandomId.Digest(code),
        SessionId = sessionId,
        ClientId = row.ClientId,
        RedirectUri = row.RedirectUri,
        Scope = row.Scope,
        Nonce = row.Nonce,
        CodeChallenge = row.CodeChallenge,
        Options = row.Options,
        DpopJkt = row.DpopJkt,
        CreatedAt = Now(),
        ExpiresAt = Now() + (long)CodeLifetime.TotalSeconds,
    };

    private async Task<string> AskAsync(SignIns.Row row, Partner partner)
    {
        await database.CommitAsync(
            SignIns.Insert(row),
            PresentationRequests.Insert(NewRequest(row, partner, PresentationRequests.SameDevice, row.ExpiresAt)),
            PresentationRequests.Insert(NewRequest(row, partner, PresentationRequests.CrossDevice, Now() + (long)SignIn.CodeLifetime.TotalSeconds)));
        return row.Id;
    }

    /// <summary>A request as it is before any wallet has come: its key is made then, so that who only asks costs little.</summary>
    private PresentationRequests.Row NewRequest(SignIns.Row row, Partner partner, string flow, long expiresAt) => new()
    {
        Id = RandomId.New(),
        SignInId = row.Id,
        Flow = flow,
        ClientId = RequestKey.ClientIdOf(keys, clientIdPrefix),
        Nonce = RandomId.Secret(),
        State = RandomId.Secret(),
        ResponseMode = partner.WalletResponseMode,
        ExpiresAt = expiresAt,
    };

    /// <summary>The one code of a sign-in, which only this nation's servers can make, each of them the same.</summary>
    private string CodeOf(string signInId) =>
        Base64Url.Encode(HMACSHA256.HashData(_codeKey, System.Text.Encoding.ASCII.GetBytes(signInId)));

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
