namespace NetworkIdentity.Tests.Specimens;

/// <summary>The system's clock, moved by hand. A timer for one time that comes due by a move fires at once; one that repeats goes by the system's clock.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<MovedTimer> _timers = [];
    private long _offsetTicks;

    /// <summary>Begins at the system's time. So near to midnight that a test's days would become others while it runs, it waits for it.</summary>
    public ManualTime()
    {
        var left = TimeSpan.FromDays(1) - System.GetUtcNow().TimeOfDay;
        if (left < TimeSpan.FromSeconds(20)) Thread.Sleep(left + TimeSpan.FromMilliseconds(50));
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Interlocked.Read(ref _offsetTicks) * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var inner = System.CreateTimer(callback, state, dueTime, period);
        if (period > TimeSpan.Zero) return inner;
        var timer = new MovedTimer(this, inner);
        timer.Due(dueTime);
        return timer;
    }

    public void Move(TimeSpan by)
    {
        Interlocked.Add(ref _offsetTicks, by.Ticks);
        List<MovedTimer> due;
        lock (_lock) due = [.. _timers.Where(timer => timer.At <= GetTimestamp())];
        foreach (var timer in due) timer.FireNow();
    }

    private sealed class MovedTimer(ManualTime time, ITimer inner) : ITimer
    {
        public long At { get; private set; }

        public void Due(TimeSpan dueTime)
        {
            lock (time._lock)
            {
                At = time.GetTimestamp() + (long)(dueTime.TotalSeconds * time.TimestampFrequency);
                if (dueTime < TimeSpan.Zero) time._timers.Remove(this);
                else time._timers.Add(this);
            }
        }

        public void FireNow()
        {
            lock (time._lock) time._timers.Remove(this);
            inner.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due(dueTime);
            return inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
