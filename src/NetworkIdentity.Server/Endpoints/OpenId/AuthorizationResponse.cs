using Microsoft.AspNetCore.WebUtilities;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>Sends the browser back to the client [RFC6749 §4.1.2] with <c>iss</c>, so that it can tell who answers [RFC9207 §2].</summary>
internal static class AuthorizationResponse
{
    /// <summary>Back with a code.</summary>
    public static IResult Code(Nation nation, string redirectUri, string? state, string code) =>
        Back(nation, redirectUri, state, ("code", code));

    /// <summary>Back with what was refused.</summary>
    public static IResult Refused(Nation nation, string redirectUri, string? state, Refusal refusal) =>
        Back(nation, redirectUri, state, ("error", refusal.Code), ("error_description", refusal.Description));

    /// <summary>A redirect that is always followed with GET [RFC9700 §4.12].</summary>
    public static IResult SeeOther(string url) => new SeeOtherResult(url);

    private static SeeOtherResult Back(Nation nation, string redirectUri, string? state, params (string Name, string Value)[] parameters)
    {
        var all = parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (string?)parameter.Value)).ToList();
        if (state is not null) all.Add(KeyValuePair.Create("state", (string?)state));
        all.Add(KeyValuePair.Create("iss", (string?)nation.Issuer));
        return new SeeOtherResult(QueryHelpers.AddQueryString(redirectUri, all));
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
}
