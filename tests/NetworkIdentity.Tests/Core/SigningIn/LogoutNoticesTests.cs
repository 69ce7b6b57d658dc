using System.Net;
using Microsoft.AspNetCore.Http;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Core.Verifying;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.SigningIn;

/// <summary>Clients are told of sessions that ended: once where all goes well, at least once whatever goes wrong, and each for itself.</summary>
public sealed class LogoutNoticesTests : IAsyncLifetime
{
    private static readonly Action<Exception> Breaks = exception => Assert.Fail(exception.ToString());

    private TestNation _nation = null!;
    private Fetcher _fetcher = null!;
    private LogoutNotices _notices = null!;

    public async ValueTask InitializeAsync()
    {
        _nation = await TestNation.FoundAsync();
        _fetcher = FetcherTests.Loopback(_nation.Time);
        _notices = new LogoutNotices(_nation.Database, _nation.Keys, _fetcher, _nation.Time);
    }

    public ValueTask DisposeAsync()
    {
        _fetcher.Dispose();
        return _nation.DisposeAsync();
    }

    [Fact]
    public async Task Two_servers_that_look_at_once_tell_each_session_once()
    {
        await using var app = await TestListener.StartAsync();
        var sessions = await EndedAsync(await ClientAsync(app.Url), 40);
        await using var database = _nation.OpenDatabase();
        using var fetcher = FetcherTests.Loopback(_nation.Time);
        var other = new LogoutNotices(database, _nation.Keys, fetcher, _nation.Time);
        while (app.Posts.Count < sessions.Count)
        {
            await Task.WhenAll(_notices.BeginDueAsync(Breaks), other.BeginDueAsync(Breaks));
            await Task.WhenAll(_notices.WhenIdleAsync(), other.WhenIdleAsync());
        }

        Assert.Equal(sessions.Select(Sid).Order(StringComparer.Ordinal), app.Sessions.Order(StringComparer.Ordinal));
        Assert.Equal(sessions.Count, app.Tokens.Select(token => (string)token.Claims()["jti"]!).Distinct().Count());
        Assert.Empty(await Sessions.ClientsToTellAsync(_nation.Database, long.MaxValue, 10));
    }

    [Fact]
    public async Task What_a_killed_server_had_taken_on_is_told_by_the_next()
    {
        await using var app = await TestListener.StartAsync();
        var client = await ClientAsync(app.Url);
        var id = Assert.Single(await EndedAsync(client, 1));

        // What it leaves behind: taken on, and nothing of what came of it.
        var row = Assert.Single(await Sessions.ToTellAsync(_nation.Database, client, Now(), 10));
        Assert.Null(await _nation.Database.CommitAsync(Sessions.TakeOn(row, Now() + 60)));
        Assert.Equal("told", await _nation.Database.CommitAsync(Sessions.TakeOn(row, Now() + 60)));
        await RunAsync();
        Assert.Empty(app.Posts);
        _nation.Time.Move(TimeSpan.FromSeconds(61));
        await RunAsync();
        Assert.Equal([Sid(id)], app.Sessions);
    }

    [Fact]
    public async Task What_was_posted_and_could_not_be_written_down_is_posted_again_under_another_jti()
    {
        await using var app = await TestListener.StartAsync();
        var id = Assert.Single(await EndedAsync(await ClientAsync(app.Url), 1));
        _nation.Store.Trip("BEFORE UPDATE ON session", "NEW.tell_at IS NULL");
        List<Exception> faults = [];
        await _notices.BeginDueAsync(faults.Add);
        await _notices.WhenIdleAsync();
        Assert.Single(faults);
        Assert.Equal([Sid(id)], app.Sessions);

        _nation.Store.Mend("session");
        await RunAsync();
        Assert.Single(app.Posts);
        _nation.Time.Move(TimeSpan.FromSeconds(6));
        await RunAsync();
        Assert.Equal([Sid(id), Sid(id)], app.Sessions);
        Assert.Equal(2, app.Tokens.Select(token => (string)token.Claims()["jti"]!).Distinct().Count());
    }

    [Theory]
    [InlineData("500", "it answered 429, or 500 or above")]
    [InlineData("400", "it answered neither 200 nor 204")]
    [InlineData("redirect", "it redirected, which is not followed")]
    [InlineData("slow", "its host did not answer in time")]
    [InlineData("cut", "its host can't be reached")]
    public async Task A_client_that_fails_is_told_again_a_little_later(string how, string words)
    {
        await using var elsewhere = await TestListener.StartAsync();
        await using var app = await TestListener.StartAsync();
        var right = app.Answer;
        app.Answer = context => how switch
        {
            "redirect" => To(context, 307, elsewhere.Url),
            "slow" => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
            "cut" => Cut(context),
            _ => To(context, int.Parse(how), null),
        };
        var client = await ClientAsync(app.Url);
        var id = Assert.Single(await EndedAsync(client, 1));
        await _notices.BeginDueAsync(Breaks);
        await app.ToldAsync();
        if (how == "slow") _nation.Time.Move(Fetcher.Deadline);
        await _notices.WhenIdleAsync();
        var row = (await Sessions.FindAsync(_nation.Database, id))!;
        Assert.Equal((1, words), (row.TellAttempts, row.TellFault));
        Assert.Empty(elsewhere.Posts);
        Assert.Empty(await Sessions.UntoldAsync(_nation.Database));

        app.Answer = right;
        _nation.Time.Move(LogoutNotices.Waits[0] + TimeSpan.FromSeconds(1));
        await RunAsync();
        Assert.Equal([Sid(id), Sid(id)], app.Sessions);
        row = (await Sessions.FindAsync(_nation.Database, id))!;
        Assert.Equal((null, null), (row.TellAt, row.TellFault));
    }

    [Fact]
    public async Task A_client_that_is_down_is_told_when_it_is_up_again()
    {
        var port = TestServer.FreePort();
        var id = Assert.Single(await EndedAsync(await ClientAsync($"http://localhost:{port}/out"), 1));
        await RunAsync();
        Assert.Equal("its host can't be reached", (await Sessions.FindAsync(_nation.Database, id))!.TellFault);
        await using var app = await TestListener.StartAsync(port);
        _nation.Time.Move(TimeSpan.FromSeconds(6));
        await RunAsync();
        Assert.Equal([Sid(id)], app.Sessions);
    }

    [Theory]
    [InlineData("https://10.0.0.1/out", "its backchannel_logout_uri is not one that may be called")]
    [InlineData("http://app.example/out", "its backchannel_logout_uri is not one that may be called")]
    [InlineData("https://app.example/out", "its host leads to an address that is not public")]
    public async Task A81_a_client_on_a_private_address_is_not_called(string uri, string words)
    {
        using var fetcher = new Fetcher(new() { Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.1") }) }, _nation.Time);
        var notices = new LogoutNotices(_nation.Database, _nation.Keys, fetcher, _nation.Time);
        var id = Assert.Single(await EndedAsync(await ClientAsync(uri), 1));
        await notices.BeginDueAsync(Breaks);
        await notices.WhenIdleAsync();
        Assert.Equal(words, (await Sessions.FindAsync(_nation.Database, id))!.TellFault);
    }

    [Fact]
    public async Task What_is_never_answered_rightly_is_given_up_after_seven_tries_and_kept_for_the_operator_without_claims()
    {
        await using var app = await TestListener.StartAsync();
        app.Answer = context => To(context, 400, null);
        var client = await ClientAsync(app.Url);
        var id = Assert.Single(await EndedAsync(client, 1));
        await RunAsync();
        foreach (var wait in LogoutNotices.Waits)
        {
            Assert.Empty(await Sessions.UntoldAsync(_nation.Database));
            _nation.Time.Move(wait / 10);
            var before = app.Posts.Count;
            await RunAsync();
            Assert.Equal(before, app.Posts.Count);
            _nation.Time.Move((wait * 0.9) + TimeSpan.FromSeconds(1));
            await RunAsync();
            Assert.Equal(before + 1, app.Posts.Count);
        }

        Assert.Equal(7, app.Posts.Count);
        var row = (await Sessions.FindAsync(_nation.Database, id))!;
        Assert.Equal((null, "it answered neither 200 nor 204"), (row.TellAt, row.TellFault));
        Assert.Empty(row.Claims);
        Assert.Equal("", row.BrowserDigest);
        var (clientId, count, _, _) = Assert.Single(await Sessions.UntoldAsync(_nation.Database));
        Assert.Equal((client, 1), (clientId, count));

        // The sweeper leaves it for a week after the session would have ended.
        foreach (var days in (int[])[6, 3])
        {
            Assert.NotNull(await Sessions.FindAsync(_nation.Database, id));
            _nation.Time.Move(TimeSpan.FromDays(days));
            foreach (var statement in Sweeper.At(Now(), Sweeper.Retention.Usual)) while (await _nation.Database.CommitAsync(statement) is null) await Task.Yield();
        }

        Assert.Null(await Sessions.FindAsync(_nation.Database, id));
    }

    [Fact]
    public async Task Many_sessions_at_a_host_that_is_down_lose_no_try_while_it_is_left_alone_and_end_after_eight_hours()
    {
        var port = TestServer.FreePort();
        var client = await ClientAsync($"http://localhost:{port}/out");
        var sessions = await EndedAsync(client, 12);
        for (var round = 0; round < 6; round++)
        {
            await RunAsync();
            _nation.Time.Move(TimeSpan.FromSeconds(16));
        }

        await using (var app = await TestListener.StartAsync(port))
        {
            _nation.Time.Move(TimeSpan.FromMinutes(6));
            for (var round = 0; round < 40 && app.Sessions.Distinct().Count() < sessions.Count; round++)
            {
                await RunAsync();
                _nation.Time.Move(TimeSpan.FromSeconds(16));
            }

            Assert.Equal(sessions.Select(Sid).Order(StringComparer.Ordinal), app.Sessions.Order(StringComparer.Ordinal));
        }

        await EndedAsync(client, 12);
        await RunAsync();
        _nation.Time.Move(LogoutNotices.Patience + TimeSpan.FromMinutes(1));
        await RunAsync();
        _nation.Time.Move(TimeSpan.FromMinutes(6));
        await RunAsync();
        Assert.Equal(12, Assert.Single(await Sessions.UntoldAsync(_nation.Database)).Count);
        Assert.Empty(await Sessions.ClientsToTellAsync(_nation.Database, long.MaxValue, 10));
    }

    [Fact]
    public async Task A_client_that_never_answers_holds_nobody_else_up()
    {
        await using var mute = await TestListener.StartAsync();
        mute.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        await using var app = await TestListener.StartAsync();
        await EndedAsync(await ClientAsync(mute.Url), 20);
        await _notices.BeginDueAsync(Breaks);
        await mute.ToldAsync(4);
        var sessions = await EndedAsync(await ClientAsync(app.Url), 9);
        await _notices.BeginDueAsync(Breaks);
        await app.ToldAsync(9);
        Assert.Equal(sessions.Select(Sid).Order(StringComparer.Ordinal), app.Sessions.Order(StringComparer.Ordinal));
        Assert.Equal(4, mute.Posts.Count);
        _nation.Time.Move(Fetcher.Deadline);
        await _notices.WhenIdleAsync();
    }

    [Fact]
    public async Task Sessions_of_one_client_are_told_a_few_at_a_time()
    {
        await using var app = await TestListener.StartAsync();
        var (now, most) = (0, 0);
        app.Answer = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(50);
            Interlocked.Decrement(ref now);
        };
        await EndedAsync(await ClientAsync(app.Url), 24);
        await RunAsync();
        Assert.Equal(24, app.Posts.Count);
        Assert.InRange(most, 2, HostTurns.PerHost);
    }

    [Fact]
    public async Task A_client_that_wants_to_be_told_nothing_is_not_waited_for()
    {
        var id = Assert.Single(await EndedAsync(await ClientAsync(null), 1));
        await RunAsync();
        var row = (await Sessions.FindAsync(_nation.Database, id))!;
        Assert.Equal((null, 0, null), (row.TellAt, row.TellAttempts, row.TellFault));
    }

    [Fact]
    public async Task A_client_that_was_retired_is_told_why_its_sessions_ended()
    {
        await using var app = await TestListener.StartAsync();
        var client = await ClientAsync(app.Url);
        var id = await BeganAsync(client);
        await _nation.Database.CommitAsync(Partners.Retire(client, Now()), Sessions.EndOfClient(client, Sessions.ClientRetired, Now()));
        await RunAsync();
        Assert.Equal([Sid(id)], app.Sessions);
    }

    private async Task RunAsync()
    {
        await _notices.BeginDueAsync(Breaks);
        await _notices.WhenIdleAsync();
    }

    private static Task To(HttpContext context, int status, string? location)
    {
        context.Response.StatusCode = status;
        if (location is not null) context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private async Task<string> ClientAsync(string? uri)
    {
        var id = RandomId.New();
        await _nation.Database.CommitAsync(Partners.Insert(new Partners.Row
        {
            ClientId = id,
            Name = "Example App",
            RedirectUris = """["https://app.example/callback"]""",
            Sector = "app.example",
            Policy = ProofPolicy.Usual.Write(),
            Authentication = ClientCredentials.Basic,
            IdTokenAlgorithm = "EdDSA",
            RequiresPkce = 1,
            WalletResponseMode = "direct_post.jwt",
            Metadata = new ClientMetadata { BackchannelLogoutUri = uri }.ToJson().ToJsonString(),
            CreatedAt = Now(),
        }));
        return id;
    }

    private async Task<string> BeganAsync(string clientId)
    {
        var id = RandomId.New();
        await _nation.Database.CommitAsync([.. Sessions.Insert(new Sessions.Row
        {
            Id = id,
            ClientId = clientId,
            MemberId = RandomId.New(),
            SignInId = RandomId.New(),
            BrowserDigest = RandomId.Digest(id),
            CredentialIds = RandomId.New(),
            ProvenScope = "openid",
            Claims = [1, 2, 3],
            ProvenAt = Now(),
            ProvenFlow = PresentationRequests.SameDevice,
            BrowserUntil = Now() + 3600,
            ExpiresAt = Now() + 86400,
        })]);
        return id;
    }

    private async Task<IReadOnlyList<string>> EndedAsync(string clientId, int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++) ids.Add(await BeganAsync(clientId));
        await _nation.Database.CommitAsync(Sessions.EndOfClient(clientId, Sessions.CredentialEnded, Now()));
        return ids;
    }

    private string Sid(string id) => Session.NameOf(_nation.Keys, id);

    private long Now() => _nation.Time.GetUtcNow().ToUnixTimeSeconds();
}
