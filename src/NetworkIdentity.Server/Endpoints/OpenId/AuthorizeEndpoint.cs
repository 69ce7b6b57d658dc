using NetworkIdentity.Server.Doors;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>GET and POST /authorize: a partner asks [RFC6749 §4.1.1] [OIDC §3.1.2].</summary>
internal static class AuthorizeEndpoint
{
    /// <summary>Checks the request and sends the browser to the sign-in page, or back to the client with what is wrong.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        var sent = HttpMethods.IsPost(context.Request.Method)
            ? await RequestReading.FormAsync(context.Request)
            : RequestReading.Query(context.Request);

        // 1. What counts: these parameters, or those that the client signed or pushed. What is wrong until the redirect URI is known to be this client's
        // is a page.
        await nation.ClientDocuments.LookUpAsync(sent.Optional("client_id"));
        var partner = await nation.Requests.ClientOfAsync(sent);
        ReceivedRequest received;
        try
        {
            received = await nation.Requests.ReceiveAsync(partner, sent);
        }
        catch (Refusal refusal) when (refusal.Code != OAuthRefusal.InvalidRequestUriCode && RedirectUriOf(partner, sent) is not null)
        {
            // A request object that can't be read names no place to go back to; what came beside it may.
            return Refused(nation, RedirectUriOf(partner, sent)!, sent, refusal);
        }

        // 2. Nothing goes to a redirect URI before it is known to be this client's.
        var redirectUri = AuthorizationRequest.ReadRedirectUri(partner, received.Parameters);

        // 3. What is wrong from here on, the client is told.
        AuthorizationRequest request;
        try
        {
            request = await AuthorizationRequest.ReadAsync(received, redirectUri, nation.Keys, nation.Database, nation.Types);
        }
        catch (Refusal refusal)
        {
            return Refused(nation, redirectUri, received.Parameters, refusal);
        }

        // 4. Another site's POST comes without our cookie (SameSite=Lax), and a new one would make strangers of this browser's other sign-ins: the
        // same request again, by GET, comes with it.
        if (HttpMethods.IsPost(context.Request.Method) && BrowserCookie.Read(context, nation.Keys.Nation).Count == 0)
        {
            IEnumerable<string> names = received.PushedDigest is not null ? ["client_id", "request_uri"] : received.IsSigned ? ["client_id", "request"] : AuthorizationRequest.Known;
            var known = sent.Of(names).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/authorize") + QueryString.Create(known));
        }

        // 5. Who has a session for this client in this browser may need to prove nothing.
        var secrets = BrowserCookie.Read(context, nation.Keys.Nation);
        var target = new AuthorizationResponse.Target(redirectUri, request.ResponseMode, request.State);
        try
        {
            if (await nation.OpenSessions.ContinueAsync(request, secrets) is { } code) return AuthorizationResponse.Code(nation.Keys.Nation, target, code);
        }
        catch (Refusal refusal) when (refusal.Code != OAuthRefusal.InvalidRequestUriCode)
        {
            return AuthorizationResponse.Refused(nation.Keys.Nation, target, refusal);
        }

        // 6. A page of our own, so that loading it again asks nothing twice.
        limits.CountSignIn(context, partner, request.PushedDigest is not null);
        var begunOn = AskingBrowser.WordsFor(context.Request.Headers.UserAgent);
        var id = await nation.SignIns.AskAsync(request, BrowserCookie.ReadOrSet(context, nation.Keys.Nation), begunOn);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/{id}"));
    }

    private static IResult Refused(NationContext nation, string redirectUri, OAuthParameters parameters, Refusal refusal)
    {
        var mode = IfReadable(parameters, "response_mode") == AuthorizationRequest.FormPost ? AuthorizationRequest.FormPost : AuthorizationRequest.Query;
        return AuthorizationResponse.Refused(nation.Keys.Nation, new(redirectUri, mode, IfReadable(parameters, "state")), refusal);
    }

    private static string? RedirectUriOf(Partner partner, OAuthParameters sent) =>
        IfReadable(sent, "redirect_uri") is { } uri && AuthorizationRequest.IsRegistered(partner, uri) ? uri : null;

    private static string? IfReadable(OAuthParameters parameters, string name)
    {
        try
        {
            return parameters.Optional(name);
        }
        catch (Refusal)
        {
            // It stands twice or is too long: there is no one value to go by.
            return null;
        }
    }
}
