using Microsoft.AspNetCore.Http.Features;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>GET and POST /request/{id}: the signed request object [OpenID4VP §5.10]. It may be fetched more than once; it never redirects.</summary>
internal static class RequestEndpoint
{
    /// <summary>Serves the request, with the wallet's nonce in it where it sent one.</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = await nation.Presentations.FetchAsync(id, await WalletNonceAsync(context)) ?? throw PageRefusal.NotFound("there is no such request, or it has ended");
        return Results.Text(request, RequestObject.MediaType);
    }

    /// <summary>The nonce that a wallet sent, to be echoed; null where it sent none.</summary>
    internal static async Task<string?> WalletNonceAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !HasBody(context)) return null;

        // Unknown parameters are ignored [OpenID4VP §5.10.1]; of wallet_metadata, only that it is JSON matters to this verifier.
        var form = await RequestReading.LongFormAsync(context.Request);
        var walletNonce = form.GetValueOrDefault("wallet_nonce");
        if (walletNonce is { Length: > 512 }) throw OAuthRefusal.InvalidRequest("wallet_nonce is too long");
        if (form.TryGetValue("wallet_metadata", out var metadata)) StrictJson.ParseObject(metadata);
        return walletNonce;
    }

    /// <summary>A POST without a body is an empty form, whatever it says or leaves out of its type.</summary>
    private static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
}
