using System.Text.Json.Nodes;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Verifying;

/// <summary>What anyone is told of what they had checked: the verdict, each step, and what they brought themselves.</summary>
/// <param name="Format">The format; null where it could not be told.</param>
/// <param name="Issuer">Who issued it, as it says: true where the step of the proof held.</param>
/// <param name="Type">Its type, as it says.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Steps">Every step, in the order in which people read them.</param>
public sealed record VerificationReport(string? Format, string? Issuer, string? Type, Verdict Verdict, IReadOnlyList<ReportedStep> Steps)
{
    /// <summary>The steps in the order of a report. Formats go through them in orders of their own.</summary>
    public static IReadOnlyList<VerificationStep> Order { get; } =
    [
        VerificationStep.Shape, VerificationStep.Issuer, VerificationStep.Proof, VerificationStep.Validity, VerificationStep.Status, VerificationStep.Type, VerificationStep.Holder,
    ];

    /// <summary>From when it is valid; null where it doesn't say, or its proof did not hold.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when; null as with <see cref="ValidFrom"/>.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What it says of its subject, as far as it was brought; null where its proof did not hold.</summary>
    public JsonNode? Claims { get; init; }

    /// <summary>
    /// SHA-256, as base64url, of the credential as it was brought: of a token's signed input, without what was disclosed with it; of a document's canonical JSON [RFC8785]. Null where nothing was read.
    /// </summary>
    public string? Digest { get; init; }

    /// <summary>The version of the charter that it names; null where it names none, or its proof did not hold.</summary>
    public string? CharterVersion { get; init; }

    /// <summary>The recognitions by which its issuer was trusted while it was looked at; empty where by none.</summary>
    public IReadOnlyList<RegisteredRecognition> Recognitions { get; init; } = [];

    /// <summary>Whether what it says is its issuer's word: the proof held.</summary>
    public bool IsProven => Verdict.Outcome == Outcome.Accepted || Verdict.Held.Contains(VerificationStep.Proof);

    /// <summary>Of what holds several, or a presentation: each credential's own.</summary>
    public IReadOnlyList<VerificationReport> Credentials { get; init; } = [];

    /// <summary>Of one credential: the key of who shows it, as <see cref="CheckedCredential.KeyOf"/> has it; null where that was not proven.</summary>
    public string? HolderKey { get; init; }

    /// <summary>Of evidence: what it proves and what it does not; empty of anything else.</summary>
    public IReadOnlyList<EvidenceFact> Facts { get; init; } = [];

    /// <summary>Each credential, in whatever it was brought; itself where it is one.</summary>
    public IEnumerable<VerificationReport> Each => Credentials.Count == 0 ? [this] : Credentials.SelectMany(one => one.Each);

    /// <summary>Whether who shows it was proven; of several, of each of them.</summary>
    public bool IsHolderProven => StateOf(VerificationStep.Holder) == StepState.Held;

    /// <summary>Whether everything was shown with one key; null where it was not proven of each who shows it.</summary>
    public bool? IsOneHolder => !IsHolderProven ? null : Each.Select(one => one.HolderKey).Distinct().Count() == 1;

    /// <summary>
    /// What a door shows at a glance: <c>green</c> where everything holds and one person was proven to be its holder, <c>amber</c> where the signature is right and the person is not
    /// proven, <c>red</c> where it is refused, <c>grey</c> where it could not be checked. What is printed, or copied, is never green.
    /// </summary>
    public string Light => Verdict.Outcome switch
    {
        Outcome.Accepted => IsOneHolder == true ? "green" : "amber",
        Outcome.Refused => "red",
        _ => "grey",
    };

    /// <summary>What the verdict means, as a sentence.</summary>
    public string Words => Verdict.Outcome switch
    {
        Outcome.Accepted when IsOneHolder == false => "Everything holds, and each was shown by its holder; but their keys differ, so that they may be different people.",
        Outcome.Accepted when IsHolderProven => "Everything holds, and who shows it is who it was given to.",
        Outcome.Accepted when Type == CredentialType.Card.Vct => "Signature OK, person NOT proven: this is a printed card, and anyone may bear it or a copy. Ask for more, or compare it with the person.",
        Outcome.Accepted => "The signature is right and the credential is in force. The person is not proven: anyone may have a copy.",
        _ => Verdict.Detail ?? Verdict.Reason ?? "",
    };

    /// <summary>How a step stands.</summary>
    public StepState StateOf(VerificationStep step) => Steps.First(one => one.Step == step).State;

    /// <summary>The report for programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["verdict"] = Verdict.Outcome.ToString().ToLowerInvariant(),
            ["step"] = Verdict.Step is { } step ? ReportedStep.NameOf(step) : null,
            ["reason"] = Verdict.Reason,
            ["words"] = Words,
            ["light"] = Light,
            ["format"] = Format,
            ["issuer"] = Issuer,
            ["type"] = Type,
            ["valid_from"] = ValidFrom is { } from ? DateTimeStamp.Write(from) : null,
            ["valid_until"] = ValidUntil is { } until ? DateTimeStamp.Write(until) : null,
            ["steps"] = new JsonArray([.. Steps.Select(one => new JsonObject { ["step"] = ReportedStep.NameOf(one.Step), ["state"] = ReportedStep.NameOf(one.State) })]),
            ["holder_key"] = HolderKey,
            ["one_holder"] = IsOneHolder,
            ["claims"] = Claims?.DeepClone(),
        };
        if (Credentials.Count > 0) json["credentials"] = new JsonArray([.. Credentials.Select(one => one.ToJson())]);
        if (Facts.Count > 0) json["facts"] = new JsonArray([.. Facts.Select(one => one.ToJson())]);
        return json;
    }

    /// <summary>The steps of a verdict on one credential.</summary>
    internal static IReadOnlyList<ReportedStep> StepsOf(Verdict verdict, StepState holder) => [.. Order.Select(step => new ReportedStep(step, StateOf(verdict, step, holder)))];

    /// <summary>The steps of several: each stands as it does where it stands worst.</summary>
    internal static IReadOnlyList<ReportedStep> StepsOf(IReadOnlyList<VerificationReport> all) => [.. Order.Select(step => new ReportedStep(step, all.Select(one => one.StateOf(step)).MaxBy(Weight)))];

    private static StepState StateOf(Verdict verdict, VerificationStep step, StepState holder)
    {
        if (step == verdict.Step) return verdict.Outcome == Outcome.Refused ? StepState.Refused : StepState.Undetermined;
        if (step == VerificationStep.Holder && holder == StepState.NotShown) return holder;
        return verdict.Held.Contains(step) ? StepState.Held : StepState.NotLookedAt;
    }

    private static int Weight(StepState state) => state switch
    {
        StepState.Refused => 4,
        StepState.Undetermined => 3,
        StepState.NotLookedAt => 2,
        StepState.NotShown => 1,
        _ => 0,
    };
}
