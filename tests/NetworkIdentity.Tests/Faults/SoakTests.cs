using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>Mixed load leaves nothing behind but what is to be kept (F18). Twelve seconds of it in the suite, <c>NETID_TEST_SOAK_SECONDS</c> where set.</summary>
public sealed class SoakTests
{
    /// <summary>What acts of the nation leave for good. Every other table is to be as it was once what is in it has expired.</summary>
    private static readonly string[] Kept =
    [
        "credential", "did_entry", "journal", "log_head", "log_tile", "member", "migration", "nation", "node", "partner", "signing_key", "status_list", "status_publication",
        "status_slot", "steward",
    ];

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("NETID_TEST_SOAK_SECONDS") ?? "12");

    [Fact]
    public async Task F18_no_row_stays_that_has_expired()
    {
        await using var server = await TestServer.StartAsync();
        var before = await RowsAsync();
        var wallet = await server.MemberAsync();
        var (client, secret) = await server.RegisterAsync();
        for (var turn = 0; turn < 3; turn++)
        {
            // To the end, given up at the page, given up at the wallet, and joined half.
            await (await OpenAsync()).SignInAsync(wallet);
            await OpenAsync();
            await wallet.FetchAsync((await OpenAsync()).CrossDeviceLink);
            await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: true);
            await TestIssuance.BeginAsync(server);
            await server.MemberAsync();
        }

        var during = await RowsAsync();
        Assert.InRange(during.Values.Sum() - before.Values.Sum(), 20, long.MaxValue);
        server.Time.Move(TimeSpan.FromDays(40));
        foreach (var statement in Sweeper.At(server.Time.GetUtcNow().ToUnixTimeSeconds(), server.Settings.Retention))
            while (await server.Nation.Database.CommitAsync(statement) is null) await Task.Yield();
        Assert.Equal(before, await RowsAsync());

        async Task<TestSignIn> OpenAsync()
        {
            var world = new TestSignIn(server, client, secret, "https://app.example/callback");
            await world.OpenAsync();
            return world;
        }

        Task<SortedDictionary<string, long>> RowsAsync() => server.Nation.Database.ReadAsync(async connection =>
        {
            var tables = await connection.QueryAsync<string>(TestPostgres.IsEngine
                ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'");
            var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var table in tables.Except(Kept)) rows[table] = await CountAsync(table == "offer" ? "offer WHERE redeemed_at IS NULL" : table);
            return rows;

            Task<long> CountAsync(string what) => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {what}");
        });
    }

    [Fact]
    public async Task F18_memory_and_handles_stay_flat_under_mixed_load()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is absent");
        await using var server = await TestServer.StartAsync();
        var (client, secret) = await server.RegisterAsync();
        var address = $"http://localhost:{TestServer.FreePort()}";

        // The collector is told to give back what is free at once: what then grows is held.
        await using var running = await NetidProcess.Beside(server)
            .With(("NETID__Urls", address), ("DOTNET_gcServer", "0"), ("DOTNET_GCConserveMemory", "9"), ("DOTNET_TieredPGO", "0")).ServeAsync();
        var acts = 0;
        do await LoadAsync(Seconds / 3.0);
        while (acts < 100);
        var (warm, done) = (running.Usage(), acts);
        await LoadAsync(Seconds * 2 / 3.0);
        var end = running.Usage();
        TestContext.Current.TestOutputHelper!.WriteLine($"{done} acts: {warm}; {acts} acts: {end}");
        Assert.InRange(acts, done + (Seconds * 2), int.MaxValue);
        Assert.InRange(end.Handles, 0, warm.Handles + 30);
        Assert.InRange(end.Megabytes, 0, warm.Megabytes * 5 / 4);

        async Task LoadAsync(double seconds)
        {
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                while (!over.IsCancellationRequested)
                {
                    using var http = TestServer.NewBrowser();
                    var wallet = new TestWallet(http, server.Issuer, address, server.Time);
                    var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
                    await wallet.TakeAsync(made.Id);
                    var list = NetworkIdentity.Standards.StatusLists.StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Credential).IssuerSigned.Claims())!.Uri;
                    foreach (var path in (string[])["/", "/jwks", "/no-such-page", new Uri(list).AbsolutePath])
                        using (await http.GetAsync(address + path)) Interlocked.Increment(ref acts);
                    using (await wallet.RedeemAsync("no-such-code")) Interlocked.Increment(ref acts);
                    var authorize = new TestSignIn(server, client, secret, "https://app.example/callback").AuthorizeUrl();
                    using (await http.GetAsync(address + new Uri(authorize).PathAndQuery)) Interlocked.Increment(ref acts);
                }
            }));
        }
    }
}
