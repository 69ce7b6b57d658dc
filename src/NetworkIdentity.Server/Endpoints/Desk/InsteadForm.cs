using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>The form by which who decides a question proposes its other answer: that somebody is refused, or that an appeal is turned down (<see cref="Proposal.Instead"/>).</summary>
internal static class InsteadForm
{
    /// <summary>The field with the question's id. At the pages it is in the address.</summary>
    public const string Question = "decision";

    private const string Criterion = "criterion";
    private const string Reason = "reason";

    /// <summary>Whether an act is another's other answer.</summary>
    public static bool Has(string act) => Proposal.Instead.Values.Contains(act);

    /// <summary>The fields of an act.</summary>
    public static IReadOnlyList<DeskField> FieldsOf(string act, Charter charter) => act switch
    {
        Act.Refuse =>
        [
            new(Question, "The question", DeskField.Id),
            new(Criterion, "Which criterion of the charter they don’t meet", DeskField.Choice) { Options = [.. charter.Criteria.Select(one => (one.Key, one.Value))] },
            new(Reason, "Reasons", DeskField.Lines) { Hint = "The person reads this, and so does who decides. They can appeal, and others decide that." },
        ],
        Act.UpholdAppeal =>
        [
            new(Question, "The question", DeskField.Id),
            new(Reason, "Reasons", DeskField.Lines) { Hint = "The person reads this, and so does who decides." },
        ],
        _ => [],
    };

    /// <summary>Whether there is an open question whose other answer the act is, for this member to decide.</summary>
    public static async Task<bool> IsOpenAsync(string act, string question, NationContext nation, string memberId) => await FindAsync(act, question, nation, memberId) is not null;

    /// <summary>What was proposed.</summary>
    /// <exception cref="Refusal"><c>unknown_decision</c>, <c>reason_missing</c>.</exception>
    public static async Task<Proposal> ReadAsync(string act, IReadOnlyDictionary<string, string> form, NationContext nation, string memberId)
    {
        var subject = (await FindAsync(act, form.GetValueOrDefault(Question, ""), nation, memberId))?.Row.Subject ?? throw NationRefusal.UnknownDecision();

        // Browsers send line ends as CR LF.
        var reason = form.GetValueOrDefault(Reason, "").ReplaceLineEndings("\n").Trim();
        return act == Act.Refuse
            ? Proposal.Refuse(await Applications.FindAsync(nation.Database, subject) ?? throw NationRefusal.UnknownDecision(), form.GetValueOrDefault(Criterion, "").Trim(), reason)
            : Proposal.UpholdAppeal(await Appeals.FindAsync(nation.Database, subject) ?? throw NationRefusal.UnknownDecision(), reason);
    }

    private static async Task<Decision?> FindAsync(string act, string question, NationContext nation, string memberId) =>
        await nation.Deciding.FindForAsync(question, memberId) is { } decision && Proposal.Instead.GetValueOrDefault(decision.Row.Act) == act && decision.IsFor(memberId) ? decision : null;
}
