using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>/sign-in/{id}: the page of a sign-in, for the browser that asked and no other.</summary>
internal static class SignInEndpoint
{
    /// <summary>GET /sign-in/{id}: the page, in the state the sign-in is in.</summary>
    public static async Task<IResult> PageAsync(string id, HttpContext context, NationContext nation, Places places)
    {
        var seen = await SeeAsync(id, context, nation);
        context.Response.Headers.CacheControl = "no-store";
        SecurityHeaders.AllowFormsAnywhere(context);
        var resource = RequestOptions.Read(seen.Row.Options).Resource is { } identifier ? await Resource.FindAsync(nation.Database, identifier) : null;
        return Page.Of<SignInPage>(View(seen, await nation.SignIns.RequestsAsync(seen), context, nation, places) with { Resource = resource?.Name, ResourceScopes = resource?.ScopesIn(seen.Row.Scope).Split(' ') ?? [] });
    }

    /// <summary>GET /sign-in/{id}/state: what the page's script asks each second.</summary>
    public static async Task<IResult> StateAsync(string id, HttpContext context, NationContext nation)
    {
        var seen = await SeeAsync(id, context, nation);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new JsonObject
        {
            ["state"] = State(seen, nation).ToString().ToLowerInvariant(),
            ["seconds_left"] = SecondsLeft(seen, nation),
            ["reason_code"] = State(seen, nation) == SignInState.Failed ? RefusalWords.CodeOf(seen.Row) : null,
        });
    }

    /// <summary>GET /sign-in/{id}/continue: a member has proved; back to the client with a code, once.</summary>
    public static async Task<IResult> GoOnAsync(string id, HttpContext context, NationContext nation) =>
        await ContinueAsync(await SeeAsync(id, context, nation), null, nation);

    /// <summary>Back to the client with a code, once; for a browser that brings a response code of this flow, or none.</summary>
    public static async Task<IResult> ContinueAsync(SignInDesk.Seen seen, string? broughtBack, NationContext nation)
    {
        if (await nation.SignIns.ContinueAsync(seen, broughtBack) is { } code)
            return AuthorizationResponse.Code(nation.Keys.Nation, AuthorizationResponse.Target.Of(seen.Row), code);

        // Another request of this browser may have been quicker.
        seen = await LookAgainAsync(seen, nation);
        return State(seen, nation) switch
        {
            SignInState.Cancelled or SignInState.Expired => Denied(seen, nation),
            SignInState.Verified => AlreadyUsed(seen, nation),
            _ => AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/{seen.Row.Id}")),
        };
    }

    /// <summary>POST /sign-in/{id}/cancel: the person goes back to the app without proving.</summary>
    public static async Task<IResult> CancelAsync(string id, HttpContext context, NationContext nation)
    {
        var seen = await SeeAsync(id, context, nation);
        await nation.SignIns.CancelAsync(seen.Row);
        seen = await LookAgainAsync(seen, nation);
        return seen.Row.Stage == SignIn.Redeemed ? AlreadyUsed(seen, nation) : Denied(seen, nation);
    }

    /// <summary>GET /sign-in/{id}/again: from the start, with fresh requests for wallets.</summary>
    public static async Task<IResult> AgainAsync(string id, HttpContext context, NationContext nation, RateLimits limits)
    {
        var seen = await SeeAsync(id, context, nation);
        if (State(seen, nation) == SignInState.Verified)
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/{id}"));
        limits.CountSignIn(context, seen.Partner, seen.Row.PushedDigest is not null);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/{await nation.SignIns.AskAgainAsync(seen)}"));
    }

    private static IResult AlreadyUsed(SignInDesk.Seen seen, NationContext nation) =>
        ReturnEndpoint.Page(nation, ReturnKind.AlreadyUsed, seen.Partner, StatusCodes.Status400BadRequest);

    private static IResult Denied(SignInDesk.Seen seen, NationContext nation)
    {
        var words = seen.Row switch
        {
            { RefusedStep: not null } => $"no credential was accepted: {RefusalWords.CodeOf(seen.Row)}",
            { Lapse: SignIn.WrongNumber } => "who holds the wallet chose another number than the browser showed",
            { Lapse: SignIn.Disowned } => "who holds the wallet said that the sign-in was not theirs",
            { Lapse: SignIn.CredentialEnded } => "a credential that was proven has been revoked or suspended, or has ended",
            { Stage: SignIn.Lapsed } => "the member cancelled the sign-in",
            _ => "nobody proved a credential in time",
        };
        return AuthorizationResponse.Refused(nation.Keys.Nation, AuthorizationResponse.Target.Of(seen.Row), OAuthRefusal.AccessDenied(words));
    }

    /// <summary>The sign-in, for the browser that asked; for every other one there is none.</summary>
    public static async Task<SignInDesk.Seen> SeeAsync(string id, HttpContext context, NationContext nation) =>
        await nation.SignIns.FindAsync(id, BrowserCookie.Read(context, nation.Keys.Nation)) ?? throw PageRefusal.SignInNotHere();

    private static async Task<SignInDesk.Seen> LookAgainAsync(SignInDesk.Seen seen, NationContext nation) =>
        seen with { Row = await SignIns.FindAsync(nation.Database, seen.Row.Id) ?? seen.Row };

    private static SignInState State(SignInDesk.Seen seen, NationContext nation) => SignIn.StateOf(seen.Row, nation.Time.GetUtcNow());

    private static int SecondsLeft(SignInDesk.Seen seen, NationContext nation) =>
        (int)Math.Max(0, SignIn.EndOf(seen.Row) - nation.Time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The pages that an app registered. A picture is a link as well: who shows a stranger's picture tells the stranger who looks at it.</summary>
    private static IReadOnlyList<PartnerLink> LinksOf(ClientMetadata metadata) =>
    [
        .. new (string Words, string? Url)[] { ("its page", metadata.ClientUri), ("its privacy policy", metadata.PolicyUri), ("its terms of service", metadata.TosUri), ("its logo", metadata.LogoUri) }
            .Where(link => link.Url is not null).Select(link => new PartnerLink(link.Words, link.Url!)),
    ];

    private static SignInView View(
        SignInDesk.Seen seen, (PresentationRequests.Row Here, PresentationRequests.Row There) requests, HttpContext context, NationContext nation, Places places)
    {
        var (row, partner) = seen;
        var (here, there) = requests;
        var qrText = nation.Presentations.Link(there);
        var asked = nation.SignIns.Asked(seen);
        var contexts = AskedWords.ContextsOf(partner.Policy, RequestOptions.Read(row.Options));
        var refusal = row.RefusedStep is null ? null : RefusalWords.Of(row, [.. asked.Credentials.Select(one => AskedWords.NameOf(one.Type))]);
        var home = nation.Keys.Nation.Url($"/sign-in/{row.Id}");
        return new SignInView
        {
            Nation = nation.Keys.Nation.Name,
            Partner = MemberPages.NameOf(partner, row.State, nation.Keys.Nation),
            PartnerHost = Destination.NameOf(row.RedirectUri),
            SelfMade = partner.HasDocument ? new Uri(partner.ClientId).Host : null,
            PartnerLinks = LinksOf(partner.Metadata),
            IsApp = !Destination.IsWeb(row.RedirectUri),
            Asked = AskedWords.Of(asked, partner.Policy, nation.Keys.Nation),
            Purpose = partner.Policy.Purpose,
            Contexts = contexts,
            Way = AskedWords.WayOf(contexts),
            TellsIssuance = SignInDesk.ChoiceOf(row, partner).HasVerifiedClaims,
            State = State(seen, nation),
            SameDeviceLink = nation.Presentations.Link(here),
            HaipLink = nation.Presentations.Link(here, "haip-vp"),
            BrowserLink = places.WalletLink("/present", nation.Presentations.Link(here)),
            IsBrowserFirst = places.IsWalletHere,
            QrSvg = State(seen, nation) == SignInState.Waiting ? QrCode.Svg(qrText) : "",
            QrText = qrText,
            IsOnThisMachineAlone = nation.Keys.Nation.IsOnThisMachineAlone,
            Number = row.Number,
            BegunOn = row.BegunOn,
            BegunAt = DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt),
            SecondsLeft = SecondsLeft(seen, nation),
            CodeSeconds = nation.SignIns.SecondsToRenewal(there),
            DigitalUrl = home + "/digital",
            StateUrl = home + "/state",
            ContinueUrl = home + "/continue",
            CancelUrl = home + "/cancel",
            AgainUrl = home + "/again",
            ReasonTitle = refusal?.Title,
            Reason = refusal?.Reason,
            Mend = refusal?.Mend,
            ReasonCode = refusal is null ? null : RefusalWords.CodeOf(row),
            CorrelationId = context.TraceIdentifier,
        };
    }
}
