using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Journeys 4 and 5: a stay is witnessed and makes a residency, facts make a reputation, and what is wrong is contested; and a steward proves to be one.</summary>
public sealed class StayTests
{
    [Fact]
    public async Task A_stay_that_a_steward_witnessed_makes_a_residency_that_ends_by_itself()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var gil = await desk.AtAsync("gil");
        Assert.Contains("/desk/propose/witness", await gil.GetStringAsync(desk.Server.Url("/desk")));
        var decision = await WitnessAsync(desk, gil, "ivy", "stay", -100, 0);
        var html = await gil.GetStringAsync(desk.Server.Url(decision));
        Assert.Contains("It was carried out", html);
        Assert.Contains("100 nights", html);

        // Ivy sees who said what of her, and takes what follows from it.
        var ivy = await desk.AtAsync("ivy", "/account/facts");
        var facts = await ivy.GetStringAsync(desk.Server.Url("/account/facts"));
        Assert.Contains("100 nights", facts);
        Assert.Contains("<bdi class=\"said\">gil</bdi>", facts);
        var page = await ivy.GetStringAsync(desk.Server.Url("/account/residency"));
        Assert.Contains("Not an immigration status", page);
        Assert.Contains("<bdi class=\"said\">Resident</bdi>", page);
        var offer = await TakeAsync(desk, ivy, "ivy", "/account/residency", page);
        var residency = (await desk.Server.Nation.Earning.ResidenciesAsync(desk.People["ivy"])).Single();
        var shown = SdJwt.Parse(desk.Wallets["ivy"].Held["residency"]);
        Assert.Equal("Not an immigration status", shown.IssuerSigned.Claims()["notice"]!.GetValue<string>());
        Assert.Contains(shown.Disclosures, disclosure => disclosure is { Name: "residency_status" } && disclosure.Value!.GetValue<string>() == "resident");
        Assert.NotEqual(offer, await OfferAsync(desk, ivy, "/account/residency", page));

        // It opens the door of who asks for it, until its last day; then it has ended, without anyone's act.
        var door = await TestSignIn.BeginAsync(desk.Server, request => request with { Policy = SigningIn.ProofPolicy.Of(["residency"]) }, "openid residency");
        Assert.NotNull((await door.SignInAsync(desk.Wallets["ivy"]))["id_token"]);
        desk.Server.Time.Move(new DateTimeOffset(residency.Until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - desk.Server.Time.GetUtcNow());
        await door.OpenAsync("openid residency");
        using var late = await desk.Wallets["ivy"].AnswerAsync(await desk.Wallets["ivy"].FetchAsync(door.SameDeviceLink));
        Assert.False(late.IsSuccessStatusCode);
        Assert.Null((await desk.Server.RecordOfAsync(desk.Wallets["ivy"], "residency")).RevokedAt);
        Assert.Contains("<bdi class=\"said\">E-resident", await (await desk.AtAsync("ivy", "/account/residency")).GetStringAsync(desk.Server.Url("/account/residency")));
    }

    [Fact]
    public async Task What_is_wrong_with_a_fact_is_said_beside_its_field_and_nothing_is_proposed()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var gil = await desk.AtAsync("gil");
        var form = await gil.GetStringAsync(desk.Server.Url("/desk/propose/witness"));
        await WrongAsync("member", ("member", "nobody"));
        await WrongAsync("member", ("member", desk.People["gil"]));
        await WrongAsync("kind", ("kind", "feat"));
        await WrongAsync("node", ("node", "none"));
        await WrongAsync("node", ("node", "node:Atlantis"));
        await WrongAsync("from", ("from", "soon"));
        await WrongAsync("until", ("until", desk.Server.Day(2)));
        await WrongAsync("until", ("until", desk.Server.Day(-5)));
        await WrongAsync("text", ("kind", "contribution"), ("text", ""));
        await WrongAsync("corrects", ("corrects", "nothing"));
        await WrongAsync("corrects", ("kind", "none"), ("text", "Never was"));
        Assert.Equal(0, await desk.Server.CountAsync("decision"));
        Assert.Equal(0, await desk.Server.CountAsync("fact"));

        async Task WrongAsync(string field, params (string, string)[] typed)
        {
            using var refused = await desk.SendAsync(gil, form, "/desk/propose/witness", [.. Stay(desk, "ivy", -5, 0), .. typed]);
            var html = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, html);
            Assert.True(html.Contains($"id=\"{field}-error\"", StringComparison.Ordinal), $"{field}: {html}");
        }
    }

    [Fact]
    public async Task A_fact_is_contested_on_its_page_and_decided_by_others()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await WitnessAsync(desk, await desk.AtAsync("gil"), "ivy", "stay", -5, 0);
        var fact = (await Facts.OfAsync(desk.Server.Nation.Database, desk.People["ivy"])).Single().Id;
        var path = $"/account/facts/{fact}";
        var ivy = await desk.AtAsync("ivy", path);
        var page = await ivy.GetStringAsync(desk.Server.Url(path));
        await WrongAsync("until-error", ("what", "otherwise"), ("from", desk.Server.Day(-9)), ("until", "x"), ("text", "Longer"));
        await WrongAsync("text-error", ("what", "not"), ("text", ""));
        await WrongAsync("must be chosen", ("what", "maybe"), ("text", "Longer"));
        using (var forged = await desk.SendAsync(ivy, page, path, ("what", "not"), ("text", "Never"), ("form", "AAAA"))) await forged.RefusedAsPageAsync("invalid_request");

        // Another's fact is not there.
        var fay = await desk.AtAsync("fay", "/account/facts");
        using (var others = await fay.GetAsync(desk.Server.Url(path))) await others.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        var own = Regex.Match(await (await desk.AtAsync("ivy", path)).GetStringAsync(desk.Server.Url(path)), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using (var others = await desk.SendAsync(fay, page, path, ("what", "not"), ("text", "Never"), ("form", own))) await others.RefusedAsPageAsync("invalid_request");
        Assert.Equal(1, await desk.Server.CountAsync("decision"));
        using (var contested = await desk.SendAsync(ivy, page, path, ("what", "otherwise"), ("from", desk.Server.Day(-9)), ("until", desk.Server.Day(0)), ("text", "I came four days before")))
            Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url(path)), (contested.StatusCode, contested.Headers.Location!.ToString()));
        page = await ivy.GetStringAsync(desk.Server.Url(path));
        Assert.Contains("You contest it", page);
        Assert.DoesNotContain("<form", page);

        // Gil, who attested it, has no say; ana has, and sees that it is contested.
        Assert.DoesNotContain("/desk/decisions/", await (await desk.AtAsync("gil")).GetStringAsync(desk.Server.Url("/desk")));
        var ana = await desk.AtAsync("ana");
        var decision = Regex.Match(await ana.GetStringAsync(desk.Server.Url("/desk")), "/desk/decisions/[A-Za-z0-9_-]+").Value;
        var html = await ana.GetStringAsync(desk.Server.Url(decision));
        Assert.Contains("I came four days before", html);
        Assert.Contains("Who attested the fact before does not decide it", html);
        using (var approved = await desk.PressAsync(ana, decision, "approve")) Assert.Equal(HttpStatusCode.SeeOther, approved.StatusCode);
        Assert.Contains("It was corrected", await ivy.GetStringAsync(desk.Server.Url(path)));
        Assert.Contains("9 nights", await ivy.GetStringAsync(desk.Server.Url("/account/facts")));

        async Task WrongAsync(string says, params (string, string)[] typed)
        {
            using var refused = await desk.SendAsync(ivy, page, path, typed);
            var said = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, said);
            Assert.Contains(says, said);
            Assert.Contains("Nothing was done", said);
        }
    }

    [Fact]
    public async Task A_reputation_is_taken_as_the_facts_give_it_and_leads_to_where_it_is_contested()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ivy = await desk.AtAsync("ivy", "/account/reputation");
        Assert.Contains("Nothing of yours was witnessed", await ivy.GetStringAsync(desk.Server.Url("/account/reputation")));
        await WitnessAsync(desk, await desk.AtAsync("gil"), "ivy", "contribution", -1, -1, ("text", "Gave a course"));
        var page = await ivy.GetStringAsync(desk.Server.Url("/account/reputation"));
        Assert.Contains("None yet", page);
        Assert.DoesNotContain("<form", page);
        await WitnessAsync(desk, await desk.AtAsync("ana"), "ivy", "contribution", -2, -2, ("text", "Mended the roof"));
        page = await ivy.GetStringAsync(desk.Server.Url("/account/reputation"));
        await TakeAsync(desk, ivy, "ivy", "/account/reputation", page);
        var shown = SdJwt.Parse(desk.Wallets["ivy"].Held["reputation"]);
        var said = shown.Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToString());
        Assert.Equal(("contribution", "emerging", "bands"), (said["domain"], said["band"], said["method"]));
        using (var contest = await ivy.GetAsync(said["contest_at"])) Assert.Equal(HttpStatusCode.OK, contest.StatusCode);
        var claims = shown.IssuerSigned.Claims();
        Assert.Equal(60 * 86_400, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());

        // What is not earned is not offered, whatever a form says.
        using var none = await desk.SendAsync(ivy, page, "/account/reputation", ("of", "hosting"));
        Assert.Equal(desk.Server.Url("/account/reputation"), none.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A91_an_act_that_wants_it_is_decided_by_who_proves_their_steward_credential_for_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var held = desk.Wallets["ben"].Held["steward"];
        desk.Wallets["ben"].Held.Remove("steward");
        var ana = await desk.AtAsync("ana", "/desk/propose/revoke");
        var decision = await desk.ProposeAsync(ana, "revoke", ("member", desk.People["fay"]), ("ground", "harm"), ("reason", "Why."));

        // Ben has just proven that he is a member, which is not enough: he is asked for his credential as a steward, too.
        var ben = await desk.AtAsync("ben");
        Assert.Contains("with your steward credential", await ben.GetStringAsync(desk.Server.Url(decision)));
        using (var asked = await desk.PressAsync(ben, decision, "approve"))
        {
            var authorize = asked.Headers.Location!.OriginalString;
            Assert.Contains("scope=openid%20steward&", authorize);
            Assert.Contains("&prompt=login", authorize);
            Assert.Equal(1, await desk.Server.CountAsync("approval"));

            // It shows that he holds one, and nothing in it.
            using var page = await ben.GetAsync(authorize);
            var request = await desk.Wallets["ben"].FetchAsync(TestSignIn.LinksOf(await ben.GetStringAsync(page.Headers.Location!.ToString()))[0]);
            var queries = (System.Text.Json.Nodes.JsonArray)request["dcql_query"]!["credentials"]!;
            Assert.Equal(["membership", "steward"], queries.Select(query => query!["id"]!.GetValue<string>()));
            Assert.All(queries, query => Assert.Null(query!["claims"]));
            desk.Wallets["ben"].Held["steward"] = held;
            await desk.SignInAsync(ben, "ben", asked, decision);
        }

        using (var approved = await desk.PressAsync(ben, decision, "approve")) Assert.Equal(desk.Server.Url(decision), approved.Headers.Location!.ToString());
        Assert.Equal(2, await desk.Server.CountAsync("approval"));

        // Who has a mandate and has not taken its credential is sent to where they take it.
        var mandate = await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["cyd"]);
        await desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE credential SET expires_at = 1 WHERE type = 'steward' AND member_id = @id", new { id = desk.People["cyd"] }));
        desk.Wallets["cyd"].Held.Remove("steward");
        var cyd = await desk.AtAsync("cyd");
        using (var sent = await desk.PressAsync(cyd, decision, "approve")) Assert.Equal(desk.Server.Url("/account/steward"), sent.Headers.Location!.ToString());
        var own = await cyd.GetStringAsync(desk.Server.Url("/account/steward"));
        Assert.Contains(mandate.Single().Id, own);
        await TakeAsync(desk, cyd, "cyd", "/account/steward", own);
        Assert.Contains("steward", desk.Wallets["cyd"].Held.Keys);
        using (var again = await desk.PressAsync(cyd, decision, "approve")) await desk.SignInAsync(cyd, "cyd", again, decision);
        using (var approved = await desk.PressAsync(cyd, decision, "approve")) Assert.Equal(desk.Server.Url(decision), approved.Headers.Location!.ToString());
        Assert.Equal(3, await desk.Server.CountAsync("approval"));

        // Another's mandate is no one's to take.
        using var others = await desk.SendAsync(cyd, own, "/account/steward", ("of", (await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["dee"])).Single().Id));
        Assert.Equal(desk.Server.Url("/account/steward"), others.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Who_is_dismissed_is_no_steward_by_their_credential_either()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var gil = await desk.AtAsync("gil");
        var mandate = (await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["gil"])).Single();
        var decision = await desk.ProposeAsync(await desk.AtAsync("ana", "/desk/propose/dismiss"), "dismiss", ("mandate", mandate.Id), ("reason", "Never there."));
        foreach (var name in (string[])["ben", "cyd"])
        {
            using var approved = await desk.PressAsync(await desk.AtAsync(name), decision, "approve");
            Assert.Equal(desk.Server.Url(decision), approved.Headers.Location!.ToString());
        }

        Assert.NotNull((await desk.Server.RecordOfAsync(desk.Wallets["gil"], "steward")).RevokedAt);
        Assert.Null((await desk.Server.RecordOfAsync(desk.Wallets["gil"])).RevokedAt);

        // The session that rested on it is over; they belong still.
        using (var sent = await gil.GetAsync(desk.Server.Url("/desk"))) Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        var door = await TestSignIn.BeginAsync(desk.Server, request => request with { Policy = SigningIn.ProofPolicy.Of(["steward"]) }, "openid steward");
        using (var refused = await desk.Wallets["gil"].AnswerAsync(await desk.Wallets["gil"].FetchAsync(door.SameDeviceLink))) Assert.False(refused.IsSuccessStatusCode);
        desk.Wallets["gil"].Held.Remove("steward");
        Assert.Contains("You have no mandate", await (await desk.AtAsync("gil", "/account/steward")).GetStringAsync(desk.Server.Url("/account/steward")));
    }

    private static (string, string)[] Stay(TestDesk desk, string member, int from, int until, string kind = "stay") =>
        [("member", desk.People[member]), ("kind", kind), ("node", "node:Lisbon"), ("from", desk.Server.Day(from)), ("until", desk.Server.Day(until)), ("text", ""), ("corrects", "")];

    private static Task<string> WitnessAsync(TestDesk desk, HttpClient steward, string member, string kind, int from, int until, params (string, string)[] more) =>
        desk.ProposeAsync(steward, "witness", [.. Stay(desk, member, from, until, kind), .. more]);

    /// <summary>The offer that a form of a page leads to.</summary>
    private static async Task<string> OfferAsync(TestDesk desk, HttpClient browser, string path, string page)
    {
        using var sent = await desk.SendAsync(browser, page, path);
        Assert.StartsWith(desk.Server.Url("/offer/"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        return sent.Headers.Location!.ToString().Split('/')[^1];
    }

    /// <summary>A person takes what a page offers into their wallet.</summary>
    private static async Task<string> TakeAsync(TestDesk desk, HttpClient browser, string name, string path, string page)
    {
        var offer = await OfferAsync(desk, browser, path, page);
        await desk.Wallets[name].TakeAsync(offer);
        return offer;
    }
}
