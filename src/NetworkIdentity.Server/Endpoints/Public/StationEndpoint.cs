using Microsoft.Net.Http.Headers;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /station and what is below it: the steward's station, a page that checks at the door without a network. It is files alone: what it does, it does in the browser.</summary>
internal static class StationEndpoint
{
    /// <summary>
    /// Nothing inline and no third party, and it talks to the nation alone: an answer that names another host reaches nobody. Trusted Types close the ways from text to markup.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types station";

    /// <summary>The page: at rest, and where the answer of a wallet on the same device leads.</summary>
    public static IResult Page(HttpContext context, StationFiles files) => File(context, files, context.Request.Path.Value!.EndsWith("/answer", StringComparison.Ordinal) ? "/answer" : "");

    /// <summary>Its service worker, its manifest and its icons. The worker may keep the page itself, which lies one step above it.</summary>
    public static IResult Part(string file, HttpContext context, StationFiles files)
    {
        if (file == "service-worker.js") context.Response.Headers["Service-Worker-Allowed"] = context.Request.Path.Value![..^"/service-worker.js".Length];
        return File(context, files, "/" + file);
    }

    private static IResult File(HttpContext context, StationFiles files, string path)
    {
        var file = files.ByPath.GetValueOrDefault(path) ?? throw PageRefusal.NotFound();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;

        // An answer is in the address, behind the number sign: nobody learns of the address.
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), display-capture=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Bytes, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Version}\""));
    }
}
