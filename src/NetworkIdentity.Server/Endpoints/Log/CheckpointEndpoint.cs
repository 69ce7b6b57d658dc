using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Server.Endpoints.Log;

/// <summary>GET /log/checkpoint: how far the log has come, signed [C2SP-Tiles §Checkpoint]; and GET /log/key: what verifies it.</summary>
internal static class CheckpointEndpoint
{
    /// <summary>The newest checkpoint.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var head = await nation.Log.HeadAsync() ?? throw PageRefusal.NotFound("the log has no leaf yet");
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Text(head.Checkpoint, SignedNote.MediaType);
    }

    /// <summary>The keys, in the form that verifiers of notes take, one to a line.</summary>
    public static IResult Key(NationContext nation) => Results.Text(string.Concat(nation.Log.Keys.Select(key => $"{key}\n")), SignedNote.MediaType);
}
