using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>base58btc of a SHA-256 multihash, the only one that did:webvh 1.0 permits: 46 characters that begin with Qm [DID-WebVH §did:webvh DID Method Parameters].</summary>
internal static class Multihash
{
    private const byte Sha256Code = 0x12;

    /// <summary>The hash of what is given.</summary>
    public static string Sha256(ReadOnlySpan<byte> data)
    {
        Span<byte> bytes = stackalloc byte[2 + SHA256.HashSizeInBytes];
        bytes[0] = Sha256Code;
        bytes[1] = SHA256.HashSizeInBytes;
        SHA256.HashData(data, bytes[2..]);
        return Base58Btc.Encode(bytes);
    }

    /// <summary>Whether the text has the form of such a hash.</summary>
    public static bool IsSha256(string text)
    {
        if (text.Length != 46) return false;
        try
        {
            return Base58Btc.Decode(text) is [Sha256Code, SHA256.HashSizeInBytes, ..] and { Length: 2 + SHA256.HashSizeInBytes };
        }
        catch (Refusal)
        {
            return false;
        }
    }
}
