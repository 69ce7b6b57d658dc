using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>POST /credential: key proofs for credentials [OpenID4VCI §8].</summary>
internal static class CredentialEndpoint
{
    /// <summary>Hands the request to the issuer.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var token = BearerToken.Read(context.Request.Headers.Authorization, context.Request.Query["access_token"]);
        var body = await RequestReading.BodyAsync(context.Request);
        if (!RequestReading.IsJson(context.Request)) throw VciRefusal.InvalidCredentialRequest("the body must be application/json");

        return Answer(context, nation, await nation.Issuer.IssueAsync(token, body));
    }

    /// <summary>The credentials, with 200; or what a wallet comes back with, with 202 [OpenID4VCI §8.3]. To who came back, without a handle for notifications: it MAY be there, and a library takes it for a fault.</summary>
    public static IResult Answer(HttpContext context, NationContext nation, Issuer.Issued issued, bool isDeferred = false)
    {
        if (issued.TransactionId is { } transaction)
            return Results.Json(new JsonObject { ["transaction_id"] = transaction, ["interval"] = (long)Issuer.Interval.TotalSeconds }, statusCode: StatusCodes.Status202Accepted);
        context.Response.OnCompleted(() =>
        {
            if (!context.RequestAborted.IsCancellationRequested) nation.Issuer.Delivered(issued);
            return Task.CompletedTask;
        });
        var answer = new JsonObject { ["credentials"] = new JsonArray([.. issued.Credentials.Select(credential => new JsonObject { ["credential"] = credential })]) };
        if (!isDeferred) answer["notification_id"] = issued.NotificationId;
        return Results.Json(answer);
    }
}
