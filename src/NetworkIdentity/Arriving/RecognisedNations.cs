using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Arriving;

/// <summary>Those whom this nation recognises, as a station at a door takes them along: their certificates, and the status lists that they have in use.</summary>
/// <remarks>
/// It is found out beside (<see cref="RenewAsync"/>), so that nobody who fetches the bundle waits for another's host. The lists are those of the other's own trust bundle, which it signed: one fetch tells
/// which are in use. What was found stands for <see cref="LongestKept"/> while the other's host is down, and a list until its own end; none goes back in time.
/// </remarks>
/// <param name="register">Whom the nation recognises.</param>
/// <param name="fetcher">The way out.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told what an operator should look at.</param>
public sealed class RecognisedNations(RecognitionRegister register, Fetcher fetcher, TimeProvider time, Action<string> alarm) : IDisposable
{
    /// <summary>How often each is asked.</summary>
    public static readonly TimeSpan Interval = TrustBundle.Renewed;

    /// <summary>How soon one is asked again that did not say all.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <summary>How long another's certificates are believed that could not be looked up again.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What is known of a nation, by its DID.</summary>
    /// <param name="AskedAt">When it was last asked.</param>
    /// <param name="IsWhole">Whether it said all then.</param>
    /// <param name="Certificates">Those of its DID; null where they were never had.</param>
    /// <param name="SeenAt">When they were.</param>
    /// <param name="SaidAt">The <c>iat</c> of its bundle.</param>
    /// <param name="Lists">Its lists.</param>
    /// <param name="Fault">Why its last bundle was not taken, or one of its lists; null where all of it was, or none came yet.</param>
    private sealed record Found(
        long AskedAt, bool IsWhole, PublishedCertificates? Certificates, long SeenAt, DateTimeOffset SaidAt, IReadOnlyList<(string Uri, string Token, DateTimeOffset Ends)> Lists, string? Fault);

    /// <summary>Those who are recognised now. Who was not found out yet, or not for long, stands without a certificate: a station then knows that it is recognised, and asks.</summary>
    public async Task<IReadOnlyList<BundledIssuer>> ReadAsync()
    {
        await register.ReadAsync();
        var (now, all) = (time.GetUtcNow(), new List<BundledIssuer>());
        foreach (var of in Recognised())
        {
            var found = _found.GetValueOrDefault(of.Key) is { Certificates: not null } kept && time.GetElapsedTime(kept.SeenAt) < LongestKept ? kept : null;

            // Together until the first of them ends: the bundle is made anew then.
            var one = of.MinBy(each => each.Content.Ends)!;
            all.Add(new(one.Content.Issuer!, of.Key, found?.Certificates!.Roots ?? [], [.. of.SelectMany(each => each.Content.Types).Distinct().Order(StringComparer.Ordinal)], one.Content.Name, (one.Id, one.Content.Ends))
            {
                Leaves = found?.Certificates!.Leaves ?? [],
                Lists = [.. (found?.Lists ?? []).Where(list => list.Ends > now).Select(list => (list.Uri, list.Token))],
            });
        }

        return all;
    }

    /// <summary>Asks those whose turn it is, all at once.</summary>
    public async Task RenewAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await register.ReadAsync();
            var recognised = Recognised().ToDictionary(of => of.Key, of => of.First().Content.Issuer!);
            foreach (var did in _found.Keys.Except(recognised.Keys)) _found.TryRemove(did, out _);
            await Task.WhenAll(recognised.Where(one => IsDue(one.Key)).Select(one => AskAsync(one.Key, one.Value)));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private IEnumerable<IGrouping<string, RegisteredRecognition>> Recognised() => register.InForce(Recognition.ByUs).GroupBy(one => one.Content.Did!).DistinctBy(of => of.First().Content.Issuer);

    private bool IsDue(string did) => !_found.TryGetValue(did, out var found) || time.GetElapsedTime(found.AskedAt) >= (found.IsWhole ? Interval : Again);

    private async Task AskAsync(string did, string issuer)
    {
        // Noted first: whatever comes of it, it is asked again when it is its turn.
        var before = _found.GetValueOrDefault(did) ?? new(0, false, null, 0, DateTimeOffset.MinValue, [], null);
        var found = _found[did] = before with { AskedAt = time.GetTimestamp(), IsWhole = false };
        found = _found[did] = await FindAsync(issuer, found);
        if (found.Fault is not null && found.Fault != before.Fault)
            alarm($"of the trust bundle of {issuer} not all is taken: {found.Fault}. What was known of its lists stands until they end; then stations ask its members. docs/operating.md says what to do");
    }

    private async Task<Found> FindAsync(string issuer, Found found)
    {
        await register.PrepareAsync(issuer, null);
        if (register.CertificatesOf(issuer) is not { Unknown: null } certificates) return found;
        found = found with { Certificates = certificates, SeenAt = time.GetTimestamp() };
        var result = await fetcher.FetchAsync(new Nation("", issuer).Url(TrustBundle.Path), [TrustBundle.MediaType], TrustBundle.MaxLength);
        if (result.Fault is not null) return found;
        try
        {
            var now = time.GetUtcNow();
            var said = SignedStatement.Read(new IssuerCertificates(_ => [], certificates), Encoding.ASCII.GetString(result.Body.Span), TrustBundle.Type, issuer, now);
            if (said.OptionalTime("exp") is not { } end || end <= now) throw Refusal.Malformed("its time is over");
            var at = said.OptionalTime("iat")!.Value;
            return at < found.SaidAt ? found with { Fault = null } : Take(found with { SaidAt = at, Fault = null }, said, issuer, certificates, now);
        }
        catch (Refusal refusal)
        {
            return found with { Fault = refusal.Description };
        }
    }

    /// <summary>Takes its own lists, which it serves itself: whom it recognises is not recognised by that, and nobody's list stands in the way of another's. Where one is not good, what was known of it stands.</summary>
    private static Found Take(Found found, JsonObject bundle, string issuer, PublishedCertificates certificates, DateTimeOffset now)
    {
        var (trusted, lists, fault) = (new IssuerCertificates(_ => [], certificates), new List<(string Uri, string Token, DateTimeOffset Ends)>(), (string?)null);
        foreach (var one in (bundle["lists"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (one["uri"] is not JsonValue named || !named.TryGetValue<string>(out var uri) || !uri.StartsWith(new Nation("", issuer).Url("/"), StringComparison.Ordinal)) continue;
            try
            {
                var token = one.RequiredString("token");
                var read = StatusReader.Check(trusted, token, uri, issuer, now, SignedStatement.Skew);
                var end = read.IssuedAt + FetchedLists.LongestBelieved;
                lists.Add((uri, token, read.ExpiresAt < end ? read.ExpiresAt.Value : end));
            }
            catch (Refusal refusal)
            {
                fault ??= $"its list {uri}: {refusal.Description}";
                lists.AddRange(found.Lists.Where(before => before.Uri == uri));
            }
        }

        return found with { IsWhole = fault is null, Lists = lists, Fault = fault };
    }
}
