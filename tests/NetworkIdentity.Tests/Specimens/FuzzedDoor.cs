using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Tests.House;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>
/// Sends broken requests to a server, and judges each answer: within its time and its size, and no error but one that docs/errors.md declares. A failure names
/// the seed that begins with the request that failed.
/// </summary>
internal sealed partial class FuzzedDoor(TestServer server) : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    /// <summary>How much may be allocated for a request, on average.</summary>
    private const long MostBytes = 32 * 1024 * 1024;

    /// <summary>Far beyond what any takes, and far below what a parser that has lost its way would.</summary>
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly HashSet<string> Declared = [.. DeclaredCodes().Matches(Tree.Read("docs/errors.md")).Select(match => match.Groups["code"].Value)];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    /// <summary>Makes a request from a mutator, again and again, and judges what comes; some must have been refused, and <paramref name="taken"/> says whether some must not.</summary>
    public async Task RunAsync(Func<Mutator, Task<HttpRequestMessage>> make, int rounds = 200, bool taken = true)
    {
        var (refused, fine) = (0, 0);
        var before = GC.GetTotalAllocatedBytes();
        for (var round = 0; round < rounds * Mutator.Times; round++)
        {
            var seed = Mutator.UsualSeed + (uint)round;
            using var request = await make(new Mutator((seed * 2654435761) | 1));
            var sent = $"NETID_FUZZ_SEED={seed}: {request.Method} {request.RequestUri} {request.Headers} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
            if (await IsRefusedAsync(request, sent.Length > 4000 ? sent[..4000] : sent)) refused++;
            else fine++;
        }

        // Client, server and whatever runs beside: one request that is blown up stands out all the same.
        Assert.InRange((GC.GetTotalAllocatedBytes() - before) / (rounds * Mutator.Times), 0, MostBytes);
        Assert.True(refused > rounds / 20, $"of {rounds} only {refused} were refused");
        if (taken) Assert.True(fine > 0, "all were refused: nothing got past the first check");
    }

    /// <summary>A GET of a path and a query as it stands: what no request line can hold is left out.</summary>
    public HttpRequestMessage Get(string path, string query) =>
        new(HttpMethod.Get, new Uri(server.Url(path) + "?" + new string([.. query.Where(c => c is > ' ' and < '\x7f' and not '#')]), AsWritten));

    /// <summary>A form, or now and then a body that is nearly one.</summary>
    public HttpRequestMessage Post(string path, IEnumerable<KeyValuePair<string, string>> form, Mutator mutator)
    {
        var body = Encode(form);
        if (mutator.Next(6) == 0) body = mutator.Text(body);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", mutator.Next(20) == 0 ? Header(mutator.Text("application/x-www-form-urlencoded")) : "application/x-www-form-urlencoded");
        return new(HttpMethod.Post, server.Url(path)) { Content = content };
    }

    /// <summary>Fields as a form's body or a query.</summary>
    public static string Encode(IEnumerable<KeyValuePair<string, string>> form) =>
        string.Join('&', form.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}"));

    /// <summary>What of a text a header can hold.</summary>
    public static string Header(string text) => new([.. text.Where(c => c is >= ' ' and < '\x100' and not '\x7f')]);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<bool> IsRefusedAsync(HttpRequestMessage request, string sent)
    {
        var begun = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var status = (int)response.StatusCode;
        Assert.True(status < 500, $"{status} {body} for {sent}");
        Assert.True(body.Length <= LongestAnswer, $"{body.Length} characters for {sent}");
        Assert.True(Stopwatch.GetElapsedTime(begun) < Slowest, $"{Stopwatch.GetElapsedTime(begun)} for {sent}");
        Assert.False(body.Contains("   at NetworkIdentity", StringComparison.Ordinal), sent);

        var code = response.Content.Headers.ContentType?.MediaType switch
        {
            "application/json" when status >= 400 => OfJson(body, sent),
            "text/html" when status >= 400 => OfPage().Match(body).Groups["code"].Value,
            "text/html" => OfPostedForm().Match(body) is { Success: true } form ? form.Groups["code"].Value : null,
            _ => response.Headers.Location is { } location ? System.Web.HttpUtility.ParseQueryString(location.ToString().Split('?', 2).ElementAtOrDefault(1) ?? "")["error"] : null,
        };
        if (code is not null) Assert.True(Declared.Contains(code), $"'{code}' is not in docs/errors.md, for {sent}");
        return code is not null || status >= 400;
    }

    private static string OfJson(string body, string sent)
    {
        var json = (JsonObject)JsonNode.Parse(body)!;
        Assert.True(json["error_description"]!.GetValue<string>().All(c => c is >= ' ' and <= '~' and not '"' and not '\\'), $"{body} for {sent}");
        return json["error"]!.GetValue<string>();
    }

    [GeneratedRegex("^## (?<code>[a-z_]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DeclaredCodes();

    [GeneratedRegex("Reason <code dir=\"ltr\">(?<code>[a-z_]*)</code>", RegexOptions.ExplicitCapture)]
    private static partial Regex OfPage();

    [GeneratedRegex("name=\"error\" value=\"(?<code>[a-z_]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex OfPostedForm();
}
