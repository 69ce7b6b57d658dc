using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NetworkIdentity.Delivering;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A mail server on loopback that keeps what it is handed, and answers otherwise where it is told to.</summary>
internal sealed class TestMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _leaf;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;

    public TestMailServer(SmtpSecurity security = SmtpSecurity.None, int port = 0)
    {
        Security = security;
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        (_root, _leaf) = RudeHost.Certificates("localhost", now.AddDays(-2), now.AddDays(2));
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What came of one connection, a line of the client's each, with whether it came within TLS.</summary>
    public ConcurrentQueue<(string Line, bool IsSecure)> Lines { get; } = [];

    /// <summary>What was handed over: to whom, and the message without the dots that were put before others.</summary>
    public ConcurrentQueue<(string To, string Message)> Mails { get; } = [];

    public SmtpSecurity Security { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it offers behind its name.</summary>
    public List<string> Offers { get; } = ["8BITMIME", "AUTH LOGIN PLAIN"];

    /// <summary>Answers a line otherwise; null for the usual answer, and empty for none but to hang up.</summary>
    public Func<string, string?> Otherwise { get; set; } = _ => null;

    /// <summary>What it does before it answers a line.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How it is reached, by who trusts its root.</summary>
    public SmtpOptions Options => new("localhost", Port, "nation@nation.example", Security) { Roots = [_root] };

    /// <summary>The text of a mail's body.</summary>
    public static string BodyOf(string message) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));

    /// <summary>A field of a mail's header, its encoded words read.</summary>
    public static string FieldOf(string message, string name)
    {
        var head = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n");
        var value = head.Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
        return string.Concat(value.Split(' ').Select(word => word.StartsWith("=?utf-8?B?", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(word[10..^2]))
            : " " + word)).Trim();
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
        using (client)
        {
            try
            {
                await ConverseAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // Who wrote has gone.
            }
        }
    }

    private async Task ConverseAsync(Stream stream)
    {
        var isSecure = false;
        if (Security == SmtpSecurity.Tls) await SecureAsync();
        var to = "";
        if (!await SayAsync("greeting", "220 mail.example ESMTP")) return;
        while (await LineAsync(stream) is { } line)
        {
            Lines.Enqueue((line, isSecure));
            await Before(line);
            if (line.StartsWith("RCPT TO:", StringComparison.Ordinal)) to = line["RCPT TO:<".Length..^1];
            var verb = line.Split(' ', ':')[0];
            string[] offers = [.. Offers, .. Security == SmtpSecurity.StartTls && !isSecure ? (string[])["STARTTLS"] : []];
            if (!await SayAsync(line, verb switch
            {
                "EHLO" => string.Join("\r\n", ["250-mail.example", .. offers.SkipLast(1).Select(one => "250-" + one), "250 " + offers[^1]]),
                "STARTTLS" => "220 2.0.0 go on",
                "AUTH" => "235 2.7.0 well",
                "MAIL" or "RCPT" => "250 2.1.0 well",
                "DATA" => "354 go on",
                "QUIT" => "221 2.0.0 bye",
                _ => "500 5.5.2 what",
            })) return;
            if (verb == "STARTTLS" && Otherwise(line) is null) await SecureAsync();
            if (verb == "DATA" && Otherwise(line) is null)
            {
                var message = new StringBuilder();
                while (await LineAsync(stream) is { } text && text != ".") message.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
                await Before(".");
                Mails.Enqueue((to, message.ToString()));
                if (!await SayAsync(".", "250 2.0.0 taken")) return;
            }

            if (verb == "QUIT") return;
        }

        async Task SecureAsync()
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _leaf }, _ended.Token);
            (stream, isSecure) = (tls, true);
        }

        async Task<bool> SayAsync(string line, string usual)
        {
            var answer = Otherwise(line) ?? usual;
            if (answer.Length == 0) return false;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _ended.Token);
            return true;
        }
    }

    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _ended.Token) > 0)
        {
            line.Append((char)one[0]);
            if (line.Length > 1 && line[^1] == '\n' && line[^2] == '\r') return line.ToString(0, line.Length - 2);
        }

        return null;
    }
}
