using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>GET and POST /authorize: a partner asks [RFC6749 §4.1.1] [OIDC §3.1.2].</summary>
internal static class AuthorizeEndpoint
{
    /// <summary>The parameters that mean something here.</summary>
    private static readonly string[] Known =
    [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
        "id_token_hint", "max_age", "claims", "dpop_jkt", "login_hint", "ui_locales", "acr_values", "display",
    ];

    /// <summary>Checks the request and sends the browser to the sign-in page, or back to the client with what is wrong.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var parameters = HttpMethods.IsPost(context.Request.Method)
            ? await RequestReading.FormAsync(context.Request)
            : RequestReading.Query(context.Request);

        // 1. Nothing goes to a redirect URI before it is known to be this client's; what is wrong until here is a page.
        await nation.ClientDocuments.LookUpAsync(parameters.Optional("client_id"));
        var (partner, redirectUri) = await AuthorizationRequest.ReadClientAsync(nation.Database, parameters);

        // 2. What is wrong from here on, the client is told.
        AuthorizationRequest request;
        try
        {
            request = AuthorizationRequest.Read(parameters, partner, redirectUri, nation.Keys);
        }
        catch (Refusal refusal)
        {
            var mode = IfReadable(parameters, "response_mode") == AuthorizationRequest.FormPost ? AuthorizationRequest.FormPost : AuthorizationRequest.Query;
            return AuthorizationResponse.Refused(nation.Keys.Nation, new(redirectUri, mode, IfReadable(parameters, "state")), refusal);
        }

        // 3. Another site's POST comes without our cookie (SameSite=Lax), and a new one would make strangers of this browser's other sign-ins: the
        // same request again, by GET, comes with it.
        if (HttpMethods.IsPost(context.Request.Method) && BrowserCookie.Read(context, nation.Keys.Nation).Count == 0)
        {
            var known = Known.Where(context.Request.Form.ContainsKey).Select(name => KeyValuePair.Create(name, (string?)context.Request.Form[name].ToString()));
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/authorize") + QueryString.Create(known));
        }

        // 4. Who has a session for this client in this browser may need to prove nothing.
        var secrets = BrowserCookie.Read(context, nation.Keys.Nation);
        var target = new AuthorizationResponse.Target(redirectUri, request.ResponseMode, request.State);
        try
        {
            if (await nation.OpenSessions.ContinueAsync(request, secrets) is { } code) return AuthorizationResponse.Code(nation.Keys.Nation, target, code);
        }
        catch (Refusal refusal)
        {
            return AuthorizationResponse.Refused(nation.Keys.Nation, target, refusal);
        }

        // 5. A page of our own, so that loading it again asks nothing twice.
        var begunOn = AskingBrowser.WordsFor(context.Request.Headers.UserAgent);
        var id = await nation.SignIns.AskAsync(request, BrowserCookie.ReadOrSet(context, nation.Keys.Nation), begunOn);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/{id}"));
    }

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
