using Dapper;
using NetworkIdentity.Ledger;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Ledger;

/// <summary>F11 as seen from outside: a log that says something else than it said is known by who kept a copy.</summary>
public sealed class LogWatchTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestServer _server = null!;
    private Fetcher _fetcher = null!;
    private LogWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _fetcher = new Fetcher(new Fetcher.Options { Loopback = true }, TimeProvider.System);
        _watch = new LogWatch(_server.Url("/log"), _folder.File("copy"), _fetcher);
        for (var i = 0; i < 3; i++) await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        await _watch.TrustAsync(null);
        await _watch.LookAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _fetcher.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_log_that_grew_gives_what_is_new_and_a_second_look_gives_nothing()
    {
        await _server.MemberAsync();
        await _server.Nation.Log.SequenceAsync();
        var seen = await _watch.LookAsync();
        Assert.Equal(seen.Size - seen.Before, seen.NewEntries.Count);
        Assert.Contains(seen.NewEntries, entry => System.Text.Encoding.UTF8.GetString(entry).StartsWith("{\"act\":\"issue\"", StringComparison.Ordinal));
        Assert.Empty((await _watch.LookAsync()).NewEntries);
    }

    [Fact]
    public async Task F11_a_log_that_lost_its_last_leaves_is_known()
    {
        await RebuildAsync("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)");
        Assert.Equal("log_forked", await RefusedAsync());
    }

    [Fact]
    public async Task F11_a_log_with_another_leaf_in_its_past_is_known_even_where_it_has_grown()
    {
        await RebuildAsync("UPDATE journal SET actor = 'someone else' WHERE seq = 2");
        await _server.MemberAsync();
        await PlaceAnewAsync();
        Assert.Equal("log_forked", await RefusedAsync());
    }

    [Fact]
    public async Task F11_a_checkpoint_that_another_key_signed_is_not_the_logs()
    {
        await using var other = await TestServer.StartAsync();
        await _watch.TrustAsync(new NoteKey(_watch.Origin, other.Nation.Log.Keys[0].PublicKey.Span).ToString());
        Assert.Equal(Refusal.MalformedCode, await RefusedAsync());
    }

    [Fact]
    public async Task A_log_that_can_not_be_read_says_nothing_about_itself()
    {
        var gone = new LogWatch($"http://localhost:{TestServer.FreePort()}/log", _folder.File("nothing"), _fetcher);
        Assert.Equal("log_unreachable", (await Assert.ThrowsAsync<Refusal>(() => gone.TrustAsync(null))).Code);
    }

    /// <summary>What someone with the database and the keys could do: change a row, and build the log anew from there.</summary>
    private async Task RebuildAsync(string tampering)
    {
        using var connection = TestStore.Connect(_server.Settings.ConnectionString);
        connection.Execute(tampering);
        connection.Execute("UPDATE journal SET at = seq WHERE seq IS NOT NULL"); // In the order they had.
        connection.Execute("UPDATE journal SET seq = NULL");
        connection.Execute("DELETE FROM log_tile");
        connection.Execute("DELETE FROM log_head");
        await PlaceAnewAsync();
    }

    /// <summary>By a server that remembers nothing: the one that ran meanwhile would place no leaf any more.</summary>
    private async Task PlaceAnewAsync()
    {
        using var log = await PublicLog.OpenAsync(_server.Nation.Database, _server.Nation.Keys);
        await log.SequenceAsync();
    }

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<Refusal>(_watch.LookAsync)).Code;
}
