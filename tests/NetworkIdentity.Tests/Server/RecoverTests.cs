using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>A lost phone, through the pages: journey 7. Three contacts attest, two stewards decide, three days pass.</summary>
public sealed partial class RecoverTests
{
    [GeneratedRegex("<code dir=\"ltr\"><strong>(?<code>[^<]+)</strong></code>", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shown();

    [GeneratedRegex("/offer/(?<id>[a-z0-9]{26})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Offered();

    [Fact]
    public async Task Three_contacts_and_two_stewards_bind_a_new_wallet_and_every_app_sees_the_same_person()
    {
        await using var desk = await NamedAsync();
        var (server, fay) = (desk.Server, desk.People["fay"]);
        var library = await TestSignIn.BeginAsync(server);
        var before = await library.SignInAsync(desk.Wallets["fay"]);

        // A contact opens it and reads a code out; the person begins, and reads another out.
        var (person, link) = await BegunAsync(desk);
        var html = await person.GetStringAsync(link);
        Assert.Contains("0 of 3", html);
        var code = Shown().Match(html).Groups["code"].Value;

        // Two are not enough.
        foreach (var name in (string[])["ana", "ben"]) await AttestAsync(desk, name, code);
        Assert.Contains("2 of 3", await person.GetStringAsync(link));
        Assert.Empty(await desk.Deciding.ForAsync(desk.People["dee"]));
        await AttestAsync(desk, "cyd", code);
        Assert.Contains("Stewards decide now", await person.GetStringAsync(link));
        var decision = $"/desk/decisions/{Assert.Single(await desk.Deciding.ForAsync(desk.People["dee"])).Row.Id}";
        foreach (var name in (string[])["dee", "eve"])
        {
            var steward = await desk.AtAsync(name);
            html = await steward.GetStringAsync(server.Url(decision));
            Assert.Contains("Bind a new wallet to a member", html);
            Assert.Contains("Attests that it is them", html);
            using var approved = await desk.PressAsync(steward, decision, "approve");
            Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        }

        // Who attested has no say here.
        using (var none = await (await desk.AtAsync("ana")).GetAsync(server.Url(decision))) await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        Assert.Contains("in which the holder of the lost wallet can object", await person.GetStringAsync(link));
        using (var early = await person.PostAsync($"{link}/collect", null)) Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        server.Time.Move(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await desk.Deciding.GoOnAsync();
        var tokens = await SignedInAsync(library, desk.Wallets["fay"]);

        // It is granted, and until it is taken the old wallet works; with the new one it doesn't, and neither does anything that it opened.
        using var collected = await person.PostAsync($"{link}/collect", null);
        html = await collected.Content.ReadAsStringAsync();
        var (offer, tx) = (Offered().Match(html).Groups["id"].Value, Shown().Match(html).Groups["code"].Value);
        using (var told = await library.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        var wallet = new TestWallet(server);
        using (var wrong = await wallet.RedeemAsync(await wallet.CodeOfAsync(offer), tx == "000000" ? "000001" : "000000")) await wrong.RefusedAsync("invalid_grant");
        await wallet.TakeAsync(offer, tx);
        using (var told = await library.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await library.OpenAsync();
        using (var refused = await desk.Wallets["fay"].AnswerAsync(await desk.Wallets["fay"].FetchAsync(library.SameDeviceLink)))
            Assert.Contains("Refused at step Status: revoked", await refused.RefusedAsync("invalid_request"));
        var after = await SignedInAsync(library, wallet);
        Assert.Equal(SubOf(before), SubOf(after));
        Assert.Equal(fay, (await server.RecordOfAsync(wallet)).MemberId);
        Assert.Contains("It is done", await person.GetStringAsync(link));

        // Another app, which never met the old wallet, knows nothing of it; and the member is told what happened.
        Assert.Contains("recovery_done", (await Notices.OfMemberAsync(server.Nation.Database, fay, server.Time.GetUtcNow().ToUnixTimeSeconds())).Select(notice => notice.Kind));
    }

    [Fact]
    public async Task The_holder_of_the_old_wallet_objects_and_it_ends()
    {
        await using var desk = await NamedAsync();
        var (person, link) = await BegunAsync(desk);
        var code = Shown().Match(await person.GetStringAsync(link)).Groups["code"].Value;
        foreach (var name in (string[])["ana", "ben", "cyd"]) await AttestAsync(desk, name, code);
        var holder = await desk.AtAsync("fay", "/account/recovery");
        var html = await holder.GetStringAsync(desk.Server.Url("/account/recovery"));
        Assert.Contains("A new wallet is asked for in your name", html);
        using (var forged = await desk.SendAsync(holder, html, "/account/recovery/object", ("form", "AAAA"))) await forged.RefusedAsPageAsync("invalid_request");
        using (var objected = await desk.SendAsync(holder, html, "/account/recovery/object")) Assert.Contains("You objected", await objected.Content.ReadAsStringAsync());
        Assert.Contains("The holder of the lost wallet objected", await person.GetStringAsync(link));
        Assert.Empty(await desk.Deciding.ForAsync(desk.People["dee"]));

        var ben = await desk.AtAsync("ben", "/account/recovery");
        using var again = await desk.SendAsync(ben, await ben.GetStringAsync(desk.Server.Url("/account/recovery")), "/account/recovery/open", ("member", desk.People["fay"]));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("the member objected", await again.Content.ReadAsStringAsync());
        using (var withdrawn = await person.PostAsync($"{link}/withdraw", null)) Assert.Equal(link, withdrawn.Headers.Location!.ToString());
        Assert.Contains("The holder of the lost wallet objected", await person.GetStringAsync(link));
    }

    /// <summary>A stranger, a member whom nobody named, and a code that is none get the same answers.</summary>
    [Fact]
    public async Task Nobody_learns_who_is_a_member_or_who_lost_a_wallet()
    {
        await using var desk = await NamedAsync();
        var (person, link) = await BegunAsync(desk);
        var code = Shown().Match(await person.GetStringAsync(link)).Groups["code"].Value;
        using var stranger = TestServer.NewBrowser();
        foreach (var typed in (string[])["", "nothing", desk.People["fay"], code, $"<b>{code}"])
        {
            using var begun = await stranger.PostAsync(desk.Server.Url("/recover"), new FormUrlEncodedContent([new("code", typed)]));
            Assert.Equal(HttpStatusCode.BadRequest, begun.StatusCode);
            Assert.Contains("Nothing begins by this code", await begun.Content.ReadAsStringAsync());
        }

        using (var unknown = await stranger.GetAsync(desk.Server.Url($"/recover/{RandomId.Secret()}"))) await unknown.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        using (var collected = await stranger.PostAsync(desk.Server.Url($"/recover/{RandomId.Secret()}/collect"), null)) await collected.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);

        // By the code, for who may not attest: what is there looks like what is not.
        var ivy = await desk.AtAsync("ivy");
        var pages = new List<string>();
        foreach (var one in (string[])[code, RandomId.Spoken("another")])
        {
            using var page = await ivy.GetAsync(desk.Server.Url($"/recover/attest/{one}"));
            pages.Add(Regex.Replace(await page.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound), "<code dir=\"ltr\">[^<]*</code>", ""));
        }

        Assert.Equal(pages[0], pages[1]);
        var circle = await ivy.GetStringAsync(desk.Server.Url("/account/recovery"));
        foreach (var member in (string[])[desk.People["fay"], RandomId.New()])
        {
            using var opened = await desk.SendAsync(ivy, circle, "/account/recovery/open", ("member", member));
            Assert.Equal(HttpStatusCode.Conflict, opened.StatusCode);
            Assert.Contains("there is nothing to attest or to begin", await opened.Content.ReadAsStringAsync());
        }

        // Who attests twice is told so, and the member never sees the page.
        await AttestAsync(desk, "ana", code);
        var ana = await desk.AtAsync("ana", $"/recover/attest/{code}");
        var html = await ana.GetStringAsync(desk.Server.Url($"/recover/attest/{code}"));
        Assert.Contains("You attested that it is them", html);
        using (var twice = await desk.SendAsync(ana, html, $"/recover/attest/{code}")) Assert.Contains("each person counts once", await twice.Content.ReadAsStringAsync());
        using (var back = await desk.SendAsync(ana, html, $"/recover/attest/{code}/take-back")) Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Contains("0 of 3", await person.GetStringAsync(link));
        using (var typed = await ana.GetAsync(desk.Server.Url($"/recover/attest?code={code.ToUpperInvariant().Replace('-', '+')}")))
            Assert.Equal(desk.Server.Url($"/recover/attest/{code}"), typed.Headers.Location!.ToString());
    }

    [Fact]
    public async Task What_is_wrong_with_a_list_is_said_beside_it_and_what_was_typed_stays()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var fay = await desk.AtAsync("fay", "/account/recovery");
        var html = await fay.GetStringAsync(desk.Server.Url("/account/recovery"));
        Assert.Contains("nobody could get you another", html);
        using var wrong = await desk.SendAsync(fay, html, "/account/recovery", ("contacts", $"{desk.People["ana"]}\r\n<i>ben"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var again = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("id=\"contacts-error\"", again);
        Assert.Contains("name 3 people at least", again);
        Assert.Contains("&lt;i&gt;ben", again);
        Assert.Equal(0, await desk.Server.CountAsync("recovery_list"));

        using (var named = await desk.SendAsync(fay, html, "/account/recovery", ("contacts", $"{desk.People["ana"]}\r\n{desk.People["ben"]}, {desk.People["cyd"]}"))) Assert.Equal(HttpStatusCode.SeeOther, named.StatusCode);
        Assert.Contains("Who will be, from", await fay.GetStringAsync(desk.Server.Url("/account/recovery")));
        var ana = await desk.AtAsync("ana", "/account/recovery");
        html = await ana.GetStringAsync(desk.Server.Url("/account/recovery"));
        Assert.DoesNotContain("/account/recovery/open", html);
        using (var declined = await desk.SendAsync(ana, html, "/account/recovery/decline", ("member", desk.People["fay"]))) Assert.Equal(HttpStatusCode.SeeOther, declined.StatusCode);
        Assert.Contains("does not want to", await fay.GetStringAsync(desk.Server.Url("/account/recovery")));
    }

    /// <summary>A nation in which fay has named ana, ben and cyd, and they hold.</summary>
    private static async Task<TestDesk> NamedAsync()
    {
        var desk = await TestDesk.GovernedAsync();
        await desk.Server.Nation.Naming.NameAsync(desk.People["fay"], [desk.People["ana"], desk.People["ben"], desk.People["cyd"]]);
        desk.Server.Time.Move(TimeSpan.FromDays(3));
        return desk;
    }

    /// <summary>Ana opens it for fay, and fay begins it: their browser, and their link.</summary>
    private static async Task<(HttpClient Person, string Link)> BegunAsync(TestDesk desk)
    {
        var ana = await desk.AtAsync("ana", "/account/recovery");
        using var opened = await desk.SendAsync(ana, await ana.GetStringAsync(desk.Server.Url("/account/recovery")), "/account/recovery/open", ("member", desk.People["fay"]));
        var code = Shown().Match(await opened.Content.ReadAsStringAsync()).Groups["code"].Value;
        var person = TestServer.NewBrowser();
        Assert.Contains("You lost your wallet", await person.GetStringAsync(desk.Server.Url("/recover")));
        using var begun = await person.PostAsync(desk.Server.Url("/recover"), new FormUrlEncodedContent([new("code", code)]));
        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        return (person, begun.Headers.Location!.ToString());
    }

    /// <summary>A contact, sent to sign in from the page of the code, says that they spoke with the person.</summary>
    private static async Task AttestAsync(TestDesk desk, string name, string code)
    {
        var contact = await desk.AtAsync(name, $"/recover/attest/{code}");
        var html = await contact.GetStringAsync(desk.Server.Url($"/recover/attest/{code}"));
        Assert.Contains("Is it <bdi>fay</bdi>?", html);
        using var attested = await desk.SendAsync(contact, html, $"/recover/attest/{code}");
        Assert.Equal(HttpStatusCode.SeeOther, attested.StatusCode);
    }

    private static async Task<JsonObject> SignedInAsync(TestSignIn app, TestWallet wallet)
    {
        await app.OpenAsync();
        return await app.SignInAsync(wallet);
    }

    private static string SubOf(JsonObject tokens) => TestSignIn.ClaimsOf(tokens)["sub"]!.GetValue<string>();
}
