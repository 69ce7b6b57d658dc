using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>A key of the ring: what it is for, when it signs, and the key itself.</summary>
public sealed class HeldKey
{
    private readonly byte[] _privateKey;

    /// <summary>The same key, whose times were moved.</summary>
    private HeldKey(HeldKey key, SigningKeys.Row row)
    {
        (_privateKey, Kid, Purpose, Algorithm, Generation, NotBefore, Certificate, Signing) = (key._privateKey, key.Kid, key.Purpose, key.Algorithm, key.Generation, key.NotBefore, key.Certificate, key.Signing);
        (RetireAfter, PublishUntil) = TimesOf(row);
    }

    private HeldKey(SigningKeys.Row row, KeyPurpose purpose, byte[] privateKey)
    {
        _privateKey = privateKey;
        Kid = row.Kid;
        Purpose = purpose;
        Algorithm = row.Algorithm;
        Generation = row.Generation;
        NotBefore = DateTimeOffset.FromUnixTimeSeconds(row.NotBefore);
        (RetireAfter, PublishUntil) = TimesOf(row);
        Certificate = row.Certificate is { } der ? X509CertificateLoader.LoadCertificate(der) : null;
        Signing = Algorithm == KeyPurpose.Hmac ? null : Import();
    }

    /// <summary>Key id: the thumbprint of the public key.</summary>
    public string Kid { get; }

    /// <summary>What it is for.</summary>
    public KeyPurpose Purpose { get; }

    /// <summary>The JOSE algorithm.</summary>
    public string Algorithm { get; }

    /// <summary>1 for the first of its purpose and algorithm.</summary>
    public long Generation { get; }

    /// <summary>Signs from here on.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Signs nothing after.</summary>
    public DateTimeOffset RetireAfter { get; }

    /// <summary>Until when its public part is published.</summary>
    public DateTimeOffset PublishUntil { get; }

    /// <summary>The certificate from the nation's root, or the root itself; null where the purpose has none.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>The key as it signs; null for a symmetric secret.</summary>
    public SigningKey? Signing { get; }

    /// <summary>Opens a stored key.</summary>
    /// <exception cref="CryptographicException">It was sealed under another secret.</exception>
    public static HeldKey Open(SigningKeys.Row row, SealingKey sealing) => new(
        row,
        KeyPurpose.Of(row.Purpose, row.Algorithm),
        sealing.Open(row.PrivateKey, $"signing_key/{row.Kid}"));

    /// <summary>The key with the times that its row has now: a rotation ends it before its day.</summary>
    internal HeldKey At(SigningKeys.Row row) => (RetireAfter, PublishUntil) == TimesOf(row) ? this : new(this, row);

    private static (DateTimeOffset RetireAfter, DateTimeOffset PublishUntil) TimesOf(SigningKeys.Row row) =>
        (DateTimeOffset.FromUnixTimeSeconds(row.RetireAfter), DateTimeOffset.FromUnixTimeSeconds(row.PublishUntil));

    /// <summary>The private key, for signing certificates or serving TLS. The caller disposes of it.</summary>
    public ECDsa OpenEcdsa()
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(_privateKey, out _);
        return ecdsa;
    }

    /// <summary>HMAC-SHA-256 under a symmetric secret.</summary>
    public byte[] Authenticate(ReadOnlySpan<byte> data) =>
        Algorithm == KeyPurpose.Hmac ? HMACSHA256.HashData(_privateKey, data) : throw new InvalidOperationException("not a symmetric secret");

    private SigningKey Import()
    {
        switch (Algorithm)
        {
            case JoseAlgorithm.RS256:
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(_privateKey, out _);
                return SigningKey.FromRsa(rsa, Kid);
            case JoseAlgorithm.EdDSA:
                return SigningKey.FromEd25519(_privateKey, Kid);
            default:
                // x5c holds the leaf and never the anchor: who checks must have that from elsewhere [HAIP §6.1.1].
                var chain = Certificate is not null && Purpose != KeyPurpose.Root ? new[] { Certificate.RawData } : [];
                return SigningKey.FromEcdsa(OpenEcdsa(), Kid, chain);
        }
    }
}
