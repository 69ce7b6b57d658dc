using System.Diagnostics;
using System.Security.Cryptography;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>The act of an issue, as it is committed: the nonce, the slot, the record and the journal row, of the sizes that they have; and clients that commit such.</summary>
internal static class ActLoad
{
    private const string List = "benchmark";

    private static int _slot;

    /// <summary>One act, with ids of its own.</summary>
    public static Statement[] Act()
    {
        var (id, slot) = (RandomId.New(), (long)Interlocked.Increment(ref _slot));
        return
        [
            Spent.Use(Spent.CredentialNonce, RandomId.New(), 4_000_000_000),
            StatusLists.Take(List, slot, id),
            Credentials.Insert(new Credentials.Row
            {
                Id = id,
                MemberId = RandomId.New(),
                OfferId = RandomId.New(),
                Ordinal = 0,
                Type = "membership",
                Format = "dc+sd-jwt",
                ListId = List,
                Idx = slot,
                Kid = "benchmark",
                HolderThumbprint = RandomId.Secret(),
                ToBeSigned = RandomNumberGenerator.GetBytes(1500),
                ToBeSignedDigest = RandomId.Secret(),
                Disclosures = RandomNumberGenerator.GetBytes(600),
                NotificationId = RandomId.New(),
                RecordedAt = 0,
                IssuedAt = 0,
                ExpiresAt = 4_000_000_000,
            }),
            Journal.Write("issue", id, "benchmark", "founding-1", 0, RandomId.Secret()),
        ];
    }

    /// <summary>Commits so many acts from so many clients, each of which begins its next when one is durable.</summary>
    /// <returns>Acts a second, and how long each took, in milliseconds.</returns>
    public static async Task<(double PerSecond, double[] Took)> RunAsync(int acts, int clients, Func<Statement[], Task<string?>> commit)
    {
        var made = Enumerable.Range(0, acts).Select(_ => Act()).ToArray();
        var took = new double[acts];
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < acts; i = Interlocked.Increment(ref next))
            {
                var began = watch.Elapsed;
                if (await commit(made[i]) is { } broken) throw new InvalidOperationException($"an act broke: {broken}");
                took[i] = (watch.Elapsed - began).TotalMilliseconds;
            }
        })));
        return (acts / watch.Elapsed.TotalSeconds, took);
    }
}
