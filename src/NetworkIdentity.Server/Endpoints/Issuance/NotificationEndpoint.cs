using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>POST /notification: a wallet says what became of a credential [OpenID4VCI §11].</summary>
internal static class NotificationEndpoint
{
    /// <summary>204, also for a repeat.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var token = BearerToken.Read(context.Request.Headers.Authorization, context.Request.Query["access_token"]);
        var body = await RequestReading.BodyAsync(context.Request);
        if (!RequestReading.IsJson(context.Request)) throw VciRefusal.InvalidNotificationRequest("the body must be application/json");
        await nation.Issuer.NotifyAsync(token, body);
        return Results.NoContent();
    }
}
