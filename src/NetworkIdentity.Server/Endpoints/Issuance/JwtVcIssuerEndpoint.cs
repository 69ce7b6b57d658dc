using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Server.Endpoints.OpenId;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>GET /.well-known/jwt-vc-issuer: the keys that credentials are verified with [SD-JWT-VC §4].</summary>
internal static class JwtVcIssuerEndpoint
{
    /// <summary>Exactly <c>issuer</c> and <c>jwks</c>.</summary>
    public static IResult Handle(NationContext nation) => Results.Json(new JsonObject
    {
        ["issuer"] = nation.Keys.Nation.Issuer,
        ["jwks"] = JwksEndpoint.KeySet(nation, KeyPurpose.Credential),
    });
}
