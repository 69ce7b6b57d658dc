using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>The key that signs requests to wallets, and the client id that it makes [OpenID4VP §5.9.3].</summary>
/// <remarks>
/// A request keeps the client id it was made with, and is signed by the key that this one names, whatever is configured and whichever key signs new
/// requests by now.
/// </remarks>
internal static class RequestKey
{
    /// <summary>The client id of a new request.</summary>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="prefix">One of <see cref="ClientIdPrefixes.All"/>.</param>
    public static string ClientIdOf(KeyRing keys, string prefix) =>
        $"{prefix}:" + prefix switch
        {
            ClientIdPrefixes.X509SanDns => new Uri(keys.Nation.Issuer).Host,
            ClientIdPrefixes.DecentralizedIdentifier => DidJwk.Of(keys.Current(KeyPurpose.Request).PublicKey),
            _ => HashOf(keys.CurrentKey(KeyPurpose.Request)),
        };

    /// <summary>Signs a request as its client id says: by <c>x5c</c>, or by the DID's key.</summary>
    public static ValueTask<string> SignAsync(KeyRing keys, string clientId, JsonObject request)
    {
        var name = ClientIdPrefixes.NameOf(clientId);
        switch (ClientIdPrefixes.Of(clientId))
        {
            case ClientIdPrefixes.X509SanDns:
                // The name is the host's, and the leaf of each key of this purpose has it.
                return Jws.SignAsync(RequestObject.Type, request, keys.Current(KeyPurpose.Request));
            case ClientIdPrefixes.DecentralizedIdentifier:
                var wanted = DidJwk.Parse(name);
                var key = keys.Published(KeyPurpose.Request).First(key => key.Signing!.PublicKey.IsSameKeyAs(wanted)).Signing!;
                var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = RequestObject.Type, ["kid"] = DidJwk.KeyUrl(name) };
                return Jws.SignAsync(Jws.ToBeSigned(header, request), key);
            default:
                return Jws.SignAsync(RequestObject.Type, request, keys.Published(KeyPurpose.Request).First(key => HashOf(key) == name).Signing!);
        }
    }

    /// <summary>The SHA-256 of the DER leaf as base64url.</summary>
    private static string HashOf(HeldKey key) => Base64Url.Encode(SHA256.HashData(key.Certificate!.RawData));
}
