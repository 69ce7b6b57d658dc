using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Server.Endpoints.Log;

/// <summary>GET /log/tile/...: tiles of hashes and bundles of entries [C2SP-Tiles §Merkle Tree] [C2SP-Tiles §Log entries]. They never change.</summary>
internal static class TileEndpoint
{
    /// <summary>Serves a tile or a bundle.</summary>
    public static async Task<IResult> HandleAsync(string path, HttpContext context, NationContext nation)
    {
        path = "tile/" + path;
        var bytes = EntryBundle.TryParsePath(path, out var tile) ? await nation.Log.EntriesAsync(tile)
            : Tile.TryParse(path, out tile) ? (await nation.Log.TileAsync(tile))?.ToArray()
            : null;
        if (bytes is null) throw PageRefusal.NotFound("the log has no such tile");
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(bytes, Tile.MediaType);
    }
}
