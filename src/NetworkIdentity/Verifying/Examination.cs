namespace NetworkIdentity.Verifying;

/// <summary>What came of looking at one credential.</summary>
/// <param name="Verdict">The verdict, with the steps that held.</param>
/// <param name="Credential">The credential where it is accepted, or suspended: its issuer may know that the suspension is over; null else.</param>
public sealed record Examination(Verdict Verdict, CheckedCredential? Credential)
{
    /// <summary>Every step held; or all but that it is suspended.</summary>
    internal static Examination Of(Walk walk, CheckedCredential credential, bool isSuspended) => new(
        isSuspended
            ? Verdict.Refused(VerificationStep.Status, Suspended, "the credential is suspended") with { Held = [.. walk.All().Where(step => step != VerificationStep.Status)], ListAt = walk.ListAt }
            : Verdict.Accepted([]) with { Held = walk.All(), ListAt = walk.ListAt }, credential);

    /// <summary>The reason where it is suspended.</summary>
    public const string Suspended = "suspended";
}
