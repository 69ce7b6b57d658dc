using Microsoft.IdentityModel.Tokens;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>Tells Microsoft.IdentityModel to sign and verify with our keys: the key carries the factory, and the factory this provider.</summary>
internal sealed class JoseCryptoProvider : ICryptoProvider
{
    /// <summary>The factory that every <see cref="JoseSecurityKey"/> carries.</summary>
    public static CryptoProviderFactory Factory { get; } = new() { CustomCryptoProvider = new JoseCryptoProvider(), CacheSignatureProviders = false };

    /// <inheritdoc/>
    public bool IsSupportedAlgorithm(string algorithm, params object[] args) => args is [JoseSecurityKey key, ..] && key.Supports(algorithm);

    /// <inheritdoc/>
    public object Create(string algorithm, params object[] args) => args is [JoseSecurityKey key, ..] && key.Supports(algorithm)
        ? new JoseSignatureProvider(key, algorithm, willSign: args is [_, true, ..])
        : throw new NotSupportedException($"The key is not one for {algorithm}.");

    /// <inheritdoc/>
    public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();
}

/// <summary>One of our keys in the clothes of Microsoft.IdentityModel.</summary>
internal sealed class JoseSecurityKey : AsymmetricSecurityKey
{
    public JoseSecurityKey(VerificationKey verificationKey, SigningKey? signingKey)
    {
        VerificationKey = verificationKey;
        SigningKey = signingKey;
        KeyId = verificationKey.Jwk.Kid;
        CryptoProviderFactory = JoseCryptoProvider.Factory;
    }

    public VerificationKey VerificationKey { get; }

    public SigningKey? SigningKey { get; }

    /// <inheritdoc/>
    public override int KeySize => VerificationKey.Jwk.N is { } n ? Standards.Encoding.Base64Url.Decode(n).Length * 8 : 256;

    /// <inheritdoc/>
    [Obsolete("The base class says: use PrivateKeyStatus.")]
    public override bool HasPrivateKey => SigningKey is not null;

    /// <inheritdoc/>
    public override PrivateKeyStatus PrivateKeyStatus => SigningKey is null ? PrivateKeyStatus.DoesNotExist : PrivateKeyStatus.Exists;

    /// <inheritdoc/>
    public override bool IsSupportedAlgorithm(string algorithm) => Supports(algorithm);

    /// <summary>Whether the key is of the algorithm's type; a key that signs does so under its one name.</summary>
    public bool Supports(string algorithm) => algorithm is JoseAlgorithm.ES256 or JoseAlgorithm.RS256 or JoseAlgorithm.EdDSA or JoseAlgorithm.Ed25519
        && JoseAlgorithm.IsOf(algorithm, VerificationKey.Jwk);
}

/// <summary>Signs and verifies with one key under one algorithm.</summary>
internal sealed class JoseSignatureProvider : SignatureProvider
{
    private readonly JoseSecurityKey _key;

    public JoseSignatureProvider(JoseSecurityKey key, string algorithm, bool willSign)
        : base(key, algorithm)
    {
        _key = key;
        WillCreateSignatures = willSign;
    }

    /// <inheritdoc/>
    public override byte[] Sign(byte[] input)
    {
        if (_key.SigningKey is not { } key || key.Algorithm != Algorithm) throw new InvalidOperationException($"The key does not sign with {Algorithm}.");
        var signing = key.SignAsync(input);

        // A remote key alone is waited for: there is no thread to come back to that could deadlock.
        return signing.IsCompleted ? signing.GetAwaiter().GetResult() : signing.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override bool Verify(byte[] input, byte[] signature) => _key.VerificationKey.Verify(Algorithm, input, signature);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The key belongs to whoever made it.
    }
}
