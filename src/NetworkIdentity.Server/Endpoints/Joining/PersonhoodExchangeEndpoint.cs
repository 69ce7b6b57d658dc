using System.Text.Json.Nodes;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Presentation;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>/personhood/{id}: what an applicant's wallet fetches and posts [OpenID4VP §5.10] [OpenID4VP §8.2].</summary>
internal static class PersonhoodExchangeEndpoint
{
    /// <summary>GET and POST …/request: the signed request object, once. It never redirects.</summary>
    public static async Task<IResult> RequestAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = await nation.PersonhoodExchange.FetchAsync(id, await RequestEndpoint.WalletNonceAsync(context))
            ?? throw PageRefusal.NotFound("there is no such request, another wallet has it, or it has ended");
        return Results.Text(request, RequestObject.MediaType);
    }

    /// <summary>POST …/response: 200 with where to send the holder's browser; 400 with the step that failed.</summary>
    public static async Task<IResult> AnswerAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var form = await RequestReading.LongFormAsync(context.Request);
        var redirectUri = await nation.PersonhoodExchange.AnswerAsync(id, form);
        return Results.Json(redirectUri is null ? [] : new JsonObject { ["redirect_uri"] = redirectUri });
    }
}
