using Microsoft.Net.Http.Headers;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /assets/{file}: the pages' stylesheet and scripts. GET /assets/{folder}/{file}: the browser modules that verify, and the station's.</summary>
internal static class AssetEndpoint
{
    /// <summary>Kept for a year: the URL changes with the content.</summary>
    public static IResult Handle(string file, HttpContext context)
    {
        var asset = Assets.All.FirstOrDefault(asset => asset.Path == $"/assets/{file}") ?? throw PageRefusal.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Bytes, asset.ContentType);
    }

    /// <summary>Asked about again each time (no-cache), with a tag: modules name each other without a version.</summary>
    public static IResult Module(string folder, string path, HttpContext context)
    {
        var file = ModuleFiles.ByPath.GetValueOrDefault($"/assets/{folder}/{path}") ?? throw PageRefusal.NotFound();
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Bytes, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Version}\""));
    }
}
