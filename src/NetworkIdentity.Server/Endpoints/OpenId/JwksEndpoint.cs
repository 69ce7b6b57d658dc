using System.Text.Json.Nodes;
using NetworkIdentity.Keys;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>GET /jwks: the public keys of ID tokens, with those that sign soon and those that signed lately [OIDC §10.1.1].</summary>
internal static class JwksEndpoint
{
    /// <summary>The key set.</summary>
    public static IResult Handle(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Json(KeySet(nation, KeyPurpose.IdToken));
    }

    /// <summary>The published keys of a purpose as a JWK Set [RFC7517 §5].</summary>
    public static JsonObject KeySet(NationContext nation, KeyPurpose purpose) => new()
    {
        ["keys"] = new JsonArray([.. nation.Keys.Published(purpose).Select(key => (JsonNode)key.Signing!.PublicKey.ToJson())]),
    };
}
