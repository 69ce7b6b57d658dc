using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Log;

/// <summary>GET /log/proof/inclusion and /log/proof/consistency: for who does not compute them from the tiles. Hashes in base64, one to a line.</summary>
internal static class ProofEndpoint
{
    /// <summary>That leaf <c>index</c> is in the tree of <c>size</c>.</summary>
    public static async Task<IResult> InclusionAsync(HttpContext context, NationContext nation) =>
        Answer(await nation.Log.ProveInclusionAsync(Number(context, "index"), Number(context, "size")), context);

    /// <summary>That the tree of size <c>from</c> is the beginning of the tree of size <c>to</c>.</summary>
    public static async Task<IResult> ConsistencyAsync(HttpContext context, NationContext nation) =>
        Answer(await nation.Log.ProveConsistencyAsync(Number(context, "from"), Number(context, "to")), context);

    private static IResult Answer(IReadOnlyList<byte[]> proof, HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n")));
    }

    private static long Number(HttpContext context, string name) =>
        RequestReading.Query(context.Request).Optional(name) is { } text && long.TryParse(text, System.Globalization.NumberStyles.None, null, out var number)
            ? number
            : throw OAuthRefusal.InvalidRequest($"{name} must be a number");
}
