namespace NetworkIdentity.SigningIn;

/// <summary>How long a session lasts.</summary>
/// <param name="Browser">How long a client may sign a member in again in the same browser without another proof.</param>
/// <param name="Longest">How long a client that renews its tokens may go on without one.</param>
public sealed record SessionTimes(TimeSpan Browser, TimeSpan Longest)
{
    /// <summary>An hour, and thirty days.</summary>
    public static SessionTimes Usual { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromDays(30));
}
