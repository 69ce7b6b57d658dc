using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Server.Doors;

/// <summary>Where a refusal becomes an answer: the one place, for every endpoint.</summary>
public sealed class RefusalDoor(RequestDelegate next, NationContext nation, SecurityHeaders headers, ILogger<RefusalDoor> log)
{
    private const string InvalidRequest = "invalid_request";

    private static readonly string DpopChallenge = $"DPoP realm=\"netid\", algs=\"{string.Join(' ', DpopProof.Algorithms)}\"";

    /// <summary>Passes the request on, and translates what comes back as an exception.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted
            && exception is not (OperationCanceledException or Microsoft.AspNetCore.Connections.ConnectionResetException))
        {
            await AnswerAsync(context, exception);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var door = context.GetEndpoint()?.Metadata.OfType<Door>().Cast<Door?>().LastOrDefault() ?? Door.OAuth;
        var isSent = door == Door.PageOrOAuth && context.Request.HasFormContentType;
        if (isSent || (door == Door.OAuth && RequestReading.IsBrowser(context.Request))) door = Door.Page;
        var (status, code, description) = Translate(exception);
        if (status >= 500 && exception is not VerifyTurns.NoTurnException) log.LogError(exception, "Request {CorrelationId} failed", context.TraceIdentifier);

        context.Response.Clear();
        headers.Apply(context);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        if (exception is RateLimits.RateLimitException over) context.Response.Headers.RetryAfter = over.RetryAfter;
        if (door == Door.Page)
        {
            // A person has no credentials to send again: what is 401 for a machine is 400 on a page.
            if (status == StatusCodes.Status401Unauthorized) context.Response.StatusCode = status = StatusCodes.Status400BadRequest;
            await ErrorPageOf(context, code, description, status, isSent).ExecuteAsync(context);
            return;
        }

        if (door == Door.Desk) context.Response.StatusCode = status = DeskProblem.StatusOf(code, status);

        // What a page shows whole is narrowed for machines: they read it in a header too.
        description = OAuthRefusal.Printable(description);
        if (code == OAuthRefusal.UseDpopNonceCode) context.Response.Headers[ProofOfPossession.NonceHeader] = nation.DpopNonces.Current;

        // With an access token, a proof is part of showing it [RFC9449 §7.1].
        var takesTokens = door is Door.Bearer or Door.BearerOrDpop or Door.Vcalm or Door.Desk;
        if (takesTokens && code is (OAuthRefusal.UseDpopNonceCode or OAuthRefusal.InvalidDpopProofCode)) context.Response.StatusCode = status = StatusCodes.Status401Unauthorized;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = takesTokens ? ChallengeOf(context, door, code, description, (exception as Refusal)?.Challenge) : "Basic realm=\"netid\"";
        else if ((status == StatusCodes.Status403Forbidden && code == "insufficient_scope") || (takesTokens && status == StatusCodes.Status403Forbidden) || (takesTokens && status == StatusCodes.Status400BadRequest && code == InvalidRequest))
            context.Response.Headers.WWWAuthenticate = ChallengeOf(context, door, code, description, null);
        if (door == Door.Desk) await context.Response.WriteAsJsonAsync(DeskProblem.Of(code, description, status), options: null, DeskProblem.MediaType);
        else await context.Response.WriteAsJsonAsync(door == Door.Vcalm ? Problem.Of(code, description, status) : new JsonObject { ["error"] = code, ["error_description"] = description });
    }

    private static (int Status, string Code, string Description) Translate(Exception exception) => exception switch
    {
        Refusal { Code: "invalid_client" or "invalid_token" or OAuthRefusal.InsufficientUserAuthenticationCode } refusal => (StatusCodes.Status401Unauthorized, refusal.Code, refusal.Description),
        Refusal { Code: "insufficient_scope" } refusal => (StatusCodes.Status403Forbidden, refusal.Code, refusal.Description),
        Refusal { Code: PageRefusal.NotFoundCode or PageRefusal.SignInNotHereCode } refusal => (StatusCodes.Status404NotFound, refusal.Code, refusal.Description),
        Refusal { Code: ArrivalRefusal.NotSignedInCode or ArrivalRefusal.NotStewardThereCode } refusal => (StatusCodes.Status403Forbidden, refusal.Code, refusal.Description),
        Refusal { Code: ArrivalRefusal.CountsDifferCode } refusal => (StatusCodes.Status409Conflict, refusal.Code, refusal.Description),
        Refusal { Code: ArrivalRefusal.BundleTooLargeCode } refusal => (StatusCodes.Status500InternalServerError, refusal.Code, refusal.Description),
        Refusal { Code: PageRefusal.CredentialNotHereCode } refusal => (StatusCodes.Status409Conflict, refusal.Code, refusal.Description),
        Refusal { Code: PageRefusal.EvidenceNotMadeCode } refusal => (StatusCodes.Status503ServiceUnavailable, refusal.Code, refusal.Description),
        Refusal { Code: Refusal.MalformedCode } refusal => (StatusCodes.Status400BadRequest, InvalidRequest, refusal.Description),
        Refusal refusal => (StatusCodes.Status400BadRequest, refusal.Code, refusal.Description),
        RateLimits.RateLimitException over => (StatusCodes.Status429TooManyRequests, PageRefusal.TooManyRequestsCode, over.Message),
        VerifyTurns.NoTurnException full => (StatusCodes.Status503ServiceUnavailable, PageRefusal.UnavailableCode, full.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, InvalidRequest, "the body is too large"),
        BadHttpRequestException or InvalidDataException => (StatusCodes.Status400BadRequest, InvalidRequest, "the request could not be read"),
        _ when DatabaseFault.IsUnstorable(exception) => (StatusCodes.Status400BadRequest, InvalidRequest, "a value holds the character NUL"),
        _ when DatabaseFault.IsPassing(exception) =>
            (StatusCodes.Status503ServiceUnavailable, PageRefusal.UnavailableCode, "the database did not answer; try again"),
        _ => (StatusCodes.Status500InternalServerError, PageRefusal.ServerErrorCode, "an error on the server; it was logged"),
    };

    /// <summary>
    /// The challenge in the scheme that was tried; a request without a token gets none of its errors [RFC6750 §3.1] [RFC9449 §7.1]. Who came by chance finds in
    /// the resource's metadata where its tokens are from [RFC9728 §5.1].
    /// </summary>
    private string ChallengeOf(HttpContext context, Door door, string code, string description, string? needed)
    {
        var metadata = context.GetEndpoint()?.Metadata.GetMetadata<ProtectedResource>() is { } resource ? $", resource_metadata=\"{resource.MetadataUrl(nation.Keys.Nation)}\"" : "";
        var (bearer, dpop) = ($"Bearer realm=\"netid\"{metadata}", DpopChallenge + metadata);
        if (door == Door.Desk)
        {
            var isNone = code == "invalid_token" && context.Request.Headers.Authorization.Count == 0;

            // What would be enough stands beside the refusal [RFC9470 §3].
            return isNone ? dpop : $"{dpop}, error=\"{code}\", error_description=\"{description}\"{(needed is null ? "" : $", {needed}")}";
        }

        if (code == "invalid_token" && context.Request.Headers.Authorization.Count == 0) return door is Door.BearerOrDpop or Door.Vcalm ? $"{bearer}, {dpop}" : bearer;
        var isDpop = door is Door.BearerOrDpop or Door.Vcalm && DpopProof.TokenOf(context.Request.Headers.Authorization) is not null;
        return $"{(isDpop ? dpop : bearer)}, error=\"{code}\", error_description=\"{description}\"";
    }

    private IResult ErrorPageOf(HttpContext context, string code, string description, int status, bool isSent) => Page.Of<ErrorPage>(
        new ErrorView
        {
            Nation = nation.Keys.Nation.Name,
            Title = PageRefusal.TitleFor(code),
            Reason = description,
            Mend = PageRefusal.MendFor(code, status, isSent),
            Code = code,
            DocsUrl = null,
            CorrelationId = context.TraceIdentifier,
        },
        status);
}
