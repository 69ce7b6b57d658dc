using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using NetworkIdentity.SamplePartner.OpenId;
using NetworkIdentity.SamplePartner.Pages;

namespace NetworkIdentity.SamplePartner;

/// <summary>The door of a node: whoever arrives proves, and the door says Admit, Ask or Refuse. It keeps nothing, not even a cookie.</summary>
internal static class DoorEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", (SamplePartnerOptions options) => Page.Of<DoorPage>(options));

    /// <summary>Someone proved: the answer is given at once, in place of a session.</summary>
    public static async Task ArrivedAsync(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var options = services.GetRequiredService<SamplePartnerOptions>();
        var session = Session.Of(context.Principal!, context.Properties!);
        context.HandleResponse();
        IResult result;
        try
        {
            var answer = await services.GetRequiredService<UserInfo>().AskAsync(session.AccessToken, session.Subject, context.HttpContext.RequestAborted);
            var decision = answer.Claims is { } claims
                ? DoorDecision.On(claims, options.Node!, DateOnly.FromDateTime(options.Time.GetUtcNow().UtcDateTime))
                : DoorDecision.Refused($"{options.NationName} no longer confirms who arrived.", answer.Error, answer.Description);
            result = Page.Of<DecisionPage>(new DecisionView(
                options,
                decision,
                answer.Claims is null ? [] : Learned.From(session.Claims, answer.Claims),
                session.WireWith(Backchannel.Last(context.HttpContext, "Userinfo request and response"))));
        }
        catch (SignInException exception)
        {
            result = Answers.Of(options, exception, session.Wire, isSignedIn: false);
        }

        await result.ExecuteAsync(context.HttpContext);
    }
}
