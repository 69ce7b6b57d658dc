using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Pages;

/// <summary>The browser modules at the nation's own host.</summary>
public sealed partial class ModuleFilesTests
{
    private static string Text(Asset asset) => System.Text.Encoding.UTF8.GetString(asset.Bytes.Span);

    [Fact]
    public void What_verifies_is_served_with_all_that_it_imports_and_nothing_of_the_wallets_own()
    {
        Assert.Contains("/assets/verifying/credential-check.js", ModuleFiles.ByPath.Keys);
        Assert.Contains("/assets/shared/sd-jwt.js", ModuleFiles.ByPath.Keys);
        Assert.DoesNotContain(ModuleFiles.ByPath.Keys, path => path.StartsWith("/assets/wallet/", StringComparison.Ordinal));
        var imports = 0;
        foreach (var (path, file) in ModuleFiles.ByPath.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (var target in ModuleFiles.ImportsOf(path, Text(file)))
            {
                imports++;
                Assert.True(ModuleFiles.ByPath.ContainsKey(target), $"{path} imports {target}");
            }
        }

        Assert.InRange(imports, 10, 1000);
    }

    [Fact]
    public void No_module_makes_markup_of_text_or_runs_text()
    {
        foreach (var (path, file) in ModuleFiles.ByPath.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal) && !file.Key.Contains("/vendor/", StringComparison.Ordinal)))
            Assert.False(Dangerous().IsMatch(Text(file)), path);
    }

    [Fact]
    public async Task Each_is_asked_about_again_and_comes_once_while_it_is_the_same()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.Http.GetAsync(server.Url("/assets/verifying/credential-check.js"));
        Assert.Equal((HttpStatusCode.OK, "text/javascript", "no-cache"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType, response.Headers.CacheControl!.ToString()));
        Assert.Equal(Text(ModuleFiles.ByPath["/assets/verifying/credential-check.js"]), await response.Content.ReadAsStringAsync());

        using var again = new HttpRequestMessage(HttpMethod.Get, server.Url("/assets/verifying/credential-check.js")) { Headers = { IfNoneMatch = { response.Headers.ETag! } } };
        using var same = await server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData("/assets/wallet/wallet.html")]
    [InlineData("/assets/wallet/store.js")]
    [InlineData("/assets/verifying/none.js")]
    [InlineData("/assets/verifying/../wallet/wallet.js")]
    public async Task What_is_not_of_these_is_not_there(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.Http.GetAsync(server.Url(path));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment|DOMParser", RegexOptions.None, 1000)]
    private static partial Regex Dangerous();
}
