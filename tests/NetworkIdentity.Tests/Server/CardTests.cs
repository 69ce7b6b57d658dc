using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The pages of printed cards: a member's own, a steward's, and that of who was admitted and has no wallet.</summary>
public sealed partial class CardTests
{
    [Fact]
    public async Task A_member_prints_a_card_looks_at_it_again_and_ends_it()
    {
        await using var desk = await TestDesk.GovernedAsync(fay: "Fay <b>Example</b>");
        var fay = await desk.AtAsync("fay", "/account");
        var account = await fay.GetStringAsync(desk.Server.Url("/account"));
        Assert.Contains($"href=\"{desk.Server.Url("/account/card")}\"", account);
        var empty = await fay.GetStringAsync(desk.Server.Url("/account/card"));
        Assert.DoesNotContain("class=\"card\"", empty);
        Assert.DoesNotContain("/account/card/end", empty);

        using (var done = await desk.SendAsync(fay, empty, "/account/card")) Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url("/account/card")), (done.StatusCode, done.Headers.Location?.ToString()));
        var page = await fay.GetStringAsync(desk.Server.Url("/account/card"));
        foreach (var words in (string[])["Fay &lt;b&gt;Example&lt;/b&gt;", "Printed card", "not that who bears it is the person", "Austin", "<svg", desk.Server.Url("/verify")]) Assert.Contains(words, page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("style=", page);
        var first = TextOf(page);
        Assert.Equal("urn:network-identity:card:1", SdJwtVc.Read(SdJwt.Parse(first)).Type);
        Assert.Contains("<bdi>Printed card</bdi>", await fay.GetStringAsync(desk.Server.Url("/account")));

        using (await desk.SendAsync(fay, page, "/account/card")) { }
        page = await fay.GetStringAsync(desk.Server.Url("/account/card"));
        Assert.NotEqual(first.Split('.')[1], TextOf(page).Split('.')[1]);
        using (await desk.SendAsync(fay, page, "/account/card/end")) { }
        Assert.DoesNotContain("class=\"card\"", await fay.GetStringAsync(desk.Server.Url("/account/card")));
        using (var twice = await desk.SendAsync(fay, page, "/account/card/end"))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, twice.StatusCode);
            Assert.Contains("Nothing was done", await twice.Content.ReadAsStringAsync());
        }

        // A89: not from another's form, and nobody else's card.
        using (var foreign = await desk.SendAsync(await desk.AtAsync("ivy", "/account"), page, "/account/card")) await foreign.RefusedAsPageAsync("invalid_request");
        using var stranger = TestServer.NewBrowser();
        using var sent = await stranger.GetAsync(desk.Server.Url("/account/card"));
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.Equal(2, await CardsAsync(desk));
    }

    [Fact]
    public async Task A91_a_steward_prints_at_the_desk_for_members_of_their_node_and_who_is_none_does_not()
    {
        await using var desk = await TestDesk.GovernedAsync(charter: CharterTests.Changed("again", ("/acts/issue/prove_again", "true")));
        var hal = await desk.AtAsync("hal");
        Assert.Contains($"href=\"{desk.Server.Url("/desk/card")}\"", await hal.GetStringAsync(desk.Server.Url("/desk")));
        var form = await hal.GetStringAsync(desk.Server.Url("/desk/card"));
        using (var done = await desk.SendAsync(hal, form, "/desk/card", ("member", $" {desk.People["fay"]} ")))
        {
            var page = await done.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
            Assert.Contains("<p class=\"called\"><bdi>fay</bdi></p>", page);
            Assert.Contains("It was printed", page);
        }

        // Another node's member is not there, no more than one that there never was; and nothing came of it.
        foreach (var id in (string[])[desk.People["ivy"], "nobody", ""])
        {
            using var other = await desk.SendAsync(hal, form, "/desk/card", ("member", id));
            Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
            Assert.Contains("there is no member of that id", await other.Content.ReadAsStringAsync());
            using var end = await desk.SendAsync(hal, form, "/desk/card/end", ("member", id));
            Assert.Equal(HttpStatusCode.BadRequest, end.StatusCode);
        }

        Assert.Equal(1, await CardsAsync(desk));
        using (var ended = await desk.SendAsync(hal, form, "/desk/card/end", ("member", desk.People["fay"]))) Assert.Contains("The card was ended", await ended.Content.ReadAsStringAsync());
        Assert.NotNull((await Credentials.ListAsync(desk.Server.Nation.Database, desk.People["fay"])).Single(row => row.Type == "card").RevokedAt);

        // Who is no steward doesn't find the page, and can't use a form of it.
        var fay = await desk.AtAsync("fay");
        Assert.DoesNotContain("/desk/card", await fay.GetStringAsync(desk.Server.Url("/desk")));
        using (var none = await fay.GetAsync(desk.Server.Url("/desk/card"))) await none.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        using (var forged = await desk.SendAsync(fay, form, "/desk/card", ("member", desk.People["ivy"]))) await forged.RefusedAsPageAsync("invalid_request");

        // Where the charter wants a fresh proof, who proved themselves some time ago is sent to do it again.
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        using var again = await desk.SendAsync(hal, form, "/desk/card", ("member", desk.People["fay"]));
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
        Assert.Contains("/authorize?client_id=account", again.Headers.Location!.ToString());
        Assert.Equal(1, await CardsAsync(desk));
    }

    [Fact]
    public async Task Who_was_admitted_and_has_no_phone_takes_the_membership_as_a_card()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        Assert.DoesNotContain("/card\"", await kim.ReadAsync());
        using (var early = await kim.PressAsync("card")) Assert.Equal(HttpStatusCode.PreconditionFailed, early.StatusCode);
        await kim.AdmittedAsync();
        Assert.Contains("You have no phone, and no wallet", await kim.ReadAsync());
        var form = await kim.Browser.GetStringAsync(desk.Server.Url(kim.Path));
        using (var done = await kim.PressAsync("card"))
        {
            var page = await done.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
            Assert.Contains("<p class=\"called\"><bdi>Kim</bdi></p>", page);
            Assert.Equal("amber", (await desk.Server.Nation.PublicVerifier.VerifyAsync(TextOf(page))).Light);
        }

        await desk.Server.Nation.Applying.GoOnAsync();
        Assert.Contains("You are a member", await kim.ReadAsync());
        var memberId = (await kim.RowAsync()).MemberId;
        Assert.True(await Credentials.BelongsAsync(desk.Server.Nation.Database, memberId, desk.Server.Time.GetUtcNow().ToUnixTimeSeconds()));

        // It is taken: neither a wallet nor another card has it by the same application.
        using (var twice = await desk.SendAsync(kim.Browser, form, $"{kim.Path}/card")) Assert.Equal(HttpStatusCode.PreconditionFailed, twice.StatusCode);
        Assert.Equal(1, await CardsAsync(desk));
    }

    private static Task<long> CardsAsync(TestDesk desk) => desk.Server.CountAsync("credential WHERE type = 'card'");

    private static string TextOf(string page) => Held().Match(page).Groups["text"].Value;

    [GeneratedRegex("<textarea id=\"held\"[^>]*>(?<text>[^<]+)</textarea>", RegexOptions.ExplicitCapture)]
    private static partial Regex Held();
}
