using System.Buffers.Binary;
using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.SigningIn;

/// <summary>Nonces for proofs of possession [RFC9449 §8]: made without a write, each server the same.</summary>
/// <remarks>
/// A nonce is a MAC over its span of time. It proves that a proof was not made long before: that it is used once is its <c>jti</c>'s to prove. So the same one
/// serves every client, and one that is over gets the next with the refusal.
/// </remarks>
public sealed class DpopNonces(KeyRing keys, TimeProvider time)
{
    /// <summary>How long a nonce is the current one. It is taken for as long again.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(2);

    private const int MacLength = 16;

    private readonly byte[] _key = keys.Derive("dpop-nonce");

    /// <summary>The current nonce.</summary>
    public string Current => Of(Now());

    /// <summary>Whether a nonce is the current one or the one before.</summary>
    public bool IsGood(string nonce) => IsThat(nonce, Now()) || IsThat(nonce, Now() - 1);

    private bool IsThat(string nonce, long span) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(nonce), System.Text.Encoding.UTF8.GetBytes(Of(span)));

    private string Of(long span)
    {
        Span<byte> data = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(data, span);
        return Base64Url.Encode(HMACSHA256.HashData(_key, data).AsSpan(0, MacLength));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds() / (long)Span.TotalSeconds;
}
