using System.Diagnostics;
using System.Security.Cryptography;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What a leaf of the public log costs: against the hash of its bytes, and against the issue that it is the leaf of.</summary>
internal sealed class LogMeasures(Func<string, string> folder, Options options, Action<string> say)
{
    private static readonly string Secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        await using var nation = await CoreNation.OpenAsync($"Data Source={Path.Combine(folder("log"), "netid.db")}", Secret);
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Keys);
        List<double> toHash = [], seconds = [], processor = [];
        var count = options.Count(1000);
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"the public log, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var requests = await nation.RequestsAsync(options.Count(200));
            var issue = await CostAsync(requests.Count, async () =>
            {
                foreach (var request in requests) await request();
            });
            await log.SequenceAsync();

            foreach (var batch in Enumerable.Range(0, count).Chunk(250))
                await nation.Database.CommitAsync([.. batch.Select(_ => Journal.Write("issue", RandomId.New(), "founder", "founding-1", 0, RandomId.Secret()))]);
            var size = (await log.HeadAsync())!.Size;
            var leaf = await CostAsync(count, log.SequenceAsync);
            var entries = (await Journal.SequencedAsync(nation.Database, size, size + count)).Select(LeafRecord.EntryOf).ToList();
            if (entries.Count != count) throw new InvalidOperationException("the leaves have no places");
            var hash = await CostAsync(count, () =>
            {
                foreach (var entry in entries) SHA256.HashData(entry);
                return Task.CompletedTask;
            });
            if (round == 0) continue;
            toHash.Add(leaf.Seconds / hash.Seconds);
            seconds.Add(leaf.Seconds / issue.Seconds);
            processor.Add(leaf.Processor / issue.Processor);
        }

        return
        [
            new($"the public log: a leaf placed, {count:N0} together", "SHA-256 of as many bytes", [new("time", toHash)]),
            new($"the public log: a leaf placed, {count:N0} together", "the issue that it is of, one at once", [new("time", seconds), new("processor time", processor)]),
        ];
    }

    private static async Task<(double Seconds, double Processor)> CostAsync(int count, Func<Task> work)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await work();
        return (watch.Elapsed.TotalSeconds / count, (Environment.CpuUsage.TotalTime - before).TotalSeconds / count);
    }
}
