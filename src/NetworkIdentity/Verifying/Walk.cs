using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;

namespace NetworkIdentity.Verifying;

/// <summary>Where a verification stands: the steps that held, and the one that is looked at.</summary>
internal sealed class Walk
{
    private readonly List<VerificationStep> _held = [];

    /// <summary>The step that is looked at.</summary>
    public VerificationStep Step { get; private set; } = VerificationStep.Shape;

    /// <summary>When the oldest of the status lists that were read was signed; null where none was read, or one doesn't say.</summary>
    public DateTimeOffset? ListAt { get; private set; }

    /// <summary>A status list was read.</summary>
    public void Reads(DateTimeOffset signedAt) => ListAt = ListAt < signedAt ? ListAt : signedAt;

    /// <summary>The step held; on to the next.</summary>
    public void To(VerificationStep next)
    {
        _held.Add(Step);
        Step = next;
    }

    /// <summary>The step was looked at and did not hold.</summary>
    public Verdict Refused(string reason, string? detail = null) => Verdict.Refused(Step, reason, detail) with { Held = [.. _held], ListAt = ListAt };

    /// <summary>The step could not be looked at.</summary>
    public Verdict Undetermined(string reason, string? detail = null) => Verdict.Undetermined(Step, reason, detail) with { Held = [.. _held], ListAt = ListAt };

    /// <summary>What a refusal in the step comes to. What is not understood is neither right nor wrong.</summary>
    public Verdict Of(Refusal refusal) => (refusal.Code == CredentialRefusal.NotUnderstoodCode
        ? Undetermined("not_understood", refusal.Description)
        : Refused($"{Step.ToString().ToLowerInvariant()}_invalid", refusal.Description)) with
    { Code = refusal.Code };

    /// <summary>All steps held.</summary>
    public IReadOnlyList<VerificationStep> All() => [.. _held, Step];
}
