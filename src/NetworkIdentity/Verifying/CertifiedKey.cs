using System.Security.Cryptography.X509Certificates;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>A key that a trusted root vouches for.</summary>
/// <param name="Key">The key.</param>
/// <param name="Leaf">Its certificate.</param>
/// <param name="Root">The root.</param>
public sealed record CertifiedKey(VerificationKey Key, X509Certificate2 Leaf, X509Certificate2 Root)
{
    /// <summary>Whether the certificate is valid at a time [RFC5280 §4.1.2.5].</summary>
    public bool IsInItsTime(DateTimeOffset at) => at.UtcDateTime >= Leaf.NotBefore.ToUniversalTime() && at.UtcDateTime <= Leaf.NotAfter.ToUniversalTime();
}
