using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>What a token is worth now [RFC7662], and taking one back [RFC7009]. A client may do both with its own tokens.</summary>
public sealed class TokenInspection(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>What a token is worth: whatever is not this client's, or not good, is not active, and nothing more is said of it [RFC7662 §2.2].</summary>
    /// <exception cref="Refusal"><c>invalid_client</c>: the client only says who it is [RFC7662 §2.1].</exception>
    public async Task<JsonObject> IntrospectAsync(Partner partner, string token)
    {
        if (partner.IsPublic) throw OAuthRefusal.InvalidClient("a client without a secret or a key can't ask what a token is worth");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var inactive = new JsonObject { ["active"] = false };
        if (await AccessTokens.FindAsync(database, token) is { Audience: AccessTokens.ForUserInfo } access)
        {
            return access.ClientId == partner.ClientId && access.RevokedAt is null && access.ExpiresAt > now && await StandsAsync(access.SubjectId) is { } session
                ? Active(session, access.Scope, access.Options, access.CreatedAt, access.ExpiresAt, access.DpopJkt, access.DpopJkt is null ? "Bearer" : "DPoP")
                : inactive;
        }

        if (await RefreshTokens.FindAsync(database, token) is { } refresh)
        {
            return refresh.ClientId == partner.ClientId && refresh is { RevokedAt: null, SpentAt: null } && refresh.ExpiresAt > now && await StandsAsync(refresh.SessionId) is { } session
                ? Active(session, refresh.Scope, refresh.Options, refresh.CreatedAt, refresh.ExpiresAt, refresh.DpopJkt, null)
                : inactive;
        }

        return inactive;

        async Task<Sessions.Row?> StandsAsync(string sessionId) => await Sessions.FindAsync(database, sessionId) is { } session && session.Stands(now) ? session : null;

        JsonObject Active(Sessions.Row session, string scope, string? options, long issuedAt, long expiresAt, string? jkt, string? type)
        {
            var json = new JsonObject
            {
                ["active"] = true,
                ["iss"] = keys.Nation.Issuer,
                ["client_id"] = partner.ClientId,
                ["sub"] = Subject.For(keys, session.MemberId, partner.Sector),
                ["scope"] = scope,
                ["iat"] = issuedAt,
                ["exp"] = Math.Min(expiresAt, session.ExpiresAt),
                ["auth_time"] = session.ProvenAt,
                ["acr"] = Session.ContextOf(session),
            };
            if (Told.Details(keys, session, RequestOptions.Read(options)) is { } details) json["authorization_details"] = details;
            if (type is not null) json["token_type"] = type;
            if (jkt is not null) json["cnf"] = new JsonObject { ["jkt"] = jkt };
            return json;
        }
    }

    /// <summary>Takes a token back: an access token alone; a refresh token with all that came from it [RFC7009 §2.1]. What is no token of this client is left as it is.</summary>
    public async Task RevokeAsync(Partner partner, string token)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (await AccessTokens.FindAsync(database, token) is { Audience: AccessTokens.ForUserInfo } access && access.ClientId == partner.ClientId)
            await database.CommitAsync(AccessTokens.Revoke(access.TokenDigest, now));
        else if (await RefreshTokens.FindAsync(database, token) is { } refresh && refresh.ClientId == partner.ClientId)
            await database.CommitAsync(RefreshTokens.RevokeGrant(refresh.GrantDigest, now), AccessTokens.RevokeGrant(refresh.GrantDigest, now));
    }
}
