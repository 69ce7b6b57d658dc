using System.Runtime.InteropServices;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Tests.Vectors;

namespace NetworkIdentity.Tests.Standards.Crypto;

public sealed class Ed25519LibraryTests
{
    [Fact]
    public void Libsodium_is_taken_first()
    {
        var sodium = Ed25519Libraries.Named("libsodium");
        Assert.Same(sodium, Ed25519Library.Choose(() => sodium, LibcryptoEd25519.Load));
        Assert.Equal(sodium.Name, Ed25519.Provider);
    }

    [Fact]
    public void Where_libsodium_is_absent_libcrypto_is_taken()
    {
        var libcrypto = Ed25519Libraries.Named("libcrypto");
        Assert.Same(libcrypto, Ed25519Library.Choose(() => null, () => libcrypto));
        Assert.Throws<PlatformNotSupportedException>(() => Ed25519Library.Choose(() => null));
    }

    [Fact]
    public void A_library_that_verifies_with_the_cofactor_or_everything_is_passed_over()
    {
        var libcrypto = Ed25519Libraries.Named("libcrypto");
        foreach (var lax in (Lax[])[new(libcrypto, "ed25519vectors 3"u8.ToArray()), new(libcrypto, [0x73])])
        {
            Assert.False(lax.HoldsToTheRules());
            Assert.Same(libcrypto, Ed25519Library.Choose(() => lax, () => libcrypto));
        }
    }

    /// <summary>Libcrypto, but any signature of one text is accepted.</summary>
    private sealed class Lax(Ed25519Library strict, byte[] text) : Ed25519Library
    {
        public override string Name => "lax";

        public override SafeHandle Import(ReadOnlySpan<byte> seed, Span<byte> publicKey) => strict.Import(seed, publicKey);

        public override void Sign(nint key, ReadOnlySpan<byte> data, Span<byte> signature) => strict.Sign(key, data, signature);

        public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
            data.SequenceEqual(text) || strict.Verify(publicKey, data, signature);
    }
}
