using BenchmarkDotNet.Attributes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Benchmarks;

/// <summary>256 durable acts (WAL, synchronous=FULL): one after the other, and from 64 clients that share commits.</summary>
public class CommitBenchmarks
{
    private const int Acts = 256;

    private readonly string _folder = Directory.CreateTempSubdirectory("netid-bench-").FullName;
    private Database _database = null!;

    [GlobalSetup]
    public void Open() => _database = Database.Open($"Data Source={Path.Combine(_folder, "bench.db")}", TimeProvider.System);

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Acts, Description = "a commit for each act")]
    public async Task OneByOneAsync()
    {
        for (var i = 0; i < Acts; i++) await ActAsync();
    }

    [Benchmark(OperationsPerInvoke = Acts, Description = "64 clients, grouped commits")]
    public Task GroupedAsync() => Parallel.ForAsync(0, Acts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => await ActAsync());

    private Task<string?> ActAsync() => _database.CommitAsync(
        Spent.Use(Spent.CredentialNonce, RandomId.New(), 4_000_000_000), Journal.Write("bench", "nothing", "benchmark", null, 0));
}
