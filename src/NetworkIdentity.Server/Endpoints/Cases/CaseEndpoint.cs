using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Cases;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Cases;

/// <summary>/case: what was decided against a member, and what they can do about it. It opens with a membership credential whatever became of it, and that session opens nothing else, but their file and the way out.</summary>
internal static class CaseEndpoint
{
    private const string Act = "case";

    /// <summary>GET /case: the page; who has no session here is sent to sign in.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) =>
        await FindAsync(context, nation) is { } own ? await ShowAsync(context, nation, own) : await SignInAsync(context, nation);

    /// <summary>POST /case/appeal: what the member says to a decision goes to others than those who took it.</summary>
    public static async Task<IResult> AppealAsync(HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, Act);
        if (await FindAsync(context, nation) is not { } own) return await SignInAsync(context, nation);
        var (decision, words) = (form.GetValueOrDefault("decision", ""), form.GetValueOrDefault("words", "").ReplaceLineEndings("\n").Trim());
        try
        {
            await nation.Appealing.AppealAsync(decision, own.MemberId, words);
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(context, nation, own, refusal, decision, words);
        }

        return Back(nation);
    }

    /// <summary>POST /case/renew: the member asks that their membership goes on.</summary>
    public static Task<IResult> RenewAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async own =>
    {
        await nation.Granting.AskAsync(own.MemberId);
        return Back(nation);
    });

    /// <summary>POST /case/take: what was granted is offered to the member's wallet.</summary>
    public static Task<IResult> TakeAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async own =>
        AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/offer/{(await nation.Granting.CollectAsync(own.MemberId)).Id}")));

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Func<Sessions.Row, Task<IResult>> act)
    {
        await BrowserForm.ReadAsync(context, nation, Act);
        if (await FindAsync(context, nation) is not { } own) return await SignInAsync(context, nation);
        try
        {
            return await act(own);
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(context, nation, own, refusal);
        }
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, Refusal? refusal = null, string? decision = null, string typed = "")
    {
        // 1. What was decided against them; beside one what was typed, where something is wrong with that.
        var words = new DeskWords(nation);
        List<CaseItem> items = [];
        foreach (var one in await nation.Appealing.OfAsync(own.MemberId))
        {
            var item = await ItemAsync(nation, words, one);
            items.Add(item.Id == decision && item.AppealUntil is not null ? item with { Typed = typed, Error = refusal?.Description } : item);
        }

        // 2. What they can take, or ask for.
        var grant = await nation.Granting.FindAsync(own.MemberId);
        return Page.Of<CasePage>(
            new CaseView
            {
                Nation = nation.Keys.Nation.Name,
                Standing = await StandingAsync(nation, own.MemberId),
                Cases = items,
                TakeUntil = grant is null ? null : DateTimeOffset.FromUnixTimeSeconds(grant.OpenUntil),
                RenewBefore = await nation.Granting.RenewableAsync(own.MemberId),
                IsRenewalAsked = (await Decisions.OfSubjectAsync(nation.Database, own.MemberId)).Any(row => row is { Act: Governing.Act.Renew, State: Decisions.Open }),
                Url = nation.Keys.Nation.Url(MemberPages.Case),
                ExportUrl = nation.Keys.Nation.Url(Account.ExportEndpoint.Path),
                LeaveUrl = nation.Keys.Nation.Url(Account.LeaveEndpoint.Path),
                LogoutUrl = nation.Keys.Nation.Url("/logout"),
                Notice = refusal is null ? null : $"Nothing was done: {refusal.Description}",
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<CaseItem> ItemAsync(NationContext nation, DeskWords words, Case one)
    {
        var (row, now) = (one.Row, nation.Time.GetUtcNow());
        var charter = await Charters.FindAsync(nation.Database, row.CharterVersion) is { } found ? Charter.Parse(found.Content) : null;
        var facts = (await words.FactsAsync(new Decision(row, one.Proposal, null), charter)).Skip(1).ToList();
        facts.Add(new("By the charter", row.CharterVersion));
        if (one.Words is { } said) facts.Add(new("Your appeal", said));
        if (one.Answer is { } answer) facts.Add(new("Why it was turned down", answer));
        return new()
        {
            Id = row.Id,
            Title = TitleOf(row.Act),
            Facts = facts,
            DecidedAt = DateTimeOffset.FromUnixTimeSeconds(row.ReachedAt ?? row.EndedAt ?? row.ProposedAt),
            TakesEffectAt = row is { State: Decisions.Open, DueAt: { } due } ? DateTimeOffset.FromUnixTimeSeconds(due) : null,
            AppealUntil = one.Appeal is null && one.AppealUntil > now ? one.AppealUntil : null,
            State = StateOf(one, now),
            DecideUntil = one.Appeal is { State: Appeals.Open, DecideUntil: var until } ? DateTimeOffset.FromUnixTimeSeconds(until) : null,
        };
    }

    /// <summary>How far an appeal has come, in words; null where there is none, and can be.</summary>
    public static string? StateOf(Case one, DateTimeOffset now) => one switch
    {
        { Appeal.State: Appeals.Open } => "You appealed. It waits for those who decide on it, who are others than those who decided first.",
        { Appeal.State: Appeals.Upheld } => "Your appeal was turned down: what was decided stands.",
        { Appeal.State: Appeals.Overturned } => "Your appeal was granted: what was decided was undone.",
        { Appeal.State: Appeals.Fallen } => "Nobody decided on your appeal in its time, so what was decided fell: it was undone.",
        { AppealUntil: null } => "You can appeal as soon as it takes effect.",
        _ => one.AppealUntil > now ? null : "The time in which you could appeal is over.",
    };

    private static async Task<string> StandingAsync(NationContext nation, string memberId)
    {
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        var held = (await Credentials.ListAsync(nation.Database, memberId)).Where(row => row.Type == CredentialType.Membership).ToList();
        if (held.LastOrDefault(row => row.Stands(now)) is { } good) return $"You belong. Your membership stands until {Day(good.ExpiresAt)}.";
        return held.LastOrDefault() switch
        {
            { RevokedAt: { } revoked } => $"Your membership was revoked on {Day(revoked)}.",
            { SuspendedUntil: { } until } last when last.IsSuspended(now) => $"Your membership is suspended until {Day(until)}. It is good again by itself then.",
            { ExpiresAt: var ended } => $"Your membership ended on {Day(ended)}.",
            null => "You hold no membership.",
        };
    }

    private static string Day(long at) => DateTimeOffset.FromUnixTimeSeconds(at).UtcDateTime.ToString("d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture);

    private static string TitleOf(string act) => act switch
    {
        Governing.Act.Suspend => "You were suspended",
        Governing.Act.SuspendAtOnce => "You were suspended at once",
        Governing.Act.Revoke => "Your membership was revoked",
        Governing.Act.Dismiss => "Your mandate was ended",
        Governing.Act.Merge => "Your record was found to be another’s",
        _ => "You were refused",
    };

    private static Task<Sessions.Row?> FindAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return nation.MemberPages.FindForCaseAsync(BrowserCookie.Read(context, nation.Keys.Nation));
    }

    private static async Task<IResult> SignInAsync(HttpContext context, NationContext nation) => AuthorizationResponse.SeeOther(
        await nation.MemberPages.BeginAsync(BrowserCookie.ReadOrSet(context, nation.Keys.Nation), MemberPages.Case) ?? throw PageRefusal.NotFound("this page is closed"));

    private static IResult Back(NationContext nation) => AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(MemberPages.Case));
}
