using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Dapper;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A steady mixed load for an hour: members join, sign in, are revoked, and lists are fetched. What the server holds meanwhile must not grow.</summary>
internal sealed class Soak(string dll, Func<string, string> folder, Options options, Action<string> say)
{
    private const int Members = 32;
    private const int ActsPerSecond = 20;

    /// <summary>Rows that should have been swept: what was used is remembered for a day after it expired, tokens for an hour; the sweep comes each minute.</summary>
    private const string Overdue = """
        (SELECT count(*) FROM spent WHERE expires_at < @now - 24 * 3600 - 180) + (SELECT count(*) FROM access_token WHERE expires_at < @now - 3600 - 180)
            + (SELECT count(*) FROM sign_in WHERE expires_at < @now - 3600 - 180)
        """;

    /// <summary>The write-ahead log is emptied from a thousand pages on; it may come this far before that is done.</summary>
    private const double LogBound = 16 << 20;

    private readonly ConcurrentQueue<(string Id, string ListId)> _inForce = new();
    private readonly Dictionary<string, List<(double At, double Value)>> _series = [];
    private readonly SemaphoreSlim _room = new(32);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private Exception? _failure;
    private int _done;
    private int _turnedAway;
    private long _overdue;
    private long _longestLog;

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        await using var server = await NationServer.FoundAsync(dll, folder("soak"), Members);
        await server.StartAsync(null);
        await server.BecomeMembersAsync(Members);
        await using var nation = await server.OpenAsync();
        foreach (var record in await nation.IssueAsync(Members)) _inForce.Enqueue((record.Id, record.ListId));

        var (length, pause) = (TimeSpan.FromMinutes(options.Minutes), TimeSpan.FromSeconds(options.Minutes * 60 / 120));
        say($"soak: {options.Minutes.ToString(CultureInfo.InvariantCulture)} minutes, {ActsPerSecond} acts a second");
        _watch.Restart();
        var samples = SampleAsync(server, nation, length, pause);
        using (var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ActsPerSecond)))
        {
            for (var act = 0; _watch.Elapsed < length && _failure is null; act++)
            {
                await beat.WaitForNextTickAsync();
                if (await _room.WaitAsync(0)) _ = DoAsync(server, nation, act);
                else _turnedAway++;
            }
        }

        await samples;
        for (var i = 0; i < 32; i++) await _room.WaitAsync();
        if (_failure is not null) throw new InvalidOperationException("the soak met a failure", _failure);
        say($"soak: {_done} acts were done; {_turnedAway} beats found all hands busy");
        if (_overdue > 0) throw new InvalidOperationException($"{_overdue} rows were there that are past their time");
        return
        [
            .. _series.Select(pair => RowOf(pair.Key, pair.Value)),
            new("soak: the write-ahead log at its longest", "16 MiB", [new("growth", [_longestLog / LogBound])], "1 or less"),
        ];
    }

    private async Task DoAsync(NationServer server, CoreNation nation, int act)
    {
        try
        {
            switch (act % 10)
            {
                case 0 or 1 or 2 or 3:
                    await server.SignInAsync(act);
                    break;
                case 4 or 5 or 6:
                    await server.TakeAsync((await nation.OfferAsync(1))[0]);
                    break;
                case 7:
                    foreach (var record in await nation.IssueAsync(1)) _inForce.Enqueue((record.Id, record.ListId));
                    if (_inForce.TryDequeue(out var ended)) await nation.Revoker.RevokeAsync(ended.Id, "a soak");
                    break;
                default:
                    if (_inForce.TryPeek(out var any)) await server.Traffic.GetAsync($"{server.Issuer}/status/{any.ListId}");
                    break;
            }

            Interlocked.Increment(ref _done);
        }
        catch (Exception exception)
        {
            _failure ??= exception;
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task SampleAsync(NationServer server, CoreNation nation, TimeSpan length, TimeSpan pause)
    {
        using var beat = new PeriodicTimer(pause);
        for (var at = 1; await beat.WaitForNextTickAsync() && _watch.Elapsed < length && _failure is null; at++)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            _overdue += await nation.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT {Overdue}", new { now }));
            var log = new FileInfo(Path.Combine(folder("soak"), "netid.db-wal"));
            Keep("resident memory", server.Child.Resident);
            Keep("handles", server.Child.Handles);
            Keep("threads", server.Child.Threads);
            _longestLog = Math.Max(_longestLog, log.Exists ? log.Length : 0);
            if (at % 10 == 0) say($"soak: {string.Join(", ", _series.Select(pair => $"{pair.Key} {pair.Value[^1].Value:N0}"))}, rows past their time {_overdue}, the longest write-ahead log {_longestLog:N0}");
        }
    }

    private void Keep(string what, double value)
    {
        if (!_series.TryGetValue(what, out var values)) _series.Add(what, values = []);
        values.Add((_watch.Elapsed.TotalHours, value));
    }

    /// <summary>The last quarter against the second, for the first is warming up; and the straight line through the last half.</summary>
    private Row RowOf(string what, List<(double At, double Value)> values)
    {
        var quarter = Math.Max(1, values.Count / 4);
        var ratio = Statistics.Median(values.TakeLast(quarter).Select(one => one.Value)) / Statistics.Median(values.Skip(quarter).Take(quarter).Select(one => one.Value));
        var settled = values.TakeLast(Math.Max(2, values.Count / 2)).ToList();
        var (at, mean) = (settled.Average(one => one.At), settled.Average(one => one.Value));
        var slope = settled.Sum(one => (one.At - at) * (one.Value - mean)) / settled.Sum(one => (one.At - at) * (one.At - at));
        say($"soak: {what}: {(ratio <= 1.1 ? "flat" : "NOT FLAT")}, {(slope / mean).ToString("+0.0%;-0.0%", CultureInfo.InvariantCulture)} an hour over the last half");
        return new($"soak: {what}, the last quarter of {options.Minutes.ToString(CultureInfo.InvariantCulture)} minutes", "the second quarter", [new("growth", [ratio])], "1.1 or less");
    }
}
