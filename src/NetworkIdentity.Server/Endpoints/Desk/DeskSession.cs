using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>Who is at the desk: a member who is signed in to the nation's own pages.</summary>
internal static class DeskSession
{
    /// <summary>What the desk's forms do.</summary>
    public const string Act = "desk";

    /// <summary>How long ago a member may have proven themselves where the charter says that they prove again.</summary>
    public static readonly TimeSpan JustNow = TimeSpan.FromMinutes(5);

    /// <summary>The session in this browser; null where there is none.</summary>
    public static Task<Sessions.Row?> FindAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return nation.MemberPages.FindAsync(BrowserCookie.Read(context, nation.Keys.Nation));
    }

    /// <summary>Sends the browser to sign in, and back to a page of the desk.</summary>
    public static async Task<IResult> SignInAsync(HttpContext context, NationContext nation, string path, bool again = false) =>
        AuthorizationResponse.SeeOther(await UrlOfSignInAsync(context, nation, path, again));

    /// <summary>Where that is.</summary>
    public static async Task<string> UrlOfSignInAsync(HttpContext context, NationContext nation, string path, bool again) =>
        await nation.MemberPages.BeginAsync(BrowserCookie.ReadOrSet(context, nation.Keys.Nation), path, again) ?? throw PageRefusal.NotFound("this page is closed");

    /// <summary>Whether the member has proven who they are within the last five minutes, in this session.</summary>
    public static bool HasJustProven(NationContext nation, Sessions.Row session) => DateTimeOffset.FromUnixTimeSeconds(session.ProvenAt) > nation.Time.GetUtcNow() - JustNow;
}
