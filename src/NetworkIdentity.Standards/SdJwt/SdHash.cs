using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>The one hash that is accepted: SHA-256 over ASCII text, as base64url [RFC9901 §4.1.1].</summary>
internal static class SdHash
{
    /// <summary>The hash's name in <c>_sd_alg</c>.</summary>
    public const string Name = "sha-256";

    public static string Of(string ascii) => Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(ascii)));
}
