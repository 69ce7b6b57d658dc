using NetworkIdentity.Delivering;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The running server sends what is in the outbox by itself.</summary>
public sealed class NotifyingTests
{
    private const string Address = "ada.quiet@mail.example";

    [Fact]
    public async Task What_was_written_in_an_act_is_on_its_way_and_no_address_and_no_word_of_the_mail_servers_is_in_the_log()
    {
        await using var mail = new TestMailServer { Otherwise = line => line.Contains("refused@", StringComparison.Ordinal) ? $"550 5.1.1 {line} by a loud server" : null };
        await using var hook = await TestHook.StartAsync();
        using var log = new TestLog();
        await using var server = await TestServer.StartAsync(log, settings => settings with { FetchLoopback = true, Notices = new DeliveryOptions(mail.Options, hook.Options) });
        List<string> ids = [];
        foreach (var address in (string[])[Address, "refused@mail.example"])
        {
            var now = server.Time.GetUtcNow();
            var (member, insert) = Member.Create(server.Nation.Keys, now);
            Assert.Null(await server.Nation.Database.CommitAsync(
                [insert, .. Contact.Put(member, address, now), .. Notice.To(member.Id, NoticeKind.ApplicationReceived, "application-1", now)]));
            ids.AddRange((await Notices.OfMemberAsync(server.Nation.Database, member.Id, long.MaxValue)).Select(one => one.Id));
        }

        await TestListener.EventuallyAsync(async () => (await Notices.ChannelsToSendAsync(server.Nation.Database, long.MaxValue)).Count == 0);
        Assert.Equal(Address, Assert.Single(mail.Mails).To);
        Assert.Equal(ids.Order(StringComparer.Ordinal), hook.Ids.Order(StringComparer.Ordinal));
        Assert.Equal("the mail server refuses the address", Assert.Single(await Notices.UnsentAsync(server.Nation.Database)).Fault);
        Assert.DoesNotContain("mail.example", log.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("loud", log.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_is_written_with_its_act_or_not_at_all()
    {
        await using var server = await TestServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var (member, insert) = Member.Create(server.Nation.Keys, now);
        Assert.Equal("broken", await server.Nation.Database.CommitAsync(
            [insert, .. Notice.To(member.Id, NoticeKind.Revoked, "case-1", now), new Statement("DELETE FROM partner WHERE client_id = ''", new { }, "broken")]));
        Assert.Equal(0, await server.CountAsync("notice"));
        Assert.Equal(0, await server.CountAsync("notice_delivery"));
    }
}
