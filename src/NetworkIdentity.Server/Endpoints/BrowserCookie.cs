using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>The cookie that binds a sign-in to the browser that asked: a random secret, and nothing else.</summary>
internal static class BrowserCookie
{
    /// <summary>The secret of this browser; null where it sent none, or something that is not one.</summary>
    public static string? Read(HttpContext context, Nation nation) =>
        context.Request.Cookies[Name(nation)] is { Length: 43 } value && Base64Url.TryDecode(value, out _) ? value : null;

    /// <summary>The secret of this browser, made where it has none.</summary>
    public static string ReadOrSet(HttpContext context, Nation nation)
    {
        if (Read(context, nation) is { } known) return known;
        var secret = RandomId.Secret();
        context.Response.Cookies.Append(Name(nation), secret, new CookieOptions
        {
            HttpOnly = true,
            Secure = IsSecure(nation),

            // Lax: it must come along when the wallet sends the browser back; it does not come along with another site's POST.
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
        });
        return secret;
    }

    /// <summary>The prefix keeps a sibling host, or plain http, from planting a cookie of that name [RFC6265bis §4.1.3.2].</summary>
    private static string Name(Nation nation) => IsSecure(nation) ? "__Host-netid" : "netid";

    private static bool IsSecure(Nation nation) => nation.Issuer.StartsWith("https:", StringComparison.Ordinal);
}
