using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages.Practice;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Practice;

/// <summary>POST /tour/...: what the visitor of a practice nation does in its founder's name. What the command line does, by a button.</summary>
internal static class TourActEndpoint
{
    /// <summary>
    /// Another site's form is refused, by the Origin that browsers send with each POST. SameSite is not enough: that form comes without our cookie and
    /// would be given a new one, and a form from another port of this machine comes with it.
    /// </summary>
    public static ValueTask<object?> OfOurPagesAloneAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var issuer = context.RequestServices.GetRequiredService<NationContext>().Keys.Nation.Issuer;
        return context.Request.Headers.Origin is not [_, ..] origin || origin == new Uri(issuer).GetLeftPart(UriPartial.Authority)
            ? next(invocation)
            : throw OAuthRefusal.InvalidRequest("this form came from another site, so nothing was done: open the tour, and press the button there");
    }

    /// <summary>POST /tour/join: offers a membership, to a new member, or another one to the visitor.</summary>
    public static async Task<IResult> JoinAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        var form = await RequestReading.FormAsync(context.Request);
        var memberId = await VisitorAsync(context, nation);
        var claims = new Dictionary<string, string>();
        if (memberId is null)
        {
            claims["display_name"] = form.Optional("name")?.Trim() ?? "";
            if (form.Optional("node") is { } node) claims["node"] = node;
            if (DisplayName.Fault(claims["display_name"]) is { } fault)
                return await TourEndpoint.ShowAsync(TourStep.Join, $"The name {fault}.", context, nation, places, clients, tape);
        }

        return await OfferAsync(TourStep.Join, "membership", memberId, claims, context, nation, places, clients, tape);
    }

    /// <summary>POST /tour/arrive: offers the visitor a residency of a month.</summary>
    public static async Task<IResult> ArriveAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        if (await VisitorAsync(context, nation) is not { } memberId) return Back(TourStep.Join, nation);
        var today = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime);
        var claims = new Dictionary<string, string>
        {
            ["residency_status"] = "resident",
            ["node"] = await DemoNation.NodeAsync(nation),
            ["from"] = today.AddDays(-7).ToString("yyyy-MM-dd"),
            ["until"] = today.AddDays(30).ToString("yyyy-MM-dd"),
        };
        return await OfferAsync(TourStep.Arrive, "residency", memberId, claims, context, nation, places, clients, tape);
    }

    /// <summary>POST /tour/revoke: revokes the visitor's membership, every copy.</summary>
    public static async Task<IResult> RevokeAsync(HttpContext context, NationContext nation)
    {
        if (await VisitorAsync(context, nation) is { } memberId)
        {
            // Several may have been taken, each from an offer of its own; the copies of one go together.
            while ((await Credentials.ListAsync(nation.Database, memberId)).FirstOrDefault(one => one.Type == "membership" && one.RevokedAt is null) is { } held)
                await nation.Revoker.RevokeAsync(held.Id, "the tour: to see what follows");
        }

        return Back(TourStep.Revoke, nation);
    }

    /// <summary>POST /tour/again: someone new.</summary>
    public static IResult Again(HttpContext context, NationContext nation)
    {
        TourCookie.Clear(context, nation.Keys);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/"));
    }

    private static async Task<IResult> OfferAsync(
        TourStep step, string type, string? memberId, Dictionary<string, string> claims, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        try
        {
            TourCookie.Set(context, nation.Keys, (await nation.Offering.MakeAsync(type, memberId, claims, withTransactionCode: false)).MemberId);
        }
        catch (Refusal refusal)
        {
            return await TourEndpoint.ShowAsync(step, refusal.Description, context, nation, places, clients, tape);
        }

        return Back(step, nation, $"?{TourEndpoint.JustBegun}");
    }

    private static async Task<string?> VisitorAsync(HttpContext context, NationContext nation) =>
        TourCookie.Read(context, nation.Keys) is { } memberId && await Members.FindAsync(nation.Database, memberId) is not null ? memberId : null;

    private static IResult Back(TourStep step, NationContext nation, string query = "") =>
        AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/tour/{TourView.SlugOf(step)}{query}"));
}
