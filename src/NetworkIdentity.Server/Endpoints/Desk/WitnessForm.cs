using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>The form by which somebody attests what happened, or corrects what was attested.</summary>
internal static class WitnessForm
{
    private const string NotAtAll = "none";
    private const string AtNoNode = "none";

    /// <summary>Its fields.</summary>
    public static async Task<IReadOnlyList<DeskField>> FieldsAsync(NationContext nation) =>
    [
        new("member", "The member’s id", DeskField.Id) { Hint = "Whom it is about. Nobody attests anything of themselves." },
        new("kind", "What happened", DeskField.Choice)
        {
            Options = [.. FactKind.All.Select(kind => (kind, FactWords.OfKind(kind))), (NotAtAll, "Nothing: a fact that was attested did not happen")],
        },
        new("node", "Where", DeskField.Choice)
        {
            Options = [(AtNoNode, "At no node"), .. (await Node.AllAsync(nation.Database)).Select(node => ($"node:{node.Name}", node.Name))],
            Hint = "A stay is at a node, and the node’s stewards witness it.",
        },
        new("from", "The first day", DeskField.Day) { Hint = "Days are of UTC." },
        new("until", "The last day", DeskField.Day) { Hint = "Of a stay: the day on which they left, or today. So its nights are the days between." },
        new("text", "What it was", DeskField.Line) { Hint = "In a few words, which the member reads. A stay needs none." },
        new("corrects", "In place of the fact", DeskField.Id) { Hint = "The id of a fact that this one corrects; empty for a new one." },
    ];

    /// <summary>What was proposed.</summary>
    /// <exception cref="Refusal">What is wrong with it, and can be told before it is proposed.</exception>
    public static async Task<Proposal> ReadAsync(IReadOnlyDictionary<string, string> form, NationContext nation)
    {
        var (kind, corrects, text) = (Line("kind"), Line("corrects") is { Length: > 0 } id ? id : null, Line("text"));
        if (kind == NotAtAll)
        {
            var row = await Facts.FindAsync(nation.Database, corrects ?? "") ?? throw NationRefusal.UnknownFact();
            return Witnessing.ProposeAnnulment((await nation.Witnessing.Book.OfAsync(row.MemberId)).First(fact => fact.Id == row.Id), text);
        }

        var node = Line("node") is var at && at.StartsWith("node:", StringComparison.Ordinal) ? await Node.FindAsync(nation.Database, at["node:".Length..]) : null;
        if (node is null && at != AtNoNode) throw NationRefusal.UnknownNode((await Node.AllAsync(nation.Database)).Select(one => one.Name));
        var draft = Witnessing.WithNights(new(kind, Line("member"), Day("from"), Day("until"), kind == FactKind.Stay && text.Length == 0 ? "A stay" : text));
        return Witnessing.Propose(draft, node, corrects);

        string Line(string name) => form.GetValueOrDefault(name, "").Trim();

        DateOnly Day(string name) => FactWords.DayIn(Line(name), name == "from" ? "the first day" : "the last day");
    }

    /// <summary>The field that a refusal is about; null where it is about all of it.</summary>
    public static string? FieldOf(Refusal refusal)
    {
        return refusal.Code switch
        {
            "own_fact" => "member",
            "unknown_fact" or "fact_corrected" or "already_contested" => "corrects",
            "invalid_fact" when Says("the kind") => "kind",
            "invalid_fact" when Says("a stay is at a node") => "node",
            "invalid_fact" when Says("the first day") => "from",
            "invalid_fact" when Says("the last day") => "until",
            "invalid_fact" when Says("the text") => "text",
            "invalid_fact" when Says("a correction is about") => "corrects",
            _ => null,
        };

        bool Says(string beginning) => refusal.Description.StartsWith(beginning, StringComparison.Ordinal);
    }
}
