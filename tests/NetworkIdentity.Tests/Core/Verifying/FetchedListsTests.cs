using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Other issuers' lists, from a host that may be rude: whatever is wrong makes a status unknown, which is neither valid nor revoked.</summary>
public sealed class FetchedListsTests : IAsyncLifetime
{
    private readonly VerifierWorld _world = new();
    private readonly RudeHost _host = new(RudeHost.Says([], "", "404 Not Found"));
    private readonly ConcurrentQueue<string> _alarms = [];
    private readonly HashSet<string> _trusted = [];
    private IReadOnlyList<X509Certificate2>? _roots;
    private Fetcher _fetcher = null!;
    private StatusReader _reader = null!;

    private string Issuer => _world.Issuer;

    public async ValueTask InitializeAsync()
    {
        // The world's nation is the other one here: whoever reads its lists must fetch them.
        await _world.InitializeAsync();
        _trusted.Add(Issuer);
        var certificates = new IssuerCertificates(issuer => _trusted.Contains(issuer) ? _roots ?? _world.Nation.Keys.Roots : []);
        _fetcher = FetcherTests.Loopback(_world.Time);
        _reader = new StatusReader(
            "https://reader.example",
            _ => throw new InvalidOperationException("The reader's own lists were asked."),
            new FetchedLists(_fetcher, certificates, _world.Time, _alarms.Enqueue),
            certificates,
            _world.Time);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _fetcher.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_list_is_fetched_once_for_its_time_and_for_everyone_who_asks_meanwhile()
    {
        Serve(await TokenAsync());
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ReadAsync(i % 2 == 0 ? 0 : 7)));
        Assert.Equal(25, all.Count(one => one.Status == TokenStatus.Valid));
        Assert.Equal(25, all.Count(one => one.Status == TokenStatus.Invalid));
        Assert.Equal(TokenStatus.Suspended, (await ReadAsync(9)).Status);
        Assert.Equal(1, _host.Connections);

        _world.Time.Move(TimeSpan.FromSeconds(40));
        await ReadAsync(0);
        Assert.Equal(1, _host.Connections);
        _world.Time.Move(TimeSpan.FromSeconds(20));
        Serve(await TokenAsync(valid: true));
        Assert.Equal(TokenStatus.Valid, (await ReadAsync(7)).Status);
        Assert.Equal(2, _host.Connections);
    }

    [Fact]
    public async Task What_has_not_been_modified_goes_on_until_its_end_and_no_longer()
    {
        var token = await TokenAsync((_, claims) => claims["exp"] = Now + 100);
        _host.Answer = (stream, head, cancellation) => head.Contains("If-None-Match: \"1\"", StringComparison.Ordinal)
            ? RudeHost.Says("HTTP/1.1 304 Not Modified\r\n\r\n")(stream, head, cancellation)
            : RudeHost.Says(Encoding.ASCII.GetBytes(token), $"Content-Type: {TokenStatusList.MediaType}\r\nETag: \"1\"\r\n")(stream, head, cancellation);
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);
        _world.Time.Move(TimeSpan.FromSeconds(61));
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);
        Assert.Equal(2, _host.Connections);

        // 40 seconds later the kept list is not 60 seconds old, but at its end.
        _world.Time.Move(TimeSpan.FromSeconds(40));
        await UnknownAsync("expired");
        Assert.Equal(3, _host.Connections);
    }

    [Fact]
    public async Task A84_what_has_not_been_modified_is_fetched_whole_within_an_hour_and_held_against_the_keys_of_now()
    {
        var token = await TokenAsync((_, claims) => claims["exp"] = Now + 31_536_000);
        var whole = 0;
        _host.Answer = (stream, head, cancellation) =>
        {
            if (head.Contains("If-None-Match", StringComparison.Ordinal)) return RudeHost.Says("HTTP/1.1 304 Not Modified\r\n\r\n")(stream, head, cancellation);
            whole++;
            return RudeHost.Says(Encoding.ASCII.GetBytes(token), $"Content-Type: {TokenStatusList.MediaType}\r\nETag: \"1\"\r\n")(stream, head, cancellation);
        };
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);

        // The issuer's keys are others now. For an hour at most its host can hide that.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _roots = [CertificateAuthority.CreateRoot("Nation of Tests", key, _world.Time.GetUtcNow().AddDays(-1), _world.Time.GetUtcNow().AddDays(1))];
        for (var minutes = 0; minutes < 59; minutes++)
        {
            _world.Time.Move(TimeSpan.FromMinutes(1));
            await ReadAsync(7);
        }

        Assert.Equal(1, whole);
        Assert.Equal(60, _host.Connections);
        _world.Time.Move(TimeSpan.FromMinutes(1));
        await UnknownAsync("trusted root", index: 7);
        Assert.Equal(2, whole);
    }

    [Fact]
    public async Task A84_a_list_that_is_kept_ends_a_week_after_it_was_signed_whatever_it_says()
    {
        Serve(await TokenAsync((_, claims) => (claims["exp"], claims["ttl"]) = (Now + 31_536_000, 3600)));
        Assert.NotNull((await ReadAsync(0)).Status);
        _world.Time.Move(FetchedLists.LongestBelieved - TimeSpan.FromMinutes(10));
        Assert.NotNull((await ReadAsync(0)).Status);
        _world.Time.Move(TimeSpan.FromMinutes(11));
        await UnknownAsync("expired");
    }

    [Fact]
    public async Task A67_nobody_is_called_for_an_issuer_that_is_not_trusted()
    {
        Serve(await TokenAsync());
        await UnknownAsync("not trusted", issuer: "https://evil.example");
        Assert.Equal(0, _host.Connections);

        // Trust that ends, ends at once.
        Assert.Equal(TokenStatus.Valid, (await ReadAsync(0)).Status);
        _trusted.Clear();
        await UnknownAsync("not trusted");
    }

    [Fact]
    public async Task A84_a_list_that_is_not_the_issuers_for_this_is_unknown()
    {
        var world = _world.Nation;
        foreach (var (token, words) in new[]
        {
            (await TokenAsync(signer: Forgery.Own(world, KeyPurpose.Credential)), "not for this purpose"),
            (await TokenAsync(signer: Forgery.Leaf(world, KeyPurpose.StatusList, rogueRoot: true)), "trusted root"),
            (await TokenAsync(signer: Forgery.Leaf(world, KeyPurpose.StatusList, "https://evil.example")), "does not name the issuer"),
            (await TokenAsync((header, _) => header["alg"] = "none"), "signature"),
            (await TokenAsync((header, _) => header.Remove("x5c")), "x5c"),
            (await TokenAsync((_, claims) => claims["sub"] = _host.Url + "/2"), "sub"),
            (await TokenAsync((_, claims) => claims["iat"] = Now + 120), "future"),
            (await TokenAsync((_, claims) => claims["exp"] = Now - 1), "expired"),
            (await TokenAsync((_, claims) =>
            {
                claims["iat"] = Now - (long)FetchedLists.LongestBelieved.TotalSeconds - 1;
                claims.Remove("exp");
            }), "expired"),
            (await TokenAsync((_, claims) => (claims["iat"], claims["exp"]) = (Now - (long)FetchedLists.LongestBelieved.TotalSeconds - 1, Now + 31_536_000)), "expired"),
            (await TokenAsync((_, claims) => claims["ttl"] = 0), "ttl"),
            (await TokenAsync((_, claims) => claims["ttl"] = 3_153_600_000), "ttl"),
            (await TokenAsync((_, claims) => claims["status_list"]!["bits"] = 3), "bits"),
            ("<html>", ""),
            ("", ""),
        })
        {
            Serve(token);
            await UnknownAsync(words);
            await UnknownAsync(words, index: 7);
            _world.Time.Move(FetchedLists.LeastKept);
        }

        Serve(await TokenAsync());
        await UnknownAsync("index", index: 1000);
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);
        Assert.Empty(_alarms);
    }

    [Theory]
    [InlineData(1L, 5)]
    [InlineData(300L, 300)]
    [InlineData(31_536_000L, 3600)]
    [InlineData(null, 60)]
    public async Task A84_a_ttl_is_brought_to_what_is_reasonable(long? ttl, int seconds)
    {
        Serve(await TokenAsync((_, claims) =>
        {
            if (ttl is null) claims.Remove("ttl");
            else claims["ttl"] = ttl;
        }));
        await ReadAsync(0);
        _world.Time.Move(TimeSpan.FromSeconds(seconds * 0.4));
        await ReadAsync(0);
        Assert.Equal(1, _host.Connections);
        _world.Time.Move(TimeSpan.FromSeconds(seconds * 0.6));
        await ReadAsync(0);
        Assert.Equal(2, _host.Connections);
    }

    [Fact]
    public async Task A85_a_list_older_than_one_read_before_is_unknown_and_an_alarm()
    {
        var before = await TokenAsync((_, claims) => claims["iat"] = Now - 10, valid: true);
        Serve(await TokenAsync());
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);

        _world.Time.Move(TimeSpan.FromSeconds(60));
        Serve(before);
        await UnknownAsync("older", index: 7);
        var alarm = Assert.Single(_alarms);
        Assert.Contains(_host.Url, alarm, StringComparison.Ordinal);
        Assert.Contains(Issuer, alarm, StringComparison.Ordinal);

        // It is not forgotten over a failure, and a newer list is believed again.
        _world.Time.Move(TimeSpan.FromSeconds(60));
        _host.Answer = RudeHost.Says([], "", "404 Not Found");
        await UnknownAsync("404", index: 7);
        _world.Time.Move(TimeSpan.FromSeconds(60));
        Serve(before);
        await UnknownAsync("older", index: 7);
        _world.Time.Move(TimeSpan.FromSeconds(60));
        Serve(await TokenAsync());
        Assert.Equal(TokenStatus.Invalid, (await ReadAsync(7)).Status);
        Assert.Equal(2, _alarms.Count);
    }

    [Fact]
    public async Task What_is_kept_has_a_bound_and_what_was_seen_of_it_outlives_it()
    {
        _host.Answer = async (stream, head, cancellation) =>
        {
            var uri = $"http://localhost:{_host.Port}{head.Split(' ')[1]}";
            var old = uri.EndsWith("/0", StringComparison.Ordinal) && _host.Requests.Count > 1;
            var token = await TokenAsync((_, claims) =>
            {
                claims["sub"] = uri;
                if (old) claims["iat"] = Now - 10;
            });
            await RudeHost.Says(Encoding.ASCII.GetBytes(token), $"Content-Type: {TokenStatusList.MediaType}\r\n")(stream, head, cancellation);
        };
        for (var i = 0; i <= FetchedLists.MaxLists; i++) Assert.Equal(TokenStatus.Valid, (await ReadAsync(0, uri: $"{_host.Url}/{i}")).Status);
        Assert.Equal(TokenStatus.Valid, (await ReadAsync(0, uri: $"{_host.Url}/{FetchedLists.MaxLists}")).Status);
        Assert.Equal(FetchedLists.MaxLists + 1, _host.Connections);
        Assert.Contains("older", (await ReadAsync(0, uri: $"{_host.Url}/0")).Unknown!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F13_a_status_host_that_is_down_is_undetermined_and_nobody_hangs_on_it()
    {
        var held = await _world.IssueAsync();
        var verifier = _world.VerifierOf(_reader);
        async Task<Verdict> VerifyAsync() => await verifier.VerifyAsync(
            TestWallet.VpToken(await _world.BindAsync(
                VerifierWorld.Held.Shown(await Forgery.CredentialAsync(_world.Nation, held.Issued, (_, payload) => payload["status"]!["status_list"]!["uri"] = _host.Url)),
                held.Holder)),
            _world.Expected());

        // It takes the call and says nothing: after five seconds that is known, whoever waits.
        _host.Answer = (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        var waiting = Enumerable.Range(0, 10).Select(_ => VerifyAsync()).ToList();
        await _host.Asked;
        await Task.Delay(200);
        _world.Time.Move(Fetcher.Deadline);
        foreach (var verdict in await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30))) Undetermined(verdict);
        Assert.InRange(_host.Connections, 1, 2);

        // It does so again, and is then left alone: the answer comes at once, and the host is not called.
        for (var i = 1; i < HostTurns.FailuresBeforePause; i++)
        {
            _world.Time.Move(FetchedLists.LeastKept);
            _host.Answer = (_, _, _) => Task.CompletedTask;
            Undetermined(await VerifyAsync());
        }

        _world.Time.Move(FetchedLists.LeastKept);
        var connections = _host.Connections;
        Undetermined(await VerifyAsync());
        Assert.Equal(connections, _host.Connections);

        // It is back: the status is known, and what is left is that this nation's record is of another list.
        _world.Time.Move(HostTurns.LongestPause);
        var list = new StatusList(1, held.Reference.Index + 1);
        Serve(await TokenAsync((_, claims) => claims["status_list"] = new JsonObject { ["bits"] = 1, ["lst"] = list.Encode() }));
        var last = await VerifyAsync();
        Assert.Equal((Outcome.Refused, VerificationStep.Policy, "no_record"), (last.Outcome, last.Step, last.Reason));

        static void Undetermined(Verdict verdict) =>
            Assert.Equal((Outcome.Undetermined, VerificationStep.Status, "status_unknown"), (verdict.Outcome, verdict.Step, verdict.Reason));
    }

    private long Now => _world.Time.GetUtcNow().ToUnixTimeSeconds();

    private void Serve(string token) => _host.Answer = RudeHost.Says(Encoding.ASCII.GetBytes(token), $"Content-Type: {TokenStatusList.MediaType}\r\n");

    private Task<(TokenStatus? Status, string? Unknown)> ReadAsync(long index, string? issuer = null, string? uri = null) =>
        _reader.ReadAsync(new StatusListReference(uri ?? _host.Url, index), issuer ?? Issuer);

    private async Task UnknownAsync(string words, long index = 0, string? issuer = null)
    {
        var (status, unknown) = await ReadAsync(index, issuer);
        Assert.Null(status);
        Assert.Contains(words, unknown!, StringComparison.Ordinal);
    }

    /// <summary>A list in which 7 is revoked and 9 is suspended, or all are valid; header and claims can be changed before it is signed.</summary>
    private async Task<string> TokenAsync(Action<JsonObject, JsonObject>? change = null, SigningKey? signer = null, bool valid = false)
    {
        signer ??= _world.Nation.Keys.Current(KeyPurpose.StatusList);
        var list = new StatusList(2, 1000);
        if (!valid)
        {
            list.Set(7, TokenStatus.Invalid);
            list.Set(9, TokenStatus.Suspended);
        }

        var now = _world.Time.GetUtcNow();
        var header = Jws.HeaderFor(TokenStatusList.Type, signer);
        var claims = TokenStatusList.Claims(_host.Url, list, now, now + TimeSpan.FromDays(1), TimeSpan.FromSeconds(60));
        change?.Invoke(header, claims);
        return await Jws.SignAsync(Jws.ToBeSigned(header, claims), signer);
    }
}
