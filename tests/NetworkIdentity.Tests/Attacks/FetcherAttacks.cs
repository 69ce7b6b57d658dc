using System.Net;
using System.Text;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;
using static NetworkIdentity.Tests.Core.Verifying.FetcherTests;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A81 to A83: what a URL, a name and a host may try on whoever fetches.</summary>
public sealed class FetcherAttacks
{
    private static readonly string[] Text = ["text/plain"];

    private static readonly Dictionary<string, (Func<Stream, string, CancellationToken, Task> Answer, FetchFault Fault)> Rude = new()
    {
        ["A82 301"] = (Redirect("301 Moved Permanently"), FetchFault.Redirected),
        ["A82 302"] = (Redirect("302 Found"), FetchFault.Redirected),
        ["A82 303"] = (Redirect("303 See Other"), FetchFault.Redirected),
        ["A82 307"] = (Redirect("307 Temporary Redirect"), FetchFault.Redirected),
        ["A82 308"] = (Redirect("308 Permanent Redirect"), FetchFault.Redirected),
        ["A82 300"] = (Redirect("300 Multiple Choices"), FetchFault.Redirected),
        ["A83 1 GB announced"] = (RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"), FetchFault.TooLarge),
        ["A83 1 GB sent without a length"] = (async (stream, _, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
            for (var i = 0; i < 1024; i++) await stream.WriteAsync(new byte[1 << 20], cancellation);
        }, FetchFault.TooLarge),
        ["A83 chunks without end"] = (async (stream, _, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellation);
            while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"400\r\n{new string('a', 1024)}\r\n"), cancellation);
        }, FetchFault.TooLarge),
        ["A83 a gzip bomb"] = (RudeHost.Says(Gzip(new byte[256 << 20]), "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"), FetchFault.TooLarge),
        ["A83 gzip within gzip"] = (RudeHost.Says(Gzip(Gzip("a"u8.ToArray())), "Content-Type: text/plain\r\nContent-Encoding: gzip, gzip\r\n"), FetchFault.WrongType),
        ["A83 not gzip"] = (RudeHost.Says("hello"u8.ToArray(), "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"), FetchFault.Unreachable),
        ["A83 brotli"] = (RudeHost.Says([0x0b], "Content-Type: text/plain\r\nContent-Encoding: br\r\n"), FetchFault.WrongType),
        ["A83 304 without anything kept"] = (RudeHost.Says("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"), FetchFault.WrongStatus),
        ["A83 headers without end"] = (async (stream, _, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancellation);
            while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-Filler: {new string('a', 1000)}\r\n"), cancellation);
        }, FetchFault.Unreachable),
        ["closed at once"] = ((_, _, _) => Task.CompletedTask, FetchFault.Unreachable),
        ["closed in the middle"] = (RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhello"), FetchFault.Unreachable),
        ["no HTTP"] = (RudeHost.Says("SSH-2.0-OpenSSH_9.6\r\n"), FetchFault.Unreachable),
        ["another type"] = (RudeHost.Says("hello"u8.ToArray(), "Content-Type: text/html\r\n"), FetchFault.WrongType),
        ["no type"] = (RudeHost.Says("hello"u8.ToArray(), ""), FetchFault.WrongType),
        ["a part"] = (RudeHost.Says("hello"u8.ToArray(), "Content-Type: text/plain\r\nContent-Range: bytes 0-4/5\r\n", "206 Partial Content"), FetchFault.WrongStatus),
        ["401 with a challenge"] = (RudeHost.Says([], "WWW-Authenticate: Negotiate\r\n", "401 Unauthorized"), FetchFault.WrongStatus),
    };

    public static TheoryData<string> RudeNames => [.. Rude.Keys];

    [Theory]
    [InlineData("http://list.example/")]
    [InlineData("ftp://list.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData("https://list.example:8443/")]
    [InlineData("https://list.example:80/")]
    [InlineData("http://list.example:443/")]
    [InlineData("https:///list.example/")]
    [InlineData("https:list.example/")]
    [InlineData("https://list.example:/")]
    [InlineData("https://list.example:0443/")]
    [InlineData("https://someone@list.example/")]
    [InlineData("https://list.example@127.0.0.1/")]
    [InlineData("https://list.example/#a")]
    [InlineData("https://list.example\\@127.0.0.1/")]
    [InlineData("https://list.example/a b")]
    [InlineData("https://list.example/\r\nHost: 127.0.0.1")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://localhost%3A8443/")]
    [InlineData("https://%6cist.example/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://list。example/")]
    [InlineData("https://lіst.example/")]
    [InlineData("http://localhost/")]
    [InlineData("http://127.0.0.1/")]
    public async Task A81_a_URL_that_is_not_plainly_a_public_host_is_not_even_looked_up(string url)
    {
        var lookups = 0;
        using var fetcher = new Fetcher(
            new()
            {
                Resolve = (_, _) =>
                {
                    lookups++;
                    return Task.FromResult(new[] { IPAddress.Loopback });
                },
            },
            TimeProvider.System);
        Assert.Equal(FetchFault.UrlNotAllowed, (await fetcher.FetchAsync(url, Text)).Fault);
        Assert.Equal(0, lookups);
        Assert.Equal(FetchFault.AddressNotPublic, (await fetcher.FetchAsync("https://list.example/", Text)).Fault);
        Assert.Equal(1, lookups);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("8.8.8.8", "127.0.0.1")]
    public async Task A81_a_name_that_leads_inside_opens_no_socket(params string[] addresses)
    {
        await using var host = new RudeHost(RudeHost.Says("a secret"u8.ToArray()), address: addresses.Contains("::1") ? "::1" : "127.0.0.1");
        using var fetcher = new Fetcher(
            new() { Ports = [host.Port], Resolve = (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) }, TimeProvider.System);
        foreach (var name in new[] { "list.example", "localhost", "localhost.", "a.localhost" })
            Assert.Equal(FetchFault.AddressNotPublic, (await fetcher.FetchAsync($"https://{name}:{host.Port}/", Text)).Fault);
        Assert.Equal(0, host.Connections);
    }

    [Theory]
    [InlineData("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255")]
    [InlineData("192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255")]
    [InlineData("::", "::1", "::7f00:1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1")]
    [InlineData("2001::1", "2001:0:a00:1::", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "5f00::1", "4000::1")]
    public void A81_an_address_that_is_not_public_is_none(params string[] addresses) =>
        Assert.DoesNotContain(addresses, address => PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255")]
    [InlineData("2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1", "2001:200::1", "3ffe::1")]
    public void An_address_beside_those_is_public(params string[] addresses) => Assert.All(addresses, address => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address))));

    [Fact]
    public async Task A81_a_name_that_changes_what_it_leads_to_is_looked_up_once()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (root, leaf) = RudeHost.Certificates("list.example", now.AddDays(-1), now.AddDays(1));
        await using var outside = new RudeHost(RudeHost.Says("public"u8.ToArray()), leaf);
        await using var inside = new RudeHost(RudeHost.Says("a secret"u8.ToArray()), leaf, "127.0.0.2", outside.Port);
        var lookups = 0;
        using var fetcher = new Fetcher(
            new()
            {
                Ports = [outside.Port],
                Roots = [root],
                Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse($"127.0.0.{++lookups}") }),
                Allows = address => address.Equals(IPAddress.Loopback),
            },
            TimeProvider.System);
        var url = $"https://list.example:{outside.Port}/";
        Assert.Equal("public", Encoding.ASCII.GetString((await fetcher.FetchAsync(url, Text)).Body.Span));
        Assert.Equal((1, 1, 0), (lookups, outside.Connections, inside.Connections));
        Assert.Equal(FetchFault.AddressNotPublic, (await fetcher.FetchAsync(url, Text)).Fault);
        Assert.Equal((2, 1, 0), (lookups, outside.Connections, inside.Connections));
    }

    [Theory]
    [InlineData("http://10.0.0.1/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("http://list.example/")]
    public async Task A81_a_developers_machine_may_be_called_and_nothing_beside_it(string url)
    {
        using var fetcher = Loopback();
        Assert.Equal(FetchFault.UrlNotAllowed, (await fetcher.FetchAsync(url, Text)).Fault);
    }

    [Theory]
    [MemberData(nameof(RudeNames))]
    public async Task A82_A83_a_rude_answer_is_a_reason_in_bounded_space_and_time(string name)
    {
        var (answer, fault) = Rude[name];
        await using var inside = new RudeHost(RudeHost.Says("a secret"u8.ToArray()));
        await using var host = new RudeHost((stream, head, cancellation) => answer(stream, $"{inside.Url}\n{head}", cancellation));
        using var fetcher = Loopback();
        var result = await fetcher.FetchAsync(host.Url, Text);
        Assert.Equal(fault, result.Fault);
        Assert.True(result.Body.IsEmpty);
        Assert.DoesNotContain("hello", result.Detail!, StringComparison.Ordinal);
        Assert.Equal((1, 0), (host.Connections, inside.Connections));
    }

    [Theory]
    [InlineData("nothing at all", "")]
    [InlineData("a head without end", "HTTP/1.1 200 OK\r\nContent-Ty")]
    [InlineData("a body that drips", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n")]
    [InlineData("chunks that drip", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("preliminary answers", "HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task A83_a_host_that_takes_its_time_gets_five_seconds_in_all(string name, string start)
    {
        var time = new ManualTime();
        var drip = Encoding.ASCII.GetBytes(name switch { "chunks that drip" => "1\r\na\r\n", "preliminary answers" => start, "nothing at all" => "", _ => "a" });
        await using var host = new RudeHost(async (stream, _, cancellation) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), cancellation);
            while (true)
            {
                await stream.WriteAsync(drip, cancellation);
                await Task.Delay(20, cancellation);
            }
        });
        using var fetcher = Loopback(time);
        var fetch = fetcher.FetchAsync(host.Url, Text);
        await host.Asked;
        time.Move(Fetcher.Deadline / 5); // the clock goes on by itself too
        await Task.Delay(100);
        Assert.False(fetch.IsCompleted);
        time.Move(Fetcher.Deadline * 4 / 5);
        Assert.Equal(FetchFault.TimedOut, (await fetch.WaitAsync(TimeSpan.FromSeconds(30))).Fault);
    }

    [Fact]
    public async Task A83_a_name_that_is_never_answered_and_a_handshake_that_never_ends_get_no_more()
    {
        var time = new ManualTime();
        using var unanswered = new Fetcher(new() { Resolve = (_, _) => new TaskCompletionSource<IPAddress[]>().Task }, time);
        var fetch = unanswered.FetchAsync("https://list.example/", Text);
        time.Move(Fetcher.Deadline);
        Assert.Equal(FetchFault.TimedOut, (await fetch.WaitAsync(TimeSpan.FromSeconds(30))).Fault);

        await using var mute = new RudeHost((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var shaking = Loopback(time);
        fetch = shaking.FetchAsync($"https://localhost:{mute.Port}/", Text);
        while (mute.Connections == 0) await Task.Delay(10);
        time.Move(Fetcher.Deadline);
        Assert.Equal(FetchFault.TimedOut, (await fetch.WaitAsync(TimeSpan.FromSeconds(30))).Fault);
    }

    /// <summary>Redirects to the host inside, whose URL is the first line of what it gets.</summary>
    private static Func<Stream, string, CancellationToken, Task> Redirect(string status) => (stream, head, cancellation) =>
        RudeHost.Says([], $"Location: {head.Split('\n')[0]}\r\n", status)(stream, head, cancellation);
}
