using Microsoft.AspNetCore.WebUtilities;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>
/// Sends the browser back to the client [RFC6749 §4.1.2], with <c>iss</c>, so that the client can tell who answers [RFC9207 §2]: by redirect, or
/// by a form that posts itself [OAuth-Form-Post §2].
/// </summary>
internal static class AuthorizationResponse
{
    /// <summary>Where an answer goes, and how.</summary>
    /// <param name="RedirectUri">Registered by the client.</param>
    /// <param name="ResponseMode"><c>query</c> or <c>form_post</c>.</param>
    /// <param name="State">The client's state; null where it sent none.</param>
    public sealed record Target(string RedirectUri, string ResponseMode, string? State)
    {
        /// <summary>The target of a sign-in.</summary>
        public static Target Of(SignIns.Row row) => new(row.RedirectUri, row.ResponseMode, row.State);
    }

    /// <summary>Back with a code.</summary>
    public static IResult Code(Nation nation, Target target, string code) => Back(nation, target, ("code", code));

    /// <summary>Back with what was refused.</summary>
    public static IResult Refused(Nation nation, Target target, Refusal refusal) =>
        Back(nation, target, ("error", refusal.Code), ("error_description", OAuthRefusal.Printable(refusal.Description)));

    /// <summary>A redirect that is always followed with GET [RFC9700 §4.12].</summary>
    public static IResult SeeOther(string url) => new SeeOtherResult(url);

    private static IResult Back(Nation nation, Target target, params (string Name, string Value)[] parameters)
    {
        var all = parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)).ToList();
        if (target.State is not null) all.Add(KeyValuePair.Create("state", target.State));
        all.Add(KeyValuePair.Create("iss", nation.Issuer));
        return target.ResponseMode == AuthorizationRequest.FormPost
            ? new FormPostResult(nation, target.RedirectUri, all)
            : new SeeOtherResult(QueryHelpers.AddQueryString(target.RedirectUri, all!));
    }

    private sealed class SeeOtherResult(string url) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = url;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }

    private sealed class FormPostResult(Nation nation, string redirectUri, IReadOnlyList<KeyValuePair<string, string>> parameters) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            SecurityHeaders.AllowFormsAnywhere(httpContext);
            return Page.Of<FormPostPage>(new FormPostView
            {
                Nation = nation.Name,
                Action = redirectUri,
                Parameters = parameters,
                CorrelationId = httpContext.TraceIdentifier,
            }).ExecuteAsync(httpContext);
        }
    }
}
