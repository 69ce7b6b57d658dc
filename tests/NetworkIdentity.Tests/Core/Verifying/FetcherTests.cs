using System.Net;
using System.Text;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>What the one way out does, and when it leaves a host alone. What is done to it is in Attacks/FetcherAttacks.cs.</summary>
public sealed class FetcherTests
{
    private static readonly string[] Text = ["text/plain"];

    [Fact]
    public async Task A_right_answer_is_a_body_with_its_tag_and_its_age()
    {
        await using var host = new RudeHost(RudeHost.Says("hello"u8.ToArray(), "Content-Type: Text/Plain; charset=utf-8\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\n"));
        using var fetcher = Loopback();
        var result = await fetcher.FetchAsync(host.Url, Text);
        Assert.Equal((null, null, "hello", false), (result.Fault, result.Detail, Encoding.ASCII.GetString(result.Body.Span), result.IsNotModified));
        Assert.Equal(("\"1\"", TimeSpan.FromSeconds(60)), (result.ETag, result.MaxAge));
    }

    [Fact]
    public async Task Nothing_is_sent_but_the_question()
    {
        await using var host = new RudeHost(RudeHost.Says("hello"u8.ToArray(), "Content-Type: text/plain\r\nSet-Cookie: a=b; Path=/\r\nConnection: keep-alive\r\n"));
        using var fetcher = Loopback();
        using var trace = new System.Diagnostics.Activity("a sign-in").Start();
        Assert.Null((await fetcher.FetchAsync(host.Url, Text)).Fault);
        Assert.Null((await fetcher.FetchAsync(host.Url, Text, etag: "W/\"2\"")).Fault);
        string[] first = ["GET /list HTTP/1.1", $"Host: localhost:{host.Port}", "Accept: text/plain", "Accept-Encoding: gzip", "User-Agent: netid"];
        Assert.Equal(
            [[.. first.Order()], [.. first.Append("If-None-Match: W/\"2\"").Order()]],
            host.Requests.Select(head => head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Order().ToArray()));
        Assert.Equal(2, host.Connections);
    }

    [Fact]
    public async Task What_has_not_been_modified_is_told_with_its_tag()
    {
        await using var host = new RudeHost(RudeHost.Says("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nCache-Control: no-store, max-age=60\r\n\r\n"));
        using var fetcher = Loopback();
        var result = await fetcher.FetchAsync(host.Url, Text, etag: "\"1\"");
        Assert.Equal((null, true, "\"1\"", TimeSpan.Zero), (result.Fault, result.IsNotModified, result.ETag, result.MaxAge));
    }

    [Fact]
    public async Task What_is_packed_is_unpacked()
    {
        await using var host = new RudeHost(RudeHost.Says(Gzip(new byte[1000]), "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"));
        using var fetcher = Loopback();
        Assert.Equal(1000, (await fetcher.FetchAsync(host.Url, Text, 1000)).Body.Length);
        Assert.Equal(FetchFault.TooLarge, (await fetcher.FetchAsync(host.Url, Text, 999)).Fault);
    }

    [Fact]
    public async Task The_certificate_is_looked_at()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var (root, leaf) = RudeHost.Certificates("list.example", now.AddDays(-2), now.AddDays(2));
        var (otherRoot, _) = RudeHost.Certificates("list.example", now.AddDays(-2), now.AddDays(2));
        var (oldRoot, old) = RudeHost.Certificates("list.example", now.AddDays(-4), now.AddDays(-2));
        await using var host = new RudeHost(RudeHost.Says("hello"u8.ToArray()), leaf);
        await using var late = new RudeHost(RudeHost.Says("hello"u8.ToArray()), old);
        async Task<FetchFault?> Try(string name, int port, params System.Security.Cryptography.X509Certificates.X509Certificate2[]? roots)
        {
            using var fetcher = new Fetcher(
                new() { Ports = [port], Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Loopback }), Allows = IPAddress.IsLoopback, Roots = roots is null ? null : [.. roots] },
                TimeProvider.System);
            return (await fetcher.FetchAsync($"https://{name}:{port}/list", Text)).Fault;
        }

        Assert.Null(await Try("list.example", host.Port, root));
        Assert.Equal(FetchFault.Unreachable, await Try("other.example", host.Port, root));
        Assert.Equal(FetchFault.Unreachable, await Try("list.example", host.Port, otherRoot));
        Assert.Equal(FetchFault.Unreachable, await Try("list.example", host.Port, null));
        Assert.Equal(FetchFault.Unreachable, await Try("list.example", late.Port, oldRoot));
    }

    [Fact]
    public async Task A_host_that_fails_is_left_alone_for_longer_each_time_and_others_are_not()
    {
        var time = new ManualTime();
        await using var host = new RudeHost(RudeHost.Says([], "", "503 Service Unavailable"));
        await using var other = new RudeHost(RudeHost.Says("hello"u8.ToArray()));
        using var fetcher = Loopback(time);
        async Task<FetchFault?> Try() => (await fetcher.FetchAsync(host.Url, Text)).Fault;

        for (var i = 0; i < HostTurns.FailuresBeforePause; i++) Assert.Equal(FetchFault.HostFailed, await Try());
        Assert.Equal(FetchFault.Paused, await Try());
        Assert.Equal(3, host.Connections);
        Assert.Null((await fetcher.FetchAsync(other.Url, Text)).Fault);

        time.Move(HostTurns.FirstPause);
        Assert.Equal(FetchFault.HostFailed, await Try());
        time.Move(HostTurns.FirstPause);
        Assert.Equal(FetchFault.Paused, await Try());
        time.Move(HostTurns.FirstPause);
        host.Answer = RudeHost.Says("hello"u8.ToArray());
        Assert.Null(await Try());

        // All is forgiven: it takes as many failures as at first.
        host.Answer = RudeHost.Says([], "", "429 Too Many Requests");
        for (var i = 0; i < HostTurns.FailuresBeforePause; i++) Assert.Equal(FetchFault.HostFailed, await Try());
        Assert.Equal(FetchFault.Paused, await Try());
    }

    [Fact]
    public async Task A_document_that_is_not_there_says_nothing_against_its_host()
    {
        await using var host = new RudeHost(RudeHost.Says([], "", "404 Not Found"));
        using var fetcher = Loopback();
        for (var i = 0; i < 2 * HostTurns.FailuresBeforePause; i++) Assert.Equal(FetchFault.WrongStatus, (await fetcher.FetchAsync(host.Url, Text)).Fault);
    }

    [Fact]
    public async Task A_host_is_asked_a_few_things_at_once_and_who_waits_too_long_is_told_so()
    {
        var time = new ManualTime();
        await using var host = new RudeHost((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        await using var other = new RudeHost(RudeHost.Says("hello"u8.ToArray()));
        using var fetcher = Loopback(time);
        var asked = Enumerable.Range(0, 10).Select(_ => fetcher.FetchAsync(host.Url, Text)).ToList();
        while (host.Connections < HostTurns.PerHost) await Task.Delay(10);
        await host.Asked;
        Assert.Null((await fetcher.FetchAsync(other.Url, Text)).Fault);
        Assert.Equal(HostTurns.PerHost, host.Connections);
        time.Move(Fetcher.Deadline);
        var faults = (await Task.WhenAll(asked)).Select(result => result.Fault).ToList();

        // Who is let in as another gives up has no time left either.
        Assert.InRange(faults.Count(fault => fault == FetchFault.TimedOut), HostTurns.PerHost, asked.Count);
        Assert.All(faults, fault => Assert.True(fault is FetchFault.TimedOut or FetchFault.Busy or FetchFault.Paused));
    }

    internal static Fetcher Loopback(TimeProvider? time = null) => new(new() { Loopback = true }, time ?? TimeProvider.System);

    internal static byte[] Gzip(byte[] bytes)
    {
        using var into = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(into, System.IO.Compression.CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return into.ToArray();
    }
}
