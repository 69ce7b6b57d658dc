using Dapper;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
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
        Assert.Equal(seen.Size - seen.Before, seen.Acts.Values.Sum());
        Assert.Equal(1, seen.Acts["issue"]);
        Assert.Empty((await _watch.LookAsync()).Acts);
    }

    [Fact]
    public async Task A_look_that_was_broken_off_is_gone_on_with_from_what_it_had_fetched()
    {
        // Broken off before it knew that all was there: tiles and entries lie in the folder, and the checkpoint doesn't.
        File.Delete(_folder.File("copy/checkpoint"));
        var tiles = Directory.GetFiles(_folder.File("copy/tile"), "*", SearchOption.AllDirectories);
        foreach (var tile in tiles) File.SetLastWriteTimeUtc(tile, DateTime.UnixEpoch);
        var seen = await _watch.LookAsync();
        Assert.Equal(seen.Size, seen.Acts.Values.Sum());
        Assert.NotEmpty(tiles);
        Assert.All(tiles, tile => Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(tile)));
    }

    [Fact]
    public async Task What_is_damaged_in_the_folder_is_fetched_anew()
    {
        foreach (var tile in Directory.GetFiles(_folder.File("copy/tile"), "*", SearchOption.AllDirectories))
        {
            File.Delete(_folder.File("copy/checkpoint"));
            var whole = await File.ReadAllBytesAsync(tile, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(tile, [.. whole.Select(one => (byte)(one ^ 1))], TestContext.Current.CancellationToken);
            await _watch.LookAsync();
            Assert.Equal(whole, await File.ReadAllBytesAsync(tile, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_status_list_is_kept_where_a_key_that_the_log_names_signed_it_and_it_is_not_older_than_the_last()
    {
        var file = Directory.GetFiles(_folder.File("copy/status")).Single();
        var (id, served) = (Path.GetFileName(file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(served, (await _server.Nation.StatusLists.FindAsync(id))!.Token);

        // One that could not be had is fetched by the next look, though nothing is new.
        File.Delete(file);
        await _watch.LookAsync();
        Assert.Equal(served, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        // In a folder that doesn't say what was named, that is read again; and what a log would have as the name of a file is none.
        File.Delete(_folder.File("copy/named"));
        File.Delete(file);
        await _watch.LookAsync();
        Assert.Equal(served, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await File.AppendAllLinesAsync(_folder.File("copy/named"), ["", "list ../../elsewhere", "key x"], TestContext.Current.CancellationToken);
        await _watch.LookAsync();
        Assert.All(await File.ReadAllLinesAsync(_folder.File("copy/named"), TestContext.Current.CancellationToken), name => Assert.Matches("^(list [a-z0-9]{26}|key [A-Za-z0-9_-]{43})$", name));

        // The nation serves an older one than it did: the newer stays.
        var later = await SignedAsync(_server, id);
        await File.WriteAllTextAsync(file, later, TestContext.Current.CancellationToken);
        await _watch.LookAsync();
        Assert.Equal(later, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        // Later as well, and another nation's, or another list's: neither is one.
        await using var other = await TestServer.StartAsync();
        foreach (var none in (string[])[await SignedAsync(other, id), await SignedAsync(_server, "another"), "none"])
        {
            await File.WriteAllTextAsync(file, none, TestContext.Current.CancellationToken);
            await _watch.LookAsync();
            Assert.Equal(served, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }

        async Task<string> SignedAsync(TestServer by, string list)
        {
            var at = _server.Time.GetUtcNow().AddHours(1);
            var bits = StatusList.Of(2, StatusList.MinBitstringSize, []);
            var claims = TokenStatusList.Claims(_server.Nation.Keys.Nation.Url($"/status/{list}"), bits, at, at.AddDays(1), TimeSpan.FromMinutes(1));
            return await Jws.SignAsync(TokenStatusList.Type, claims, by.Nation.Keys.Current(KeyPurpose.StatusList));
        }
    }

    [Fact]
    public async Task F11_a_log_that_lost_its_last_leaves_is_known()
    {
        await RebuildAsync("DELETE FROM journal WHERE seq > 3");
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

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<Refusal>(() => _watch.LookAsync())).Code;
}
