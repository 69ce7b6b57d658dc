using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Server.Pages.Recover;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Recover;

/// <summary>/account/recovery: whom a member named, for whom they can attest, and what is asked for in their name.</summary>
internal static class CircleEndpoint
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/account/recovery";

    /// <summary>What the forms of members about lost wallets do.</summary>
    public const string Act = "recovery";

    private static readonly char[] Between = [' ', ',', ';', '\t', '\r', '\n'];

    /// <summary>GET: the page; who has no session here is sent to sign in, and comes back.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) => await MemberSession.FindAsync(context, nation) is { } own
        ? await ShowAsync(context, nation, own)
        : await MemberSession.SignInAsync(context, nation, Path);

    /// <summary>POST: names people.</summary>
    public static Task<IResult> NameAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, form) =>
    {
        var typed = form.GetValueOrDefault("contacts", "");
        try
        {
            await nation.Naming.NameAsync(own.MemberId, typed.Split(Between, StringSplitOptions.RemoveEmptyEntries));
            return null;
        }
        catch (Refusal refusal) when (refusal.Code == "invalid_contacts")
        {
            return await ShowAsync(context, nation, own, view => view with { Typed = typed, Error = refusal.Description }, StatusCodes.Status400BadRequest);
        }
    });

    /// <summary>POST …/decline.</summary>
    public static Task<IResult> DeclineAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, form) =>
    {
        await nation.Naming.DeclineAsync(own.MemberId, form.GetValueOrDefault("member", ""));
        return null;
    });

    /// <summary>POST …/open: opens a recovery for somebody who called, and shows the code once.</summary>
    public static Task<IResult> OpenAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, form) =>
    {
        var member = form.GetValueOrDefault("member", "");
        var code = await nation.Recovering.OpenAsync(own.MemberId, member);
        var caller = await new DeskWords(nation).PersonAsync("Who called", member);
        return await ShowAsync(context, nation, own, view => view with { Code = code, Caller = caller });
    });

    /// <summary>POST …/object: ends whatever is asked for in the member's name.</summary>
    public static Task<IResult> ObjectAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, _) =>
    {
        var ended = await nation.Recovering.ObjectAsync(own.MemberId);
        return await ShowAsync(context, nation, own, view => view with
        {
            Notice = ended > 0 ? "You objected: it has ended. If somebody else has your wallet or knows how to get in, tell a steward now." : "There is nothing to object to any more.",
        });
    });

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Func<Sessions.Row, IReadOnlyDictionary<string, string>, Task<IResult?>> act)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        try
        {
            return await act(own, form) ?? AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
        }
        catch (Refusal refusal) when (refusal.Code is "recovery_closed" or NationRefusal.UnknownRecoveryCode or NationRefusal.DecisionMovedCode)
        {
            return await ShowAsync(context, nation, own, view => view with { Notice = $"Nothing was done: {refusal.Description}." }, StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, Func<CircleView, CircleView>? change = null, int status = StatusCodes.Status200OK)
    {
        var words = new DeskWords(nation);
        var charter = await Charters.InForceAsync(nation.Database) is { } row ? Charter.Parse(row.Content) : null;
        var circle = charter is null ? new RecoveryCircle(false, [], [], null, 0) : await nation.Naming.CircleOfAsync(own.MemberId);
        List<(DeskFact, bool, bool)> able = [];
        foreach (var (member, holds, isNamed) in await nation.Naming.ForAsync(own.MemberId)) able.Add((await words.PersonAsync("Member", member), holds, isNamed));
        var view = new CircleView
        {
            Nation = nation.Keys.Nation.Name,
            Url = nation.Keys.Nation.Url(Path),
            AttestUrl = nation.Keys.Nation.Url(AttestEndpoint.Folder),
            AccountUrl = nation.Keys.Nation.Url("/account"),
            RecoverUrl = nation.Keys.Nation.Url(RecoverEndpoint.Path),
            Needed = circle.Needed,
            Most = Naming.MostContacts,
            Delay = DeskWords.Days((long)(charter?.Terms.RecoveryDelay.TotalDays ?? 0)),
            IsNamed = circle.IsNamed,
            Contacts = await PeopleAsync(circle.Contacts),
            Waiting = await PeopleAsync(circle.Waiting),
            WaitsUntil = circle.WaitsUntil,
            Open = [.. (await nation.Recovering.OfMemberAsync(own.MemberId)).Where(one => one.EndedAt is null).Select(WordsOf)],
            For = able,
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, Act)!,
            CorrelationId = context.TraceIdentifier,
        };
        return Page.Of<CirclePage>(change is null ? view : change(view), status);

        async Task<IReadOnlyList<(DeskFact, bool)>> PeopleAsync(IReadOnlyList<(string MemberId, bool HasDeclined)> people)
        {
            List<(DeskFact, bool)> facts = [];
            foreach (var (member, hasDeclined) in people) facts.Add((await words.PersonAsync("Member", member), hasDeclined));
            return facts;
        }
    }

    private static string WordsOf(Recoveries.Row row) => row.State switch
    {
        Recoveries.Opened => "Somebody was asked for it, and it was not begun yet.",
        Recoveries.Attesting => "It waits for those who attest that it is you.",
        Recoveries.Review => "Enough attested that it is you. Stewards decide, or have decided and its days run.",
        _ => "It is granted, and can be taken.",
    };
}
