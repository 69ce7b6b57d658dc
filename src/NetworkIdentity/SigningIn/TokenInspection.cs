using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>What a token is worth now [RFC7662], and taking one back [RFC7009]. A client may do both with its own tokens; a resource may ask about those that are for it.</summary>
public sealed class TokenInspection(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>What a token is worth: whatever is not this client's, or not good, is not active, and nothing more is said of it [RFC7662 §2.2].</summary>
    /// <exception cref="Refusal"><c>invalid_client</c>: the client only says who it is [RFC7662 §2.1].</exception>
    public async Task<JsonObject> IntrospectAsync(Partner partner, string token)
    {
        if (partner.IsPublic) throw OAuthRefusal.InvalidClient("a client without a secret or a key can't ask what a token is worth");
        var answer = await AccessTokens.FindAsync(database, token) is { } access ? await OfAccessTokenAsync(partner, access)
            : await RefreshTokens.FindAsync(database, token) is { } refresh && refresh.ClientId == partner.ClientId ? await OfRefreshTokenAsync(partner, refresh)
            : null;
        return answer ?? new JsonObject { ["active"] = false };
    }

    /// <summary>An access token: of the client that asks, or for the resource that the client is.</summary>
    private async Task<JsonObject?> OfAccessTokenAsync(Partner asking, AccessTokens.Row access)
    {
        if (access.Audience == AccessTokens.ForCredential || access.RevokedAt is not null || access.ExpiresAt <= Now()) return null;

        // A resource that was retired has no tokens any more, whatever these say of themselves.
        var resource = access.Audience == AccessTokens.ForUserInfo ? null : await Resource.FindAsync(database, access.Audience);
        if (resource is null && access.Audience != AccessTokens.ForUserInfo) return null;
        if (access.ClientId != asking.ClientId && resource?.ClientId != asking.ClientId) return null;
        if (await Partner.FindAsync(database, access.ClientId!) is not { } partner) return null;

        JsonObject? json;
        if (access.SubjectId == access.ClientId) json = Active(partner.ClientId, partner, access.Scope, access.CreatedAt, access.ExpiresAt, access.DpopJkt);
        else if (await StandingAsync(access.SubjectId) is { } session) json = OfMember(session, partner, access.Scope, access.Options, access.CreatedAt, access.ExpiresAt, access.DpopJkt);
        else return null;

        // Of what was shown to the app, its own business, a resource hears nothing.
        if (access.ClientId != asking.ClientId) json.Remove("authorization_details");
        json["token_type"] = access.DpopJkt is null ? "Bearer" : "DPoP";
        if (resource is not null) json["aud"] = resource.Identifier;
        return json;
    }

    /// <summary>What a client that acts for itself may do with a token at a resource that this server is: its scopes, as resource and client are registered now.</summary>
    /// <param name="token">The token.</param>
    /// <param name="identifier">The resource.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with; null where it came as a bearer token.</param>
    /// <returns>Null where the token is not good here: unknown, ended, of a member, for something else, bound to another key, or its client or resource was retired.</returns>
    public async Task<IReadOnlyList<string>?> ScopesOfClientAsync(string token, string identifier, string? jkt)
    {
        if (await AccessTokens.FindGoodAsync(database, token, identifier, Now()) is not { ClientId: { } clientId } access || access.SubjectId != clientId || access.DpopJkt != jkt) return null;
        return await Resource.FindAsync(database, identifier) is { } resource && await Partner.FindAsync(database, clientId) is { } partner
            ? [.. resource.ScopesIn(access.Scope).Split(' ').Where(partner.Metadata.Scopes.Contains)]
            : null;
    }

    /// <summary>Whose a token is at a resource that this server is, where it is a member's and bound to a key; and its scopes, as resource and client are registered now.</summary>
    /// <param name="token">The token.</param>
    /// <param name="identifier">The resource.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with.</param>
    /// <returns>Null where the token is not good here: unknown, ended, of a client for itself, for something else, bound to no key or another, or its client or resource was retired.</returns>
    public async Task<(Sessions.Row Session, IReadOnlyList<string> Scopes)?> SessionOfAsync(string token, string identifier, string jkt)
    {
        if (await AccessTokens.FindGoodAsync(database, token, identifier, Now()) is not { ClientId: { } clientId } access || access.DpopJkt != jkt) return null;
        if (await StandingAsync(access.SubjectId) is not { } session) return null;
        if (await Resource.FindAsync(database, identifier) is not { } resource || await Partner.FindAsync(database, clientId) is not { } partner) return null;
        return (session, [.. resource.ScopesIn(access.Scope).Split(' ').Where(partner.Metadata.Scopes.Contains)]);
    }

    private async Task<JsonObject?> OfRefreshTokenAsync(Partner partner, RefreshTokens.Row refresh) =>
        refresh is { RevokedAt: null, SpentAt: null } && refresh.ExpiresAt > Now() && await StandingAsync(refresh.SessionId) is { } session
            ? OfMember(session, partner, refresh.Scope, refresh.Options, refresh.CreatedAt, null, refresh.DpopJkt)
            : null;

    private async Task<Sessions.Row?> StandingAsync(string sessionId) => await Sessions.FindAsync(database, sessionId) is { } session && session.Stands(Now()) ? session : null;

    /// <summary>A token of a member's: <c>sub</c> is the member as the client knows them that it was given to, whoever asks.</summary>
    private JsonObject OfMember(Sessions.Row session, Partner partner, string scope, string? options, long issuedAt, long? expiresAt, string? jkt)
    {
        // Of a refresh token the end would be the day on which a credential ends, which is the same at every client (decision 0028).
        var until = expiresAt is { } end ? Math.Min(end, session.ExpiresAt) : default(long?);
        var json = Active(Subject.For(keys, session.MemberId, partner.Sector), partner, scope, issuedAt, until, jkt);
        (json["auth_time"], json["acr"]) = (session.ProvenAt, Session.ContextOf(session));
        if (Told.Details(keys, session, RequestOptions.Read(options)) is { } details) json["authorization_details"] = details;
        return json;
    }

    private JsonObject Active(string subject, Partner partner, string scope, long issuedAt, long? expiresAt, string? jkt)
    {
        var json = new JsonObject
        {
            ["active"] = true,
            ["iss"] = keys.Nation.Issuer,
            ["client_id"] = partner.ClientId,
            ["sub"] = subject,
            ["scope"] = scope,
            ["iat"] = issuedAt,
        };
        if (expiresAt is { } until) json["exp"] = until;
        if (jkt is not null) json["cnf"] = new JsonObject { ["jkt"] = jkt };
        return json;
    }

    /// <summary>Takes a token back: an access token alone; a refresh token with all that came from it [RFC7009 §2.1]. What is no token of this client is left as it is.</summary>
    public async Task RevokeAsync(Partner partner, string token)
    {
        if (await AccessTokens.FindAsync(database, token) is { Audience: not AccessTokens.ForCredential } access && access.ClientId == partner.ClientId)
            await database.CommitAsync(AccessTokens.Revoke(access.TokenDigest, Now()));
        else if (await RefreshTokens.FindAsync(database, token) is { } refresh && refresh.ClientId == partner.ClientId)
            await database.CommitAsync(RefreshTokens.RevokeGrant(refresh.GrantDigest, Now()), AccessTokens.RevokeGrant(refresh.GrantDigest, Now()));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
