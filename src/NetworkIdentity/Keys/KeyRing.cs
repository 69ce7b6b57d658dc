using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>The nation's keys: kept in the database, sealed under a secret from the configuration, each with a purpose and a time.</summary>
/// <remarks>
/// A key signs from its not-before to its retire-after and is published until what it signed last has ended. Its successor is made
/// <see cref="Overlap"/> before it retires, so that caches of public keys know it before it signs.
/// </remarks>
public sealed class KeyRing
{
    /// <summary>How long before it signs a successor is published.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(14);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly byte[] _master;
    private ImmutableArray<HeldKey> _keys = [];

    private KeyRing(Database database, TimeProvider time, byte[] master, Nation nation)
    {
        _database = database;
        _time = time;
        _master = master;
        Nation = nation;
        Sealing = SealingKey.Derive(master, "seal");
    }

    /// <summary>The nation the keys belong to.</summary>
    public Nation Nation { get; }

    /// <summary>Encrypts what is stored.</summary>
    public SealingKey Sealing { get; }

    /// <summary>The nation's root certificates, newest last: the anchors that everyone else checks against.</summary>
    public IReadOnlyList<X509Certificate2> Roots => [.. _keys.Where(key => key.Purpose == KeyPurpose.Root).Select(key => key.Certificate!)];

    /// <summary>Every key, oldest generation first within its purpose.</summary>
    public IReadOnlyList<HeldKey> Keys => _keys;

    /// <summary>Opens the ring and makes the keys that are missing.</summary>
    /// <param name="database">Where the keys are.</param>
    /// <param name="time">The clock that says which key signs.</param>
    /// <param name="secret">The secret they are sealed under.</param>
    /// <param name="nation">The nation they belong to.</param>
    /// <exception cref="CryptographicException">The secret is not the one they were sealed under.</exception>
    public static async Task<KeyRing> OpenAsync(Database database, TimeProvider time, string secret, Nation nation)
    {
        var ring = new KeyRing(database, time, MasterFrom(secret), nation);
        await ring.RenewAsync();
        return ring;
    }

    /// <summary>
    /// A secret for one symmetric use whose traces live for days at most (nonces, response codes, transaction codes), derived from the configured secret. It is
    /// another after a restore, so that what was spent since the backup can't be spent again.
    /// </summary>
    public byte[] Derive(string use) => SealingKey.DeriveBytes(_master, Nation.Epoch.Length == 0 ? use : $"{use}/{Nation.Epoch}");

    /// <summary>The key that signs now for a purpose.</summary>
    /// <param name="purpose">What is to be signed.</param>
    /// <param name="algorithm">The algorithm; the purpose's first where null.</param>
    public SigningKey Current(KeyPurpose purpose, string? algorithm = null) => CurrentKey(purpose, algorithm).Signing!;

    /// <summary>The key that is in its time for a purpose.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="algorithm">The algorithm; the purpose's first where null.</param>
    public HeldKey CurrentKey(KeyPurpose purpose, string? algorithm = null)
    {
        var now = _time.GetUtcNow();
        var wanted = algorithm ?? purpose.Algorithms[0];
        HeldKey? current = null;
        foreach (var key in _keys)
            if (key.Purpose == purpose && key.Algorithm == wanted && key.NotBefore <= now && now < key.RetireAfter) current = key;
        return current ?? throw new InvalidOperationException($"no key for {purpose.Name} ({wanted}) is in its time");
    }

    /// <summary>The public keys of a purpose that someone may need now: those that sign, will sign soon, or signed what still counts.</summary>
    public IReadOnlyList<HeldKey> Published(KeyPurpose purpose)
    {
        var now = _time.GetUtcNow();
        return [.. _keys.Where(key => key.Purpose == purpose && now < key.PublishUntil)];
    }

    /// <summary>Reads the keys again, and makes those that are missing or whose successor is due. Safe beside other servers.</summary>
    public async Task RenewAsync()
    {
        await LoadAsync();
        foreach (var purpose in KeyPurpose.All.Where(purpose => purpose.IsByTime))
        {
            foreach (var algorithm in purpose.Algorithms)
            {
                var newest = _keys.LastOrDefault(key => key.Purpose == purpose && key.Algorithm == algorithm);
                var now = _time.GetUtcNow();
                if (newest is not null && now < newest.RetireAfter - Overlap) continue;

                var notBefore = newest is null || newest.RetireAfter < now ? StartOfDay(now).AddDays(-1) : newest.RetireAfter - Overlap / 2;
                await MakeAsync(purpose, algorithm, (newest?.Generation ?? 0) + 1, notBefore);
                await LoadAsync();
            }
        }
    }

    /// <summary>The key of a purpose that has one for good, made where there is none yet. Safe beside other servers.</summary>
    internal async Task<SigningKey> LastingAsync(KeyPurpose purpose)
    {
        if (Find() is { } held) return held.Signing!;
        await MakeAsync(purpose, purpose.Algorithms[0], 1, StartOfDay(_time.GetUtcNow()).AddDays(-1));
        await LoadAsync();
        return Find()!.Signing!;

        HeldKey? Find() => _keys.FirstOrDefault(key => key.Purpose.Name == purpose.Name && key.Algorithm == purpose.Algorithms[0]);
    }

    /// <summary>The 32 bytes that everything is derived from.</summary>
    public static byte[] MasterFrom(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));

    private static DateTimeOffset StartOfDay(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>Makes a key that is not kept yet: its row, and the act that keeps it, which breaks with <c>generation</c> where another server made that generation first.</summary>
    internal (SigningKeys.Row Row, IReadOnlyList<Statement> Act) Make(KeyPurpose purpose, string algorithm, long generation, DateTimeOffset notBefore)
    {
        var retireAfter = notBefore + purpose.SignsFor;
        var publishUntil = retireAfter + purpose.OutlivedBy;
        var (privateKey, publicKey, certificate) = Generate(purpose, algorithm, notBefore, publishUntil);
        var kid = publicKey?.Thumbprint() ?? RandomId.New();
        var row = new SigningKeys.Row
        {
            Kid = kid,
            Purpose = purpose.Name,
            Algorithm = algorithm,
            Generation = generation,
            NotBefore = notBefore.ToUnixTimeSeconds(),
            RetireAfter = retireAfter.ToUnixTimeSeconds(),
            PublishUntil = publishUntil.ToUnixTimeSeconds(),
            PrivateKey = Sealing.Seal(privateKey, $"signing_key/{kid}"),
            Certificate = certificate,
        };
        CryptographicOperations.ZeroMemory(privateKey);
        return (row, [
            SigningKeys.Insert(row),
            Journal.Write("make-key", kid, "server", null, _time.GetUtcNow().ToUnixTimeSeconds(), $"{purpose.Name} {algorithm} {DigestOf(certificate)}"),
        ]);
    }

    private async Task MakeAsync(KeyPurpose purpose, string algorithm, long generation, DateTimeOffset notBefore)
    {
        var broken = await _database.CommitAsync([.. Make(purpose, algorithm, generation, notBefore).Act]);

        // Broken means that another server made this generation first: LoadAsync finds it.
        _ = broken;
    }

    private (byte[] PrivateKey, Jwk? PublicKey, byte[]? Certificate) Generate(
        KeyPurpose purpose, string algorithm, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        switch (algorithm)
        {
            case KeyPurpose.Hmac:
                return (RandomNumberGenerator.GetBytes(32), null, null);
            case JoseAlgorithm.RS256:
                using (var rsa = RSA.Create(2048)) return (rsa.ExportPkcs8PrivateKey(), SigningKey.FromRsa(rsa).PublicKey, null);
            case JoseAlgorithm.EdDSA:
                var seed = RandomNumberGenerator.GetBytes(32);
                return (seed, SigningKey.FromEd25519(seed).PublicKey, null);
            default:
                using (var ecdsa = ECDsa.Create(algorithm == JoseAlgorithm.ES384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256))
                    return (ecdsa.ExportPkcs8PrivateKey(), SigningKey.FromEcdsa(ecdsa).PublicKey, Certify(purpose, ecdsa, notBefore, notAfter));
        }
    }

    private byte[]? Certify(KeyPurpose purpose, ECDsa key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        if (purpose == KeyPurpose.Root)
        {
            using var self = CertificateAuthority.CreateRoot(Nation.Name, key, notBefore, notAfter);
            return self.RawData;
        }

        if (purpose.ExtendedKeyUsage is null) return null;

        // The root that is in its time when the leaf begins: a successor that is only published yet would not be believed.
        var root = _keys.Last(held => held.Purpose == KeyPurpose.Root && held.NotBefore <= notBefore);
        using var rootKey = root.OpenEcdsa();
        using var withKey = root.Certificate!.CopyWithPrivateKey(rootKey);

        // A certificate can't outlive the one that signed it.
        var end = notAfter < root.PublishUntil ? notAfter : root.PublishUntil;
        using var leaf = CertificateAuthority.CreateLeaf(withKey, Nation.Name, new Uri(Nation.Issuer), purpose, key, notBefore, end);
        return leaf.RawData;
    }

    private static string DigestOf(byte[]? certificate) => certificate is null ? "-" : Base64Url.Encode(SHA256.HashData(certificate));

    /// <summary>Reads the keys again.</summary>
    internal async Task LoadAsync()
    {
        var known = _keys.ToDictionary(key => key.Kid);
        _keys =
        [
            .. (await SigningKeys.AllAsync(_database)).Select(row =>
                known.TryGetValue(row.Kid, out var held) ? held.At(row) : HeldKey.Open(row, Sealing)),
        ];
    }
}
