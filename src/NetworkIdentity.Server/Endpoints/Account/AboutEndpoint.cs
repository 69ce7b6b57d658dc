using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>GET /account/about: what was decided about a member, and what others attested of them.</summary>
internal static class AboutEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/about";

    /// <summary>What harms a member, so that they can appeal it.</summary>
    private static readonly HashSet<string> Adverse = [Act.Suspend, Act.SuspendAtOnce, Act.Revoke, Act.Dismiss, Act.Refuse];

    /// <summary>The page; who has no session here is sent to sign in, and comes back.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        return Page.Of<AboutPage>(new AboutView
        {
            Nation = nation.Keys.Nation.Name,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            CaseUrl = nation.Keys.Nation.Url(SigningIn.MemberPages.Case),
            Decisions = await DecisionsAsync(nation, own.MemberId),
            Facts = await FactsAsync(nation, own.MemberId),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>What enough have approved, and what has ended since. Before that it is a proposal among those who decide, and perhaps nothing.</summary>
    private static async Task<IReadOnlyList<ToldDecision>> DecisionsAsync(NationContext nation, string memberId)
    {
        var words = new DeskWords(nation);
        List<ToldDecision> told = [];
        foreach (var row in (await Decisions.OfMemberAsync(nation.Database, memberId)).Where(row => row.State == Decisions.Done || row.ReachedAt is not null))
        {
            var decision = (await nation.Deciding.FindAsync(row.Id))!;
            var charter = await Charters.FindAsync(nation.Database, row.CharterVersion) is { } found ? Charter.Parse(found.Content) : null;
            var at = DateTimeOffset.FromUnixTimeSeconds(row.EndedAt ?? row.ReachedAt!.Value);
            told.Add(new(
                row.Id,
                DeskWords.OfAct(row.Act),
                row.State == Decisions.Open ? "Enough have approved. It waits for its day, and what is taken back stops it." : DeskWords.StateOf(decision),
                at,
                row is { State: Decisions.Open, DueAt: { } due } ? DateTimeOffset.FromUnixTimeSeconds(due) : null,
                [.. (await words.FactsAsync(decision, charter)).Skip(1)],
                row.State == Decisions.Done && Adverse.Contains(row.Act) && charter is not null && at + charter.Terms.Appeal is var until && until > nation.Time.GetUtcNow() ? until : null,
                row.CharterVersion));
        }

        return told;
    }

    private static async Task<IReadOnlyList<ToldFact>> FactsAsync(NationContext nation, string memberId)
    {
        var book = new FactBook(nation.Database, nation.Keys, nation.Time);
        var texts = await book.TextsAsync(memberId);
        var words = new DeskWords(nation);
        List<ToldFact> told = [];
        foreach (var fact in (await book.AllAsync()).Where(fact => fact.MemberId == memberId).Reverse())
        {
            List<(string, string, DateOnly)> witnesses = [];
            foreach (var attestation in fact.Witnesses) witnesses.Add((await words.NameOfAsync(attestation.By) ?? "A member without a name", attestation.By, attestation.Day));
            told.Add(new(
                fact.Id,
                WordsOf(fact.Kind),
                texts.GetValueOrDefault(fact.Id, ""),
                fact.From,
                fact.Until,
                fact.NodeId is { } node ? await words.NodeAsync(node) : null,
                fact.Corrects is null ? null : $"{(fact.IsAnnulment ? "It says that this did not happen" : "It takes the place of")}: {fact.Corrects}",
                fact.Needed,
                witnesses));
        }

        return told;
    }

    private static string WordsOf(string kind) => kind switch
    {
        FactKind.Contribution => "A contribution",
        FactKind.Hosting => "You were a host",
        FactKind.Role => "A role you held",
        FactKind.Stay => "A stay",
        _ => kind,
    };
}
