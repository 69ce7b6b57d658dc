using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Practice;

/// <summary>The cookie of someone on the tour: the person that they are to the nation, and a MAC, so that nobody tours as another.</summary>
internal static class TourCookie
{
    private const string Name = "tour";

    /// <summary>The member's id; null where there is no cookie, or one that this nation did not make.</summary>
    public static string? Read(HttpContext context, KeyRing keys)
    {
        if (context.Request.Cookies[Name]?.Split('.') is not [var memberId, var mac]) return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(MacOf(keys, memberId))) ? memberId : null;
    }

    /// <summary>From now on this browser tours as the member.</summary>
    public static void Set(HttpContext context, KeyRing keys, string memberId) =>
        context.Response.Cookies.Append(Name, $"{memberId}.{MacOf(keys, memberId)}", Options(keys));

    /// <summary>The tour begins anew.</summary>
    public static void Clear(HttpContext context, KeyRing keys) => context.Response.Cookies.Delete(Name, Options(keys));

    // Lax: the app sends the browser here by a link, and the tape must know whose sign-in that is.
    private static CookieOptions Options(KeyRing keys) => new()
    {
        HttpOnly = true,
        Secure = keys.Nation.Issuer.StartsWith("https:", StringComparison.Ordinal),
        SameSite = SameSiteMode.Lax,
        Path = "/",
        IsEssential = true,
    };

    private static string MacOf(KeyRing keys, string memberId) =>
        Base64Url.Encode(HMACSHA256.HashData(keys.Derive("tour"), Encoding.UTF8.GetBytes(memberId)));
}
