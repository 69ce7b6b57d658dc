using Microsoft.Net.Http.Headers;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET at the wallet's host: the wallet in the browser. It is files alone: what it does, it does in the browser, over the same protocols as any wallet.</summary>
internal static class WalletEndpoint
{
    /// <summary>
    /// A file of the wallet. Every answer is asked about again (no-cache) and has a tag, so a new version arrives with the next load; without a
    /// network the service worker has its copy.
    /// </summary>
    public static IResult Handle(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return Results.Text("This is a wallet: it is read, and nothing is sent to it.\n", statusCode: StatusCodes.Status405MethodNotAllowed);
        }

        if (!WalletFiles.ByPath.TryGetValue(request.Path.Value ?? "", out var file))
            return Results.Text("There is nothing here. The wallet is at /\n", statusCode: StatusCodes.Status404NotFound);
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Bytes, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Version}\""));
    }
}
