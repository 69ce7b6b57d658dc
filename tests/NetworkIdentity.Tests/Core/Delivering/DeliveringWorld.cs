using NetworkIdentity.Delivering;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Verifying;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Delivering;

/// <summary>A nation, its outbox, and who sends from it.</summary>
internal sealed class DeliveringWorld : IAsyncDisposable
{
    private static readonly Action<Exception> Breaks = exception => Assert.Fail(exception.ToString());

    private DeliveringWorld(TestNation nation) => (Nation, Fetcher) = (nation, FetcherTests.Loopback(nation.Time));

    public TestNation Nation { get; }

    public Fetcher Fetcher { get; }

    public static async Task<DeliveringWorld> FoundAsync(string name = "Nation of Tests") => new(await TestNation.FoundAsync(name: name));

    /// <summary>Who sends; on another database connection and by another way out where it is another server.</summary>
    public NoticeDelivery Sender(DeliveryOptions options, Database? database = null, Fetcher? fetcher = null) =>
        new(database ?? Nation.Database, Nation.Keys, fetcher ?? Fetcher, options, Nation.Time);

    public static async Task RunAsync(NoticeDelivery sender, Action<Exception>? failed = null)
    {
        await sender.BeginDueAsync(failed ?? Breaks);
        await sender.WhenIdleAsync();
    }

    /// <summary>Later, and what is due is sent.</summary>
    public async Task LaterAsync(NoticeDelivery sender, TimeSpan by)
    {
        Nation.Time.Move(by);
        await RunAsync(sender);
    }

    public async Task<Member> MemberAsync(string? email = null)
    {
        var (member, insert) = Member.Create(Nation.Keys, Nation.Time.GetUtcNow());
        Assert.Null(await Nation.Database.CommitAsync([insert, .. email is null ? [] : Contact.Put(member, email, Nation.Time.GetUtcNow())]));
        return member;
    }

    /// <summary>Tells a member something about a thing of that id.</summary>
    public async Task<string> TellAsync(Member member, NoticeKind? kind = null, TimeSpan? due = null, string about = "case-1")
    {
        var now = Nation.Time.GetUtcNow();
        var act = Notice.To(member.Id, kind ?? NoticeKind.ApplicationReceived, about, now, due is { } wait ? now + wait : null);
        Assert.Null(await Nation.Database.CommitAsync([.. act]));
        return ((Notices.Row)act[0].Parameters).Id;
    }

    /// <summary>What could not be sent.</summary>
    public Task<IReadOnlyList<(string Channel, string Fault, long Count, long Waiting, long Since)>> UnsentAsync() => Notices.UnsentAsync(Nation.Database);

    /// <summary>What is to be sent, now or later.</summary>
    public async Task<IReadOnlyList<string>> ToSendAsync(string channel) =>
        [.. (await Notices.ToSendAsync(Nation.Database, channel, long.MaxValue, 1000)).Select(one => one.NoticeId)];

    public long Now() => Nation.Time.GetUtcNow().ToUnixTimeSeconds();

    public ValueTask DisposeAsync()
    {
        Fetcher.Dispose();
        return Nation.DisposeAsync();
    }
}
