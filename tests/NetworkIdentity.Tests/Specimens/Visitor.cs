using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A browser that knows *.localhost, keeps cookies by host, and holds every page of a sample app against what all pages must be.</summary>
internal sealed partial class Visitor(bool keepsCookies = true, X509Certificate2? trustedRoot = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = keepsCookies,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trustedRoot is null ? null : Leading(trustedRoot) },
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    /// <summary>Where the visitor is: the page that was shown last.</summary>
    public string Url { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    /// <summary>The page's words and marks.</summary>
    public string Html { get; private set; } = "";

    /// <summary>The first heading.</summary>
    public string Heading => WebUtility.HtmlDecode(Tag().Replace(FirstHeading().Match(Html).Groups["text"].Value, "")).Trim();

    /// <summary>The page's text without its marks, in one line.</summary>
    public string Text => Space().Replace(WebUtility.HtmlDecode(Tag().Replace(Html, "")), " ");

    /// <summary>Goes to an address and on wherever it leads, but not to an address that <paramref name="stop"/> holds for.</summary>
    /// <returns>The address that was not gone to; null where the way ended at a page.</returns>
    public async Task<string?> GoAsync(string url, Func<string, bool>? stop = null)
    {
        for (var steps = 0; steps < 10; steps++)
        {
            if (stop?.Invoke(url) == true) return url;
            using var response = await _http.GetAsync(url);
            if (response.Headers.Location is { } location)
            {
                url = new Uri(new Uri(url), location).AbsoluteUri;
                continue;
            }

            await SeeAsync(url, response);
            return null;
        }

        throw new InvalidOperationException($"the way leads round and round, to {url}");
    }

    /// <summary>Presses the button of the page's form that posts, with its fields.</summary>
    public Task PressAsync(Func<string, string>? change = null) => PostAsync(
        new Uri(new Uri(Url), Form().Match(Html).Groups["action"].Value).AbsoluteUri,
        Field().Matches(Html).ToDictionary(match => match.Groups["name"].Value, match => (change ?? (value => value))(WebUtility.HtmlDecode(match.Groups["value"].Value))));

    /// <summary>Posts a form, and follows.</summary>
    public async Task PostAsync(string url, Dictionary<string, string> fields)
    {
        using var response = await _http.PostAsync(url, new FormUrlEncodedContent(fields));
        if (response.Headers.Location is { } location) await GoAsync(new Uri(new Uri(url), location).AbsoluteUri);
        else await SeeAsync(url, response);
    }

    /// <summary>Gets something and follows nothing.</summary>
    public Task<HttpResponseMessage> GetAsync(string url) => _http.GetAsync(url);

    public void Dispose() => _http.Dispose();

    private async Task SeeAsync(string url, HttpResponseMessage response)
    {
        (Url, Status, Html) = (url, response.StatusCode, await response.Content.ReadAsStringAsync());
        if (!Html.Contains("A sample app", StringComparison.Ordinal)) return;
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("unsafe", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.StartsWith("<!DOCTYPE html>", Html);
        Assert.Contains("<html lang=\"en\" dir=\"ltr\">", Html);
        Assert.Single(FirstHeading().Matches(Html));
        Assert.NotEqual("", Heading);
        Assert.Single(Regex.Matches(Html, "<main[ >]"));
        Assert.DoesNotMatch("<script|<style|<[^>]* style=|<[^>]* on[a-z]+=", Html);
        Assert.All(Regex.Matches(Html, "<link [^>]*href=\"(?<url>[^\"]*)\"", RegexOptions.ExplicitCapture), match => Assert.Matches("^(/assets/|data:,)", match.Groups["url"].Value));
    }

    private static X509ChainPolicy Leading(X509Certificate2 root) =>
        new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } };

    [GeneratedRegex("<h1[^>]*>(?<text>.*?)</h1>", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstHeading();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("<form[^>]* method=\"post\"[^>]* action=\"(?<action>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Field();
}
