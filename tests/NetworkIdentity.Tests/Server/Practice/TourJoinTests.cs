using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>The first step of the tour: the visitor applies, practice people vouch and decide, and only then there is an offer.</summary>
public sealed partial class TourJoinTests
{
    [Fact]
    public async Task No_offer_is_there_before_the_quorum_whatever_is_pressed()
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        var offers = await server.CountAsync("offer");
        var applied = await ApplyAsync(server, browser);
        Assert.Equal((1, true), (TourTests.Ticks(applied), applied.Contains("0 of 2", StringComparison.Ordinal)));
        await NoneAsync();
        Assert.Contains("1 of 2", await TourTests.PressAsync(server, browser, "vouch", ("who", "Dele")));
        await NoneAsync();
        var put = await TourTests.PressAsync(server, browser, "vouch", ("who", "Esra"));
        Assert.Equal(2, TourTests.Ticks(put));
        Assert.Contains("2 of 2", put);
        Assert.Contains("0 of 2", put);
        await NoneAsync();
        var lone = await TourTests.PressAsync(server, browser, "approve", ("who", "Benedita"));
        Assert.Contains("1 of 2</strong> approved", lone);
        Assert.Contains("one steward alone admits nobody", lone);
        Assert.Equal(2, TourTests.Ticks(lone));
        await NoneAsync();

        var (offer, code) = TourTests.OfferIn(await TourTests.PressAsync(server, browser, "approve", ("who", "Cormac")));
        Assert.Equal(offers + 1, await server.CountAsync("offer"));
        var wallet = new TestWallet(server);
        using (var bare = await wallet.RedeemAsync(await wallet.CodeOfAsync(offer!))) Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        await wallet.TakeAsync(offer!, code);
        var belongs = await browser.GetStringAsync(server.Url("/tour/join"));
        Assert.Contains("You belong", belongs);
        Assert.Equal(4, TourTests.Ticks(belongs));

        // To ask for it, or for a residency, gives nothing to who was not admitted.
        async Task NoneAsync()
        {
            foreach (var act in new[] { "join", "arrive" })
                using (var post = await browser.PostAsync(server.Url($"/tour/{act}"), TourTests.Form())) Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
            var html = await browser.GetStringAsync(server.Url("/tour/join"));
            Assert.Equal((null, null), TourTests.OfferIn(html));
            Assert.Equal(offers, await server.CountAsync("offer"));
        }
    }

    [Fact]
    public async Task Each_of_them_acts_in_their_own_name_by_the_charter_and_the_log_has_it()
    {
        await using var server = await TourTests.PracticeAsync();
        var (_, wallet) = await TourTests.JoinAsync(server, "Ada");
        var database = server.Nation.Database;
        var row = (await Applications.OfMemberAsync(database, (await server.RecordOfAsync(wallet)).MemberId))!;
        var people = server.The<PracticePeople>();
        Assert.Equal(Ids("Dele", "Esra"), (await Vouches.OfAsync(database, row.Id)).Select(vouch => vouch.MemberId).Order());
        Assert.Equal(Ids("Benedita", "Cormac"), (await Approvals.OfAsync(database, row.DecisionId!)).Order());
        var journal = await database.ReadAsync(async connection => (await connection.QueryAsync<(string Act, string Actor, string Version)>(
            "SELECT act, actor, charter_version FROM journal WHERE subject = @Id OR subject = @DecisionId", new { row.Id, row.DecisionId })).ToList());
        Assert.Equal(Ids("Dele", "Esra"), Actors("vouch"));
        Assert.Equal(Ids("Benedita", "Cormac"), Actors("approve"));
        Assert.All(journal, entry => Assert.Equal(DemoNation.Charter.Version, entry.Version));

        IEnumerable<string> Ids(params string[] names) => names.Select(name => people.Find(name)!.MemberId).Order();
        IEnumerable<string> Actors(string act) => journal.Where(entry => entry.Act == act).Select(entry => entry.Actor).Order();
    }

    [Fact]
    public async Task One_person_counts_once_and_who_is_no_steward_decides_nothing()
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        await ApplyAsync(server, browser);
        for (var press = 0; press < 2; press++) Assert.Contains("1 of 2", await TourTests.PressAsync(server, browser, "vouch", ("who", "Dele")));

        // Before there is a question nobody answers one.
        Assert.Contains("1 of 2</strong> vouch", await TourTests.PressAsync(server, browser, "approve", ("who", "Benedita")));
        Assert.Equal(0, await server.CountAsync("approval"));

        await TourTests.PressAsync(server, browser, "vouch", ("who", "Esra"));
        for (var press = 0; press < 2; press++) Assert.Contains("1 of 2</strong> approved", await TourTests.PressAsync(server, browser, "approve", ("who", "Benedita")));
        using (var member = await browser.PostAsync(server.Url("/tour/approve"), TourTests.Form(("who", "Dele")))) Assert.Equal(HttpStatusCode.BadRequest, member.StatusCode);
        Assert.Contains("1 of 2</strong> approved", await browser.GetStringAsync(server.Url("/tour/join")));
        Assert.Equal(1, await server.CountAsync("approval"));
    }

    [Fact]
    public async Task A_visitor_can_not_make_them_act_for_another_visitor()
    {
        await using var server = await TourTests.PracticeAsync();
        var ada = await CookiesAsync(server);
        var id = ada.Applied.Split('=')[0]["applied-".Length..];

        // His own cookies, and her application named in every way; her tour and not her secret; her id with his secret; her secret and his tour, or none.
        foreach (var forge in new Func<(string Tour, string Applied), string>[]
        {
            bento => $"{bento.Tour}; {bento.Applied}",
            _ => ada.Tour,
            bento => $"{ada.Tour}; {bento.Applied}",
            bento => $"{ada.Tour}; applied-{id}={bento.Applied.Split('=')[1]}",
            bento => $"{bento.Tour}; applied-{id}={bento.Applied.Split('=')[1]}",
            bento => $"{bento.Tour}; {ada.Applied}",
            _ => ada.Applied,
        })
        {
            var cookies = forge(await CookiesAsync(server));
            foreach (var act in new[] { "vouch", "approve", "join", "again" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, server.Url($"/tour/{act}"))
                {
                    Content = TourTests.Form(("who", "Esra"), ("application", id), ("id", id), ("member", ada.Tour.Split('=', '.')[1])),
                };
                request.Headers.Add("Cookie", cookies);
                using var answer = await TestServer.NewProgram().SendAsync(request);
                var row = (await Applications.FindAsync(server.Nation.Database, id))!;
                Assert.Equal((Applications.Vouching, 1L), (row.State, row.Revision));
            }
        }

        // She can.
        using var own = new HttpRequestMessage(HttpMethod.Post, server.Url("/tour/vouch")) { Content = TourTests.Form(("who", "Esra")) };
        own.Headers.Add("Cookie", $"{ada.Tour}; {ada.Applied}");
        using (await TestServer.NewProgram().SendAsync(own)) { }
        Assert.Single(await Vouches.OfAsync(server.Nation.Database, id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_browser_that_lost_the_secret_is_told_so_and_can_begin_again(bool hasAnother)
    {
        await using var server = await TourTests.PracticeAsync();
        var ada = await CookiesAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url("/tour/join"));
        request.Headers.Add("Cookie", hasAnother ? $"{ada.Tour}; {ada.Applied.Split('=')[0]}={RandomId.Secret()}" : ada.Tour);
        using var answer = await TestServer.NewProgram().SendAsync(request);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("This browser does not know your application", html);
        Assert.Contains("/tour/again", html);
        Assert.DoesNotContain("name=\"who\"", html);
    }

    [Theory]
    [InlineData("Ada")]
    [InlineData("dele")]
    [InlineData("ID")]
    public async Task Nobody_else_is_made_to_act_by_a_name(string who)
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        await TourTests.JoinAsync(server, "Ada");
        await ApplyAsync(server, browser);
        var before = await server.CountAsync("vouch");
        foreach (var act in new[] { "vouch", "approve" })
        {
            var name = who == "ID" ? server.The<PracticePeople>().All[0].MemberId : who;
            using var answer = await browser.PostAsync(server.Url($"/tour/{act}"), TourTests.Form(("who", name)));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal(before, await server.CountAsync("vouch"));
    }

    [Fact]
    public async Task What_was_typed_stays_where_something_of_it_is_wrong()
    {
        await using var server = await TourTests.PracticeAsync();
        using var answer = await server.Http.PostAsync(server.Url("/tour/join"), TourTests.Form(("name", "Kim <i>"), ("statement", ""), ("node", "Lisbon")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("value=\"Kim &lt;i&gt;\"", html);
        Assert.Contains("<option selected>Lisbon", html);
        Assert.Contains("what you say of yourself must", html);
        Assert.Equal(0, await server.CountAsync("application"));
    }

    [Fact]
    public async Task Who_begins_again_takes_back_what_they_asked_and_frees_who_vouched()
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        await ApplyAsync(server, browser);
        await TourTests.PressAsync(server, browser, "vouch", ("who", "Dele"));
        await TourTests.PressAsync(server, browser, "again");
        Assert.Equal(0, (await server.Nation.Applying.VoucherAsync(server.The<PracticePeople>().Find("Dele")!.MemberId)).Taken);
        Assert.Contains("What shall they call you?", await browser.GetStringAsync(server.Url("/tour/join")));
        Assert.Contains("0 of 2", await ApplyAsync(server, browser));
    }

    [Fact]
    public async Task Who_typed_wrong_codes_is_offered_it_anew()
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        await ApplyAsync(server, browser);
        foreach (var who in new[] { "Dele", "Esra" }) await TourTests.PressAsync(server, browser, "vouch", ("who", who));
        await TourTests.PressAsync(server, browser, "approve", ("who", "Benedita"));
        var (first, code) = TourTests.OfferIn(await TourTests.PressAsync(server, browser, "approve", ("who", "Cormac")));
        var wallet = new TestWallet(server);
        var spent = await wallet.CodeOfAsync(first!);
        for (var tries = 0; tries < Offers.MaxTransactionCodeAttempts; tries++)
            using (await wallet.RedeemAsync(spent, code == "000000" ? "000001" : "000000")) { }
        var html = await browser.GetStringAsync(server.Url("/tour/join"));
        Assert.Null(TourTests.OfferIn(html).Id);
        Assert.Contains("Offer me my membership", html);
        var (second, _) = TourTests.OfferIn(await TourTests.PressAsync(server, browser, "join"));
        Assert.NotEqual(first, second);

        // Whoever presses it again sees that it was done, though the page is the same.
        html = await browser.GetStringAsync(server.Url("/tour/join"));
        Assert.Contains("Offer it anew", html);
        Assert.DoesNotContain("Done: a new offer", html);
        html = await TourTests.PressAsync(server, browser, "join");
        Assert.Contains("role=\"status\">Done: a new offer waits for you.", html);
        var (third, again) = TourTests.OfferIn(html);
        Assert.NotEqual(second, third);
        await wallet.TakeAsync(third!, again);
        Assert.Contains("You belong", await browser.GetStringAsync(server.Url("/tour/join")));
    }

    [Fact]
    public async Task A_visitor_who_is_appointed_decides_beside_the_practice_stewards_as_docs_stewards_says()
    {
        await using var server = await TourTests.PracticeAsync();
        var (_, wallet) = await TourTests.JoinAsync(server, "Bento");
        var bento = (await server.RecordOfAsync(wallet)).MemberId;
        var browser = TestServer.NewBrowser();
        await ApplyAsync(server, browser);
        foreach (var who in new[] { "Dele", "Esra" }) await TourTests.PressAsync(server, browser, "vouch", ("who", who));
        Assert.DoesNotContain(await server.Nation.Deciding.ForAsync(bento), decision => decision.Row.Act == Act.Admit);

        await Steward.AppointAsync(server.Nation.Database, server.Time, bento, null, [Act.Admit, Act.Witness], DateOnly.FromDateTime(server.Time.GetUtcNow().UtcDateTime).AddDays(90));
        var waits = Assert.Single(await server.Nation.Deciding.ForAsync(bento), decision => decision.Row.Act == Act.Admit);
        Assert.Equal(Decisions.Open, (await server.Nation.Deciding.ApproveAsync(waits.Row.Id, bento)).Row.State);
        var admitted = await TourTests.PressAsync(server, browser, "approve", ("who", "Benedita"));
        Assert.Contains("You are admitted", admitted);
        Assert.Contains("<bdi>Bento</bdi>", admitted);
    }

    [Fact]
    public async Task A_nation_without_a_charter_says_so_and_one_without_practice_people_has_no_button()
    {
        await using var server = await TestServer.StartAsync();
        await server.MemberAsync(null, ("display_name", "Dele"));
        await using var practice = await server.StartBesideAsync(settings => settings with { IsPractice = true });
        var browser = TestServer.NewBrowser();
        Assert.Contains("no charter", await browser.GetStringAsync(practice.UrlHere("/tour/join")));
        using (var refused = await browser.PostAsync(practice.UrlHere("/tour/join"), TourTests.Form(("name", "Ada"), ("statement", "To see."))))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        await Rules.AdoptAsync(server.Nation.Database, server.Time, DemoNation.Charter);
        using (var applied = await browser.PostAsync(practice.UrlHere("/tour/join"), TourTests.Form(("name", "Ada"), ("statement", "To see."))))
            Assert.Equal(HttpStatusCode.SeeOther, applied.StatusCode);
        var html = await browser.GetStringAsync(practice.UrlHere("/tour/join"));
        Assert.Contains("None of the practice people can", html);
        Assert.Matches(ApplicationLink(), html);
        using var dele = await browser.PostAsync(practice.UrlHere("/tour/vouch"), TourTests.Form(("who", "Dele")));
        Assert.Equal((HttpStatusCode.NotFound, 0L), (dele.StatusCode, await server.CountAsync("vouch")));
    }

    private static Task<string> ApplyAsync(TestServer server, HttpClient browser) =>
        TourTests.PressAsync(server, browser, "join", ("name", "Ada"), ("statement", "To see how it works."), ("node", "Lisbon"));

    /// <summary>Somebody who has applied: the cookies that their browser has.</summary>
    private static async Task<(string Tour, string Applied)> CookiesAsync(TestServer server)
    {
        using var program = TestServer.NewProgram();
        using var post = await program.PostAsync(server.Url("/tour/join"), TourTests.Form(("name", "Ada"), ("statement", "To see.")));
        Assert.Equal(HttpStatusCode.SeeOther, post.StatusCode);
        var cookies = post.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        return (cookies.Single(cookie => cookie.StartsWith("tour=", StringComparison.Ordinal)), cookies.Single(cookie => cookie.StartsWith("applied-", StringComparison.Ordinal)));
    }

    [GeneratedRegex("href=\"[^\"]*/applications/\\w+\"", RegexOptions.ExplicitCapture)]
    private static partial Regex ApplicationLink();
}
