using System.Data.Common;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Registry;

public sealed class DatabaseTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestStore _store = null!;
    private Database _database = null!;

    public ValueTask InitializeAsync()
    {
        _store = TestStore.New(_folder.Path);
        _database = Database.Open(_store.ConnectionString, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_act_whose_last_statement_fails_changes_nothing()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => _database.CommitAsync(Use("a"), Use("b"), Violating()));
        Assert.Equal(0, await CountAsync());
        Assert.Null(await _database.CommitAsync(Use("a"), Use("b")));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_broken_condition_undoes_its_own_act_and_is_named()
    {
        Assert.Null(await _database.CommitAsync(Use("a")));
        Assert.Equal("thing", await _database.CommitAsync(Use("b"), Use("a"), Use("c")));
        Assert.Equal("first", await _database.CommitAsync(Use("a") with { Condition = "first" }, Use("a") with { Condition = "second" }));
        Assert.Equal(1, await CountAsync());
        Assert.Null(await _database.CommitAsync(Use("b"), Use("c")));
    }

    [Fact]
    public async Task A_broken_condition_ends_its_act_before_what_stands_behind_it_can_fail()
    {
        Assert.Null(await _database.CommitAsync(Use("a")));
        Assert.Equal("thing", await _database.CommitAsync(Use("b"), Use("a"), Violating()));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_condition_can_be_how_many_rows_change()
    {
        Assert.Null(await _database.CommitAsync(Use("a"), Use("b")));
        var all = new Statement("UPDATE spent SET expires_at = 2 WHERE kind = 'thing'", new { }, "count", 3);
        Assert.Equal("count", await _database.CommitAsync(all));
        Assert.Null(await _database.CommitAsync(Use("c"), all));
    }

    [Fact]
    public async Task More_acts_than_may_wait_are_turned_away_and_those_that_wait_are_kept()
    {
        using var held = new WriteLock(_store.ConnectionString);
        var first = _database.CommitAsync(Use("the first to wait"));
        await Task.Delay(1500); // the writer has it, and waits for the lock
        var waiting = Enumerable.Range(0, Database.MaxWaiting).Select(i => _database.CommitAsync(Use($"act {i}"))).ToList();
        await Assert.ThrowsAsync<DatabaseBusyException>(() => _database.CommitAsync(Use("one too many")));
        held.Release();
        Assert.Null(await first);
        Assert.All(await Task.WhenAll(waiting), Assert.Null);
        Assert.Equal(Database.MaxWaiting + 1, await CountAsync());
    }

    [Fact]
    public async Task A_statement_without_a_condition_may_change_nothing()
    {
        Assert.Null(await _database.CommitAsync(Use("a"), new Statement("DELETE FROM spent WHERE id = @id", new { id = "none" })));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Acts_that_wait_together_share_one_commit_and_none_is_answered_before_it()
    {
        var before = Commits();
        using var held = new WriteLock(_store.ConnectionString);
        var answers = Enumerable.Range(0, 200).Select(i => KeptAsync($"act {i}")).ToList();
        await Task.Delay(200);
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);

        held.Release();
        Assert.All(await Task.WhenAll(answers), Assert.True);
        Assert.Equal(200, await CountAsync());

        // The first group was what had come when the writer looked; all the others are in the next.
        Assert.InRange(Commits() - before, 1, 2);

        async Task<bool> KeptAsync(string id)
        {
            Assert.Null(await _database.CommitAsync(Use(id)));
            using var other = _store.Connect();
            return other.ExecuteScalar<long>("SELECT count(*) FROM spent WHERE id = @id", new { id }) == 1;
        }
    }

    [Fact]
    public async Task Of_many_acts_in_one_commit_those_that_break_or_fail_leave_the_others_alone()
    {
        Assert.Null(await _database.CommitAsync(Use("taken")));
        using var held = new WriteLock(_store.ConnectionString);
        var first = _database.CommitAsync(Use("the first to wait"));
        var good = Enumerable.Range(0, 5).Select(i => _database.CommitAsync(Use($"good {i}"))).ToList();
        var broken = _database.CommitAsync(Use("undone 1"), Use("taken"));
        var constraint = _database.CommitAsync(Use("undone 2"), Violating());
        var syntax = _database.CommitAsync(Use("undone 3"), new Statement("SELEKT 1", new { }));
        var table = _database.CommitAsync(Use("undone 4"), new Statement("DELETE FROM no_such_table", new { }));
        var parameter = _database.CommitAsync(Use("undone 5"), new Statement("DELETE FROM spent WHERE id = @missing", new { }));
        var type = _database.CommitAsync(Use("undone 6"), new Statement("DELETE FROM spent WHERE id = @value", new { value = new object() }));
        var late = _database.CommitAsync(Use("the last to wait"));
        held.Release();

        Assert.Null(await first);
        Assert.All(await Task.WhenAll(good), Assert.Null);
        Assert.Null(await late);
        Assert.Equal("thing", await broken);
        foreach (var failed in (Task[])[constraint, syntax, table]) await Assert.ThrowsAnyAsync<DbException>(() => failed);
        foreach (var failed in (Task[])[parameter, type]) await Assert.ThrowsAnyAsync<Exception>(() => failed);
        Assert.Equal(8, await CountAsync());
    }

    [Fact]
    public async Task Of_many_parallel_acts_on_one_thing_exactly_one_has_it()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => _database.CommitAsync(Use("the one"), Use($"with {i}")))));
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(49, outcomes.Count(outcome => outcome == "thing"));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task An_act_waits_for_the_lock_of_another_process_and_a_read_does_not()
    {
        using var held = new WriteLock(_store.ConnectionString);
        var answer = _database.CommitAsync(Use("a"));
        Assert.Equal(0, await CountAsync());
        await Task.Delay(1500);
        Assert.False(answer.IsCompleted);
        held.Release();
        Assert.Null(await answer);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task What_was_accepted_is_committed_before_the_database_closes()
    {
        var database = Database.Open(_store.ConnectionString, TimeProvider.System);
        var answers = Enumerable.Range(0, 20).Select(i => database.CommitAsync(Use($"act {i}"))).ToList();
        await database.DisposeAsync();
        Assert.All(await Task.WhenAll(answers), Assert.Null);
    }

    [Theory]
    [InlineData("'); DROP TABLE spent; --")]
    [InlineData("\u202emoc.elpmaxe\u200b<b>&\"")]
    [InlineData("@id")]
    public async Task A93_a_value_is_stored_as_it_is_and_never_as_a_statement(string value)
    {
        Assert.Null(await _database.CommitAsync(Use(value)));
        Assert.Equal(value, await _database.ReadAsync(connection => connection.QuerySingleAsync<string>("SELECT id FROM spent")));
    }

    private static Statement Use(string id) => Spent.Use("thing", id, 1);

    /// <summary>A statement that a constraint forbids: an id is not null.</summary>
    private static Statement Violating() => new("INSERT INTO spent (kind, id, expires_at) VALUES ('thing', @nothing, 1)", new { nothing = (string?)null });

    private Task<long> CountAsync() => _database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM spent"));

    /// <summary>How many transactions have written so far; on PostgreSQL each row names its own.</summary>
    private long Commits()
    {
        if (!TestPostgres.IsEngine) return WriteAheadLog.Commits(_folder.File("netid.db"));
        using var connection = _store.Connect();
        return connection.ExecuteScalar<long>("SELECT count(DISTINCT xmin::text) FROM spent");
    }
}
