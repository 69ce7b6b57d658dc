using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;

namespace NetworkIdentity.Verifying;

/// <summary>The did:web and did:webvh of others: fetched, verified, and kept for as long as their owners say and we agree. Whether one may be fetched was decided before.</summary>
/// <remarks>
/// Nothing is believed for longer than <see cref="LongestKept"/> after it was fetched, be its host down or not (A88). A did:web that is older than it should be is still used until then where its host
/// fails; a did:webvh is not, since its <c>ttl</c> is its owner's word. A log that was read must be the beginning of every later one: a host that takes entries back, or tells another story, is not
/// believed. That something went wrong is kept for some seconds, so that a host that is down is not asked each time. Who asks while a DID is being fetched waits for that one fetch.
/// </remarks>
/// <param name="fetcher">The way out.</param>
/// <param name="loopback">Whether DIDs of this machine are fetched by http, as those of its development servers must be.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told, in words without data of a person, that a log was taken back.</param>
public sealed class FetchedDids(Fetcher fetcher, bool loopback, TimeProvider time, Action<string> alarm)
{
    /// <summary>How long a did:web is kept whose host says nothing about it.</summary>
    public static readonly TimeSpan UsuallyKept = TimeSpan.FromMinutes(5);

    /// <summary>The longest that anything is believed without being fetched again.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    /// <summary>How long it is kept that something went wrong.</summary>
    public static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(5);

    internal const int MaxKept = 256;
    internal const long MaxBytes = 32 * 1024 * 1024;
    private const int MaxFlights = 64;
    private const int MaxRemembered = 16 * 1024;

    // As the specifications have them, and as hosts name the files that they know by their endings alone: what was signed says itself what it is.
    private static readonly string[] DocumentTypes = [DidMediaTypes.Document, DidMediaTypes.DocumentJson, DidMediaTypes.DocumentLdJson, "application/json", "application/ld+json"];
    private static readonly string[] LogTypes = [DidMediaTypes.Log, "application/jsonl", "application/x-ndjson", "text/plain", "application/octet-stream"];
    private static readonly string[] ProofTypes = ["application/json", "text/plain", "application/octet-stream"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<Kept>> _flights = new(StringComparer.Ordinal);

    /// <summary>The last version of each log that was read. It outlives what is kept of it.</summary>
    private readonly Dictionary<string, (string VersionId, long At)> _last = new(StringComparer.Ordinal);

    private long _bytes;

    /// <summary>Resolves a did:web or did:webvh.</summary>
    /// <param name="did">The DID, whose form was checked.</param>
    /// <param name="options">Which version.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<DidResolutionResult> ResolveAsync(string did, DidResolutionOptions options, CancellationToken cancellation)
    {
        Task<Kept>? flight;
        lock (_lock)
        {
            var kept = _kept.GetValueOrDefault(did);
            if (kept is not null && time.GetElapsedTime(kept.ReadAt) < kept.Life)
            {
                kept.UsedAt = time.GetTimestamp();
                return kept.Resolve(options);
            }

            if (!_flights.TryGetValue(did, out flight))
            {
                if (_flights.Count >= MaxFlights) return DidResolutionResult.Failed(DidRefusal.Unreachable("too many DIDs are being fetched"));
                _flights.Add(did, flight = Task.Run(() => FlyAsync(did, kept), CancellationToken.None));
            }
        }

        return (await flight.WaitAsync(cancellation)).Resolve(options);
    }

    private async Task<Kept> FlyAsync(string did, Kept? before)
    {
        try
        {
            Kept kept;
            try
            {
                kept = did.StartsWith("did:webvh:", StringComparison.Ordinal) ? await FetchLogAsync(WebVhDid.Parse(did)) : await FetchDocumentAsync(did, before);
            }
            catch (Refusal refusal)
            {
                kept = Failed(refusal);
            }

            lock (_lock) Keep(did, kept);
            return kept;
        }
        finally
        {
            lock (_lock) _flights.Remove(did);
        }
    }

    private async Task<Kept> FetchDocumentAsync(string did, Kept? before)
    {
        var result = await fetcher.FetchAsync(UrlOf(DidWeb.DocumentUrl(did)), DocumentTypes, DidWeb.MaxDocument);
        if (result.Fault is not null)
        {
            // Better old than nothing, until it is too old: only where its host fails, never where it says that there is none.
            if (before is { Document: not null } && !result.IsNotThere && time.GetElapsedTime(before.FetchedAt) is var age && age < LongestKept)
                return before with { ReadAt = time.GetTimestamp(), Life = Least(FailureKept, LongestKept - age), UsedAt = time.GetTimestamp() };
            throw Fault(result);
        }

        var document = DidWeb.Read(did, result.Body.Span);
        return New(Least(result.MaxAge ?? UsuallyKept, LongestKept)) with { Document = document, Bytes = result.Body.Length };
    }

    private async Task<Kept> FetchLogAsync(WebVhDid did)
    {
        var result = await fetcher.FetchAsync(UrlOf(did.LogUrl), LogTypes, WebVhLog.MaxLength);
        if (result.Fault is not null) throw Fault(result);
        var now = time.GetUtcNow();
        var log = WebVhLog.Read(result.Body.Span, now);
        byte[]? proofs = null;
        if (log.NeedsWitnessProofs)
        {
            var witnessed = await fetcher.FetchAsync(UrlOf(did.WitnessUrl), ProofTypes, WitnessProofs.MaxLength);
            if (witnessed.Fault is not null) throw Fault(witnessed);
            proofs = witnessed.Body.ToArray();
        }

        var history = log.Approved(proofs, now);
        CheckContinues(did, history);

        // A log that is another's, or whose newest entry is broken, may be mended any moment.
        var isGood = DidResolutionResult.Of(() => history.Resolve(did.ToString(), DidResolutionOptions.None)).Error is null;
        return New(isGood ? Least(TimeSpan.FromSeconds(history.Versions[^1].Active.Ttl), LongestKept) : FailureKept) with { History = history, Did = did.ToString(), Bytes = result.Body.Length + (proofs?.Length ?? 0) };
    }

    /// <summary>A log is the DID's own before anything is remembered of it: else another's could stand in its way.</summary>
    private void CheckContinues(WebVhDid did, WebVhHistory history)
    {
        if (history.Versions[0].Did.Scid != did.Scid) return;
        lock (_lock)
        {
            if (_last.TryGetValue(did.Scid, out var last) && !history.Versions.Any(version => version.VersionId == last.VersionId))
            {
                alarm($"The log of {did} was taken back: version {last.VersionId} was read before, and is not in it. What it says is not believed.");
                throw DidRefusal.InvalidDid("the log is not a continuation of the one that was read before");
            }

            if (last.VersionId is null && _last.Count >= MaxRemembered) _last.Remove(_last.MinBy(pair => pair.Value.At).Key);
            _last[did.Scid] = (history.Versions[^1].VersionId, time.GetTimestamp());
        }
    }

    /// <summary>A DID on the web means https; a server of this machine in development has none.</summary>
    private string UrlOf(string url) => loopback && new Uri(url).Host == "localhost" ? "http" + url["https".Length..] : url;

    private static Refusal Fault(FetchResult result) =>
        result.IsNotThere ? DidRefusal.NotFound("the host has no such DID") : DidRefusal.Unreachable($"the DID can't be fetched: {result.Detail}");

    private Kept New(TimeSpan life) => new(time.GetTimestamp(), time.GetTimestamp(), life) { UsedAt = time.GetTimestamp() };

    private Kept Failed(Refusal refusal) => New(FailureKept) with { Failure = refusal };

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Keeps one, and gives up those that were used longest ago until number and bytes fit.</summary>
    private void Keep(string did, Kept kept)
    {
        Drop(did);
        _kept.Add(did, kept);
        _bytes += kept.Bytes;
        while (_kept.Count > MaxKept || _bytes > MaxBytes) Drop(_kept.MinBy(pair => pair.Value.UsedAt).Key);

        void Drop(string dropped)
        {
            if (_kept.Remove(dropped, out var old)) _bytes -= old.Bytes;
        }
    }

    /// <summary>What is known of a DID: its document, its history, or why there is neither.</summary>
    /// <param name="FetchedAt">When it was fetched.</param>
    /// <param name="ReadAt">From when on its life counts.</param>
    /// <param name="Life">For how long it is used without asking again.</param>
    private sealed record Kept(long FetchedAt, long ReadAt, TimeSpan Life)
    {
        public DidDocument? Document { get; init; }

        public WebVhHistory? History { get; init; }

        public string Did { get; init; } = "";

        public Refusal? Failure { get; init; }

        public long Bytes { get; init; }

        public long UsedAt { get; set; }

        public DidResolutionResult Resolve(DidResolutionOptions options) => DidResolutionResult.Of(() =>
            Failure is not null ? throw Failure
            : History is not null ? History.Resolve(Did, options)
            : options.NamesVersion ? throw DidResolver.NoVersions()
            : DidResolutionResult.Found(options.ExpandRelativeUrls ? Document!.Expanded() : Document!.Json.DeepClone().AsObject(), new()));
    }
}
