using System.Diagnostics;
using System.Net;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>PostgreSQL crashes, or the road to it is bad: what was acknowledged is kept, nothing is half there, and servers go on by themselves (F5, F6, F19).</summary>
[Trait("Engine", "PostgreSQL")]
public sealed class OutageTests
{
    [Fact]
    public async Task F5_a_crash_of_PostgreSQL_loses_nothing_that_was_acknowledged_and_servers_go_on_by_themselves()
    {
        using var postgres = new TestPostgres();
        await using var server = await StartAsync(postgres.NewDatabase());
        await using var beside = await server.StartBesideAsync();
        var run = new IssuingRun(people: 6, server, beside);
        for (var round = 0; round < 2; round++)
        {
            await run.MoreAsync(10);
            postgres.Stop("immediate");
            await Task.Delay(300);
            postgres.Start();
        }

        await run.MoreAsync(10);
        await run.EndAsync();
        Assert.NotEqual(0, run.Unavailable);
        run.HoldsAll(server.Settings.ConnectionString);
    }

    [Fact]
    public async Task F6_a_commit_whose_answer_is_lost_is_503_and_a_retry_gives_the_same_credential()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        await using var server = await StartAsync(Behind(road));
        var ready = await TestIssuance.BeginAsync(server);
        road.CutCommitOf("INSERT INTO credential", isHeard: true);
        await UnavailableAsync(await ready.RequestAsync());
        var record = Assert.Single(await ready.RecordsAsync());

        using var again = await ready.RequestAsync();
        var jwt = (await TestIssuance.CredentialsAsync(again))[0].Split('~')[0];
        Assert.Equal(System.Text.Encoding.ASCII.GetString(record.ToBeSigned), jwt[..jwt.LastIndexOf('.')]);
        Assert.Single(await ready.RecordsAsync());
        Assert.Equal(1, await server.CountAsync("status_slot"));
    }

    [Fact]
    public async Task F6_a_commit_that_the_database_never_heard_of_is_503_and_leaves_nothing()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        await using var server = await StartAsync(Behind(road));
        var ready = await TestIssuance.BeginAsync(server);
        road.CutCommitOf("INSERT INTO credential", isHeard: false);
        await UnavailableAsync(await ready.RequestAsync());
        Assert.Equal(0, await server.CountAsync("status_slot"));
        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task F6_connections_that_are_reset_or_cut_in_the_middle_of_a_message_lose_nothing_that_was_acknowledged()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        await using var server = await StartAsync(Behind(road));
        await using var beside = await server.StartBesideAsync();
        var run = new IssuingRun(people: 6, server, beside);
        for (var round = 0; round < 6; round++)
        {
            await run.MoreAsync(4);
            if (round % 2 == 0) road.Reset();
            else road.CutAfter(1000 * round);
        }

        await run.MoreAsync(10);
        await run.EndAsync();
        run.HoldsAll(server.Settings.ConnectionString);
    }

    [Fact]
    public async Task F6_a_black_hole_is_503_in_bounded_time_and_servers_go_on_when_it_closes()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        await using var server = await StartAsync(Behind(road) + ";Timeout=3;Command Timeout=3;Cancellation Timeout=500");
        var run = new IssuingRun(people: 6, server);
        await run.MoreAsync(10);
        var ready = await TestIssuance.BeginAsync(server);
        var nonce = await ready.Wallet.NonceAsync();
        var proof = await ready.Wallet.ProofAsync(nonce);

        road.OpenHole();
        var clock = Stopwatch.StartNew();
        await UnavailableAsync(await ready.Wallet.RequestCredentialAsync(ready.Token, proof));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
        await HealthAsync(server, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await HealthAsync(server, "/health/live", HttpStatusCode.OK);
        road.CloseHole();

        await run.MoreAsync(10);
        await run.EndAsync();
        await HealthAsync(server, "/health/ready", HttpStatusCode.OK);
        run.HoldsAll(server.Settings.ConnectionString);
        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task F19_with_half_a_second_for_each_statement_requests_end_and_the_server_stays_awake()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        await using var server = await StartAsync(Behind(road));
        var ready = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestIssuance.BeginAsync(server)));
        await HealthAsync(server, "/health/ready", HttpStatusCode.OK);

        road.Delay = TimeSpan.FromMilliseconds(500);
        using var over = new CancellationTokenSource();
        var slowest = TimeSpan.Zero;
        var watching = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var clock = Stopwatch.StartNew();
                await HealthAsync(server, "/health/live", HttpStatusCode.OK);
                if (clock.Elapsed > slowest) slowest = clock.Elapsed;
                await Task.Delay(50);
            }
        });

        // Those who take a credential, those who race for one, and many who only look.
        var looks = Enumerable.Range(0, 50).Select(_ => server.Http.GetAsync(server.Url($"/offer/{RandomId.New()}"))).ToList();
        var issued = ready.Select(one => one.RequestAsync()).ToList();
        var nonce = await ready[0].Wallet.NonceAsync();
        var racing = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            await ready[0].Wallet.RequestCredentialAsync(ready[0].Token, await ready[0].Wallet.ProofAsync(nonce, key: TestWallet.NewKey()))));
        foreach (var answer in (await Task.WhenAll(looks)).Concat(await Task.WhenAll(issued)).Concat(racing))
        {
            Assert.True(answer.StatusCode != HttpStatusCode.InternalServerError, await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) Assert.NotNull(answer.Headers.RetryAfter);
            answer.Dispose();
        }

        Assert.InRange(racing.Count(answer => answer.StatusCode == HttpStatusCode.OK), 0, 1);
        await over.CancelAsync();
        await watching;
        Assert.InRange(slowest.TotalSeconds, 0, 20);

        road.Delay = TimeSpan.FromSeconds(3);
        await HealthAsync(server, "/health/ready", HttpStatusCode.ServiceUnavailable);
        road.Delay = TimeSpan.Zero;
        await ready[1].RequestAsync();
        Assert.Single(await ready[1].RecordsAsync());
    }

    private static Task<TestServer> StartAsync(string connectionString) => TestServer.StartAsync(change: settings => settings with { ConnectionString = connectionString });

    private static string Behind(TcpProxy road) =>
        TestPostgres.Shared.NewDatabase().Replace($"Port={TestPostgres.Shared.Port}", $"Port={road.Port}", StringComparison.Ordinal);

    private static async Task UnavailableAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            await answer.RefusedAsync("temporarily_unavailable", HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    private static async Task HealthAsync(TestServer server, string path, HttpStatusCode expected)
    {
        using var answer = await server.Http.GetAsync(new Uri(server.Issuer + path));
        Assert.Equal(expected, answer.StatusCode);
    }
}
