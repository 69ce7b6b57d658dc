using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Delivering;

/// <summary>The operator's own mail server, which is handed a message for one address [RFC5321].</summary>
/// <remarks>
/// A connection for each message. What is not done: pipelining, addresses of other letters than ASCII, other ways to sign in than PLAIN. A message whose
/// last answer was lost may have been taken, and comes again under the same Message-ID. Nothing that the server says is kept, since it may hold the address.
/// </remarks>
internal sealed class MailServer(SmtpOptions options, string ownName, TimeProvider time)
{
    /// <summary>How long it may all take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Hands over a message.</summary>
    /// <param name="to">The address, one that <see cref="Governing.Contact.Fault"/> finds nothing wrong with.</param>
    /// <param name="message">The message: lines of ASCII, each with CR and LF at its end.</param>
    public async Task<Attempt> SendAsync(string to, string message)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            return await ConverseAsync(to, message, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return Down("the mail server did not answer in time");
        }
        catch (AuthenticationException)
        {
            return Down("the mail server's TLS is not right");
        }
        catch (InvalidDataException)
        {
            return Down("the mail server does not speak SMTP");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return Down("the mail server can't be reached");
        }
    }

    private async Task<Attempt> ConverseAsync(string to, string message, CancellationToken deadline)
    {
        // 1. Where TLS is from the first byte, it is before the first word [RFC8314 §3.3].
        Stream stream = await ConnectAsync(deadline);
        await using var closing = stream;
        if (options.Security == SmtpSecurity.Tls) stream = await SecureAsync(stream, deadline);
        var server = new SmtpReader(stream);

        // 2. It greets, and says what it can [RFC5321 §3.1, §3.2].
        if ((await server.ReadAsync(deadline)).Code != 220) return Down("the mail server takes no mail now");
        var ehlo = await AskAsync($"EHLO {ownName}");
        if (ehlo.Code != 250) return Down("the mail server does not speak ESMTP");

        // 3. Nothing of a person goes out before it is kept from others. What came before TLS is forgotten, and asked again [RFC3207 §4.2].
        if (options.Security == SmtpSecurity.StartTls)
        {
            if (!ehlo.Offers("STARTTLS")) return Down("the mail server offers no TLS, and nothing is sent in the clear");
            if ((await AskAsync("STARTTLS")).Code != 220) return Down("the mail server can't begin TLS now");
            if (server.HasMore) throw new InvalidDataException("Words before TLS that would be taken for words within.");
            stream = await SecureAsync(stream, deadline);
            server = new SmtpReader(stream);
            ehlo = await AskAsync($"EHLO {ownName}");
            if (ehlo.Code != 250) return Down("the mail server does not speak ESMTP");
        }

        // 4. Who writes [RFC4954 §4, RFC4616 §2].
        if (options.User is { } user)
        {
            if (!ehlo.Offers("AUTH", "PLAIN")) return Down("the mail server does not let users sign in by PLAIN");
            var words = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{options.Password}"));
            if ((await AskAsync($"AUTH PLAIN {words}")).Code != 235) return Down("the mail server refuses NETID__Smtp__User and its password");
        }

        // 5. From whom and to whom [RFC5321 §3.3]. 530 wants somebody to sign in first; 5.7 is a rule of the server's, which an operator may still mend.
        if (await AskAsync($"MAIL FROM:<{options.From}>") is { Code: not 250 }) return Down("the mail server refuses NETID__Smtp__From");
        var taken = await AskAsync($"RCPT TO:<{to}>");
        if (taken.Code is not (250 or 251)) return Refused(taken, "the address");

        // 6. What. A dot at the beginning of a line gets another before it [RFC5321 §4.5.2].
        var data = await AskAsync("DATA");
        if (data.Code != 354) return Refused(data, "the message");
        await WriteAsync(message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");
        var end = await server.ReadAsync(deadline);
        if (end.Code != 250) return Refused(end, "the message");

        // 7. It has it. Whether it hears that this is all does not matter.
        await TryQuitAsync();
        return Attempt.Sent;

        async Task<SmtpReply> AskAsync(string command)
        {
            await WriteAsync(command + "\r\n");
            return await server.ReadAsync(deadline);
        }

        async Task WriteAsync(string text)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), deadline);
            await stream.FlushAsync(deadline);
        }

        async Task TryQuitAsync()
        {
            try
            {
                await WriteAsync("QUIT\r\n");
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // It has hung up already.
            }
        }
    }

    private static Attempt Down(string fault) => new(AttemptEnd.Down, fault);

    private static Attempt Refused(SmtpReply reply, string what) => reply.Code switch
    {
        421 => Down("the mail server takes no mail now"),
        530 => Down("the mail server wants a user: NETID__Smtp__User"),
        >= 500 when !reply.IsOfPolicy => new(AttemptEnd.Never, $"the mail server refuses {what}"),
        _ => new(AttemptEnd.NotNow, $"the mail server does not take {what} now"),
    };

    private async Task<SslStream> SecureAsync(Stream stream, CancellationToken deadline)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host, CertificateChainPolicy = Fetcher.ChainPolicy(options.Roots) }, deadline);
        return tls;
    }

    // The second way out (decision 0037): to one host that the operator named, and no other; so not by the Fetcher, which is for hosts that strangers name.
#pragma warning disable RS0030
    private async Task<NetworkStream> ConnectAsync(CancellationToken deadline)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, deadline);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
#pragma warning restore RS0030
}
