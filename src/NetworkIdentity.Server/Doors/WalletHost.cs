using NetworkIdentity.Server.Endpoints.Public;

namespace NetworkIdentity.Server.Doors;

/// <summary>
/// The wallet's host, a branch at the door of the pipeline: nothing of the nation answers there, and nothing of the wallet elsewhere. What is
/// same-origin for the wallet's script must never be the nation, and the other way round.
/// </summary>
internal static class WalletHost
{
    /// <summary>
    /// Nothing inline and no third party's script. The wallet talks to whatever issuer and verifier a link names, so it may connect to any https
    /// address; http is for nations on the same machine, where the wallet is there too. Trusted Types close the ways from text to markup.
    /// </summary>
    private static string Policy(bool isHttpsAlone) =>
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; " +
        $"connect-src 'self' https:{(isHttpsAlone ? "" : " http://localhost:* http://*.localhost:*")}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
        "require-trusted-types-for 'script'; trusted-types wallet";

    /// <summary>Takes every request for the wallet's host out of the pipeline.</summary>
    public static void Use(IApplicationBuilder app, string origin)
    {
        var uri = new Uri(origin);
        var isHttpsAlone = SecurityHeaders.IsHttpsAlone(uri);
        app.MapWhen(
            context => string.Equals(context.Request.Host.Host, uri.Host, StringComparison.OrdinalIgnoreCase),
            branch => branch.Run(context =>
            {
                Apply(context.Response.Headers, isHttpsAlone);
                return WalletEndpoint.Handle(context).ExecuteAsync(context);
            }));
    }

    private static void Apply(IHeaderDictionary headers, bool isHttpsAlone)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Policy(isHttpsAlone);
        headers.XFrameOptions = "DENY";

        // A link to the wallet may hold a code that is worth a credential: no other host learns of it.
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), display-capture=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (isHttpsAlone) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
