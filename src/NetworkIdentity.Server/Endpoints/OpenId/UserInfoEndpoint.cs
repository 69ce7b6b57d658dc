using System.Text.Json.Nodes;
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

        string? fromQuery = context.Request.Query["access_token"];
        if (DpopProof.TokenOf(context.Request.Headers.Authorization) is not { } bound)
            return await AnswerAsync(nation, await nation.UserInfo.ReadAsync(BearerToken.Read(context.Request.Headers.Authorization, fromQuery, fromForm)));

        // A token that is bound to a key comes with a proof of it [RFC9449 §7.1].
        if (fromQuery is not null || fromForm is not null) throw OAuthRefusal.InvalidRequest("the access token stands in two places");
        var proof = ProofOfPossession.Read(context, nation, bound) ?? throw OAuthRefusal.InvalidDpopProof("the DPoP header is missing");
        return await AnswerAsync(nation, await nation.UserInfo.ReadAsync(bound, await nation.DpopProofs.TakeAsync(proof)));
    }

    /// <summary>The claims as JSON, or signed where the client registered that [OIDC §5.3.2].</summary>
    private static async Task<IResult> AnswerAsync(NationContext nation, (JsonObject Claims, Partner Partner) read) =>
        read.Partner.Metadata.UserInfoAlgorithm is { } algorithm
            ? Results.Text(await nation.UserInfo.SignAsync(read.Claims, read.Partner, algorithm), "application/jwt")
            : Results.Json(read.Claims);
}
