using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Joining;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>/applications/{id}/personhood: an applicant proves to be one person, with their wallet. For the browser that knows the application and no other.</summary>
internal static class PersonhoodEndpoint
{
    /// <summary>What its form does.</summary>
    private const string Act = "prove-person";

    /// <summary>GET: the page, in the state it is in.</summary>
    public static async Task<IResult> PageAsync(string id, HttpContext context, NationContext nation, Places places)
    {
        var (row, _) = await FindAsync(id, context, nation);
        return await ViewAsync(row, context, nation, places) is { } view ? Page.Of<PersonhoodPage>(view) : AuthorizationResponse.SeeOther(ApplicationUrl(nation, id));
    }

    /// <summary>POST: asks a wallet, anew where one was asked.</summary>
    public static async Task<IResult> BeginAsync(string id, HttpContext context, NationContext nation, RateLimits limits)
    {
        await BrowserForm.ReadAsync(context, nation, Act);
        var (_, secret) = await FindAsync(id, context, nation);
        limits.CountApplication(context);
        await nation.Personhood.BeginAsync(secret, AskingBrowser.WordsFor(context.Request.Headers.UserAgent));
        return AuthorizationResponse.SeeOther(UrlOf(nation, id));
    }

    /// <summary>GET …/state: what the page's script asks each second.</summary>
    public static async Task<IResult> StateAsync(string id, HttpContext context, NationContext nation)
    {
        var (row, _) = await FindAsync(id, context, nation);
        var view = await ViewAsync(row, context, nation, null) ?? throw PageRefusal.NotFound();
        return Results.Json(new JsonObject
        {
            ["state"] = view.State.ToString().ToLowerInvariant(),
            ["seconds_left"] = view.SecondsLeft,
            ["reason_code"] = view.ReasonCode,
        });
    }

    /// <summary>What the page of an application shows of it; null where nobody asks, or the application is past it.</summary>
    /// <param name="row">The application.</param>
    /// <param name="context">The browser's request.</param>
    /// <param name="nation">The nation.</param>
    /// <param name="places">Where wallets are, where links to them are shown; else null.</param>
    public static async Task<PersonhoodView?> ViewAsync(Applications.Row row, HttpContext context, NationContext nation, Places? places)
    {
        if (row.State is not (Applications.Vouching or Applications.Review)) return null;
        var standing = await nation.Personhood.StandingAsync(row.Id);
        if (standing.Accepted.Count == 0) return null;
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        var state = PersonhoodWords.StateOf(standing, now);
        var code = standing.IsProven ? "" : PersonhoodWords.CodeOf(standing.Request, now);
        var view = new PersonhoodView
        {
            Nation = nation.Keys.Nation.Name,
            State = state,
            Issuers = [.. standing.Accepted.Select(accepted => accepted.Issuer).Distinct(StringComparer.Ordinal)],
            Url = UrlOf(nation, row.Id),
            ApplicationUrl = ApplicationUrl(nation, row.Id),
            Refused = PersonhoodWords.Of(code),
            ReasonCode = code,
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueOf(nation, Act, BrowserCookie.ReadOrSet(context, nation.Keys.Nation)),
            CorrelationId = context.TraceIdentifier,
        };
        if (standing.Request is not { } request || state is PersonhoodState.Needed or PersonhoodState.Proven) return view;
        view = view with
        {
            Number = request.Number,
            BegunOn = request.BegunOn,
            BegunAt = DateTimeOffset.FromUnixTimeSeconds(request.CreatedAt),
            SecondsLeft = (int)Math.Max(0, request.ExpiresAt - now),
            IsOnThisMachineAlone = nation.Keys.Nation.IsOnThisMachineAlone,
        };
        if (places is null || state != PersonhoodState.Waiting) return view;
        var link = nation.Personhood.Link(request);
        return view with
        {
            SameDeviceLink = link,
            HaipLink = nation.Personhood.Link(request, "haip-vp"),
            BrowserLink = places.WalletLink("/present", link),
            IsBrowserFirst = places.IsWalletHere,
            QrSvg = QrCode.Svg(link),
        };
    }

    /// <summary>The address of the page.</summary>
    public static string UrlOf(NationContext nation, string id) => $"{ApplicationUrl(nation, id)}/personhood";

    /// <summary>The application, for a browser that knows its secret.</summary>
    private static async Task<(Applications.Row Row, string Secret)> FindAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await SecretOfAsync(id, context, nation) is { } secret && await Applications.FindAsync(nation.Database, id) is { } row ? (row, secret) : throw PageRefusal.NotFound();
    }

    /// <summary>The secret of an application that this browser knows; null where it doesn't.</summary>
    public static async Task<string?> SecretOfAsync(string id, HttpContext context, NationContext nation) =>
        ApplicationCookie.Read(context, nation.Keys.Nation).FirstOrDefault(known => known.Id == id).Secret is { } secret
            && (await Applications.FindBySecretAsync(nation.Database, RandomId.Digest(secret)))?.Id == id ? secret : null;

    private static string ApplicationUrl(NationContext nation, string id) => nation.Keys.Nation.Url($"/applications/{id}");
}
