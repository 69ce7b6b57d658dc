using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>
/// Our keys as ASP.NET Core's libraries take them: <see cref="SecurityKey"/> and <see cref="SigningCredentials"/>. What they sign and verify
/// goes through <see cref="SigningKey"/> and <see cref="VerificationKey"/>, so that our rules hold there too, Ed25519 works, and a private key
/// may live elsewhere.
/// </summary>
public static class SecurityKeys
{
    /// <summary>A key that verifies. It does not own <paramref name="key"/>.</summary>
    public static SecurityKey From(VerificationKey key) => new JoseSecurityKey(key, signingKey: null);

    /// <summary>A key that verifies; keep it, since importing is dear.</summary>
    /// <exception cref="Refusal">Malformed: not a valid public key, or not one for verifying.</exception>
    public static SecurityKey From(Jwk key) => From(VerificationKey.Import(key));

    /// <summary>Credentials that sign with ES256, RS256 or Ed25519, and set <c>alg</c> and <c>kid</c>.</summary>
    /// <remarks>
    /// Microsoft.IdentityModel signs synchronously: a key in memory completes at once, but a call to a remote key blocks the thread.
    /// Our own code signs with <see cref="SigningKey.SignAsync"/>.
    /// </remarks>
    public static SigningCredentials ToSigningCredentials(this SigningKey key) =>
        new(new JoseSecurityKey(VerificationKey.Import(key.PublicKey), key), key.Algorithm);
}
