using System.Globalization;
using NetworkIdentity.Governing;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>The forms by which a recognition, and its end, are proposed; and what a decision on one says.</summary>
internal static class RecognitionForm
{
    /// <summary>The fields of an act.</summary>
    public static async Task<IReadOnlyList<DeskField>> FieldsAsync(string act, NationContext nation, IReadOnlyDictionary<string, string> typed) => act == Act.EndRecognition
        ?
        [
            new("recognition", "Which recognition", DeskField.Choice) { Options = [.. (await StandingAsync(nation)).Select(one => (one.Id, $"{NameOf(one.Content.Direction)}: {one.Content.Name}, until {one.Content.Until:yyyy-MM-dd}"))] },
            new("reason", "Reasons", DeskField.Lines) { Hint = "Who decides reads this." },
        ]
        :
        [
            new("direction", "Who recognises whom", DeskField.Choice) { Options = [(Recognition.ByUs, NameOf(Recognition.ByUs)), (Recognition.OfUs, NameOf(Recognition.OfUs))] },
            new("name", "Who the other is", DeskField.Line),
            new("issuer", "Their issuer’s URL", DeskField.Id) { Hint = "As their credentials have it in iss. Left out where they recognise this nation." },
            new("did", "Their DID", DeskField.Id) { Hint = "Got from them by a way that you trust. Left out where they recognise this nation." },
            new("types", "For which credentials", DeskField.Choices)
            {
                Options = [.. nation.Types.Values.Select(type => ($"types.{type.Name}", type.Metadata.Name ?? type.Name))],
                Chosen = typed.Where(one => one.Value == ProposalForm.Chosen).Select(one => one.Key).ToHashSet(),
            },
            new("scope", "What they are taken for, and at which levels", DeskField.Lines),
            new("basis", "The legal basis", DeskField.Lines) { Hint = "The law, treaty or decision, by its name and date." },
            new("basis_url", "Where it can be read", DeskField.Id) { Hint = "An https address." },
            new("from", "The first day", DeskField.Day),
            new("until", "The last day", DeskField.Day) { Hint = $"It ends by itself then: {Recognition.MostYears} years after the first day at most." },
        ];

    /// <summary>What a member proposes.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>, <c>reason_missing</c>.</exception>
    public static async Task<Proposal> ReadAsync(string act, IReadOnlyDictionary<string, string> form, NationContext nation)
    {
        if (act == Act.EndRecognition) return Proposal.EndRecognition(await RecognitionActs.FindAsync(nation.Database, Line("recognition"), nation.Time.GetUtcNow()), Text("reason"));
        return Proposal.Recognise(new(
            Line("direction"),
            Line("name"),
            Given("issuer"),
            Given("did"),
            [.. nation.Types.Values.Where(type => form.GetValueOrDefault($"types.{type.Name}") == ProposalForm.Chosen).Select(type => type.Vct)],
            Text("scope"),
            Text("basis"),
            Line("basis_url"),
            Day("from", "the first day"),
            Day("until", "the last day")));

        string Line(string name) => form.GetValueOrDefault(name, "").Trim();

        // Browsers send line ends as CR LF.
        string Text(string name) => form.GetValueOrDefault(name, "").ReplaceLineEndings("\n").Trim();

        string? Given(string name) => Line(name) is { Length: > 0 } value ? value : null;

        DateOnly Day(string name, string words) => DateOnly.TryParseExact(Line(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw NationRefusal.InvalidProposal($"{words} must be a day, as 2027-06-30");
    }

    /// <summary>The field that a refusal is about; null where it is about all of it.</summary>
    public static string? FieldOf(Refusal refusal)
    {
        if (refusal.Code != "invalid_proposal") return null;
        (string Beginning, string Field)[] fields =
        [
            ("the direction", "direction"), ("the name", "name"), ("the issuer", "issuer"), ("the DID", "did"), ("the types", "types"), ("the scope", "scope"), ("the legal basis", "basis"),
            ("the address of the legal basis", "basis_url"), ("the first day", "from"), ("the last day", "until"), ("there is no such recognition", "recognition"),
        ];
        return fields.FirstOrDefault(one => refusal.Description.StartsWith(one.Beginning, StringComparison.Ordinal)).Field;
    }

    /// <summary>What a decision on one would do, value by value.</summary>
    public static async Task<IReadOnlyList<DeskFact>> FactsAsync(Decision decision, NationContext nation)
    {
        var content = decision.Proposal!.Content;
        if (decision.Row.Act == Act.EndRecognition)
        {
            var ended = (await nation.Recognitions.ReadAsync()).FirstOrDefault(one => one.Id == decision.Row.Subject);
            return [new("Who", content.RequiredString("name")), .. ended is null ? [] : FactsOf(ended.Content, nation)];
        }

        return [new("Who", content.RequiredString("name")), .. FactsOf(Recognition.Parse(content), nation)];
    }

    /// <summary>A direction, for people.</summary>
    public static string NameOf(string direction) => direction == Recognition.ByUs ? "Their credentials are accepted here" : "They recognise the credentials of this nation";

    /// <summary>The names of the types that one is for.</summary>
    public static string TypesOf(Recognition recognition, NationContext nation) =>
        string.Join(", ", recognition.Types.Select(vct => nation.Types.Values.FirstOrDefault(type => type.Vct == vct)?.Metadata.Name ?? vct));

    private static IEnumerable<DeskFact> FactsOf(Recognition recognition, NationContext nation)
    {
        yield return new("Who recognises whom", NameOf(recognition.Direction));
        if (recognition.Issuer is { } issuer) yield return new("Their issuer", issuer);
        if (recognition.Did is { } did) yield return new("Their DID", did);
        yield return new("For which credentials", TypesOf(recognition, nation));
        yield return new("Taken for", recognition.Scope);
        yield return new("Legal basis", recognition.Basis);
        yield return new("Where it can be read", recognition.BasisUrl);
        yield return new("From", recognition.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        yield return new("Until", recognition.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static async Task<IReadOnlyList<RegisteredRecognition>> StandingAsync(NationContext nation) =>
        [.. (await nation.Recognitions.ReadAsync()).Where(one => one.StateAt(nation.Time.GetUtcNow()) != "ended")];
}
