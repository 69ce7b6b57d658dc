using System.Text;
using Microsoft.Net.Http.Headers;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /station/bundle: all that a station at a door has to know to verify without a network. The same for everyone.</summary>
internal static class TrustBundleEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = Arriving.TrustBundle.Path;

    /// <summary>The bundle as it stands.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var bundle = await nation.TrustBundle.ReadAsync();

        // A revocation is in it after some seconds: a cache that gave out an older one would hide it for a day.
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(Encoding.ASCII.GetBytes(bundle.Text), Arriving.TrustBundle.MediaType, entityTag: new EntityTagHeaderValue($"\"{bundle.Digest}\""));
    }
}
