using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Cards;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/card: a member's printed card, which they print, look at again, and end when it is lost.</summary>
internal static class CardEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/card";

    private const string FormAct = "card";

    /// <summary>GET: the card that stands, or the button that prints one.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) => await MemberSession.FindAsync(context, nation) is { } own
        ? await ShowAsync(context, nation, own, null)
        : await MemberSession.SignInAsync(context, nation, Path);

    /// <summary>POST: prints one, and ends the one before.</summary>
    public static Task<IResult> PrintAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, own => nation.Printing.PrintAsync(own.MemberId));

    /// <summary>POST …/end: it is lost.</summary>
    public static Task<IResult> EndAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, own => nation.Printing.EndAsync(own.MemberId));

    /// <summary>A card as a page shows it.</summary>
    public static CardFaceView FaceOf(NationContext nation, Printing.Card card) => new()
    {
        Nation = nation.Keys.Nation.Name,
        Name = card.Name,
        Since = card.Since,
        Until = card.Until,
        Node = card.Node,
        QrSvg = card.Text is { } text ? QrCode.Svg(text) : null,
        Text = card.Text,
        VerifyUrl = nation.Keys.Nation.Url("/verify"),
    };

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Func<Sessions.Row, Task> act)
    {
        await BrowserForm.ReadAsync(context, nation, FormAct);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        try
        {
            await act(own);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
        }
        catch (Refusal refusal) when (refusal.Code is NationRefusal.NotAMemberCode or NationRefusal.NoCardCode)
        {
            return await ShowAsync(context, nation, own, $"Nothing was done: {refusal.Description}.");
        }
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, string? notice)
    {
        var card = await nation.Printing.FindAsync(own.MemberId);
        return Page.Of<CardPage>(
            new CardView
            {
                Nation = nation.Keys.Nation.Name,
                Title = "Your printed card",
                Lead = card is null
                    ? "For when you have no phone at hand: it says who you are here, and a code on it shows that the nation says so. It doesn’t prove that you are its bearer, and signs you in nowhere."
                    : "It is good as long as your membership, and you have one at a time: print another, and this one gives nothing any more.",
                Back = (nation.Keys.Nation.Url("/account"), "Your page"),
                Card = card is null ? null : FaceOf(nation, card),
                Notice = notice,
                PrintUrl = nation.Keys.Nation.Url(Path),
                PrintWords = card is null ? "Print a card" : "Print another",
                EndUrl = card is null ? null : nation.Keys.Nation.Url($"{Path}/end"),
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
                CorrelationId = context.TraceIdentifier,
            },
            notice is null ? StatusCodes.Status200OK : StatusCodes.Status412PreconditionFailed);
    }
}
