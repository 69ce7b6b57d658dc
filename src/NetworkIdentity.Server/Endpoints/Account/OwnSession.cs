using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;

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

    /// <summary>Whose wallet is said to be lost does nothing by it at their case: it may be in other hands.</summary>
    /// <exception cref="Refusal"><c>recovery_open</c>.</exception>
    public static async Task CheckAsync(NationContext nation, Sessions.Row own)
    {
        if (own.ClientId == MemberPages.CaseClientId && (await Recoveries.OfMemberAsync(nation.Database, own.MemberId)).Any(row => row.EndedAt is null)) throw NationRefusal.RecoveryOpen();
    }

    /// <summary>Sends the browser to prove anew who it is, and back to the page; from a case, to the case, whose links lead there.</summary>
    public static Task<IResult> ProveAsync(HttpContext context, NationContext nation, Sessions.Row own, string path) =>
        MemberSession.SignInAsync(context, nation, own.ClientId == MemberPages.CaseClientId ? MemberPages.Case : path, again: true);
}
