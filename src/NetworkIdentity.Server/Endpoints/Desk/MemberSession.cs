using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Endpoints.Public;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>A member who is signed in to the nation's own pages: at the desk, or at what is theirs.</summary>
internal static class MemberSession
{
    /// <summary>What the desk's forms do.</summary>
    public const string Act = "desk";

    /// <summary>The session in this browser; null where there is none.</summary>
    public static Task<Sessions.Row?> FindAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return nation.MemberPages.FindAsync(BrowserCookie.Read(context, nation.Keys.Nation));
    }

    /// <summary>Sends the browser to sign in, and back to a page of the desk.</summary>
    public static async Task<IResult> SignInAsync(HttpContext context, NationContext nation, string path, bool again = false) =>
        AuthorizationResponse.SeeOther(await nation.MemberPages.BeginAsync(BrowserCookie.ReadOrSet(context, nation.Keys.Nation), path, again) ?? throw Closed());

    /// <summary>Sends a member to prove anew what a rule wants, and back to a page of the desk; a steward who has not taken their credential, to where they take it.</summary>
    public static async Task<IResult> ProveAsync(HttpContext context, NationContext nation, Sessions.Row own, string path, ActRule rule) =>
        AuthorizationResponse.SeeOther(await UrlToProveAsync(context, nation, own, path, rule));

    /// <summary>Where that is.</summary>
    public static async Task<string> UrlToProveAsync(HttpContext context, NationContext nation, Sessions.Row own, string path, ActRule rule)
    {
        if (DeskProof.IsForStewards(rule) && !await DeskProof.HoldsStewardCredentialAsync(nation, own.MemberId)) return nation.Keys.Nation.Url(EarnedEndpoint.StewardPath);
        return await nation.MemberPages.BeginAsync(BrowserCookie.ReadOrSet(context, nation.Keys.Nation), path, again: true, DeskProof.IsForStewards(rule)) ?? throw Closed();
    }

    /// <summary>Whether the member must prove anew for what a rule decides, since no session of theirs in this browser did. Two proofs of one second are two sessions: either of them may be the one.</summary>
    public static async Task<bool> MustProveAsync(NationContext nation, ActRule rule, Sessions.Row session)
    {
        foreach (var own in await Sessions.OfBrowserAsync(nation.Database, session.BrowserDigest, nation.Time.GetUtcNow().ToUnixTimeSeconds()))
            if (own.ClientId == session.ClientId && own.MemberId == session.MemberId && await DeskProof.IsEnoughAsync(nation, rule, own)) return false;
        return true;
    }

    /// <summary>Whether the member has proven who they are within the last five minutes, in this session.</summary>
    public static bool HasJustProven(NationContext nation, Sessions.Row session) => DeskProof.IsFresh(nation, session);

    private static Refusal Closed() => PageRefusal.NotFound("this page is closed");
}
