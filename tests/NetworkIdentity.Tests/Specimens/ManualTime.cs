namespace NetworkIdentity.Tests.Specimens;

/// <summary>The system's clock, moved by hand.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public void Move(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}
