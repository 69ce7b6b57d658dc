using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A sign-in whose wallet is on another device: relays, guesses of the number, pictures of the code, and what the wallet's holder is told.</summary>
public sealed partial class CrossDeviceAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A72_a_cross_device_proof_goes_on_where_it_was_asked_once_the_wallets_holder_chose_its_number()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.CrossDeviceLink);
        Assert.Equal("confirming", await world.StateAsync());
        using (var early = await world.Browser.GetAsync(world.Page + "/continue")) Assert.Equal(world.Page, early.Headers.Location!.ToString());

        using var phone = TestServer.NewBrowser();
        var html = await phone.GetStringAsync(back);
        Assert.Contains("Example App", html, StringComparison.Ordinal);
        Assert.Contains("This was not me", html, StringComparison.Ordinal);
        Assert.DoesNotContain(world.RedirectUri, html, StringComparison.Ordinal);

        Assert.Contains("Done here", await world.ConfirmAsync(back), StringComparison.Ordinal);
        Assert.Equal("verified", await world.StateAsync());
        using var good = await world.Browser.GetAsync(world.Page + "/continue");
        await world.RedeemedAsync(good);
    }

    [Fact]
    public async Task A72_the_wallets_device_is_asked_for_one_of_three_numbers_and_learns_by_nothing_which()
    {
        var wallet = await _server.MemberAsync();
        for (var turn = 0; turn < 5; turn++)
        {
            var world = await TestSignIn.BeginAsync(_server);
            var request = await wallet.FetchAsync(world.CrossDeviceLink);
            var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
            var number = await world.NumberAsync();
            Assert.Matches("^[0-9]{2}$", number);
            using var phone = TestServer.NewBrowser();
            var choices = Choices().Matches(await phone.GetStringAsync(back)).Select(match => match.Groups["digits"].Value).ToList();
            Assert.Equal(3, choices.Distinct().Count());
            Assert.Contains(number, choices);
            Assert.Equal(choices.Order(StringComparer.Ordinal), choices);

            // Nobody takes one for another, and loading the page again tells nothing.
            foreach (var (one, other) in choices.SelectMany(one => choices.Where(other => other != one), (one, other) => (one, other)))
            {
                Assert.All([0, 1], place => Assert.NotEqual(one[place], other[place]));
                Assert.NotEqual(string.Concat(one.Reverse()), other);
            }

            Assert.Equal(choices, Choices().Matches(await phone.GetStringAsync(back)).Select(match => match.Groups["digits"].Value));
            Assert.DoesNotContain("number", request["client_metadata"]!["client_name"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A72_another_number_ends_the_sign_in_and_there_is_no_second_try()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        var number = await world.NumberAsync();
        var codes = await _server.CountAsync("authorization_code");
        using var phone = TestServer.NewBrowser();
        var other = Choices().Matches(await phone.GetStringAsync(back)).Select(match => match.Groups["digits"].Value).First(choice => choice != number);
        Assert.Contains("That was another number", await world.ConfirmAsync(back, other), StringComparison.Ordinal);
        Assert.Equal("cancelled", await world.StateAsync());

        var form = back.Replace("/return?", "/confirm?", StringComparison.Ordinal);
        using (var second = await phone.PostAsync(form, Number(number))) Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        Assert.Equal("cancelled", await world.StateAsync());
        using (var denied = await world.Browser.GetAsync(world.Page + "/continue")) denied.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
        Assert.Equal(codes, await _server.CountAsync("authorization_code"));

        // Twenty at once: one of them counts, whichever.
        await world.OpenAsync();
        back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        number = await world.NumberAsync();
        form = back.Replace("/return?", "/confirm?", StringComparison.Ordinal);
        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 100).Where(one => one % 5 == 0 || $"{one:00}" == number).Select(one => phone.PostAsync(form, Number($"{one:00}"))))) response.Dispose();
        var first = await world.StateAsync();
        using (var later = await phone.PostAsync(form, Number(first == "verified" ? "xx" : number))) Assert.Equal(HttpStatusCode.SeeOther, later.StatusCode);
        Assert.Equal(first, await world.StateAsync());
    }

    [Fact]
    public async Task A72_nobody_confirms_without_the_response_code_nor_a_proof_of_the_same_device()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        var number = await world.NumberAsync();
        foreach (var browser in (HttpClient[])[world.Browser, _server.Http])
        {
            using (var guessed = await browser.PostAsync(_server.Url($"/sign-in/confirm?response_code={RandomId.Secret()}"), Number(number))) await guessed.RefusedAsPageAsync("invalid_request");
            using (var none = await browser.PostAsync(_server.Url("/sign-in/confirm"), Number(number))) await none.RefusedAsPageAsync("invalid_request");
            using (var unsaid = await browser.PostAsync(back.Replace("/return?", "/confirm?", StringComparison.Ordinal), new FormUrlEncodedContent([]))) await unsaid.RefusedAsPageAsync("invalid_request");
        }

        Assert.Equal("confirming", await world.StateAsync());

        // A same-device proof that another browser was lured to: its number is of no use.
        await world.OpenAsync();
        var here = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        var row = (await SignIns.FindAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]))!;
        using (var confirmed = await _server.Http.PostAsync(here.Replace("/return?", "/confirm?", StringComparison.Ordinal), Number(row.Number)))
            Assert.Equal(HttpStatusCode.SeeOther, confirmed.StatusCode);
        Assert.Equal("scanned", await world.StateAsync());
        using (var early = await world.Browser.GetAsync(world.Page + "/continue")) Assert.Equal(world.Page, early.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A72_a_number_that_is_chosen_late_confirms_nothing()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.CrossDeviceLink);
        var number = await world.NumberAsync();
        _server.Time.Move(SignIn.Lifetime);
        using var phone = TestServer.NewBrowser();
        using (var late = await phone.PostAsync(back.Replace("/return?", "/confirm?", StringComparison.Ordinal), Number(number))) Assert.Equal(HttpStatusCode.SeeOther, late.StatusCode);
        Assert.Equal("expired", await world.StateAsync());
        Assert.Contains("This sign-in is gone", await phone.GetStringAsync(back), StringComparison.Ordinal);
        using var denied = await world.Browser.GetAsync(world.Page + "/continue");
        denied.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public async Task A72_a_code_that_was_scanned_and_comes_back_to_the_browser_that_asked_needs_no_number()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var back = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.CrossDeviceLink));
        await world.RedeemedAsync(back);
    }

    [Fact]
    public async Task A72_the_wallets_device_tells_the_app_its_host_and_where_and_when_it_was_begun()
    {
        var world = await TestSignIn.BeginAsync(_server);
        world.Browser.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0");
        await world.OpenAsync();
        var begun = DateTimeOffset.FromUnixTimeSeconds((await SignIns.FindAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]))!.CreatedAt);
        var page = await world.Browser.GetStringAsync(world.Page);
        string[] told = [$"{begun:HH:mm} UTC", "Firefox on Linux", "Example App", "app.example"];
        Assert.All(told, words => Assert.Contains(words, page, StringComparison.Ordinal));

        var wallet = await _server.MemberAsync();
        foreach (var link in (string[])[world.SameDeviceLink, world.CrossDeviceLink])
        {
            var name = (await wallet.FetchAsync(link))["client_metadata"]!["client_name"]!.GetValue<string>();
            Assert.Equal($"Example App (app.example), begun {begun:HH:mm} UTC in Firefox on Linux, at Nation of Tests", name);
        }

        _server.Time.Move(TimeSpan.FromMinutes(3));
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        using var phone = TestServer.NewBrowser();
        phone.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (Android 15; Mobile; rv:141.0) Gecko/141.0 Firefox/141.0");
        var html = await phone.GetStringAsync(back);
        Assert.All((string[])[.. told, "3 minutes ago"], words => Assert.Contains(words, html, StringComparison.Ordinal));
        Assert.DoesNotContain("Android", html, StringComparison.Ordinal);
        Assert.DoesNotContain(world.RedirectUri, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A72_a_browsers_own_words_are_neither_kept_nor_shown()
    {
        const string Lure = "It is your bank: go on";
        var world = await TestSignIn.BeginAsync(_server);
        Assert.True(world.Browser.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"{Lure} (Android) Firefox/1"));
        await world.OpenAsync();
        var wallet = await _server.MemberAsync();
        var request = await wallet.FetchAsync(world.CrossDeviceLink);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        using var phone = TestServer.NewBrowser();
        var shown = await phone.GetStringAsync(back) + await world.Browser.GetStringAsync(world.Page) + request.ToJsonString();
        Assert.Contains("Firefox on Android", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("your bank", shown, StringComparison.Ordinal);
        var kept = await SignIns.FindAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]);
        Assert.Equal("Firefox on Android", kept!.BegunOn);
    }

    [Fact]
    public async Task A72_one_proof_closes_the_other_way()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var wallet = await _server.MemberAsync();
        var other = await wallet.FetchAsync(world.SameDeviceLink);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        using var late = await (await _server.MemberAsync()).AnswerAsync(other);
        await late.RefusedAsync("invalid_request");
        using var gone = await _server.Http.GetAsync(TestWallet.Parameter(world.SameDeviceLink, "request_uri"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await world.ConfirmAsync(back);
        using var good = await world.Browser.GetAsync(world.Page + "/continue");
        await world.RedeemedAsync(good);
    }

    [Theory]
    [InlineData("before a number is chosen")]
    [InlineData("before it goes on")]
    [InlineData("before the code is redeemed")]
    [InlineData("after the code was redeemed")]
    public async Task A72_this_was_not_me_ends_the_sign_in_and_takes_back_what_it_gave(string when)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        using var phone = TestServer.NewBrowser();
        var form = WebUtility.HtmlDecode(NotMe().Match(await phone.GetStringAsync(back)).Groups["url"].Value);
        Assert.StartsWith(_server.Url("/sign-in/not-mine?response_code="), form, StringComparison.Ordinal);
        using (var byLink = await phone.GetAsync(form)) Assert.Equal(HttpStatusCode.NotFound, byLink.StatusCode);
        using (var guessed = await phone.PostAsync(_server.Url("/sign-in/not-mine?response_code=guess"), null)) await guessed.RefusedAsPageAsync("invalid_request");
        Assert.Equal("confirming", await world.StateAsync());
        if (when != "before a number is chosen") Assert.Contains(form.Split('=')[^1], await world.ConfirmAsync(back), StringComparison.Ordinal);

        var code = when.StartsWith("before a number", StringComparison.Ordinal) || when == "before it goes on" ? null : await world.ContinueAsync();
        string? token = null;
        if (when == "after the code was redeemed")
        {
            using var redeemed = await world.RedeemAsync(code!);
            token = (await redeemed.JsonAsync())["access_token"]!.GetValue<string>();
        }

        using (var disowned = await phone.PostAsync(form, null)) Assert.Contains("This sign-in is gone", await disowned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("cancelled", await world.StateAsync());
        using var next = await world.Browser.GetAsync(world.Page + "/continue");
        next.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
        // The token before the code: a code that comes again would take it back too.
        if (token is not null)
        {
            using var revoked = await world.UserInfoAsync(token);
            await revoked.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        if (code is not null)
        {
            using var spent = await world.RedeemAsync(code);
            await spent.RefusedAsync("invalid_grant");
        }

        // Who disowned one sign-in can still make another.
        await world.OpenAsync();
        Assert.NotNull((await world.SignInAsync(wallet))["id_token"]);
    }

    private static FormUrlEncodedContent Number(string number) => new([KeyValuePair.Create("number", number)]);

    [GeneratedRegex("name=\"number\" value=\"(?<digits>[0-9]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Choices();

    [GeneratedRegex("action=\"(?<url>[^\"]*not-mine[^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex NotMe();
}
