namespace NetworkIdentity.Verifying;

/// <summary>Who may be called now: so many calls to a host at once, so many in all, and a pause for a host that fails.</summary>
internal sealed class HostTurns(TimeProvider time) : IDisposable
{
    public const int PerHost = 4;
    public const int InAll = 32;
    public const int FailuresBeforePause = 3;
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private const int MaxHosts = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Host> _hosts = [];
    private readonly SemaphoreSlim _all = new(InAll);

    /// <summary>Waits for a turn. Each one that is had must be given back.</summary>
    /// <param name="name">The host, with its port.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null and the turn; or why there is none, and null.</returns>
    public async Task<(FetchFault? Fault, Host? Turn)> TakeAsync(string name, CancellationToken cancellation)
    {
        if (Find(name) is not { } host) return (FetchFault.Busy, null);
        var (hasHost, hasAll) = (false, false);
        try
        {
            await host.Free.WaitAsync(cancellation);
            hasHost = true;
            await _all.WaitAsync(cancellation);
            hasAll = true;
            if (MayCall(host)) return (null, host);
        }
        catch (OperationCanceledException)
        {
            // Told by what was not had.
        }

        Release(host, hasHost, hasAll);
        return (hasAll ? FetchFault.Paused : FetchFault.Busy, null);
    }

    /// <summary>Gives a turn back.</summary>
    /// <param name="host">The turn.</param>
    /// <param name="failed">Whether the host failed: after several in a row it is left alone, each time for longer.</param>
    public void GiveBack(Host host, bool failed)
    {
        lock (_lock)
        {
            host.Failures = failed ? host.Failures + 1 : 0;
            if (host.Failures >= FailuresBeforePause)
            {
                var pause = FirstPause * Math.Pow(2, Math.Min(host.Failures - FailuresBeforePause, 16));
                (host.PausedAt, host.Pause) = (time.GetTimestamp(), pause < LongestPause ? pause : LongestPause);
            }
        }

        Release(host, hasHost: true, hasAll: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.Dispose();
        lock (_lock) foreach (var host in _hosts.Values) host.Free.Dispose();
    }

    private Host? Find(string name)
    {
        lock (_lock)
        {
            if (!_hosts.TryGetValue(name, out var host))
            {
                if (_hosts.Count >= MaxHosts)
                {
                    foreach (var (idle, one) in _hosts.Where(pair => pair.Value.Users == 0 && !IsPaused(pair.Value)).ToList())
                    {
                        _hosts.Remove(idle);
                        one.Free.Dispose();
                    }
                }

                if (_hosts.Count >= MaxHosts) return null;
                _hosts.Add(name, host = new Host());
            }

            host.Users++;
            return host;
        }
    }

    private bool MayCall(Host host)
    {
        lock (_lock)
        {
            if (IsPaused(host)) return false;

            // After a pause one goes ahead, and the others wait for what comes of it.
            if (host.Failures >= FailuresBeforePause) (host.PausedAt, host.Pause) = (time.GetTimestamp(), Fetcher.Deadline);
            return true;
        }
    }

    private bool IsPaused(Host host) => host.Failures >= FailuresBeforePause && time.GetElapsedTime(host.PausedAt) < host.Pause;

    private void Release(Host host, bool hasHost, bool hasAll)
    {
        if (hasAll) _all.Release();
        lock (_lock)
        {
            if (hasHost) host.Free.Release();
            host.Users--;
        }
    }

    /// <summary>A host, and a turn with it.</summary>
    internal sealed class Host
    {
        public SemaphoreSlim Free { get; } = new(PerHost);

        public int Users { get; set; }

        public int Failures { get; set; }

        public long PausedAt { get; set; }

        public TimeSpan Pause { get; set; }
    }
}
