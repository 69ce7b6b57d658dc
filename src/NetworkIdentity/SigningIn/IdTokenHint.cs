using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>An ID token that a client sends back, to say whom it means. It may have expired, and its key retired [OIDC §3.1.2.1] [OIDC-RPInitiated §2].</summary>
/// <param name="ClientId">The client that it was given to.</param>
/// <param name="Subject">The member, as that client knows them.</param>
/// <param name="SessionId">The session; null where it names none.</param>
public sealed record IdTokenHint(string ClientId, string Subject, string? SessionId)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it is no ID token, or not of this issuer.</exception>
    public static IdTokenHint Read(string token, KeyRing keys) => Refusal.Recode("invalid_request", () =>
    {
        var jws = Jws.Parse(token);

        // The same keys sign logout tokens: the type tells them apart.
        var key = keys.Keys.FirstOrDefault(key => key.Purpose == KeyPurpose.IdToken && key.Kid == jws.KeyId);
        if (key is null || jws.Type != "JWT") throw NotOurs();
        using var verification = VerificationKey.Import(key.Signing!.PublicKey);
        if (!jws.IsSignedBy(verification)) throw NotOurs();
        var claims = jws.Claims();
        return new IdTokenHint(claims.RequiredString("aud"), claims.RequiredString("sub"), claims.OptionalString("sid"));
    });

    private static Refusal NotOurs() => OAuthRefusal.InvalidRequest("id_token_hint is not an ID token of this issuer");
}
