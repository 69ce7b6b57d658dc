namespace NetworkIdentity.Verifying;

/// <summary>What came of looking at a presentation. A value, never thrown: "could not check" is neither valid nor invalid.</summary>
/// <param name="Outcome">Accepted, refused, or undetermined.</param>
/// <param name="Step">The step that decided; null where accepted.</param>
/// <param name="Reason">A short machine-readable reason, without data of a person; null where accepted.</param>
/// <param name="Detail">Words for a developer, without data of a person; null where accepted.</param>
/// <param name="Credentials">What was proven; empty unless accepted.</param>
public sealed record Verdict(
    Outcome Outcome, VerificationStep? Step, string? Reason, string? Detail, IReadOnlyList<VerifiedCredential> Credentials)
{
    /// <summary>The steps that were looked at before the one that decided, and held.</summary>
    public IReadOnlyList<VerificationStep> Held { get; init; } = [];

    /// <summary>When the oldest of the status lists that were read was signed; null where none was read.</summary>
    public DateTimeOffset? ListAt { get; init; }

    /// <summary>The code that a specification has for what was wrong; null where none has one.</summary>
    public string? Code { get; init; }

    /// <summary>Everything held.</summary>
    public static Verdict Accepted(IReadOnlyList<VerifiedCredential> credentials) => new(Outcome.Accepted, null, null, null, credentials);

    /// <summary>A step was looked at and did not hold.</summary>
    public static Verdict Refused(VerificationStep step, string reason, string? detail = null) => new(Outcome.Refused, step, reason, detail ?? reason, []);

    /// <summary>A step could not be looked at.</summary>
    public static Verdict Undetermined(VerificationStep step, string reason, string? detail = null) =>
        new(Outcome.Undetermined, step, reason, detail ?? reason, []);
}
