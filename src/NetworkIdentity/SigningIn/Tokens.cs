using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId;

namespace NetworkIdentity.SigningIn;

/// <summary>What the token endpoint answers a client [RFC6749 §5.1] [OIDC §3.1.3.3].</summary>
/// <param name="AccessToken">For userinfo, or for a resource.</param>
/// <param name="IsDpopBound">Whether the access token goes with a proof of a key only [RFC9449 §5].</param>
/// <param name="IdToken">The signed ID token; null where the request was not for one.</param>
/// <param name="RefreshToken">Renews them; null where the client keeps the one it has, or may not renew.</param>
/// <param name="Scope">What the access token is for.</param>
public sealed record Tokens(string AccessToken, bool IsDpopBound, string? IdToken, string? RefreshToken, string Scope)
{
    /// <summary>What was granted of <c>authorization_details</c> [RFC9396 §7]; null where the request had none.</summary>
    public JsonArray? AuthorizationDetails { get; init; }

    /// <summary>How long an access token and an ID token live.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Signs the ID token of a session.</summary>
    internal static async ValueTask<string> SignIdTokenAsync(
        Database database, KeyRing keys, Partner partner, Sessions.Row session, string scope, RequestOptions options, string? nonce, string accessToken, DateTimeOffset now)
    {
        var key = keys.Current(KeyPurpose.IdToken, partner.IdTokenAlgorithm);
        return await Jws.SignAsync("JWT", new IdToken
        {
            Issuer = keys.Nation.Issuer,
            Subject = Subject.For(keys, session.MemberId, partner.Sector),
            Audience = partner.ClientId,
            IssuedAt = now,
            ExpiresAt = now + Lifetime,
            AuthenticatedAt = DateTimeOffset.FromUnixTimeSeconds(session.ProvenAt),
            Nonce = nonce,
            SessionId = Session.NameOf(keys, session.Id),
            Context = Session.ContextOf(session),
            Methods = [Session.ProofOfPossession, .. Session.TypesIn(keys, session)],
            AccessToken = accessToken,
            Algorithm = key.Algorithm,
            Claims = await Told.InIdTokenAsync(database, keys, partner, session, scope, options, now),
        }.ToJson(), key);
    }
}
