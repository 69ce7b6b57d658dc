using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>What an access token tells [OIDC §5.3.2].</summary>
public sealed class UserInfo(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>The claims behind an access token.</summary>
    /// <param name="accessToken">The token.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with; null where it came as a bearer token.</param>
    /// <returns>The claims, and the client they are for.</returns>
    /// <exception cref="Refusal"><c>invalid_token</c>.</exception>
    public async Task<(JsonObject Claims, Partner Partner)> ReadAsync(string accessToken, string? jkt = null)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var token = await AccessTokens.FindGoodAsync(database, accessToken, AccessTokens.ForUserInfo, now) ?? throw OAuthRefusal.InvalidToken();
        if (token.DpopJkt != jkt) throw OAuthRefusal.InvalidToken();
        if (await Sessions.FindAsync(database, token.SubjectId) is not { } session || !session.Stands(now)) throw OAuthRefusal.InvalidToken();
        var partner = await Partner.FindAsync(database, session.ClientId) ?? throw OAuthRefusal.InvalidToken();

        var claims = new JsonObject { ["sub"] = Subject.For(keys, session.MemberId, partner.Sector) };
        foreach (var (name, value) in await Told.InUserInfoAsync(database, keys, partner, session, token.Scope, RequestOptions.Read(token.Options), time.GetUtcNow()))
            claims[name] = value?.DeepClone();
        return (claims, partner);
    }

    /// <summary>The same as a JWT, for a client that registered <c>userinfo_signed_response_alg</c> [OIDC §5.3.2]. It has no <c>exp</c>, so that it passes nowhere for an ID token.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="partner">The client.</param>
    /// <param name="algorithm">What it registered.</param>
    public ValueTask<string> SignAsync(JsonObject claims, Partner partner, string algorithm)
    {
        var signed = new JsonObject { ["iss"] = keys.Nation.Issuer, ["aud"] = partner.ClientId };
        foreach (var (name, value) in claims) signed[name] = value?.DeepClone();
        return Jws.SignAsync("JWT", signed, keys.Current(KeyPurpose.IdToken, algorithm));
    }
}
