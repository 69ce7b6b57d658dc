using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The page of accounts elsewhere, without a script; and an app that asks for a member and an account of theirs, together.</summary>
public sealed class ElsewhereTests
{
    private const string Path = "/account/elsewhere";

    [Fact]
    public async Task A_member_binds_an_account_by_its_signature_takes_its_credential_and_unbinds_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var account = new TestChainAccount();
        var fay = await desk.AtAsync("fay", Path);
        var page = await fay.GetStringAsync(desk.Server.Url(Path));
        Assert.Contains("You have bound none", page);
        using (var bound = await BindAsync(desk, fay, page, account)) Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url(Path)), (bound.StatusCode, bound.Headers.Location!.ToString()));
        page = await fay.GetStringAsync(desk.Server.Url(Path));
        Assert.Contains(account.Account, page);
        Assert.Contains("An account elsewhere was bound", await fay.GetStringAsync(desk.Server.Url("/account/notices")));
        await TakeAsync(desk, fay, "fay", page);
        Assert.Contains("account", desk.Wallets["fay"].Held.Keys);
        using (await desk.SendAsync(fay, page, $"{Path}/unbind")) { }
        Assert.NotNull((await desk.Server.RecordOfAsync(desk.Wallets["fay"], "account")).RevokedAt);
        Assert.Contains("You have bound none", await fay.GetStringAsync(desk.Server.Url(Path)));

        // What the page showed before is not there to take or to unbind any more; and there is no other act.
        foreach (var act in (string[])["take", "unbind"])
        {
            using var gone = await desk.SendAsync(fay, page, $"{Path}/{act}");
            Assert.Equal(desk.Server.Url(Path), gone.Headers.Location!.ToString());
        }

        using var none = await desk.SendAsync(fay, page, $"{Path}/give");
        await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A62_A63_what_is_wrong_is_said_beside_its_field_and_nothing_is_bound()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var account = new TestChainAccount();
        using var another = new TestChainAccount();
        var fay = await desk.AtAsync("fay", Path);
        var page = await fay.GetStringAsync(desk.Server.Url(Path));
        foreach (var (typed, words) in ((string, string)[])
        [
            ("", "written as namespace:chain:address"),
            ("<b>me</b>", "written as namespace:chain:address"),
            ("eip155:1:0x00", "40 hexadecimal digits"),
            ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv", "eip155 alone"),
        ])
        {
            using var wrong = await desk.SendAsync(fay, page, $"{Path}/begin", ("account", typed));
            await WrongAsync(wrong, "account", words);
        }

        // The text is shown again with what is wrong, and signed again: the nonce is not spent by that.
        var text = await BeginAsync(desk, fay, page, account);
        foreach (var signature in (string[])["", "0x12", another.Sign(MessageOf(text)), account.Sign(MessageOf(text).Replace("localhost", "other.example", StringComparison.Ordinal))])
        {
            using var wrong = await desk.SendAsync(fay, text, $"{Path}/bind", ("signature", signature));
            var html = await WrongAsync(wrong, "signature", signature.Length > 10 ? "not this account" : "65 bytes");
            Assert.Equal(MessageOf(text), MessageOf(html));
        }

        // Not in another's session, also with that one's own form; and where the nonce is none, the account is to be named again.
        var ivy = await desk.AtAsync("ivy", Path);
        var theirs = FormOf(await ivy.GetStringAsync(desk.Server.Url(Path)));
        using (var forged = await desk.SendAsync(ivy, text, $"{Path}/bind", ("signature", account.Sign(MessageOf(text))))) await forged.RefusedAsPageAsync("invalid_request");
        using (var copied = await desk.SendAsync(ivy, text, $"{Path}/bind", ("form", theirs), ("signature", account.Sign(MessageOf(text))))) await WrongAsync(copied, "account", "another session");
        using (var made = await desk.SendAsync(fay, text, $"{Path}/bind", ("nonce", new string('f', 80)), ("signature", account.Sign(MessageOf(text))))) await WrongAsync(made, "account", "another session");
        Assert.Equal(0, await desk.Server.CountAsync("bound_account"));

        // What is right binds it; sent again, it doesn't.
        using (var bound = await desk.SendAsync(fay, text, $"{Path}/bind", ("signature", account.Sign(MessageOf(text))))) Assert.Equal(HttpStatusCode.SeeOther, bound.StatusCode);
        using (var again = await desk.SendAsync(fay, text, $"{Path}/bind", ("signature", account.Sign(MessageOf(text))))) Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);

        // Ivy is told that it is taken, and not by whom.
        using (var taken = await BindAsync(desk, ivy, await ivy.GetStringAsync(desk.Server.Url(Path)), account))
            Assert.DoesNotContain(desk.People["fay"], await WrongAsync(taken, "account", "bound to a membership already"), StringComparison.Ordinal);
        Assert.Equal(1, await desk.Server.CountAsync("bound_account"));

        async Task<string> WrongAsync(HttpResponseMessage response, string field, string words)
        {
            var html = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, html);
            Assert.Contains("Nothing was bound", html);
            Assert.Matches($"id=\"{field}-error\"><bdi>[^<]*{Regex.Escape(words)}", WebUtility.HtmlDecode(html));
            return html;
        }
    }

    [Fact]
    public async Task A90_who_proved_themselves_a_while_ago_proves_it_again_before_anything_is_bound_taken_or_unbound()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using var account = new TestChainAccount();
        using var strangers = new TestChainAccount();
        var fay = await desk.AtAsync("fay", Path);
        using (await BindAsync(desk, fay, await fay.GetStringAsync(desk.Server.Url(Path)), account)) { }
        var page = await fay.GetStringAsync(desk.Server.Url(Path));
        var text = await BeginAsync(desk, fay, page, strangers);
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        foreach (var (act, html, fields) in ((string, string, (string, string)[])[])
            [("begin", page, [("account", strangers.Account)]), ("bind", text, [("signature", strangers.Sign(MessageOf(text)))]), ("take", page, []), ("unbind", page, [])])
        {
            using var asked = await desk.SendAsync(fay, html, $"{Path}/{act}", fields);
            Assert.Contains("&prompt=login", asked.Headers.Location!.ToString());
        }

        Assert.Equal(account.Account, Assert.Single(await desk.Server.Nation.AccountBinding.OfAsync(desk.People["fay"])).Account);
        Assert.Equal(0L, await desk.Server.CountAsync("offer WHERE type = 'account'"));

        // Proven anew, they come back to the page, and it goes on from there.
        using (var again = await desk.SendAsync(fay, page, $"{Path}/begin", ("account", strangers.Account))) await desk.SignInAsync(fay, "fay", again, Path);
        using (var bound = await BindAsync(desk, fay, await fay.GetStringAsync(desk.Server.Url(Path)), strangers)) Assert.Equal(desk.Server.Url(Path), bound.Headers.Location!.ToString());
        Assert.Equal(2, await desk.Server.CountAsync("bound_account"));
    }

    /// <summary>A DAO: each member has one vote, cast by an account of theirs.</summary>
    [Fact]
    public async Task A80_an_app_that_asks_for_both_learns_the_account_and_knows_the_member_by_one_sub_whichever_account_it_is()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var fay = await desk.AtAsync("fay", Path);
        var dao = await TestSignIn.BeginAsync(desk.Server, request => request with { Policy = ProofPolicy.Of(["membership", "account"]) }, "openid membership account");
        List<(string Sub, string Account)> voted = [];
        foreach (var account in (TestChainAccount[])[new(), new()])
        {
            using (account)
            {
                using (await BindAsync(desk, fay, await fay.GetStringAsync(desk.Server.Url(Path)), account)) { }
                var page = await fay.GetStringAsync(desk.Server.Url(Path));
                await TakeAsync(desk, fay, "fay", page[page.IndexOf(account.Account, StringComparison.Ordinal)..], FormOf(page));
                await dao.OpenAsync("openid membership account", change => change["prompt"] = "login");
                var claims = TestSignIn.ClaimsOf(await dao.SignInAsync(desk.Wallets["fay"]));
                voted.Add(((string)claims["sub"]!, (string)claims["account"]!["account"]!));
                Assert.Equal(["account"], claims["account"]!.AsObject().Select(claim => claim.Key));
                Assert.Equal(account.Account, voted[^1].Account);
            }
        }

        Assert.Single(voted.Select(vote => vote.Sub).Distinct());
        Assert.Equal(2, voted.Select(vote => vote.Account).Distinct().Count());

        // An account of fay's with ivy's membership is nobody's proof; nor is what was unbound.
        var held = desk.Wallets["fay"].Held["account"];
        await dao.OpenAsync("openid membership account", change => change["prompt"] = "login");
        var request = await desk.Wallets["ivy"].FetchAsync(dao.SameDeviceLink);
        var both = await desk.Wallets["ivy"].PresentationAsync(request, ["tier"]);
        var lent = await desk.Wallets["fay"].PresentationAsync(request, ["account"], type: "account");
        using (var refused = await desk.Wallets["ivy"].AnswerAsync(request, new JsonObject { ["membership"] = new JsonArray(both), ["account"] = new JsonArray(lent) })) Assert.False(refused.IsSuccessStatusCode);
        foreach (var bound in await desk.Server.Nation.AccountBinding.OfAsync(desk.People["fay"])) await desk.Server.Nation.AccountBinding.UnbindAsync(desk.People["fay"], bound.Id);
        await dao.OpenAsync("openid membership account", change => change["prompt"] = "login");
        using var late = await desk.Wallets["fay"].AnswerAsync(await desk.Wallets["fay"].FetchAsync(dao.SameDeviceLink));
        Assert.False(late.IsSuccessStatusCode);
        Assert.Equal(held, desk.Wallets["fay"].Held["account"]);
    }

    private static async Task<string> BeginAsync(TestDesk desk, HttpClient browser, string page, TestChainAccount account)
    {
        using var begun = await desk.SendAsync(browser, page, $"{Path}/begin", ("account", account.Account), ("of", ""));
        var text = await begun.Content.ReadAsStringAsync();
        Assert.True(begun.StatusCode == HttpStatusCode.OK, text);
        return text;
    }

    private static async Task<HttpResponseMessage> BindAsync(TestDesk desk, HttpClient browser, string page, TestChainAccount account)
    {
        var text = await BeginAsync(desk, browser, page, account);
        return await desk.SendAsync(browser, text, $"{Path}/bind", ("signature", account.Sign(MessageOf(text))));
    }

    private static async Task TakeAsync(TestDesk desk, HttpClient browser, string name, string page, string? form = null)
    {
        using var sent = await desk.SendAsync(browser, page, $"{Path}/take", ("form", form ?? FormOf(page)));
        Assert.StartsWith(desk.Server.Url("/offer/"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        await desk.Wallets[name].TakeAsync(sent.Headers.Location!.ToString().Split('/')[^1]);
    }

    private static string MessageOf(string html) => WebUtility.HtmlDecode(Regex.Match(html, "<textarea id=\"message\"[^>]*>([^<]*)</textarea>").Groups[1].Value);

    private static string FormOf(string html) => Regex.Match(html, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
}
