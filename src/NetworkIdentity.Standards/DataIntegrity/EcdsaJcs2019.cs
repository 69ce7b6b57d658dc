using System.Security.Cryptography;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary><c>ecdsa-jcs-2019</c>: ECDSA over JCS; SHA-256 with a key on P-256, SHA-384 with one on P-384, all through [DI-ECDSA §3.3].</summary>
public sealed class EcdsaJcs2019 : JcsCryptosuite
{
    /// <summary>Its name.</summary>
    public const string Cryptosuite = "ecdsa-jcs-2019";

    /// <inheritdoc/>
    public override string Name => Cryptosuite;

    /// <inheritdoc/>
    public override string? AlgorithmOf(Jwk key) =>
        JoseAlgorithm.IsOf(JoseAlgorithm.ES256, key) ? JoseAlgorithm.ES256
        : JoseAlgorithm.IsOf(JoseAlgorithm.ES384, key) ? JoseAlgorithm.ES384
        : null;

    /// <inheritdoc/>
    protected override HashAlgorithmName HashFor(Jwk key) => key.Crv == "P-384" ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
}
