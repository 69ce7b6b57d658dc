using System.Collections.Concurrent;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>The public keys of clients: those in their registration, or at the URL that it names [RFC7591 §2].</summary>
/// <remarks>
/// What was fetched is kept for as long as its host allows, between a minute and an hour, and not for longer than that where the host fails: a key that a client
/// took back is not good for ever. A token of a key that is not among them makes them be fetched again, once in half a minute: so whoever sends wrong
/// key ids can't use this server against that host.
/// </remarks>
public sealed class ClientKeys(Fetcher fetcher, TimeProvider time)
{
    /// <summary>How many sets are kept: clients register their URLs, so that there are no more than clients.</summary>
    private const int MaxSets = 1000;

    private const int MaxBytes = 64 * 1024;

    /// <summary>How often a URL is asked at most.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly JwkSet None = new([]);
    private static readonly string[] ContentTypes = ["application/jwk-set+json", "application/json"];

    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>Whether one of a client's keys signed a token.</summary>
    public async Task<bool> SignedAsync(Partner partner, Jws jws)
    {
        if (partner.Metadata.Jwks is { } jwks) return Read(() => jwks) is { } own && own.Signed(jws);
        if (partner.Metadata.JwksUri is not { } uri) return false;

        var place = PlaceOf(uri);
        if (place.Known.Until <= time.GetUtcNow()) await AskAsync(uri, place);
        var known = place.Known;
        if (known.Keys.Signed(jws)) return true;

        // A new key, perhaps: one that the set does not name.
        if (jws.KeyId is { } keyId && known.Keys.Holds(keyId)) return false;
        await AskAsync(uri, place);
        return !ReferenceEquals(place.Known.Keys, known.Keys) && place.Known.Keys.Signed(jws);
    }

    /// <summary>Whether a client has keys, here or elsewhere.</summary>
    public static bool Has(Partner partner) => partner.Metadata.Jwks is not null || partner.Metadata.JwksUri is not null;

    private Place PlaceOf(string uri)
    {
        // One that goes is fetched again when it is needed.
        if (_places.Count >= MaxSets && !_places.ContainsKey(uri)) _places.TryRemove(_places.MinBy(place => place.Value.Known.AskedAt).Key, out _);
        return _places.GetOrAdd(uri, _ => new Place());
    }

    private async Task AskAsync(string uri, Place place)
    {
        await place.Turn.WaitAsync();
        try
        {
            // Whoever waited finds what the one before fetched.
            var (now, known) = (time.GetUtcNow(), place.Known);
            if (known.AskedAt > now - Pause) return;
            var result = await fetcher.FetchAsync(uri, ContentTypes, MaxBytes);
            var keys = result.Fault is null ? Read(() => StrictJson.ParseObject(result.Body.Span)) : null;
            var lives = TimeSpan.FromTicks(Math.Clamp((result.MaxAge ?? Usual).Ticks, Shortest.Ticks, Longest.Ticks));
            place.Known = keys is not null
                ? new(keys, now, now, now + lives)
                : known with { AskedAt = now, Until = now + Pause, Keys = known.FetchedAt > now - Longest ? known.Keys : None };
        }
        finally
        {
            place.Turn.Release();
        }
    }

    private static JwkSet? Read(Func<System.Text.Json.Nodes.JsonObject> json)
    {
        try
        {
            return JwkSet.Parse(json());
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>A URL: what is known of it, and whose turn it is to ask it.</summary>
    private sealed class Place
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public Known Known { get; set; } = new(None, default, default, default);
    }

    private sealed record Known(JwkSet Keys, DateTimeOffset AskedAt, DateTimeOffset FetchedAt, DateTimeOffset Until);
}
