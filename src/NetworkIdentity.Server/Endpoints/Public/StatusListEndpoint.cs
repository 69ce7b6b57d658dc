using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /status/{id}: the signed status list [TSL §8.1].</summary>
internal static class StatusListEndpoint
{
    /// <summary>Serves the list as it stands. A cache must ask again each time; while the token is the same, the answer is 304 [RFC9110 §13.1.2].</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation)
    {
        var list = await nation.StatusLists.FindAsync(id) ?? throw PageRefusal.NotFound("there is no such status list");
        context.Response.Headers.CacheControl = "public, no-cache";
        var token = Encoding.ASCII.GetBytes(list.Token);
        return Results.Bytes(token, TokenStatusList.MediaType, entityTag: new EntityTagHeaderValue($"\"{Base64Url.Encode(SHA256.HashData(token))}\""));
    }
}
