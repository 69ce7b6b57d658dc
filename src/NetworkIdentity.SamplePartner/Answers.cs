using Microsoft.AspNetCore.Authentication;
using NetworkIdentity.SamplePartner.OpenId;
using NetworkIdentity.SamplePartner.Pages;

namespace NetworkIdentity.SamplePartner;

/// <summary>What went wrong, as a page with a reason, a way on and a name.</summary>
internal static class Answers
{
    private const string TryAgain = "Try again";

    /// <summary>The browser came back, and it can't go on.</summary>
    public static async Task FailedAsync(RemoteFailureContext context)
    {
        var options = context.HttpContext.RequestServices.GetRequiredService<SamplePartnerOptions>();
        context.HandleResponse();
        var exception = context.Failure as SignInException;
        if (exception is null)
        {
            options.Log.CreateLogger(typeof(Answers)).LogWarning(context.Failure, "A sign-in failed");
            exception = new SignInException(Fault.NotAProvider);
        }

        // The address of the callback, loaded again by someone who came through it: they are where they wanted to be.
        var result = exception.Fault is Fault.NoCookie or Fault.TooLate && (await context.HttpContext.AuthenticateAsync()).Succeeded
            ? SeeOther(SharedEndpoints.HomeOf(options))
            : Of(options, exception, Exchange.Of(context.Properties), isSignedIn: false);
        await result.ExecuteAsync(context.HttpContext);
    }

    /// <summary>The page of a sign-in that can't go on; at the door, a decision.</summary>
    public static IResult Of(SamplePartnerOptions options, SignInException exception, IReadOnlyList<Exchange> wire, bool isSignedIn)
    {
        var nation = options.NationName;

        // A refusal that came the right way is an answer like another; the rest is a request or a provider that is out of order.
        var status = exception.Fault switch
        {
            Fault.Refused => StatusCodes.Status200OK,
            Fault.NoAnswer or Fault.NotAProvider => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        var (title, reason, mend) = exception.Fault switch
        {
            Fault.NoAnswer => ($"{nation} does not answer", $"{options.Name} could not reach {nation}, so nothing was checked.", "Wait a moment, then try again."),
            Fault.NotAProvider => (
                $"{nation} can’t be understood",
                $"{nation} answered, but not as {options.Name} expects of a place to sign in. Nothing was checked.",
                $"Try again. If it stays so, {options.Name} is set up for another address, or is out of date."),
            Fault.UnknownState => (
                "This sign-in is not known here",
                $"{options.Name} was started anew since it began, or the address was changed on the way.",
                "Nothing was taken over. Begin again."),
            Fault.NoCookie => (
                "Your browser sent no cookie back",
                $"{options.Name} gave your browser a cookie when the sign-in began, and it did not come back. "
                    + "Either the browser refuses cookies, or the sign-in began in another one, or it was already finished.",
                "Allow cookies for this site, then try again in one and the same browser. The cookie lives 15 minutes and does nothing else."),
            Fault.TooLate => ("This took too long", "A sign-in has to be finished within 15 minutes.", "Begin again."),
            Fault.WrongIssuer => (
                "The answer is from someone else",
                $"{options.Name} asked {nation}, and who answered calls itself something else. Nothing of the answer was used.",
                "Begin again. If it happens again, tell the people who run this site."),
            Fault.Refused => Refusal(options, exception),
            Fault.NoTokens => (
                $"{nation} did not complete the sign-in",
                "What your browser brought back could not be exchanged: it was used before, was too late, or the credential was revoked meanwhile.",
                "Try again."),
            _ => ($"What {nation} signed does not hold", $"{options.Name} checked the ID token, and it failed: {exception.Description}.", "You are not signed in. Try again."),
        };

        if (options.Node is null)
        {
            return Page.Of<TroublePage>(
                new TroubleView(options, title, reason, mend, exception.Code, exception.Description, isSignedIn ? "/" : SharedEndpoints.SignInPath, TryAgain, wire), status);
        }

        var decision = exception.Fault is Fault.NoAnswer or Fault.NotAProvider
            ? DoorDecision.Unchecked($"{title}. {reason}", exception.Code, exception.Description)
            : DoorDecision.Refused(exception.Fault == Fault.Refused ? reason : $"{title}. {reason}", exception.Code, exception.Description);
        return Page.Of<DecisionPage>(new DecisionView(options, decision, [], wire), status);
    }

    /// <summary>A form that is not of this run of the app, or not the app's.</summary>
    public static IResult OldForm(SamplePartnerOptions options) => Page.Of<TroublePage>(
        new TroubleView(
            options,
            "This form is too old",
            $"{options.Name} was started anew since the page was shown, or the form did not come from it. Nothing was done.",
            "Load the page again, and press the button there.",
            null, null, "/", "Back to the page", []),
        StatusCodes.Status400BadRequest);

    /// <summary>The door's answer, loaded again when it is too late for that.</summary>
    public static IResult VisitIsOver(SamplePartnerOptions options) => Page.Of<TroublePage>(
        new TroubleView(options, "This visit is over", "What was proven here is not kept.", "To come in, arrive again.", null, null, "/", "To the door", []));

    /// <summary>No page has this address.</summary>
    public static IResult NotHere(SamplePartnerOptions options) => Page.Of<TroublePage>(
        new TroubleView(options, "There is nothing here", "No page of this site has this address.", "Begin at its first page.", null, null, "/", "To the first page", []),
        StatusCodes.Status404NotFound);

    /// <summary>A fault of the app's own; it was logged.</summary>
    public static Task BrokenAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<SamplePartnerOptions>();
        return Page.Of<TroublePage>(
            new TroubleView(options, "Something went wrong here", $"That is a fault of {options.Name}. It was logged.", "Try again in a moment.", null, null, "/", "To the first page", []),
            StatusCodes.Status500InternalServerError).ExecuteAsync(context);
    }

    /// <summary>A redirect that is followed with GET.</summary>
    public static IResult SeeOther(string path) => new Redirect(path);

    private static (string Title, string Reason, string Mend) Refusal(SamplePartnerOptions options, SignInException exception) => exception.Code == "access_denied"
        ? ("You were not signed in", $"{options.NationName} says: {exception.Description ?? "no"}.", "Try again, with another credential if you hold one.")
        : ($"{options.NationName} refused the request", $"{options.NationName} says: {exception.Description ?? "no reason"}.", $"Try again. If it stays so, {options.Name} is not set up rightly.");

    private sealed class Redirect(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
