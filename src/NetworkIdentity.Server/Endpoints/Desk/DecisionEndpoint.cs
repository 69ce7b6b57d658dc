using System.Globalization;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/desk/decisions/{id}: one decision, and what its deciders do about it.</summary>
internal static class DecisionEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/desk/decisions";

    /// <summary>GET: what is decided, why, by which rules, and how far it has come.</summary>
    public static async Task<IResult> PageAsync(string id, HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{id}");
        return await ShowAsync(context, nation, own, await FindAsync(nation, id, own), null);
    }

    /// <summary>POST …/approve.</summary>
    public static Task<IResult> ApproveAsync(string id, HttpContext context, NationContext nation) =>
        ActAsync(id, context, nation, isApproval: true, (own, seen) => nation.Deciding.ApproveAsync(id, own.MemberId, seen));

    /// <summary>POST …/take-back.</summary>
    public static Task<IResult> TakeBackAsync(string id, HttpContext context, NationContext nation) =>
        ActAsync(id, context, nation, isApproval: false, (own, seen) => nation.Deciding.TakeBackAsync(id, own.MemberId, seen));

    /// <summary>POST …/withdraw.</summary>
    public static Task<IResult> WithdrawAsync(string id, HttpContext context, NationContext nation) =>
        ActAsync(id, context, nation, isApproval: false, (own, _) => nation.Deciding.WithdrawAsync(id, own.MemberId));

    private static async Task<IResult> ActAsync(string id, HttpContext context, NationContext nation, bool isApproval, Func<Sessions.Row, Seen, Task<Decision>> act)
    {
        // 1. It is a form of this browser's own page, and says what that page showed.
        var form = await BrowserForm.ReadAsync(context, nation, MemberSession.Act);
        var seen = new Seen(NumberIn(form, "revision"), NumberIn(form, "counted"));

        // 2. A member who may see the decision; of an approval, one who has just proven themselves where the charter says so.
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{id}");
        var decision = await FindAsync(nation, id, own);
        if (isApproval && await RuleToProveAsync(nation, decision, own) is { } rule) return await MemberSession.ProveAsync(context, nation, own, $"{Folder}/{id}", rule);

        // 3. It is done, or it is no more what was seen: then it is shown as it is now.
        try
        {
            await act(own, seen);
        }
        catch (Refusal refusal) when (NoticeOf(refusal) is { } notice)
        {
            return await ShowAsync(context, nation, own, await FindAsync(nation, id, own), notice);
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownDecisionCode)
        {
            throw NotHere();
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Folder}/{id}"));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, Decision decision, string? notice)
    {
        var row = decision.Row;
        var charter = (await Charters.FindAsync(nation.Database, row.CharterVersion)) is { } found ? Charter.Parse(found.Content) : null;
        var words = new DeskWords(nation);
        var isCounted = decision.Quorum?.Counted.Contains(own.MemberId) == true;
        return Page.Of<DecisionPage>(
            new DecisionView
            {
                Nation = nation.Keys.Nation.Name,
                Title = DeskWords.OfAct(row.Act),
                Url = nation.Keys.Nation.Url($"{Folder}/{row.Id}"),
                DeskUrl = nation.Keys.Nation.Url(DeskEndpoint.Path),
                Notice = notice,
                State = DeskWords.StateOf(decision),
                Facts = await words.FactsAsync(decision, charter),
                Changes = decision.Quorum is null ? [] : DeskWords.ChangesOf(decision, charter),
                Quorum = decision.Quorum,
                OpenUntil = decision.Quorum is not null && row.DueAt is null ? DateTimeOffset.FromUnixTimeSeconds(row.OpenUntil) : null,
                DueAt = decision.Quorum is not null && row.DueAt is { } due ? DateTimeOffset.FromUnixTimeSeconds(due) : null,
                DelayDays = charter is null || decision.Proposal is null ? 0 : (int)decision.Proposal.DelayOf(charter).TotalDays,
                CharterVersion = row.CharterVersion,
                History = await words.HistoryAsync(decision),
                CanApprove = decision.IsFor(own.MemberId) && !isCounted,
                CanTakeBack = decision.IsFor(own.MemberId) && isCounted,
                CanUphold = row.Act == Act.DecideAppeal && decision.IsFor(own.MemberId) && !isCounted,
                CanWithdraw = row is { State: Decisions.Open, ReachedAt: null } && row.ProposedBy == own.MemberId,
                ProvesFirst = await RuleToProveAsync(nation, decision, own) is not null,
                RefuseUrl = row.Act == Act.Admit && decision.IsFor(own.MemberId) ? nation.Keys.Nation.Url(InsteadEndpoint.PathOf(Act.Refuse, row.Id)) : null,
                Revision = row.Revision,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, MemberSession.Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            notice is null ? StatusCodes.Status200OK : StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Decision> FindAsync(NationContext nation, string id, Sessions.Row own) => await nation.Deciding.FindForAsync(id, own.MemberId) ?? throw NotHere();

    /// <summary>The rule by which a member must prove anew before they approve; null where they need not.</summary>
    private static async Task<ActRule?> RuleToProveAsync(NationContext nation, Decision decision, Sessions.Row own) =>
        decision.Quorum is not null && (await Rules.InForceAsync(nation.Database)).RuleOf(decision.Row.Act) is var rule && await MemberSession.MustProveAsync(nation, rule, own) ? rule : null;

    private static Refusal NotHere() => PageRefusal.NotFound("there is no such decision, or none that you may decide");

    private static long NumberIn(OAuthParameters form, string name) =>
        long.TryParse(form.Required(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw OAuthRefusal.InvalidRequest($"{name} must be a number");

    private static string? NoticeOf(Refusal refusal) => refusal.Code switch
    {
        NationRefusal.DecisionMovedCode => "Nothing was done: this has changed since you were shown it. Look at it as it is now, and decide again.",
        NationRefusal.DecisionEndedCode => "Nothing was done: this was decided, or has ended, since you were shown it.",
        NationRefusal.AlreadyApprovedCode => "You have approved of this before, perhaps in another browser. Each person counts once.",
        NationRefusal.NotApprovedCode => "Nothing was done: no approval of yours is there any more.",
        _ => null,
    };
}
