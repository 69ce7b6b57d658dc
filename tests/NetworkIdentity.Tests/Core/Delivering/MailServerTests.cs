using NetworkIdentity.Delivering;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Delivering;

/// <summary>The conversation with the mail server: what is handed over, and what is not where something is wrong.</summary>
public sealed class MailServerTests
{
    private const string To = "ada@mail.example";
    private const string Message = "Subject: a\r\n\r\n.b\r\n..c\r\n";

    [Theory]
    [InlineData(SmtpSecurity.None)]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_message_arrives_as_it_is_and_what_is_of_a_person_within_TLS(SmtpSecurity security)
    {
        await using var host = new TestMailServer(security);
        var attempt = await SendAsync(host.Options with { User = "nation", Password = "a secret" });
        Assert.Equal(AttemptEnd.Sent, attempt.End);
        Assert.Equal((To, Message), Assert.Single(host.Mails));
        var isSecure = security != SmtpSecurity.None;
        Assert.All(host.Lines.Where(line => line.Line.Split(' ', ':')[0] is "AUTH" or "MAIL" or "RCPT" or "DATA"), line => Assert.Equal(isSecure, line.IsSecure));
        string[] verbs = ["EHLO", .. security == SmtpSecurity.StartTls ? (string[])["STARTTLS", "EHLO"] : [], "AUTH", "MAIL", "RCPT", "DATA"];
        Assert.Equal(verbs, host.Lines.Select(line => line.Line.Split(' ', ':')[0]).Take(verbs.Length));
        Assert.Contains(host.Lines, line => line.Line == "EHLO nation.example");
        Assert.Contains(host.Lines, line => line.Line == "AUTH PLAIN " + Convert.ToBase64String("\0nation\0a secret"u8));
        Assert.Contains(host.Lines, line => line.Line == "MAIL FROM:<nation@nation.example>");
    }

    [Fact]
    public async Task Who_needs_no_user_does_not_sign_in()
    {
        await using var host = new TestMailServer();
        Assert.Equal(AttemptEnd.Sent, (await SendAsync(host.Options)).End);
        Assert.DoesNotContain(host.Lines, line => line.Line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_TLS_is_not_offered_nothing_of_a_person_goes_out()
    {
        await using var host = new TestMailServer(SmtpSecurity.None);
        var attempt = await SendAsync(host.Options with { Security = SmtpSecurity.StartTls, User = "nation", Password = "a secret" });
        Assert.Equal(new Attempt(AttemptEnd.Down, "the mail server offers no TLS, and nothing is sent in the clear"), attempt);
        Assert.Equal(["EHLO nation.example"], host.Lines.Select(line => line.Line));
    }

    [Fact]
    public async Task Where_TLS_is_refused_or_preceded_by_words_for_within_nothing_of_a_person_goes_out()
    {
        await using var refuses = new TestMailServer(SmtpSecurity.StartTls) { Otherwise = line => line == "STARTTLS" ? "454 4.7.0 not now" : null };
        Assert.Equal("the mail server can't begin TLS now", (await SendAsync(refuses.Options)).Fault);
        Assert.Equal(2, refuses.Lines.Count);

        // What somebody between wrote before TLS is not taken for what the server says within it.
        await using var between = new TestMailServer(SmtpSecurity.StartTls) { Otherwise = line => line == "STARTTLS" ? "220 go on\r\n250-evil\r\n250 AUTH PLAIN" : null };
        Assert.Equal("the mail server does not speak SMTP", (await SendAsync(between.Options)).Fault);
        Assert.Equal(2, between.Lines.Count);
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_certificate_that_is_nobodys_or_of_another_name_ends_it(SmtpSecurity security)
    {
        await using var host = new TestMailServer(security);
        foreach (var options in (SmtpOptions[])[host.Options with { Roots = null }, host.Options with { Host = "127.0.0.1" }])
            Assert.Equal(new Attempt(AttemptEnd.Down, "the mail server's TLS is not right"), await SendAsync(options));
        Assert.DoesNotContain(host.Lines, line => line.Line.Contains('@', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("greeting", "554 5.3.2 no", nameof(AttemptEnd.Down), "the mail server takes no mail now")]
    [InlineData("greeting", "421 4.3.2 busy", nameof(AttemptEnd.Down), "the mail server takes no mail now")]
    [InlineData("greeting", "SSH-2.0-OpenSSH", nameof(AttemptEnd.Down), "the mail server does not speak SMTP")]
    [InlineData("greeting", "", nameof(AttemptEnd.Down), "the mail server can't be reached")]
    [InlineData("EHLO", "502 5.5.1 what", nameof(AttemptEnd.Down), "the mail server does not speak ESMTP")]
    [InlineData("EHLO", "250-mail.example\r\n251 AUTH PLAIN", nameof(AttemptEnd.Down), "the mail server does not speak SMTP")]
    [InlineData("EHLO", "250-mail.example\r\n250 AUTH LOGIN", nameof(AttemptEnd.Down), "the mail server does not let users sign in by PLAIN")]
    [InlineData("AUTH", "535 5.7.8 no", nameof(AttemptEnd.Down), "the mail server refuses NETID__Smtp__User and its password")]
    [InlineData("MAIL", "550 5.7.1 not you", nameof(AttemptEnd.Down), "the mail server refuses NETID__Smtp__From")]
    [InlineData("RCPT", "550 5.1.1 unknown", nameof(AttemptEnd.Never), "the mail server refuses the address")]
    [InlineData("RCPT", "553", nameof(AttemptEnd.Never), "the mail server refuses the address")]
    [InlineData("RCPT", "554 5.7.1 relay denied", nameof(AttemptEnd.NotNow), "the mail server does not take the address now")]
    [InlineData("RCPT", "450 4.2.0 later", nameof(AttemptEnd.NotNow), "the mail server does not take the address now")]
    [InlineData("RCPT", "530 5.7.0 who are you", nameof(AttemptEnd.Down), "the mail server wants a user: NETID__Smtp__User")]
    [InlineData("RCPT", "421 4.3.2 busy", nameof(AttemptEnd.Down), "the mail server takes no mail now")]
    [InlineData("RCPT", "", nameof(AttemptEnd.Down), "the mail server can't be reached")]
    [InlineData("DATA", "451 4.3.0 later", nameof(AttemptEnd.NotNow), "the mail server does not take the message now")]
    [InlineData(".", "552 5.2.2 too much", nameof(AttemptEnd.Never), "the mail server refuses the message")]
    [InlineData(".", "451 4.3.0 later", nameof(AttemptEnd.NotNow), "the mail server does not take the message now")]
    [InlineData(".", "", nameof(AttemptEnd.Down), "the mail server can't be reached")]
    public async Task What_it_answers_otherwise_says_whether_this_one_or_all_wait(string at, string answer, string end, string fault)
    {
        await using var host = new TestMailServer { Otherwise = line => line.Split(' ', ':')[0] == at ? answer : null };
        var attempt = await SendAsync(host.Options with { User = "nation", Password = "a secret" });
        Assert.Equal((end, fault), (attempt.End.ToString(), attempt.Fault));
    }

    [Fact]
    public async Task Who_hangs_up_after_taking_it_has_taken_it()
    {
        await using var host = new TestMailServer { Otherwise = line => line == "QUIT" ? "" : null };
        Assert.Equal(AttemptEnd.Sent, (await SendAsync(host.Options)).End);
    }

    [Fact]
    public async Task Nobody_is_waited_for_longer_than_half_a_minute_and_no_answer_is_read_without_end()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var mute = new TestMailServer { Before = line => line.StartsWith("EHLO", StringComparison.Ordinal) ? WaitAsync() : Task.CompletedTask };
        var sending = new MailServer(mute.Options, "nation.example", time).SendAsync(To, Message);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        time.Move(MailServer.Deadline);
        Assert.Equal("the mail server did not answer in time", (await sending.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Fault);
        release.SetResult();

        await using var endless = new TestMailServer { Otherwise = line => line == "greeting" ? string.Concat(Enumerable.Repeat("220-hello\r\n", 200)) + "220 hello" : null };
        Assert.Equal("the mail server does not speak SMTP", (await SendAsync(endless.Options)).Fault);
        await using var wide = new TestMailServer { Otherwise = line => line == "greeting" ? "220 " + new string('a', 5000) : null };
        Assert.Equal("the mail server does not speak SMTP", (await SendAsync(wide.Options)).Fault);

        Task WaitAsync()
        {
            asked.TrySetResult();
            return release.Task;
        }
    }

    private static Task<Attempt> SendAsync(SmtpOptions options) => new MailServer(options, "nation.example", TimeProvider.System).SendAsync(To, Message);
}
