using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>How an application ends otherwise, what binds a member who vouches, and what the nation says of its rules.</summary>
public sealed class JoiningTests
{
    [Fact]
    public async Task Who_is_refused_reads_by_which_criterion_and_why()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        var question = await kim.VouchedAsync();
        var ana = await desk.AtAsync("ana");
        Assert.DoesNotContain("/desk/propose/refuse", await ana.GetStringAsync(desk.Server.Url("/desk")));
        Assert.Contains($"href=\"{desk.Server.Url(question)}/refuse\"", await ana.GetStringAsync(desk.Server.Url(question)));
        var form = await ana.GetStringAsync(desk.Server.Url($"{question}/refuse"));
        Assert.Contains(WebUtility.HtmlEncode(CharterTests.CoLiving.Criteria["met"]), form);

        // What is wrong is said beside its field.
        foreach (var (field, typed) in ((string, (string, string)[])[])[
            ("reason", [("criterion", "values"), ("reason", " ")]), ("reason", [("criterion", "values"), ("reason", "over\u202Eridden")]), ("criterion", [("criterion", "looks"), ("reason", "Words.")])])
        {
            using var bad = await desk.SendAsync(ana, form, $"{question}/refuse", typed);
            var html = await bad.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            Assert.Contains($"id=\"{field}-error\"", html);
            if (field == "reason") Assert.Contains("<option value=\"values\" selected", html);
        }

        Assert.Equal(1, await desk.Server.CountAsync("decision"));
        using var done = await desk.SendAsync(ana, form, $"{question}/refuse", ("criterion", "met"), ("reason", "Was here\r\nfor an hour."));
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        var refusal = done.Headers.Location!.ToString()[desk.Server.Url("").Length..];
        var read = WebUtility.HtmlDecode(await ana.GetStringAsync(desk.Server.Url(refusal)));
        foreach (var words in (string[])["Refuse a person", "Kim", CharterTests.CoLiving.Criteria["met"], "Was here\nfor an hour.", "We cooked for a year.", "1 of 2"]) Assert.Contains(words, read);
        Assert.DoesNotContain($"{refusal}/refuse", read);

        // One steward refuses nobody; two do, and the question whether they are admitted is gone.
        Assert.Contains("Enough members vouch", await kim.ReadAsync());
        using (var second = await desk.PressAsync(await desk.AtAsync("ben"), refusal, "approve")) Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        var page = await kim.ReadAsync();
        foreach (var words in (string[])["You were not admitted", CharterTests.CoLiving.Criteria["met"], "Was here\nfor an hour.", "You can appeal once, until"]) Assert.Contains(words, page);
        Assert.DoesNotContain("/collect", page);
        Assert.Empty(await Vouches.TakenAsync(desk.Server.Nation.Database, desk.People["fay"]));
        using var closed = await ana.GetAsync(desk.Server.Url($"{question}/refuse"));
        await closed.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);

        // They appeal, once, in their own words; who decided first has no say in it, and others have.
        using (var empty = await kim.PressAsync("appeal", ("words", " "))) Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using (var appealed = await kim.PressAsync("appeal", ("words", "It was two weeks."))) Assert.Equal(HttpStatusCode.SeeOther, appealed.StatusCode);
        page = await kim.ReadAsync();
        Assert.Contains("You appealed. It waits", page);
        Assert.DoesNotContain("You can appeal once", page);
        Assert.DoesNotContain("/desk/decisions/", await (await desk.AtAsync("ana")).GetStringAsync(desk.Server.Url("/desk")));
        foreach (var name in (string[])["cyd", "dee", "eve"])
        {
            var browser = await desk.AtAsync(name);
            var path = Regex.Match(await browser.GetStringAsync(desk.Server.Url("/desk")), "/desk/decisions/[A-Za-z0-9_-]+").Value;
            Assert.Contains("It was two weeks.", await browser.GetStringAsync(desk.Server.Url(path)));
            using var pressed = await desk.PressAsync(browser, path, "approve");
        }

        Assert.DoesNotContain("You were not admitted", await kim.ReadAsync());
    }

    [Fact]
    public async Task Who_refuses_has_just_proven_who_they_are_where_the_charter_says_so()
    {
        await using var desk = await TestDesk.GovernedAsync(charter: CharterTests.Changed("again", ("/acts/admit/prove_again", "true")));
        var kim = await TestApplicant.ApplyAsync(desk);
        var question = await kim.VouchedAsync();
        var ana = await desk.AtAsync("ana");
        var form = await ana.GetStringAsync(desk.Server.Url($"{question}/refuse"));
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        using (var sent = await desk.SendAsync(ana, form, $"{question}/refuse", ("criterion", "met"), ("reason", "A long text.")))
        {
            Assert.Equal(HttpStatusCode.Forbidden, sent.StatusCode);
            Assert.Contains("A long text.", await sent.Content.ReadAsStringAsync());
        }

        Assert.Equal(1, await desk.Server.CountAsync("decision"));
        using var asked = await ana.GetAsync(desk.Server.Url($"{question}/refuse"));
        Assert.Contains("prompt=login", asked.Headers.Location!.ToString());
        await desk.SignInAsync(ana, "ana", asked, question);
        using var again = await desk.SendAsync(ana, form, $"{question}/refuse", ("criterion", "met"), ("reason", "A long text."));
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
    }

    [Fact]
    public async Task Who_withdraws_is_forgotten_and_nobody_can_vouch_any_more()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk, email: "kim@example.org");
        var vouch = await kim.VouchPathAsync();
        await kim.VouchAsync("fay");
        var fay = await desk.AtAsync("fay", vouch);
        var form = await fay.GetStringAsync(desk.Server.Url(vouch));
        using (var done = await kim.PressAsync("withdraw")) Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url(kim.Path)), (done.StatusCode, done.Headers.Location?.ToString()));
        var page = await kim.ReadAsync();
        Assert.Contains("You withdrew it", page);
        Assert.DoesNotContain("I cook.", page);
        Assert.DoesNotContain("<form", page);
        using (var gone = await fay.GetAsync(desk.Server.Url(vouch))) await gone.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        using (var late = await desk.SendAsync(fay, form, vouch, ("words", "Words."))) await late.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Empty(await Vouches.TakenAsync(desk.Server.Nation.Database, desk.People["fay"]));

        // And one whose time is over says so by itself.
        var lee = await TestApplicant.ApplyAsync(desk, "Lee");
        desk.Server.Time.Move(TimeSpan.FromDays(61));
        Assert.Contains("Its time was over", await lee.ReadAsync());
    }

    [Fact]
    public async Task A_member_sees_for_whom_they_vouch_and_takes_it_back()
    {
        await using var desk = await TestDesk.GovernedAsync();
        List<TestApplicant> people = [];
        foreach (var name in (string[])["Kim", "Lee", "Mo", "Noa"]) people.Add(await TestApplicant.ApplyAsync(desk, name));
        foreach (var person in people.Take(3)) await person.VouchAsync("fay", $"Words of {person.Id}.");
        var vouch = await people[3].VouchPathAsync();
        var fay = await desk.AtAsync("fay", vouch);
        var full = await fay.GetStringAsync(desk.Server.Url(vouch));
        Assert.Contains("You vouch for 3 people already", full);
        Assert.DoesNotContain("<textarea", full);

        // One that is sent nevertheless is refused.
        var first = await people[0].VouchPathAsync();
        using (var more = await desk.SendAsync(fay, await fay.GetStringAsync(desk.Server.Url(first)), vouch, ("words", "Words.")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, more.StatusCode);
            Assert.Contains("you vouch for 3 people already", WebUtility.HtmlDecode(await more.Content.ReadAsStringAsync()));
        }

        var account = await fay.GetStringAsync(desk.Server.Url("/account"));
        Assert.Contains("3 of the 3", account);
        foreach (var name in (string[])["Kim", "Lee", "Mo"]) Assert.Contains($"<dt><bdi>{name}</bdi></dt>", account);
        var value = System.Text.RegularExpressions.Regex.Match(account[account.IndexOf("People you vouch for", StringComparison.Ordinal)..], "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using (var back = await desk.SendAsync(fay, "", "/vouch/take-back", ("application", people[0].Id), ("form", value))) Assert.Equal(desk.Server.Url("/account"), back.Headers.Location?.ToString());
        Assert.DoesNotContain("<bdi>Kim</bdi>", await fay.GetStringAsync(desk.Server.Url("/account")));
        Assert.Empty(await Vouches.OfAsync(desk.Server.Nation.Database, people[0].Id));

        // Not another's, and not twice.
        using (var twice = await desk.SendAsync(fay, "", "/vouch/take-back", ("application", people[0].Id), ("form", value))) await twice.RefusedAsPageAsync("unknown_application");
        await people[3].VouchAsync("fay");
        var eve = await desk.AtAsync("eve", "/account");
        var theirs = System.Text.RegularExpressions.Regex.Match(await (await desk.AtAsync("eve", vouch)).GetStringAsync(desk.Server.Url(vouch)), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using (var other = await desk.SendAsync(eve, "", "/vouch/take-back", ("application", people[1].Id), ("form", theirs))) await other.RefusedAsPageAsync("invalid_request");
        Assert.Single(await Vouches.OfAsync(desk.Server.Nation.Database, people[1].Id));
    }

    [Fact]
    public async Task A_sign_in_leads_back_to_a_whole_code_alone()
    {
        await using var desk = await TestDesk.GovernedAsync();
        foreach (var (path, back) in ((string, string)[])[
            ($"/vouch/{RandomId.Secret()}", "same"), ("/vouch/short", "/account"), ($"/vouch/{RandomId.Secret()}x", "/account"), ($"/vouch/{RandomId.Secret()[..40]}%2F..", "/account")])
        {
            using var browser = TestServer.NewBrowser();
            using var sent = await browser.GetAsync(desk.Server.Url(path));
            await desk.SignInAsync(browser, "ana", sent, back == "same" ? path : back);
        }
    }

    [Fact]
    public async Task Anyone_reads_the_charter_and_the_start_page_leads_to_all_of_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var browser = TestServer.NewBrowser();
        var home = await browser.GetStringAsync(desk.Server.Url("/"));
        foreach (var path in (string[])["/apply", "/charter", "/account", "/desk", "/verify"]) Assert.Contains($"href=\"{desk.Server.Url(path)}\"", home);
        var charter = CharterTests.CoLiving;
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync(desk.Server.Url("/charter")));
        foreach (var words in (string[])[
            .. charter.Criteria.Values, .. charter.Grounds.Values, charter.Version, charter.Digest, "2 members must vouch, who have belonged for 90 days.",
            "5 members at least, and 60 of a hundred of those who may decide it, who have belonged for 90 days. It can be approved for 30 days. It takes effect 7 days after.",
            "4 stewards of the whole nation at least. It can be approved for 30 days. Each proves anew who they are."]) Assert.Contains(words, page);
        Assert.Contains($"href=\"{desk.Server.Url("/charter.json")}\"", page);
        using var json = await browser.GetAsync(desk.Server.Url("/charter.json"));
        Assert.Equal("application/json", json.Content.Headers.ContentType?.MediaType);
        Assert.Equal(charter.Digest, Charter.Parse(await json.Content.ReadAsByteArrayAsync()).Digest);
        var apply = WebUtility.HtmlDecode(await browser.GetStringAsync(desk.Server.Url("/apply")));
        foreach (var words in (string[])[.. charter.Criteria.Values, charter.Version, "2 members must vouch", "2 stewards of the node or of the whole nation at least", "60 days", "For 30 days you can appeal"])
            Assert.Contains(words, apply);
    }

    [Fact]
    public async Task Nobody_asks_to_join_a_nation_without_a_charter()
    {
        await using var server = await TestServer.StartAsync();
        Assert.DoesNotContain("/apply", await server.Http.GetStringAsync(server.Url("/")));
        foreach (var path in (string[])["/apply", "/charter", "/charter.json"])
        {
            using var none = await server.Http.GetAsync(server.Url(path));
            await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A94_who_applies_too_often_waits()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitSignInsPerAddress = 2, Proxies = [] });
        using var alone = server.Alone();
        await Rules.AdoptAsync(server.Nation.Database, server.Time, CharterTests.CoLiving);
        using var browser = TestServer.NewBrowser();
        var value = System.Text.RegularExpressions.Regex.Match(await browser.GetStringAsync(server.Url("/apply")), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        List<HttpStatusCode> statuses = [];
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url("/apply"))
            {
                Content = new FormUrlEncodedContent([new("form", value), new("name", "Kim"), new("statement", "Words.")]),
            };
            request.Headers.Add("X-Forwarded-For", "192.0.2.7");
            using var response = await browser.SendAsync(request);
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.SeeOther, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses);
        Assert.Equal(2, await server.CountAsync("application"));
    }
}
