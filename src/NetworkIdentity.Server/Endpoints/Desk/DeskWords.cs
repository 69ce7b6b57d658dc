using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>What a decision says, for people: names are read once for a page.</summary>
internal sealed class DeskWords(NationContext nation)
{
    private readonly Dictionary<string, string?> _names = [];
    private IReadOnlyList<Node>? _nodes;

    /// <summary>An act as a heading.</summary>
    public static string OfAct(string act) => act switch
    {
        Act.Admit => "Admit a person",
        Act.Refuse => "Refuse a person",
        Act.Suspend => "Suspend a member",
        Act.SuspendAtOnce => "Suspend a member at once",
        Act.Revoke => "Revoke a membership",
        Act.Rebind => "Bind a new wallet to a member",
        Act.Appoint => "Appoint a steward",
        Act.Dismiss => "End a steward’s mandate",
        Act.AddNode => "Add a node",
        Act.RotateKeys => "Replace the nation’s keys",
        Act.ChangeCharter => "Change the charter",
        Act.Witness => "Witness what happened",
        Act.DecideAppeal => "Undo what was appealed",
        Act.UpholdAppeal => "Turn an appeal down",
        Act.Reinstate => "Reinstate a member",
        Act.Renew => "Renew a membership",
        Act.Merge => "Make two records one",
        Act.Issue => "Give a credential",
        Act.Recognise => "Recognise another nation",
        Act.EndRecognition => "End a recognition",
        Act.NameGuardian => "Name a guardian",
        Act.EndGuardian => "End a guardian’s task",
        _ => act.Replace('_', ' '),
    };

    /// <summary>The name of a type of credentials.</summary>
    public string NameOfType(string type) => nation.Types[type].Metadata.Name ?? type;

    /// <summary>The name of a member; null where they have none, or are erased.</summary>
    public async Task<string?> NameOfAsync(string memberId)
    {
        if (!_names.TryGetValue(memberId, out var name)) _names[memberId] = name = await nation.Offering.NameOfAsync(memberId) ?? (await nation.Applying.OfPersonAsync(memberId))?.Name;
        return name;
    }

    /// <summary>The name of a node; the whole nation where there is none.</summary>
    public async Task<string> NodeAsync(string? nodeId)
    {
        _nodes ??= await Node.AllAsync(nation.Database);
        return nodeId is null ? "The whole nation" : _nodes.FirstOrDefault(node => node.Id == nodeId)?.Name ?? nodeId;
    }

    /// <summary>A person as a fact.</summary>
    public async Task<DeskFact> PersonAsync(string label, string memberId) => new(label, await NameOfAsync(memberId) ?? "A member without a name", memberId);

    /// <summary>Whom or what a decision is about, in a line.</summary>
    public async Task<DeskFact> AboutAsync(Decision decision) => decision switch
    {
        { Row.MemberId: { } member } => await PersonAsync("About", member),
        { Row.Act: Act.ChangeCharter } => new("About", $"Version {decision.Row.Subject}"),
        _ => new("About", decision.Row.Subject),
    };

    /// <summary>What would be done, value by value.</summary>
    public async Task<IReadOnlyList<DeskFact>> FactsAsync(Decision decision, Charter? charter)
    {
        List<DeskFact> facts = [await AboutAsync(decision)];
        if (decision.Proposal is not { Content: var content })
        {
            facts.Add(new("What was said", "It can’t be read any more: the member has been erased."));
            return facts;
        }

        if (content.OptionalString("ground") is { } ground) facts.Add(new("Ground of the charter", charter?.Grounds.GetValueOrDefault(ground) ?? ground));
        if (content.OptionalString("reason") is { } reason) facts.Add(new("Reasons", reason));
        if (content.OptionalInt64("days") is { } days) facts.Add(new("For how long", Days(days)));
        foreach (var attester in decision.Row.Act == Act.Rebind ? content.OptionalStrings(Proposal.AttestedBy) ?? [] : []) facts.Add(await PersonAsync("Attests that it is them", attester));
        if (decision.Row.Act is Act.Appoint or Act.Dismiss) facts.Add(new("Steward of", await NodeAsync(decision.Row.NodeId)));
        if (decision.Row.Act == Act.Appoint) facts.Add(new("For the acts", string.Join(", ", (content.OptionalStrings("acts") ?? []).Select(OfAct))));
        if (Act.RuleOf(decision.Row.Act) == Act.Recognise) facts.AddRange(await RecognitionForm.FactsAsync(decision, nation));
        if (decision.Row.Act is not (Act.Witness or Act.Recognise) && content.OptionalString("until") is { } until) facts.Add(new("Until", until));
        if (decision.Row.Act == Act.Witness) facts.AddRange(FactWords.OfContent(content));
        if (decision.Row.Act == Act.RotateKeys) facts.Add(new("The new ones sign", content.OptionalBoolean("at_once") == true ? "At once" : $"In {Days((long)KeyRotation.Ahead.TotalDays)}"));
        if (decision.Row.Act == Act.Issue) facts.Add(new("Credential", NameOfType(content.RequiredString("type"))));
        if (decision.Row.Act is Act.NameGuardian or Act.EndGuardian) facts.Add(await PersonAsync("Guardian", content.RequiredString("guardian")));
        if (decision.Row.Act == Act.Merge) facts.Add(await PersonAsync("Who stays", content.RequiredString("stays")));
        if (Act.RuleOf(decision.Row.Act) == Act.DecideAppeal) facts.AddRange(await FactsOfAppealAsync(decision.Row.Subject));
        if (decision.Row.Act == Act.AddNode) facts.Add(new("Where", content.OptionalString("region") ?? ""));
        if (decision.Row.Act is Act.Admit or Act.Refuse) facts.AddRange(await AdmissionWords.FactsAsync(decision, charter, nation, this));
        return facts;
    }

    /// <summary>What was decided first, in the words of then, and what the person says to it.</summary>
    private async Task<IReadOnlyList<DeskFact>> FactsOfAppealAsync(string appealId)
    {
        if (await nation.Appealing.FindAsync(appealId) is not { } appealed) return [];
        var charter = await Charters.FindAsync(nation.Database, appealed.Row.CharterVersion) is { } row ? Charter.Parse(row.Content) : null;
        List<DeskFact> facts = [new("What was decided first", OfAct(appealed.Row.Act))];
        if (appealed.Proposal.Content.OptionalString("criterion") is { } criterion) facts.Add(new("By the criterion", charter?.Criteria.GetValueOrDefault(criterion) ?? criterion));
        facts.AddRange((await FactsAsync(new Decision(appealed.Row, appealed.Proposal, null), charter)).Skip(1).Select(fact => fact with { Label = $"First decision: {fact.Label}" }));
        facts.Add(new("What the person says to it", appealed.Words ?? ""));
        return facts;
    }

    /// <summary>How a proposed charter differs from the one in force; empty where it is none, or can't be compared.</summary>
    public static IReadOnlyList<CharterChange> ChangesOf(Decision decision, Charter? charter) =>
        decision is { Row.Act: Act.ChangeCharter, Proposal.Content: var content } && charter is not null
            ? CharterChange.Between(charter, Charter.Parse(StrictJson.Write(content)))
            : [];

    /// <summary>What happened to a decision, oldest first. Of two steps in one second, the one that follows from the other stands after it.</summary>
    public async Task<IReadOnlyList<DeskStep>> HistoryAsync(Decision decision)
    {
        List<DeskStep> steps = [];
        foreach (var row in (await Journal.OfAsync(nation.Database, decision.Row.Id)).OrderBy(row => row.At).ThenBy(row => RankOf(row.Act)))
        {
            var words = WordsOf(row.Act);
            if (words is not null) steps.Add(new(DateTimeOffset.FromUnixTimeSeconds(row.At), words, row.Actor == decision.Row.Id ? null : await PersonAsync("By", row.Actor)));
        }

        if (decision.Row is { State: Decisions.Done, EndedAt: { } done }) steps.Add(new(DateTimeOffset.FromUnixTimeSeconds(done), "It was carried out", null));
        return steps;
    }

    /// <summary>Where a decision stands.</summary>
    public static string StateOf(Decision decision) => decision switch
    {
        { Row.State: Decisions.Done } => "It was carried out.",
        { Row.State: Decisions.Lapsed } => "It lapsed: its time was over before enough had approved, the charter has changed, or what it was about is not there any more.",
        { Row.State: Decisions.Withdrawn } => "Who proposed it took it back.",
        { Quorum: null } => "The charter has changed, so it can’t be decided any more. It has to be proposed anew.",
        { Row.DueAt: not null } => "Enough have approved. It waits for its day, and an approval that is taken back stops it.",
        _ => "It waits for approvals.",
    };

    /// <summary>A number of days.</summary>
    public static string Days(long days) => days == 1 ? "1 day" : $"{days} days";

    private static int RankOf(string act) => act switch
    {
        "propose" or "put" => 0,
        "approve" or "take-back" => 1,
        _ => 2,
    };

    private static string? WordsOf(string act) => act switch
    {
        "propose" => "Proposed, and so approved",
        "approve" => "Approved",
        "take-back" => "Approval taken back",
        "decide" => "Enough had approved",
        "undecide" => "Not enough any more",
        "put" => "The question was put, since it follows from what happened",
        "lapse" => "It lapsed",
        "withdraw" => "Withdrawn",
        _ => null,
    };
}
