using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>What a partner's ordinary .NET library makes of an ID token: Microsoft's handler, with the keys that discovery leads to.</summary>
internal static class IdTokenValidation
{
    /// <summary>Validates issuer, audience, time and signature [OIDC §3.1.3.7].</summary>
    public static async Task<TokenValidationResult> ValidateAsync(TestServer server, string idToken, string clientId, bool alsoWhenExpired = false)
    {
        var keys = (await KeysAsync(server)).Select(key => SecurityKeys.From(Jwk.Parse(key))).ToList();
        return new JsonWebTokenHandler().ValidateToken(idToken, new TokenValidationParameters
        {
            ValidIssuer = server.Issuer,
            ValidAudience = clientId,
            IssuerSigningKeys = keys,
            LifetimeValidator = (_, expires, _, _) => alsoWhenExpired || expires > server.Time.GetUtcNow().UtcDateTime,
        });
    }

    /// <summary>The published keys, by way of discovery.</summary>
    public static async Task<IReadOnlyList<JsonObject>> KeysAsync(TestServer server)
    {
        using var discovery = await server.Http.GetAsync(server.Url("/.well-known/openid-configuration"));
        using var keySet = await server.Http.GetAsync((await discovery.JsonAsync())["jwks_uri"]!.GetValue<string>());
        return [.. (await keySet.JsonAsync())["keys"]!.AsArray().Select(key => (JsonObject)key!.DeepClone())];
    }
}
