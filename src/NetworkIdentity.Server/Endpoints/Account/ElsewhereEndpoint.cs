using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/elsewhere: the accounts that a member has at chains, bound by a signature (decision 0058).</summary>
internal static class ElsewhereEndpoint
{
    private const string FormAct = "elsewhere";
    private const string AccountField = "account";
    private const string SignatureField = "signature";

    /// <summary>GET: those that are bound, and the form for another.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation) => await MemberSession.FindAsync(context, nation) is { } own
        ? await ShowAsync(context, nation, own, "", null, null)
        : await MemberSession.SignInAsync(context, nation, AccountBinding.Path);

    /// <summary>POST …/{act}: <c>begin</c> gives the text to sign, <c>bind</c> takes its signature; <c>take</c> offers the credential of one, <c>unbind</c> ends it. For who has just proven who they are: an open session binds nobody's account.</summary>
    public static async Task<IResult> ActAsync(string act, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadAsync(context, nation, FormAct);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, AccountBinding.Path);
        if (!MemberSession.HasJustProven(nation, own)) return await MemberSession.SignInAsync(context, nation, AccountBinding.Path, again: true);
        var (account, nonce) = (form.Optional(AccountField)?.Trim() ?? "", form.Optional("nonce") ?? "");
        AccountBinding.Challenge? challenge = null;
        try
        {
            switch (act)
            {
                case "begin":
                    return await ShowAsync(context, nation, own, account, nation.AccountBinding.Begin(account, own.Id), null);
                case "bind":
                    challenge = nation.AccountBinding.Again(account, own.Id, nonce);
                    await nation.AccountBinding.BindAsync(own.MemberId, own.Id, account, nonce, form.Optional(SignatureField)?.Trim() ?? "");
                    break;
                case "take":
                    return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/offer/{await nation.AccountBinding.OfferAsync(own.MemberId, form.Optional("of") ?? "")}"));
                case "unbind":
                    await nation.AccountBinding.UnbindAsync(own.MemberId, form.Optional("of") ?? "");
                    break;
                default:
                    throw PageRefusal.NotFound();
            }
        }
        catch (Refusal refusal) when (refusal.Code is AccountRefusal.UnknownAccountCode)
        {
            // It was unbound meanwhile: the page shows what is there.
        }
        catch (Refusal refusal) when (act is "begin" or "bind")
        {
            // Another text is of no use where this one still is: it is shown again, beside what is wrong.
            return await ShowAsync(context, nation, own, account, refusal.Code == AccountRefusal.SignatureCode ? challenge : null, refusal);
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(AccountBinding.Path));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Sessions.Row own, string typed, AccountBinding.Challenge? challenge, Refusal? refusal)
    {
        var error = refusal is null ? null : $"{char.ToUpperInvariant(refusal.Description[0])}{refusal.Description[1..]}.";
        return Page.Of<ElsewherePage>(
            new ElsewhereView
            {
                Nation = nation.Keys.Nation.Name,
                AccountUrl = nation.Keys.Nation.Url("/account"),
                Url = nation.Keys.Nation.Url(AccountBinding.Path),
                Bound = [.. (await nation.AccountBinding.OfAsync(own.MemberId)).Select(one => (one.Id, one.Account, one.Since))],
                Account = new(AccountField, "Account", DeskField.Id)
                {
                    Value = challenge?.Account.ToString() ?? typed,
                    Error = challenge is null ? error : null,
                    Hint = "As CAIP-10 writes it: eip155, the number of the chain (1 is Ethereum), and the address. For example eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
                },
                Message = challenge?.Message,
                Nonce = challenge?.Nonce,
                Signature = new(SignatureField, "Signature", DeskField.Code) { Error = challenge is null ? null : error, Hint = "0x and 130 hexadecimal digits." },
                IsRefused = refusal is not null,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }
}
