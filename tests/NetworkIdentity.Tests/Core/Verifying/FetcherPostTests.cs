using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;
using static NetworkIdentity.Tests.Core.Verifying.FetcherTests;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>A form that is posted goes the same guarded way as what is fetched.</summary>
public sealed class FetcherPostTests
{
    [Fact]
    public async Task A_form_is_posted_with_nothing_beside_it()
    {
        await using var host = new RudeHost(RudeHost.Says([], "Set-Cookie: a=b\r\n"));
        using var fetcher = Loopback();
        Assert.Null((await fetcher.PostAsync(host.Url, ("logout_token", "a.b+c"))).Fault);
        Assert.Equal(
            ((string[])["POST /list HTTP/1.1", $"Host: localhost:{host.Port}", "User-Agent: netid", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 20"]).Order(),
            Assert.Single(host.Requests).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Theory]
    [InlineData("200 OK", null)]
    [InlineData("204 No Content", null)]
    [InlineData("201 Created", FetchFault.WrongStatus)]
    [InlineData("400 Bad Request", FetchFault.WrongStatus)]
    [InlineData("304 Not Modified", FetchFault.WrongStatus)]
    [InlineData("501 Not Implemented", FetchFault.HostFailed)]
    [InlineData("429 Too Many Requests", FetchFault.HostFailed)]
    [InlineData("302 Found", FetchFault.Redirected)]
    [InlineData("307 Temporary Redirect", FetchFault.Redirected)]
    [InlineData("308 Permanent Redirect", FetchFault.Redirected)]
    public async Task A82_its_answer_is_its_status_and_no_redirect_is_followed(string status, FetchFault? fault)
    {
        await using var inside = new RudeHost(RudeHost.Says("a secret"u8.ToArray()));
        await using var host = new RudeHost(RudeHost.Says($"HTTP/1.1 {status}\r\nLocation: {inside.Url}\r\n{(status.StartsWith("204", StringComparison.Ordinal) ? "" : "Content-Length: 0\r\n")}\r\n"));
        using var fetcher = Loopback();
        Assert.Equal(fault, (await fetcher.PostAsync(host.Url, ("a", "b"))).Fault);
        Assert.Equal((1, 0), (host.Connections, inside.Connections));
    }

    [Theory]
    [InlineData("http://list.example/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://someone@list.example/")]
    [InlineData("https://list.example:8443/")]
    public async Task A81_it_goes_nowhere_that_would_not_be_fetched(string url)
    {
        using var fetcher = new Fetcher(new(), TimeProvider.System);
        Assert.Equal(FetchFault.UrlNotAllowed, (await fetcher.PostAsync(url, ("a", "b"))).Fault);
    }

    [Fact]
    public async Task A81_a_name_that_leads_inside_is_sent_nothing()
    {
        await using var host = new RudeHost(RudeHost.Says([]));
        using var fetcher = new Fetcher(new() { Ports = [host.Port], Resolve = (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback }) }, TimeProvider.System);
        Assert.Equal(FetchFault.AddressNotPublic, (await fetcher.PostAsync($"https://list.example:{host.Port}/", ("a", "b"))).Fault);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task A83_an_answer_without_end_is_not_read_and_one_that_never_comes_is_not_waited_for()
    {
        var time = new ManualTime();
        await using var endless = new RudeHost(RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
        await using var mute = new RudeHost((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var fetcher = Loopback(time);
        Assert.Null((await fetcher.PostAsync(endless.Url, ("a", "b")).WaitAsync(TimeSpan.FromSeconds(30))).Fault);
        var post = fetcher.PostAsync(mute.Url, ("a", "b"));
        await mute.Asked;
        time.Move(Fetcher.Deadline);
        Assert.Equal(FetchFault.TimedOut, (await post.WaitAsync(TimeSpan.FromSeconds(30))).Fault);
    }
}
