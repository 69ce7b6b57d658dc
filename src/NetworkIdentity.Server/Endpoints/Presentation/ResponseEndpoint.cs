using System.Text.Json.Nodes;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>POST /response/{id}: the wallet's answer [OpenID4VP §8.2].</summary>
internal static class ResponseEndpoint
{
    /// <summary>200 with where to send the holder's browser; 400 with the step that failed.</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var form = await RequestReading.LongFormAsync(context.Request);
        var redirectUri = await nation.Presentations.AnswerAsync(id, form);
        return Results.Json(redirectUri is null ? [] : new JsonObject { ["redirect_uri"] = redirectUri });
    }
}
