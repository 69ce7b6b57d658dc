using System.Security.Cryptography;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A private key that signs. Where the key lives (memory, PKCS#11, a network KMS) is behind <see cref="SignAsync"/>.</summary>
public sealed class SigningKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";

    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> _sign;

    /// <summary>Makes a key from the function that signs with it.</summary>
    /// <param name="algorithm">A name of <see cref="JoseAlgorithm"/>.</param>
    /// <param name="publicKey">The public key, with its <c>kid</c> set.</param>
    /// <param name="certificateChain">DER certificates, leaf first, without the anchor; empty where the key has none.</param>
    /// <param name="sign">Signs the bytes in JOSE's form: r and s for ES256 and ES384. Safe for many threads.</param>
    /// <exception cref="ArgumentException">The key has no id, or the algorithm is not one for its type.</exception>
    /// <exception cref="Refusal">Malformed: the public key is none that <see cref="Jwk.Parse"/> would take.</exception>
    public SigningKey(
        string algorithm,
        Jwk publicKey,
        IReadOnlyList<byte[]> certificateChain,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> sign)
    {
        publicKey.Check();
        if (!JoseAlgorithm.IsOf(algorithm, publicKey) || (publicKey.Alg ?? algorithm) != algorithm)
            throw new ArgumentException($"A key of type {publicKey.Kty} {publicKey.Crv} does not sign with {algorithm}.", nameof(algorithm));
        Algorithm = algorithm;
        PublicKey = publicKey;
        CertificateChain = certificateChain;
        KeyId = publicKey.Kid ?? throw new ArgumentException("A signing key has a key id.", nameof(publicKey));
        _sign = sign;
    }

    /// <summary>The key's id, which goes into <c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>The one algorithm this key signs with.</summary>
    public string Algorithm { get; }

    /// <summary>The public key.</summary>
    public Jwk PublicKey { get; }

    /// <summary>DER certificates, leaf first, without the anchor: the value of <c>x5c</c> [RFC7515 §4.1.6].</summary>
    public IReadOnlyList<byte[]> CertificateChain { get; }

    /// <summary>Signs <paramref name="data"/>.</summary>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default) => _sign(data, cancellation);

    /// <summary>A P-256 or P-384 key in memory, which signs under ES256 or ES384.</summary>
    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public static SigningKey FromEcdsa(ECDsa key, string? kid = null, IReadOnlyList<byte[]>? chain = null)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var (curve, algorithm, hash) = parameters.Curve.Oid.Value switch
        {
            P256 => ("P-256", JoseAlgorithm.ES256, HashAlgorithmName.SHA256),
            P384 => ("P-384", JoseAlgorithm.ES384, HashAlgorithmName.SHA384),
            _ => throw new ArgumentException("ES256 signs with a key on P-256, and ES384 with one on P-384.", nameof(key)),
        };
        var jwk = new Jwk("EC") { Crv = curve, X = Base64Url.Encode(parameters.Q.X), Y = Base64Url.Encode(parameters.Q.Y) };
        return new(algorithm, Named(jwk, kid, algorithm), chain ?? [], (data, _) =>
            ValueTask.FromResult(key.SignData(data.Span, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
    }

    /// <summary>An RSA key in memory, which signs under RS256 or PS256.</summary>
    /// <exception cref="Refusal">Malformed: shorter than 2048 bits, or a strange exponent.</exception>
    public static SigningKey FromRsa(RSA key, string? kid = null, string algorithm = JoseAlgorithm.RS256)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var jwk = new Jwk("RSA") { N = Base64Url.Encode(parameters.Modulus), E = Base64Url.Encode(parameters.Exponent) };
        var padding = algorithm == JoseAlgorithm.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return new(algorithm, Named(jwk, kid, algorithm), [], (data, _) => ValueTask.FromResult(key.SignData(data.Span, HashAlgorithmName.SHA256, padding)));
    }

    /// <summary>An Ed25519 key in memory, from its 32-byte seed [RFC8032 §5.1.5].</summary>
    /// <param name="seed">The private seed.</param>
    /// <param name="kid">Key id; the thumbprint where null.</param>
    /// <param name="algorithm">The name it signs under: <c>EdDSA</c>, which today's clients know, or <c>Ed25519</c>.</param>
    public static SigningKey FromEd25519(ReadOnlySpan<byte> seed, string? kid = null, string algorithm = JoseAlgorithm.EdDSA)
    {
        var key = Ed25519.PrivateKey.FromSeed(seed);
        var jwk = new Jwk("OKP") { Crv = "Ed25519", X = Base64Url.Encode(key.PublicKey) };
        return new(algorithm, Named(jwk, kid, algorithm), [], (data, _) => ValueTask.FromResult(key.Sign(data.Span)));
    }

    private static Jwk Named(Jwk jwk, string? kid, string algorithm) =>
        jwk with { Kid = kid ?? jwk.Thumbprint(), Alg = algorithm, Use = "sig" };
}
