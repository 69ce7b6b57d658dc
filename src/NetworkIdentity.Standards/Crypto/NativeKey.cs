using System.Runtime.InteropServices;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>A private key in a native library's memory, which the library's own function overwrites and frees.</summary>
internal sealed unsafe class NativeKey : SafeHandle
{
    private readonly delegate* unmanaged[Cdecl]<void*, void> _free;

    public NativeKey(void* key, delegate* unmanaged[Cdecl]<void*, void> free)
        : base(0, ownsHandle: true)
    {
        _free = free;
        SetHandle((nint)key);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        _free((void*)handle);
        return true;
    }
}
