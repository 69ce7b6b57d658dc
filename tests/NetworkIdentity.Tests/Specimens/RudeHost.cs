using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A host on loopback that answers each request by the bytes it is told to, however wrong they are.</summary>
internal sealed class RudeHost : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _connections;

    /// <param name="answer">Answers a request, of which it gets the head.</param>
    /// <param name="certificate">For TLS; plain where null.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="port">The port; any where 0.</param>
    public RudeHost(Func<Stream, string, CancellationToken, Task> answer, X509Certificate2? certificate = null, string address = "127.0.0.1", int port = 0)
    {
        Answer = answer;
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Func<Stream, string, CancellationToken, Task> Answer { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://localhost:{Port}/list";

    /// <summary>How often somebody connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Ends when the first request has come.</summary>
    public Task Asked => _asked.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>An answer that is right, or has other headers or another status.</summary>
    public static Func<Stream, string, CancellationToken, Task> Says(byte[] body, string headers = "Content-Type: text/plain\r\n", string status = "200 OK") =>
        async (stream, _, cancellation) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), cancellation);
            await stream.WriteAsync(body, cancellation);
        };

    public static Func<Stream, string, CancellationToken, Task> Says(string raw) =>
        async (stream, _, cancellation) => await stream.WriteAsync(Encoding.ASCII.GetBytes(raw), cancellation);

    /// <summary>A root of TLS, and a certificate of it for a name.</summary>
    public static (X509Certificate2 Root, X509Certificate2 Leaf) Certificates(string name, DateTimeOffset from, DateTimeOffset to)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var root = rootRequest.CreateSelfSigned(from.AddDays(-1), to.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var leaf = request.Create(root, from, to, [1, 2, 3, 4]);
        return (root, leaf.CopyWithPrivateKey(key));
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting;
        _listener.Stop();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _ended.Token);
                    stream = tls;
                }

                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one, _ended.Token) == 0) return;
                    head.Append((char)one[0]);
                }

                Requests.Enqueue(head.ToString());
                _asked.TrySetResult();
                await Answer(stream, head.ToString(), _ended.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // Whoever asked has gone.
            }
        }
    }
}
