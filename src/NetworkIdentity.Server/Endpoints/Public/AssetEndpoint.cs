using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /assets/{file}: the pages' stylesheet and scripts.</summary>
internal static class AssetEndpoint
{
    /// <summary>Kept for a year: the URL changes with the content.</summary>
    public static IResult Handle(string file, HttpContext context)
    {
        var asset = Assets.All.FirstOrDefault(asset => asset.Path == $"/assets/{file}") ?? throw PageRefusal.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Bytes, asset.ContentType);
    }
}
