using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages.Recover;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Recover;

/// <summary>
/// /recover: a person without a wallet begins what was opened for them, and follows it by a link of their own. The link's secret is what a form must have: no cookie is needed, and none
/// is read.
/// </summary>
internal static class RecoverEndpoint
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/recover";

    /// <summary>GET /recover: what to do, and where the code goes.</summary>
    public static IResult Page(HttpContext context, NationContext nation) => Ask(context, nation, "", null);

    /// <summary>POST /recover: begins it. One answer for every code that is none, was used, or is too old.</summary>
    public static async Task<IResult> BeginAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var code = (await RequestReading.FormAsync(context.Request)).Optional("code") ?? "";
        try
        {
            var begun = await nation.Recovering.BeginAsync(code);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Path}/{begun.Secret}"));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownRecoveryCode)
        {
            return Ask(context, nation, code, "Nothing begins by this code: it may be mistyped, used, or more than a day old. Ask for it again.");
        }
    }

    /// <summary>GET /recover/{secret}: how far it has come.</summary>
    public static Task<IResult> StateAsync(string secret, HttpContext context, NationContext nation) => ShowAsync(secret, context, nation);

    /// <summary>POST /recover/{secret}/withdraw.</summary>
    public static async Task<IResult> WithdrawAsync(string secret, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await nation.Recovering.WithdrawAsync(secret);
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownRecoveryCode)
        {
            // It is over already, or there is none: the page says which.
        }

        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Path}/{secret}"));
    }

    /// <summary>POST /recover/{secret}/collect: an offer for a new wallet, and its code once.</summary>
    public static async Task<IResult> CollectAsync(string secret, HttpContext context, NationContext nation)
    {
        try
        {
            return await ShowAsync(secret, context, nation, await nation.Recovering.CollectAsync(secret));
        }
        catch (Refusal refusal) when (refusal.Code is "recovery_not_ready" or NationRefusal.DecisionMovedCode)
        {
            return await ShowAsync(secret, context, nation, null, $"Nothing was done: {refusal.Description}.");
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownRecoveryCode)
        {
            throw NotHere();
        }
    }

    private static async Task<IResult> ShowAsync(string secret, HttpContext context, NationContext nation, Offering.Made? made = null, string? notice = null)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        var recovery = await nation.Recovering.OfSecretAsync(secret) ?? throw NotHere();
        return Pages.Page.Of<RecoveryPage>(
            new RecoveryView
            {
                Nation = nation.Keys.Nation.Name,
                Url = nation.Keys.Nation.Url($"{Path}/{secret}"),
                State = recovery.Row.State,
                Code = Recovering.CodeOf(secret),
                Counted = recovery.Counted,
                Needed = recovery.Needed,
                OpenUntil = DateTimeOffset.FromUnixTimeSeconds(recovery.Row.OpenUntil),
                DueAt = recovery.DueAt,
                OfferUrl = made is null ? null : nation.Keys.Nation.Url($"/offer/{made.Id}"),
                TransactionCode = made?.TransactionCode,
                Notice = notice,
                CorrelationId = context.TraceIdentifier,
            },
            notice is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static IResult Ask(HttpContext context, NationContext nation, string typed, string? error)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Pages.Page.Of<BeginPage>(
            new BeginView
            {
                Nation = nation.Keys.Nation.Name,
                Url = nation.Keys.Nation.Url(Path),
                Typed = typed,
                Error = error,
                CorrelationId = context.TraceIdentifier,
            },
            error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static Refusal NotHere() => PageRefusal.NotFound("there is nothing of this address. Look at it once more, as it was shown to you when you began");
}
