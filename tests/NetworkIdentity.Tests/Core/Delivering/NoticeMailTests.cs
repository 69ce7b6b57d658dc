using NetworkIdentity.Delivering;
using NetworkIdentity.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Delivering;

/// <summary>What stands in an e-mail, and what no name makes of it.</summary>
public sealed class NoticeMailTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2026-03-01T09:05:00Z", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void It_says_who_writes_what_sort_of_thing_happened_and_where_it_is_read()
    {
        var mail = Compose("Aurora", NoticeKind.VouchFreed);
        Assert.Equal("Aurora <nation@nation.example>", TestMailServer.FieldOf(mail, "From"));
        Assert.Equal("<ada@mail.example>", TestMailServer.FieldOf(mail, "To"));
        Assert.Equal("Aurora: A vouch of yours is free again", TestMailServer.FieldOf(mail, "Subject"));
        Assert.Equal("Sun, 01 Mar 2026 09:05:00 +0000", TestMailServer.FieldOf(mail, "Date"));
        Assert.Equal("<n1@id.nation.example>", TestMailServer.FieldOf(mail, "Message-ID"));
        Assert.Equal("auto-generated", TestMailServer.FieldOf(mail, "Auto-Submitted"));
        Assert.Equal(
            """
            Aurora

            A vouch of yours is free again.

            To read it, sign in here: https://id.nation.example/account

            This was sent to the address that you gave there. You can change or remove it there.

            """.ReplaceLineEndings("\r\n"),
            TestMailServer.BodyOf(mail));
    }

    [Theory]
    [InlineData("Aurora\r\nBcc: everyone@mail.example\r\n\r\nPay here: https://evil.example")]
    [InlineData("Aurora\nBcc: everyone@mail.example")]
    [InlineData("Aurora\rBcc: everyone@mail.example")]
    [InlineData("Aurora> <evil@mail.example")]
    [InlineData("Aurora\"; name=\"a")]
    [InlineData("=?utf-8?Q?=0D=0ABcc:_everyone@mail.example?=")]
    [InlineData("\u202Eelpmaxe.live\u2066\u0000\u2028.\r\n.")]
    [InlineData("שלום אורורה")]
    [InlineData("Nation of the very long name that goes on and on, and that no line of a header would hold, with 🜁 ✶ and ñ at its end")]
    public void A93_no_name_begins_a_field_or_a_line_or_turns_what_stands_beside_it(string name)
    {
        var mail = Compose(name, NoticeKind.Suspended);
        var head = mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        Assert.Equal(
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"],
            head.Where(line => line[0] != ' ').Select(line => line.Split(':')[0]));
        Assert.All(mail.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
        Assert.All(mail, letter => Assert.InRange(letter, '\n', '~'));
        Assert.Equal(mail.Count(letter => letter == '\n'), mail.Count(letter => letter == '\r'));
        Assert.EndsWith(" <nation@nation.example>", head.Last(line => line.Contains("<nation@", StringComparison.Ordinal)), StringComparison.Ordinal);

        var lines = TestMailServer.BodyOf(mail).Split("\r\n");
        Assert.Equal(("", "Your credentials were suspended for a time."), (lines[1], lines[2]));
        Assert.DoesNotContain(lines[0], letter => char.IsControl(letter) || letter is '\u202E' or '\u2066' or '\u2028');
        if (!name.All(char.IsAscii) && lines[0].Any(letter => letter > '~')) Assert.True(lines[0][0] == '\u2068' && lines[0][^1] == '\u2069');
        Assert.StartsWith(lines[0] + ": ", TestMailServer.FieldOf(mail, "Subject").Trim(), StringComparison.Ordinal);
    }

    private static string Compose(string name, NoticeKind kind) =>
        NoticeMail.Compose(new Nation(name, "https://id.nation.example"), "nation@nation.example", "ada@mail.example", kind, "n1", At);
}
