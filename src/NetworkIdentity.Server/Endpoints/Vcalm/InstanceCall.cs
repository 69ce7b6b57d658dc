using System.Net;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Server.Endpoints.Vcalm;

/// <summary>A call of an instance: which one, whether it may be made, and its body [VCALM §Authorization].</summary>
public static class InstanceCall
{
    private const string Write = "write:";

    /// <summary>What programs in between write of whom they call for, and browsers of the page that calls. With any of them a call is not of a program of this machine.</summary>
    private static readonly string[] OthersHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "Origin"];

    /// <summary>The instance, for a call that may be made.</summary>
    /// <param name="context">The request.</param>
    /// <param name="nation">The nation.</param>
    /// <param name="name">The instance's name.</param>
    /// <param name="path">The path below the instance: a scope opens it, or what it lies under.</param>
    /// <exception cref="Refusal"><c>not_found</c>; <c>invalid_token</c>, <c>insufficient_scope</c>, <c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public static async Task<Instance> OpenAsync(HttpContext context, NationContext nation, string name, string path)
    {
        context.Response.Headers.CacheControl = "no-store";
        var instance = nation.Instances.Find(name) ?? throw VcalmRefusal.NotFound("no instance of that name is configured here");
        if (nation.Instances.IsOpen && IsOfThisMachine(context)) return instance;

        // A token that is bound to a key comes with a proof of it [RFC9449 §7.1].
        var authorization = context.Request.Headers.Authorization;
        string? jkt = null;
        if (DpopProof.TokenOf(authorization) is { } token)
            jkt = await nation.DpopProofs.TakeAsync(ProofOfPossession.Read(context, nation, token) ?? throw OAuthRefusal.InvalidDpopProof("the DPoP header is missing"));
        else token = BearerToken.Read(authorization, context.Request.Query["access_token"]);
        var scopes = await nation.Tokens.ScopesOfClientAsync(token, instance.Url, jkt) ?? throw OAuthRefusal.InvalidToken();
        return scopes.Any(scope => Opens(scope, name, path)) ? instance : throw OAuthRefusal.InsufficientScope($"the access token must have the scope {Write}{path} or {name}:{Write}{path}");
    }

    /// <summary>The body, which is JSON.</summary>
    /// <exception cref="Refusal">PARSING_ERROR: it says that it is something else.</exception>
    public static async Task<byte[]> BodyAsync(HttpContext context) => RequestReading.IsJson(context.Request)
        ? await RequestReading.BodyAsync(context.Request)
        : throw new Refusal(CredentialRefusal.ParsingCode, "the body must be application/json");

    /// <summary>Whether a program of this machine calls, and nobody through it: a proxy here would open the instance to everybody, and a browser to any page that it shows.</summary>
    public static bool IsOfThisMachine(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } from, LocalIpAddress: { } to } && IPAddress.IsLoopback(from) && IPAddress.IsLoopback(to)
        && !OthersHeaders.Any(context.Request.Headers.ContainsKey);

    /// <summary>
    /// Whether a scope opens a path: it names the path, or what it lies under. A scope is of one resource here, so that of several instances each has its own, with its name in front.
    /// </summary>
    public static bool Opens(string scope, string name, string path)
    {
        var operation = scope.StartsWith(name + ":", StringComparison.Ordinal) ? scope[(name.Length + 1)..] : scope;
        if (!operation.StartsWith(Write + "/", StringComparison.Ordinal)) return false;
        var opened = operation[Write.Length..];
        return path == opened || path.StartsWith(opened.EndsWith('/') ? opened : opened + "/", StringComparison.Ordinal);
    }
}
