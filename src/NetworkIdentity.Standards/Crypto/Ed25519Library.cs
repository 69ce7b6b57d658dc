using System.Runtime.InteropServices;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>
/// The seam to the native cryptography: what a library must do. A library is used only if it loads, has every function, and holds to
/// the rules of <see cref="Ed25519"/>; a newer libsodium, which verifies with the cofactor, is passed over for libcrypto.
/// </summary>
internal abstract class Ed25519Library
{
    private static readonly Lazy<Ed25519Library> Chosen = new(() => Choose(SodiumEd25519.Load, LibcryptoEd25519.Load));

    /// <summary>The library that this process uses.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none.</exception>
    public static Ed25519Library Loaded => Chosen.Value;

    /// <summary>Name and version.</summary>
    public abstract string Name { get; }

    /// <summary>Imports a 32-byte seed into native memory, which the handle overwrites when it frees it, and writes the public key.</summary>
    public abstract SafeHandle Import(ReadOnlySpan<byte> seed, Span<byte> publicKey);

    /// <summary>Writes the 64-byte signature.</summary>
    public abstract void Sign(nint key, ReadOnlySpan<byte> data, Span<byte> signature);

    /// <summary>Whether S is below L and R is the encoding of [S]B - [k]A. The lengths are right, the points are canonical and not of small order.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Whether the library signs and verifies as the rules of <see cref="Ed25519"/> say.</summary>
    public bool HoldsToTheRules()
    {
        // RFC 8032 §7.1, test 2.
        var seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        var expected = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        byte[] data = [0x72];
        using var key = Ed25519.PrivateKey.FromSeed(this, seed);
        if (!key.Sign(data).AsSpan().SequenceEqual(expected) || !Ed25519.Verify(this, key.PublicKey, data, expected)) return false;
        if (Ed25519.Verify(this, key.PublicKey, [0x73], expected)) return false;

        // Valid with the cofactor alone: C2SP/CCTV ed25519, number 267.
        return !Ed25519.Verify(
            this,
            Convert.FromHexString("ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076"),
            "ed25519vectors 3"u8,
            Convert.FromHexString(
                "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b2d471882773a677af1e3824e757a33f8ddf7bbeaf3d28a09595eb8daa0d74a03"));
    }

    /// <summary>Loads the first of these files that has all that <paramref name="bind"/> asks for.</summary>
    protected static Ed25519Library? Load(IEnumerable<string> files, Func<nint, Ed25519Library> bind)
    {
        foreach (var file in files)
        {
            if (!NativeLibrary.TryLoad(file, out var module)) continue;
            try
            {
                return bind(module);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(module);
            }
        }

        return null;
    }

    /// <summary>The first candidate that loads and holds to the rules.</summary>
    /// <exception cref="PlatformNotSupportedException">None does.</exception>
    internal static Ed25519Library Choose(params ReadOnlySpan<Func<Ed25519Library?>> candidates)
    {
        foreach (var load in candidates)
            if (load() is { } library && library.HoldsToTheRules()) return library;
        throw new PlatformNotSupportedException("Ed25519 needs libsodium 1.0.18 or OpenSSL's libcrypto 3; neither was found.");
    }
}
