using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>GET /desk: what waits for a member's decision, and what they may propose.</summary>
internal static class DeskEndpoint
{
    /// <summary>The path of the desk.</summary>
    public const string Path = "/desk";

    /// <summary>The page; who has no session here is sent to sign in, and comes back.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        var row = await Charters.InForceAsync(nation.Database);
        var charter = row is null ? null : Charter.Parse(row.Content);
        var words = new DeskWords(nation);
        List<DeskItem> waiting = [];
        foreach (var decision in await nation.Deciding.ForAsync(own.MemberId))
        {
            waiting.Add(new DeskItem
            {
                Url = nation.Keys.Nation.Url($"{DecisionEndpoint.Folder}/{decision.Row.Id}"),
                Act = DeskWords.OfAct(decision.Row.Act),
                About = await words.AboutAsync(decision),
                ProposedBy = decision.Row.ProposedBy is { } proposer ? await words.PersonAsync("Proposed by", proposer) : null,
                Counted = decision.Quorum!.Counted.Count,
                Needed = decision.Quorum.Needed,
                IsApproved = decision.Quorum.Counted.Contains(own.MemberId),
                OpenUntil = DateTimeOffset.FromUnixTimeSeconds(decision.Row.OpenUntil),
                DueAt = decision.Row.DueAt is { } due ? DateTimeOffset.FromUnixTimeSeconds(due) : null,
                DelayDays = charter is null || decision.Proposal is null ? 0 : (int)decision.Proposal.DelayOf(charter).TotalDays,
            });
        }

        return Page.Of<DeskPage>(new DeskView
        {
            Nation = nation.Keys.Nation.Name,
            CharterVersion = charter?.Version,
            Waiting = waiting,
            Proposable = [.. (await nation.Deciding.ProposableAsync(own.MemberId)).Select(act => (nation.Keys.Nation.Url($"{ProposeEndpoint.Folder}/{act}"), DeskWords.OfAct(act)))],
            StationUrl = nation.Keys.Nation.Url("/station"),
            CardUrl = await nation.Printing.MayPrintAsync(own.MemberId) ? nation.Keys.Nation.Url(DeskCardEndpoint.Path) : null,
            Arrivals = await nation.Counting.OfStewardAsync(own.MemberId),
            MemberId = own.MemberId,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            CorrelationId = context.TraceIdentifier,
        });
    }
}
