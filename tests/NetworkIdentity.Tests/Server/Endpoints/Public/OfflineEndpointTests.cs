using System.Text.RegularExpressions;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

/// <summary>The page that checks evidence, and the kit: who knows the nation's address alone comes to both by what the pages lead to.</summary>
public sealed partial class OfflineEndpointTests
{
    [GeneratedRegex("<a [^>]*href=\"(?<url>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [Theory]
    [InlineData("/")]
    [InlineData("/verify")]
    public async Task A_stranger_comes_from_a_page_of_the_nation_to_the_offline_page_and_to_the_kit(string from)
    {
        await using var server = await TestServer.StartAsync();
        var page = await FollowAsync(await server.Http.GetStringAsync(server.Url(from)), "/verify/offline");
        var kit = await FollowAsync(page, "/verify/kit.html");
        Assert.Contains("Content-Security-Policy", kit, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"/", kit, StringComparison.Ordinal);

        async Task<string> FollowAsync(string html, string path)
        {
            var url = Assert.Single(Links().Matches(html).Select(match => match.Groups["url"].Value), url => url.EndsWith(path, StringComparison.Ordinal));
            return await server.Http.GetStringAsync(new Uri(new Uri(server.Url("/")), url));
        }
    }
}
