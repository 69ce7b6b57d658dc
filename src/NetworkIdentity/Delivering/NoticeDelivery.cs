using System.Collections.Concurrent;
using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Delivering;

/// <summary>Sends what is in the outbox: by e-mail to who gave an address, and to the community's own system.</summary>
/// <remarks>
/// <para>
/// Any server sends it: one of them takes a notice on before it sends it, so no two do, and one that is killed meanwhile leaves it to be sent again. So a person is told
/// at least once by each channel, and mostly once (decision 0037).
/// </para>
/// <para>
/// Each channel has a lane of its own, in which a few notices go at a time. A lane whose channel fails is left alone for a little: what is still to be sent waits. An
/// address that is refused holds nobody else up. A channel that is not configured has nothing to send, and what was due meanwhile is not sent once it is.
/// </para>
/// </remarks>
public sealed class NoticeDelivery(Database database, KeyRing keys, Fetcher fetcher, DeliveryOptions options, TimeProvider time)
{
    /// <summary>How long after each attempt that failed the next is made; the last one again and again. Each is longer than an attempt can last.</summary>
    public static readonly IReadOnlyList<TimeSpan> Waits =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(3),
    ];

    /// <summary>How long after a notice was due nothing more is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>How long a channel that failed is left alone by this server.</summary>
    public static readonly TimeSpan WaitForTurn = TimeSpan.FromSeconds(30);

    /// <summary>How long one lane goes on before it looks again whether there is something more urgent.</summary>
    private static readonly TimeSpan LongestLane = TimeSpan.FromSeconds(10);

    private const int MostAtOnce = 4;

    private readonly ConcurrentDictionary<string, Task> _lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _leftAlone = new(StringComparer.Ordinal);
    private readonly MailServer? _mail = options.Mail is { } mail ? new MailServer(mail, new Uri(keys.Nation.Issuer).IdnHost, time) : null;
    private readonly Webhook? _webhook = options.Webhook is { } webhook ? new Webhook(webhook, keys, fetcher, time) : null;

    /// <summary>Opens a lane for each channel by which something is due and that has none. They go on by themselves.</summary>
    /// <param name="failed">Told of a lane that broke: what was not done is done by the next one.</param>
    /// <param name="stopping">No further notice is begun.</param>
    public async Task BeginDueAsync(Action<Exception> failed, CancellationToken stopping = default)
    {
        foreach (var channel in await Notices.ChannelsToSendAsync(database, Now().ToUnixTimeSeconds()))
        {
            if (_lanes.ContainsKey(channel) || (_leftAlone.TryGetValue(channel, out var until) && until > Now())) continue;
            var begun = new TaskCompletionSource();
            var lane = RunAsync(channel, begun.Task, failed, stopping);
            _lanes[channel] = lane;
            begun.SetResult();
        }
    }

    /// <summary>Ends when every lane that is open has ended.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_lanes.Values);

    private async Task RunAsync(string channel, Task begun, Action<Exception> failed, CancellationToken stopping)
    {
        await begun;
        try
        {
            await SendAsync(channel, stopping);
        }
        catch (Exception exception)
        {
            failed(exception);
        }
        finally
        {
            _lanes.TryRemove(channel, out _);
        }
    }

    /// <summary>Sends by one channel, a few notices at a time, until there is nothing to send or the channel fails.</summary>
    private async Task SendAsync(string channel, CancellationToken stopping)
    {
        Func<Notices.Delivery, Task<Attempt>>? send = channel switch
        {
            Notices.Mail when _mail is not null => MailAsync,
            Notices.Webhook when _webhook is not null => _webhook.SendAsync,
            _ => null,
        };
        if (send is null)
        {
            await database.CommitAsync(Notices.NowhereToSend(channel, Now().ToUnixTimeSeconds()));
            return;
        }

        var begun = time.GetTimestamp();
        while (!stopping.IsCancellationRequested && time.GetElapsedTime(begun) < LongestLane)
        {
            var due = await Notices.ToSendAsync(database, channel, Now().ToUnixTimeSeconds(), MostAtOnce);
            if (due.Count == 0) return;
            var attempts = await Task.WhenAll(due.Select(notice => SendAsync(notice, send)));
            if (Array.Find(attempts, attempt => attempt?.End is AttemptEnd.Down or AttemptEnd.Busy) is not { } failed) continue;

            // The others would fare no better now; and those whose day is over are waited for no more.
            _leftAlone[channel] = Now() + WaitForTurn;
            await database.CommitAsync(Notices.GiveUp(channel, (Now() - Patience).ToUnixTimeSeconds(), Now().ToUnixTimeSeconds(), failed.Fault!));
            return;
        }
    }

    /// <summary>Sends one.</summary>
    /// <returns>What came of it; null where another server sends it.</returns>
    private async Task<Attempt?> SendAsync(Notices.Delivery notice, Func<Notices.Delivery, Task<Attempt>> send)
    {
        // 1. It is taken on first, for the next time should this one come to nothing.
        var next = (Now() + Waits[Math.Min((int)notice.Attempts, Waits.Count - 1)]).ToUnixTimeSeconds();
        if (await database.CommitAsync(Notices.TakeOn(notice, next)) is not null) return null;
        var taken = notice with { SendAt = next, Attempts = notice.Attempts + 1 };

        // 2. It goes out.
        var attempt = await send(notice);

        // 3. What came of it.
        var isOver = Now() >= DateTimeOffset.FromUnixTimeSeconds(notice.DueAt) + Patience;
        await database.CommitAsync(attempt.End switch
        {
            AttemptEnd.Sent => Notices.Sent(taken),
            AttemptEnd.Nowhere => Notices.NowhereToSend(taken),
            AttemptEnd.Never => Notices.GiveUp(taken, attempt.Fault!),
            _ when isOver => Notices.GiveUp(taken, attempt.Fault!),
            AttemptEnd.Busy => Notices.PutOff(taken, (Now() + WaitForTurn).ToUnixTimeSeconds(), attempt.Fault!),
            _ => Notices.Unsent(taken, attempt.Fault!),
        });
        return attempt;
    }

    private async Task<Attempt> MailAsync(Notices.Delivery notice)
    {
        // Who was erased is told nothing, and nothing could be read of where.
        if (await Member.FindAsync(database, keys, notice.MemberId) is not { } member) return Attempt.Nowhere;
        string? to;
        try
        {
            to = await Contact.EmailAsync(database, member);
        }
        catch (CryptographicException)
        {
            return new(AttemptEnd.Never, "the address that is stored can't be opened");
        }

        if (to is null) return Attempt.Nowhere;
        if (Contact.Fault(to) is not null) return new(AttemptEnd.Never, "the address that is stored is none");
        return await _mail!.SendAsync(
            to, NoticeMail.Compose(keys.Nation, options.Mail!.From, to, NoticeKind.Of(notice.Kind), notice.NoticeId, DateTimeOffset.FromUnixTimeSeconds(notice.DueAt)));
    }

    private DateTimeOffset Now() => time.GetUtcNow();
}
