using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>The certificates that an issuer's DID document has, for who has no root of its [RFC7517 §4.7].</summary>
/// <remarks>They take the place of the root and add to it: a leaf still leads to a root, is for its purpose and in its time, and beside that is in the document now.</remarks>
/// <param name="Issuer">The issuer, who is trusted.</param>
/// <param name="Roots">Its roots.</param>
/// <param name="Leaves">The certificates of the keys that sign its credentials and lists, in DER.</param>
/// <param name="Unknown">Why it is not known which these are; null where it is.</param>
public sealed record PublishedCertificates(string Issuer, IReadOnlyList<X509Certificate2> Roots, IReadOnlyList<byte[]> Leaves, string? Unknown)
{
    /// <summary>The types that the issuer is trusted for, by their names (<c>vct</c>); null for all.</summary>
    public IReadOnlySet<string>? Types { get; init; }

    /// <summary>Whether the issuer is trusted for a type.</summary>
    public bool Speaks(string type) => Types?.Contains(type) != false;

    /// <summary>Those of a document that was resolved.</summary>
    public static PublishedCertificates Of(string issuer, JsonObject document)
    {
        var (roots, leaves) = (new List<X509Certificate2>(), new List<byte[]>());
        foreach (var method in (document["verificationMethod"] as JsonArray ?? []).OfType<JsonObject>().Take(ControlledIdentifierDocument.MaxMethods))
        {
            if (CertificateOf(method) is not var (certificate, isRoot)) continue;
            if (isRoot) roots.Add(certificate);
            else leaves.Add(certificate.RawData);
        }

        return new(issuer, roots, leaves, roots.Count > 0 ? null : "the issuer's DID names no root certificate");
    }

    /// <summary>None: it could not be found out.</summary>
    public static PublishedCertificates None(string issuer, string why) => new(issuer, [], [], why);

    /// <summary>The certificate of a method's own key, and whether it is one that issues others; null where it has none that is understood, which then vouches for nothing.</summary>
    private static (X509Certificate2 Certificate, bool IsRoot)? CertificateOf(JsonObject method)
    {
        try
        {
            if (method["publicKeyJwk"] is not JsonObject json || json.OptionalStrings("x5c") is not [var text, ..]) return null;
            var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
            if (IssuerCertificates.KeyOf(certificate)?.IsSameKeyAs(Jwk.Parse(json)) != true) return null;

            // The framework reads an extension when it is asked for what stands in it.
            return (certificate, certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(one => one.CertificateAuthority));
        }
        catch (Exception exception) when (exception is Refusal or FormatException or CryptographicException)
        {
            return null;
        }
    }
}
