namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What a verifier holds a proof against [DI §4.4].</summary>
/// <param name="ProofPurpose">What the proof must have been made for.</param>
/// <param name="Now">The time.</param>
public sealed record ProofExpectations(string ProofPurpose, DateTimeOffset Now)
{
    /// <summary>How far the clock of who made the proof may run ahead.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>The domains that the proof must name, all of them and no other; null where any will do.</summary>
    public IReadOnlyCollection<string>? Domain { get; init; }

    /// <summary>What the proof must answer; null where nothing was asked.</summary>
    public string? Challenge { get; init; }
}
