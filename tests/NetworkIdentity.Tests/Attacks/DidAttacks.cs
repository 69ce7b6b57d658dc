using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;
using NetworkIdentity.Verifying;
using static NetworkIdentity.Tests.Core.Verifying.FetcherTests;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A81 to A83, A87 and A88, where what is fetched is a DID: what the DID, its host and what the host answers may try on whoever resolves it.</summary>
public sealed class DidAttacks : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Fetcher _fetcher;
    private readonly List<string> _alarms = [];
    private readonly DidResolver _resolver;

    public DidAttacks()
    {
        _fetcher = Loopback(_time);
        _resolver = new(null, new(_fetcher, loopback: true, _time, _alarms.Add), _ => true);
    }

    public void Dispose() => _fetcher.Dispose();

    [Theory]
    [InlineData("did:web:127.0.0.1")]
    [InlineData("did:web:127.0.0.1%3A{0}")]
    [InlineData("did:web:0x7f.1")]
    [InlineData("did:web:0177.0.0.1")]
    [InlineData("did:web:2130706433")]
    [InlineData("did:web:169.254.169.254:latest:meta-data")]
    [InlineData("did:web:%5B%3A%3A1%5D%3A{0}")]
    [InlineData("did:web:localhost%2F%3A{0}")]
    [InlineData("did:web:user%40localhost%3A{0}")]
    [InlineData("did:web:localhost%3A{0}:..:..:secret")]
    [InlineData("did:web:localhost%3A{0}:a%2Fb")]
    [InlineData("did:web:localhost%3A{0}%3A80")]
    [InlineData("did:web:intranet")]
    [InlineData("did:web:")]
    [InlineData("did:webvh:localhost%3A{0}")]
    [InlineData("did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:127.0.0.1%3A{0}")]
    [InlineData("did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:localhost%3A{0}:%2e%2e")]
    public async Task A81_a_DID_whose_place_is_no_plain_name_is_not_fetched(string did)
    {
        await using var host = new RudeHost(RudeHost.Says("{}"u8.ToArray(), "Content-Type: application/json\r\n"));
        var result = await _resolver.ResolveAsync(did.Replace("{0}", $"{host.Port}", StringComparison.Ordinal));
        Assert.Equal(DidRefusal.InvalidDidCode, result.Error?.Code);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task A81_trust_is_decided_before_anything_is_looked_up()
    {
        var lookups = 0;
        using var fetcher = new Fetcher(new() { Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse($"10.0.0.{++lookups}") }) }, _time);
        var fetched = new FetchedDids(fetcher, loopback: false, _time, _alarms.Add);
        foreach (var did in (string[])["did:web:host.example", "did:web:HOST.example:a", $"did:webvh:{WebVhWorld.HashOf([])}:host.example"])
        {
            foreach (var hosts in (string[][])[[], ["example"], ["other.example"]])
                Assert.Equal(DidRefusal.NotFetchedCode, (await new DidResolver(null, fetched, DidResolver.OfHosts(hosts)).ResolveAsync(did)).Error?.Code);
        }

        Assert.Equal(0, lookups);

        // A name that is trusted and leads inside opens no socket; a port that is not allowed isn't even looked up.
        foreach (var hosts in (string[][])[["host.example"], ["*"]])
            Assert.Equal(DidRefusal.UnreachableCode, (await new DidResolver(null, fetched, DidResolver.OfHosts(hosts)).ResolveAsync($"did:web:host.example:{hosts[0].Length}")).Error?.Code);
        Assert.Equal(2, lookups);
        Assert.Equal(DidRefusal.UnreachableCode, (await new DidResolver(null, fetched, _ => true).ResolveAsync("did:web:localhost%3A8443")).Error?.Code);
        Assert.Equal(2, lookups);
    }

    public static TheoryData<string> Methods => ["web", "webvh"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A82_a_DID_that_lies_elsewhere_is_not_followed(string method)
    {
        await using var inside = new RudeHost(RudeHost.Says("a secret"u8.ToArray()));
        await using var host = new RudeHost(RudeHost.Says([], $"Location: {inside.Url}\r\n", "302 Found"));
        Assert.Equal(DidRefusal.UnreachableCode, (await _resolver.ResolveAsync(DidAt(method, host))).Error?.Code);
        Assert.Equal((1, 0), (host.Connections, inside.Connections));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A83_what_is_huge_or_packed_is_not_read_and_nothing_is_known(string method)
    {
        foreach (var answer in (Func<Stream, string, CancellationToken, Task>[])
        [
            RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"),
            RudeHost.Says(Gzip(new byte[64 << 20]), $"Content-Type: {(method == "web" ? "application/did" : "text/jsonl")}\r\nContent-Encoding: gzip\r\n"),
            RudeHost.Says("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"),
            RudeHost.Says("<html>"u8.ToArray(), "Content-Type: text/html\r\n"),
        ])
        {
            await using var host = new RudeHost(answer);
            var error = (await _resolver.ResolveAsync(DidAt(method, host))).Error!;
            Assert.Equal(DidRefusal.UnreachableCode, error.Code);
            Assert.Equal(1, host.Connections);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A83_a_host_that_takes_its_time_is_waited_for_no_longer_than_any(string method)
    {
        await using var host = new RudeHost((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var resolving = _resolver.ResolveAsync(DidAt(method, host));
        await host.Asked;
        _time.Move(Fetcher.Deadline);
        Assert.Equal(DidRefusal.UnreachableCode, (await resolving.WaitAsync(TimeSpan.FromSeconds(30))).Error?.Code);
    }

    [Fact]
    public async Task A83_that_a_host_failed_is_kept_for_seconds_and_it_is_asked_once_by_many()
    {
        await using var host = new RudeHost(RudeHost.Says([], "", "404 Not Found"));
        var did = DidAt("web", host);
        foreach (var result in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _resolver.ResolveAsync(did)))) Assert.Equal(DidRefusal.NotFoundCode, result.Error?.Code);
        Assert.Equal(1, host.Connections);
        host.Answer = Document(did);
        _time.Move(FetchedDids.FailureKept);
        Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
        Assert.Equal(2, host.Connections);
    }

    [Fact]
    public async Task A87_a_document_that_is_anothers_or_has_ten_thousand_keys_is_none()
    {
        foreach (var change in (Action<JsonObject>[])
        [
            document => document["id"] = "did:web:bank.example",
            document => document.Remove("id"),
            document => document["verificationMethod"] = new JsonArray([.. Enumerable.Range(0, 10_000).Select(n => new JsonObject { ["id"] = $"#{n}", ["type"] = "Multikey", ["controller"] = "did:web:a" })]),
            document => document["verificationMethod"] = new JsonArray(new JsonObject { ["id"] = "#a", ["type"] = "x" }, new JsonObject { ["id"] = "#a", ["type"] = "y" }),
            document => document["service"] = "none",
        ])
        {
            await using var host = new RudeHost(Document("did:web:localhost"));
            var did = DidAt("web", host);
            host.Answer = Document(did, change);
            Assert.Equal(DidRefusal.InvalidDidDocumentCode, (await _resolver.ResolveAsync(did)).Error?.Code);
        }

        await using var loop = new RudeHost(Document("did:web:localhost"));
        var looped = DidAt("web", loop);
        loop.Answer = Document(looped, document => document["controller"] = looped);
        Assert.NotNull((await _resolver.ResolveAsync(looped)).Document);
        Assert.Equal(1, loop.Connections);
    }

    [Fact]
    public async Task A87_a_log_that_is_anothers_is_none_and_stands_in_nobodys_way()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        var (log, other) = (LogAt(host), LogAt(host, "x"));
        host.Answer = Log(other.Log);
        Assert.Equal(DidRefusal.InvalidDidCode, (await _resolver.ResolveAsync(log.Did)).Error?.Code);
        host.Answer = Log(log.Log);
        _time.Move(FetchedDids.FailureKept);
        Assert.NotNull((await _resolver.ResolveAsync(log.Did)).Document);
        Assert.Empty(_alarms);
    }

    [Fact]
    public async Task A88_a_document_is_kept_for_as_long_as_its_host_says_and_we_agree()
    {
        foreach (var (says, kept) in ((string, TimeSpan)[])
            [("", FetchedDids.UsuallyKept), ("Cache-Control: max-age=60\r\n", TimeSpan.FromMinutes(1)), ("Cache-Control: max-age=31536000\r\n", FetchedDids.LongestKept), ("Cache-Control: no-store\r\n", TimeSpan.Zero)])
        {
            await using var host = new RudeHost(RudeHost.Says(""));
            var did = DidAt("web", host);
            host.Answer = Document(did, null, says);
            Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
            if (kept > TimeSpan.Zero)
            {
                _time.Move(kept - TimeSpan.FromSeconds(10));
                Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
                Assert.Equal(1, host.Connections);
                _time.Move(TimeSpan.FromSeconds(11));
            }

            Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
            Assert.Equal(2, host.Connections);
        }
    }

    [Fact]
    public async Task A88_where_the_host_fails_an_old_document_is_used_until_the_policys_age_and_no_longer()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        var did = DidAt("web", host);
        host.Answer = Document(did);
        Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
        var fetched = _time.GetTimestamp();
        host.Answer = RudeHost.Says([], "", "503 Service Unavailable");
        for (_time.Move(FetchedDids.UsuallyKept); _time.GetElapsedTime(fetched) < FetchedDids.LongestKept - TimeSpan.FromMinutes(1); _time.Move(TimeSpan.FromMinutes(9)))
            Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
        Assert.True(host.Connections > 3);

        // Not longer, however often it was asked for meanwhile.
        _time.Move(FetchedDids.LongestKept - _time.GetElapsedTime(fetched) - TimeSpan.FromSeconds(20));
        Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
        _time.Move(TimeSpan.FromSeconds(21));
        Assert.Equal(DidRefusal.UnreachableCode, (await _resolver.ResolveAsync(did)).Error?.Code);
    }

    [Fact]
    public async Task A88_a_host_that_says_that_there_is_no_document_any_more_is_believed_at_once()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        var did = DidAt("web", host);
        host.Answer = Document(did);
        Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
        host.Answer = RudeHost.Says([], "", "410 Gone");
        _time.Move(FetchedDids.UsuallyKept);
        Assert.Equal(DidRefusal.NotFoundCode, (await _resolver.ResolveAsync(did)).Error?.Code);
    }

    [Fact]
    public async Task A88_a_log_is_kept_for_its_ttl_and_not_beyond_it_be_its_host_down()
    {
        foreach (var (ttl, kept) in ((long, TimeSpan)[])[(60, TimeSpan.FromMinutes(1)), (1L << 31, FetchedDids.LongestKept), (0, TimeSpan.Zero)])
        {
            await using var host = new RudeHost(RudeHost.Says(""));
            var log = LogAt(host, ttl: ttl);
            host.Answer = Log(log.Log);
            Assert.NotNull((await _resolver.ResolveAsync(log.Did)).Document);
            host.Answer = RudeHost.Says([], "", "503 Service Unavailable");
            if (kept > TimeSpan.Zero)
            {
                _time.Move(kept - TimeSpan.FromSeconds(5));
                Assert.NotNull((await _resolver.ResolveAsync(log.Did)).Document);
                _time.Move(TimeSpan.FromSeconds(6));
            }

            Assert.Equal(DidRefusal.UnreachableCode, (await _resolver.ResolveAsync(log.Did)).Error?.Code);
        }
    }

    [Fact]
    public async Task A88_a_log_that_is_taken_back_or_tells_another_story_is_not_believed_and_is_an_alarm()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        var world = LogAt(host);
        var shorter = world.Log;
        world.Then();
        host.Answer = Log(world.Log);
        Assert.NotNull((await _resolver.ResolveAsync(world.Did)).Document);

        host.Answer = Log(shorter);
        _time.Move(FetchedDids.LongestKept);
        Assert.Equal(DidRefusal.InvalidDidCode, (await _resolver.ResolveAsync(world.Did)).Error?.Code);
        Assert.Contains(world.Did, Assert.Single(_alarms), StringComparison.Ordinal);

        host.Answer = Log(world.Then().Log);
        _time.Move(FetchedDids.FailureKept);
        Assert.NotNull((await _resolver.ResolveAsync(world.Did)).Document);
    }

    [Fact]
    public async Task Witnesses_are_asked_for_where_the_log_names_them()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        var world = new WebVhWorld().First(
            entry => entry["parameters"]!["witness"] = WebVhWorld.Json($$"""{"threshold":1,"witnesses":[{"id":"{{WebVhWorld.DidKeyOf(2)}}"}]}"""), place: $"localhost%3A{host.Port}");
        byte[]? proofs = null;
        host.Answer = (stream, head, cancellation) => (head.Contains("did-witness.json", StringComparison.Ordinal)
            ? proofs is null ? RudeHost.Says([], "", "404 Not Found") : RudeHost.Says(proofs, "Content-Type: application/json\r\n")
            : Log(world.Log))(stream, head, cancellation);
        Assert.Equal(DidRefusal.NotFoundCode, (await _resolver.ResolveAsync(world.Did)).Error?.Code);
        proofs = "[]"u8.ToArray();
        _time.Move(FetchedDids.FailureKept);
        Assert.Equal(DidRefusal.InvalidDidCode, (await _resolver.ResolveAsync(world.Did)).Error?.Code);
        proofs = StrictJson.Write(world.Witnessed(1, by: 2).Witnesses);
        _time.Move(FetchedDids.FailureKept);
        Assert.NotNull((await _resolver.ResolveAsync(world.Did)).Document);
    }

    [Fact]
    public async Task What_is_kept_has_a_bound()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        for (var n = 0; n <= FetchedDids.MaxKept; n++)
        {
            var did = $"{DidAt("web", host)}:{n}";
            host.Answer = Document(did);
            Assert.NotNull((await _resolver.ResolveAsync(did)).Document);
            _time.Move(TimeSpan.FromMilliseconds(10));
        }

        var first = $"{DidAt("web", host)}:0";
        host.Answer = Document(first);
        Assert.NotNull((await _resolver.ResolveAsync(first)).Document);
        Assert.Equal(FetchedDids.MaxKept + 2, host.Connections);
    }

    private static string DidAt(string method, RudeHost host) => method == "web" ? $"did:web:localhost%3A{host.Port}" : LogAt(host).Did;

    private static WebVhWorld LogAt(RudeHost host, string path = "", long ttl = 3600) => new WebVhWorld().First(
        entry =>
        {
            entry["parameters"]!["ttl"] = ttl;
            if (path.Length > 0) entry["state"]!["alsoKnownAs"] = new JsonArray(path);
        },
        place: $"localhost%3A{host.Port}");

    private static Func<Stream, string, CancellationToken, Task> Document(string did, Action<JsonObject>? change = null, string headers = "")
    {
        var document = new JsonObject { ["@context"] = new JsonArray(DidDocument.Context), ["id"] = did };
        change?.Invoke(document);
        return RudeHost.Says(Encoding.UTF8.GetBytes(document.ToJsonString()), "Content-Type: application/did+json\r\n" + headers);
    }

    private static Func<Stream, string, CancellationToken, Task> Log(byte[] log) => RudeHost.Says(log, "Content-Type: text/jsonl\r\n");
}
