using System.Net;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>HTTP as a browser, an app's server and a wallet speak it, over connections that are kept; whatever is not as expected ends the run.</summary>
internal sealed class Traffic : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });

    /// <summary>The body of a 200.</summary>
    public async Task<string> GetAsync(string url, Browser? browser = null)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, url), browser);
        return await OkAsync(response);
    }

    /// <summary>Where a GET leads to.</summary>
    public Task<string> FollowAsync(string url, Browser browser) => RedirectAsync(new HttpRequestMessage(HttpMethod.Get, url), browser);

    /// <summary>Where a form leads to.</summary>
    public Task<string> FollowAsync(string url, Browser browser, params (string Name, string Value)[] form) =>
        RedirectAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = Form(form) }, browser);

    /// <summary>The JSON that a form is answered with.</summary>
    public async Task<JsonObject> PostAsync(string url, string? authorization, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = Form(form) };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await SendAsync(request, null);
        return (JsonObject)JsonNode.Parse(await OkAsync(response))!;
    }

    /// <summary>The JSON that JSON is answered with.</summary>
    public async Task<JsonObject> PostAsync(string url, string? authorization, JsonObject body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await SendAsync(request, null);
        return (JsonObject)JsonNode.Parse(await OkAsync(response))!;
    }

    /// <summary>Whether a GET is answered with 200.</summary>
    public async Task<bool> AnswersAsync(string url)
    {
        try
        {
            using var response = await _http.GetAsync(url);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Nobody listens yet.
            return false;
        }
    }

    /// <summary>A parameter of a URL's query.</summary>
    public static string Parameter(string url, string name)
    {
        foreach (var pair in url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
            if (pair.StartsWith(name + "=", StringComparison.Ordinal)) return Uri.UnescapeDataString(pair[(name.Length + 1)..]);
        throw new InvalidOperationException($"{url} has no {name}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> RedirectAsync(HttpRequestMessage request, Browser browser)
    {
        var from = request.RequestUri!;
        using var response = await SendAsync(request, browser);
        return response.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.Found
            ? new Uri(from, response.Headers.Location!).AbsoluteUri
            : throw new InvalidOperationException($"{from} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Browser? browser)
    {
        using (request)
        {
            browser?.Send(request);
            var response = await _http.SendAsync(request);
            browser?.Keep(response);
            return response;
        }
    }

    private static async Task<string> OkAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK
            ? body
            : throw new InvalidOperationException($"{response.RequestMessage!.RequestUri} was answered with {(int)response.StatusCode}: {body}");
    }

    private static FormUrlEncodedContent Form((string Name, string Value)[] form) => new(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    /// <summary>A browser's cookies. It visits one site, so their names are enough.</summary>
    internal sealed class Browser
    {
        private readonly Dictionary<string, string> _cookies = [];

        public void Send(HttpRequestMessage request)
        {
            if (_cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        public void Keep(HttpResponseMessage response)
        {
            if (!response.Headers.TryGetValues("Set-Cookie", out var all)) return;
            foreach (var cookie in all)
            {
                var pair = cookie.Split(';')[0].Split('=', 2);
                if (pair[1].Length == 0) _cookies.Remove(pair[0]);
                else _cookies[pair[0]] = pair[1];
            }
        }
    }
}
