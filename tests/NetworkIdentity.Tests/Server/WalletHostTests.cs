using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The wallet in the browser has a host of its own, where nothing else answers, and a policy of its own.</summary>
public sealed partial class WalletHostTests : IAsyncLifetime
{
    private const string Wallet = "wallet.localhost";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(change: settings => settings with { WalletUrl = settings.Issuer!.Replace("//localhost", "//" + Wallet, StringComparison.Ordinal) });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [GeneratedRegex("<script[^>]*>[^<]|<style| style=| on[a-z]+=|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex("""(?:src|href)="(?<path>/[^"#]*)["#]""", RegexOptions.ExplicitCapture)]
    private static partial Regex Loaded();

    [GeneratedRegex("""\bfrom "(?<path>[./][^"]+)"|\bimport\("(?<path>[./][^"]+)"\)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Imported();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment|DOMParser", RegexOptions.None)]
    private static partial Regex Dangerous();

    [Fact]
    public async Task Nothing_of_the_nation_answers_at_the_wallets_host()
    {
        var paths = _server.Routes.Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/').Replace("{id}", "x", StringComparison.Ordinal).Replace("{file}", "netid.css", StringComparison.Ordinal));
        foreach (var path in paths.Where(path => path != "/"))
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, response.StatusCode));
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            using var posted = await SendAsync(HttpMethod.Post, path);
            Assert.Equal((path, HttpStatusCode.MethodNotAllowed), (path, posted.StatusCode));
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, _server.Url("/token")) { Headers = { Host = Wallet } };
        preflight.Headers.Add("Origin", "https://elsewhere.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using var answer = await _server.Http.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Nothing_of_the_wallet_answers_at_the_nations_host_or_where_none_is_configured()
    {
        foreach (var path in WalletFiles.ByPath.Keys.Where(path => path != "/"))
        {
            using var response = await _server.Http.GetAsync(_server.Url(path));
            Assert.Equal((path, HttpStatusCode.NotFound), (path, response.StatusCode));
        }

        await using var without = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, without.Url("/service-worker.js")) { Headers = { Host = Wallet } };
        using var nothing = await without.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        using var home = new HttpRequestMessage(HttpMethod.Get, without.Url("/")) { Headers = { Host = Wallet } };
        using var nation = await without.Http.SendAsync(home);
        Assert.Contains("Nation of Tests", await nation.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wallet.localhost", true)]
    [InlineData("WALLET.localhost:1", true)]
    [InlineData("localhost", false)]
    [InlineData("wallet.localhost.example", false)]
    [InlineData("a.wallet.localhost", false)]
    public async Task The_host_alone_decides_whatever_its_port(string host, bool isWallet)
    {
        using var response = await SendAsync(HttpMethod.Get, "/wallet.js", host: host);
        Assert.Equal(isWallet ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_has_the_wallets_policy()
    {
        foreach (var path in (string[])["/", "/offer?credential_offer=x", "/present", "/wallet.js", "/service-worker.js", "/nothing"])
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
                + "connect-src 'self' https: http://localhost:* http://*.localhost:*; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
                + "require-trusted-types-for 'script'; trusted-types wallet",
                Header(response, "Content-Security-Policy"));
            Assert.StartsWith("camera=(self), microphone=()", Header(response, "Permissions-Policy"), StringComparison.Ordinal);
            Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
            Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
            Assert.Equal("same-origin", Header(response, "Cross-Origin-Opener-Policy"));
            Assert.False(response.Headers.Contains("Strict-Transport-Security"));
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task In_production_it_is_there_too_and_says_https()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with
        {
            Urls = settings.Issuer,
            Issuer = "https://nation.example",
            WalletUrl = "https://wallet.example",
            IsPractice = false,
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.UrlHere("/")) { Headers = { Host = "wallet.example" } };
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("max-age=31536000", Header(response, "Strict-Transport-Security"));
        Assert.Contains("connect-src 'self' https:; ", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/offer", "text/html; charset=utf-8")]
    [InlineData("/present", "text/html; charset=utf-8")]
    [InlineData("/wallet.js", "text/javascript; charset=utf-8")]
    [InlineData("/screens/home.js", "text/javascript; charset=utf-8")]
    [InlineData("/shared/vendor/jsQR.js", "text/javascript; charset=utf-8")]
    [InlineData("/service-worker.js", "text/javascript; charset=utf-8")]
    [InlineData("/netid.css", "text/css; charset=utf-8")]
    [InlineData("/wallet.css", "text/css; charset=utf-8")]
    [InlineData("/wallet.webmanifest", "application/manifest+json")]
    [InlineData("/icon.svg", "image/svg+xml")]
    [InlineData("/icon-512.png", "image/png")]
    public async Task A_file_has_its_type_and_is_asked_about_again_each_time(string path, string type)
    {
        using var first = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(type, first.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", first.Headers.CacheControl?.ToString());
        Assert.NotEmpty(await first.Content.ReadAsByteArrayAsync());

        using var again = await SendAsync(HttpMethod.Get, path, first.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void The_service_worker_is_another_whenever_a_file_is_and_keeps_all_of_them()
    {
        var worker = Text(WalletFiles.ByPath[WalletFiles.ServiceWorker]);
        Assert.Matches("^const version = \"[0-9a-f]{16}\";\nconst files = \\[", worker);
        foreach (var path in WalletFiles.ByPath.Keys.Except(["/offer", "/present", WalletFiles.ServiceWorker]))
            Assert.Contains($"\"{path}\"", worker.Split('\n')[1], StringComparison.Ordinal);
        Assert.DoesNotContain(WalletFiles.ServiceWorker, worker.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_nothing_inline_and_loads_what_is_there()
    {
        var page = Text(WalletFiles.ByPath["/"]);
        Assert.DoesNotMatch(Inline(), page);
        var loaded = Loaded().Matches(page).Select(match => match.Groups["path"].Value).Distinct().ToList();
        Assert.Contains("/wallet.js", loaded);
        Assert.All(loaded, path => Assert.Contains(path, WalletFiles.ByPath.Keys));
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_module_that_is_imported_is_there_and_none_makes_markup_of_text()
    {
        var imports = 0;
        foreach (var (path, file) in WalletFiles.ByPath.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal) && !file.Key.StartsWith("/shared/vendor/", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch(Dangerous(), Text(file));
            foreach (Match match in Imported().Matches(Text(file)))
            {
                imports++;
                var target = new Uri(new Uri("http://x" + path), match.Groups["path"].Value).AbsolutePath;
                Assert.True(WalletFiles.ByPath.ContainsKey(target), $"{path} imports {target}");
            }
        }

        Assert.InRange(imports, 40, 1000);
    }

    [Fact]
    public async Task The_pages_link_to_it_with_what_the_other_links_carry()
    {
        var offer = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Url($"/offer/{offer.Id}"));
        request.Headers.Accept.ParseAdd("application/xhtml+xml");
        using var response = await _server.Http.SendAsync(request);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
        var origin = _server.Issuer.Replace("//localhost", "//" + Wallet, StringComparison.Ordinal);
        var carried = Regex.Match(page, "href=\"openid-credential-offer://(?<query>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking).Groups["query"].Value;
        Assert.StartsWith("?credential_offer_uri=", carried, StringComparison.Ordinal);
        Assert.Contains($"<a class=\"button first\" href=\"{origin}/offer{carried}\">Open the wallet in this browser</a>", page, StringComparison.Ordinal);
    }

    private static string Text(Asset asset) => System.Text.Encoding.UTF8.GetString(asset.Bytes.Span);

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, EntityTagHeaderValue? known = null, string host = Wallet)
    {
        var request = new HttpRequestMessage(method, _server.Url(path)) { Headers = { Host = host } };
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return _server.Http.SendAsync(request);
    }
}
