using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NetworkIdentity.Keys;

/// <summary>The nation's certificates [RFC5280]: one root, and a leaf for each key that a stranger must be able to trace to it.</summary>
/// <remarks>
/// A leaf names the issuer URL as URI and its host as DNS name in its SAN, so that a wallet can hold both against <c>iss</c> and against
/// the request's host. It outlives what its key signs, because a credential is checked long after its key signs no more.
/// </remarks>
public static class CertificateAuthority
{
    private static readonly string[] BesideLocalhost = ["wallet.localhost", "library.localhost", "door.localhost"];

    /// <summary>Makes the root: self-signed, may sign leaves alone (path length 0).</summary>
    public static X509Certificate2 CreateRoot(string nation, ECDsa key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest(Name(nation, "root"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    /// <summary>Makes a leaf, signed by the root.</summary>
    /// <param name="root">The root certificate with its private key.</param>
    /// <param name="nation">The nation's name, for the subject.</param>
    /// <param name="issuer">The issuer URL, which becomes the SAN.</param>
    /// <param name="purpose">What the key is for; its extended key usage goes into the leaf.</param>
    /// <param name="key">The leaf's key.</param>
    /// <param name="notBefore">From when it is valid.</param>
    /// <param name="notAfter">Until when it is valid.</param>
    public static X509Certificate2 CreateLeaf(
        X509Certificate2 root, string nation, Uri issuer, KeyPurpose purpose, ECDsa key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest(Name(nation, purpose.Name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        if (purpose.ExtendedKeyUsage is { } usage)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(SubjectAlternativeNames(issuer, purpose));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request.Create(root, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Extension SubjectAlternativeNames(Uri issuer, KeyPurpose purpose)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (purpose == KeyPurpose.Tls)
        {
            names.AddDnsName("localhost");

            // The hosts of the parts beside a practice nation. A wildcard would not do: "*.localhost" covers a whole top-level domain, which
            // clients refuse. A certificate that was made before these names stood here lacks them until its key is rotated.
            foreach (var host in BesideLocalhost) names.AddDnsName(host);
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
            if (issuer.HostNameType == UriHostNameType.Dns && issuer.Host != "localhost") names.AddDnsName(issuer.Host);
            return names.Build();
        }

        // By hand, because the builder writes "http://host/" for "http://host", and an issuer is compared as a string.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, issuer.OriginalString, GeneralName(6));
            if (issuer.HostNameType == UriHostNameType.Dns) writer.WriteCharacterString(UniversalTagNumber.IA5String, issuer.Host, GeneralName(2));
            else writer.WriteOctetString(IPAddress.Parse(issuer.Host.Trim('[', ']')).GetAddressBytes(), GeneralName(7));
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    /// <summary>The choices of GeneralName [RFC5280 §4.2.1.6]: 2 is a DNS name, 6 a URI, 7 an IP address.</summary>
    private static Asn1Tag GeneralName(int choice) => new(TagClass.ContextSpecific, choice);

    private static X500DistinguishedName Name(string nation, string role)
    {
        // A CN holds 64 characters at most [RFC5280 A.1, ub-common-name]; characters, so that none is cut in two.
        var name = string.Concat(nation.EnumerateRunes().Take(40));
        var builder = new X500DistinguishedNameBuilder();
        builder.AddOrganizationName(name);
        builder.AddCommonName($"{name} {role}");
        return builder.Build();
    }
}
