using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Verifying;

/// <summary>Verifies from outside: as who has no database of the nation, and has decided to trust one issuer.</summary>
public static class OutsideVerifier
{
    /// <summary>A verifier that trusts this issuer, and asks for nothing but what it publishes.</summary>
    /// <param name="trusted">The issuer.</param>
    /// <param name="fetcher">The way out, or files instead of it.</param>
    /// <param name="roots">The roots of its certificates, got another way; where there are none, its certificates are those that its DID has.</param>
    /// <param name="withoutStatus">Whether W3C credentials are taken that nobody could revoke.</param>
    /// <param name="local">Whether DIDs of this machine are fetched by http.</param>
    /// <param name="time">The clock.</param>
    public static async Task<PublicVerifier> VerifierAsync(this TrustedIssuer trusted, Fetcher fetcher, IReadOnlyList<X509Certificate2> roots, bool withoutStatus, bool local, TimeProvider time)
    {
        var types = CredentialType.LoadAll();
        var dids = new DidResolver(null, new FetchedDids(fetcher, local, time, _ => { }), did => trusted.Is(did.ToString()) || did.ToString() == trusted.KeysDid);
        var published = roots.Count > 0 ? null : await CertificatesAsync(trusted, dids);
        var certificates = new IssuerCertificates(issuer => issuer == trusted.Nation.Issuer ? roots : [], published);
        var lists = new FetchedLists(fetcher, certificates, time, _ => { });
        var statuses = new StatusReader("", _ => Task.FromResult<string?>(null), lists, certificates, time);
        var bitstrings = new BitstringReader(null, null, dids, _ => Task.FromResult<JsonObject?>(null), new FetchedBitstrings(fetcher, dids, time, _ => { }), time);
        return new(new(null, types, certificates, statuses, time), new(trusted.Nation, null, null, dids, types, bitstrings, time), trusted.Is, withoutStatus);
    }

    private static async Task<PublishedCertificates> CertificatesAsync(TrustedIssuer trusted, DidResolver dids)
    {
        if (trusted.KeysDid is not { } did) return PublishedCertificates.None(trusted.Nation.Issuer, "the issuer has no DID, and its root certificate was not given");
        var result = await dids.ResolveAsync(did);
        return result.Document is { } document
            ? PublishedCertificates.Of(trusted.Nation.Issuer, document)
            : PublishedCertificates.None(trusted.Nation.Issuer, $"the issuer's certificates could not be found: {result.Error?.Description ?? "its DID was ended"}");
    }
}
