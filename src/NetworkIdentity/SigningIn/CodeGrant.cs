using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId;

namespace NetworkIdentity.SigningIn;

/// <summary>A code for tokens, once; and what the access token then tells [RFC6749 §4.1.3] [OIDC §3.1.3] [OIDC §5.3].</summary>
public sealed class CodeGrant(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>How long tokens live.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>What the token endpoint answers.</summary>
    /// <param name="AccessToken">For userinfo.</param>
    /// <param name="IdToken">The signed ID token.</param>
    /// <param name="Scope">What was granted.</param>
    public sealed record Tokens(string AccessToken, string IdToken, string Scope);

    /// <summary>Authenticates a client at the token endpoint.</summary>
    /// <exception cref="Refusal"><c>invalid_client</c>.</exception>
    public async Task<Partner> AuthenticateAsync(ClientCredentials? credentials)
    {
        var partner = credentials is null ? null : await Partner.FindAsync(database, credentials.ClientId);
        if (partner is null) throw OAuthRefusal.InvalidClient("the client is unknown or did not authenticate");

        // A secret is as good in the header as in the body; which of both a client registered is not held against it.
        var authentic = partner.SecretDigest is null
            ? credentials!.Secret is null
            : credentials!.Secret is not null && CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.ASCII.GetBytes(RandomId.Digest(credentials.Secret)), System.Text.Encoding.ASCII.GetBytes(partner.SecretDigest));
        return authentic ? partner : throw OAuthRefusal.InvalidClient("the client is unknown or did not authenticate");
    }

    /// <summary>Redeems a code.</summary>
    /// <param name="partner">The authenticated client.</param>
    /// <param name="code">The code.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request, again.</param>
    /// <param name="verifier">The PKCE verifier; null where none was sent.</param>
    /// <exception cref="Refusal"><c>invalid_grant</c>.</exception>
    public async Task<Tokens> RedeemAsync(Partner partner, string code, string? redirectUri, string? verifier)
    {
        var digest = RandomId.Digest(code);
        if (await AuthorizationCodes.FindAsync(database, digest) is not { } row || row.ClientId != partner.ClientId) throw OAuthRefusal.InvalidGrant();
        if (row.SpentAt is not null) throw await ReplayedAsync(digest);
        if (row.ExpiresAt <= Now() || await SignIns.FindAsync(database, row.SignInId) is not { } signIn) throw OAuthRefusal.InvalidGrant();
        if (signIn.RedirectUri != redirectUri || !Pkce.Fits(signIn.CodeChallenge, verifier)) throw OAuthRefusal.InvalidGrant();

        var accessToken = RandomId.Secret();
        var broken = await database.CommitAsync(
        [
            // In the act, so that no revocation comes between.
            .. signIn.CredentialIds!.Split(' ').Select(id => Credentials.Stands(id, Now())),
            AuthorizationCodes.Spend(digest, Now()),
            AccessTokens.Insert(new AccessTokens.Row
            {
                TokenDigest = RandomId.Digest(accessToken),
                Audience = AccessTokens.ForUserInfo,
                SubjectId = signIn.Id,
                ClientId = partner.ClientId,
                Scope = signIn.Scope,
                GrantDigest = digest,
                CreatedAt = Now(),
                ExpiresAt = Now() + (long)TokenLifetime.TotalSeconds,
            }),
        ]);
        if (broken == "stands") throw OAuthRefusal.InvalidGrant("a credential that was proven has been revoked or suspended, or has ended");
        if (broken is not null) throw await ReplayedAsync(digest);
        return new Tokens(accessToken, await IdTokenAsync(partner, signIn, accessToken), signIn.Scope);
    }

    /// <summary>The claims behind an access token [OIDC §5.3.2].</summary>
    /// <exception cref="Refusal"><c>invalid_token</c>.</exception>
    public async Task<JsonObject> UserInfoAsync(string accessToken)
    {
        var token = await AccessTokens.FindGoodAsync(database, accessToken, AccessTokens.ForUserInfo, Now()) ?? throw OAuthRefusal.InvalidToken();
        var signIn = await SignIns.FindAsync(database, token.SubjectId) ?? throw OAuthRefusal.InvalidToken();
        var partner = await Partner.FindAsync(database, signIn.ClientId) ?? throw OAuthRefusal.InvalidToken();
        if (!await StillStandsAsync(signIn)) throw OAuthRefusal.InvalidToken();

        var claims = new JsonObject { ["sub"] = Subject.For(keys, signIn.MemberId!, partner.Sector) };
        foreach (var (name, value) in Claims(signIn)) claims[name] = value?.DeepClone();
        return claims;
    }

    /// <summary>The name that what a sign-in disclosed is sealed for.</summary>
    internal static string Owner(string signInId) => $"sign_in/{signInId}";

    private ValueTask<string> IdTokenAsync(Partner partner, SignIns.Row signIn, string accessToken)
    {
        var key = keys.Current(KeyPurpose.IdToken, partner.IdTokenAlgorithm);
        var now = time.GetUtcNow();
        var idToken = new IdToken
        {
            Issuer = keys.Nation.Issuer,
            Subject = Subject.For(keys, signIn.MemberId!, partner.Sector),
            Audience = partner.ClientId,
            IssuedAt = now,
            ExpiresAt = now + TokenLifetime,
            AuthenticatedAt = DateTimeOffset.FromUnixTimeSeconds(signIn.ProvenAt!.Value),
            Nonce = signIn.Nonce,
            AccessToken = accessToken,
            Algorithm = key.Algorithm,
            Claims = Claims(signIn),
        };
        return Jws.SignAsync("JWT", idToken.ToJson(), key);
    }

    private JsonObject Claims(SignIns.Row signIn) => StrictJson.ParseObject(keys.Sealing.Open(signIn.Claims, Owner(signIn.Id)));

    private async Task<Refusal> ReplayedAsync(string digest)
    {
        // Whoever has the code a second time may have had it first: what it gave is taken back [RFC6749 §4.1.2].
        await database.CommitAsync(AccessTokens.RevokeGrant(digest, Now()));
        return OAuthRefusal.InvalidGrant();
    }

    /// <summary>Whether every credential that the sign-in rests on stands: one that does not is enough to end it.</summary>
    private async Task<bool> StillStandsAsync(SignIns.Row signIn)
    {
        foreach (var id in signIn.CredentialIds!.Split(' '))
            if (await Credentials.FindAsync(database, id) is not { } record || !record.Stands(Now())) return false;
        return true;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
