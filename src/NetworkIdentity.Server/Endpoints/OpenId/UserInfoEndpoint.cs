using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>GET and POST /userinfo [OIDC §5.3].</summary>
internal static class UserInfoEndpoint
{
    /// <summary>Answers with the subject and what the member disclosed.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        string? fromForm = null;
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
            fromForm = (await RequestReading.FormAsync(context.Request)).Optional("access_token");

        var token = BearerToken.Read(context.Request.Headers.Authorization, context.Request.Query["access_token"], fromForm);
        var (claims, partner) = await nation.UserInfo.ReadAsync(token);
        return partner.Metadata.UserInfoAlgorithm is { } algorithm
            ? Results.Text(await nation.UserInfo.SignAsync(claims, partner, algorithm), "application/jwt")
            : Results.Json(claims);
    }
}
