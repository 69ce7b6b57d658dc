using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints;

namespace NetworkIdentity.Server.Practice;

/// <summary>Writes what wallets, apps and browsers exchange with a practice nation onto the <see cref="Tape"/>. It changes nothing of it.</summary>
public sealed class Taping(RequestDelegate next, NationContext nation, Tape tape)
{
    private const int LongestBody = 64 * 1024;

    private static readonly string[] RequestHeaders = ["Accept", "Authorization", "Content-Type", "Origin"];
    private static readonly string[] ResponseHeaders = ["Cache-Control", "Content-Type", "Location", "WWW-Authenticate"];

    /// <summary>What is not part of a protocol: the pages' own files, the tour itself, and the question that a page repeats each second.</summary>
    private static readonly string[] Untaped = ["/assets/", "/health/", "/tour"];

    private readonly string _path = WellKnown.PathOf(nation.Keys.Nation.Issuer);

    /// <summary>Passes the request on, and keeps it with its answer.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.StartsWith(_path, StringComparison.Ordinal)) path = path[_path.Length..];
        if (path is "/" or "" || path.EndsWith("/state", StringComparison.Ordinal) || HttpMethods.IsOptions(context.Request.Method)
            || Untaped.Any(start => path.StartsWith(start, StringComparison.Ordinal)))
        {
            await next(context);
            return;
        }

        var at = nation.Time.GetUtcNow();
        var asked = await RequestBodyAsync(context.Request);
        var answer = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = answer;
            copy.Position = 0;
            await copy.CopyToAsync(answer, context.RequestAborted);
        }

        tape.Add(new Exchange
        {
            At = at,
            Method = context.Request.Method,
            Path = path,
            Target = path + context.Request.QueryString,
            RequestHeaders = Chosen(context.Request.Headers, RequestHeaders),
            RequestBody = WithoutSecret(asked),
            Status = context.Response.StatusCode,
            ResponseHeaders = Chosen(context.Response.Headers, ResponseHeaders),
            ResponseBody = IsPage(context.Response) ? "" : Text(copy.GetBuffer().AsSpan(0, (int)copy.Length)),
            Visitor = TourCookie.Read(context, nation.Keys),
            SignInId = await SignInOfAsync(path, context),
        });
    }

    private static async Task<string> RequestBodyAsync(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return "";
        request.EnableBuffering();
        var buffer = new byte[LongestBody];
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer, LongestBody, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            return Text(buffer.AsSpan(0, length));
        }
        catch (BadHttpRequestException)
        {
            // Too large, or cut short: the endpoint meets the same, and its door has the words for it.
            return "";
        }
        finally
        {
            request.Body.Position = 0;
        }
    }

    private static List<KeyValuePair<string, string>> Chosen(IHeaderDictionary headers, string[] names) =>
        [.. names.Where(headers.ContainsKey).Select(name => KeyValuePair.Create(name, headers[name].ToString() is var value && value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? "Basic …" : value))];

    /// <summary>An app's secret is a secret in practice too.</summary>
    private static string WithoutSecret(string body) => string.Join('&', body.Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[0]) == "client_secret" ? "client_secret=…" : pair));

    private static bool IsPage(HttpResponse response) => response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LongestBody)]);

    /// <summary>The sign-in that a path belongs to; for a wallet's paths, the database knows it.</summary>
    private async Task<string?> SignInOfAsync(string path, HttpContext context)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["authorize"]:
                var location = context.Response.Headers.Location.ToString();
                var start = nation.Keys.Nation.Url("/sign-in/");
                return location.StartsWith(start, StringComparison.Ordinal) ? location[start.Length..] : null;
            case ["request" or "response", var id]:
                return (await PresentationRequests.FindAsync(nation.Database, id))?.SignInId;
            case ["sign-in", "return" or "confirm" or "not-mine"]:
                return context.Request.Query["response_code"].ToString() is { Length: > 0 } code
                    ? (await PresentationRequests.FindByResponseCodeAsync(nation.Database, code))?.SignInId
                    : null;
            case ["sign-in", var id, ..]:
                return id;
            default:
                return null;
        }
    }
}
