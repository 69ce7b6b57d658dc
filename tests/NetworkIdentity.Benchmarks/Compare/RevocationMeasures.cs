using System.Collections.Concurrent;
using System.Diagnostics;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>From the answer to a revocation until a status list that is fetched anew says so, on every server: two on one PostgreSQL, or one on SQLite where that is absent.</summary>
internal sealed class RevocationMeasures(string dll, Func<string, string> folder, Options options, Action<string> say)
{
    private static readonly TimeSpan Aim = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Longer than a list is published apart, so that revocations come at any moment of that.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<long, TimeSpan> _revokedAt = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        using var cluster = PostgresCluster.IsThere ? new PostgresCluster() : null;
        if (cluster is null) say("revoked: PostgreSQL is absent; one server on SQLite it is");
        var count = options.Count(500);
        await using var server = await NationServer.FoundAsync(dll, folder("revoked"), 0, cluster?.NewDatabase());
        await server.StartAsync(null);
        var urls = new List<string> { server.Issuer };
        if (cluster is not null) urls.Add($"http://localhost:{Ports.Free()}");
        await using var other = urls.Count > 1 ? await server.StartAnotherAsync(urls[1]) : null;
        await using var nation = await server.OpenAsync();
        await nation.IssueAsync(1); // Opens the list: those who come first at once may open one each.
        var records = await nation.IssueAsync(count);
        if (records.Select(record => record.ListId).Distinct().Count() != 1) throw new InvalidOperationException("the credentials are in several lists");

        say($"revoked: {count} revocations, {urls.Count} servers");
        var seeing = urls.Select(url => SeeAsync(server.Traffic, $"{url}/status/{records[0].ListId}", count)).ToList();
        foreach (var record in records)
        {
            await nation.Revoker.RevokeAsync(record.Id, "a benchmark");
            _revokedAt[record.Idx] = _watch.Elapsed;
            await Task.Delay(options.IsSmoke ? TimeSpan.FromMilliseconds(1) : Spread / count);
        }

        var took = await Task.WhenAll(seeing);
        return [.. took.Select((all, at) => new Row(
            $"revoked to refused: server {at + 1} of {urls.Count} on {(cluster is null ? "SQLite" : "PostgreSQL")}, {count} revocations", "10 seconds",
            [new("p50", [Statistics.Median(all) / Aim.TotalSeconds]), new("p99", [Statistics.Percentile(all, 99) / Aim.TotalSeconds])], "1 or less"))];
    }

    /// <summary>Fetches a list over and over; returns how many seconds each revocation took to be in it.</summary>
    private async Task<List<double>> SeeAsync(Traffic traffic, string url, int count)
    {
        var seen = new Dictionary<long, double>();
        while (seen.Count < count)
        {
            // What was revoked before this moment and is not in the list that is fetched now is not refused yet.
            var text = await traffic.GetAsync(url);
            var fetched = _watch.Elapsed;
            var list = ListOf(text);
            foreach (var (index, revokedAt) in _revokedAt)
            {
                if (seen.ContainsKey(index)) continue;
                if (list.Get(index) == TokenStatus.Invalid) seen.Add(index, Math.Max(0, (fetched - revokedAt).TotalSeconds));
                else if (fetched - revokedAt > Patience) throw new TimeoutException($"{url} does not say what was revoked a minute ago");
            }

            await Task.Delay(50);
        }

        return [.. seen.Values];
    }

    private static StatusList ListOf(string token)
    {
        var list = Jws.Parse(token).Claims().RequiredObject("status_list");
        return StatusList.Decode(list.RequiredString("lst"), (int)list.RequiredInt64("bits"), StatusList.MaxBytes);
    }
}
