using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Tests.Vectors;

namespace NetworkIdentity.Tests.Standards.Crypto;

public sealed class Ed25519Tests
{
    /// <summary>[RFC8032 §7.1], tests 1 to 3: seed, public key, message, signature.</summary>
    public static TheoryData<string, string, string, string> Examples => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_RFC8032_are_signed_and_verified_alike_by_both_libraries(string seed, string publicKey, string message, string signature)
    {
        foreach (var name in (string[])["libsodium", "libcrypto"])
        {
            var library = Ed25519Libraries.Named(name);
            using var key = Ed25519.PrivateKey.FromSeed(library, Convert.FromHexString(seed));
            Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
            Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
            Assert.True(Ed25519.Verify(library, key.PublicKey, Convert.FromHexString(message), Convert.FromHexString(signature)));
        }
    }

    [Fact]
    public void A_changed_bit_anywhere_is_refused_by_both_libraries()
    {
        foreach (var name in (string[])["libsodium", "libcrypto"])
        {
            var library = Ed25519Libraries.Named(name);
            using var key = Ed25519.PrivateKey.FromSeed(library, new byte[32]);
            byte[] data = [1, 2, 3];
            var signature = key.Sign(data);
            Assert.True(Ed25519.Verify(library, key.PublicKey, data, signature));
            for (var bit = 0; bit < 512; bit++)
            {
                var changed = signature.ToArray();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519.Verify(library, key.PublicKey, data, changed));
            }
        }
    }

    [Theory]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(0, 64)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    [InlineData(32, 0)]
    public void A_wrong_length_is_no_signature(int keyLength, int signatureLength)
    {
        using var key = Ed25519.PrivateKey.FromSeed(new byte[32]);
        byte[] publicKey = [.. key.PublicKey, 0];
        byte[] signature = [.. key.Sign([]), 0];
        Assert.True(Ed25519.Verify(publicKey.AsSpan(0, 32), [], signature.AsSpan(0, 64)));
        Assert.False(Ed25519.Verify(publicKey.AsSpan(0, keyLength), [], signature.AsSpan(0, signatureLength)));
    }

    [Fact]
    public void A_seed_of_a_wrong_length_is_refused() => Assert.Throws<ArgumentException>(() => Ed25519.PrivateKey.FromSeed(new byte[31]));

    [Fact]
    public void A_disposed_key_does_not_sign()
    {
        foreach (var name in (string[])["libsodium", "libcrypto"])
        {
            var key = Ed25519.PrivateKey.FromSeed(Ed25519Libraries.Named(name), new byte[32]);
            key.Dispose();
            key.Dispose();
            Assert.Throws<ObjectDisposedException>(() => key.Sign([]));
        }
    }

    [Fact]
    public void One_key_signs_and_verifies_on_many_threads()
    {
        foreach (var name in (string[])["libsodium", "libcrypto"])
        {
            var library = Ed25519Libraries.Named(name);
            using var key = Ed25519.PrivateKey.FromSeed(library, new byte[32]);
            Parallel.For(0, 500, i => Assert.True(Ed25519.Verify(library, key.PublicKey, BitConverter.GetBytes(i), key.Sign(BitConverter.GetBytes(i)))));
        }
    }

    [Fact]
    public void The_provider_is_named_with_its_version() => Assert.Matches(@"^lib(sodium|crypto) \(?.*\d+\.\d+", Ed25519.Provider);
}
