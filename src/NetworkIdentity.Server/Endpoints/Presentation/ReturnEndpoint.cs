using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>
/// /sign-in/return: where a wallet sends its holder's browser after it answered [OpenID4VP §8.2] [OpenID4VP §13.3]. In the browser that asked,
/// the sign-in goes on; in any other, it does not.
/// </summary>
internal static class ReturnEndpoint
{
    /// <summary>GET /sign-in/return?response_code=...</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var responseCode = RequestReading.Query(context.Request).Required("response_code");
        var (request, row, partner) = await FindAsync(responseCode, nation);
        if (BrowserCookie.Read(context, nation.Keys.Nation) is { } secret && await nation.SignIns.FindAsync(row.Id, secret) is { } seen)
            return await SignInEndpoint.ContinueAsync(seen, request.Flow, nation);

        if (row.Stage == SignIn.Lapsed) return Page(nation, ReturnKind.Gone, null, null, partner.Name);

        // Another browser. On another device that is as it should be: the number tells whether it was this person's sign-in. On the same
        // device it may be someone else's link that was followed: nothing goes on.
        return request.Flow == PresentationRequests.SameDevice
            ? Page(nation, ReturnKind.WrongBrowser, null, null, partner.Name, StatusCodes.Status400BadRequest)
            : Page(nation, ReturnKind.CompareNumber, row.Number, nation.Keys.Nation.Url($"/sign-in/not-mine?response_code={Uri.EscapeDataString(responseCode)}"), partner.Name);
    }

    /// <summary>POST /sign-in/not-mine?response_code=...: who holds the wallet says that the sign-in was not theirs.</summary>
    public static async Task<IResult> NotMineAsync(HttpContext context, NationContext nation)
    {
        var (_, row, partner) = await FindAsync(RequestReading.Query(context.Request).Required("response_code"), nation);
        await nation.SignIns.DisownAsync(row);
        return Page(nation, ReturnKind.Gone, null, null, partner.Name);
    }

    /// <summary>A page for the device of the wallet.</summary>
    public static IResult Page(
        NationContext nation, ReturnKind kind, string? number, string? notMeUrl, string? partner, int status = StatusCodes.Status200OK) =>
        new ReturnResult(nation.Keys.Nation.Name, kind, number, notMeUrl, partner, status);

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

    private sealed class ReturnResult(string nation, ReturnKind kind, string? number, string? notMeUrl, string? partner, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Pages.Page.Of<ReturnPage>(
            new ReturnView
            {
                Nation = nation,
                Kind = kind,
                Partner = partner,
                Number = number,
                NotMeUrl = notMeUrl,
                CorrelationId = httpContext.TraceIdentifier,
            },
            status).ExecuteAsync(httpContext);
    }
}
