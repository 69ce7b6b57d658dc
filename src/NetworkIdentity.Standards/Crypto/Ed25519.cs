using System.Runtime.InteropServices;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>Ed25519 [RFC8032 §5.1]: a 32-byte public key, a 64-byte signature, by a native library.</summary>
/// <remarks>
/// <para>
/// One surprise: libraries disagree on signatures that only the key's own holder can make. Here one rule holds, whichever library is
/// loaded, so that two nodes never judge one signature differently:
/// </para>
/// <list type="number">
/// <item>The public key A and the signature's R have a y coordinate below p [RFC8032 §5.1.3 step 1].</item>
/// <item>Neither A nor R is of small order. Beyond the RFC: under such a key one signature fits many texts.</item>
/// <item>S is below the group's order L [RFC8032 §5.1.7 step 1].</item>
/// <item>R is, byte for byte, the encoding of [S]B - [k]A: the equation without the cofactor [RFC8032 §5.1.7 step 3] [RFC8032 §8.8].</item>
/// </list>
/// <para>1 and 2 are checked here, 3 and 4 by the library, which proves that it does before it is used (<see cref="Provider"/>).</para>
/// </remarks>
public static class Ed25519
{
    /// <summary>Length of a seed and of a public key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of a signature, in bytes.</summary>
    public const int SignatureLength = 64;

    /// <summary>The library that is loaded, with its version, for the log: <c>libsodium 1.0.18</c>.</summary>
    /// <exception cref="PlatformNotSupportedException">No library with Ed25519 was found.</exception>
    public static string Provider => Ed25519Library.Loaded.Name;

    /// <summary>Whether the signature is the key's. False for every other input, whatever its length.</summary>
    /// <exception cref="PlatformNotSupportedException">No library with Ed25519 was found.</exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(Ed25519Library.Loaded, publicKey, data, signature);

    /// <summary>Whether the bytes can be a public key: 32 of them, rules 1 and 2. That the point is on the curve shows when it verifies.</summary>
    public static bool CanBePublicKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == KeyLength && IsCanonical(publicKey) && !IsOfSmallOrder(publicKey);

    internal static bool Verify(Ed25519Library library, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength
        && CanBePublicKey(publicKey)
        && CanBePublicKey(signature[..KeyLength])
        && library.Verify(publicKey, data, signature);

    // y, little endian without the sign bit, is below p = 2^255 - 19.
    private static bool IsCanonical(ReadOnlySpan<byte> point) =>
        (point[31] & 0x7F) != 0x7F || point[0] < 0xED || point[1..31].ContainsAnyExcept((byte)0xFF);

    // The y coordinates of the eight points whose order divides the cofactor; a sign makes two points of one y.
    private static bool IsOfSmallOrder(ReadOnlySpan<byte> point)
    {
        Span<byte> y = stackalloc byte[KeyLength];
        point.CopyTo(y);
        y[31] &= 0x7F;
        return y.SequenceEqual(Order1) || y.SequenceEqual(Order2) || y.SequenceEqual(Order4) || y.SequenceEqual(Order8) || y.SequenceEqual(OtherOrder8);
    }

    private static readonly byte[] Order1 = Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000");
    private static readonly byte[] Order2 = Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    private static readonly byte[] Order4 = new byte[KeyLength];
    private static readonly byte[] Order8 = Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    private static readonly byte[] OtherOrder8 = Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

    /// <summary>A private key, expanded and kept. Safe for many threads.</summary>
    /// <remarks>
    /// The key lives in the native library's own memory and never in the managed heap, where a collector would copy it: libsodium locks it
    /// against swapping, and both libraries overwrite it when it is freed, by <see cref="Dispose"/> or else by the finalizer.
    /// The seed it is made from stays the caller's to overwrite.
    /// </remarks>
    public sealed class PrivateKey : IDisposable
    {
        private readonly Ed25519Library _library;
        private readonly SafeHandle _key;

        private PrivateKey(Ed25519Library library, SafeHandle key, byte[] publicKey)
        {
            _library = library;
            _key = key;
            PublicKey = publicKey;
        }

        /// <summary>The 32-byte public key.</summary>
        public byte[] PublicKey { get; }

        /// <summary>From the 32-byte seed.</summary>
        /// <exception cref="ArgumentException">The seed is not 32 bytes.</exception>
        /// <exception cref="PlatformNotSupportedException">No library with Ed25519 was found.</exception>
        public static PrivateKey FromSeed(ReadOnlySpan<byte> seed) => FromSeed(Ed25519Library.Loaded, seed);

        internal static PrivateKey FromSeed(Ed25519Library library, ReadOnlySpan<byte> seed)
        {
            if (seed.Length != KeyLength) throw new ArgumentException("An Ed25519 seed is 32 bytes.", nameof(seed));
            var publicKey = new byte[KeyLength];
            return new(library, library.Import(seed, publicKey), publicKey);
        }

        /// <summary>Signs: 64 bytes, the same for the same data.</summary>
        /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            var signature = new byte[SignatureLength];
            var held = false;
            try
            {
                _key.DangerousAddRef(ref held);
                _library.Sign(_key.DangerousGetHandle(), data, signature);
                return signature;
            }
            finally
            {
                if (held) _key.DangerousRelease();
            }
        }

        /// <summary>Overwrites and frees the private key.</summary>
        public void Dispose() => _key.Dispose();
    }
}
