using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>Who asks for what nobody may keep from them, their own file and the way out: a member who is signed in, or somebody whose membership is suspended or has ended and who is at their case.</summary>
internal static class OwnSession
{
    /// <summary>The session in this browser; null where there is none.</summary>
    public static Task<Sessions.Row?> FindAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return nation.MemberPages.FindForCaseAsync(BrowserCookie.Read(context, nation.Keys.Nation));
    }

    /// <summary>Sends the browser to prove anew who it is, and back to the page; from a case, to the case, whose links lead there.</summary>
    public static Task<IResult> ProveAsync(HttpContext context, NationContext nation, Sessions.Row own, string path) =>
        DeskSession.SignInAsync(context, nation, own.ClientId == MemberPages.CaseClientId ? MemberPages.Case : path, again: true);
}
