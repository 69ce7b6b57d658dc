using System.Collections.Concurrent;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>Tells clients that sessions of their members have ended, by a logout token that is posted to each [OIDC-BackChannel §2.5].</summary>
/// <remarks>
/// <para>
/// Whatever ends a session writes down, in the same act, that its client is to be told. Any server tells it: one of them takes the session on before it posts,
/// so no two do, and one that is killed meanwhile leaves it to be told again. So a client is told at least once, and mostly once.
/// </para>
/// <para>
/// Each client has a lane of its own, in which a few of its sessions are told at a time. A lane whose client fails is left: what is still to be told waits, and
/// holds nobody else up (decision 0023).
/// </para>
/// </remarks>
public sealed class LogoutNotices(Database database, KeyRing keys, Fetcher fetcher, TimeProvider time)
{
    /// <summary>How long after each attempt that failed the next is made. After the last one nothing more is tried.</summary>
    public static readonly IReadOnlyList<TimeSpan> Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6),
    ];

    /// <summary>When nothing more is tried, whatever was: after all the waits, and time for what had to stand in line behind a host that fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(8);

    /// <summary>When a client is tried again that could not even be called: its host is left alone, or is called too often already.</summary>
    private static readonly TimeSpan WaitForTurn = TimeSpan.FromSeconds(15);

    /// <summary>How long one lane goes on before it looks again whether there is something more urgent.</summary>
    private static readonly TimeSpan LongestLane = TimeSpan.FromSeconds(10);

    private const int MaxLanes = 16;
    private const int MostAtOnce = 4;
    private const int MaxClients = 256;

    private readonly ConcurrentDictionary<string, Task> _lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _leftAlone = new(StringComparer.Ordinal);

    /// <summary>Opens a lane for each client that is due and has none. They go on by themselves.</summary>
    /// <param name="failed">Told of a lane that broke: what was not done is done by the next one.</param>
    /// <param name="stopping">No further notice is begun.</param>
    public async Task BeginDueAsync(Action<Exception> failed, CancellationToken stopping = default)
    {
        foreach (var (clientId, until) in _leftAlone)
            if (until <= Now()) _leftAlone.TryRemove(clientId, out _);
        foreach (var clientId in await Sessions.ClientsToTellAsync(database, Now().ToUnixTimeSeconds(), MaxClients))
        {
            if (_lanes.Count >= MaxLanes) return;
            if (_lanes.ContainsKey(clientId) || _leftAlone.ContainsKey(clientId)) continue;
            var begun = new TaskCompletionSource();
            var lane = RunAsync(clientId, begun.Task, failed, stopping);
            _lanes[clientId] = lane;
            begun.SetResult();
        }
    }

    /// <summary>Ends when every lane that is open has ended.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_lanes.Values);

    private async Task RunAsync(string clientId, Task begun, Action<Exception> failed, CancellationToken stopping)
    {
        await begun;
        try
        {
            await TellAsync(clientId, stopping);
        }
        catch (Exception exception)
        {
            failed(exception);
        }
        finally
        {
            _lanes.TryRemove(clientId, out _);
        }
    }

    /// <summary>Tells one client, a few sessions at a time, until there is nothing to tell or something fails.</summary>
    private async Task TellAsync(string clientId, CancellationToken stopping)
    {
        // One that was retired is told too: that is why its sessions ended.
        var now = Now().ToUnixTimeSeconds();
        if (await Partners.FindAsync(database, clientId) is not { } row || Partner.From(row) is not { Metadata.BackchannelLogoutUri: { } uri } partner)
        {
            await database.CommitAsync(Sessions.NothingToTell(clientId, now));
            return;
        }

        var begun = time.GetTimestamp();
        while (!stopping.IsCancellationRequested && time.GetElapsedTime(begun) < LongestLane)
        {
            var due = await Sessions.ToTellAsync(database, clientId, Now().ToUnixTimeSeconds(), MostAtOnce);
            if (due.Count == 0) return;
            var faults = await Task.WhenAll(due.Select(session => TellAsync(partner, uri, session)));
            if (Array.Find(faults, fault => fault is not null) is not { } fault) continue;

            // The others of this client would fare no better now.
            _leftAlone[clientId] = Now() + (Array.Exists(faults, one => one is FetchFault.Paused or FetchFault.Busy) ? WaitForTurn : Waits[0]);
            await database.CommitAsync(Sessions.GiveUp(clientId, (Now() - Patience).ToUnixTimeSeconds(), Now().ToUnixTimeSeconds(), WordsFor(fault)));
            return;
        }
    }

    /// <summary>Tells a client of one session.</summary>
    /// <returns>What went wrong; null where nothing did, or another server tells it.</returns>
    private async Task<FetchFault?> TellAsync(Partner partner, string uri, Sessions.Row session)
    {
        // 1. It is taken on first, for the next time should this one come to nothing.
        var next = (Now() + Waits[Math.Min((int)session.TellAttempts, Waits.Count - 1)]).ToUnixTimeSeconds();
        if (await database.CommitAsync(Sessions.TakeOn(session, next)) is not null) return null;
        var taken = session with { TellAt = next, TellAttempts = session.TellAttempts + 1 };

        // 2. A token of its own for each attempt, since it lives two minutes.
        var fault = (await fetcher.PostAsync(uri, ("logout_token", await TokenAsync(partner, session)))).Fault;

        // 3. What came of it. Of the answer nothing is kept but the kind of its fault.
        var isOver = Now() >= DateTimeOffset.FromUnixTimeSeconds(session.EndedAt!.Value) + Patience;
        await database.CommitAsync(
        [
            fault switch
            {
                null => Sessions.Told(taken),
                _ when isOver => Sessions.GiveUp(taken, WordsFor(fault.Value)),
                FetchFault.Paused or FetchFault.Busy => Sessions.PutOff(taken, (Now() + WaitForTurn).ToUnixTimeSeconds(), WordsFor(fault.Value)),
                _ => session.TellAttempts >= Waits.Count ? Sessions.GiveUp(taken, WordsFor(fault.Value)) : Sessions.Untold(taken, WordsFor(fault.Value)),
            },
        ]);
        return fault;
    }

    /// <summary>What a client is told of a session.</summary>
    internal ValueTask<string> TokenAsync(Partner partner, Sessions.Row session) => Jws.SignAsync(LogoutToken.Type, new LogoutToken
    {
        Issuer = keys.Nation.Issuer,
        Audience = partner.ClientId,
        Subject = Subject.For(keys, session.MemberId, partner.Sector),
        SessionId = Session.NameOf(keys, session.Id),
        IssuedAt = Now(),
        Id = RandomId.Secret(),
    }.ToJson(), keys.Current(KeyPurpose.IdToken, partner.IdTokenAlgorithm));

    /// <summary>What is kept of a fault, for an operator.</summary>
    private static string WordsFor(FetchFault fault) => fault switch
    {
        FetchFault.UrlNotAllowed => "its backchannel_logout_uri is not one that may be called",
        FetchFault.AddressNotPublic => "its host leads to an address that is not public",
        FetchFault.Paused or FetchFault.Busy => "its host failed and was left alone",
        FetchFault.TimedOut => "its host did not answer in time",
        FetchFault.Redirected => "it redirected, which is not followed",
        FetchFault.HostFailed => "it answered 429, or 500 or above",
        FetchFault.WrongStatus => "it answered neither 200 nor 204",
        _ => "its host can't be reached",
    };

    private DateTimeOffset Now() => time.GetUtcNow();
}
