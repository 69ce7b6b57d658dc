namespace NetworkIdentity.Verifying;

/// <summary>The three ends of a verification.</summary>
public enum Outcome
{
    /// <summary>Every step held.</summary>
    Accepted,

    /// <summary>A step did not hold.</summary>
    Refused,

    /// <summary>A step could not be checked. Never taken for accepted, and never for refused.</summary>
    Undetermined,
}
