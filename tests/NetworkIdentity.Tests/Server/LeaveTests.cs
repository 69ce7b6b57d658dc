using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Journey 10: a member sees what is held about them, leaves, takes their exit certificate, and is erased.</summary>
public sealed class LeaveTests
{
    [Fact]
    public async Task A_member_leaves_in_two_clicks_takes_a_certificate_and_is_erased()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var fay = desk.People["fay"];
        var partner = await TestSignIn.BeginAsync(desk.Server);
        var tokens = await partner.SignInAsync(desk.Wallets["fay"]);
        var browser = await desk.AtAsync("fay", "/account");
        var html = await browser.GetStringAsync(desk.Server.Url("/account"));
        Assert.Contains("In force", html);
        Assert.Contains("<bdi>Austin</bdi>", html);
        Assert.Contains(fay, html);
        Assert.Contains($"href=\"{desk.Server.Url("/account/leave")}\"", html);

        var form = await browser.GetStringAsync(desk.Server.Url("/account/leave"));
        using var left = await desk.SendAsync(browser, form, "/account/leave");
        var exit = left.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.SeeOther, left.StatusCode);
        Assert.StartsWith(desk.Server.Url("/exit/"), exit, StringComparison.Ordinal);
        Assert.Equal(Member.Left, (await Members.FindAsync(desk.Server.Nation.Database, fay))!.State);
        Assert.Equal(Sessions.CredentialEnded, (await desk.Server.SessionOfAsync(tokens)).EndReason);

        // An answer that was lost is had again by the same form; and no page of the member's opens any more.
        using (var again = await desk.SendAsync(browser, form, "/account/leave")) Assert.Equal(exit, again.Headers.Location!.ToString());
        foreach (var path in (string[])["/account", "/account/about", "/account/notices", "/account/export", "/account/leave", "/desk"])
        {
            using var sent = await browser.GetAsync(desk.Server.Url(path));
            Assert.StartsWith(desk.Server.Url("/authorize?"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        // From any browser, by the link alone: the certificate, once.
        using var stranger = TestServer.NewBrowser();
        var page = await stranger.GetStringAsync(exit);
        Assert.Contains("You have left", page);
        using (var head = await stranger.GetAsync(exit)) Assert.Equal(("no-referrer", true), (string.Join("", head.Headers.GetValues("Referrer-Policy")), head.Headers.CacheControl!.NoStore));
        using var offered = await desk.SendAsync(stranger, page, $"{PathOf(exit)}/certificate");
        var wallet = desk.Wallets["fay"];
        await wallet.TakeAsync(offered.Headers.Location!.ToString().Split('/')[^1]);
        var claims = SdJwt.Parse(wallet.Held["exit"]).Process().Claims;
        Assert.Equal(("fay", "Austin"), ((string?)claims["display_name"], (string?)claims["node"]));
        Assert.Contains("It was taken", await stranger.GetStringAsync(exit));
        using (var twice = await desk.SendAsync(stranger, page, $"{PathOf(exit)}/certificate")) Assert.Equal(exit, twice.Headers.Location!.ToString());

        // It opens what an app asks of who left, and nothing for members.
        var app = await TestSignIn.BeginAsync(desk.Server, request => request with { Policy = SigningIn.ProofPolicy.Of(["exit"]) });
        Assert.NotNull(await app.SignInAsync(wallet));

        using (var file = await desk.SendAsync(stranger, page, $"{PathOf(exit)}/export")) Assert.Contains($"\"id\": \"{fay}\"", await file.Content.ReadAsStringAsync());
        using (var unsure = await desk.SendAsync(stranger, page, $"{PathOf(exit)}/erase"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unsure.StatusCode);
            Assert.Contains("Nothing was erased", await unsure.Content.ReadAsStringAsync());
            Assert.NotNull(await Member.FindAsync(desk.Server.Nation.Database, desk.Server.Nation.Keys, fay));
        }

        using (var erased = await desk.SendAsync(stranger, page, $"{PathOf(exit)}/erase", ("sure", "1"))) Assert.Contains("It is erased", await erased.Content.ReadAsStringAsync());
        Assert.Null(await Member.FindAsync(desk.Server.Nation.Database, desk.Server.Nation.Keys, fay));
        using var gone = await stranger.GetAsync(exit);
        await gone.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Null((await Credentials.ListAsync(desk.Server.Nation.Database, fay)).Single(row => row.Type == "exit").RevokedAt);
    }

    [Fact]
    public async Task A89_a_form_without_this_browsers_own_value_changes_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (fay, ana) = (await desk.AtAsync("fay", "/account"), await desk.AtAsync("ana", "/account"));
        var (mine, theirs) = (await fay.GetStringAsync(desk.Server.Url("/account/leave")), await ana.GetStringAsync(desk.Server.Url("/account/leave")));
        var contact = FormOf(await fay.GetStringAsync(desk.Server.Url("/account/notices")));
        foreach (var value in (string[])["", "AAAA", FormOf(theirs), contact])
        {
            foreach (var path in (string[])["/account/leave", "/account/export", "/account/contact"])
            {
                if (path == "/account/contact" && value == contact) continue;
                using var forged = await desk.SendAsync(fay, mine, path, ("form", value), ("email", "mallory@example.org"));
                await forged.RefusedAsPageAsync("invalid_request");
            }
        }

        // What the link would hold is the server's own: another's, or a guess, is no form of this page.
        var link = Regex.Match(theirs, "name=\"link\" value=\"([^\"]+)\"").Groups[1].Value;
        foreach (var guess in (string[])[link, "guess"])
        {
            using var forged = await desk.SendAsync(fay, mine, "/account/leave", ("link", guess));
            await forged.RefusedAsPageAsync("invalid_request");
        }

        Assert.Equal(0, await desk.Server.CountAsync("departure") + await desk.Server.CountAsync("contact"));
        Assert.Equal(Member.Active, (await Members.FindAsync(desk.Server.Nation.Database, desk.People["fay"]))!.State);
    }

    [Fact]
    public async Task Who_proved_themselves_a_while_ago_proves_it_again_before_they_leave_or_get_their_export()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var browser = await desk.AtAsync("fay", "/account");
        var forms = new Dictionary<string, string>();
        foreach (var path in (string[])["/account/leave", "/account/export"]) forms[path] = await browser.GetStringAsync(desk.Server.Url(path));
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        foreach (var (path, html) in forms)
        {
            Assert.Contains("You prove first", await browser.GetStringAsync(desk.Server.Url(path)));
            using var asked = await desk.SendAsync(browser, html, path);
            Assert.Contains("&prompt=login", asked.Headers.Location!.ToString());
            Assert.Equal(0, await desk.Server.CountAsync("departure"));
            if (path == "/account/leave") await desk.SignInAsync(browser, "fay", asked, path);
            if (path == "/account/leave") desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        }
    }

    [Fact]
    public async Task A91_a_link_that_was_given_to_nobody_opens_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var stranger = TestServer.NewBrowser();
        foreach (var secret in (string[])[RandomId.Secret(), "x", desk.People["fay"]])
        {
            using var read = await stranger.GetAsync(desk.Server.Url($"/exit/{secret}"));
            await read.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
            foreach (var act in (string[])["certificate", "export", "erase"])
            {
                using var done = await desk.SendAsync(stranger, "", $"/exit/{secret}/{act}", ("sure", "1"));
                await done.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
            }
        }

        // After its time a link gives neither certificate nor export.
        var exit = await LeaveAsync(desk, "fay");
        desk.Server.Time.Move(TimeSpan.FromDays(31));
        foreach (var act in (string[])["certificate", "export"])
        {
            using var late = await desk.SendAsync(stranger, "", $"{exit}/{act}");
            await late.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        }

        Assert.DoesNotContain("Take the exit certificate", await stranger.GetStringAsync(desk.Server.Url(exit)));
    }

    [Fact]
    public async Task A_member_says_where_they_are_told_and_sees_what_they_were_told()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (database, fay) = (desk.Server.Nation.Database, desk.People["fay"]);
        await database.CommitAsync([.. Notice.To(fay, NoticeKind.FactWitnessed, "about", desk.Server.Time.GetUtcNow())]);
        var browser = await desk.AtAsync("fay", "/account/notices");
        var html = await browser.GetStringAsync(desk.Server.Url("/account/notices"));
        Assert.Contains("Something was attested of you, and you can contest it", html);
        Assert.Contains(desk.Server.Url("/account/facts"), html);
        Assert.Contains("You are told here alone", html);
        using (var bad = await desk.SendAsync(browser, html, "/account/contact", ("email", "no address")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            var again = await bad.Content.ReadAsStringAsync();
            Assert.Contains("id=\"email-error\"", again);
            Assert.Contains("value=\"no address\"", again);
        }

        Assert.Equal(0, await desk.Server.CountAsync("contact"));
        using (var kept = await desk.SendAsync(browser, html, "/account/contact", ("email", " fay@example.org "))) Assert.Equal(HttpStatusCode.SeeOther, kept.StatusCode);
        Assert.Equal("fay@example.org", await Contact.EmailAsync(database, (await Member.FindAsync(database, desk.Server.Nation.Keys, fay))!));
        html = await browser.GetStringAsync(desk.Server.Url("/account/notices"));
        Assert.Contains("value=\"fay@example.org\"", html);
        using (await desk.SendAsync(browser, html, "/account/contact")) Assert.Equal(0, await desk.Server.CountAsync("contact"));
    }

    [Fact]
    public async Task A_member_reads_what_was_decided_about_them_once_it_was_and_what_others_attested()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (nation, fay) = (desk.Server.Nation, desk.People["fay"]);
        var book = new FactBook(nation.Database, nation.Keys, nation.Time);
        var day = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime);
        var fact = await book.RecordAsync(new FactDraft(FactKind.Hosting, fay, day, day, "Cooked <b>for</b> forty") { Node = "Austin" }, 1, new(Act.Witness, "x", "2026-1", []));
        await book.WitnessAsync(fact, desk.People["ana"], new(Act.Witness, "x", "2026-1", []));
        var decision = await nation.Deciding.ProposeAsync(Proposal.Suspend(fay, "harm", "Broke a door.", 10), desk.People["ana"]);
        var browser = await desk.AtAsync("fay", "/account/about");
        var html = await browser.GetStringAsync(desk.Server.Url("/account/about"));
        Assert.Contains("Cooked &lt;b&gt;for&lt;/b&gt; forty", html);
        Assert.Contains("<bdi>ana</bdi>", html);
        Assert.DoesNotContain("Broke a door", html);

        foreach (var name in (string[])["ben", "cyd"]) await nation.Deciding.ApproveAsync(decision.Row.Id, desk.People[name]);
        html = await browser.GetStringAsync(desk.Server.Url("/account/about"));
        Assert.Contains("Broke a door.", html);
        Assert.Contains(CharterTests.CoLiving.Grounds["harm"], html);
        Assert.Contains("It takes effect on", html);
        Assert.DoesNotContain(desk.People["ben"], html);
        Assert.DoesNotContain("Broke a door", await (await desk.AtAsync("eve", "/account/about")).GetStringAsync(desk.Server.Url("/account/about")));
    }

    /// <summary>Somebody leaves; the path of their page.</summary>
    internal static async Task<string> LeaveAsync(TestDesk desk, string name)
    {
        var browser = await desk.AtAsync(name, "/account/leave");
        using var left = await desk.SendAsync(browser, await browser.GetStringAsync(desk.Server.Url("/account/leave")), "/account/leave");
        Assert.Equal(HttpStatusCode.SeeOther, left.StatusCode);
        return new Uri(left.Headers.Location!.ToString()).AbsolutePath;
    }

    private static string PathOf(string url) => new Uri(url).AbsolutePath;

    private static string FormOf(string html) => Regex.Match(html, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
}
