using System.Diagnostics;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What came of doing something often, so many at once.</summary>
/// <param name="PerSecond">How many were done in a second.</param>
/// <param name="P50">Half took no longer, in milliseconds.</param>
/// <param name="P99">All but a hundredth took no longer, in milliseconds.</param>
/// <param name="ServerSeconds">Processor time of the server for one, in seconds.</param>
internal sealed record Load(double PerSecond, double P50, double P99, double ServerSeconds)
{
    /// <summary>Does all of it, so many at once; the next begins when one ends.</summary>
    public static async Task<Load> RunAsync(IReadOnlyList<Func<Task>> acts, int atOnce, Child server)
    {
        var took = new double[acts.Count];
        var next = -1;
        var before = server.Seconds;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < acts.Count; i = Interlocked.Increment(ref next))
            {
                var began = watch.Elapsed;
                await acts[i]();
                took[i] = (watch.Elapsed - began).TotalMilliseconds;
            }
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        return new(acts.Count / elapsed, Statistics.Percentile(took, 50), Statistics.Percentile(took, 99), (server.Seconds - before) / acts.Count);
    }

    /// <summary>Begins so many a second, whether or not those before have ended; each is timed from when it was to begin.</summary>
    public static async Task<Load> PacedAsync(IReadOnlyList<Func<Task>> acts, double perSecond, Child server)
    {
        var took = new double[acts.Count];
        var before = server.Seconds;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, acts.Count).Select(i => Task.Run(async () =>
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed);
            await acts[i]();
            took[i] = (watch.Elapsed - due).TotalMilliseconds;
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        return new(acts.Count / elapsed, Statistics.Percentile(took, 50), Statistics.Percentile(took, 99), (server.Seconds - before) / acts.Count);
    }

    /// <summary>Two phases of the same thing, as one: the throughput of both in turn, and the sums of their times.</summary>
    public static Load operator +(Load one, Load other) => new(
        1 / ((1 / one.PerSecond) + (1 / other.PerSecond)), one.P50 + other.P50, one.P99 + other.P99, one.ServerSeconds + other.ServerSeconds);
}
