namespace NetworkIdentity.Server.Doors;

/// <summary>The headers that every answer carries.</summary>
/// <param name="issuer">The configured issuer. It alone decides on HSTS: Host is the caller's own words, and behind a proxy the request is plain http.</param>
public sealed class SecurityHeaders(string issuer)
{
    /// <summary>Nothing inline, nothing from elsewhere, no frames.</summary>
    private const string NothingForeign =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'";

    private readonly bool _isHttpsAlone = IsHttpsAlone(new Uri(issuer));

    /// <summary>Lets a form of this page lead to an app: browsers hold form-action against every redirect that follows, the app's own too.</summary>
    public static void AllowFormsAnywhere(HttpContext context) => context.Response.Headers.ContentSecurityPolicy = NothingForeign;

    /// <summary>Lets this page show frames of these hosts, and of no others.</summary>
    public static void AllowFrames(HttpContext context, IEnumerable<Uri> frames) => context.Response.Headers.ContentSecurityPolicy =
        $"{NothingForeign}; form-action 'self'; frame-src {string.Join(' ', frames.Select(frame => $"{frame.Scheme}://{frame.IdnHost}:{frame.Port}").Distinct())}";

    /// <summary>Sets them on one answer.</summary>
    public void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = NothingForeign + "; form-action 'self'";
        headers.XFrameOptions = "DENY";
        if (_isHttpsAlone) headers.StrictTransportSecurity = "max-age=31536000";
    }

    /// <summary>Not for localhost: the browser would then refuse http on every other port of a developer's machine.</summary>
    public static bool IsHttpsAlone(Uri issuer) =>
        issuer.Scheme == Uri.UriSchemeHttps && !Nation.LeadsToThisMachineAlone(issuer);
}
