using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>An access token as it is given, and what is kept of it: opaque for this provider's userinfo, a JWT for a resource (decision 0025).</summary>
/// <param name="Text">The token.</param>
/// <param name="Row">Its row, by the digest of the token whatever its form: what is not there any more, or whose session has ended, is not active.</param>
internal sealed record AccessToken(string Text, AccessTokens.Row Row)
{
    /// <summary>What a member granted a client.</summary>
    /// <param name="Partner">The client.</param>
    /// <param name="Session">The session.</param>
    /// <param name="Scope">The scopes that are asked for now, of those that were granted.</param>
    /// <param name="Options">What else was granted, as it is stored.</param>
    /// <param name="Digest">The digest of the code that all comes from.</param>
    public sealed record Grant(Partner Partner, Sessions.Row Session, string Scope, string? Options, string Digest);

    /// <summary>A token of a member's grant, for the resource that was granted unless userinfo is named.</summary>
    /// <param name="database">Where resources are.</param>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="grant">What was granted.</param>
    /// <param name="named">The resource that the request names; null where it names none.</param>
    /// <param name="jkt">The thumbprint of the key that it is bound to; null for a bearer token.</param>
    /// <param name="now">The server's time.</param>
    /// <exception cref="Refusal"><c>invalid_target</c>, <c>invalid_scope</c>.</exception>
    public static async Task<AccessToken> OfMemberAsync(Database database, KeyRing keys, Grant grant, string? named, string? jkt, DateTimeOffset now)
    {
        var (partner, session) = (grant.Partner, grant.Session);
        var (granted, own) = (RequestOptions.Read(grant.Options).Resource, Resource.UserInfo(keys.Nation));
        if (named is not null && named != own && named != granted) throw OAuthRefusal.InvalidTarget("the resource is not the one that was granted");
        var resource = granted is null ? null : await Resource.FindAsync(database, granted);
        var row = new AccessTokens.Row
        {
            TokenDigest = "",
            Audience = AccessTokens.ForUserInfo,
            SubjectId = session.Id,
            ClientId = partner.ClientId,
            Scope = grant.Scope,
            Options = grant.Options,
            DpopJkt = jkt,
            GrantDigest = grant.Digest,
            CreatedAt = now.ToUnixTimeSeconds(),
            ExpiresAt = (now + Tokens.Lifetime).ToUnixTimeSeconds(),
        };
        if (granted is null || named == own)
        {
            var text = RandomId.Secret();
            return new(text, row with { TokenDigest = RandomId.Digest(text), Scope = string.Join(' ', grant.Scope.Split(' ').Where(scope => resource?.Scopes.Contains(scope) != true)) });
        }

        if (resource?.IsFor(partner) != true) throw OAuthRefusal.InvalidTarget("the resource was retired, or the client may not ask for it any more");
        var scope = Allowed(resource, partner, grant.Scope);
        return await SignAsync(keys, resource, row with { Scope = scope }, new JwtAccessToken
        {
            Issuer = keys.Nation.Issuer,
            Audience = resource.Identifier,
            // Of the client's sector: clients can read it, and what they read tells two of them nothing about one member.
            Subject = Subject.For(keys, session.MemberId, partner.Sector),
            ClientId = partner.ClientId,
            IssuedAt = now,
            ExpiresAt = now + Tokens.Lifetime,
            Id = RandomId.Secret(),
            Scope = scope,
            AuthenticatedAt = DateTimeOffset.FromUnixTimeSeconds(session.ProvenAt),
            Context = Session.ContextOf(session),
            Methods = [Session.ProofOfPossession, .. Session.TypesIn(keys, session)],
            DpopJkt = jkt,
        });
    }

    /// <summary>A token of a client that acts for itself: its row's subject is the client.</summary>
    public static ValueTask<AccessToken> OfClientAsync(KeyRing keys, Partner partner, Resource resource, string scope, string? jkt, DateTimeOffset now) => SignAsync(
        keys,
        resource,
        new()
        {
            TokenDigest = "",
            Audience = resource.Identifier,
            SubjectId = partner.ClientId,
            ClientId = partner.ClientId,
            Scope = scope,
            DpopJkt = jkt,
            GrantDigest = "",
            CreatedAt = now.ToUnixTimeSeconds(),
            ExpiresAt = (now + Tokens.Lifetime).ToUnixTimeSeconds(),
        },
        new JwtAccessToken
        {
            Issuer = keys.Nation.Issuer,
            Audience = resource.Identifier,
            Subject = partner.ClientId,
            ClientId = partner.ClientId,
            IssuedAt = now,
            ExpiresAt = now + Tokens.Lifetime,
            Id = RandomId.Secret(),
            Scope = scope,
            DpopJkt = jkt,
        });

    /// <summary>Of some scopes, those that are the resource's and the client's, as it is registered now.</summary>
    /// <exception cref="Refusal"><c>invalid_scope</c>: there are none.</exception>
    public static string Allowed(Resource resource, Partner partner, string scope)
    {
        var allowed = string.Join(' ', resource.ScopesIn(scope).Split(' ').Where(partner.Metadata.Scopes.Contains).Distinct());
        return allowed.Length > 0 ? allowed : throw OAuthRefusal.InvalidScope("scope must hold a scope of the resource that this client may have");
    }

    private static async ValueTask<AccessToken> SignAsync(KeyRing keys, Resource resource, AccessTokens.Row row, JwtAccessToken claims)
    {
        var text = await Jws.SignAsync(JwtAccessToken.Type, claims.ToJson(), keys.Current(KeyPurpose.IdToken, resource.Algorithm));
        return new(text, row with { TokenDigest = RandomId.Digest(text), Audience = resource.Identifier });
    }
}
