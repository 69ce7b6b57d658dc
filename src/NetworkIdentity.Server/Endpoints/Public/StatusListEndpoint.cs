using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /status/{id}: the signed status list [TSL §8.1].</summary>
internal static class StatusListEndpoint
{
    /// <summary>Serves the list as it stands. A cache must ask again each time; mostly the answer is 304.</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation)
    {
        var list = await nation.StatusLists.FindAsync(id) ?? throw PageRefusal.NotFound("there is no such status list");
        context.Response.Headers.CacheControl = "public, no-cache";
        return Results.Text(
            list.Token,
            TokenStatusList.MediaType);
    }
}
