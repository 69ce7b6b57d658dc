using System.Text.Json.Nodes;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>/sign-in/{id}/digital: a sign-in by the browser's own API for credentials [OpenID4VP App. A]. For the browser that asked and no other.</summary>
internal static class DigitalCredentialsEndpoint
{
    /// <summary>POST /sign-in/{id}/digital/request: what the page's script hands to <c>navigator.credentials.get</c>.</summary>
    public static async Task<IResult> RequestAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var seen = await SignInEndpoint.SeeAsync(id, context, nation);
        var request = await nation.Presentations.HandOverAsync(seen) ?? throw PageRefusal.NotFound("the sign-in waits for no wallet");
        return Results.Json(new JsonObject { ["protocol"] = RequestObject.SignedProtocol, ["data"] = new JsonObject { ["request"] = request } });
    }

    /// <summary>POST /sign-in/{id}/digital: what came of it, as a form. 204, or 400 with the step that failed; the page tells the rest.</summary>
    public static async Task<IResult> AnswerAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var seen = await SignInEndpoint.SeeAsync(id, context, nation);
        var form = await RequestReading.LongFormAsync(context.Request);
        if (!form.ContainsKey("response") && !form.ContainsKey("error")) throw OAuthRefusal.InvalidRequest("the answer must be encrypted: response is missing");
        await nation.Presentations.TakeBackAsync(seen, form);
        return Results.NoContent();
    }
}
