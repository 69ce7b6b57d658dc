using NetworkIdentity.Governing;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/leave: a member leaves, at once. Nothing refuses it; who proved themselves more than five minutes ago does so again, so that nobody leaves in another's name.</summary>
internal static class LeaveEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/leave";

    /// <summary>The field with what the member's link will hold. It is made before, so that an answer that is lost loses nothing: the same form leads to the same page again.</summary>
    private const string LinkField = "link";

    /// <summary>GET: what ends, what stays, and the button.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await OwnSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        var secret = RandomId.Secret();
        return Page.Of<LeavePage>(new LeaveView
        {
            Nation = nation.Keys.Nation.Name,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            LeaveUrl = nation.Keys.Nation.Url(Path),
            Secret = secret,
            ProvesFirst = !MemberSession.HasJustProven(nation, own),
            Days = (int)Leaving.OpenFor.TotalDays,
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, ActOf(secret))!,
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>POST: it is done, and the browser goes to the page that the link opens.</summary>
    public static async Task<IResult> LeaveAsync(HttpContext context, NationContext nation)
    {
        // 1. It is a form of this browser's own page, and so is what the link will hold.
        var secret = (await RequestReading.FormAsync(context.Request)).Required(LinkField);
        await BrowserForm.ReadAsync(context, nation, ActOf(secret));

        // 2. A member who has just proven themselves; or one who has left by this very form.
        if (await OwnSession.FindAsync(context, nation) is not { } own)
            return await nation.Leaving.FindAsync(secret) is null ? await MemberSession.SignInAsync(context, nation, Path) : Left(nation, secret);
        if (!MemberSession.HasJustProven(nation, own)) return await OwnSession.ProveAsync(context, nation, own, Path);

        // 3. It is done.
        await OwnSession.CheckAsync(nation, own);
        try
        {
            await nation.Leaving.LeaveAsync(own.MemberId, secret);
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.HasLeftCode)
        {
            // From two tabs at once: where it was this form, its page; else that of the other.
            if (await nation.Leaving.FindAsync(secret) is null) throw;
        }

        return Left(nation, secret);
    }

    private static IResult Left(NationContext nation, string secret) => AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{ExitEndpoint.Folder}/{secret}"));

    private static string ActOf(string secret) => $"leave/{secret}";
}
