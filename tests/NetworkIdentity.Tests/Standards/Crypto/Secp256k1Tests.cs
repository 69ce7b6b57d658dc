using System.Numerics;
using System.Security.Cryptography;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Caip;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards.Crypto;

public sealed class Secp256k1Tests
{
    private static readonly BigInteger N = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.AllowHexSpecifier);

    private static readonly byte[] Digest = SHA256.HashData("a text"u8);

    /// <summary>The example that web3.js has had in its manual for years.</summary>
    [Fact]
    public void A_known_signature_is_of_its_known_account()
    {
        var digest = SignInMessage.DigestOf("Some data");
        Assert.Equal("1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655", Convert.ToHexStringLower(digest));
        var key = Secp256k1.Recover(digest, Convert.FromHexString("b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c"));
        Assert.Equal("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23", AccountId.AddressOf(key));
    }

    /// <summary>Keys and texts that nobody chose: what is recovered is the key that signed, by both spellings of v, and the other v is another key or none.</summary>
    [Fact]
    public void What_is_recovered_is_the_key_that_signed()
    {
        for (var round = 0; round < 24; round++)
        {
            using var account = new TestChainAccount();
            var digest = RandomNumberGenerator.GetBytes(32);
            var signature = account.SignDigest(digest);
            Assert.Equal(account.Key, Secp256k1.Recover(digest, signature));
            Assert.Equal(account.Key, Secp256k1.Recover(digest, [.. signature[..64], (byte)(signature[64] - 27)]));
            Assert.NotEqual(account.Key, Found(digest, [.. signature[..64], (byte)(55 - signature[64])]));
            Assert.NotEqual(account.Key, Found(SHA256.HashData(digest), signature));
            Assert.True(Secp256k1.Verify(account.Key, digest, signature.AsSpan(0, 64)));
            Assert.False(Secp256k1.Verify(account.Key, SHA256.HashData(digest), signature.AsSpan(0, 64)));
        }
    }

    /// <summary>Numbers at the edges: the secret 1, whose key is the generator itself, so that points meet in the sum; and the order less one, its negative.</summary>
    [Fact]
    public void Keys_at_the_edges_are_recovered_too()
    {
        foreach (var secret in (BigInteger[])[1, 2, 3, N - 2, N - 1])
        {
            using var account = new TestChainAccount(Bytes(secret));
            for (var round = 0; round < 4; round++) Assert.Equal(account.Key, Secp256k1.Recover(Digest, account.SignDigest(Digest)));
        }
    }

    [Fact]
    public void Of_both_forms_of_a_signature_the_lower_s_alone_is_taken()
    {
        using var account = new TestChainAccount();
        var signature = account.SignDigest(Digest);
        var higher = Bytes(N - Number(signature.AsSpan(32, 32)));
        byte[] other = [.. signature[..32], .. higher, (byte)(55 - signature[64])];

        // The framework takes it: it is as good a signature by the mathematics.
        Assert.True(Secp256k1.Verify(account.Key, Digest, other.AsSpan(0, 64)));
        Assert.Contains("lower", Refused(other), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_out_of_range_or_of_another_form_is_refused()
    {
        using var account = new TestChainAccount();
        var signature = account.SignDigest(Digest);
        var (zero, order) = (new byte[32], Bytes(N));
        Assert.Contains("65 bytes", Refused(signature[..64]), StringComparison.Ordinal);
        Assert.Contains("65 bytes", Refused([.. signature, 0]), StringComparison.Ordinal);
        foreach (var v in (byte[])[2, 26, 29, 35, 37, 255]) Assert.Contains("last byte", Refused([.. signature[..64], v]), StringComparison.Ordinal);
        Assert.Contains("must be 1 to", Refused([.. zero, .. signature[32..]]), StringComparison.Ordinal);
        Assert.Contains("must be 1 to", Refused([.. order, .. signature[32..]]), StringComparison.Ordinal);
        Assert.Contains("must be 1 to", Refused([.. signature[..32], .. zero, signature[64]]), StringComparison.Ordinal);
        Assert.Contains("must be 1 to", Refused([.. signature[..32], .. order, signature[64]]), StringComparison.Ordinal);

        // No point of the curve has the x 5.
        Assert.Contains("no key", Refused([.. Bytes(5), .. signature[32..]]), StringComparison.Ordinal);

        // R is the generator and s the digest, so that sR - eG is the point at infinity, which is no key.
        using var one = new TestChainAccount(Bytes(1));
        var e = Number(Digest) % N;
        var (s, isNegative) = e > N / 2 ? (N - e, true) : (e, false);
        var isOdd = ((one.Key[63] & 1) == 1) ^ isNegative;
        Assert.Contains("no key", Refused([.. one.Key[..32], .. Bytes(s), (byte)(isOdd ? 28 : 27)]), StringComparison.Ordinal);
    }

    private static byte[] Found(byte[] digest, byte[] signature)
    {
        try
        {
            return Secp256k1.Recover(digest, signature);
        }
        catch (Refusal)
        {
            return [];
        }
    }

    private static string Refused(byte[] signature) => Assert.Throws<Refusal>(() => Secp256k1.Recover(Digest, signature)).Description;

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
