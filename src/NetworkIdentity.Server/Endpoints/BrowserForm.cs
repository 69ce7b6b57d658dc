using System.Security.Cryptography;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>
/// What a form of our own pages carries to show that it was this browser's page: a MAC of the secret in its cookie. Another site can send a browser's cookie
/// along, where it is on the same site, but it can't read the page (decision 0007).
/// </summary>
internal static class BrowserForm
{
    /// <summary>The name of the hidden field.</summary>
    public const string Field = "form";

    /// <summary>The value of the field; null for a browser without a cookie, which has nothing that a form could change.</summary>
    /// <param name="context">The request for the page.</param>
    /// <param name="nation">The nation.</param>
    /// <param name="act">What the form does.</param>
    public static string? ValueFor(HttpContext context, NationContext nation, string act) =>
        BrowserCookie.Read(context, nation.Keys.Nation) is [var secret, ..] ? ValueOf(nation, act, secret) : null;

    /// <summary>The value of the field for a browser whose cookie has that secret.</summary>
    public static string ValueOf(NationContext nation, string act, string secret) => Base64Url.Encode(MacOf(nation, act, secret));

    /// <summary>Reads a form that this browser was given.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it was not.</exception>
    public static async Task<OAuthParameters> ReadAsync(HttpContext context, NationContext nation, string act)
    {
        var form = await RequestReading.FormAsync(context.Request);
        return IsOurs(context, nation, act, form.Optional(Field)) ? form : throw NotOurs();
    }

    /// <summary>The same, where values may be long.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it was not, or a value stands twice or holds a NUL.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadLongAsync(HttpContext context, NationContext nation, string act)
    {
        var form = await RequestReading.LongFormAsync(context.Request);
        if (form.Values.Any(value => value.Contains('\0', StringComparison.Ordinal))) throw OAuthRefusal.InvalidRequest("a value holds the character NUL");
        return IsOurs(context, nation, act, form.GetValueOrDefault(Field)) ? form : throw NotOurs();
    }

    private static bool IsOurs(HttpContext context, NationContext nation, string act, string? value)
    {
        var given = Base64Url.TryDecode(value ?? "", out var bytes) ? bytes : [];
        return BrowserCookie.Read(context, nation.Keys.Nation).Any(secret => CryptographicOperations.FixedTimeEquals(given, MacOf(nation, act, secret)));
    }

    private static Refusal NotOurs() => OAuthRefusal.InvalidRequest("this form came from another site or another browser, so nothing was done");

    private static byte[] MacOf(NationContext nation, string act, string secret) =>
        HMACSHA256.HashData(nation.Keys.Derive("browser-form"), System.Text.Encoding.UTF8.GetBytes($"{act}\0{secret}"));
}
