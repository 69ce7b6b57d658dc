using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Joining;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>
/// /personhood/return: where a wallet sends its holder's browser after it proved a person [OpenID4VP §8.2] [OpenID4VP §13.3]. In the browser that knows the application the proof counts. In any other
/// who holds the wallet says which number the browser shows that asked, as with a sign-in.
/// </summary>
internal static class PersonhoodReturnEndpoint
{
    /// <summary>GET /personhood/return?response_code=...</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var (request, code) = await FindAsync(context, nation);
        if (await PersonhoodEndpoint.SecretOfAsync(request.ApplicationId, context, nation) is { } secret)
        {
            await nation.Personhood.ConfirmAsync(request, secret);
            return AuthorizationResponse.SeeOther(PersonhoodEndpoint.UrlOf(nation, request.ApplicationId));
        }

        var isOpen = request.Stage == PersonhoodRequests.Answered && request.ExpiresAt > nation.Time.GetUtcNow().ToUnixTimeSeconds();
        return Page.Of<PersonhoodReturnPage>(new PersonhoodReturnView
        {
            Nation = nation.Keys.Nation.Name,
            IsProven = request.Stage == PersonhoodRequests.Proven,
            Choices = isOpen ? nation.Personhood.ChoicesOf(request) : [],
            IsWrongNumber = request.Refused == Personhood.WrongNumber,
            BegunOn = request.BegunOn,
            BegunAt = DateTimeOffset.FromUnixTimeSeconds(request.CreatedAt),
            ConfirmUrl = Url(nation, "confirm", code),
            NotMeUrl = Url(nation, "not-mine", code),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>POST /personhood/confirm?response_code=...: who holds the wallet says which number stands in the browser that asked. There is one try.</summary>
    public static async Task<IResult> ConfirmAsync(HttpContext context, NationContext nation)
    {
        var (request, code) = await FindAsync(context, nation);
        await nation.Personhood.ChooseAsync(request, (await RequestReading.FormAsync(context.Request)).Required("number"));
        return AuthorizationResponse.SeeOther(Url(nation, "return", code));
    }

    /// <summary>POST /personhood/not-mine?response_code=...: who holds the wallet says that they asked for nothing.</summary>
    public static async Task<IResult> NotMineAsync(HttpContext context, NationContext nation)
    {
        var (request, code) = await FindAsync(context, nation);
        await nation.Personhood.DisownAsync(request);
        return AuthorizationResponse.SeeOther(Url(nation, "return", code));
    }

    private static async Task<(PersonhoodRequests.Row Request, string Code)> FindAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var code = RequestReading.Query(context.Request).Required("response_code");
        return await nation.Personhood.FindAsync(code) is { } request
            ? (request, code)
            : throw OAuthRefusal.InvalidRequest("the response_code is not one of this server's, or it is too old");
    }

    private static string Url(NationContext nation, string name, string code) => nation.Keys.Nation.Url($"/personhood/{name}?response_code={Uri.EscapeDataString(code)}");
}
