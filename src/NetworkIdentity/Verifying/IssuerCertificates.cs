using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>The public key behind <c>x5c</c>: a leaf of a trusted root, for one purpose and one issuer [RFC7515 §4.1.6] [RFC5280 §6].</summary>
/// <remarks>Building a chain and importing a key costs many times a verification, so what was found of a leaf is kept; its dates are looked at each time.</remarks>
/// <param name="roots">The roots that an issuer's certificates may lead to; none for an issuer that is not trusted. It is asked each time, so that trust that ends, ends at once.</param>
/// <param name="published">Of an issuer that is trusted by the certificates in its DID, where no root of its is known: those. Null for one that is not. Asked each time, too.</param>
public sealed class IssuerCertificates(Func<string, IReadOnlyList<X509Certificate2>> roots, Func<string, PublishedCertificates?> published)
{
    private const int MaxKept = 1024;
    private const int MaxChain = 4;

    private readonly ConcurrentDictionary<string, CertifiedKey> _kept = new();

    /// <summary>The same, with one issuer at most that is trusted by its DID.</summary>
    public IssuerCertificates(Func<string, IReadOnlyList<X509Certificate2>> roots, PublishedCertificates? published = null)
        : this(roots, issuer => published?.Issuer == issuer ? published : null)
    {
    }

    /// <summary>Whether an issuer is trusted: asked before anything is looked up for it.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <param name="type">The type that it must be trusted for; null for any.</param>
    public bool Trusts(string issuer, string? type = null) => roots(issuer).Count > 0 || (published(issuer) is { } found && (type is null || found.Speaks(type)));

    /// <summary>Finds the key that a header's <c>x5c</c> names.</summary>
    /// <param name="header">The JOSE header.</param>
    /// <param name="purpose">What the leaf must be for.</param>
    /// <param name="issuer">The issuer that the leaf must name as a SAN URI.</param>
    /// <param name="at">When it must be valid.</param>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why there is none, in words.</param>
    /// <exception cref="Refusal">Malformed: <c>x5c</c> is not an array of certificates. NOT_UNDERSTOOD: the issuer's published certificates could not be found.</exception>
    public bool TryFind(JsonObject header, KeyPurpose purpose, string issuer, DateTimeOffset at, out CertifiedKey? key, out string reason)
    {
        key = null;
        var chain = Chain(header);
        if (chain is null)
        {
            reason = "the header has no x5c";
            return false;
        }

        var trusted = roots(issuer);
        if (trusted.Count == 0)
        {
            reason = "the issuer is not trusted";
            if (published(issuer) is not { } its) return false;
            trusted = its.Unknown is { } unknown ? throw CredentialRefusal.NotUnderstood(unknown) : its.Roots;
            reason = "the issuer's DID does not have the certificate";
            if (!its.Leaves.Any(leaf => leaf.AsSpan().SequenceEqual(chain[0]))) return false;
        }

        var name = $"{purpose.Name}/{issuer}/{Base64Url.Encode(SHA256.HashData(chain[0]))}";
        if (!_kept.TryGetValue(name, out var found) || !trusted.Any(root => root.RawDataMemory.Span.SequenceEqual(found.Root.RawDataMemory.Span)))
        {
            if (!TryImport(chain, trusted, purpose, issuer, at, out found, out reason)) return false;
            if (_kept.Count >= MaxKept) _kept.Clear();
            _kept[name] = found!;
        }

        if (!found!.IsInItsTime(at))
        {
            reason = "the issuer's certificate is not in its time";
            return false;
        }

        (key, reason) = (found, "");
        return true;
    }

    /// <summary>The certificate of a key that an issuer's DID has, by the key's thumbprint; null where it has none, or is not trusted by its DID.</summary>
    /// <exception cref="Refusal">NOT_UNDERSTOOD: the issuer's certificates are not known here, so that neither can be said.</exception>
    internal IReadOnlyList<byte[]>? PublishedChain(string issuer, string kid)
    {
        if (published(issuer) is not { } its) return roots(issuer).Count > 0 ? throw CredentialRefusal.NotUnderstood("a printed card names its key alone: give the issuer's DID, or its log") : null;
        if (its.Unknown is { } unknown) throw CredentialRefusal.NotUnderstood(unknown);
        return its.Leaves.FirstOrDefault(leaf => KeyOf(X509CertificateLoader.LoadCertificate(leaf))?.Thumbprint() == kid) is { } found ? [found] : null;
    }

    private static bool TryImport(
        IReadOnlyList<byte[]> x5c,
        IReadOnlyList<X509Certificate2> trusted,
        KeyPurpose purpose,
        string issuer,
        DateTimeOffset at,
        out CertifiedKey? found,
        out string reason)
    {
        found = null;
        try
        {
            var leaf = X509CertificateLoader.LoadCertificate(x5c[0]);
            reason = "x5c holds more than a DER certificate";
            if (!leaf.RawData.AsSpan().SequenceEqual(x5c[0])) return false;
            reason = "the issuer's certificate does not lead to a trusted root";
            if (RootOf(leaf, x5c, trusted, at) is not { } root) return false;
            reason = "the issuer's certificate is not for this purpose";
            if (!leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(extension =>
                extension.EnhancedKeyUsages.Cast<Oid>().Any(usage => usage.Value == purpose.ExtendedKeyUsage)))
            {
                return false;
            }

            reason = "the issuer's certificate does not name the issuer";
            if (!NamesUri(leaf, issuer)) return false;
            reason = "the issuer's certificate holds no P-256 key";
            if (KeyOf(leaf) is not { } jwk) return false;
            found = new(VerificationKey.Import(jwk), leaf, root);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            throw Refusal.Malformed("x5c holds something that is not a certificate", exception);
        }
    }

    /// <summary>The key of the leaf in a header's <c>x5c</c>, which nothing vouches for yet; null where there is none of P-256.</summary>
    /// <exception cref="Refusal">Malformed: <c>x5c</c> is not an array of certificates.</exception>
    internal static Jwk? ClaimedKey(JsonObject header)
    {
        try
        {
            return Chain(header) is { } chain ? KeyOf(X509CertificateLoader.LoadCertificate(chain[0])) : null;
        }
        catch (CryptographicException exception)
        {
            throw Refusal.Malformed("x5c holds something that is not a certificate", exception);
        }
    }

    /// <summary>The key that a certificate is about; null where it is none of P-256.</summary>
    internal static Jwk? KeyOf(X509Certificate2 leaf)
    {
        using var ecdsa = leaf.GetECDsaPublicKey();
        if (ecdsa is null || ecdsa.KeySize != 256) return null;
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return new Jwk("EC") { Crv = "P-256", X = Base64Url.Encode(point.X), Y = Base64Url.Encode(point.Y), Alg = JoseAlgorithm.ES256 };
    }

    private static X509Certificate2? RootOf(
        X509Certificate2 leaf, IReadOnlyList<byte[]> x5c, IReadOnlyList<X509Certificate2> trusted, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        foreach (var der in x5c.Skip(1)) chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(der));
        return chain.Build(leaf) ? chain.ChainElements[^1].Certificate : null;
    }

    private static bool NamesUri(X509Certificate2 leaf, string issuer)
    {
        if (leaf.Extensions["2.5.29.17"] is not { } extension) return false;

        // GeneralName [6] is uniformResourceIdentifier, an IA5String [RFC5280 §4.2.1.6].
        var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
        var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (names.PeekTag().HasSameClassAndValue(uri))
            {
                if (names.ReadCharacterString(UniversalTagNumber.IA5String, uri) == issuer) return true;
            }
            else
            {
                names.ReadEncodedValue();
            }
        }

        return false;
    }

    private static IReadOnlyList<byte[]>? Chain(JsonObject header)
    {
        if (header.OptionalStrings("x5c") is not { } texts) return null;
        if (texts.Count is 0 or > MaxChain) throw Refusal.Malformed($"x5c must hold 1 to {MaxChain} certificates");
        return [.. texts.Select(text =>
        {
            var der = new byte[text.Length];
            return Convert.TryFromBase64String(text, der, out var length) ? der[..length] : throw Refusal.Malformed("x5c is not base64");
        })];
    }
}
