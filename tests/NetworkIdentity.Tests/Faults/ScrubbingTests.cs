using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>What was overwritten is said to be gone only where nobody may read it any more: no reader, no transaction that waits to be committed, no standby.</summary>
[Trait("Engine", "PostgreSQL")]
public sealed class ScrubbingTests
{
    [Fact]
    public async Task I12_old_rows_are_not_said_to_be_gone_while_somebody_may_read_them()
    {
        using var primary = new TestPostgres("max_prepared_transactions = 4");
        var connectionString = primary.NewDatabase();
        await using var database = Database.Open(connectionString, TimeProvider.System);
        using var other = TestStore.Connect(connectionString);
        Assert.True(await GoneAsync());

        // Who reads as it was.
        other.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
        other.Execute("SELECT count(*) FROM spent");
        Assert.False(await GoneAsync());
        other.Execute("COMMIT");
        Assert.True(await GoneAsync());

        // A transaction that is prepared, and that no connection holds.
        other.Execute("BEGIN; INSERT INTO spent (kind, id, expires_at) VALUES ('thing', 'of the prepared one', 1); PREPARE TRANSACTION 'left'");
        Assert.False(await GoneAsync());
        other.Execute("ROLLBACK PREPARED 'left'");
        Assert.True(await GoneAsync());

        // A standby that is away: what its readers saw is kept for it.
        primary.Execute("SELECT pg_create_physical_replication_slot('standby', true)");
        using (var standby = primary.AddSynchronousStandby())
        {
            primary.Set("synchronous_standby_names = ''");
            foreach (var setting in (string[])["primary_slot_name = 'standby'", "hot_standby_feedback = on", "wal_receiver_status_interval = 1"]) standby.Set(setting);
            using var reader = TestStore.Connect(standby.ConnectionString(other.Database));
            reader.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
            reader.Execute("SELECT count(*) FROM spent");
            for (var tries = 0; other.ExecuteScalar<long>("SELECT count(xmin) FROM pg_replication_slots") == 0; tries++)
            {
                Assert.True(tries < 300, "the standby never said what it reads");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            standby.Kill();
        }

        Assert.False(await GoneAsync());
        for (var tries = 0; other.ExecuteScalar<bool>("SELECT active FROM pg_replication_slots") && tries < 300; tries++) await Task.Delay(100, TestContext.Current.CancellationToken);
        primary.Execute("SELECT pg_drop_replication_slot('standby')");
        Assert.True(await GoneAsync());

        async Task<bool> GoneAsync()
        {
            Assert.Null(await database.CommitAsync(Spent.Use("thing", RandomId.New(), 1)));
            return await database.ScrubAsync("spent");
        }
    }
}
