using System.Security.Cryptography;

namespace NetworkIdentity.Keys;

/// <summary>Encrypts what is stored: AES-256-GCM, and what it belongs to as associated data.</summary>
/// <remarks>
/// Form: 12 bytes of random nonce, ciphertext, 16 bytes of tag. The surprise: a value moved to another row does not open, because the
/// row's name is authenticated with it.
/// </remarks>
public sealed class SealingKey
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key;

    /// <summary>A key of 32 bytes.</summary>
    public SealingKey(byte[] key)
    {
        if (key.Length != 32) throw new ArgumentException("A sealing key has 32 bytes.", nameof(key));
        _key = key;
    }

    /// <summary>Derives the key for one use from a master secret [RFC5869].</summary>
    public static SealingKey Derive(ReadOnlySpan<byte> master, string use) => new(DeriveBytes(master, use));

    /// <summary>Derives 32 bytes for one use from a master secret [RFC5869].</summary>
    public static byte[] DeriveBytes(ReadOnlySpan<byte> master, string use)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, derived, salt: "network-identity/1"u8, info: System.Text.Encoding.UTF8.GetBytes(use));
        return derived;
    }

    /// <summary>Encrypts <paramref name="plaintext"/> for the record named <paramref name="belongsTo"/>.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, string belongsTo)
    {
        var sealedBytes = new byte[NonceLength + plaintext.Length + TagLength];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(
            nonce,
            plaintext,
            sealedBytes.AsSpan(NonceLength, plaintext.Length),
            sealedBytes.AsSpan(NonceLength + plaintext.Length),
            System.Text.Encoding.UTF8.GetBytes(belongsTo));
        return sealedBytes;
    }

    /// <summary>Decrypts what was sealed for the record named <paramref name="belongsTo"/>.</summary>
    /// <exception cref="CryptographicException">Another key, another record, or an altered value.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedBytes, string belongsTo)
    {
        if (sealedBytes.Length < NonceLength + TagLength) throw new CryptographicException("the sealed value is too short");
        var plaintext = new byte[sealedBytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(_key, TagLength);
        aes.Decrypt(
            sealedBytes[..NonceLength],
            sealedBytes.Slice(NonceLength, plaintext.Length),
            sealedBytes[^TagLength..],
            plaintext,
            System.Text.Encoding.UTF8.GetBytes(belongsTo));
        return plaintext;
    }
}
