using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.SigningIn;

/// <summary>The key that one wallet's answer is encrypted to: made for one request, kept sealed with it [HAIP §5.1].</summary>
internal static class EphemeralKey
{
    /// <summary>Makes a P-256 key, sealed for a request.</summary>
    public static byte[] Create(SealingKey sealing, string requestId)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return sealing.Seal(key.ExportPkcs8PrivateKey(), Owner(requestId));
    }

    /// <summary>Opens the key of a request. The caller disposes of it.</summary>
    public static ECDiffieHellman Open(SealingKey sealing, byte[] sealedKey, string requestId)
    {
        var key = ECDiffieHellman.Create();
        key.ImportPkcs8PrivateKey(sealing.Open(sealedKey, Owner(requestId)), out _);
        return key;
    }

    /// <summary>The public key as it stands in <c>client_metadata</c>: with <c>kid</c>, <c>use</c> and <c>alg</c> [OpenID4VP §8.3].</summary>
    public static Jwk PublicJwk(ECDiffieHellman key, string requestId)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new Jwk("EC")
        {
            Crv = "P-256",
            X = Base64Url.Encode(point.X),
            Y = Base64Url.Encode(point.Y),
            Kid = requestId,
            Use = "enc",
            Alg = JweEncryption.EcdhEs,
        };
    }

    private static string Owner(string requestId) => $"presentation_request/{requestId}";
}
