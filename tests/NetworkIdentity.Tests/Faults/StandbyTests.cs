using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;
using Npgsql;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A synchronous standby takes over with nothing acknowledged lost.</summary>
[Trait("Engine", "PostgreSQL")]
public sealed class StandbyTests
{
    [Fact]
    public async Task F5_a_primary_that_is_killed_loses_nothing_and_servers_go_on_with_the_standby()
    {
        using var primary = new TestPostgres();
        using var standby = primary.AddSynchronousStandby();
        var alone = new NpgsqlConnectionStringBuilder(primary.NewDatabase());
        var both = new NpgsqlConnectionStringBuilder(alone.ConnectionString)
        {
            Host = $"127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}", // The standby first: it must not be taken for the one that is written to.
            TargetSessionAttributes = "primary",
        }.ConnectionString;
        await using var server = await TestServer.StartAsync(change: settings => settings with { ConnectionString = both });
        await using var beside = await server.StartBesideAsync();
        var run = new IssuingRun(people: 6, server, beside);
        await run.MoreAsync(30);
        primary.Kill();
        await Task.Delay(500);
        standby.Promote();
        await run.MoreAsync(30);
        await run.EndAsync();
        Assert.NotEqual(0, run.Unavailable);
        run.HoldsAll(standby.ConnectionString(alone.Database!));

        // Also the log: no server remembers more of it than the standby has.
        await server.Nation.Log.SequenceAsync();
        await using var restarted = await beside.StartBesideAsync();
        Assert.Empty((await Ledger.LogAudit.RunAsync(restarted.Nation.Database, restarted.Nation.Log)).Faults);
    }

    [Fact]
    public void F20_a_standby_is_never_read_from()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Database.Open("Host=a,b;Target Session Attributes=prefer-standby", TimeProvider.System));
        Assert.Contains("must be primary", refused.Message);
    }
}
