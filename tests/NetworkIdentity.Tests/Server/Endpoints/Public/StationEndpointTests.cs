using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

/// <summary>The station's page at the nation's own host: a policy of its own, the camera for it alone, and a worker that keeps what it loads.</summary>
public sealed partial class StationEndpointTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(change: settings => settings with { WalletUrl = settings.Issuer!.Replace("//localhost", "//wallet.localhost", StringComparison.Ordinal) });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [GeneratedRegex("<script[^>]*>[^<]|<style| style=| on[a-z]+=|javascript:", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Inline();

    [GeneratedRegex("""(?:src|href)="(?<path>/[^"#]*)["#]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Loaded();

    [Theory]
    [InlineData("/station")]
    [InlineData("/station/answer")]
    public async Task The_page_is_there_at_rest_and_for_an_answer_with_a_policy_of_its_own(string path)
    {
        using var response = await _server.Http.GetAsync(_server.Url(path));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        foreach (var rule in new[] { "default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'" })
            Assert.Contains(rule, policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.StartsWith("camera=(self), microphone=()", Assert.Single(response.Headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.True(response.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task No_other_page_of_the_nation_may_open_the_camera_by_it()
    {
        using var response = await _server.Http.GetAsync(_server.Url("/verify"));
        Assert.False(response.Headers.TryGetValues("Permissions-Policy", out var values) && values.Any(value => value.Contains("camera=(self)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_page_has_nothing_inline_and_loads_what_is_there()
    {
        var page = await _server.Http.GetStringAsync(_server.Url("/station"));
        Assert.DoesNotMatch(Inline(), page);
        Assert.DoesNotContain("{", page, StringComparison.Ordinal);
        Assert.Contains($"data-wallet=\"{_server.Issuer.Replace("//localhost", "//wallet.localhost", StringComparison.Ordinal)}\"", page, StringComparison.Ordinal);
        var loaded = Loaded().Matches(page).Select(match => match.Groups["path"].Value).Distinct().ToList();
        Assert.Contains("/assets/station/station.js", loaded);
        foreach (var path in loaded)
        {
            using var response = await _server.Http.GetAsync(_server.Url(path));
            Assert.Equal((path, HttpStatusCode.OK), (path, response.StatusCode));
        }
    }

    [Fact]
    public async Task The_worker_keeps_all_that_the_page_loads_and_may_keep_the_page()
    {
        using var response = await _server.Http.GetAsync(_server.Url("/station/service-worker.js"));
        Assert.Equal("/station", Assert.Single(response.Headers.GetValues("Service-Worker-Allowed")));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.Matches("^const version = \"[0-9a-f]{16}\";$", lines[0]);
        var files = JsonSerializer.Deserialize<List<string>>(lines[3]["const files = ".Length..^1])!;
        Assert.Superset(
            new HashSet<string> { "/station", "/station/station.webmanifest", "/assets/station/station.js", "/assets/station/station.css", "/assets/verifying/credential-check.js", "/assets/shared/vendor/jsQR.js", Assets.Css.Url },
            files.ToHashSet());
        Assert.DoesNotContain(files, path => path.EndsWith("service-worker.js", StringComparison.Ordinal) || path == "/station/bundle");
        foreach (var path in files)
        {
            using var file = await _server.Http.GetAsync(_server.Url(path));
            Assert.Equal((path, HttpStatusCode.OK), (path, file.StatusCode));
        }
    }

    [Fact]
    public async Task The_manifest_makes_it_a_program_of_its_own()
    {
        using var manifest = JsonDocument.Parse(await _server.Http.GetStringAsync(_server.Url("/station/station.webmanifest")));
        var root = manifest.RootElement;
        Assert.Equal(("/station", "/station", "standalone"), (root.GetProperty("start_url").GetString(), root.GetProperty("scope").GetString(), root.GetProperty("display").GetString()));
        foreach (var icon in root.GetProperty("icons").EnumerateArray())
        {
            using var response = await _server.Http.GetAsync(_server.Url(icon.GetProperty("src").GetString()!));
            Assert.Equal((HttpStatusCode.OK, icon.GetProperty("type").GetString()), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        }
    }

    [Theory]
    [InlineData("/station/station.html")]
    [InlineData("/station/station.js")]
    [InlineData("/station/none")]
    [InlineData("/assets/station/station.html")]
    [InlineData("/assets/station/service-worker.js")]
    public async Task What_is_no_file_of_it_is_not_there(string path)
    {
        using var response = await _server.Http.GetAsync(_server.Url(path));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task What_is_the_same_comes_once()
    {
        using var first = await _server.Http.GetAsync(_server.Url("/station"));
        using var again = new HttpRequestMessage(HttpMethod.Get, _server.Url("/station")) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var same = await _server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }
}
