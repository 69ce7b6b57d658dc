using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Tests.Server.Pages;

public sealed class OtherPagesTests
{
    private const string Hostile = "\"><img src=x>";
    private const string HostileEncoded = "&quot;&gt;&lt;img src=x&gt;";

    [Fact]
    public async Task The_wallets_device_asks_for_the_number_and_has_a_way_to_say_no()
    {
        var page = await Rendering.RenderAsync<ReturnPage>(Rendering.Return(ReturnKind.ChooseNumber));

        foreach (var number in (string[])["12", "47", "93"])
            Assert.Contains($"""<button type="submit" name="number" value="{number}" class="digits" dir="ltr">{number}</button>""", page, StringComparison.Ordinal);
        Assert.Contains("""<form method="post" action="/sign-in/confirm/abc" """, page, StringComparison.Ordinal);
        Assert.Contains("""<form method="post" action="/sign-in/not-me/abc">""", page, StringComparison.Ordinal);
        Assert.Contains("This was not me", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>Harbour Library</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("""<bdi dir="ltr" class="host">library.example</bdi>""", page, StringComparison.Ordinal);
        Assert.Matches("in <bdi>Firefox on Linux</bdi>\\s+at <time", page);
        Assert.Contains("10:22 UTC</time>, 2 minutes ago", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "less than a minute ago")]
    [InlineData(1, "a minute ago")]
    [InlineData(9, "9 minutes ago")]
    public async Task How_long_ago_it_was_begun_is_said_in_words(int minutes, string words) => Assert.Contains(
        $"</time>, {words}<",
        await Rendering.RenderAsync<ReturnPage>(Rendering.Return(ReturnKind.ChooseNumber) with { MinutesAgo = minutes }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(ReturnKind.WrongNumber)]
    [InlineData(ReturnKind.WrongBrowser)]
    [InlineData(ReturnKind.AlreadyUsed)]
    [InlineData(ReturnKind.Gone)]
    public async Task A_way_back_that_ends_here_says_so_without_an_apps_name(ReturnKind kind)
    {
        var page = await Rendering.RenderAsync<ReturnPage>(Rendering.Return(kind) with { Partner = null });

        Assert.DoesNotContain("Harbour Library", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReturnKind.ChooseNumber)]
    [InlineData(ReturnKind.Confirmed)]
    [InlineData(ReturnKind.WrongNumber)]
    [InlineData(ReturnKind.WrongBrowser)]
    [InlineData(ReturnKind.AlreadyUsed)]
    [InlineData(ReturnKind.Gone)]
    public async Task The_apps_name_on_the_wallets_device_is_encoded_and_isolated(ReturnKind kind)
    {
        var page = await Rendering.RenderAsync<ReturnPage>(Rendering.Return(kind) with { Partner = Hostile });

        Assert.Contains($"<bdi>{HostileEncoded}</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_offer_says_what_it_is_until_when_and_how_to_take_it()
    {
        var page = await Rendering.RenderAsync<OfferPage>(Rendering.Offer());

        Assert.Contains("<h1>Take your <bdi>Membership</bdi></h1>", page, StringComparison.Ordinal);
        Assert.Contains("""<time datetime="2026-03-14T10:22:00Z">14 March 2026, 10:22 UTC</time>""", page, StringComparison.Ordinal);
        Assert.Contains("href=\"openid-credential-offer://?credential_offer_uri=https%3A%2F%2Faurora.example%2Fo%2F1\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"haip-vci://", page, StringComparison.Ordinal);
        Assert.Contains("will ask for a code", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_offer_without_a_code_asks_for_none()
    {
        var page = await Rendering.RenderAsync<OfferPage>(Rendering.Offer() with { NeedsCode = false });

        Assert.DoesNotContain("will ask for a code", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_names_its_reason_the_mend_and_the_code()
    {
        var page = await Rendering.RenderAsync<ErrorPage>(Rendering.Error());

        Assert.Contains("<h1>This app is not known here</h1>", page, StringComparison.Ordinal);
        Assert.Contains("names an app that is not registered", page, StringComparison.Ordinal);
        Assert.Contains("tell its makers", page, StringComparison.Ordinal);
        Assert.Contains("<code dir=\"ltr\">invalid_client</code>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"https://aurora.example/docs/errors#invalid_client\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_encoded()
    {
        var page = await Rendering.RenderAsync<ErrorPage>(Rendering.Error() with { Title = Hostile, Reason = Hostile, Mend = Hostile, Code = Hostile });

        Assert.Contains($"<h1>{HostileEncoded}</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_page_has_what_a_developer_needs()
    {
        var page = await Rendering.RenderAsync<HomePage>(Rendering.Home());

        Assert.Contains("href=\"https://aurora.example/.well-known/openid-configuration\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"https://aurora.example/.well-known/openid-credential-issuer\"", page, StringComparison.Ordinal);
        Assert.Contains(">https://aurora.example</code>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_page_names_what_one_can_do_here()
    {
        var page = await Rendering.RenderAsync<HomePage>(Rendering.Home());
        var list = page[page.IndexOf("What you can do here", StringComparison.Ordinal)..];
        foreach (var url in (string[])["/verify", "/account", "/desk"]) Assert.Contains($"<li><a href=\"https://aurora.example{url}\">", list, StringComparison.Ordinal);
    }
}
