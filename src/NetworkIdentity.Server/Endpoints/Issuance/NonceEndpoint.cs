using System.Text.Json.Nodes;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>POST /nonce: a fresh nonce for a key proof [OpenID4VCI §7].</summary>
internal static class NonceEndpoint
{
    /// <summary>Needs no token and writes nothing.</summary>
    public static IResult Handle(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new JsonObject { ["c_nonce"] = nation.Nonces.Make() });
    }
}
