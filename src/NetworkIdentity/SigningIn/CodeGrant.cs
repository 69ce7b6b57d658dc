using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>A code for tokens, once [RFC6749 §4.1.3] [OIDC §3.1.3].</summary>
public sealed class CodeGrant(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Redeems a code.</summary>
    /// <param name="partner">The authenticated client.</param>
    /// <param name="code">The code.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request, again.</param>
    /// <param name="verifier">The PKCE verifier; null where none was sent.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with; null where none came.</param>
    /// <param name="resource">Whom the access token is to be for: the resource that was granted, or userinfo; null for the one that was granted.</param>
    /// <exception cref="Refusal"><c>invalid_grant</c>, <c>invalid_target</c>.</exception>
    public async Task<Tokens> RedeemAsync(Partner partner, string code, string? redirectUri, string? verifier, string? jkt = null, string? resource = null)
    {
        // A session in which a person reads their case opens that page: there is no token of it.
        if (partner.IsForCases) throw OAuthRefusal.InvalidGrant("this client has no tokens");
        var (digest, row, session) = await CheckAsync(partner, code, redirectUri, verifier);
        if (row.DpopJkt is { } bound && bound != jkt) throw OAuthRefusal.InvalidGrant("the code is bound to another key");

        var access = await AccessToken.OfMemberAsync(database, keys, new(partner, session, row.Scope, row.Options, digest), resource, jkt, time.GetUtcNow());
        var refreshToken = partner.MayRefresh ? RandomId.Secret() : null;
        var broken = await database.CommitAsync(
        [
            // In the act, so that nothing ends it in between.
            Sessions.Stand(session.Id, Now()),
            AuthorizationCodes.Spend(digest, Now()),
            AccessTokens.Insert(access.Row),
            .. refreshToken is null ? Array.Empty<Statement>() : [RefreshTokens.Insert(new RefreshTokens.Row
            {
                TokenDigest = RandomId.Digest(refreshToken),
                SessionId = session.Id,
                ClientId = partner.ClientId,
                Scope = row.Scope,
                Options = row.Options,
                // A confidential client is known by its own key or secret when it renews; a public one by this key alone [RFC9449 §5].
                DpopJkt = partner.IsPublic ? jkt : null,
                GrantDigest = digest,
                CreatedAt = Now(),
                ExpiresAt = session.ExpiresAt,
            })],
        ]);
        if (broken == "session") throw RefreshGrant.Ended();
        if (broken is not null) throw await ReplayedAsync(digest);
        var options = RequestOptions.Read(row.Options);
        var idToken = await Tokens.SignIdTokenAsync(database, keys, partner, session, row.Scope, options, row.Nonce, access.Text, time.GetUtcNow());
        return new Tokens(access.Text, jkt is not null, idToken, refreshToken, access.Row.Scope) { AuthorizationDetails = Told.Details(keys, session, options) };
    }

    /// <summary>Spends a code for the session alone, without any token: for the nation's own page.</summary>
    /// <exception cref="Refusal"><c>invalid_grant</c>.</exception>
    internal async Task SpendAsync(Partner partner, string code, string redirectUri, string verifier)
    {
        var (digest, _, session) = await CheckAsync(partner, code, redirectUri, verifier);
        var broken = await database.CommitAsync(Sessions.Stand(session.Id, Now()), AuthorizationCodes.Spend(digest, Now()));
        if (broken is not null) throw OAuthRefusal.InvalidGrant();
    }

    private async Task<(string Digest, AuthorizationCodes.Row Row, Sessions.Row Session)> CheckAsync(Partner partner, string code, string? redirectUri, string? verifier)
    {
        var digest = RandomId.Digest(code);
        if (await AuthorizationCodes.FindAsync(database, digest) is not { } row || row.ClientId != partner.ClientId) throw OAuthRefusal.InvalidGrant();
        if (row.SpentAt is not null) throw await ReplayedAsync(digest);
        if (row.ExpiresAt <= Now() || await Sessions.FindAsync(database, row.SessionId) is not { } session) throw OAuthRefusal.InvalidGrant();
        if (row.RedirectUri != redirectUri || !Pkce.Fits(row.CodeChallenge, verifier)) throw OAuthRefusal.InvalidGrant();
        return (digest, row, session);
    }

    private async Task<Refusal> ReplayedAsync(string digest)
    {
        // Whoever has the code a second time may have had it first: what it gave is taken back [RFC6749 §4.1.2].
        await database.CommitAsync(AccessTokens.RevokeGrant(digest, Now()), RefreshTokens.RevokeGrant(digest, Now()));
        return OAuthRefusal.InvalidGrant();
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
