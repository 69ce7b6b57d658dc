using System.Text;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /verify/offline: evidence, checked in the browser. GET /verify/kit.html: the same as one file to keep. Nothing is sent to either.</summary>
internal static class OfflineEndpoint
{
    /// <summary>The page; what it does, it does in the browser.</summary>
    public static IResult Page(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Pages.Page.Of<OfflinePage>(new OfflineView
        {
            Nation = nation.Keys.Nation.Name,
            Did = nation.DidLog?.Did,
            VerifyUrl = nation.Keys.Nation.Url("/verify"),
            KitUrl = nation.Keys.Nation.Url("/verify/kit.html"),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>The kit, to be kept: it opens from a disk.</summary>
    public static IResult Kit(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Results.File(Encoding.UTF8.GetBytes(KitFile.Of(nation.Keys.Nation, nation.DidLog?.Did, nation.Time.GetUtcNow())), "text/html; charset=utf-8", "check-evidence.html");
    }
}
