using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="VerifyPage"/> shows.</summary>
public sealed record VerifyView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>GET and POST: this page.</summary>
    public required string Url { get; init; }

    /// <summary>By what names the nation itself issues.</summary>
    public required IReadOnlyList<string> Own { get; init; }

    /// <summary>What came of it; null where nothing was sent yet.</summary>
    public VerificationReport? Report { get; init; }

    /// <summary>The report as the nation signed it; null where there is none.</summary>
    public string? Signed { get; init; }

    /// <summary>What stands behind each of <see cref="Shown"/>.</summary>
    public IReadOnlyList<ReportBasis> Bases { get; init; } = [];

    /// <summary>The register of recognitions.</summary>
    public required string RecognitionsUrl { get; init; }

    /// <summary>The charter in force.</summary>
    public required string CharterUrl { get; init; }

    /// <summary>Whether the form was sent with nothing in it.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>How the verdict looks: <c>held</c>, <c>person</c>, <c>refused</c> or <c>undetermined</c>.</summary>
    public string Tone => Report!.Light switch
    {
        "green" => "held",
        "amber" => "person",
        "red" => "refused",
        _ => "undetermined",
    };

    /// <summary>The verdict in a few words.</summary>
    public string Heading => Tone switch
    {
        "held" => "Genuine, and shown by its holder",
        "person" when Report!.IsHolderProven => "Genuine, but shown by different holders",
        "person" => "Signature right, person not proven",
        "refused" => "Not accepted",
        _ => "Could not be checked",
    };

    /// <summary>What it means for who looks at it.</summary>
    public string Meaning => Report!.Verdict switch
    {
        { Outcome: Outcome.Accepted } when Report.IsOneHolder == true => "Everything holds, and who shows it is who it was given to.",
        { Outcome: Outcome.Accepted } when Report.IsHolderProven => "Each holds, and was shown by whom it was given to; but their keys differ. They may be different people: do not take it for what one person shows.",
        { Outcome: Outcome.Accepted } when Report.Type == CredentialType.Card.Vct => "It is a printed card of the nation, and in force. It shows that the nation issued it, not that who brings it is the person: ask for more, or compare it with who you know.",
        { Outcome: Outcome.Accepted } => "It is genuine and in force. Anyone may have a copy of it: that the person before you is its member is not proven by it.",
        { Outcome: Outcome.Undetermined } => "That says neither that it is right nor that it is wrong. Something needed to check it could not be had, or is not known here. Try again later.",
        { Reason: Examination.Suspended } => "Its issuer has suspended it for now. It may hold again later.",
        { Step: VerificationStep.Shape } => "This is not a credential that can be read here. It may have been cut short when it was copied.",
        { Step: VerificationStep.Issuer } => "Its issuer is not one whose credentials are checked here. That says nothing about whether it is genuine.",
        { Step: VerificationStep.Proof } => "It was changed after it was signed, or its issuer never signed it.",
        { Step: VerificationStep.Validity } => "It is not in its time: it has not begun, or it has ended.",
        { Step: VerificationStep.Status } => "Its issuer has taken it back.",
        { Step: VerificationStep.Type } => "It says what its type does not allow.",
        _ => "Who shows it did not prove that it was given to them.",
    };

    /// <summary>The reason for a developer; null where everything holds.</summary>
    public string? Reason => Report!.Verdict.Outcome == Outcome.Accepted ? null : Report.Verdict.Detail ?? Report.Verdict.Reason;

    /// <summary>Each credential.</summary>
    public IReadOnlyList<VerificationReport> Shown => [.. Report!.Each];

    /// <summary>By whom one of several is shown, in words: holders have numbers, in the order in which they come.</summary>
    public string HolderOf(VerificationReport one)
    {
        if (one.HolderKey is null) return NameOf(one.StateOf(VerificationStep.Holder));
        var keys = Shown.Select(other => other.HolderKey).OfType<string>().Distinct().ToList();
        return keys.Count == 1 ? "its holder" : $"its holder, number {keys.IndexOf(one.HolderKey) + 1} of {keys.Count}";
    }

    /// <summary>Whether the nation itself issued one, as it says.</summary>
    public bool IsOwn(VerificationReport report) => Own.Contains(report.Issuer);

    /// <summary>What people call a step.</summary>
    public static string NameOf(VerificationStep step) => step switch
    {
        VerificationStep.Shape => "It is a credential",
        VerificationStep.Issuer => "Its issuer is trusted here",
        VerificationStep.Proof => "The issuer signed it, unchanged",
        VerificationStep.Validity => "It is in its time",
        VerificationStep.Status => "It was not taken back or suspended",
        VerificationStep.Type => "It says what its type allows",
        _ => "Who shows it is its holder",
    };

    /// <summary>Why an issuer is trusted, for people.</summary>
    public static string NameOfTrust(string trust) => trust switch
    {
        "own" => "It is this nation itself",
        "recognition" => "This nation has recognised it, for this type",
        _ => "The operator of this server named it",
    };

    /// <summary>What people call a step's state.</summary>
    public static string NameOf(StepState state) => state switch
    {
        StepState.Held => "holds",
        StepState.Refused => "does not hold",
        StepState.Undetermined => "could not be checked",
        StepState.NotShown => "not shown",
        _ => "not looked at",
    };

    /// <summary>What a credential says, one line a claim; names as they are in it.</summary>
    public static IEnumerable<(string Name, string Value)> ClaimsOf(VerificationReport report) => report.Claims switch
    {
        JsonObject one => one.Where(claim => claim.Key is not ("id" or "type")).Select(claim => (claim.Key.Replace('_', ' '), TextOf(claim.Value))),
        null => [],
        var other => [("subjects", TextOf(other))],
    };

    private static string TextOf(JsonNode? value) => value switch
    {
        JsonArray several => string.Join(", ", several.Select(TextOf)),
        JsonObject nested => StrictJson.WriteText(nested),
        _ => value?.ToString() ?? "",
    };
}
