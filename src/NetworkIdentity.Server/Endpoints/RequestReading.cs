using Microsoft.Net.Http.Headers;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>Reads requests the way the specifications say they are sent.</summary>
internal static class RequestReading
{
    /// <summary>The longest body, in bytes. A presentation is the longest thing that is sent here.</summary>
    public const int MaxBody = 512 * 1024;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>The query's parameters, each as often as it was sent.</summary>
    public static OAuthParameters Query(HttpRequest request) =>
        new(request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));

    /// <summary>The body's parameters, each as often as it was sent.</summary>
    /// <exception cref="Standards.Refusal"><c>invalid_request</c>: the body is not a form.</exception>
    public static async Task<OAuthParameters> FormAsync(HttpRequest request)
    {
        var form = await ReadFormAsync(request);
        return new(form.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));
    }

    /// <summary>The body's parameters, where values may be long; one that stands twice is refused.</summary>
    /// <exception cref="Standards.Refusal"><c>invalid_request</c>.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> LongFormAsync(HttpRequest request)
    {
        var form = await ReadFormAsync(request);
        if (form.Any(pair => pair.Value.Count > 1)) throw OAuthRefusal.InvalidRequest("a parameter stands twice");
        return form.Where(pair => !string.IsNullOrEmpty(pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    /// <summary>The whole body.</summary>
    public static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.ToArray();
    }

    /// <summary>
    /// Whether a person opened this address in a browser. Browsers ask for XHTML; wallets and libraries do not, though some ask for HTML by default.
    /// </summary>
    public static bool IsBrowser(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Headers.Accept.ToString().Contains("application/xhtml+xml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the body is JSON, by its content type.</summary>
    public static bool IsJson(HttpRequest request) => MediaType(request) == "application/json";

    private static async Task<IFormCollection> ReadFormAsync(HttpRequest request)
    {
        if (MediaType(request) != FormType) throw OAuthRefusal.InvalidRequest($"the body must be {FormType}");
        return await request.ReadFormAsync(
            new Microsoft.AspNetCore.Http.Features.FormOptions { ValueLengthLimit = MaxBody, ValueCountLimit = 64, KeyLengthLimit = 256 },
            request.HttpContext.RequestAborted);
    }

    /// <summary>The media type; empty where it is malformed, or names a charset that is not UTF-8 or a part of it, which no two readers would read alike.</summary>
    private static string MediaType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return "";
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return !charset.HasValue || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
            ? type.MediaType.Value!.ToLowerInvariant()
            : "";
    }
}
