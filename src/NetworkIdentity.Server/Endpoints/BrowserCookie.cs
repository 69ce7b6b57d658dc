using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>The cookie that binds a sign-in to the browser that asked: a random secret, and nothing else.</summary>
/// <remarks>
/// Each is set under a name of its own. A browser that opens several sign-ins in the same instant before it has one is given several, and none puts
/// out another; from then on it is given no more (decision 0007).
/// </remarks>
internal static class BrowserCookie
{
    /// <summary>More than these are not looked at.</summary>
    private const int Most = 32;

    /// <summary>The secrets of this browser, mostly one; none where it sent none, or nothing that is one.</summary>
    public static IReadOnlyList<string> Read(HttpContext context, Nation nation)
    {
        var prefix = Prefix(nation);
        return
        [
            .. context.Request.Cookies
                .Where(cookie => cookie.Key.StartsWith(prefix, StringComparison.Ordinal) && cookie.Value is { Length: 43 } && Base64Url.TryDecode(cookie.Value, out _))
                .Select(cookie => cookie.Value).Take(Most),
        ];
    }

    /// <summary>A secret of this browser, made where it has none.</summary>
    public static string ReadOrSet(HttpContext context, Nation nation)
    {
        if (Read(context, nation) is [var known, ..]) return known;
        var secret = RandomId.Secret();
        context.Response.Cookies.Append(Prefix(nation) + RandomId.New(), secret, new CookieOptions
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

    /// <summary>The prefix keeps a sibling host, or plain http, from planting a cookie of such a name [RFC6265bis §4.1.3.2].</summary>
    private static string Prefix(Nation nation) => IsSecure(nation) ? "__Host-netid-" : "netid-";

    private static bool IsSecure(Nation nation) => nation.Issuer.StartsWith("https:", StringComparison.Ordinal);
}
