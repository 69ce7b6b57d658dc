using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>What a client must check of an ID token [OIDC §3.1.3.7], with Microsoft's handler.</summary>
internal sealed class IdTokenCheck(SamplePartnerOptions options, Discovery discovery)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>The claims of an ID token that holds.</summary>
    /// <param name="idToken">The token, as the token endpoint gave it.</param>
    /// <param name="nonce">What the app sent with this sign-in.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SignInException">It does not hold, or the keys could not be had.</exception>
    public async Task<JsonObject> ClaimsAsync(string idToken, string nonce, CancellationToken cancellation)
    {
        // 1. Signature, by a key of the provider's; its issuer; this app as its audience; its time.
        var provider = await discovery.FindAsync(cancellation);
        var result = Validate(idToken, provider, await discovery.KeysAsync(areNew: false, cancellation));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            result = Validate(idToken, provider, await discovery.KeysAsync(areNew: true, cancellation));
        if (!result.IsValid) throw new SignInException(Fault.BadIdToken, result.Exception?.GetType().Name, Words(result.Exception));

        // 2. The nonce of this sign-in, so that a token of another is of no use here.
        var claims = Decode(((JsonWebToken)result.SecurityToken).EncodedPayload);
        if ((string?)claims["nonce"] != nonce) throw new SignInException(Fault.BadIdToken, "nonce", "it was made for another sign-in");
        return claims["sub"] is JsonValue ? claims : throw new SignInException(Fault.BadIdToken, "sub", "it names no subject");
    }

    /// <summary>One part of a token, decoded.</summary>
    public static JsonObject Decode(string part) => (JsonObject)JsonNode.Parse(Base64UrlEncoder.DecodeBytes(part))!;

    private TokenValidationResult Validate(string idToken, Discovery.Provider provider, IReadOnlyList<SecurityKey> keys) =>
        new JsonWebTokenHandler().ValidateToken(idToken, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = options.ClientId,
            IssuerSigningKeys = keys,

            // The algorithm that it was registered for, which is OpenID's default [OIDC §3.1.3.7, 7].
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = (_, expires, _, _) => expires > (options.Time.GetUtcNow() - Skew).UtcDateTime,
        });

    private static string Words(Exception? exception) => exception switch
    {
        SecurityTokenInvalidIssuerException => "it is of another issuer",
        SecurityTokenInvalidAudienceException => "it is for another app",
        SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException => "it has expired",
        _ => "its signature is not the nation's",
    };
}
