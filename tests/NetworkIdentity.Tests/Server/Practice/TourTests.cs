using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.AspNetCore.Http;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>The tour of a practice nation: what a visitor does, and what the pages show of it.</summary>
public sealed partial class TourTests
{
    [Fact]
    public async Task The_start_page_has_five_steps_and_says_where_everything_stands()
    {
        await using var server = await PracticeAsync();
        var html = await server.Http.GetStringAsync(server.Url("/"));
        Assert.All(["join", "sign-in", "break", "arrive", "revoke"], step => Assert.Contains($"href=\"{server.Url($"/tour/{step}")}\"", html));
        Assert.Contains(server.Url("/.well-known/openid-configuration"), html);
        Assert.All(["/verify", "/account", "/desk"], page => Assert.Contains($"href=\"{server.Url(page)}\"", html));
        var port = new Uri(server.Issuer).Port;
        Assert.All([$"http://wallet.localhost:{port}", $"http://library.localhost:{port + 1}", $"http://door.localhost:{port + 2}"], place => Assert.Contains(place, html));
    }

    [Fact]
    public async Task Who_is_admitted_belongs_when_the_membership_is_taken()
    {
        await using var server = await PracticeAsync();
        var (browser, _) = await JoinAsync(server, "Ada <i>");
        var html = await browser.GetStringAsync(server.Url("/tour/join"));
        Assert.Contains("You belong", html);
        Assert.Contains("Ada &lt;i&gt;", html);
        Assert.DoesNotContain("Ada <i>", html);
        Assert.All(["POST /token", "POST /nonce", "POST /credential"], line => Assert.Contains(line, html));
        Assert.Contains("openid4vci-proof", html);
        Assert.Contains("disclosures", html);

        // What is in it is read first; the raw bytes are folded.
        Assert.InRange(html.IndexOf("In it, read:", StringComparison.Ordinal), 0, html.IndexOf("<summary>As it was sent</summary>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\u202Eb")]
    [InlineData("\u3164")]
    public async Task A_name_that_is_none_is_refused_in_words_and_nobody_is_made(string name)
    {
        await using var server = await PracticeAsync();
        var members = await server.CountAsync("member");
        using var response = await server.Http.PostAsync(server.Url("/tour/join"), Form(("name", name), ("statement", "To see.")));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("the name must", await response.Content.ReadAsStringAsync());
        Assert.Equal(members, await server.CountAsync("member"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_page_sets_what_the_credential_says_beside_what_the_app_learned()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        var tokens = await SignInAsync(server, browser, wallet);
        var html = await browser.GetStringAsync(server.Url("/tour/sign-in"));
        Assert.Matches("""display_name</code></th><td><bdi>Ada</bdi></td><td>\s*<span class="nothing">""", html);
        Assert.Matches("""tier</code></th><td><bdi>member</bdi></td><td data-told><bdi>member</bdi>""", html);
        var subject = Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>();
        Assert.Contains(subject, html);

        // The app's requests are part of it, its secret is not.
        Assert.Contains("POST /token", html);
        Assert.Contains("Basic …", WebUtility.HtmlDecode(html));
        var basic = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{server.Practice!.Library!.ClientId}:{server.Practice.Library.Secret}"));
        Assert.DoesNotContain(server.Practice.Library.Secret, html);
        Assert.DoesNotContain(basic, html);
    }

    [Fact]
    public async Task Each_lie_is_refused_by_name_and_ticked()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        var before = await OpenAsync(server, browser);
        var first = await wallet.FetchAsync(before.SameDeviceLink);
        var shownBefore = await wallet.PresentationAsync(first);
        using (var honest = await wallet.AnswerAsync(first, TestWallet.VpToken(shownBefore))) Assert.True(honest.IsSuccessStatusCode);

        var signIn = await OpenAsync(server, browser);
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        var honestly = await wallet.PresentationAsync(request);
        var parts = honestly.Split('~');
        parts[1] = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes("""["c2FsdA","tier","citizen"]"""));
        var lies = new Dictionary<string, string>
        {
            ["Tamper"] = string.Join('~', parts),
            ["Copy"] = await wallet.PresentationAsync(request, key: TestWallet.NewKey()),
            ["Replay"] = shownBefore,
            ["Wrong audience"] = await wallet.PresentationAsync(request, audience: "x509_hash:someone-else"),
        };
        Assert.Equal(Visit.Twists.Select(twist => twist.Name), lies.Keys);
        for (var told = 0; told < lies.Count; told++)
        {
            Assert.Equal(told, Ticks(await browser.GetStringAsync(server.Url("/tour/break"))));
            using var answer = await wallet.AnswerAsync(request, TestWallet.VpToken(lies.Values.ElementAt(told)));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(4, Ticks(await browser.GetStringAsync(server.Url("/tour/break"))));
        using var after = await wallet.AnswerAsync(request, TestWallet.VpToken(honestly));
        Assert.True(after.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_revoked_visitor_sees_the_session_end_and_the_next_sign_in_refused()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        var signIn = await OpenAsync(server, browser);
        var tokens = await signIn.SignInAsync(wallet);
        using (var revoked = await browser.PostAsync(server.Url("/tour/revoke"), Form())) Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
        Assert.All(await Credentials.ListAsync(server.Nation.Database, (await server.RecordOfAsync(wallet)).MemberId), credential => Assert.NotNull(credential.RevokedAt));
        Assert.Equal(0, Ticks(await browser.GetStringAsync(server.Url("/tour/revoke"))));

        using (var info = await signIn.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) Assert.Equal(HttpStatusCode.Unauthorized, info.StatusCode);
        Assert.Equal(1, Ticks(await browser.GetStringAsync(server.Url("/tour/revoke"))));

        var again = await OpenAsync(server, browser);
        using (var answer = await wallet.AnswerAsync(await wallet.FetchAsync(again.SameDeviceLink))) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await browser.GetStringAsync(server.Url("/tour/revoke"));
        Assert.Equal(2, Ticks(html));
        Assert.Contains("revoked", html);

        // Another one is taken in the first step: from there it goes on where it was.
        Assert.DoesNotContain("On to step 6", await PressAsync(server, browser, "join"));
        await wallet.TakeAsync(OfferIn(await browser.GetStringAsync(server.Url("/tour/join"))).Id!);
        Assert.Contains($"href=\"{server.Url("/tour/offline")}\">On to step 6: Stop the server", await browser.GetStringAsync(server.Url("/tour/join")));
        Assert.DoesNotContain("On to step 6", await browser.GetStringAsync(server.Url("/tour/revoke")));
        var (never, _) = await JoinAsync(server, "Bento");
        Assert.DoesNotContain("On to step 6", await never.GetStringAsync(server.Url("/tour/join")));
    }

    [Fact]
    public async Task A_visitor_sees_no_other_visitors_exchanges_and_can_not_tour_as_another()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        await SignInAsync(server, browser, wallet);
        var memberId = (await server.RecordOfAsync(wallet)).MemberId;

        var (other, _) = await JoinAsync(server, "Bento");
        Assert.DoesNotContain("What you hold, and what the app learned", await other.GetStringAsync(server.Url("/tour/sign-in")));
        foreach (var cookie in new[] { memberId, $"{memberId}.", $"{memberId}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a.b.c" })
        {
            using var stranger = new HttpRequestMessage(HttpMethod.Get, server.Url("/tour/join"));
            stranger.Headers.Add("Cookie", $"tour={cookie}");
            using var answer = await TestServer.NewBrowser().SendAsync(stranger);
            Assert.DoesNotContain("You belong", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Who_opens_what_the_code_of_another_leads_to_sees_nothing_of_their_sign_in()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        var signIn = await OpenAsync(server, browser);
        var (onlooker, _) = await JoinAsync(server, "Bento");
        var request = HttpUtility.ParseQueryString(new Uri(signIn.SameDeviceLink).Query)["request_uri"]!;
        using (var seen = await onlooker.GetAsync(request)) Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        using (var page = await onlooker.GetAsync(signIn.Page)) Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        await signIn.SignInAsync(wallet);
        Assert.Contains("What you hold, and what the app learned", await browser.GetStringAsync(server.Url("/tour/sign-in")));
        Assert.DoesNotContain("What you hold, and what the app learned", await onlooker.GetStringAsync(server.Url("/tour/sign-in")));
    }

    [Theory]
    [InlineData("join", "membership")]
    [InlineData("arrive", "residency")]
    public async Task Who_lost_a_credential_is_offered_another_and_sees_the_offer(string step, string type)
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        if (type != "membership") await wallet.TakeAsync(await OfferAsync(step));
        Assert.Contains("Offer me another", await browser.GetStringAsync(server.Url($"/tour/{step}")));
        await wallet.TakeAsync(await OfferAsync(step));
        Assert.Contains("Offer me another", await browser.GetStringAsync(server.Url($"/tour/{step}")));
        Assert.Equal(2, (await Credentials.ListAsync(server.Nation.Database, (await server.RecordOfAsync(wallet)).MemberId)).Count(one => one.Type == type));

        async Task<string> OfferAsync(string at)
        {
            var html = await PressAsync(server, browser, at);
            Assert.Contains("role=\"status\">Done: a new offer waits for you.", html);
            Assert.DoesNotContain("Done: a new offer", await browser.GetStringAsync(server.Url($"/tour/{at}")));
            return OfferIn(html).Id!;
        }
    }

    [Fact]
    public async Task A_page_that_waits_for_a_name_is_not_loaded_again_by_itself()
    {
        await using var server = await PracticeAsync();
        var (browser, _) = await JoinAsync(server, "Ada");
        Assert.DoesNotContain("http-equiv=\"refresh\"", await server.Http.GetStringAsync(server.Url("/tour/join")));
        Assert.Contains("http-equiv=\"refresh\"", await browser.GetStringAsync(server.Url("/tour/sign-in")));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_in_practice_as_elsewhere()
    {
        await using var practice = await PracticeAsync();
        await using var elsewhere = await TestServer.StartAsync();
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var server in new[] { elsewhere, practice })
        {
            using var answer = await server.Http.PostAsync(server.Url("/token"), Form(("code", new string('a', 600 * 1024))));
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answers[0].Item1);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task What_a_stranger_answers_to_a_request_breaks_no_page()
    {
        await using var server = await PracticeAsync();
        var (browser, wallet) = await JoinAsync(server, "Ada");
        var signIn = await OpenAsync(server, browser);
        var uri = (await wallet.FetchAsync(signIn.SameDeviceLink))["response_uri"]!.GetValue<string>();
        var deep = Base64Url.Encode(System.Text.Encoding.ASCII.GetBytes(new string('[', 32) + new string(']', 32)));
        foreach (var poison in new[] { string.Concat(Enumerable.Repeat("eyJ", 21_000)), $"eyJhIjoxfQ.{deep}.AA", $"eyJhIjoxfQ.{deep}.AA~{deep}~", "%%%&&&===" })
            using (await server.Http.PostAsync(uri, Form(("response", poison)))) { }
        await signIn.SignInAsync(wallet);
        Assert.Contains("What you hold, and what the app learned", await browser.GetStringAsync(server.Url("/tour/sign-in")));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    public async Task A_form_of_another_site_does_nothing(string origin)
    {
        await using var server = await PracticeAsync();
        var (browser, _) = await JoinAsync(server, "Ada");
        var members = await server.CountAsync("member");
        foreach (var act in new[] { "join", "vouch", "approve", "arrive", "revoke", "again" })
        {
            using var answer = await PressFromAsync(origin, act);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.Contains("came from another site", await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(members, await server.CountAsync("member"));
        Assert.All(await Credentials.ListAsync(server.Nation.Database), credential => Assert.Null(credential.RevokedAt));
        Assert.Contains("You belong", await browser.GetStringAsync(server.Url("/tour/join")));
        using var own = await PressFromAsync(server.Issuer, "again");
        Assert.Equal(HttpStatusCode.SeeOther, own.StatusCode);

        async Task<HttpResponseMessage> PressFromAsync(string site, string act)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url($"/tour/{act}")) { Content = Form(("name", "Eve"), ("statement", "To see."), ("who", "Dele")) };
            request.Headers.Add("Origin", site);
            return await browser.SendAsync(request);
        }
    }

    [Fact]
    public void The_tape_holds_so_much_and_no_more_however_long_the_requests_are()
    {
        var tape = new Tape(TimeProvider.System);
        for (var number = 0; number < 700; number++)
        {
            tape.Add(new Exchange
            {
                At = default,
                Method = "GET",
                Path = $"/{number}",
                Target = new string('a', number < 100 ? 10 : 160_000),
                RequestHeaders = [],
                RequestBody = "",
                Status = StatusCodes.Status404NotFound,
                ResponseHeaders = [],
                ResponseBody = "",
            });
        }

        Assert.InRange(tape.Play().Sum(exchange => exchange.Length), 1, 8 * 1024 * 1024);
        Assert.Equal("/699", tape.Play()[^1].Path);
    }

    [Fact]
    public async Task After_a_restart_what_is_held_is_known_and_what_went_over_the_wire_is_said_not_to_be()
    {
        var folder = Directory.CreateTempSubdirectory("netid-test-").FullName;
        var server = await PracticeAsync(folder);
        var (browser, _) = await JoinAsync(server, "Ada");
        await using var beside = await server.StartBesideAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, beside.UrlHere("/tour/join"));
        var html = await (await browser.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains("You belong", html);
        Assert.Contains("is not known any more", html);
        Assert.Equal(server.Practice, beside.Practice);
        await beside.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_browser_that_keeps_no_cookie_is_told_so()
    {
        await using var server = await PracticeAsync();
        using var post = await server.Http.PostAsync(server.Url("/tour/join"), Form(("name", "Ada"), ("statement", "To see.")));
        Assert.Contains("did not keep the cookie", await TestServer.NewBrowser().GetStringAsync(post.Headers.Location));
        Assert.DoesNotContain("did not keep the cookie", await server.Http.GetStringAsync(post.Headers.Location));
    }

    [Fact]
    public async Task Nothing_of_it_is_there_where_it_is_not_for_practice()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in new[] { "/tour/join", "/tour/state", "/tour/sign-in" })
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(server.Url(path))).StatusCode);
        foreach (var path in new[] { "/tour/join", "/tour/vouch", "/tour/approve", "/tour/revoke", "/tour/arrive", "/tour/again" })
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.PostAsync(server.Url(path), Form())).StatusCode);
        Assert.Equal(0, await server.CountAsync("member"));
    }

    internal static Task<TestServer> PracticeAsync(string? folder = null) => TestServer.StartAsync(folder, settings => settings with { IsPractice = true });

    /// <summary>A visitor who was admitted, and a wallet that took what was offered.</summary>
    internal static async Task<(HttpClient Browser, TestWallet Wallet)> JoinAsync(TestServer server, string name)
    {
        var browser = TestServer.NewBrowser();
        await PressAsync(server, browser, "join", ("name", name), ("statement", "To see how it works."));
        foreach (var who in new[] { "Dele", "Esra" }) await PressAsync(server, browser, "vouch", ("who", who));
        await PressAsync(server, browser, "approve", ("who", "Benedita"));
        var (offer, code) = OfferIn(await PressAsync(server, browser, "approve", ("who", "Cormac")));
        var wallet = new TestWallet(server);
        await wallet.TakeAsync(offer!, code);
        return (browser, wallet);
    }

    /// <summary>Presses a button of the tour, and follows to the page that comes of it.</summary>
    internal static async Task<string> PressAsync(TestServer server, HttpClient browser, string act, params (string Name, string Value)[] fields)
    {
        using var post = await browser.PostAsync(server.Url($"/tour/{act}"), Form(fields));
        Assert.Equal(HttpStatusCode.SeeOther, post.StatusCode);
        return await browser.GetStringAsync(post.Headers.Location);
    }

    /// <summary>The offer on a page, and the code beside it.</summary>
    internal static (string? Id, string? Code) OfferIn(string html) => (ValueOf(OfferLink().Match(html), "id"), ValueOf(TransactionCode().Match(html), "code"));

    private static string? ValueOf(Match match, string group) => match.Success ? match.Groups[group].Value : null;

    internal static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<TestSignIn> OpenAsync(TestServer server, HttpClient browser)
    {
        var library = server.Practice!.Library!;
        var signIn = new TestSignIn(server, library.ClientId, library.Secret, library.Origin + SamplePartner.SamplePartnerApp.CallbackPath, browser);
        await signIn.OpenAsync();
        return signIn;
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> SignInAsync(TestServer server, HttpClient browser, TestWallet wallet) =>
        await (await OpenAsync(server, browser)).SignInAsync(wallet);

    internal static int Ticks(string html) => Regex.Count(html, "class=\"tick\"");

    [GeneratedRegex("href=\"[^\"]*/offer/(?<id>\\w+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex OfferLink();

    [GeneratedRegex("class=\"digits\"[^>]*>(?<code>[0-9]{6})<", RegexOptions.ExplicitCapture)]
    private static partial Regex TransactionCode();
}
