namespace NetworkIdentity.Verifying;

/// <summary>A step of a verification, and how it stands.</summary>
/// <param name="Step">The step.</param>
/// <param name="State">How it stands.</param>
public sealed record ReportedStep(VerificationStep Step, StepState State)
{
    /// <summary>The step's name for programs. The step of the type is that of its schema.</summary>
    public static string NameOf(VerificationStep step) => step == VerificationStep.Type ? "schema" : step.ToString().ToLowerInvariant();

    /// <summary>The state's name for programs.</summary>
    public static string NameOf(StepState state) => state switch
    {
        StepState.NotLookedAt => "not_looked_at",
        StepState.NotShown => "not_shown",
        _ => state.ToString().ToLowerInvariant(),
    };
}
