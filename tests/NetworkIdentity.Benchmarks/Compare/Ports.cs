using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Free ports, and the wait until something answers there.</summary>
internal static class Ports
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A port of this machine that nobody listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until the discovery document is answered, looking every two milliseconds.</summary>
    public static async Task FirstAnswerAsync(Child child, Traffic traffic, string issuer, Stopwatch watch)
    {
        while (!await traffic.AnswersAsync($"{issuer}/.well-known/openid-configuration"))
        {
            child.MustRun();
            if (watch.Elapsed > Patience) throw new TimeoutException($"{issuer} does not answer:\n{child.Errors}");
            await Task.Delay(2);
        }
    }
}
