using System.Buffers.Binary;
using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Issuing;

/// <summary>Nonces for key proofs [OpenID4VCI §7]: made without a write, used once across servers and restarts.</summary>
/// <remarks>
/// A nonce is its expiry, 16 random bytes and a MAC over both, so that asking for nonces fills no table; its use is a row. The row lives as
/// long as the nonce could.
/// </remarks>
public sealed class CredentialNonces(KeyRing keys, TimeProvider time)
{
    private const int RandomLength = 16;
    private const int MacLength = 16;

    /// <summary>How long a nonce may be used.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = keys.Derive("credential-nonce");

    /// <summary>Makes a nonce.</summary>
    public string Make()
    {
        Span<byte> nonce = stackalloc byte[8 + RandomLength + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(nonce.Slice(8, RandomLength));
        Mac(nonce[..^MacLength]).CopyTo(nonce[^MacLength..]);
        return Base64Url.Encode(nonce);
    }

    /// <summary>The use of a nonce, to be committed with the act it is for; breaks with <see cref="Spent.CredentialNonce"/>.</summary>
    /// <exception cref="Standards.Refusal"><c>invalid_nonce</c>: not one of ours, or expired.</exception>
    public Statement Use(string nonce)
    {
        if (!Base64Url.TryDecode(nonce, out var bytes) || bytes.Length != 8 + RandomLength + MacLength) throw VciRefusal.InvalidNonce();
        if (!CryptographicOperations.FixedTimeEquals(Mac(bytes.AsSpan(0, bytes.Length - MacLength)), bytes.AsSpan(bytes.Length - MacLength)))
            throw VciRefusal.InvalidNonce();

        var expiresAt = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (expiresAt <= time.GetUtcNow().ToUnixTimeSeconds()) throw VciRefusal.InvalidNonce();
        return Spent.Use(Spent.CredentialNonce, nonce, expiresAt);
    }

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> data) => HMACSHA256.HashData(_key, data).AsSpan(0, MacLength);
}
