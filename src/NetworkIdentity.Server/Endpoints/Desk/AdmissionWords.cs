using NetworkIdentity.Governing;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>What who decides reads of a person who asks to join: their own words, and those of each who vouches.</summary>
internal static class AdmissionWords
{
    /// <summary>The facts of a decision to admit or to refuse.</summary>
    public static async Task<IReadOnlyList<DeskFact>> FactsAsync(Decision decision, Charter? charter, NationContext nation, DeskWords words)
    {
        List<DeskFact> facts = [];
        if (decision.Proposal?.Content.OptionalString("criterion") is { } criterion) facts.Add(new("Criterion of the charter", charter?.Criteria.GetValueOrDefault(criterion) ?? criterion));
        if (await nation.Applying.FindAsync(decision.Row.Subject) is not { } application) return facts;
        facts.Add(new("What they say of themselves", application.Statement));
        facts.Add(new("Would belong to", application.Row.NodeId is null ? "No node" : await words.NodeAsync(application.Row.NodeId)));
        facts.Add(new("How many vouch", $"{application.Counted} of {application.Needed}"));
        foreach (var (voucher, said) in application.Vouches)
        {
            facts.Add(await words.PersonAsync("Who vouches", voucher));
            facts.Add(new("What they say", said));
        }

        return facts;
    }
}
