namespace NetworkIdentity.Delivering;

/// <summary>What came of one attempt to send a notice.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Fault">What went wrong, in words of ours: what a mail server says may hold the address.</param>
internal sealed record Attempt(AttemptEnd End, string? Fault = null)
{
    /// <summary>It was taken.</summary>
    public static readonly Attempt Sent = new(AttemptEnd.Sent);

    /// <summary>Nobody is to be told there.</summary>
    public static readonly Attempt Nowhere = new(AttemptEnd.Nowhere);
}
