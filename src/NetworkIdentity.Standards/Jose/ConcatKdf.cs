using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NetworkIdentity.Standards.Jose;

/// <summary>The Concat KDF of NIST SP 800-56A with SHA-256, as ECDH-ES uses it [RFC7518 §4.6.2].</summary>
internal static class ConcatKdf
{
    /// <summary>Derives a key of <paramref name="length"/> bytes, at most the 32 of one round.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> z, string algorithmId, ReadOnlySpan<byte> partyUInfo, ReadOnlySpan<byte> partyVInfo, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, SHA256.HashSizeInBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Round 1: counter || Z || OtherInfo, which is AlgorithmID || PartyUInfo || PartyVInfo || SuppPubInfo; SuppPrivInfo is empty.
        AppendUInt32(1);
        hash.AppendData(z);
        AppendWithLength(System.Text.Encoding.ASCII.GetBytes(algorithmId));
        AppendWithLength(partyUInfo);
        AppendWithLength(partyVInfo);
        AppendUInt32(length * 8);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        var key = digest[..length].ToArray();
        CryptographicOperations.ZeroMemory(digest);
        return key;

        void AppendUInt32(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            hash.AppendData(bytes);
        }

        void AppendWithLength(ReadOnlySpan<byte> data)
        {
            AppendUInt32(data.Length);
            hash.AppendData(data);
        }
    }
}
