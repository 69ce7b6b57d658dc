using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Server.Pages.Joining;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>/vouch/{code}: a member who was given the code reads who asks to join, and speaks for them.</summary>
internal static class VouchEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/vouch";

    /// <summary>What its forms do.</summary>
    private const string Act = "vouch";

    /// <summary>GET: who asks, and the form.</summary>
    public static async Task<IResult> PageAsync(string code, HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{code}");
        return await ShowAsync(code, context, nation, own, "", null);
    }

    /// <summary>POST: vouches; or shows why not.</summary>
    public static async Task<IResult> VouchAsync(string code, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{code}");
        var words = form.GetValueOrDefault("words", "").ReplaceLineEndings("\n").Trim();
        try
        {
            await nation.Applying.VouchAsync(code, own.MemberId, words);
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(code, context, nation, own, words, refusal);
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Folder}/{code}"));
    }

    /// <summary>POST /vouch/take-back: a member takes their word back.</summary>
    public static async Task<IResult> TakeBackAsync(HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadAsync(context, nation, Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, "/account");
        await nation.Applying.TakeBackAsync(form.Required("application"), own.MemberId);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/account"));
    }

    /// <summary>The people for whom a member vouches, for their account; null where there are none.</summary>
    public static async Task<VouchedForView?> OfAsync(HttpContext context, NationContext nation, string memberId)
    {
        if (await nation.Applying.VouchedForAsync(memberId) is not { Count: > 0 } people) return null;
        return new()
        {
            People = [.. people.Select(person => (person.Row.Id, person.Name, DateTimeOffset.FromUnixTimeSeconds(person.Row.OpenUntil)))],
            Voucher = await nation.Applying.VoucherAsync(memberId),
            TakeBackUrl = TakeBackUrl(nation),
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, Act)!,
        };
    }

    private static async Task<IResult> ShowAsync(string code, HttpContext context, NationContext nation, Sessions.Row own, string words, Refusal? refusal)
    {
        if (await nation.Applying.AskedAsync(code) is not { } application) return NotHere(context, nation);
        return Page.Of<VouchPage>(
            new VouchView
            {
                Nation = nation.Keys.Nation.Name,
                Name = application.Name,
                Statement = application.Statement,
                Node = (await Node.AllAsync(nation.Database)).FirstOrDefault(node => node.Id == application.Row.NodeId)?.Name,
                ApplicationId = application.Row.Id,
                OpenUntil = DateTimeOffset.FromUnixTimeSeconds(application.Row.OpenUntil),
                Counted = application.Counted,
                Needed = application.Needed,
                Voucher = await nation.Applying.VoucherAsync(own.MemberId),
                Own = application.Vouches.Where(vouch => vouch.MemberId == own.MemberId).Select(vouch => vouch.Words).FirstOrDefault(),
                Rule = CharterWords.OfVouching((await Rules.InForceAsync(nation.Database)).Vouching),
                Words = new("words", "Why you vouch for them", DeskField.Lines)
                {
                    Value = words,
                    Hint = "How you know them, and since when. Who decides reads it, with your name, and once it is decided the person does too.",
                    Error = refusal?.Code == "invalid_application" ? refusal.Description : null,
                },

                // What the page says itself, of who may not vouch, stands there already.
                Error = refusal is null or { Code: "invalid_application" or "not_eligible" } ? null : refusal.Description,
                IsFaulty = refusal is not null,
                Url = nation.Keys.Nation.Url($"{Folder}/{code}"),
                TakeBackUrl = TakeBackUrl(nation),
                AccountUrl = nation.Keys.Nation.Url("/account"),
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static string TakeBackUrl(NationContext nation) => nation.Keys.Nation.Url($"{Folder}/take-back");

    private static IResult NotHere(HttpContext context, NationContext nation) => Page.Of<ErrorPage>(
        new ErrorView
        {
            Nation = nation.Keys.Nation.Name,
            Title = "Nobody waits for a vouch here",
            Reason = "It was decided, or has ended, or the link is not whole.",
            Mend = "Ask who sent it to you for the link once more. Your vouches are in your account.",
            Code = PageRefusal.NotFoundCode,
            CorrelationId = context.TraceIdentifier,
        },
        StatusCodes.Status404NotFound);
}
