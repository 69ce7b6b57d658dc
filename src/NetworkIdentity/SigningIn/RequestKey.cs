using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.SigningIn;

/// <summary>The key that signs requests to wallets, and the client id that it makes [OpenID4VP §5.9.3].</summary>
internal static class RequestKey
{
    private const string Prefix = "x509_hash:";

    /// <summary>The client id: the prefix and the SHA-256 of the DER leaf as base64url.</summary>
    public static string ClientIdOf(HeldKey key) => Prefix + Base64Url.Encode(SHA256.HashData(key.Certificate!.RawData));

    /// <summary>The key behind a client id, also when its successor signs by now.</summary>
    public static HeldKey Of(KeyRing keys, string clientId) => keys.Published(KeyPurpose.Request).First(key => ClientIdOf(key) == clientId);
}
