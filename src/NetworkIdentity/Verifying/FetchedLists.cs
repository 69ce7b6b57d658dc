using System.Text;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>The status lists of other issuers: fetched, checked, and kept for as long as the issuer says and we agree [TSL §8, §13.7].</summary>
/// <remarks>
/// A list is never used beyond its time, be its host down or not: what can't be known is unknown. Who asks while a list is being fetched waits for that
/// one fetch. That something is wrong with a list is kept for some seconds too, so that a host that is down is not asked at each sign-in.
/// </remarks>
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

    /// <summary>How long after its <c>iat</c> a list without an <c>exp</c> ends: else its host could show the same one for ever.</summary>
    public static readonly TimeSpan WithoutEnd = TimeSpan.FromDays(7);

    internal const int MaxLists = 256;
    internal const long MaxBytes = 64 * 1024 * 1024;
    private const int MaxFlights = 64;
    private const int MaxRemembered = 16 * 1024;

    /// <summary>How far the clocks of other issuers may run ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Uri, string Issuer), Kept> _kept = [];
    private readonly Dictionary<(string Uri, string Issuer), Task<Kept>> _flights = [];

    /// <summary>The newest <c>iat</c> of each list that was seen, and when it was last looked at. It outlives the list itself.</summary>
    private readonly Dictionary<(string Uri, string Issuer), (DateTimeOffset IssuedAt, long At)> _newest = [];

    private long _bytes;

    /// <summary>The list of an issuer at a URI.</summary>
    /// <returns>The list and null; or null and why there is none.</returns>
    public async Task<(TokenStatusList? List, string? Unknown)> FindAsync(string uri, string issuer)
    {
        // Trust first: nobody is called for a stranger.
        if (!certificates.Trusts(issuer)) return (null, "the issuer is not trusted");

        var name = (uri, issuer);
        Task<Kept>? flight;
        lock (_lock)
        {
            var kept = _kept.GetValueOrDefault(name);
            if (kept is not null && IsFresh(kept))
            {
                kept.UsedAt = time.GetTimestamp();
                return (kept.List, kept.Unknown);
            }

            if (!_flights.TryGetValue(name, out flight))
            {
                if (_flights.Count >= MaxFlights) return (null, "too many status lists are being fetched");
                _flights.Add(name, flight = Task.Run(() => FlyAsync(uri, issuer, kept)));
            }
        }

        var landed = await flight;
        return (landed.List, landed.Unknown);
    }

    private bool IsFresh(Kept kept) => time.GetElapsedTime(kept.ReadAt) < kept.Life && !(kept.List?.ExpiresAt <= time.GetUtcNow());

    private async Task<Kept> FlyAsync(string uri, string issuer, Kept? before)
    {
        try
        {
            var kept = await FetchAsync(uri, issuer, before);
            lock (_lock) Keep((uri, issuer), kept);
            return kept;
        }
        finally
        {
            lock (_lock) _flights.Remove((uri, issuer));
        }
    }

    private async Task<Kept> FetchAsync(string uri, string issuer, Kept? before)
    {
        var result = await fetcher.FetchAsync(uri, [TokenStatusList.MediaType], Jws.MaxLength, before?.ETag);
        if (result.Fault is not null) return Unknown($"the status list can't be fetched: {result.Detail}");
        var now = time.GetUtcNow();
        try
        {
            // What has not been modified has been checked before; only its end may have come.
            var list = result.IsNotModified
                ? before!.List!
                : StatusReader.Check(certificates, Encoding.ASCII.GetString(result.Body.Span), uri, issuer, now, Skew);
            list = list with { ExpiresAt = list.ExpiresAt ?? list.IssuedAt + WithoutEnd };
            if (list.ExpiresAt <= now) return Unknown("the status list token has expired");
            if (IsRolledBack((uri, issuer), list.IssuedAt, out var newest))
            {
                alarm($"The status list {uri} of {issuer} went back in time: it is of {list.IssuedAt:u}, and one of {newest:u} was read before. What it says is not believed.");
                return Unknown("the status list is older than one that was read before");
            }

            // Absent, it is the usual; a second or a year are brought to what is reasonable [TSL §13.7].
            var life = TimeSpan.FromTicks(Math.Clamp((list.Ttl ?? UsuallyKept).Ticks, LeastKept.Ticks, LongestKept.Ticks));
            return new Kept(list, null, result.ETag, time.GetTimestamp(), life) { UsedAt = time.GetTimestamp() };
        }
        catch (Refusal refusal)
        {
            return Unknown(refusal.Description);
        }

        Kept Unknown(string why) => new(null, why, null, time.GetTimestamp(), LeastKept) { UsedAt = time.GetTimestamp() };
    }

    private bool IsRolledBack((string Uri, string Issuer) name, DateTimeOffset issuedAt, out DateTimeOffset newest)
    {
        lock (_lock)
        {
            var isKnown = _newest.TryGetValue(name, out var seen);
            newest = seen.IssuedAt;
            if (isKnown && issuedAt < newest) return true;
            if (!isKnown && _newest.Count >= MaxRemembered) _newest.Remove(_newest.MinBy(pair => pair.Value.At).Key);
            _newest[name] = (issuedAt, time.GetTimestamp());
            return false;
        }
    }

    /// <summary>Keeps a list, and gives up those that were used longest ago until number and bytes fit.</summary>
    private void Keep((string Uri, string Issuer) name, Kept kept)
    {
        Drop(name);
        _kept.Add(name, kept);
        _bytes += kept.Bytes;
        while (_kept.Count > MaxLists || _bytes > MaxBytes) Drop(_kept.MinBy(pair => pair.Value.UsedAt).Key);

        void Drop((string Uri, string Issuer) dropped)
        {
            if (_kept.Remove(dropped, out var old)) _bytes -= old.Bytes;
        }
    }

    /// <summary>What is known of a list: the list, or why there is none.</summary>
    private sealed record Kept(TokenStatusList? List, string? Unknown, string? ETag, long ReadAt, TimeSpan Life)
    {
        public long UsedAt { get; set; }

        public long Bytes => List?.List.Bytes.Length ?? 0;
    }
}
