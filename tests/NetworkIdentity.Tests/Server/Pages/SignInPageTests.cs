using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Server.Pages;

public sealed class SignInPageTests
{
    private const string Hostile = "\"><script>alert(1)</script>";
    private const string HostileEncoded = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";

    private static Task<string> RenderAsync(SignInView view) => Rendering.RenderAsync<SignInPage>(view);

    private static Task<string> RenderAsync(SignInState state) => RenderAsync(Rendering.SignIn(state));

    [Theory]
    [InlineData(SignInState.Waiting)]
    [InlineData(SignInState.Scanned)]
    [InlineData(SignInState.Confirming)]
    [InlineData(SignInState.Verified)]
    [InlineData(SignInState.Failed)]
    [InlineData(SignInState.Expired)]
    [InlineData(SignInState.Cancelled)]
    public async Task A_partners_name_is_encoded_and_isolated(SignInState state)
    {
        var page = await RenderAsync(Rendering.SignIn(state) with { Partner = Hostile });

        Assert.Contains($"<bdi>{HostileEncoded}</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_apps_own_pages_are_links_that_tell_them_nothing_and_load_nothing()
    {
        var view = Rendering.SignIn(SignInState.Waiting);
        Assert.DoesNotContain("says more in", await RenderAsync(view), StringComparison.Ordinal);
        var page = await RenderAsync(view with { PartnerLinks = [new("its logo", "https://library.example/logo.png"), new("its terms of service", "https://library.example/terms?a=b&c")] });
        Assert.Contains("""<a href="https://library.example/logo.png" rel="noopener noreferrer" target="_blank">its logo</a>""", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="https://library.example/terms?a=b&amp;c" rel="noopener noreferrer" target="_blank">its terms of service</a>""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_app_that_nobody_registered_is_said_to_be_so_with_its_host()
    {
        var view = Rendering.SignIn(SignInState.Waiting);
        Assert.DoesNotContain("Nobody registered", await RenderAsync(view), StringComparison.Ordinal);
        Assert.Contains("""at <bdi dir="ltr" class="host">app.example</bdi>""", await RenderAsync(view with { SelfMade = "app.example" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_credential_says_whatever_is_asked_is_told_too()
    {
        var page = await RenderAsync(Rendering.SignIn(SignInState.Waiting));
        Assert.Contains("Charter version is in the clear in every one", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInState.Waiting)]
    [InlineData(SignInState.Failed)]
    public async Task Everything_else_of_the_view_but_the_drawing_is_encoded(SignInState state)
    {
        var view = Rendering.SignIn(state);
        var page = await RenderAsync(view with
        {
            Nation = Hostile,
            PartnerHost = Hostile,
            SelfMade = Hostile,
            PartnerLinks = [new PartnerLink(Hostile, Hostile)],
            Asked = [new AskedCredential(Hostile, [Hostile], [Hostile], Hostile)],
            SameDeviceLink = Hostile,
            HaipLink = Hostile,
            QrText = Hostile,
            Number = Hostile,
            BegunOn = Hostile,
            StateUrl = Hostile,
            ContinueUrl = Hostile,
            CancelUrl = Hostile,
            AgainUrl = Hostile,
            ReasonTitle = Hostile,
            Reason = Hostile,
            Mend = Hostile,
            ReasonCode = Hostile,
            CorrelationId = Hostile,
        });

        Assert.Contains(HostileEncoded, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("=\"\">", page.Replace("href=\"\">Look now", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nations_name_is_isolated()
    {
        Assert.Contains("<bdi>Aurora</bdi>", await RenderAsync(SignInState.Waiting), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_says_who_asks_where_the_answer_goes_what_and_why()
    {
        var page = await RenderAsync(SignInState.Waiting);

        Assert.Contains("<h1>Sign in to <bdi>Harbour Library</bdi></h1>", page, StringComparison.Ordinal);
        Assert.Contains("library.example", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>Membership</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>Member number</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>To lend you books as a member.</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("Only that you hold it.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_has_four_ways_and_the_time_left_and_no_number_yet()
    {
        var view = Rendering.SignIn(SignInState.Waiting);
        var page = await RenderAsync(view);

        Assert.Contains("href=\"" + view.SameDeviceLink.Replace("&", "&amp;", StringComparison.Ordinal), page, StringComparison.Ordinal);
        Assert.Contains("href=\"" + view.HaipLink!.Replace("&", "&amp;", StringComparison.Ordinal), page, StringComparison.Ordinal);
        Assert.Contains(view.QrSvg, page, StringComparison.Ordinal);
        Assert.Contains(">" + view.QrText.Replace("&", "&amp;", StringComparison.Ordinal) + "</textarea>", page, StringComparison.Ordinal);
        Assert.Contains("""<section data-digital hidden""", page, StringComparison.Ordinal);
        Assert.Contains("""data-code-seconds="30" data-digital-url="/sign-in/abc/digital">""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("47", page, StringComparison.Ordinal);
        Assert.Contains("""<span role="timer" data-time>4:32</span>""", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirming_shows_the_number_and_says_what_to_do_with_it_and_where_there_is_nothing_to_do_it_with()
    {
        var page = await RenderAsync(SignInState.Confirming);
        Assert.Contains("<h1>Choose this number on your wallet’s device</h1>", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="digits" dir="ltr">47</span>""", page, StringComparison.Ordinal);
        Assert.Contains("It asks nothing there?", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/sign-in/abc/again\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/sign-in/abc/continue\">", page.Replace("data-continue-url=\"/sign-in/abc/continue\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInState.Waiting)]
    [InlineData(SignInState.Scanned)]
    public async Task It_says_where_and_when_it_was_begun(SignInState state)
    {
        var view = Rendering.SignIn(state);
        var page = await RenderAsync(view);
        Assert.Matches("Begun in <bdi>Firefox on Linux</bdi>\\s+at <time", page);
        Assert.Contains("""<time datetime="2026-03-14T10:22:00Z">10:22 UTC</time>""", page, StringComparison.Ordinal);
        var before = await RenderAsync(view with { BegunOn = null });
        Assert.Contains("10:22 UTC</time>", before, StringComparison.Ordinal);
        Assert.DoesNotContain("in <bdi></bdi>", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_code_leads_to_this_machine_alone_it_is_said_beside_it()
    {
        const string Words = "A phone can’t follow this code.";
        var view = Rendering.SignIn(SignInState.Waiting);
        var page = await RenderAsync(view);
        Assert.Contains(Words, page, StringComparison.Ordinal);
        Assert.Contains("With a phone", page, StringComparison.Ordinal);
        Assert.Contains(view.QrSvg, page, StringComparison.Ordinal);
        Assert.Contains("<details class=\"scan\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<details class=\"scan\">", await RenderAsync(view with { IsOnThisMachineAlone = false }), StringComparison.Ordinal);
        Assert.DoesNotContain(Words, await RenderAsync(view with { IsOnThisMachineAlone = false }), StringComparison.Ordinal);

        var offer = Rendering.Offer();
        Assert.Contains(Words, await Rendering.RenderAsync<OfferPage>(offer), StringComparison.Ordinal);
        Assert.DoesNotContain(Words, await Rendering.RenderAsync<OfferPage>(offer with { IsOnThisMachineAlone = false }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("https://localhost", true)]
    [InlineData("http://nation.localhost:5080/a", true)]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://127.8.9.1", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("https://nation.lan:5443", false)]
    [InlineData("https://192.168.1.20", false)]
    [InlineData("https://[fd00::1]", false)]
    [InlineData("https://localhost.example", false)]
    [InlineData("https://notlocalhost", false)]
    public void A_nation_knows_whether_another_device_reaches_it(string issuer, bool alone) =>
        Assert.Equal(alone, new Nation("Aurora", issuer).IsOnThisMachineAlone);

    [Fact]
    public async Task Without_a_second_scheme_there_is_no_second_link()
    {
        var page = await RenderAsync(Rendering.SignIn(SignInState.Waiting) with { HaipLink = null });

        Assert.DoesNotContain("other wallet link", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61, "1:01")]
    [InlineData(9, "0:09")]
    [InlineData(-5, "0:00")]
    public async Task The_time_left_is_minutes_and_seconds(int seconds, string expected)
    {
        var page = await RenderAsync(Rendering.SignIn(SignInState.Scanned) with { SecondsLeft = seconds });

        Assert.Contains($"data-time>{expected}<", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_countdown_is_not_announced_and_the_notices_are()
    {
        var page = await RenderAsync(SignInState.Waiting);

        Assert.Contains("""<div class="notices" role="status">""", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("data-time", StringComparison.Ordinal) < page.IndexOf("class=\"notices\"", StringComparison.Ordinal));
        Assert.DoesNotContain("aria-live", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInState.Waiting, "10")]
    [InlineData(SignInState.Scanned, "10")]
    [InlineData(SignInState.Failed, "10")]
    [InlineData(SignInState.Verified, "2;url=/sign-in/abc/continue")]
    public async Task Without_script_the_page_still_goes_on(SignInState state, string content)
    {
        var page = await RenderAsync(state);

        Assert.Contains($"""<noscript><meta http-equiv="refresh" content="{content}" /></noscript>""", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInState.Expired)]
    [InlineData(SignInState.Cancelled)]
    public async Task A_page_with_nothing_to_wait_for_neither_refreshes_nor_asks(SignInState state)
    {
        var page = await RenderAsync(state);

        Assert.DoesNotContain("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInState.Waiting)]
    [InlineData(SignInState.Scanned)]
    [InlineData(SignInState.Failed)]
    public async Task It_can_be_cancelled_by_a_form_that_is_posted(SignInState state)
    {
        var page = await RenderAsync(state);

        Assert.Contains("""<form method="post" action="/sign-in/abc/cancel">""", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scanned_shows_no_code_any_more_and_no_number_yet()
    {
        var page = await RenderAsync(SignInState.Scanned);

        Assert.DoesNotContain("47", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"qr\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("openid4vp:", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verified_has_a_plain_link_to_the_app()
    {
        var page = await RenderAsync(SignInState.Verified);

        Assert.Contains("""href="/sign-in/abc/continue">Continue to <bdi>Harbour Library</bdi></a>""", page, StringComparison.Ordinal);
        Assert.Contains("""data-state="verified""", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Into_an_app_the_page_goes_by_hand_alone()
    {
        var page = await RenderAsync(Rendering.SignIn(SignInState.Verified) with { IsApp = true });

        Assert.Contains(" data-by-hand", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains("Now go back to <bdi>Harbour Library</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("""href="/sign-in/abc/continue">Continue to <bdi>Harbour Library</bdi></a>""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-by-hand", await RenderAsync(SignInState.Verified), StringComparison.Ordinal);
        Assert.Contains("\"byHand\" in page.dataset", System.Text.Encoding.UTF8.GetString(Assets.SignInJs.Bytes.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://library.example/callback", "library.example", true)]
    [InlineData("http://127.0.0.1:8080/callback", "127.0.0.1:8080", true)]
    [InlineData("example.library://www.bank.example/callback", "example.library", false)]
    [InlineData("example.library:/callback", "example.library", false)]
    public void An_answer_goes_to_a_host_or_to_an_apps_scheme(string redirectUri, string name, bool isWeb)
    {
        Assert.Equal(name, Destination.NameOf(redirectUri));
        Assert.Equal(isWeb, Destination.IsWeb(redirectUri));
    }

    [Fact]
    public async Task Failed_names_its_reason_the_mend_and_the_code()
    {
        var page = await RenderAsync(SignInState.Failed);

        Assert.Contains("<h1>Your membership is suspended</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<title>Not signed in: Your membership is suspended · Aurora</title>", page, StringComparison.Ordinal);
        Assert.Contains("it is suspended since 3 May.", page, StringComparison.Ordinal);
        Assert.Contains("Ask a steward why, or appeal.", page, StringComparison.Ordinal);
        Assert.Contains("<code dir=\"ltr\">credential_suspended</code>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/sign-in/abc/again\">Try again</a>", page, StringComparison.Ordinal);
        Assert.Contains("data-state-url=\"/sign-in/abc/state\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_starts_again_and_cancelled_goes_back()
    {
        Assert.Contains("href=\"/sign-in/abc/again\">Start again</a>", await RenderAsync(SignInState.Expired), StringComparison.Ordinal);
        Assert.Contains("""href="/sign-in/abc/continue">Back to <bdi>Harbour Library</bdi></a>""",
            await RenderAsync(SignInState.Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_way_back_none_is_offered()
    {
        var page = await RenderAsync(Rendering.SignIn(SignInState.Expired) with { ContinueUrl = string.Empty });

        Assert.DoesNotContain("Back to", page, StringComparison.Ordinal);
    }
}
