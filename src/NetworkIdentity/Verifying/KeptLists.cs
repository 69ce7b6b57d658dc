using NetworkIdentity.Standards;

namespace NetworkIdentity.Verifying;

/// <summary>Lists of others that were fetched and checked: what is kept, for how long, and what is remembered of what was given up.</summary>
/// <remarks>
/// A list is never used beyond its time, be its host down or not: what can't be known is unknown. Nor is its host's word enough that it is still the same: within
/// <see cref="FetchedLists.LongestKept"/> it is fetched whole, and its signature held against the issuer's keys of now. Who asks while a list is being fetched waits for that
/// one fetch. That something is wrong with a list is kept for some seconds too, so that a host that is down is not asked each time.
/// </remarks>
/// <param name="fetch">Fetches a list by its URL and the ETag of what is kept.</param>
/// <param name="check">Checks what was fetched; refuses what can't be relied on now.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told, in words without data of a person, that an issuer's list went back in time.</param>
internal sealed class KeptLists<TList>(
    Func<string, string?, Task<FetchResult>> fetch, Func<ReadOnlyMemory<byte>, string, string, Task<KeptLists<TList>.Dated>> check, TimeProvider time, Action<string> alarm)
    where TList : class
{
    private const int MaxFlights = 64;
    private const int MaxRemembered = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Uri, string Issuer), Kept> _kept = [];
    private readonly Dictionary<(string Uri, string Issuer), Task<Kept>> _flights = [];

    /// <summary>When the newest of each list that was seen was issued, and when it was last looked at. It outlives the list itself.</summary>
    private readonly Dictionary<(string Uri, string Issuer), (DateTimeOffset IssuedAt, long At)> _newest = [];

    private long _bytes;

    /// <summary>A list, and what its issuer says of its times.</summary>
    public sealed record Dated(TList List, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt, TimeSpan? Ttl, long Bytes);

    /// <summary>The list of an issuer at a URI. Whether the issuer is trusted was decided before.</summary>
    /// <returns>The list and null; or null and why there is none.</returns>
    public async Task<(TList? List, string? Unknown)> FindAsync(string uri, string issuer)
    {
        var name = (uri, issuer);
        Task<Kept>? flight;
        lock (_lock)
        {
            var kept = _kept.GetValueOrDefault(name);
            if (kept is not null && IsFresh(kept))
            {
                kept.UsedAt = time.GetTimestamp();
                return (kept.Found?.List, kept.Unknown);
            }

            if (!_flights.TryGetValue(name, out flight))
            {
                if (_flights.Count >= MaxFlights) return (null, "too many status lists are being fetched");
                _flights.Add(name, flight = Task.Run(() => FlyAsync(uri, issuer, kept)));
            }
        }

        var landed = await flight;
        return (landed.Found?.List, landed.Unknown);
    }

    private bool IsFresh(Kept kept) => time.GetElapsedTime(kept.ReadAt) < kept.Life && !(kept.Found?.ExpiresAt <= time.GetUtcNow());

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
        var etag = before is not null && time.GetElapsedTime(before.CheckedAt) < FetchedLists.LongestKept ? before.ETag : null;
        var result = await fetch(uri, etag);
        if (result.Fault is not null) return Unknown($"the status list can't be fetched: {result.Detail}");
        var now = time.GetUtcNow();
        try
        {
            // What has not been modified has been checked before; only its end may have come.
            var found = result.IsNotModified ? before!.Found! : await check(result.Body, uri, issuer);
            var end = found.IssuedAt + FetchedLists.LongestBelieved;
            found = found with { ExpiresAt = found.ExpiresAt < end ? found.ExpiresAt : end };
            if (found.ExpiresAt <= now) return Unknown("the status list has expired");
            if (IsRolledBack((uri, issuer), found.IssuedAt, out var newest))
            {
                alarm($"The status list {uri} of {issuer} went back in time: it is of {found.IssuedAt:u}, and one of {newest:u} was read before. What it says is not believed.");
                return Unknown("the status list is older than one that was read before");
            }

            // Absent, it is the usual; a second or a year are brought to what is reasonable [TSL §13.7].
            var life = TimeSpan.FromTicks(Math.Clamp((found.Ttl ?? FetchedLists.UsuallyKept).Ticks, FetchedLists.LeastKept.Ticks, FetchedLists.LongestKept.Ticks));
            return new Kept(found, null, result.ETag, time.GetTimestamp(), life) { UsedAt = time.GetTimestamp(), CheckedAt = result.IsNotModified ? before!.CheckedAt : time.GetTimestamp() };
        }
        catch (Refusal refusal)
        {
            return Unknown(refusal.Description);
        }

        Kept Unknown(string why) => new(null, why, null, time.GetTimestamp(), FetchedLists.LeastKept) { UsedAt = time.GetTimestamp() };
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
        while (_kept.Count > FetchedLists.MaxLists || _bytes > FetchedLists.MaxBytes) Drop(_kept.MinBy(pair => pair.Value.UsedAt).Key);

        void Drop((string Uri, string Issuer) dropped)
        {
            if (_kept.Remove(dropped, out var old)) _bytes -= old.Bytes;
        }
    }

    /// <summary>What is known of a list: the list, or why there is none.</summary>
    private sealed record Kept(Dated? Found, string? Unknown, string? ETag, long ReadAt, TimeSpan Life)
    {
        public long UsedAt { get; set; }

        /// <summary>When it was last fetched whole, and its signature verified.</summary>
        public long CheckedAt { get; init; }

        public long Bytes => Found?.Bytes ?? 0;
    }
}
