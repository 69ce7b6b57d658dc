using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Journey 6: who is suspended or revoked reads why, appeals, and belongs again; by a page that opens for them and opens nothing else.</summary>
public sealed class CaseTests
{
    private static readonly (string, string)[] Wrong = [("ground", "harm"), ("reason", "Broke a door,\r\nand a window.")];

    [Fact]
    public async Task Who_is_suspended_takes_their_file_along_and_leaves_from_their_case()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await desk.ProposeAsync(await desk.AtAsync("hal", "/desk/propose/suspend_at_once"), "suspend_at_once", [("member", desk.People["fay"]), ("days", "7"), .. Wrong]);
        var fay = await AtAsync(desk, "fay");
        Assert.Contains(desk.Server.Url("/account/leave"), await fay.GetStringAsync(desk.Server.Url("/case")));
        using (var file = await desk.SendAsync(fay, await fay.GetStringAsync(desk.Server.Url("/account/export")), "/account/export"))
            Assert.Contains(desk.People["fay"], await file.Content.ReadAsStringAsync());

        // Not while others say that this wallet was lost.
        await desk.Server.Nation.Database.CommitAsync(Recoveries.Insert(new()
        {
            Id = RandomId.New(),
            MemberId = desk.People["fay"],
            OpenedBy = desk.People["ana"],
            StartDigest = "digest",
            CharterVersion = "2026-1",
            State = Recoveries.Attesting,
            Revision = 1,
            OpenedAt = desk.Server.Time.GetUtcNow().ToUnixTimeSeconds(),
            OpenUntil = desk.Server.Time.GetUtcNow().AddDays(9).ToUnixTimeSeconds(),
        }));
        foreach (var path in (string[])["/account/export", "/account/leave"])
        {
            var page = await fay.GetStringAsync(desk.Server.Url(path));
            using var refused = await desk.SendAsync(fay, page, path);
            await refused.RefusedAsPageAsync("recovery_open");
        }

        await desk.Server.Nation.Database.CommitAsync(Recoveries.EndOfMember(desk.People["fay"], 1));

        // Later they prove anew, at their case.
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        var html = await fay.GetStringAsync(desk.Server.Url("/account/leave"));
        var link = (Name: "link", Value: Regex.Match(html, "name=\"link\" value=\"([^\"]+)\"").Groups[1].Value);
        using (var first = await desk.SendAsync(fay, html, "/account/leave", link)) Assert.StartsWith(desk.Server.Url("/authorize?client_id=case&"), first.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(Member.Active, (await Members.FindAsync(desk.Server.Nation.Database, desk.People["fay"]))!.State);
        fay = await AtAsync(desk, "fay");
        html = await fay.GetStringAsync(desk.Server.Url("/account/leave"));
        link = (Name: "link", Value: Regex.Match(html, "name=\"link\" value=\"([^\"]+)\"").Groups[1].Value);
        using (var left = await desk.SendAsync(fay, html, "/account/leave", link)) Assert.Equal(desk.Server.Url($"/exit/{link.Value}"), left.Headers.Location?.ToString());
        Assert.Equal(Member.Left, (await Members.FindAsync(desk.Server.Nation.Database, desk.People["fay"]))!.State);
    }

    [Fact]
    public async Task A54_a_suspension_ends_every_session_and_the_suspended_reads_why_appeals_and_is_good_again()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (app, tokens) = await AppAsync(desk, "fay");
        await desk.ProposeAsync(await desk.AtAsync("hal", "/desk/propose/suspend_at_once"), "suspend_at_once", [("member", desk.People["fay"]), ("days", "7"), .. Wrong]);

        // Nothing that rested on it is good any more.
        Assert.Equal(Sessions.CredentialEnded, (await desk.Server.SessionOfAsync(tokens)).EndReason);
        using (var told = await app.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) Assert.Equal(HttpStatusCode.Unauthorized, told.StatusCode);
        await app.OpenAsync();
        Assert.Equal("suspended", await TriedAsync(desk, "fay", app.SameDeviceLink));

        // Their own page opens, and says why.
        var fay = await AtAsync(desk, "fay");
        var html = WebUtility.HtmlDecode(await fay.GetStringAsync(desk.Server.Url("/case")));
        Assert.Contains("Your membership is suspended until", html);
        Assert.Contains("You were suspended at once", html);
        Assert.Contains("Broke a door,\nand a window.", html);
        Assert.Contains("Harmed somebody, or threatened to.", html);
        Assert.Contains("You can appeal once", html);

        // What is wrong is said beside it, and what was typed stays.
        var decision = Regex.Match(html, "name=\"decision\" value=\"([^\"]+)\"").Groups[1].Value;
        using (var empty = await desk.SendAsync(fay, html, "/case/appeal", ("decision", decision), ("words", " ")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
            Assert.Contains("aria-invalid=\"true\"", await empty.Content.ReadAsStringAsync());
        }

        using (var appealed = await desk.SendAsync(fay, html, "/case/appeal", ("decision", decision), ("words", "It was the wind.\r\nAsk <b>Gil</b>.")))
            Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url("/case")), (appealed.StatusCode, appealed.Headers.Location?.ToString()));
        html = await fay.GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("You appealed. It waits", html);
        Assert.Contains("Ask &lt;b&gt;Gil&lt;/b&gt;.", html);
        Assert.DoesNotContain("/case/appeal", html);

        // Who decided first has no say and is not told; others have.
        Assert.DoesNotContain("Undo what was appealed", await (await desk.AtAsync("hal")).GetStringAsync(desk.Server.Url("/desk")));
        var path = "";
        foreach (var name in (string[])["cyd", "dee", "eve"])
        {
            var browser = await desk.AtAsync(name);
            path = Regex.Match(await browser.GetStringAsync(desk.Server.Url("/desk")), "/desk/decisions/[A-Za-z0-9_-]+").Value;
            html = WebUtility.HtmlDecode(await browser.GetStringAsync(desk.Server.Url(path)));
            Assert.Contains("It was the wind.\nAsk <b>Gil</b>.", html);
            Assert.Contains("First decision: Reasons", html);
            using var approved = await desk.PressAsync(browser, path, "approve");
            Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        }

        Assert.Contains("Your appeal was granted", await fay.GetStringAsync(desk.Server.Url("/case")));
        await app.OpenAsync();
        Assert.Equal(TestSignIn.ClaimsOf(tokens)["sub"]!.GetValue<string>(), TestSignIn.ClaimsOf(await app.SignInAsync(desk.Wallets["fay"]))["sub"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_turns_an_appeal_down_gives_reasons_that_the_person_reads()
    {
        await using var desk = await TestDesk.GovernedAsync(charter: CharterTests.Changed("again", ("/acts/decide_appeal/prove_again", "true")));
        await SuspendedAsync(desk);
        var fay = await AtAsync(desk, "fay");
        await AppealAsync(desk, fay);
        var cyd = await desk.AtAsync("cyd");
        var question = Regex.Match(await cyd.GetStringAsync(desk.Server.Url("/desk")), "/desk/decisions/[A-Za-z0-9_-]+").Value;
        var html = await cyd.GetStringAsync(desk.Server.Url(question));

        // What is wrong is said beside it, and what was typed stays; also where they first prove who they are.
        foreach (var (typed, isKept) in ((string, bool)[])[(" ", false), ("Two people saw it,\nover\u202Eridden.", true), (new string('a', 2001), true)])
        {
            using var bad = await desk.SendAsync(cyd, html, $"{question}/uphold", ("reason", typed));
            var shown = await bad.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            Assert.Contains("id=\"reason-error\"", shown);
            if (isKept) Assert.Contains($"{typed}</textarea>", WebUtility.HtmlDecode(shown).ReplaceLineEndings("\n"));
            Assert.Contains($"action=\"{desk.Server.Url(question)}/uphold\"", shown);
        }

        Assert.Contains("name=\"reason\"", await cyd.GetStringAsync(desk.Server.Url($"{question}/uphold")));
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        using (var late = await desk.SendAsync(cyd, html, $"{question}/uphold", ("reason", "A long text.")))
        {
            Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
            Assert.Contains("A long text.</textarea>", await late.Content.ReadAsStringAsync());
        }

        Assert.Equal(2, await desk.Server.CountAsync("decision"));
        using (var asked = await cyd.GetAsync(desk.Server.Url($"{question}/uphold"))) await desk.SignInAsync(cyd, "cyd", asked, question);

        // Not by who decided first, with a form of their own.
        var ana = await desk.AtAsync("ana", "/desk/propose/revoke");
        var theirs = Regex.Match(await ana.GetStringAsync(desk.Server.Url("/desk/propose/revoke")), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using (var barred = await desk.SendAsync(ana, html, $"{question}/uphold", ("form", theirs), ("reason", "It was."))) await barred.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        using var proposed = await desk.SendAsync(cyd, html, $"{question}/uphold", ("reason", "Two people saw it."));
        var uphold = proposed.Headers.Location!.ToString()[desk.Server.Url("").Length..];
        foreach (var name in (string[])["dee", "eve"])
        {
            using var approved = await desk.PressAsync(await desk.AtAsync(name), uphold, "approve");
            Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        }

        html = await fay.GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("Your appeal was turned down", html);
        Assert.Contains("Two people saw it.", html);
        Assert.Contains("Your membership is suspended until", html);
    }

    [Fact]
    public async Task Who_was_revoked_comes_back_with_the_same_sub_and_seniority_and_another_stays_revoked()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (app, tokens) = await AppAsync(desk, "fay");
        var sub = TestSignIn.ClaimsOf(tokens)["sub"]!.GetValue<string>();
        var before = (await Members.FindAsync(desk.Server.Nation.Database, desk.People["fay"]))!;
        await RevokedAsync(desk, "fay");
        var fay = await AtAsync(desk, "fay");
        await AppealAsync(desk, fay);

        // Four of five decided first, so three who may decide are not there: it falls by its time.
        desk.Server.Time.Move(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
        await desk.Server.Nation.Appealing.GoOnAsync();
        fay = await AtAsync(desk, "fay");
        var html = await fay.GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("Nobody decided on your appeal in its time", html);
        Assert.Contains("A membership is ready for you", html);
        using var taken = await desk.SendAsync(fay, html, "/case/take");
        var offer = taken.Headers.Location!.ToString();
        Assert.StartsWith(desk.Server.Url("/offer/"), offer, StringComparison.Ordinal);
        var old = desk.Wallets["fay"];
        desk.Wallets["fay"] = new TestWallet(desk.Server);
        await desk.Wallets["fay"].TakeAsync(offer.Split('/')[^1]);
        await app.OpenAsync();
        var again = await app.SignInAsync(desk.Wallets["fay"]);
        Assert.Equal(sub, TestSignIn.ClaimsOf(again)["sub"]!.GetValue<string>());
        var after = (await Members.FindAsync(desk.Server.Nation.Database, desk.People["fay"]))!;
        Assert.Equal((before.JoinedAt, before.NodeId), (after.JoinedAt, after.NodeId));
        html = await (await AtAsync(desk, "fay")).GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("You belong.", html);
        Assert.DoesNotContain("A membership is ready for you", html);

        // The wallet of before opens it no more: it may be who found it that holds it.
        desk.Wallets["old"] = old;
        Assert.Equal("replaced", await TriedAsync(desk, "old", await LinkAsync(desk, TestServer.NewBrowser(), "/case")));

        await RevokedAsync(desk, "ivy");
        html = await (await AtAsync(desk, "ivy")).GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("Your membership was revoked on", html);
        Assert.DoesNotContain("Broke a door by fay", html);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("suspended")]
    [InlineData("expired")]
    public async Task The_session_of_who_is_out_opens_their_case_and_nothing_else(string state)
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await TestSignIn.BeginAsync(desk.Server);

        // A year on, the keys are others, which one server has made.
        using var alone = state == "expired" ? desk.Server.Alone() : null;
        if (state == "revoked") await RevokedAsync(desk, "fay");
        else if (state == "suspended") await SuspendedAsync(desk);
        else
        {
            desk.Server.Time.Move(TimeSpan.FromDays(266));
            await desk.Server.Nation.Keys.RenewAsync();
        }

        var fay = await AtAsync(desk, "fay");
        using (var page = await fay.GetAsync(desk.Server.Url("/case"))) Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        // 1. No other page of the nation: each asks who they are, and their credential is no answer.
        foreach (var path in (string[])["/account", "/desk", "/desk/decisions/abc", "/desk/propose/revoke"])
        {
            using var sent = await fay.GetAsync(desk.Server.Url(path));
            Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
            Assert.StartsWith(desk.Server.Url("/authorize?client_id=account&"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(state, await TriedAsync(desk, "fay", await LinkAsync(desk, fay, "/account")));

        // 2. No form of another page, with the value of this one or with none.
        var html = await fay.GetStringAsync(desk.Server.Url("/case"));
        var records = await desk.Server.CountAsync("credential");
        foreach (var path in (string[])["/account/withdraw", "/account/sign-out", "/account/download", "/desk/propose/revoke", "/desk/decisions/abc/approve"])
        {
            using var sent = await desk.SendAsync(fay, html, path, ("client_id", app.ClientId), ("type", "membership"), ("revision", "1"), ("counted", "0"));
            Assert.Contains(sent.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.SeeOther]);
            if (sent.StatusCode == HttpStatusCode.SeeOther) Assert.StartsWith(desk.Server.Url("/authorize?client_id=account&"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(records, await desk.Server.CountAsync("credential"));

        // 3. No code for another client, though it doesn't ask anew; and no app takes the credential.
        var beside = new TestSignIn(desk.Server, app.ClientId, app.Secret, app.RedirectUri, fay);
        using (var silent = await beside.AskAsync(parameters => parameters["prompt"] = "none"))
            silent.RefusedByRedirect("login_required", app.RedirectUri, beside.State, desk.Server.Issuer);
        await beside.OpenAsync();
        Assert.Equal(state, await TriedAsync(desk, "fay", beside.SameDeviceLink));

        // 4. No token of its own: a code that this client was given, with the right verifier, is none at the token endpoint.
        var own = new TestSignIn(desk.Server, MemberPages.CaseClientId, null, desk.Server.Url("/account/return"), fay);
        using var asked = await own.AskAsync(parameters => parameters["scope"] = "openid");
        var code = TestWallet.Parameter(asked.Headers.Location!.ToString(), "code");
        var tokens = await desk.Server.CountAsync("access_token");
        using (var redeemed = await own.RedeemAsync(code)) await redeemed.RefusedAsync("invalid_grant");
        Assert.Equal(tokens, await desk.Server.CountAsync("access_token"));

        // 5. Nor is that code one of the account's.
        var state64 = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes("/account"));
        using (var crossed = await fay.GetAsync(desk.Server.Url($"/account/return?iss={Uri.EscapeDataString(desk.Server.Issuer)}&code={code}&state={RandomId.Secret()}.{state64}")))
            Assert.NotEqual(HttpStatusCode.SeeOther, crossed.StatusCode);
        using var still = await fay.GetAsync(desk.Server.Url("/account"));
        Assert.Equal(HttpStatusCode.SeeOther, still.StatusCode);
    }

    /// <summary>Whoever has the lost wallet, and proved by it before another took its place, is not the member any more.</summary>
    [Fact]
    public async Task A91_what_a_lost_wallet_proved_before_another_took_its_place_opens_no_case_after_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (fay, nation) = (desk.People["fay"], desk.Server.Nation);
        var browser = TestServer.NewBrowser();
        var back = await TestSignIn.AnswerAsync(desk.Wallets["fay"], await LinkAsync(desk, browser, "/case"));

        // Another wallet takes the place of this one.
        var mandate = new Mandate(Act.Issue, "x", CharterTests.CoLiving.Version, []) { DecisionId = "x" };
        var made = await nation.Offering.MakeAsync(CredentialType.Membership, fay, new Dictionary<string, string>(), mandate);
        await (desk.Wallets["fay"] = new TestWallet(desk.Server)).TakeAsync(made.Id);
        Assert.Null(await nation.Database.CommitAsync([.. await nation.Revoker.AllButAsync(fay, made.Id, "Lost.", mandate)]));
        Assert.Equal(1, await desk.Server.CountAsync($"sign_in WHERE member_id = '{fay}' AND client_id = 'case' AND stage = 'lapsed'"));
        await NothingAsync();

        // Also where the proof came in that very moment, and was kept after it.
        await nation.Database.CommitAsync(new Statement("UPDATE sign_in SET stage = 'proven', lapse = NULL WHERE member_id = @fay AND client_id = 'case'", new { fay }));
        await NothingAsync();
        await AtAsync(desk, "fay");

        async Task NothingAsync()
        {
            using var proven = await browser.GetAsync(back);
            Assert.DoesNotContain("code=", proven.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
            Assert.Equal(0, await desk.Server.CountAsync($"session WHERE member_id = '{fay}' AND client_id = 'case'"));
        }
    }

    [Fact]
    public async Task Nobody_elses_case_is_read_and_the_erased_have_none()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await SuspendedAsync(desk);
        var ivy = await AtAsync(desk, "ivy");
        var html = await ivy.GetStringAsync(desk.Server.Url("/case"));
        Assert.Contains("You belong.", html);
        Assert.Contains("Nothing was decided against you.", html);
        var theirs = (await Decisions.OfMemberAsync(desk.Server.Nation.Database, desk.People["fay"]))[0].Id;
        using (var foreign = await desk.SendAsync(ivy, html, "/case/appeal", ("decision", theirs), ("words", "Words."))) Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Equal(0, await desk.Server.CountAsync("appeal"));

        // Not by a form of another browser.
        var fay = await AtAsync(desk, "fay");
        using (var forged = await desk.SendAsync(fay, html, "/case/appeal", ("decision", theirs), ("words", "Words."))) await forged.RefusedAsPageAsync("invalid_request");
        Assert.Equal(0, await desk.Server.CountAsync("appeal"));

        // Between the look and the commit the person may be erased: nothing is kept of them then.
        await desk.Server.Nation.Database.CommitAsync([.. Erasures.Of(desk.People["fay"], 1, 1, desk.Server.Time.GetUtcNow().ToUnixTimeSeconds())]);
        Assert.NotNull(await TriedAsync(desk, "fay", await LinkAsync(desk, TestServer.NewBrowser(), "/case")));
    }

    /// <summary>A browser that is at the page, after its person has proven that they hold a credential of the nation.</summary>
    private static async Task<HttpClient> AtAsync(TestDesk desk, string name)
    {
        var browser = TestServer.NewBrowser();
        using var sent = await browser.GetAsync(desk.Server.Url("/case"));
        Assert.StartsWith(desk.Server.Url("/authorize?client_id=case&"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var back = await browser.GetAsync(await desk.ProveAsync(browser, name, sent.Headers.Location!.ToString()));
        Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url("/case")), (back.StatusCode, back.Headers.Location?.ToString()));
        return browser;
    }

    /// <summary>The link for a wallet, of the sign-in that a page sends to.</summary>
    private static async Task<string> LinkAsync(TestDesk desk, HttpClient browser, string path)
    {
        using var sent = await browser.GetAsync(desk.Server.Url(path));
        using var asked = await browser.GetAsync(sent.Headers.Location!.ToString());
        return TestSignIn.LinksOf(await browser.GetStringAsync(asked.Headers.Location!.ToString()))[0];
    }

    /// <summary>Why a person's credential is refused.</summary>
    private static async Task<string?> TriedAsync(TestDesk desk, string name, string link)
    {
        var wallet = desk.Wallets[name];
        using var answer = await wallet.AnswerAsync(await wallet.FetchAsync(link));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return Regex.Match((await answer.JsonAsync())["error_description"]!.GetValue<string>(), "at step [A-Za-z]+: ([a-z_]+)").Groups[1].Value;
    }

    private static async Task<(TestSignIn App, System.Text.Json.Nodes.JsonObject Tokens)> AppAsync(TestDesk desk, string name)
    {
        var app = await TestSignIn.BeginAsync(desk.Server);
        return (app, await app.SignInAsync(desk.Wallets[name]));
    }

    /// <summary>hal, ana and ben suspend fay for 60 days.</summary>
    private static async Task SuspendedAsync(TestDesk desk)
    {
        var decision = await desk.ProposeAsync(await desk.AtAsync("hal", "/desk/propose/suspend"), "suspend", [("member", desk.People["fay"]), ("days", "60"), .. Wrong]);
        foreach (var name in (string[])["ana", "ben"])
        {
            using var approved = await desk.PressAsync(await desk.AtAsync(name), decision, "approve");
            Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        }

        desk.Server.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await desk.Deciding.GoOnAsync();
    }

    /// <summary>ana, ben, cyd and dee revoke a membership.</summary>
    private static async Task RevokedAsync(TestDesk desk, string name)
    {
        var decision = await desk.ProposeAsync(await desk.AtAsync("ana", "/desk/propose/revoke"), "revoke", [("member", desk.People[name]), ("ground", "harm"), ("reason", $"Broke a door by {name}.")]);
        foreach (var other in (string[])["ben", "cyd", "dee"])
        {
            using var approved = await desk.PressAsync(await desk.AtAsync(other), decision, "approve");
            Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        }

        desk.Server.Time.Move(TimeSpan.FromDays(21) + TimeSpan.FromMinutes(1));
        await desk.Deciding.GoOnAsync();
    }

    private static async Task AppealAsync(TestDesk desk, HttpClient browser)
    {
        var html = await browser.GetStringAsync(desk.Server.Url("/case"));
        using var appealed = await desk.SendAsync(browser, html, "/case/appeal", ("words", "It was the wind."));
        Assert.Equal(HttpStatusCode.SeeOther, appealed.StatusCode);
    }
}
