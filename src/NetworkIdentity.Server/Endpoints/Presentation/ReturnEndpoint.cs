using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>
/// /sign-in/return: where a wallet sends its holder's browser after it answered [OpenID4VP §8.2] [OpenID4VP §13.3]. In the browser that asked,
/// the sign-in goes on. In any other it does not; but on another device than the browser's, its holder may say which number the browser shows.
/// </summary>
internal static class ReturnEndpoint
{
    /// <summary>GET /sign-in/return?response_code=...</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var responseCode = RequestReading.Query(context.Request).Required("response_code");
        var (request, row, partner) = await FindAsync(responseCode, nation);
        if (await nation.SignIns.FindAsync(row.Id, BrowserCookie.Read(context, nation.Keys.Nation)) is { } seen)
            return await SignInEndpoint.ContinueAsync(seen, request.Flow, nation);

        if (row.Lapse == SignIn.WrongNumber) return Page(nation, ReturnKind.WrongNumber, partner);
        if (SignIn.StateOf(row, nation.Time.GetUtcNow()) is SignInState.Cancelled or SignInState.Expired) return Page(nation, ReturnKind.Gone, partner);

        // Another browser. On the same device it may be someone else's link that was followed: nothing goes on.
        if (request.Flow == PresentationRequests.SameDevice) return Page(nation, ReturnKind.WrongBrowser, partner, StatusCodes.Status400BadRequest);

        // On another device that is as it should be: the number, and where and when it was begun, tell whether it was this person's sign-in.
        var begunAt = DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt);
        return new ReturnResult(View(nation, row.Stage == SignIn.Proven ? ReturnKind.ChooseNumber : ReturnKind.Confirmed, partner) with
        {
            PartnerHost = Destination.NameOf(row.RedirectUri),
            Choices = nation.SignIns.ChoicesOf(row),
            BegunOn = row.BegunOn,
            BegunAt = begunAt,
            MinutesAgo = (int)(nation.Time.GetUtcNow() - begunAt).TotalMinutes,
            ConfirmUrl = nation.Keys.Nation.Url($"/sign-in/confirm?response_code={Uri.EscapeDataString(responseCode)}"),
            NotMeUrl = nation.Keys.Nation.Url($"/sign-in/not-mine?response_code={Uri.EscapeDataString(responseCode)}"),
        });
    }

    /// <summary>POST /sign-in/confirm?response_code=...: who holds the wallet says which number stands in the browser that asked. There is one try.</summary>
    public static async Task<IResult> ConfirmAsync(HttpContext context, NationContext nation)
    {
        var responseCode = RequestReading.Query(context.Request).Required("response_code");
        var (_, row, _) = await FindAsync(responseCode, nation);
        await nation.SignIns.ChooseAsync(row, (await RequestReading.FormAsync(context.Request)).Required("number"));
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/sign-in/return?response_code={Uri.EscapeDataString(responseCode)}"));
    }

    /// <summary>POST /sign-in/not-mine?response_code=...: who holds the wallet says that the sign-in was not theirs.</summary>
    public static async Task<IResult> NotMineAsync(HttpContext context, NationContext nation)
    {
        var (_, row, partner) = await FindAsync(RequestReading.Query(context.Request).Required("response_code"), nation);
        await nation.SignIns.DisownAsync(row);
        return Page(nation, ReturnKind.Gone, partner);
    }

    /// <summary>A page for the device of the wallet that needs no more than its kind.</summary>
    public static IResult Page(NationContext nation, ReturnKind kind, Partner partner, int status = StatusCodes.Status200OK) =>
        new ReturnResult(View(nation, kind, partner), status);

    private static ReturnView View(NationContext nation, ReturnKind kind, Partner partner) =>
        new() { Nation = nation.Keys.Nation.Name, Kind = kind, Partner = partner.Name, CorrelationId = "" };

    private static async Task<(PresentationRequests.Row Request, SignIns.Row SignIn, Partner Partner)> FindAsync(string responseCode, NationContext nation)
    {
        if (await PresentationRequests.FindByResponseCodeAsync(nation.Database, responseCode) is not { } request
            || await SignIns.FindAsync(nation.Database, request.SignInId) is not { } row
            || await Partner.FindAsync(nation.Database, row.ClientId) is not { } partner)
        {
            throw OAuthRefusal.InvalidRequest("the response_code is not one of this server's, or it is too old");
        }

        return (request, row, partner);
    }

    private sealed class ReturnResult(ReturnView view, int status = StatusCodes.Status200OK) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            Pages.Page.Of<ReturnPage>(view with { CorrelationId = httpContext.TraceIdentifier }, status).ExecuteAsync(httpContext);
    }
}
