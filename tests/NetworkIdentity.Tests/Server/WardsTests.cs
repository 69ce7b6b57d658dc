using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The page of guardians: two stewards name one at the desk, who accepts, acts, and whom the ward sends away.</summary>
public sealed class WardsTests
{
    [Fact]
    public async Task A_guardian_who_was_named_at_the_desk_accepts_acts_for_the_ward_and_is_sent_away_by_them()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana", "/desk/propose/name_guardian");
        var decision = await desk.ProposeAsync(ana, "name_guardian", ("member", desk.People["fay"]), ("guardian", desk.People["ivy"]), ("until", desk.Server.Day(60)), ("reason", "She is ten."));
        Assert.Contains("Guardian", await ana.GetStringAsync(desk.Server.Url(decision)));
        using (await desk.PressAsync(await desk.AtAsync("ben"), decision, "approve")) { }
        desk.Server.Time.Move(TimeSpan.FromDays(4));
        await desk.Deciding.GoOnAsync();

        var ivy = await desk.AtAsync("ivy", "/account/wards");
        var page = await ivy.GetStringAsync(desk.Server.Url("/account/wards"));
        Assert.Contains("You were named, and have not accepted", page);
        var id = decision.Split('/')[^1];
        using (var early = await desk.SendAsync(ivy, page, $"/account/wards/{id}/card")) Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        using (await desk.SendAsync(ivy, page, $"/account/wards/{id}/accept")) { }
        page = await ivy.GetStringAsync(desk.Server.Url("/account/wards"));
        Assert.Contains("Print their card", page);
        Assert.DoesNotContain("/account/wards/{id}/leave", page);
        using (var card = await desk.SendAsync(ivy, page, $"/account/wards/{id}/card")) Assert.Contains("<p class=\"called\"><bdi>fay</bdi></p>", await card.Content.ReadAsStringAsync());
        using (var file = await desk.SendAsync(ivy, page, $"/account/wards/{id}/export"))
        {
            Assert.Equal("application/json", file.Content.Headers.ContentType!.MediaType);
            Assert.Contains(desk.People["fay"], await file.Content.ReadAsStringAsync());
        }

        foreach (var act in (string[])["leave", "erase", "vote"])
        {
            using var none = await desk.SendAsync(ivy, page, $"/account/wards/{id}/{act}");
            Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        }

        // Not in another's session, and not with a form of another's; an old proof is proven anew.
        var eve = await desk.AtAsync("eve", "/account/wards");
        using (var theirs = await desk.SendAsync(eve, await eve.GetStringAsync(desk.Server.Url("/account/wards")), $"/account/wards/{id}/export", ("form", ""))) await theirs.RefusedAsPageAsync("invalid_request");
        using (var forged = await desk.SendAsync(eve, page, $"/account/wards/{id}/export")) await forged.RefusedAsPageAsync("invalid_request");
        desk.Server.Time.Move(TimeSpan.FromMinutes(6));
        using (var old = await desk.SendAsync(ivy, page, $"/account/wards/{id}/export")) Assert.Equal(HttpStatusCode.SeeOther, old.StatusCode);

        // The ward sees who acts for them, and ends it by one press.
        var fay = await desk.AtAsync("fay", "/account/wards");
        page = await fay.GetStringAsync(desk.Server.Url("/account/wards"));
        foreach (var words in (string[])["Somebody acts for you", "ivy"]) Assert.Contains(words, page);
        using (await desk.SendAsync(fay, page, $"/account/wards/{id}/end")) { }
        Assert.NotNull((await Guardianships.FindAsync(desk.Server.Nation.Database, id))!.EndedAt);
        Assert.Contains("Nobody acts for you, and you act for nobody", await fay.GetStringAsync(desk.Server.Url("/account/wards")));
    }
}
