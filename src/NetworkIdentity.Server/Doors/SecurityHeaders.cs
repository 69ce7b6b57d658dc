namespace NetworkIdentity.Server.Doors;

/// <summary>The headers that every answer carries.</summary>
public static class SecurityHeaders
{
    /// <summary>Nothing inline, nothing from elsewhere, no frames.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Sets them on one answer.</summary>
    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // Not for localhost: the browser would then refuse http on every other port of a developer's machine.
        if (context.Request.IsHttps && !new Uri($"https://{context.Request.Host}").IsLoopback) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
