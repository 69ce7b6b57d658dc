using System.Text.Json.Nodes;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>POST /par: a client leaves an authorization request here, and sends the browser with its name alone [RFC9126 §2].</summary>
internal static class PushedRequestEndpoint
{
    /// <summary>Answers 201 with the request_uri.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        context.Response.Headers.CacheControl = "no-store";
        var call = await ClientCall.ReadAsync(context, nation, limits);
        var uri = await nation.Requests.PushAsync(call.Partner, call.Form, call.Jkt);
        return Results.Json(
            new JsonObject { ["request_uri"] = uri, ["expires_in"] = (long)AuthorizationRequests.Lifetime.TotalSeconds },
            statusCode: StatusCodes.Status201Created);
    }
}
