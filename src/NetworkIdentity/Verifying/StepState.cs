namespace NetworkIdentity.Verifying;

/// <summary>How a step of a verification stands.</summary>
public enum StepState
{
    /// <summary>It was looked at, and holds.</summary>
    Held,

    /// <summary>It was looked at, and does not hold.</summary>
    Refused,

    /// <summary>It could not be looked at: neither right nor wrong.</summary>
    Undetermined,

    /// <summary>It was not come to: a step before it decided.</summary>
    NotLookedAt,

    /// <summary>There is nothing to look at: a copy says nothing of who shows it.</summary>
    NotShown,
}
