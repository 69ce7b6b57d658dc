using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>Something that went over the wire.</summary>
/// <param name="Name">What it is, in the specification's words.</param>
/// <param name="Request">The request as it was sent, in lines; the client secret masked.</param>
/// <param name="Answer">The answer as it came; null where the browser carried it on.</param>
public sealed record Exchange(string Name, string Request, string? Answer = null)
{
    private const string Key = "wire";

    /// <summary>A GET of the browser, a parameter a line.</summary>
    public static Exchange OfBrowser(string name, string url) =>
        new(name, "GET " + url.Replace("?", "\n  ?", StringComparison.Ordinal).Replace("&", "\n  &", StringComparison.Ordinal));

    /// <summary>What was kept with a sign-in.</summary>
    public static IReadOnlyList<Exchange> Of(AuthenticationProperties? properties) =>
        properties?.GetString(Key) is { } json ? JsonSerializer.Deserialize<List<Exchange>>(json)! : [];

    /// <summary>Keeps it with the sign-in, and so in the browser's own cookie.</summary>
    public static void Keep(AuthenticationProperties properties, IEnumerable<Exchange> exchanges) =>
        properties.SetString(Key, JsonSerializer.Serialize(exchanges));
}
