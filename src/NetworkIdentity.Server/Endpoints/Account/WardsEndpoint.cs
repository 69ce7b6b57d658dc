using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Server.Pages.Cards;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/wards: who acts for a member, and what a guardian does for a ward, in the guardian's own session (decision 0050).</summary>
internal static class WardsEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/wards";

    private const string FormAct = "wards";

    /// <summary>GET: both sides of it.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) =>
        await MemberSession.FindAsync(context, nation) is { } own ? await ShowAsync(context, nation, own, null) : await MemberSession.SignInAsync(context, nation, Path);

    /// <summary>POST …/{id}/{act}: accepts, ends, or does one thing for the ward. Who proved themselves more than five minutes ago does so again; but to end it, nobody has to.</summary>
    public static async Task<IResult> ActAsync(string id, string act, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, FormAct);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        if (act != "end" && !MemberSession.HasJustProven(nation, own)) return await MemberSession.SignInAsync(context, nation, Path, again: true);
        try
        {
            switch (act)
            {
                case "accept":
                    await nation.Guarding.AcceptAsync(id, own.MemberId);
                    return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
                case "end":
                    await nation.Guarding.EndAsync(id, own.MemberId);
                    return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
                default:
                    return await nation.Guarding.ActAsync(id, own.MemberId, act, ward => DoneAsync(act, ward, own, form, context, nation));
            }
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(context, nation, own, refusal);
        }
    }

    private static async Task<IResult> DoneAsync(string act, string ward, Sessions.Row own, IReadOnlyDictionary<string, string> form, HttpContext context, NationContext nation)
    {
        switch (act)
        {
            case "renew":
                await nation.Granting.AskAsync(ward);
                break;
            case "appeal":
                await nation.Appealing.AppealAsync(form.GetValueOrDefault("decision", ""), ward, form.GetValueOrDefault("words", "").ReplaceLineEndings("\n").Trim());
                break;
            case "object":
                await nation.Recovering.ObjectAsync(ward);
                break;
            case "end-card":
                await nation.Printing.EndAsync(ward);
                break;
            case "export":
                return ExportEndpoint.FileOf(await nation.Exporting.ExportAsync(ward));
            case "card":
                var card = await nation.Granting.FindAsync(ward) is null || await Credentials.BelongsAsync(nation.Database, ward, Now(nation))
                    ? await nation.Printing.PrintAsync(ward)
                    : await nation.Printing.TakeForWardAsync(ward, own.MemberId);
                return Page.Of<CardPage>(new CardView
                {
                    Nation = nation.Keys.Nation.Name,
                    Title = "Their printed card",
                    Lead = "The card of the member for whom you act. Print it now, and give it to them.",
                    Back = (nation.Keys.Nation.Url(Path), "Guardians"),
                    Card = CardEndpoint.FaceOf(nation, card),
                    FormField = BrowserForm.Field,
                    FormValue = "",
                    CorrelationId = context.TraceIdentifier,
                });
            default:
                throw NationRefusal.UnknownGuardian();
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, Refusal? refusal)
    {
        var words = new DeskWords(nation);
        List<WardItem> items = [];
        foreach (var row in await nation.Guarding.OfAsync(own.MemberId))
        {
            var isGuardian = row.GuardianId == own.MemberId;
            var item = new WardItem(
                row.Id, await words.PersonAsync(isGuardian ? "For" : "By", isGuardian ? row.MemberId : row.GuardianId), isGuardian, row.AcceptedAt is not null,
                DateTimeOffset.FromUnixTimeSeconds(row.Until).AddDays(-1));
            items.Add(isGuardian && row.AcceptedAt is not null ? await OfWardAsync(nation, item, row.MemberId) : item);
        }

        return Page.Of<WardsPage>(
            new WardsView
            {
                Nation = nation.Keys.Nation.Name,
                AccountUrl = nation.Keys.Nation.Url("/account"),
                Url = nation.Keys.Nation.Url(Path),
                Items = items,
                Notice = refusal is null ? null : $"Nothing was done: {refusal.Description}",
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<WardItem> OfWardAsync(NationContext nation, WardItem item, string ward) => item with
    {
        IsRenewable = await nation.Granting.RenewableAsync(ward) is not null,
        IsGranted = await nation.Granting.FindAsync(ward) is not null && !await Credentials.BelongsAsync(nation.Database, ward, Now(nation)),
        IsRecovering = (await nation.Recovering.OfMemberAsync(ward)).Any(row => row.EndedAt is null),
        Appealable =
        [
            .. (await nation.Appealing.OfAsync(ward)).Where(one => one.Appeal is null && one.AppealUntil > nation.Time.GetUtcNow()).Select(one => (one.Row.Id, DeskWords.OfAct(one.Row.Act))),
        ],
    };

    private static long Now(NationContext nation) => nation.Time.GetUtcNow().ToUnixTimeSeconds();
}
