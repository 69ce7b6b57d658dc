using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/notices: what a member was told, and where they are told.</summary>
internal static class NoticesEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/notices";

    /// <summary>Where the address is sent to.</summary>
    public const string ContactPath = "/account/contact";

    private const string FormAct = "contact";

    /// <summary>GET: the page; who has no session here is sent to sign in, and comes back.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        return await ShowAsync(context, nation, own.MemberId, null, null);
    }

    /// <summary>POST /account/contact: the address is another from now on, or none.</summary>
    public static async Task<IResult> ContactAsync(HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadAsync(context, nation, FormAct);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        var email = form.Optional("email")?.Trim() ?? "";
        if (email.Length == 0)
        {
            await nation.Database.CommitAsync(Contacts.Delete(own.MemberId));
        }
        else
        {
            if (Contact.Fault(email) is { } fault) return await ShowAsync(context, nation, own.MemberId, email, $"It {fault}.");
            await nation.Database.CommitAsync([.. Contact.Put(await MemberAsync(nation, own.MemberId), email, nation.Time.GetUtcNow())]);
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(Path));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, string memberId, string? typed, string? error)
    {
        var kept = await Contact.EmailAsync(nation.Database, await MemberAsync(nation, memberId));
        return Page.Of<NoticesPage>(
            new NoticesView
            {
                Nation = nation.Keys.Nation.Name,
                AccountUrl = nation.Keys.Nation.Url("/account"),
                Told =
                [
                    .. (await Notices.OfMemberAsync(nation.Database, memberId, nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => (row, kind: NoticeKind.Of(row.Kind)))
                        .Select(one => (DateTimeOffset.FromUnixTimeSeconds(one.row.DueAt), one.kind.Words, nation.Keys.Nation.Url(one.kind.Page))),
                ],
                HasContact = kept is not null,
                Field = new("email", "E-mail address", DeskField.Line) { Value = typed ?? kept ?? "", Error = error, Hint = "Leave it empty to be told here alone." },
                ContactUrl = nation.Keys.Nation.Url(ContactPath),
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
                CorrelationId = context.TraceIdentifier,
            },
            error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<Member> MemberAsync(NationContext nation, string memberId) => await Member.FindAsync(nation.Database, nation.Keys, memberId) ?? throw PageRefusal.NotFound();
}
