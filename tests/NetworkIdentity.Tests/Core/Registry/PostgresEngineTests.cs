using System.Data.Common;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;
using Npgsql;

namespace NetworkIdentity.Tests.Core.Registry;

/// <summary>What is PostgreSQL's alone: contention, connections that end, and settings that would lose what was acknowledged.</summary>
public sealed class PostgresEngineTests : IDisposable
{
    private readonly string _connection = TestPostgres.Shared.NewDatabase();

    public void Dispose() => TestPostgres.Shared.Drop(_connection);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F7_two_servers_that_race_for_slots_nonces_and_codes_give_each_once(bool isStricter)
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port) { IsStricter = isStricter };
        var behind = _connection.Replace($"Port={TestPostgres.Shared.Port}", $"Port={road.Port}", StringComparison.Ordinal);
        await using var one = Database.Open(behind, TimeProvider.System);
        await using var other = Database.Open(behind, TimeProvider.System);
        for (var id = 0; id < 20; id++)
            await one.CommitAsync(AuthorizationCodes.Insert(new() { CodeDigest = $"{id}", SessionId = "s", ClientId = "c", RedirectUri = "r", Scope = "openid", CreatedAt = 1, ExpiresAt = 2 }));

        // Each of 20 things is wanted ten times, at both, and with it a row of who had it.
        var wanted = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var (at, id) = (i % 2 == 0 ? one : other, i / 10);
            return (
                Slot: await at.CommitAsync(StatusLists.Take("list", id, $"by {i}"), Spent.Use("slot", $"{i}", 1)),
                Nonce: await at.CommitAsync(Spent.Use("nonce", $"{id}", 1), Spent.Use("nonce by", $"{i}", 1)),
                Code: await at.CommitAsync(AuthorizationCodes.Spend($"{id}", 1), Spent.Use("code", $"{i}", 1)));
        })));
        Assert.Equal((20, 20, 20), (wanted.Count(w => w.Slot is null), wanted.Count(w => w.Nonce is null), wanted.Count(w => w.Code is null)));
        Assert.All(wanted, w => Assert.True(w is { Slot: null or "slot", Nonce: null or "nonce", Code: null or "spent" }));
        foreach (var kind in (string[])["slot", "nonce", "nonce by", "code"]) Assert.Equal(20, Count($"spent WHERE kind = '{kind}'"));
    }

    [Fact]
    public async Task F7_attempts_that_race_on_a_stricter_engine_are_all_counted_and_no_more()
    {
        using var road = new TcpProxy(TestPostgres.Shared.Port) { IsStricter = true };
        var behind = _connection.Replace($"Port={TestPostgres.Shared.Port}", $"Port={road.Port}", StringComparison.Ordinal);
        await using var one = Database.Open(behind, TimeProvider.System);
        await using var other = Database.Open(behind, TimeProvider.System);
        await one.CommitAsync(Offers.Insert(new()
        {
            Id = "o",
            MemberId = "m",
            Type = "t",
            Claims = [],
            Code = [],
            CodeDigest = "c",
            TxCodeDigest = "x",
            CreatedAt = 1,
            ExpiresAt = 2,
        }));
        var counted = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).CommitAsync(Offers.CountAttempt("o")))));
        Assert.Equal(5, counted.Count(broken => broken is null));
        Assert.Equal(55, counted.Count(broken => broken == "attempts"));
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task What_other_servers_were_in_the_way_of_is_tried_again_and_at_last_given_up(string code)
    {
        Raise(code, times: 3);
        await using var database = Database.Open(_connection, TimeProvider.System);
        Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
        Assert.Equal(4, Tries());

        Raise(code, times: 1000);
        var failure = await Assert.ThrowsAsync<PostgresException>(() => database.CommitAsync(Spent.Use("thing", "b", 1)));
        Assert.True(DatabaseFault.IsPassing(failure));
        Assert.Equal(10, Tries());
        Assert.Equal(1, Count("spent"));
    }

    [Fact]
    public async Task Two_that_wait_for_each_other_are_not_both_lost()
    {
        await using var database = Database.Open(_connection, TimeProvider.System);
        await database.CommitAsync(Spent.Use("thing", "a", 1), Spent.Use("thing", "b", 1));
        using var other = TestStore.Connect(_connection);
        other.Execute("BEGIN; SET LOCAL deadlock_timeout = '30s'; UPDATE spent SET expires_at = 2 WHERE id = 'a'");
        var act = database.CommitAsync(Touch("b"), Touch("a"));
        await Task.Delay(300);
        await other.ExecuteAsync("UPDATE spent SET expires_at = 2 WHERE id = 'b'"); // Waits for the act, until the act is ended for it.
        other.Execute("COMMIT");
        Assert.Null(await act);
        Assert.Equal(2, Count("spent WHERE expires_at = 3"));
    }

    [Fact]
    public async Task A_connection_that_ended_in_the_pool_is_no_failure_of_an_act()
    {
        await using var database = Database.Open(_connection, TimeProvider.System);
        Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
        TestPostgres.Shared.Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{new NpgsqlConnectionStringBuilder(_connection).Database}'");
        Assert.Null(await database.CommitAsync(Spent.Use("thing", "b", 1)));
    }

    [Fact]
    public async Task A_pool_whose_connections_are_all_taken_says_so_in_good_time()
    {
        await using var database = Database.Open(_connection + ";Maximum Pool Size=2;Timeout=3", TimeProvider.System);
        var released = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 2).Select(_ => database.ReadAsync(async connection =>
        {
            await released.Task;
            return 0;
        })).ToList();
        var failure = await Assert.ThrowsAnyAsync<DbException>(() => database.CommitAsync(Spent.Use("thing", "a", 1)));
        Assert.True(DatabaseFault.IsPassing(failure));
        released.SetResult();
        await Task.WhenAll(readers);
        Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_cancelled_and_its_connection_is_good_again()
    {
        await using var database = Database.Open(_connection + ";Command Timeout=3;Maximum Pool Size=1", TimeProvider.System);
        using (new WriteLock(_connection))
        {
            var failure = await Assert.ThrowsAnyAsync<DbException>(() => database.CommitAsync(Spent.Use("thing", "a", 1)));
            Assert.True(DatabaseFault.IsPassing(failure));
        }

        Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
        Assert.Equal(1, Count("spent"));
    }

    [Fact]
    public async Task Statements_that_were_prepared_run_after_the_schema_has_changed()
    {
        await using var database = Database.Open(_connection + ";Max Auto Prepare=20;Auto Prepare Min Usages=1", TimeProvider.System);
        for (var round = 0; round < 3; round++)
        {
            Assert.Null(await database.CommitAsync(Spent.Use("thing", $"{round}", 1)));
            Assert.Null(await Offers.FindAsync(database, "none"));
            using var other = TestStore.Connect(_connection);
            other.Execute($"ALTER TABLE spent ADD COLUMN more_{round} TEXT; ALTER TABLE offer ADD COLUMN more_{round} TEXT");
        }
    }

    [Fact]
    public async Task An_act_after_the_end_is_turned_away()
    {
        var database = Database.Open(_connection, TimeProvider.System);
        await database.DisposeAsync();
        await Assert.ThrowsAsync<DatabaseBusyException>(() => database.CommitAsync(Spent.Use("thing", "a", 1)));
    }

    [Fact]
    public void A_database_that_acknowledges_what_it_may_lose_is_refused()
    {
        var name = new NpgsqlConnectionStringBuilder(_connection).Database!;
        TestPostgres.Shared.Execute($"ALTER DATABASE {name} SET synchronous_commit = off");
        Assert.Contains("synchronous_commit off", Assert.Throws<InvalidOperationException>(() => Database.Open(_connection, TimeProvider.System)).Message);
    }

    private static Statement Touch(string id) => new("UPDATE spent SET expires_at = 3 WHERE id = @id", new { id });

    /// <summary>The next inserts fail so, a number of times.</summary>
    private void Raise(string code, int times)
    {
        using var connection = TestStore.Connect(_connection);
        connection.Execute($"""
            DROP SEQUENCE IF EXISTS tries;
            CREATE SEQUENCE tries;
            CREATE OR REPLACE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'made to fail' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$;
            CREATE OR REPLACE TRIGGER refused BEFORE INSERT ON spent FOR EACH ROW EXECUTE FUNCTION refused()
            """);
    }

    private long Tries()
    {
        using var connection = TestStore.Connect(_connection);
        return connection.ExecuteScalar<long>("SELECT last_value FROM tries");
    }

    private long Count(string what)
    {
        using var connection = TestStore.Connect(_connection);
        return connection.ExecuteScalar<long>($"SELECT count(*) FROM {what}");
    }
}
