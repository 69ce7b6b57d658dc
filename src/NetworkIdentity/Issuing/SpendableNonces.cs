using System.Buffers.Binary;
using System.Security.Cryptography;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Issuing;

/// <summary>Nonces that are made without a write and used once, across servers and restarts.</summary>
/// <remarks>
/// A nonce is its expiry, 16 random bytes and a MAC over both, so that asking for nonces fills no table; its use is a row. The row lives as
/// long as the nonce could.
/// </remarks>
/// <param name="key">The MAC's key: of one kind alone.</param>
/// <param name="kind">The kind of the row, of <see cref="Spent"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="lifetime">How long a nonce may be used; five minutes where null.</param>
internal sealed class SpendableNonces(byte[] key, string kind, TimeProvider time, TimeSpan? lifetime = null)
{
    private const int RandomLength = 16;
    private const int MacLength = 16;

    private readonly TimeSpan _lifetime = lifetime ?? TimeSpan.FromMinutes(5);

    /// <summary>Makes a nonce.</summary>
    public string Make()
    {
        Span<byte> nonce = stackalloc byte[8 + RandomLength + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce, (time.GetUtcNow() + _lifetime).ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(nonce.Slice(8, RandomLength));
        Mac(nonce[..^MacLength]).CopyTo(nonce[^MacLength..]);
        return Base64Url.Encode(nonce);
    }

    /// <summary>The use of a nonce, to be committed with the act it is for; breaks with the kind. Null where it is none of these, or has expired.</summary>
    public Statement? Use(string nonce) => OurEndOf(nonce) is { } end && end > time.GetUtcNow() ? Spent.Use(kind, nonce, end.ToUnixTimeSeconds()) : null;

    /// <summary>Until when a nonce says that it may be used: of one that <see cref="Use"/> has taken.</summary>
    public static DateTimeOffset EndOf(string nonce) => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(Base64Url.Decode(nonce)));

    // Until when a nonce may be used, whether it was or not; null where it is none of these.
    private DateTimeOffset? OurEndOf(string nonce)
    {
        if (!Base64Url.TryDecode(nonce, out var bytes) || bytes.Length != 8 + RandomLength + MacLength) return null;
        return CryptographicOperations.FixedTimeEquals(Mac(bytes.AsSpan(0, bytes.Length - MacLength)), bytes.AsSpan(bytes.Length - MacLength))
            ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes))
            : null;
    }

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> data) => HMACSHA256.HashData(key, data).AsSpan(0, MacLength);
}
