using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Account;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Cards;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/desk/card: a steward prints a card for a member who is present and has no wallet, or ends one that is lost. It needs no decision, since it follows from the membership; it is a leaf of the log.</summary>
internal static class DeskCardEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/desk/card";

    private const string FormAct = "desk-card";
    private const string MemberField = "member";
    private const string TakesField = "takes";

    /// <summary>GET: whom to print for. For who has no mandate for it the page is not there.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) =>
        await OpenAsync(context, nation) is var (own, elsewhere) && elsewhere is not null ? elsewhere : Show(context, nation, "", null, null, null);

    /// <summary>POST: prints one, which the page then shows, once.</summary>
    public static Task<IResult> PrintAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, memberId, form) =>
    {
        var card = await nation.Printing.PrintAsync(memberId, own.MemberId, form.Optional(TakesField) == "1");
        return Show(context, nation, memberId, null, card, "It was printed. Look at the name, and give it to nobody else.");
    });

    /// <summary>POST …/end: a member says that theirs is lost.</summary>
    public static Task<IResult> EndAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, memberId, _) =>
    {
        await nation.Printing.EndAsync(memberId, own.MemberId);
        return Show(context, nation, "", null, null, "The card was ended.");
    });

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Func<Sessions.Row, string, OAuthParameters, Task<IResult>> act)
    {
        var form = await BrowserForm.ReadAsync(context, nation, FormAct);
        if (await OpenAsync(context, nation) is var (own, elsewhere) && elsewhere is not null) return elsewhere;
        var memberId = form.Optional(MemberField)?.Trim() ?? "";
        try
        {
            return await act(own!, memberId, form);
        }
        catch (Refusal refusal)
        {
            return Show(context, nation, memberId, refusal.Description, null, null);
        }
    }

    /// <summary>The session of a steward who prints, and has proven who they are where the charter says so; or where their browser goes first.</summary>
    private static async Task<(Sessions.Row? Own, IResult? Elsewhere)> OpenAsync(HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return (null, await MemberSession.SignInAsync(context, nation, Path));
        if (!await nation.Printing.MayPrintAsync(own.MemberId)) throw PageRefusal.NotFound("you have no mandate to print cards");
        var rule = await Charters.InForceAsync(nation.Database) is { } row ? Charter.Parse(row.Content).RuleOf(Printing.StewardAct) : null;
        return rule is not null && await MemberSession.MustProveAsync(nation, rule, own) ? (own, await MemberSession.ProveAsync(context, nation, own, Path, rule)) : (own, null);
    }

    private static IResult Show(HttpContext context, NationContext nation, string typed, string? error, Printing.Card? card, string? notice) => Page.Of<CardPage>(
        new CardView
        {
            Nation = nation.Keys.Nation.Name,
            Title = "Print a card",
            Lead = "For a member who is here and has no phone. You know them, or compare them with who vouches for them: the card proves what the nation says, never who bears it. They are told that it was printed, and the log has a leaf of it.",
            Back = (nation.Keys.Nation.Url(DeskEndpoint.Path), "The desk"),
            Card = card is null ? null : CardEndpoint.FaceOf(nation, card),
            Notice = notice,
            PrintUrl = nation.Keys.Nation.Url(Path),
            PrintWords = "Print the card",
            EndUrl = nation.Keys.Nation.Url($"{Path}/end"),
            Member = new(MemberField, "The member’s id", DeskField.Line) { Value = typed, Error = error, Hint = "It stands on their page, and in their application. A card that they have gives nothing any more once another is printed." },
            TakesField = TakesField,
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
            CorrelationId = context.TraceIdentifier,
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
