using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Recover;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Recover;

/// <summary>/recover/attest/{code}: one who can attest says that they spoke with the person. For everybody else, and for a code that is none, the page is not there.</summary>
internal static class AttestEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/recover/attest";

    /// <summary>GET /recover/attest: to the page of the code that was typed.</summary>
    public static IResult Typed(HttpContext context, NationContext nation)
    {
        var code = RandomId.Heard(RequestReading.Query(context.Request).Optional("code") ?? "");
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(code.Length == 0 ? CircleEndpoint.Path : $"{Folder}/{code}"));
    }

    /// <summary>GET: who it is about, and what is attested by it.</summary>
    public static async Task<IResult> PageAsync(string code, HttpContext context, NationContext nation) => await MemberSession.FindAsync(context, nation) is { } own
        ? await ShowAsync(code, context, nation, own)
        : await MemberSession.SignInAsync(context, nation, $"{Folder}/{RandomId.Heard(code)}");

    /// <summary>POST: attests.</summary>
    public static Task<IResult> AttestAsync(string code, HttpContext context, NationContext nation) => ActAsync(code, context, nation, nation.Recovering.AttestAsync);

    /// <summary>POST …/take-back.</summary>
    public static Task<IResult> TakeBackAsync(string code, HttpContext context, NationContext nation) => ActAsync(code, context, nation, nation.Recovering.TakeBackAsync);

    private static async Task<IResult> ActAsync(string code, HttpContext context, NationContext nation, Func<string, string, Task> act)
    {
        await BrowserForm.ReadAsync(context, nation, CircleEndpoint.Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{RandomId.Heard(code)}");
        try
        {
            await act(code, own.MemberId);
        }
        catch (Refusal refusal) when (refusal.Code is "already_attested" or "recovery_not_ready" or NationRefusal.DecisionMovedCode)
        {
            return await ShowAsync(code, context, nation, own, $"Nothing was done: {refusal.Description}.");
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownRecoveryCode)
        {
            throw NotHere();
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Folder}/{RandomId.Heard(code)}"));
    }

    private static async Task<IResult> ShowAsync(string code, HttpContext context, NationContext nation, Sessions.Row own, string? notice = null)
    {
        var recovery = await nation.Recovering.AskedAsync(code, own.MemberId) ?? throw NotHere();
        return Page.Of<AttestPage>(
            new AttestView
            {
                Nation = nation.Keys.Nation.Name,
                Url = nation.Keys.Nation.Url($"{Folder}/{RandomId.Heard(code)}"),
                CircleUrl = nation.Keys.Nation.Url(CircleEndpoint.Path),
                Person = await new DeskWords(nation).PersonAsync("Who lost their wallet", recovery.Row.MemberId),
                Code = RandomId.Heard(code),
                Counted = recovery.Counted,
                Needed = recovery.Needed,
                HasAttested = recovery.AttestedBy.Contains(own.MemberId),
                IsOpen = recovery.Row.State == Recoveries.Attesting,
                Notice = notice,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, CircleEndpoint.Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            notice is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static Refusal NotHere() => PageRefusal.NotFound("there is nothing to attest by this code for you. Ask them to read it out again; it may also be over");
}
