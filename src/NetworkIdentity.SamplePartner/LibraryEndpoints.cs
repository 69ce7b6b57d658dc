using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Routing;
using NetworkIdentity.SamplePartner.OpenId;
using NetworkIdentity.SamplePartner.Pages;

namespace NetworkIdentity.SamplePartner;

/// <summary>The library: people sign in, and see what it learned of them.</summary>
internal static class LibraryEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", HomeAsync);
        routes.MapPost("/sign-out", SignOutAsync);
    }

    /// <summary>GET /: on each view the provider is asked again.</summary>
    public static async Task<IResult> HomeAsync(HttpContext context, SamplePartnerOptions options, UserInfo userInfo, IAntiforgery antiforgery)
    {
        var result = await context.AuthenticateAsync();

        // A cookie that can't be read is of an earlier run of the app, or of an hour ago.
        if (!result.Succeeded) return Page.Of<HomePage>(new HomeView(options, WasForgotten: result.Failure is not null));
        var session = Session.Of(result.Ticket);
        if (session.EndsAt <= options.Time.GetUtcNow())
        {
            await context.SignOutAsync();
            return Page.Of<EndedPage>(new EndedView(options, session.EndsAt, null, null, []));
        }

        UserInfo.Answer answer;
        try
        {
            answer = await userInfo.AskAsync(session.AccessToken, session.Subject, context.RequestAborted);
        }
        catch (SignInException exception)
        {
            // It says nothing of the person, so the session goes on, and shows nothing until it is confirmed again.
            return Answers.Of(options, exception, [], isSignedIn: true);
        }

        var asked = Backchannel.Last(context, "Userinfo request and response");
        if (answer.Claims is not { } claims)
        {
            await context.SignOutAsync();
            return Page.Of<EndedPage>(new EndedView(options, null, answer.Error, answer.Description, [asked]));
        }

        return Page.Of<SignedInPage>(new SignedInView
        {
            Options = options,
            Subject = session.Subject,
            Learned = Learned.From(session.Claims, claims),
            ProvenAt = session.Claims["auth_time"] is { } provenAt ? DateTimeOffset.FromUnixTimeSeconds((long)provenAt) : null,
            EndsAt = session.EndsAt,
            Wire = session.WireWith(asked),
            Antiforgery = antiforgery.GetAndStoreTokens(context),
        });
    }

    /// <summary>POST /sign-out: by the app's own form alone.</summary>
    public static async Task<IResult> SignOutAsync(HttpContext context, SamplePartnerOptions options, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Answers.OldForm(options);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Answers.SeeOther("/");
    }
}
