using System.Net;
using System.Net.Sockets;
using System.Text;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary>F14: a server that is told to stop says so first, ends what is under way, and leaves nothing half done.</summary>
public sealed class DrainingTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task F14_ready_says_503_first_a_request_under_way_is_answered_and_the_exit_code_is_0()
    {
        var port = TestServer.FreePort();
        var url = $"http://localhost:{port}";
        await using var running = await NetidProcess.Beside(_server).With(("NETID__Urls", url), ("NETID__Drain__Seconds", "10")).ServeAsync();
        using var http = TestServer.NewProgram();
        Assert.Equal("ready", await http.GetStringAsync(new Uri(url + "/health/ready")));

        // A request of which the server has one half.
        var ready = await TestIssuance.BeginAsync(_server);
        var body = new string(' ', 8_000) + $$$"""{"credential_configuration_id":"membership","proofs":{"jwt":["{{{await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())}}}"]}}""";
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("localhost", port, TestContext.Current.CancellationToken);
        var half = body.Length - 200; // so many are there that Kestrel does not take it for slow while the rest is waited for
        await SendAsync($"POST /credential HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {ready.Token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body[..half]}");

        var stopping = running.StopAsync();
        await UntilAsync(async () => await StatusAsync("/health/ready") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/jwks"));

        // Past the time in which it still listens: nobody new gets in, and who is in is served.
        await UntilAsync(async () => await StatusAsync("/health/live") is null);
        Assert.False(stopping.IsCompleted);
        await SendAsync(body[half..]);
        var answer = new byte[64 * 1024];
        var length = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.Single(await ready.RecordsAsync());
        Assert.Equal(0, await stopping);

        async Task SendAsync(string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

        async Task<HttpStatusCode?> StatusAsync(string path)
        {
            try
            {
                using var fresh = TestServer.NewProgram();
                using var got = await fresh.GetAsync(new Uri(url + path));
                return got.StatusCode;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 1200 && !await holds(); i++) await Task.Delay(25, TestContext.Current.CancellationToken);
        Assert.True(await holds());
    }
}
