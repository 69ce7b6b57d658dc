using System.Text;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>The status lists of other issuers: fetched, checked, and kept for as long as the issuer says and we agree [TSL §8, §13.7].</summary>
/// <param name="fetcher">The way out.</param>
/// <param name="certificates">Who is trusted, and by which roots.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told, in words without data of a person, that an issuer's list went back in time.</param>
public sealed class FetchedLists(Fetcher fetcher, IssuerCertificates certificates, TimeProvider time, Action<string> alarm)
{
    /// <summary>The shortest time for which a list is kept, whatever its <c>ttl</c>.</summary>
    public static readonly TimeSpan LeastKept = TimeSpan.FromSeconds(5);

    /// <summary>How long a list without a <c>ttl</c> is kept.</summary>
    public static readonly TimeSpan UsuallyKept = TimeSpan.FromSeconds(60);

    /// <summary>The longest time for which a list is kept, whatever its <c>ttl</c>.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    /// <summary>How long after its <c>iat</c> a list ends, whatever its <c>exp</c>: else its host could show the same one for ever.</summary>
    public static readonly TimeSpan LongestBelieved = TimeSpan.FromDays(7);

    internal const int MaxLists = 256;
    internal const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>How far the clocks of other issuers may run ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly KeptLists<TokenStatusList> _lists = new(
        (uri, etag) => fetcher.FetchAsync(uri, [TokenStatusList.MediaType], Jws.MaxLength, etag),
        (body, uri, issuer) =>
        {
            var list = StatusReader.Check(certificates, Encoding.ASCII.GetString(body.Span), uri, issuer, time.GetUtcNow(), Skew);
            return Task.FromResult(new KeptLists<TokenStatusList>.Dated(list, list.IssuedAt, list.ExpiresAt, list.Ttl, list.List.Bytes.Length));
        },
        time,
        alarm);

    /// <summary>The list of an issuer at a URI.</summary>
    /// <returns>The list and null; or null and why there is none.</returns>
    public async Task<(TokenStatusList? List, string? Unknown)> FindAsync(string uri, string issuer)
    {
        // Trust first: nobody is called for a stranger.
        if (!certificates.Trusts(issuer)) return (null, "the issuer is not trusted");
        return await _lists.FindAsync(uri, issuer);
    }
}
