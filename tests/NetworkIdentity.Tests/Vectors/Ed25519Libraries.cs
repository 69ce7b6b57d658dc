using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The native libraries side by side; a test of one that the machine lacks skips.</summary>
internal static class Ed25519Libraries
{
    public static Ed25519Library Named(string name)
    {
        var library = name == "libsodium" ? SodiumEd25519.Load() : LibcryptoEd25519.Load();
        Assert.SkipWhen(library is null, $"{name} is absent");
        Assert.SkipUnless(library!.HoldsToTheRules(), $"{library.Name} verifies with the cofactor and is not used");
        return library;
    }
}
