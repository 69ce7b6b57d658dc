using System.Net;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>How a person joins, through the pages alone.</summary>
public sealed class ApplyTests
{
    private const string Criterion = "met";

    [Fact]
    public async Task Who_applies_is_vouched_for_admitted_and_takes_the_membership_into_a_wallet()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk, "Kim", "I cook.\r\nAnd I sing.", "Austin", "kim@example.org");
        var page = await kim.ReadAsync();
        Assert.Contains("<strong>0 of 2</strong> vouch", page);
        Assert.Contains("I cook.\nAnd I sing.", page);
        var row = await kim.RowAsync();
        Assert.Equal("kim@example.org", await Contact.EmailAsync(desk.Server.Nation.Database, (await Member.FindAsync(desk.Server.Nation.Database, desk.Server.Nation.Keys, row.MemberId))!));

        // A member who was given the link reads who it is.
        var vouch = await kim.VouchPathAsync();
        var fay = await desk.AtAsync("fay", vouch);
        var asked = WebUtility.HtmlDecode(await fay.GetStringAsync(desk.Server.Url(vouch)));
        Assert.Contains("<bdi>Kim</bdi> asks to join", asked);
        Assert.Contains("I cook.\nAnd I sing.", asked);
        Assert.Contains("<bdi>Austin</bdi>", asked);
        Assert.Contains("You vouch for 0 of the 3", asked);
        await kim.VouchAsync("fay", "We cooked for a year.");
        Assert.Contains("<strong>1 of 2</strong> vouch", await kim.ReadAsync());
        Assert.Contains("You vouch for them", await fay.GetStringAsync(desk.Server.Url(vouch)));
        Assert.Equal(0, await desk.Server.CountAsync("decision"));
        await kim.VouchAsync("eve", "Sings well.");
        Assert.Contains("Enough members vouch for you", await kim.ReadAsync());

        // Who decides reads all of it; one steward does not admit.
        var question = $"/desk/decisions/{Assert.Single(await Decisions.OfSubjectAsync(desk.Server.Nation.Database, kim.Id)).Id}";
        var ana = await desk.AtAsync("ana");
        var seen = WebUtility.HtmlDecode(await ana.GetStringAsync(desk.Server.Url(question)));
        foreach (var words in (string[])["Kim", "I cook.\nAnd I sing.", "Austin", "2 of 2", "fay", "We cooked for a year.", "eve", "Sings well.", "The question was put"]) Assert.Contains(words, seen);
        Assert.Contains("<bdi class=\"said\">Kim</bdi>", await ana.GetStringAsync(desk.Server.Url("/desk")));
        using (var alone = await desk.PressAsync(ana, question, "approve")) Assert.Equal(HttpStatusCode.SeeOther, alone.StatusCode);
        using (var early = await PostAsync(desk, kim, "collect"))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, early.StatusCode);
            Assert.Contains("Nothing was done", await early.Content.ReadAsStringAsync());
        }

        Assert.Equal(Applications.Review, (await kim.RowAsync()).State);
        using (var other = await desk.PressAsync(await desk.AtAsync("hal"), question, "approve")) Assert.Equal(HttpStatusCode.SeeOther, other.StatusCode);
        page = await kim.ReadAsync();
        Assert.Contains("You are admitted", page);

        // The offer is as any other; what its wallet is asked for is on the applicant's page alone.
        using var collected = await kim.PressAsync("collect");
        Assert.Equal(HttpStatusCode.SeeOther, collected.StatusCode);
        var offer = collected.Headers.Location!.ToString()[desk.Server.Url("/offer/").Length..];
        var code = System.Text.RegularExpressions.Regex.Match(page, "class=\"digits\" dir=\"ltr\">([0-9]{6})<").Groups[1].Value;
        var wallet = new TestWallet(desk.Server);
        using (var bare = await wallet.RedeemAsync(await wallet.CodeOfAsync(offer))) await bare.RefusedAsync("invalid_request");
        await wallet.TakeAsync(offer, code);
        page = await kim.ReadAsync();
        Assert.Contains("You are a member", page);
        Assert.DoesNotContain("/collect", page);
        using (var again = await PostAsync(desk, kim, "collect")) Assert.Equal(HttpStatusCode.PreconditionFailed, again.StatusCode);
        using (var late = await PostAsync(desk, kim, "withdraw")) Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        desk.Wallets["kim"] = wallet;

        // They have an account now, and can't vouch for themselves from it.
        using (var own = await (await desk.AtAsync("kim", vouch)).GetAsync(desk.Server.Url(vouch))) await own.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Contains(row.MemberId, await (await desk.AtAsync("kim")).GetStringAsync(desk.Server.Url("/desk")));
        Assert.Equal(0, await Vouches.CountLockedAsync(desk.Server.Nation.Database));
    }

    [Fact]
    public async Task The_link_that_was_kept_leads_back_from_another_browser_and_nothing_else_does()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        var lee = await TestApplicant.ApplyAsync(desk, "Lee");
        var kept = await kim.KeptPathAsync();
        using var other = TestServer.NewBrowser();
        var strange = desk.Server.Url(kept)[..^43] + RandomId.Secret();
        foreach (var url in (string[])[
            desk.Server.Url(kim.Path), strange, desk.Server.Url("/applications/open/" + kim.Id), desk.Server.Url("/applications/" + RandomId.New()), desk.Server.Url("/applications/" + kept[^43..])])
        {
            using var none = await other.GetAsync(url);
            await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
            Assert.False(none.Headers.Contains("Set-Cookie"));
        }

        using (var theirs = await lee.Browser.GetAsync(desk.Server.Url(kim.Path))) await theirs.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);

        // The address with the secret shows nothing, so that it is in no history and no Referer.
        using (var back = await other.GetAsync(desk.Server.Url(kept)))
        {
            Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url(kim.Path)), (back.StatusCode, back.Headers.Location?.ToString()));
            Assert.Equal("no-referrer", Assert.Single(back.Headers.GetValues("Referrer-Policy")));
            Assert.True(back.Headers.CacheControl?.NoStore);
            var cookie = Assert.Single(back.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith($"applied-{kim.Id}=", cookie, StringComparison.Ordinal);
            Assert.Contains("httponly", cookie);
            Assert.Contains("samesite=lax", cookie);
        }

        using var read = await other.GetAsync(desk.Server.Url(kim.Path));
        Assert.True(read.Headers.CacheControl?.NoStore);
        Assert.Contains("I cook.", await read.Content.ReadAsStringAsync());

        // A second application in one browser puts out no first.
        using (var second = await TestApplicant.SendAsync(desk, other, ("name", "Mo"), ("statement", "Words."))) Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        Assert.Contains("I cook.", await other.GetStringAsync(desk.Server.Url(kim.Path)));
        Assert.Contains(kim.Path, await other.GetStringAsync(desk.Server.Url("/apply")));

        // Of many, a browser keeps eight.
        for (var i = 0; i < 9; i++)
        {
            using var more = await TestApplicant.SendAsync(desk, other, ("name", "Mo"), ("statement", "Words."));
            Assert.Equal(HttpStatusCode.SeeOther, more.StatusCode);
        }

        Assert.Equal(8, System.Text.RegularExpressions.Regex.Count(await other.GetStringAsync(desk.Server.Url("/apply")), "href=\"[^\"]*/applications/"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var browser = TestServer.NewBrowser();
        (string Name, string Value)[] right = [("name", "Kim \"K\""), ("statement", "I <cook>.\nAnd sing."), ("node", "node:Austin"), ("email", "kim@example.org")];
        foreach (var (field, bad) in ((string, string)[])[("name", ""), ("name", "over\u202Eridden"), ("name", new string('a', 101)), ("statement", " "), ("statement", "zero\u200Bwidth"),
            ("node", "node:Nowhere"), ("node", "Austin"), ("email", "kim"), ("email", "kim@[127.0.0.1]")])
        {
            using var sent = await TestApplicant.SendAsync(desk, browser, [.. right.Where(one => one.Name != field), (field, bad)]);
            var html = await sent.Content.ReadAsStringAsync();
            Assert.True(sent.StatusCode == HttpStatusCode.BadRequest, $"{field} {bad}: {sent.StatusCode}");
            Assert.Contains($"id=\"{field}-error\"", html);
            Assert.Contains("Nothing was sent", html);
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(html, "aria-invalid=\"true\""));
            if (field != "name") Assert.Contains("value=\"Kim &quot;K&quot;\"", html);
            Assert.DoesNotContain("<cook>", html);
            if (field != "statement") Assert.Contains(">\nI <cook>.\nAnd sing.</textarea>", WebUtility.HtmlDecode(html));
            if (field != "node") Assert.Contains("<option value=\"node:Austin\" selected", html);
            if (field != "email") Assert.Contains("value=\"kim@example.org\"", html);
        }

        using (var nul = await TestApplicant.SendAsync(desk, browser, ("name", "a\0b"), ("statement", "Words."))) await nul.RefusedAsPageAsync("invalid_request");
        using (var large = await TestApplicant.SendAsync(desk, browser, ("name", "Kim"), ("statement", new string('a', 1 << 20)))) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(0, await desk.Server.CountAsync("application"));
        Assert.Equal(0, await desk.Server.CountAsync("contact"));
    }

    [Fact]
    public async Task A89_a_form_without_this_browsers_own_value_changes_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        var question = await kim.VouchedAsync();
        var (vouch, fay, ana) = (await kim.VouchPathAsync(), await desk.AtAsync("fay"), await desk.AtAsync("ana"));
        using var stranger = TestServer.NewBrowser();
        var foreign = ValueIn(await stranger.GetStringAsync(desk.Server.Url("/apply")));
        foreach (var value in (string[])["", "AAAA", foreign, ValueIn(await ana.GetStringAsync(desk.Server.Url("/account")))])
        {
            foreach (var (browser, path) in ((HttpClient, string)[])[
                (kim.Browser, "/apply"), (kim.Browser, $"{kim.Path}/withdraw"), (kim.Browser, $"{kim.Path}/collect"), (fay, vouch), (fay, "/vouch/take-back"), (ana, $"{question}/refuse")])
            {
                using var forged = await desk.SendAsync(
                    browser, "", path, ("form", value), ("name", "Lee"), ("statement", "Words."), ("words", "Words."), ("application", kim.Id), ("criterion", Criterion), ("reason", "Words."));
                await forged.RefusedAsPageAsync("invalid_request");
            }
        }

        Assert.Equal((1, 2, 1), (await desk.Server.CountAsync("application"), await desk.Server.CountAsync("vouch"), await desk.Server.CountAsync("decision")));
        Assert.Equal(Applications.Review, (await kim.RowAsync()).State);

        // What a form of an applicant shows opens nothing of a member's, nor the other way round.
        using var crossed = await desk.SendAsync(ana, "", $"{question}/refuse", ("form", ValueIn(await ana.GetStringAsync(desk.Server.Url("/apply")))), ("criterion", Criterion), ("reason", "Words."));
        await crossed.RefusedAsPageAsync("invalid_request");
    }

    [Fact]
    public async Task A90_a_member_vouches_once_and_nobody_who_may_not_or_for_themselves()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        var vouch = await kim.VouchPathAsync();

        // From two browsers in one moment.
        var (here, there) = (await desk.AtAsync("fay", vouch), await desk.AtAsync("fay", vouch));
        var (one, other) = (await here.GetStringAsync(desk.Server.Url(vouch)), await there.GetStringAsync(desk.Server.Url(vouch)));
        var sent = await Task.WhenAll(desk.SendAsync(here, one, vouch, ("words", "Words.")), desk.SendAsync(there, other, vouch, ("words", "Words.")));
        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.BadRequest], sent.Select(answer => answer.StatusCode).Order());
        foreach (var answer in sent) answer.Dispose();
        Assert.Equal(1, await desk.Server.CountAsync("vouch"));

        // Who has just joined sees why not, and has no form; one that they make themselves is refused.
        var ivy = await desk.AtAsync("ivy", vouch);
        var html = await ivy.GetStringAsync(desk.Server.Url(vouch));
        Assert.Contains("you can’t vouch yet", WebUtility.HtmlDecode(html));
        Assert.DoesNotContain("<textarea", html);
        using (var borrowed = await desk.SendAsync(ivy, other, vouch, ("words", "Words."))) await borrowed.RefusedAsPageAsync("invalid_request");
        await desk.Server.Nation.Applying.VouchAsync(vouch[^43..], desk.People["eve"], "Words.");
        var eve = await desk.AtAsync("eve", vouch);
        html = await eve.GetStringAsync(desk.Server.Url(vouch));
        using (var twice = await desk.SendAsync(eve, html, vouch, ("words", "Words.")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
            Assert.Contains("you have vouched for this person before", await twice.Content.ReadAsStringAsync());
        }

        Assert.Equal(2, await desk.Server.CountAsync("vouch"));

        // Who asks has no account to vouch from.
        using var own = await kim.Browser.GetAsync(desk.Server.Url(vouch));
        Assert.StartsWith(desk.Server.Url("/authorize?client_id=account&"), own.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A91_another_nodes_admission_is_not_there_nor_its_refusal_nor_anothers_application()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk, node: "Austin");
        var question = await kim.VouchedAsync();
        foreach (var name in (string[])["gil", "fay"])
        {
            var browser = await desk.AtAsync(name);
            var form = ValueIn(await browser.GetStringAsync(desk.Server.Url("/desk/propose/change_charter")));
            foreach (var path in (string[])[question, $"{question}/refuse"])
            {
                using var read = await browser.GetAsync(desk.Server.Url(path));
                await read.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
            }

            using var sent = await desk.SendAsync(browser, "", $"{question}/refuse", ("form", form), ("criterion", Criterion), ("reason", "Words."));
            await sent.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        }

        // Of another decision than one to admit, nobody is refused.
        var ana = await desk.AtAsync("ana");
        var decision = await desk.ProposeAsync(ana, "add_node", ("name", "Porto"), ("region", "Europe"));
        using (var wrong = await ana.GetAsync(desk.Server.Url($"{decision}/refuse"))) await wrong.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Equal(2, await desk.Server.CountAsync("decision"));

        // Another applicant does nothing to it.
        var lee = await TestApplicant.ApplyAsync(desk, "Lee");
        var page = await lee.Browser.GetStringAsync(desk.Server.Url(lee.Path));
        foreach (var button in (string[])["withdraw", "collect"])
        {
            using var acted = await desk.SendAsync(lee.Browser, page, $"{kim.Path}/{button}");
            await acted.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        }

        Assert.Equal(Applications.Review, (await kim.RowAsync()).State);
    }

    [Fact]
    public async Task A93_what_an_applicant_and_a_voucher_typed_is_shown_escaped_and_isolated()
    {
        const string Name = "</bdi><script>alert(1)</script> مريم";
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk, Name, "</bdi><img src=x onerror=alert(1)>\n=1+1");
        var vouch = await kim.VouchPathAsync();
        await kim.VouchAsync("fay", "</textarea><script>alert(2)</script>");
        await kim.VouchAsync("eve");
        var question = $"/desk/decisions/{Assert.Single(await Decisions.OfSubjectAsync(desk.Server.Nation.Database, kim.Id)).Id}";
        var (fay, ana) = (await desk.AtAsync("fay"), await desk.AtAsync("ana"));
        foreach (var (browser, path) in ((HttpClient, string)[])[(kim.Browser, kim.Path), (fay, vouch), (fay, "/account"), (ana, question), (ana, "/desk"), (ana, $"{question}/refuse")])
        {
            var html = await browser.GetStringAsync(desk.Server.Url(path));
            Assert.DoesNotContain("<script>", html);
            Assert.DoesNotContain("<img", html);
            if (path != $"{question}/refuse") Assert.Matches("<bdi( class=\"said\")?>&lt;/bdi&gt;&lt;script&gt;", html);
        }

        // A vouch that would be drawn as something else is not taken, and stays in its field.
        var ben = await desk.AtAsync("ben", vouch);
        using var bad = await desk.SendAsync(ben, await ben.GetStringAsync(desk.Server.Url(vouch)), vouch, ("words", "over\u202Eridden"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        var kept = await bad.Content.ReadAsStringAsync();
        Assert.Contains("id=\"words-error\"", kept);
        Assert.Contains("over\u202Eridden", WebUtility.HtmlDecode(kept));
    }

    private static string ValueIn(string html) => System.Text.RegularExpressions.Regex.Match(html, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;

    /// <summary>A form of the applicant's browser, though the page shows none of that name.</summary>
    private static async Task<HttpResponseMessage> PostAsync(TestDesk desk, TestApplicant applicant, string button) =>
        await desk.SendAsync(applicant.Browser, "", $"{applicant.Path}/{button}", ("form", ValueIn(await applicant.Browser.GetStringAsync(desk.Server.Url("/apply")))));
}
