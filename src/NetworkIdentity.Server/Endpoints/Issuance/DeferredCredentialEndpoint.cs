using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>POST /deferred-credential: a wallet comes back for what waited for a decision [OpenID4VCI §9].</summary>
internal static class DeferredCredentialEndpoint
{
    /// <summary>Hands the request to the issuer.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var token = BearerToken.Read(context.Request.Headers.Authorization, context.Request.Query["access_token"]);
        var body = await RequestReading.BodyAsync(context.Request);
        if (!RequestReading.IsJson(context.Request)) throw VciRefusal.InvalidCredentialRequest("the body must be application/json");
        return CredentialEndpoint.Answer(context, nation, await nation.Issuer.ReturnAsync(token, body), isDeferred: true);
    }
}
