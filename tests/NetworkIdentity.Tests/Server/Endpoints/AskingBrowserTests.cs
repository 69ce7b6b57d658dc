using NetworkIdentity.Server.Endpoints;

namespace NetworkIdentity.Tests.Server.Endpoints;

public sealed class AskingBrowserTests
{
    [Theory]
    [InlineData("Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:141.0) Gecko/141.0 Firefox/141.0")]
    [InlineData("Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0")]
    [InlineData("Firefox on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/141.0 Mobile/15E148 Safari/605.1.15")]
    [InlineData("Chrome on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36")]
    [InlineData("Chrome on Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36")]
    [InlineData("Chrome on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/139.0.7258.76 Mobile/15E148 Safari/604.1")]
    [InlineData("Chrome on a Chromebook", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36")]
    [InlineData("Edge on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0")]
    [InlineData("Edge on Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36 EdgA/139.0.0.0")]
    [InlineData("Opera on Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 OPR/123.0.0.0")]
    [InlineData("Samsung Internet on Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36")]
    [InlineData("Safari on a Mac or iPad", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15")]
    [InlineData("Safari on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1")]
    [InlineData("Safari on an iPad", "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1")]
    [InlineData("Safari", "Safari/605.1.15")]
    [InlineData("a browser on Linux", "Lynx (Linux)")]
    [InlineData(AskingBrowser.Unknown, null)]
    [InlineData(AskingBrowser.Unknown, "")]
    [InlineData(AskingBrowser.Unknown, "curl/8.14.1")]
    public void A_browser_is_named_by_its_family_and_its_system(string words, string? userAgent) => Assert.Equal(words, AskingBrowser.WordsFor(userAgent));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Call +1 555 0100 now. Firefox/1 <b>(Android)</b>")]
    [InlineData("\u202eWindows\0\n")]
    [InlineData("Your bank, on Android")]
    public void Nothing_of_the_header_itself_comes_back(string userAgent)
    {
        string[] known = ["Firefox on Android", "a browser on Windows", "a browser on Android", AskingBrowser.Unknown];
        Assert.Contains(AskingBrowser.WordsFor(userAgent), known);
        Assert.Contains(AskingBrowser.WordsFor(string.Concat(Enumerable.Repeat(userAgent, 10_000))), known);
    }
}
