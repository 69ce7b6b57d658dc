using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>Ed25519 by OpenSSL's libcrypto 3, which .NET itself needs on Linux. Its key is an EVP_PKEY.</summary>
/// <remarks>A failed call leaves errors in the thread's queue, which is cleared so that no other caller finds them.</remarks>
internal sealed unsafe class LibcryptoEd25519 : Ed25519Library
{
    private const int TypeEd25519 = 1087;

    private static readonly string[] Files = ["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"];

    private readonly delegate* unmanaged[Cdecl]<int, void*, byte*, nuint, void*> _newPrivateKey;
    private readonly delegate* unmanaged[Cdecl]<int, void*, byte*, nuint, void*> _newPublicKey;
    private readonly delegate* unmanaged[Cdecl]<void*, byte*, nuint*, int> _getPublicKey;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _freeKey;
    private readonly delegate* unmanaged[Cdecl]<void*> _newContext;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _freeContext;
    private readonly delegate* unmanaged[Cdecl]<void*, void**, void*, void*, void*, int> _signInit;
    private readonly delegate* unmanaged[Cdecl]<void*, byte*, nuint*, byte*, nuint, int> _sign;
    private readonly delegate* unmanaged[Cdecl]<void*, void**, void*, void*, void*, int> _verifyInit;
    private readonly delegate* unmanaged[Cdecl]<void*, byte*, nuint, byte*, nuint, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<void> _clearErrors;

    private LibcryptoEd25519(nint module)
    {
        _newPrivateKey = (delegate* unmanaged[Cdecl]<int, void*, byte*, nuint, void*>)NativeLibrary.GetExport(module, "EVP_PKEY_new_raw_private_key");
        _newPublicKey = (delegate* unmanaged[Cdecl]<int, void*, byte*, nuint, void*>)NativeLibrary.GetExport(module, "EVP_PKEY_new_raw_public_key");
        _getPublicKey = (delegate* unmanaged[Cdecl]<void*, byte*, nuint*, int>)NativeLibrary.GetExport(module, "EVP_PKEY_get_raw_public_key");
        _freeKey = (delegate* unmanaged[Cdecl]<void*, void>)NativeLibrary.GetExport(module, "EVP_PKEY_free");
        _newContext = (delegate* unmanaged[Cdecl]<void*>)NativeLibrary.GetExport(module, "EVP_MD_CTX_new");
        _freeContext = (delegate* unmanaged[Cdecl]<void*, void>)NativeLibrary.GetExport(module, "EVP_MD_CTX_free");
        _signInit = (delegate* unmanaged[Cdecl]<void*, void**, void*, void*, void*, int>)NativeLibrary.GetExport(module, "EVP_DigestSignInit");
        _sign = (delegate* unmanaged[Cdecl]<void*, byte*, nuint*, byte*, nuint, int>)NativeLibrary.GetExport(module, "EVP_DigestSign");
        _verifyInit = (delegate* unmanaged[Cdecl]<void*, void**, void*, void*, void*, int>)NativeLibrary.GetExport(module, "EVP_DigestVerifyInit");
        _verify = (delegate* unmanaged[Cdecl]<void*, byte*, nuint, byte*, nuint, int>)NativeLibrary.GetExport(module, "EVP_DigestVerify");
        _clearErrors = (delegate* unmanaged[Cdecl]<void>)NativeLibrary.GetExport(module, "ERR_clear_error");
        var version = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(module, "OpenSSL_version");
        Name = $"libcrypto ({Marshal.PtrToStringUTF8((nint)version(0))})";
    }

    public override string Name { get; }

    public static Ed25519Library? Load() => Load(Files, module => new LibcryptoEd25519(module));

    public override SafeHandle Import(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        fixed (byte* s = seed, pk = publicKey)
        {
            var key = new NativeKey(_newPrivateKey(TypeEd25519, null, s, (nuint)seed.Length), _freeKey);
            var length = (nuint)publicKey.Length;
            if (!key.IsInvalid && _getPublicKey((void*)key.DangerousGetHandle(), pk, &length) == 1) return key;
            key.Dispose();
        }

        _clearErrors();
        throw new CryptographicException("libcrypto did not import the key.");
    }

    public override void Sign(nint key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var context = _newContext();
        try
        {
            var length = (nuint)signature.Length;
            fixed (byte* m = data, sig = signature)
                if (context != null && _signInit(context, null, null, null, (void*)key) == 1
                    && _sign(context, sig, &length, m, (nuint)data.Length) == 1)
                    return;
        }
        finally
        {
            _freeContext(context);
        }

        _clearErrors();
        throw new CryptographicException("libcrypto did not sign.");
    }

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        fixed (byte* pk = publicKey, m = data, sig = signature)
        {
            var key = _newPublicKey(TypeEd25519, null, pk, (nuint)publicKey.Length);
            var context = _newContext();
            try
            {
                var valid = key != null && context != null
                    && _verifyInit(context, null, null, null, key) == 1
                    && _verify(context, sig, (nuint)signature.Length, m, (nuint)data.Length) == 1;
                if (!valid) _clearErrors();
                return valid;
            }
            finally
            {
                _freeContext(context);
                _freeKey(key);
            }
        }
    }
}
