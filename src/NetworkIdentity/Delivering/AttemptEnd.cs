namespace NetworkIdentity.Delivering;

/// <summary>How an attempt to send a notice ended.</summary>
internal enum AttemptEnd
{
    /// <summary>It was taken.</summary>
    Sent,

    /// <summary>Nobody is to be told there.</summary>
    Nowhere,

    /// <summary>This one was not taken now. It says nothing of others.</summary>
    NotNow,

    /// <summary>This one is not taken, and will not be.</summary>
    Never,

    /// <summary>The channel failed: others would fare no better now.</summary>
    Down,

    /// <summary>Nobody was called, since the channel failed before.</summary>
    Busy,
}
