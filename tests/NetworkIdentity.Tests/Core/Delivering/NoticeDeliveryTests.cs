using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Delivering;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Core.Verifying;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Delivering;

/// <summary>Notices go out of the outbox: once where all goes well, at least once whatever goes wrong, and with nothing that is not needed.</summary>
public sealed class NoticeDeliveryTests : IAsyncLifetime
{
    private const string Address = "ada.quiet@mail.example";

    private DeliveringWorld _world = null!;
    private TestMailServer _mail = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await DeliveringWorld.FoundAsync();
        _mail = new TestMailServer();
    }

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_person_is_told_once_by_each_channel_and_sees_it_on_their_page()
    {
        await using var hook = await TestHook.StartAsync();
        var member = await _world.MemberAsync(Address);
        var id = await _world.TellAsync(member, NoticeKind.RevocationNoticed, about: "case-7");
        var sender = _world.Sender(new(_mail.Options, hook.Options));
        for (var i = 0; i < 3; i++) await _world.LaterAsync(sender, TimeSpan.FromHours(7));

        Assert.Equal(Address, Assert.Single(_mail.Mails).To);
        var call = Assert.Single(hook.Calls);
        Assert.True(hook.IsSigned(call));
        Assert.Equal((id, "application/json"), (call.Headers["webhook-id"], call.Headers["content-type"]));
        var body = JsonNode.Parse(call.Body)!.AsObject();
        Assert.Equal(["about", "at", "id", "kind", "link", "recipient"], body.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal((id, "revocation_noticed", "case-7", "https://nation.example/case"), ((string)body["id"]!, (string)body["kind"]!, (string)body["about"]!, (string)body["link"]!));
        Assert.Equal(Subject.For(_world.Nation.Keys, member.Id, "localhost"), (string)body["recipient"]!);
        Assert.DoesNotContain(member.Id, call.Body, StringComparison.Ordinal);
        Assert.Empty(await _world.UnsentAsync());
        Assert.Equal(id, Assert.Single(await Notices.OfMemberAsync(_world.Nation.Database, member.Id, _world.Now())).Id);
    }

    [Fact]
    public async Task Who_gave_no_address_and_who_is_erased_are_not_written_to_and_nothing_waits_for_them()
    {
        await _world.TellAsync(await _world.MemberAsync());
        var erased = await _world.MemberAsync(Address);
        await _world.TellAsync(erased);
        await _world.TellAsync(erased, due: TimeSpan.FromDays(2));
        Assert.Null(await _world.Nation.Database.CommitAsync([.. Erasures.Of(erased.Id, 0, 0, _world.Now())]));
        Assert.Equal("erased", await _world.Nation.Database.CommitAsync([.. Contact.Put(erased, Address, _world.Nation.Time.GetUtcNow())]));

        // One that was written while they were erased.
        await _world.TellAsync(erased);
        await DeliveringWorld.RunAsync(_world.Sender(new(_mail.Options, null)));
        Assert.Empty(_mail.Lines);
        Assert.Empty(await _world.ToSendAsync(Notices.Mail));
        Assert.Empty(await _world.ToSendAsync(Notices.Webhook));
        Assert.Null(await Contacts.FindAsync(_world.Nation.Database, erased.Id, Contacts.Email));
    }

    [Fact]
    public async Task What_was_due_while_a_channel_was_not_configured_is_not_sent_later()
    {
        var id = await _world.TellAsync(await _world.MemberAsync(Address), due: TimeSpan.FromHours(1));
        await DeliveringWorld.RunAsync(_world.Sender(DeliveryOptions.None));
        Assert.Equal([id], await _world.ToSendAsync(Notices.Mail));
        await _world.LaterAsync(_world.Sender(DeliveryOptions.None), TimeSpan.FromHours(2));
        Assert.Empty(await _world.ToSendAsync(Notices.Mail));
        await DeliveringWorld.RunAsync(_world.Sender(new(_mail.Options, null)));
        Assert.Empty(_mail.Lines);
    }

    [Fact]
    public async Task A_reminder_is_sent_when_it_is_due_and_not_where_it_was_withdrawn()
    {
        var member = await _world.MemberAsync(Address);
        var sender = _world.Sender(new(_mail.Options, null));
        await _world.TellAsync(member, NoticeKind.MandateEndsSoon, TimeSpan.FromDays(3), "mandate-1");
        await _world.TellAsync(member, NoticeKind.MandateEndsSoon, TimeSpan.FromDays(3), "mandate-2");
        await _world.TellAsync(member, NoticeKind.DecisionOpen, TimeSpan.FromDays(3), "mandate-2");
        await _world.LaterAsync(sender, TimeSpan.FromDays(2));
        Assert.Empty(_mail.Mails);
        Assert.Empty(await Notices.OfMemberAsync(_world.Nation.Database, member.Id, _world.Now()));

        Assert.Null(await _world.Nation.Database.CommitAsync([.. Notices.Withdraw(NoticeKind.MandateEndsSoon.Name, "mandate-2", _world.Now())]));
        await _world.LaterAsync(sender, TimeSpan.FromDays(2));
        Assert.Equal(2, _mail.Mails.Count);
        Assert.Equal(["mandate-1", "mandate-2"], (await Notices.OfMemberAsync(_world.Nation.Database, member.Id, _world.Now())).Select(one => one.About).Order(StringComparer.Ordinal));

        // What was told stays told.
        Assert.Null(await _world.Nation.Database.CommitAsync([.. Notices.Withdraw(NoticeKind.MandateEndsSoon.Name, "mandate-1", _world.Now())]));
        Assert.Equal(2, (await Notices.OfMemberAsync(_world.Nation.Database, member.Id, _world.Now())).Count);
    }

    [Fact]
    public async Task Two_servers_that_look_at_once_send_each_notice_once()
    {
        await using var hook = await TestHook.StartAsync();
        List<string> ids = [];
        for (var i = 0; i < 30; i++) ids.Add(await _world.TellAsync(await _world.MemberAsync($"member{i}@mail.example")));
        await using var database = _world.Nation.OpenDatabase();
        using var fetcher = FetcherTests.Loopback(_world.Nation.Time);
        var options = new DeliveryOptions(_mail.Options, hook.Options);
        var (one, other) = (_world.Sender(options), _world.Sender(options, database, fetcher));
        while ((await _world.ToSendAsync(Notices.Mail)).Count + (await _world.ToSendAsync(Notices.Webhook)).Count > 0)
            await Task.WhenAll(DeliveringWorld.RunAsync(one), DeliveringWorld.RunAsync(other));

        Assert.Equal(30, _mail.Mails.Select(mail => mail.To).Distinct().Count());
        Assert.Equal(30, _mail.Mails.Count);
        Assert.Equal(ids.Order(StringComparer.Ordinal), hook.Ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_server_had_taken_on_is_sent_by_the_next()
    {
        await _world.TellAsync(await _world.MemberAsync(Address));
        var row = Assert.Single(await Notices.ToSendAsync(_world.Nation.Database, Notices.Mail, _world.Now(), 10));
        Assert.Null(await _world.Nation.Database.CommitAsync(Notices.TakeOn(row, _world.Now() + 60)));
        Assert.Equal("notice", await _world.Nation.Database.CommitAsync(Notices.TakeOn(row, _world.Now() + 60)));
        var sender = _world.Sender(new(_mail.Options, null));
        await DeliveringWorld.RunAsync(sender);
        Assert.Empty(_mail.Mails);
        await _world.LaterAsync(sender, TimeSpan.FromSeconds(61));
        Assert.Single(_mail.Mails);
    }

    [Fact]
    public async Task What_was_sent_and_could_not_be_written_down_is_sent_again_as_the_same_message()
    {
        await _world.TellAsync(await _world.MemberAsync(Address));
        var sender = _world.Sender(new(_mail.Options, null));
        _world.Nation.Store.Trip("BEFORE UPDATE ON notice_delivery", "NEW.send_at IS NULL");
        List<Exception> faults = [];
        await DeliveringWorld.RunAsync(sender, faults.Add);
        Assert.Single(faults);
        Assert.DoesNotContain(Address, faults[0].ToString(), StringComparison.Ordinal);
        _world.Nation.Store.Mend("notice_delivery");
        await _world.LaterAsync(sender, TimeSpan.FromSeconds(61));
        Assert.Equal(2, _mail.Mails.Count);
        Assert.Single(_mail.Mails.Distinct());
    }

    [Fact]
    public async Task A_mail_server_that_is_down_is_tried_for_a_day_with_growing_waits_and_an_address_that_waits_loses_nothing()
    {
        var port = TestServer.FreePort();
        var sender = _world.Sender(new(_mail.Options with { Port = port }, null));
        var ids = new List<string>();
        for (var i = 0; i < 12; i++) ids.Add(await _world.TellAsync(await _world.MemberAsync($"member{i}@mail.example")));
        await DeliveringWorld.RunAsync(sender);
        var (channel, fault, count, waiting, _) = Assert.Single(await _world.UnsentAsync());
        Assert.Equal((Notices.Mail, "the mail server can't be reached", 4, 4), (channel, fault, count, waiting));

        // The server is left alone for a little: the others are not tried now.
        await DeliveringWorld.RunAsync(sender);
        Assert.Equal(4, Assert.Single(await _world.UnsentAsync()).Count);
        for (var hour = 0; hour < 22; hour++) await _world.LaterAsync(sender, TimeSpan.FromHours(1));
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await _world.ToSendAsync(Notices.Mail)).Order(StringComparer.Ordinal));

        await using (var back = new TestMailServer(port: port))
        {
            for (var i = 0; i < 20 && back.Mails.Count < 12; i++) await _world.LaterAsync(sender, TimeSpan.FromMinutes(5));
            await _world.LaterAsync(sender, TimeSpan.FromMinutes(90));
            for (var i = 0; i < 20 && back.Mails.Count < 12; i++) await _world.LaterAsync(sender, TimeSpan.FromMinutes(5));
            Assert.Equal(12, back.Mails.Select(mail => mail.To).Distinct().Count());
            Assert.Equal(12, back.Mails.Count);
        }

        Assert.Empty(await _world.UnsentAsync());
    }

    [Fact]
    public async Task After_a_day_it_is_given_up_and_swept_a_month_later()
    {
        await using var hook = await TestHook.StartAsync();
        hook.Status = 400;
        var sender = _world.Sender(new(_mail.Options with { Port = TestServer.FreePort() }, hook.Options));
        var member = await _world.MemberAsync(Address);
        await _world.TellAsync(member);
        for (var i = 0; i < 23; i++) await _world.LaterAsync(sender, TimeSpan.FromHours(1));
        Assert.All(await _world.UnsentAsync(), one => Assert.Equal((1, 1), (one.Count, one.Waiting)));
        Assert.InRange(hook.Calls.Count, 6, 14);
        for (var i = 0; i < 5; i++) await _world.LaterAsync(sender, TimeSpan.FromHours(1));
        Assert.Equal(
            [(Notices.Mail, "the mail server can't be reached", 1, 0), (Notices.Webhook, "the webhook refuses it", 1, 0)],
            (await _world.UnsentAsync()).Select(one => (one.Channel, one.Fault, (int)one.Count, (int)one.Waiting)));
        Assert.Empty(await _world.ToSendAsync(Notices.Mail));
        Assert.Equal(hook.Calls.Count, hook.Ids.Count(id => id == hook.Ids[0]));

        foreach (var (days, left) in ((int, int)[])[(28, 1), (2, 0)])
        {
            _world.Nation.Time.Move(TimeSpan.FromDays(days));
            foreach (var statement in Sweeper.At(_world.Now(), Sweeper.Retention.Usual)) while (await _world.Nation.Database.CommitAsync(statement) is null) await Task.Yield();
            Assert.Equal(left, (await Notices.OfMemberAsync(_world.Nation.Database, member.Id, _world.Now())).Count);
            Assert.Equal(2 * left, (await _world.UnsentAsync()).Count);
        }
    }

    [Fact]
    public async Task An_address_that_is_refused_is_given_up_at_once_and_holds_nobody_else_up()
    {
        _mail.Otherwise = line => line.Contains("nobody@", StringComparison.Ordinal) ? "550 5.1.1 <nobody@mail.example> is unknown here" : line.Contains("full@", StringComparison.Ordinal) ? "452 4.2.2 full" : null;
        foreach (var name in (string[])["nobody", "full", "ada", "ben", "cem", "dia"]) await _world.TellAsync(await _world.MemberAsync($"{name}@mail.example"));
        var sender = _world.Sender(new(_mail.Options, null));
        await DeliveringWorld.RunAsync(sender);
        Assert.Equal(["ada", "ben", "cem", "dia"], _mail.Mails.Select(mail => mail.To.Split('@')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(
            [("the mail server does not take the address now", 1), ("the mail server refuses the address", 0)],
            (await _world.UnsentAsync()).Select(one => (one.Fault, (int)one.Waiting)));
        _mail.Otherwise = _ => null;
        await _world.LaterAsync(sender, TimeSpan.FromMinutes(2));
        Assert.Equal(5, _mail.Mails.Count);
        Assert.Equal("the mail server refuses the address", Assert.Single(await _world.UnsentAsync()).Fault);
    }

    [Fact]
    public async Task A_webhook_that_fails_is_left_alone_and_what_waits_for_it_loses_no_try()
    {
        await using var hook = await TestHook.StartAsync();
        hook.Status = 503;
        var ids = new List<string>();
        for (var i = 0; i < 9; i++) ids.Add(await _world.TellAsync(await _world.MemberAsync()));
        var sender = _world.Sender(new(null, hook.Options));
        for (var i = 0; i < 6; i++) await _world.LaterAsync(sender, TimeSpan.FromSeconds(31));
        hook.Status = 204;
        hook.Calls.Clear();
        for (var i = 0; i < 40 && hook.Ids.Distinct().Count() < 9; i++) await _world.LaterAsync(sender, TimeSpan.FromMinutes(2));
        Assert.Equal(ids.Order(StringComparer.Ordinal), hook.Ids.Order(StringComparer.Ordinal));
        Assert.All(hook.Calls, call => Assert.True(hook.IsSigned(call)));
        Assert.Empty(await _world.UnsentAsync());
    }

    [Fact]
    public async Task I13_no_address_is_stored_in_the_clear_and_another_members_place_does_not_open_it()
    {
        _mail.Otherwise = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? $"451 4.7.1 {Address} later" : null;
        var (member, other) = (await _world.MemberAsync(Address), await _world.MemberAsync());
        await _world.TellAsync(member);
        var sender = _world.Sender(new(_mail.Options, null));
        await DeliveringWorld.RunAsync(sender);
        Assert.Equal(-1, _world.Nation.BytesAtRest().AsSpan().IndexOf(Encoding.ASCII.GetBytes(Address)));
        Assert.Equal(Address, await Contact.EmailAsync(_world.Nation.Database, member));

        var row = (await Contacts.FindAsync(_world.Nation.Database, member.Id, Contacts.Email))!;
        Assert.Null(await _world.Nation.Database.CommitAsync([.. Contacts.Put(row with { MemberId = other.Id })]));
        await _world.TellAsync(other);
        await DeliveringWorld.RunAsync(sender);
        await _world.LaterAsync(sender, TimeSpan.FromMinutes(2));
        Assert.Contains(await _world.UnsentAsync(), one => one.Fault == "the address that is stored can't be opened" && one.Waiting == 0);
        Assert.DoesNotContain(_mail.Mails, mail => mail.To == Address);
    }

    [Fact]
    public async Task Another_address_takes_the_place_of_the_first_and_is_not_verified_by_it()
    {
        var member = await _world.MemberAsync(Address);
        var first = (await Contacts.FindAsync(_world.Nation.Database, member.Id, Contacts.Email))!;
        Assert.Null(await _world.Nation.Database.CommitAsync(Contacts.Verify(first, _world.Now())));
        Assert.NotNull((await Contacts.FindAsync(_world.Nation.Database, member.Id, Contacts.Email))!.VerifiedAt);
        Assert.Null(await _world.Nation.Database.CommitAsync([.. Contact.Put(member, "new@mail.example", _world.Nation.Time.GetUtcNow())]));
        Assert.Null((await Contacts.FindAsync(_world.Nation.Database, member.Id, Contacts.Email))!.VerifiedAt);
        Assert.Equal("contact", await _world.Nation.Database.CommitAsync(Contacts.Verify(first, _world.Now())));
        Assert.Equal("new@mail.example", await Contact.EmailAsync(_world.Nation.Database, member));
        Assert.Null(await _world.Nation.Database.CommitAsync(Contacts.Delete(member.Id)));
        Assert.Null(await Contact.EmailAsync(_world.Nation.Database, member));
    }
}
