using Microsoft.AspNetCore.WebUtilities;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>GET and POST /logout: a client, or the person, ends a session in this browser [OIDC-RPInitiated §2] [OIDC-FrontChannel §3].</summary>
internal static class LogoutEndpoint
{
    private const string Act = "logout";

    /// <summary>Ends the session and goes back; or asks first.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var isPost = HttpMethods.IsPost(context.Request.Method);
        var parameters = isPost ? await RequestReading.FormAsync(context.Request) : RequestReading.Query(context.Request);
        var request = await ReadAsync(parameters, nation);

        // Another site's POST comes without our cookie (SameSite=Lax): the same request again, by GET, comes with it.
        var secrets = BrowserCookie.Read(context, nation.Keys.Nation);
        if (isPost && secrets.Count == 0)
        {
            var sent = QueryString.Create(Sent(parameters).Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)));
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/logout") + sent);
        }

        var sessions = await nation.Logouts.OfBrowserAsync(request.Partner, secrets);
        return nation.Logouts.MustAsk(request, sessions) ? await AskAsync(context, nation, parameters, sessions) : await EndAsync(context, nation, request, sessions);
    }

    /// <summary>POST /logout/confirm: the person has been asked, and says yes.</summary>
    public static async Task<IResult> ConfirmAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var parameters = await BrowserForm.ReadAsync(context, nation, Act);
        var request = await ReadAsync(parameters, nation);
        return await EndAsync(context, nation, request, await nation.Logouts.OfBrowserAsync(request.Partner, BrowserCookie.Read(context, nation.Keys.Nation)));
    }

    private static async Task<LogoutRequest> ReadAsync(OAuthParameters parameters, NationContext nation)
    {
        try
        {
            return await LogoutRequest.ReadAsync(nation.Database, nation.Keys, parameters);
        }
        catch (Refusal refusal)
        {
            // Whoever meant to log out must know that they did not.
            throw PageRefusal.NotLoggedOut(refusal);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Sent(OAuthParameters parameters) =>
        LogoutRequest.Known.Where(name => parameters.Optional(name) is not null).Select(name => KeyValuePair.Create(name, parameters.Required(name)));

    private static async Task<IResult> AskAsync(HttpContext context, NationContext nation, OAuthParameters parameters, IReadOnlyList<Sessions.Row> sessions)
    {
        // The button may lead to an app, whose own redirects a browser would hold against form-action too.
        SecurityHeaders.AllowFormsAnywhere(context);
        return Page.Of<LogoutPage>(new LogoutView
        {
            Nation = nation.Keys.Nation.Name,
            IsAsked = true,
            Partners = await NamesOfAsync(nation, sessions),
            ConfirmUrl = nation.Keys.Nation.Url("/logout/confirm"),
            Fields = [.. Sent(parameters), KeyValuePair.Create(BrowserForm.Field, BrowserForm.ValueFor(context, nation, Act)!)],
            CorrelationId = context.TraceIdentifier,
        });
    }

    private static async Task<IResult> EndAsync(HttpContext context, NationContext nation, LogoutRequest request, IReadOnlyList<Sessions.Row> sessions)
    {
        await nation.Logouts.EndAsync(sessions);
        var onward = request.RedirectUri is not { } uri ? null : request.State is { } state ? QueryHelpers.AddQueryString(uri, "state", state) : uri;
        var frames = await FramesOfAsync(nation, sessions);
        if (onward is not null && frames.Count == 0) return AuthorizationResponse.SeeOther(onward);

        if (frames.Count > 0) SecurityHeaders.AllowFrames(context, frames.Select(frame => new Uri(frame)));
        return Page.Of<LogoutPage>(new LogoutView
        {
            Nation = nation.Keys.Nation.Name,
            IsAsked = false,
            Partners = await NamesOfAsync(nation, sessions),
            Frames = frames,
            OnwardUrl = onward,
            OnwardName = request.Partner?.Name,
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>What each app that wants to be told in the browser is told by: its own address, with the session that ended [OIDC-FrontChannel §2].</summary>
    private static async Task<IReadOnlyList<string>> FramesOfAsync(NationContext nation, IReadOnlyList<Sessions.Row> sessions)
    {
        List<string> frames = [];
        foreach (var session in sessions)
        {
            if (await Partner.FindAsync(nation.Database, session.ClientId) is not { Metadata.FrontchannelLogoutUri: { } uri }) continue;
            if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http")) continue;
            frames.Add(QueryHelpers.AddQueryString(uri, new Dictionary<string, string?> { ["iss"] = nation.Keys.Nation.Issuer, ["sid"] = Session.NameOf(nation.Keys, session.Id) }));
        }

        return frames;
    }

    private static async Task<IReadOnlyList<string>> NamesOfAsync(NationContext nation, IReadOnlyList<Sessions.Row> sessions)
    {
        List<string> names = [];
        foreach (var clientId in sessions.Select(session => session.ClientId).Distinct())
            if (await Partners.FindAsync(nation.Database, clientId) is { } partner) names.Add(partner.Name);
        return [.. names.Distinct().Order(StringComparer.Ordinal)];
    }
}
