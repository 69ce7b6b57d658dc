using System.Security.Cryptography;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A public key, imported and ready to verify signatures. Safe for use by many threads.</summary>
/// <remarks>
/// Importing a P-256 key costs about twice a verification, because the point is checked to lie on the curve: keep these.
/// The algorithm is decided by the key, never by the token alone [RFC8725 §3.1].
/// </remarks>
public sealed class VerificationKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly byte[]? _ed25519;

    private VerificationKey(Jwk jwk, ECDsa? ecdsa, RSA? rsa, byte[]? ed25519)
    {
        Jwk = jwk;
        _ecdsa = ecdsa;
        _rsa = rsa;
        _ed25519 = ed25519;
    }

    /// <summary>The key as it was imported.</summary>
    public Jwk Jwk { get; }

    /// <summary>Imports a public key.</summary>
    /// <exception cref="Refusal">Malformed: the point is not on the curve, the key is otherwise no key, or <c>use</c> or <c>key_ops</c> is not for verifying.</exception>
    public static VerificationKey Import(Jwk jwk)
    {
        jwk.Check();
        if (!jwk.MayVerify) throw Refusal.Malformed("the key is not for verifying signatures");
        try
        {
            switch (jwk.Kty)
            {
                case "EC":
                    var point = new ECPoint { X = Base64Url.Decode(jwk.X), Y = Base64Url.Decode(jwk.Y) };
                    var curve = jwk.Crv == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;
                    return new(jwk, ECDsa.Create(new ECParameters { Curve = curve, Q = point }), null, null);
                case "RSA":
                    var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.Decode(jwk.N), Exponent = Base64Url.Decode(jwk.E) });
                    return new(jwk, null, rsa, null);
                default:
                    return new(jwk, null, null, Base64Url.Decode(jwk.X));
            }
        }
        catch (CryptographicException exception)
        {
            // A point off the curve [RFC7518 §6.2.1] is found by the import.
            throw Refusal.Malformed("the key is not a valid public key", exception);
        }
    }

    /// <summary>Whether <paramref name="signature"/> is this key's signature of <paramref name="data"/> under <paramref name="algorithm"/>.</summary>
    /// <returns>
    /// False for a wrong signature, and for an algorithm that is not this key's: <c>none</c>, a MAC, another key type's, or another than the
    /// key's own <c>alg</c>, where Ed25519's two names are one.
    /// </returns>
    public bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (Jwk.Alg is { } bound && bound != algorithm && !(IsEd25519(bound) && IsEd25519(algorithm))) return false;
        return algorithm switch
        {
            JoseAlgorithm.ES256 when _ecdsa is not null && Jwk.Crv == "P-256" => signature.Length == 64
                && _ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            JoseAlgorithm.ES384 when _ecdsa is not null && Jwk.Crv == "P-384" => signature.Length == 96
                && _ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            JoseAlgorithm.RS256 when _rsa is not null =>
                _rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            JoseAlgorithm.PS256 when _rsa is not null =>
                _rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            JoseAlgorithm.Ed25519 or JoseAlgorithm.EdDSA when _ed25519 is not null => Ed25519.Verify(_ed25519, data, signature),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    private static bool IsEd25519(string algorithm) => algorithm is JoseAlgorithm.Ed25519 or JoseAlgorithm.EdDSA;
}
