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

    /// <summary>POST /tour/arrive: offers the visitor a residency of a month.</summary>
    public static async Task<IResult> ArriveAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        if (await VisitorAsync(context, nation) is not { Id: var memberId }) return Back(TourStep.Join, nation);
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
        if (await VisitorAsync(context, nation) is { Id: var memberId })
        {
            // Several may have been taken, each from an offer of its own; the copies of one go together.
            while ((await Credentials.ListAsync(nation.Database, memberId)).FirstOrDefault(one => one.Type == "membership" && one.RevokedAt is null) is { } held)
                await nation.Revoker.RevokeAsync(held.Id, "the tour: to see what follows");
        }

        return Back(TourStep.Revoke, nation);
    }

    /// <summary>POST /tour/again: someone new. Who asked and was not admitted yet takes that back, so that those who vouch for them are free for others.</summary>
    public static async Task<IResult> AgainAsync(HttpContext context, NationContext nation)
    {
        if (await VisitorAsync(context, nation) is { JoinedAt: null } visitor && await TourJoinEndpoint.SecretOfAsync(context, nation, visitor.Id) is { } secret)
        {
            try
            {
                await nation.Applying.WithdrawAsync(secret);
            }
            catch (Refusal refusal) when (refusal.Code == "application_ended")
            {
                // It has ended otherwise.
            }
        }

        TourCookie.Clear(context, nation.Keys);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/"));
    }

    /// <summary>Offers the visitor what the founder's word is enough for, and shows the step again.</summary>
    public static async Task<IResult> OfferAsync(
        TourStep step, string type, string memberId, Dictionary<string, string> claims, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        try
        {
            await nation.Offering.MakeAsync(type, memberId, claims, withTransactionCode: false);
        }
        catch (Refusal refusal)
        {
            return await TourEndpoint.ShowAsync(step, refusal.Description, context, nation, places, clients, tape);
        }

        return Back(step, nation, $"?{TourEndpoint.JustOffered}");
    }

    /// <summary>Who tours with this browser; null for somebody new.</summary>
    public static async Task<Members.Row?> VisitorAsync(HttpContext context, NationContext nation) =>
        TourCookie.Read(context, nation.Keys) is { } memberId && await Members.FindAsync(nation.Database, memberId) is { State: not Member.Erased } visitor ? visitor : null;

    /// <summary>To the page of a step.</summary>
    public static IResult Back(TourStep step, NationContext nation, string query = "") =>
        AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/tour/{TourView.SlugOf(step)}{query}"));
}
