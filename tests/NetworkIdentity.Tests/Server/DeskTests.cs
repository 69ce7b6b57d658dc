using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The desk: the pages on which members decide.</summary>
public sealed class DeskTests
{
    private static readonly (string, string)[] Wrong = [("ground", "harm"), ("reason", "Broke a door,\r\nand a window.")];

    [Fact]
    public async Task Four_stewards_revoke_through_the_pages_and_three_do_not()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana", "/desk/propose/revoke");
        var decision = await desk.ProposeAsync(ana, "revoke", [("member", desk.People["fay"]), .. Wrong]);
        var html = await ana.GetStringAsync(desk.Server.Url(decision));
        Assert.Contains("1 of 4", html);
        Assert.Contains("Withdraw the proposal", html);
        Assert.DoesNotContain("/approve", html);
        Assert.Contains("21 days after enough have approved", html);
        Assert.Contains(CharterTests.CoLiving.Grounds["harm"], html);
        Assert.Contains("<bdi class=\"said\">Broke a door,\nand a window.</bdi>", WebUtility.HtmlDecode(html));

        foreach (var name in (string[])["ben", "cyd"]) await ApproveAsync(desk, await desk.AtAsync(name), decision);
        Assert.Contains("3 of 4", await ana.GetStringAsync(desk.Server.Url("/desk")));
        Assert.Null((await RowAsync(desk, decision)).ReachedAt);
        var dee = await desk.AtAsync("dee");
        var waiting = await dee.GetStringAsync(desk.Server.Url("/desk"));
        Assert.Contains("<bdi class=\"said\">fay</bdi>", waiting);
        Assert.Contains($"href=\"{desk.Server.Url(decision)}\"", waiting);
        await ApproveAsync(desk, dee, decision);
        html = await dee.GetStringAsync(desk.Server.Url(decision));
        Assert.Contains("It waits for its day", html);
        Assert.Contains("Enough had approved", html);

        // Not before its day; and then it is done, once.
        Assert.True((await desk.Server.RecordOfAsync(desk.Wallets["fay"])).RevokedAt is null);
        desk.Server.Time.Move(TimeSpan.FromDays(21) + TimeSpan.FromMinutes(1));
        await desk.Deciding.GoOnAsync();
        Assert.NotNull((await desk.Server.RecordOfAsync(desk.Wallets["fay"])).RevokedAt);
        Assert.Contains("It was carried out", await (await desk.AtAsync("dee")).GetStringAsync(desk.Server.Url(decision)));
    }

    [Fact]
    public async Task Who_has_no_say_sees_that_in_words_and_can_propose_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var browser = await desk.AtAsync("ivy");
        Assert.Contains("You have no say in anything", await browser.GetStringAsync(desk.Server.Url("/desk")));
        using var form = await browser.GetAsync(desk.Server.Url("/desk/propose/revoke"));
        await form.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);

        // A member of some months has one in the charter alone.
        var fay = await desk.AtAsync("fay");
        var html = await fay.GetStringAsync(desk.Server.Url("/desk"));
        Assert.Contains("/desk/propose/change_charter", html);
        Assert.DoesNotContain("/desk/propose/revoke", html);
    }

    [Fact]
    public async Task An_approval_can_be_taken_back_and_a_proposal_withdrawn()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana");
        var decision = await desk.ProposeAsync(ana, "add_node", ("name", "Porto"), ("region", "Europe"));
        var ben = await desk.AtAsync("ben");
        await ApproveAsync(desk, ben, decision);
        using (var back = await desk.PressAsync(ben, decision, "take-back")) Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Equal([desk.People["ana"]], await Approvals.OfAsync(desk.Server.Nation.Database, IdOf(decision)));
        Assert.Contains("Approval taken back", await ben.GetStringAsync(desk.Server.Url(decision)));

        // Not another's proposal.
        using (var theirs = await desk.SendAsync(ben, await ben.GetStringAsync(desk.Server.Url(decision)), $"{decision}/withdraw")) await theirs.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Equal(Decisions.Open, (await RowAsync(desk, decision)).State);
        using (var gone = await desk.PressAsync(ana, decision, "withdraw")) Assert.Equal(HttpStatusCode.SeeOther, gone.StatusCode);
        Assert.Equal(Decisions.Withdrawn, (await RowAsync(desk, decision)).State);
        Assert.Contains("Who proposed it took it back", await ana.GetStringAsync(desk.Server.Url(decision)));
    }

    [Fact]
    public async Task A89_a_form_without_this_browsers_own_value_changes_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (ana, ben) = (await desk.AtAsync("ana"), await desk.AtAsync("ben"));
        var decision = await desk.ProposeAsync(ana, "add_node", ("name", "Porto"), ("region", "Europe"));
        var (mine, theirs) = (await ben.GetStringAsync(desk.Server.Url(decision)), await ana.GetStringAsync(desk.Server.Url("/desk/propose/add_node")));
        var foreign = System.Text.RegularExpressions.Regex.Match(theirs, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        foreach (var value in (string[])["", "AAAA", foreign])
        {
            foreach (var button in (string[])["approve", "take-back", "withdraw"])
            {
                using var forged = await desk.SendAsync(ben, mine, $"{decision}/{button}", ("form", value));
                await forged.RefusedAsPageAsync("invalid_request");
            }

            using var proposed = await desk.SendAsync(ben, mine, "/desk/propose/add_node", ("form", value), ("name", "Faro"), ("region", "Europe"));
            await proposed.RefusedAsPageAsync("invalid_request");
        }

        Assert.Equal(1, await desk.Server.CountAsync("approval"));
        Assert.Equal(1, await desk.Server.CountAsync("decision"));
    }

    [Fact]
    public async Task A90_a_person_counts_once_from_two_browsers()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var decision = await desk.ProposeAsync(await desk.AtAsync("ana"), "add_node", ("name", "Porto"), ("region", "Europe"));
        var (one, other) = (await desk.AtAsync("ben"), await desk.AtAsync("ben"));
        var (here, there) = (await one.GetStringAsync(desk.Server.Url(decision)), await other.GetStringAsync(desk.Server.Url(decision)));
        var sent = await Task.WhenAll(desk.SendAsync(one, here, $"{decision}/approve"), desk.SendAsync(other, there, $"{decision}/approve"));
        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.PreconditionFailed], sent.Select(answer => answer.StatusCode).Order());
        using (var third = await desk.SendAsync(other, there, $"{decision}/approve"))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, third.StatusCode);
            Assert.Contains("Each person counts once", await third.Content.ReadAsStringAsync());
        }

        Assert.Equal(2, await desk.Server.CountAsync("approval"));
        foreach (var answer in sent) answer.Dispose();
    }

    [Fact]
    public async Task A91_a_decision_of_another_node_is_not_there_nor_one_about_oneself()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var hal = await desk.AtAsync("hal", "/desk/propose/suspend");
        var decision = await desk.ProposeAsync(hal, "suspend", [("member", desk.People["fay"]), ("days", "10"), .. Wrong]);
        var own = await hal.GetStringAsync(desk.Server.Url(decision));
        foreach (var name in (string[])["gil", "fay"])
        {
            var browser = await desk.AtAsync(name);
            Assert.DoesNotContain(decision, await browser.GetStringAsync(desk.Server.Url("/desk")));
            using var read = await browser.GetAsync(desk.Server.Url(decision));
            using var none = await browser.GetAsync(desk.Server.Url("/desk/decisions/" + RandomId.New()));
            Assert.Equal(Body(await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound)), Body(await read.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound)));

            // With a form value of their own, and all the rest of another's.
            var value = System.Text.RegularExpressions.Regex.Match(await FormOfAsync(browser), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
            foreach (var button in (string[])["approve", "take-back", "withdraw"])
            {
                using var acted = await desk.SendAsync(browser, own, $"{decision}/{button}", ("form", value));
                await acted.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
            }
        }

        Assert.Equal(1, await desk.Server.CountAsync("approval"));
        Assert.Equal((Decisions.Open, 1L), ((await RowAsync(desk, decision)).State, (await RowAsync(desk, decision)).Revision));

        // It is there for a steward of the node, and of the whole nation.
        Assert.Contains("Approve", await (await desk.AtAsync("ana")).GetStringAsync(desk.Server.Url(decision)));

        // A steward of one node proposes nothing of another's members.
        var gilAtForm = await desk.AtAsync("gil", "/desk/propose/suspend");
        using var proposed = await desk.SendAsync(
            gilAtForm, await gilAtForm.GetStringAsync(desk.Server.Url("/desk/propose/suspend")), "/desk/propose/suspend", [("member", desk.People["hal"]), ("days", "10"), .. Wrong]);
        Assert.Equal(HttpStatusCode.BadRequest, proposed.StatusCode);
        Assert.Contains("you are not among those who decide", await proposed.Content.ReadAsStringAsync());

        async Task<string> FormOfAsync(HttpClient browser) => await browser.GetStringAsync(desk.Server.Url("/desk/propose/change_charter"));

        static string Body(string html) => html[html.IndexOf("<main>", StringComparison.Ordinal)..html.IndexOf("</main>", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task A92_what_has_moved_since_it_was_shown_is_shown_again_and_another_approval_alone_is_not_that()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var decision = await desk.ProposeAsync(await desk.AtAsync("ana"), "add_node", ("name", "Porto"), ("region", "Europe"));
        var (ben, cyd, dee) = (await desk.AtAsync("ben"), await desk.AtAsync("cyd"), await desk.AtAsync("dee"));
        var shown = await cyd.GetStringAsync(desk.Server.Url(decision));
        var shownToDee = await dee.GetStringAsync(desk.Server.Url(decision));
        await ApproveAsync(desk, ben, decision);
        using (var despite = await desk.SendAsync(cyd, shown, $"{decision}/approve")) Assert.Equal(HttpStatusCode.SeeOther, despite.StatusCode);
        using (var back = await desk.PressAsync(ben, decision, "take-back")) Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        using (var stale = await desk.SendAsync(dee, shownToDee, $"{decision}/approve"))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
            var html = await stale.Content.ReadAsStringAsync();
            Assert.Contains("this has changed since you were shown it", html);
            Assert.Contains("2 of 4", html);
            Assert.Equal(2, await desk.Server.CountAsync("approval"));

            // What is shown now can be approved.
            using var again = await desk.SendAsync(dee, html, $"{decision}/approve");
            Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
        }

        // And what has ended meanwhile is not.
        shown = await ben.GetStringAsync(desk.Server.Url(decision));
        var eve = await desk.AtAsync("eve");
        var theirs = await eve.GetStringAsync(desk.Server.Url(decision));
        await ApproveAsync(desk, ben, decision);
        Assert.Equal(Decisions.Done, (await RowAsync(desk, decision)).State);
        using var late = await desk.SendAsync(ben, shown, $"{decision}/approve");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var never = await desk.SendAsync(eve, theirs, $"{decision}/approve");
        await never.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        foreach (var number in (string[])["", "x", "-1", "99999999999999999999"])
        {
            using var bad = await desk.SendAsync(ben, shown, $"{decision}/approve", ("revision", number));
            await bad.RefusedAsPageAsync("invalid_request");
        }
    }

    [Fact]
    public async Task A93_what_people_typed_is_shown_escaped_and_isolated_with_its_lines()
    {
        const string Name = "<script>alert(1)</script> مريم \U0001F9D1\u200D\U0001F33E";
        await using var desk = await TestDesk.GovernedAsync(Name);
        var ana = await desk.AtAsync("ana", "/desk/propose/revoke");
        var form = await ana.GetStringAsync(desk.Server.Url("/desk/propose/revoke"));

        // What would be drawn as something else is not taken; what was typed stays.
        foreach (var bad in (string[])["over\u202Eridden", "zero\u200Bwidth", "bell\u0007"])
        {
            using var refused = await desk.SendAsync(ana, form, "/desk/propose/revoke", ("member", desk.People["fay"]), ("ground", "deceit"), ("reason", bad));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var html = await refused.Content.ReadAsStringAsync();
            Assert.Contains("id=\"reason-error\"><bdi>the reason must hold no control characters", html);
            Assert.Contains($"value=\"{desk.People["fay"]}\"", html);
            Assert.Contains("<option value=\"deceit\" selected", html);
        }

        using (var nul = await desk.SendAsync(ana, form, "/desk/propose/revoke", ("member", desk.People["fay"]), ("ground", "harm"), ("reason", "a\0b"))) await nul.RefusedAsPageAsync("invalid_request");
        using (var large = await desk.SendAsync(ana, form, "/desk/propose/revoke", ("member", desk.People["fay"]), ("ground", "harm"), ("reason", new string('a', 1 << 20)))) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(0, await desk.Server.CountAsync("decision"));

        var decision = await desk.ProposeAsync(ana, "revoke", ("member", desk.People["fay"]), ("ground", "harm"), ("reason", "</bdi><img src=x onerror=alert(1)>\r\n=cmd|'/c calc'!A1\r\n\r\nשלום"));
        foreach (var path in (string[])[decision, "/desk"])
        {
            var html = await ana.GetStringAsync(desk.Server.Url(path));
            Assert.Contains("<bdi class=\"said\">&lt;script&gt;alert(1)&lt;/script&gt; ", html);
            Assert.Contains(Name["<script>alert(1)</script> ".Length..], WebUtility.HtmlDecode(html));
            Assert.DoesNotContain("<script>", html);
            Assert.DoesNotContain("<img", html);
            Assert.DoesNotContain(" style=", html);
        }

        var read = WebUtility.HtmlDecode(await ana.GetStringAsync(desk.Server.Url(decision)));
        Assert.Contains("<bdi class=\"said\"></bdi><img src=x onerror=alert(1)>\n=cmd|'/c calc'!A1\n\nשלום</bdi>", read);
    }

    [Fact]
    public async Task An_act_that_wants_it_is_approved_and_proposed_by_who_has_just_proven_who_they_are()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana", "/desk/propose/revoke");
        var decision = await desk.ProposeAsync(ana, "revoke", [("member", desk.People["fay"]), .. Wrong]);
        var (ben, form) = (await desk.AtAsync("ben"), await ana.GetStringAsync(desk.Server.Url("/desk/propose/revoke")));
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        using (var asked = await desk.PressAsync(ben, decision, "approve"))
        {
            Assert.Contains("&prompt=login", asked.Headers.Location!.ToString());
            Assert.Equal(1, await desk.Server.CountAsync("approval"));
            await desk.SignInAsync(ben, "ben", asked, decision);
        }

        await ApproveAsync(desk, ben, decision);
        Assert.Equal(2, await desk.Server.CountAsync("approval"));

        // A form is not opened, and one that was typed into is not lost.
        using (var asked = await ana.GetAsync(desk.Server.Url("/desk/propose/revoke"))) Assert.Contains("&prompt=login", asked.Headers.Location!.ToString());
        using (var kept = await desk.SendAsync(ana, form, "/desk/propose/revoke", [("member", desk.People["eve"]), .. Wrong]))
        {
            Assert.Equal(HttpStatusCode.Forbidden, kept.StatusCode);
            var html = await kept.Content.ReadAsStringAsync();
            Assert.Contains("Broke a door,\nand a window.</textarea>", WebUtility.HtmlDecode(html).ReplaceLineEndings("\n"));
            Assert.Equal(1, await desk.Server.CountAsync("decision"));
            var prove = WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(html, "<a href=\"([^\"]+)\" target=\"_blank\"").Groups[1].Value);
            using (await ana.GetAsync(await desk.ProveAsync(ana, "ana", prove))) { }
            using var done = await desk.SendAsync(ana, html, "/desk/propose/revoke", [("member", desk.People["eve"]), .. Wrong]);
            Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        }

        // Other acts want it not: the session is enough.
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        await desk.ProposeAsync(ana, "add_node", ("name", "Porto"), ("region", "Europe"));
    }

    [Fact]
    public async Task Stewards_are_appointed_and_dismissed_and_what_is_wrong_is_said_beside_its_field()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana", "/desk/propose/dismiss");
        var form = await ana.GetStringAsync(desk.Server.Url("/desk/propose/appoint"));
        await WrongAsync("appoint", "member", ("member", "nobody"), ("node", "node:Austin"), ("acts.admit", "1"), ("until", desk.Server.Day(30)));
        await WrongAsync("appoint", "acts", ("member", desk.People["fay"]), ("node", "nation"), ("until", desk.Server.Day(30)));
        await WrongAsync("appoint", "until", ("member", desk.People["fay"]), ("node", "nation"), ("acts.admit", "1"), ("until", "soon"));
        await WrongAsync("appoint", "until", ("member", desk.People["fay"]), ("node", "nation"), ("acts.admit", "1"), ("until", desk.Server.Day(4000)));
        await WrongAsync("appoint", "node", ("member", desk.People["fay"]), ("node", "node:Atlantis"), ("acts.admit", "1"), ("until", desk.Server.Day(30)));
        await WrongAsync("suspend", "days", [("member", desk.People["fay"]), ("days", "61"), .. Wrong]);
        await WrongAsync("suspend", "days", [("member", desk.People["fay"]), ("days", "many"), .. Wrong]);
        await WrongAsync("suspend", "reason", ("member", desk.People["fay"]), ("ground", "harm"), ("days", "10"));
        await WrongAsync("suspend_at_once", "ground", ("member", desk.People["fay"]), ("ground", "debts"), ("days", "2"), ("reason", "Owes."));
        await WrongAsync("add_node", "name", ("name", "Lisbon"), ("region", "Europe"));
        await WrongAsync("add_node", "region", ("name", "Porto"), ("region", ""));
        await WrongAsync("dismiss", "mandate", ("mandate", "none"), ("reason", "Never there."));
        await WrongAsync("change_charter", "charter", ("charter", "{}"));
        Assert.Equal(0, await desk.Server.CountAsync("decision"));

        await desk.ProposeAsync(ana, "appoint", ("member", desk.People["fay"]), ("node", "node:Austin"), ("acts.admit", "1"), ("acts.witness", "1"), ("until", desk.Server.Day(30)));
        var mandate = (await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["gil"])).Single();
        var decision = await desk.ProposeAsync(ana, "dismiss", ("mandate", mandate.Id), ("reason", "Never there."));
        foreach (var name in (string[])["ben", "cyd"]) await ApproveAsync(desk, await desk.AtAsync(name), decision);
        Assert.Empty(await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["gil"]));
        var appointed = (await desk.Deciding.ForAsync(desk.People["ben"])).Single().Proposal!;
        Assert.Equal(("""{"node":"Austin","acts":["admit","witness"],"until":"DAY"}""").Replace("DAY", desk.Server.Day(30), StringComparison.Ordinal), StrictJson.WriteText(appointed.Content));

        async Task WrongAsync(string act, string field, params (string, string)[] typed)
        {
            using var refused = await desk.SendAsync(ana, form, $"/desk/propose/{act}", typed);
            var html = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, html);
            Assert.True(html.Contains($"id=\"{field}-error\"", StringComparison.Ordinal), $"{act} {field}: {html}");
            Assert.Contains("Nothing was proposed", html);
        }
    }

    [Fact]
    public async Task A_charter_is_proposed_only_after_what_it_changes_was_shown()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var fay = await desk.AtAsync("fay");
        var json = CharterTests.CoLiving.ToJson();
        (json["version"], json["appeal"]!["open_days"]) = ("2027-1", 60);
        var charter = json.ToJsonString();
        const string Path = "/desk/propose/change_charter";
        using var compared = await desk.SendAsync(fay, await fay.GetStringAsync(desk.Server.Url(Path)), Path, ("charter", charter));
        Assert.Equal(HttpStatusCode.OK, compared.StatusCode);
        var html = await compared.Content.ReadAsStringAsync();
        Assert.Contains("/appeal/open_days", html);
        Assert.Equal(0, await desk.Server.CountAsync("decision"));

        // What was shown is what is proposed: another text is shown first.
        json["appeal"]!["open_days"] = 90;
        using (var other = await desk.SendAsync(fay, html, Path, ("charter", json.ToJsonString()))) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(0, await desk.Server.CountAsync("decision"));
        using var done = await desk.SendAsync(fay, html, Path, ("charter", charter));
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        var page = await fay.GetStringAsync(done.Headers.Location!.ToString());
        Assert.Contains("Version 2027-1", page);
        Assert.Contains("/appeal/open_days", page);
        Assert.Contains("7 days after enough have approved", page);
    }

    [Fact]
    public async Task A_sign_in_leads_back_to_pages_of_our_own_alone()
    {
        await using var desk = await TestDesk.GovernedAsync();
        foreach (var (path, back) in ((string, string)[])[("/desk/decisions/x%2F..%2F..%2Flogout", "/account"), ("/desk/decisions/none", "/desk/decisions/none"), ("/desk/propose/%2F%2Fevil.example", "/account")])
        {
            using var browser = TestServer.NewBrowser();
            using var sent = await browser.GetAsync(desk.Server.Url(path));
            await desk.SignInAsync(browser, "ana", sent, back);
        }

        // Who comes to the desk is asked to sign in to the desk, on the page and in the wallet; who comes to their account, to that.
        foreach (var (path, name) in ((string, string)[])[("/desk", "the desk"), ("/desk/propose/revoke", "the desk"), ("/account", "your account"), ("/account/desk", "your account")])
        {
            using var visitor = TestServer.NewBrowser();
            using var sent = await visitor.GetAsync(desk.Server.Url("/desk"));
            var here = Regex.Replace(sent.Headers.Location!.ToString(), "(?<=[?&]state=[^.&]*\\.)[^&]*", Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(path)));
            using var page = await visitor.GetAsync(here);
            var html = await visitor.GetStringAsync(page.Headers.Location);
            var called = $"{desk.Server.Nation.Keys.Nation.Name}: {name}";
            Assert.Contains($"<h1>Sign in to <bdi>{called}</bdi></h1>", html);
            var request = await new TestWallet(desk.Server).FetchAsync(TestSignIn.LinksOf(html)[0]);
            Assert.StartsWith($"{called} (", (string)request["client_metadata"]!["client_name"]!);
        }

        // A state that somebody changed redeems no code.
        using var other = TestServer.NewBrowser();
        using var asked = await other.GetAsync(desk.Server.Url("/desk"));
        var url = await desk.ProveAsync(other, "ana", asked.Headers.Location!.ToString());
        var state = TestWallet.Parameter(url, "state");
        using var changed = await other.GetAsync(url.Replace(state, $"{state.Split('.')[0]}.{Base64Url.Encode("/desk/propose/revoke"u8)}", StringComparison.Ordinal));
        await changed.RefusedAsPageAsync("invalid_grant");
    }

    private static async Task ApproveAsync(TestDesk desk, HttpClient browser, string decision)
    {
        using var done = await desk.PressAsync(browser, decision, "approve");
        Assert.True(done.StatusCode == HttpStatusCode.SeeOther, await done.Content.ReadAsStringAsync());
        Assert.Equal(desk.Server.Url(decision), done.Headers.Location!.ToString());
    }

    private static string IdOf(string decision) => decision.Split('/')[^1];

    private static async Task<Decisions.Row> RowAsync(TestDesk desk, string decision) => (await Decisions.FindAsync(desk.Server.Nation.Database, IdOf(decision)))!;
}
