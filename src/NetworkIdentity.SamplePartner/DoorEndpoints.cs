using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using NetworkIdentity.SamplePartner.OpenId;
using NetworkIdentity.SamplePartner.Pages;

namespace NetworkIdentity.SamplePartner;

/// <summary>The door of a node: whoever arrives proves, and the door says Admit, Ask or Refuse. A visit is in the browser's own cookie, for two minutes.</summary>
internal static class DoorEndpoints
{
    /// <summary>Where a visit is shown: an address without a code in it, which can be loaded again.</summary>
    public const string VisitPath = "/visit";

    /// <summary>How long a visit can be loaded again, unless the next visitor comes first.</summary>
    public static readonly TimeSpan VisitLasts = TimeSpan.FromMinutes(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", DoorAsync);
        routes.MapGet(VisitPath, VisitAsync);
    }

    /// <summary>GET /: the door, and the end of the visit before.</summary>
    public static async Task<IResult> DoorAsync(HttpContext context, SamplePartnerOptions options)
    {
        if (!(await context.AuthenticateAsync()).None) await context.SignOutAsync();
        return Page.Of<DoorPage>(options);
    }

    /// <summary>GET /visit: what the door says. On each view the provider is asked again.</summary>
    public static async Task<IResult> VisitAsync(HttpContext context, SamplePartnerOptions options, UserInfo userInfo)
    {
        var result = await context.AuthenticateAsync();
        if (!result.Succeeded) return Answers.VisitIsOver(options);
        var session = Session.Of(result.Ticket);
        try
        {
            var answer = await userInfo.AskAsync(session.AccessToken, session.Subject, context.RequestAborted);
            var decision = answer.Claims is { } claims
                ? DoorDecision.On(claims, options.Node!, DateOnly.FromDateTime(options.Time.GetUtcNow().UtcDateTime))
                : DoorDecision.Refused($"{options.NationName} no longer confirms who arrived.", answer.Error, answer.Description);
            return Page.Of<DecisionPage>(new DecisionView(
                options,
                decision,
                answer.Claims is null ? [] : Learned.From(session.Claims, answer.Claims),
                session.WireWith(Backchannel.Last(context, "Userinfo request and response"))));
        }
        catch (SignInException exception)
        {
            return Answers.Of(options, exception, session.Wire, isSignedIn: false);
        }
    }
}
