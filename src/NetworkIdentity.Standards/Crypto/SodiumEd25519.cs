using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>Ed25519 by libsodium. Its secret key is 64 bytes: the seed and the public key.</summary>
/// <remarks>Bound by function pointers, since LibraryImport knows one file name and a machine may have only the one with its number.</remarks>
internal sealed unsafe class SodiumEd25519 : Ed25519Library
{
    private static readonly string[] Files = ["libsodium.so.23", "libsodium.so.26", "libsodium.so", "libsodium.dylib", "libsodium.dll"];

    private readonly delegate* unmanaged[Cdecl]<nuint, void*> _malloc;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _free;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int> _seedKeypair;
    private readonly delegate* unmanaged[Cdecl]<byte*, ulong*, byte*, ulong, byte*, int> _signDetached;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, ulong, byte*, int> _verifyDetached;

    private SodiumEd25519(nint module)
    {
        _malloc = (delegate* unmanaged[Cdecl]<nuint, void*>)NativeLibrary.GetExport(module, "sodium_malloc");
        _free = (delegate* unmanaged[Cdecl]<void*, void>)NativeLibrary.GetExport(module, "sodium_free");
        _seedKeypair = (delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int>)NativeLibrary.GetExport(module, "crypto_sign_ed25519_seed_keypair");
        _signDetached = (delegate* unmanaged[Cdecl]<byte*, ulong*, byte*, ulong, byte*, int>)NativeLibrary.GetExport(module, "crypto_sign_ed25519_detached");
        _verifyDetached = (delegate* unmanaged[Cdecl]<byte*, byte*, ulong, byte*, int>)NativeLibrary.GetExport(module, "crypto_sign_ed25519_verify_detached");
        var version = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(module, "sodium_version_string");
        var init = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(module, "sodium_init");
        if (init() < 0) throw new EntryPointNotFoundException("libsodium did not start.");
        Name = $"libsodium {Marshal.PtrToStringUTF8((nint)version())}";
    }

    public override string Name { get; }

    public static Ed25519Library? Load() => Load(Files, module => new SodiumEd25519(module));

    public override SafeHandle Import(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        var key = new NativeKey(_malloc(Ed25519.SignatureLength), _free);
        if (key.IsInvalid) throw new CryptographicException("libsodium has no memory for a key.");
        fixed (byte* s = seed, pk = publicKey)
            _ = _seedKeypair(pk, (byte*)key.DangerousGetHandle(), s);
        return key;
    }

    public override void Sign(nint key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        fixed (byte* m = data, sig = signature)
            if (_signDetached(sig, null, m, (ulong)data.Length, (byte*)key) != 0) throw new CryptographicException("libsodium did not sign.");
    }

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        fixed (byte* pk = publicKey, m = data, sig = signature)
            return _verifyDetached(sig, m, (ulong)data.Length, pk) == 0;
    }
}
