using System.Collections.Concurrent;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>Keys, kept imported: a wallet shows the same copy again, and to import a key costs twice what it is imported for.</summary>
/// <remarks>Only keys of trusted issuers, and of credentials whose issuer's signature was verified, get here, so strangers can't fill it.</remarks>
internal sealed class ImportedKeys
{
    private const int MaxKept = 4096;

    private readonly ConcurrentDictionary<Jwk, VerificationKey> _kept = new();

    /// <summary>A key, ready to verify.</summary>
    /// <exception cref="Refusal">Malformed: it is no key, or not for verifying.</exception>
    public VerificationKey Of(Jwk jwk)
    {
        if (_kept.TryGetValue(jwk, out var key)) return key;
        key = VerificationKey.Import(jwk);
        if (_kept.Count >= MaxKept) _kept.Clear();
        return _kept.GetOrAdd(jwk, key);
    }
}
