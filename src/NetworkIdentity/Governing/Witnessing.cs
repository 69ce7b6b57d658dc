using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>
/// What happened is witnessed by a decision: those whose approval decided it attest it. A fact is corrected by another alone, and whom it is about contests it by putting one to those who have
/// not attested the first (decision 0042).
/// </summary>
public sealed class Witnessing(Database database, KeyRing keys, TimeProvider time)
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string CorrectsKey = "corrects";
    private const string AnnulsKey = "annuls";
    private const string ContestedKey = "contested";

    /// <summary>What was witnessed.</summary>
    public FactBook Book { get; } = new(database, keys, time);

    /// <summary>A member says that something happened.</summary>
    /// <param name="draft">What; a stay is at a node, and its amount is its nights.</param>
    /// <param name="node">The node; null for none.</param>
    /// <param name="corrects">The fact that it takes the place of; null for none.</param>
    public static Proposal Propose(FactDraft draft, Node? node, string? corrects = null) =>
        new(Act.Witness, RandomId.New(), draft.MemberId, node?.Id, ContentOf(draft with { Node = node?.Name }, corrects, annuls: false, isContested: false));

    /// <summary>A member says that what was witnessed did not happen.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="text">Why.</param>
    public static Proposal ProposeAnnulment(Fact fact, string text) =>
        new(Act.Witness, RandomId.New(), fact.MemberId, fact.NodeId, ContentOf(DraftOf(fact, text), fact.Id, annuls: true, isContested: false));

    /// <summary>Whom a fact is about contests it: others than who attested it decide whether another takes its place.</summary>
    /// <param name="deciding">Where it is decided.</param>
    /// <param name="factId">The fact.</param>
    /// <param name="memberId">Who contests it: whom it is about.</param>
    /// <param name="from">The first day, as it was; null for a fact that did not happen at all.</param>
    /// <param name="until">The last day.</param>
    /// <param name="text">What is so instead, or why it is not so.</param>
    /// <returns>The decision's id.</returns>
    /// <exception cref="Refusal"><c>unknown_fact</c>: also another's. <c>fact_corrected</c>, <c>already_contested</c>, <c>invalid_fact</c>, <c>no_charter</c>.</exception>
    public async Task<string> ContestAsync(Deciding deciding, string factId, string memberId, DateOnly? from, DateOnly? until, string text)
    {
        var facts = await Book.OfAsync(memberId);
        var fact = facts.FirstOrDefault(one => one.Id == factId) ?? throw NationRefusal.UnknownFact();
        if ((await ContestOfAsync(factId)) is not null) throw NationRefusal.AlreadyContested();
        var draft = DraftOf(fact, text);
        if (from is { } first && until is { } last) draft = WithNights(draft with { From = first, Until = last });
        var node = await NodeOfAsync(fact.NodeId);
        var proposal = new Proposal(Act.Witness, factId, memberId, fact.NodeId, ContentOf(draft with { Node = node?.Name }, factId, annuls: from is null, isContested: true));
        await CheckAsync(proposal);
        await deciding.PutAsync(proposal, long.MaxValue);
        return (await ContestOfAsync(factId))?.Id ?? throw NationRefusal.DecisionMoved();
    }

    /// <summary>The open decision by which somebody contests a fact; null where it is not contested.</summary>
    public async Task<Decisions.Row?> ContestOfAsync(string factId) =>
        (await Decisions.OfSubjectAsync(database, factId)).FirstOrDefault(row => row is { Act: Act.Witness, State: Decisions.Open });

    /// <summary>Who may not decide it: of a fact that is contested, those who attested it.</summary>
    internal static async Task<IReadOnlyList<string>> BarredAsync(Database database, JsonObject content) => content.ContainsKey(ContestedKey)
        ? [.. (await FactWitnesses.OfFactAsync(database, content.RequiredString(CorrectsKey))).Select(row => row.MemberId)]
        : [];

    /// <summary>Looks whether it could be recorded.</summary>
    /// <exception cref="Refusal"><c>invalid_fact</c>, <c>unknown_node</c>, <c>unknown_member</c>, <c>not_a_member</c>, <c>unknown_fact</c>, <c>fact_corrected</c>, <c>already_contested</c>.</exception>
    internal async Task CheckAsync(Proposal proposal)
    {
        var (draft, corrects) = (ReadDraft(proposal), proposal.Content.OptionalString(CorrectsKey));
        FactBook.Check(draft, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var nodeId = draft.Node is null ? null : (await Node.FindAsync(database, draft.Node)).Id;
        var isStay = draft.Kind == FactKind.Stay && !proposal.Content.ContainsKey(AnnulsKey);
        if (isStay && nodeId is null) throw NationRefusal.InvalidFact("a stay is at a node");
        if (isStay && draft.Until == draft.From) throw NationRefusal.InvalidFact("the last day of a stay is after the first: it has a night at least");
        if (await Members.FindAsync(database, draft.MemberId) is null) throw NationRefusal.UnknownMember();
        var facts = await Book.OfAsync(draft.MemberId);
        if (corrects is null)
        {
            if (!await Credentials.BelongsAsync(database, draft.MemberId, time.GetUtcNow().ToUnixTimeSeconds())) throw NationRefusal.NotAMember();
            await CheckNewAsync(facts, draft, nodeId);
            return;
        }

        // What was taken away can't be taken away again; and what is contested is decided by that.
        if (facts.FirstOrDefault(fact => fact.Id == corrects) is not { } before) throw NationRefusal.UnknownFact();
        if (facts.Any(fact => fact.Corrects == corrects && fact.Witnesses.Count >= fact.Needed)) throw NationRefusal.FactCorrected();
        if (!proposal.Content.ContainsKey(ContestedKey) && await ContestOfAsync(corrects) is not null) throw NationRefusal.AlreadyContested();

        // Whoever attests at one node takes away nothing that was attested at another. (That something did not happen is proposed at the fact's own.)
        if (!proposal.Content.ContainsKey(AnnulsKey) && (before.Kind != draft.Kind || before.NodeId != nodeId)) throw NationRefusal.InvalidFact("what stands in the place of a fact is of its kind, and at its node");
    }

    /// <summary>Records it, attested by those who decided it.</summary>
    internal async Task EnactAsync(Proposal proposal, Mandate mandate)
    {
        await CheckAsync(proposal);
        var (draft, needed) = (ReadDraft(proposal), (await Rules.InForceAsync(database)).RuleOf(Act.Witness).Approvals);
        if (proposal.Content.OptionalString(CorrectsKey) is not { } corrects) await Book.RecordAsync(draft, needed, mandate, mandate.Approvers);
        else if (proposal.Content.ContainsKey(AnnulsKey)) await Book.AnnulAsync(corrects, draft.Text, needed, mandate, mandate.Approvers);
        else await Book.CorrectAsync(corrects, draft, needed, mandate, mandate.Approvers);
    }

    /// <summary>A draft whose amount, where it is a stay, is its nights.</summary>
    public static FactDraft WithNights(FactDraft draft) =>
        draft.Kind == FactKind.Stay && draft.Until > draft.From ? draft with { Amount = Math.Min(draft.Until.DayNumber - draft.From.DayNumber, FactDraft.MostAmount) } : draft;

    /// <summary>The same thing is not attested twice: who presses twice has said it once.</summary>
    private async Task CheckNewAsync(IReadOnlyList<Fact> facts, FactDraft draft, string? nodeId)
    {
        var corrected = facts.Where(fact => fact.Witnesses.Count >= fact.Needed).Select(fact => fact.Corrects).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var same = facts.Where(fact => !fact.IsAnnulment && !corrected.Contains(fact.Id) && fact.Kind == draft.Kind && fact.NodeId == nodeId && fact.From == draft.From && fact.Until == draft.Until).ToList();
        if (same.Count == 0) return;
        var texts = await Book.TextsAsync(draft.MemberId);
        if (same.Any(fact => fact.Kind == FactKind.Stay || texts.GetValueOrDefault(fact.Id) == draft.Text)) throw NationRefusal.InvalidFact("the same was attested before");
    }

    private async Task<Node?> NodeOfAsync(string? id) => id is null ? null : (await Node.AllAsync(database)).FirstOrDefault(node => node.Id == id);

    private static FactDraft DraftOf(Fact fact, string text) => new(fact.Kind, fact.MemberId, fact.From, fact.Until, text) { Amount = fact.Amount };

    private static JsonObject ContentOf(FactDraft draft, string? corrects, bool annuls, bool isContested)
    {
        var content = new JsonObject
        {
            ["kind"] = draft.Kind,
            ["from"] = draft.From.ToString(DayFormat, CultureInfo.InvariantCulture),
            ["until"] = draft.Until.ToString(DayFormat, CultureInfo.InvariantCulture),
            ["text"] = draft.Text,
        };
        if (draft.Node is not null) content["node"] = draft.Node;
        if (draft.Amount is not null) content["amount"] = draft.Amount;
        if (corrects is not null) content[CorrectsKey] = corrects;
        if (annuls) content[AnnulsKey] = true;
        if (isContested) content[ContestedKey] = true;
        return content;
    }

    private static FactDraft ReadDraft(Proposal proposal)
    {
        var content = proposal.Content;
        return new(content.RequiredString("kind"), proposal.MemberId!, Day("from"), Day("until"), content.RequiredString("text")) { Node = content.OptionalString("node"), Amount = content.OptionalInt64("amount") };

        DateOnly Day(string name) => DateOnly.ParseExact(content.RequiredString(name), DayFormat, CultureInfo.InvariantCulture);
    }
}
