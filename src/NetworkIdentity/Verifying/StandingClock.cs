namespace NetworkIdentity.Verifying;

/// <summary>A clock that stands: for what is looked at as of another time than now.</summary>
/// <param name="at">The time.</param>
public sealed class StandingClock(DateTimeOffset at) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => at;
}
