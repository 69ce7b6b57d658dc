using System.Security.Cryptography;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary><c>eddsa-jcs-2022</c>: Ed25519 over JCS and SHA-256 [DI-EdDSA §3.3].</summary>
public sealed class EddsaJcs2022 : JcsCryptosuite
{
    /// <summary>Its name.</summary>
    public const string Cryptosuite = "eddsa-jcs-2022";

    /// <inheritdoc/>
    public override string Name => Cryptosuite;

    /// <inheritdoc/>
    public override string? AlgorithmOf(Jwk key) => JoseAlgorithm.IsOf(JoseAlgorithm.EdDSA, key) ? JoseAlgorithm.EdDSA : null;

    /// <inheritdoc/>
    protected override HashAlgorithmName HashFor(Jwk key) => HashAlgorithmName.SHA256;
}
