namespace NetworkIdentity.Server.Doors;

/// <summary>The headers that every answer carries.</summary>
public static class SecurityHeaders
{
    /// <summary>Nothing inline, nothing from elsewhere, no frames.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    /// <summary>Sets them on one answer.</summary>
    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";

        // Not for localhost: the browser would then refuse http on every other port of a developer's machine.
        if (context.Request.IsHttps && !new Uri($"https://{context.Request.Host}").IsLoopback) headers.StrictTransportSecurity = "max-age=31536000";
    }

    /// <summary>Lets a form of this page end at a registered redirect URI: browsers hold form-action against redirects too.</summary>
    public static void AllowFormsTo(HttpContext context, string redirectUri)
    {
        var uri = new Uri(redirectUri);
        var source = uri.Scheme is "http" or "https" ? uri.GetLeftPart(UriPartial.Authority) : uri.Scheme + ":";
        context.Response.Headers.ContentSecurityPolicy = $"{ContentSecurityPolicy} {source}";
    }
}
