using System.Net;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>/account/given: a credential by a decision of its own, from the desk to the wallet.</summary>
public sealed class GivenTests
{
    [Fact]
    public async Task What_is_given_at_the_desk_is_taken_on_ones_own_page()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var fay = await desk.AtAsync("fay", "/account/given");
        Assert.Contains("No credential waits for you", await fay.GetStringAsync(desk.Server.Url("/account/given")));
        var decision = await desk.ProposeAsync(await desk.AtAsync("ana", "/desk/propose/issue"), "issue", ("member", desk.People["fay"]), ("type", "personhood"), ("reason", "We <b>met</b>."));
        foreach (var name in (string[])["ben", "cyd", "dee"])
        {
            if (await desk.Server.CountAsync("decision WHERE state = 'done'") > 0) break;
            using (await desk.PressAsync(await desk.AtAsync(name), decision, "approve"))
            {
            }
        }

        var page = await fay.GetStringAsync(desk.Server.Url("/account/given"));
        Assert.Contains("We &lt;b&gt;met&lt;/b&gt;.", page);
        using (var sent = await desk.SendAsync(fay, page, "/account/given")) await desk.Wallets["fay"].TakeAsync(sent.Headers.Location!.ToString().Split('/')[^1]);
        Assert.Equal("personhood", (await desk.Server.RecordOfAsync(desk.Wallets["fay"], "personhood")).Type);
        Assert.Contains("No credential waits for you", await fay.GetStringAsync(desk.Server.Url("/account/given")));

        // The form that took it takes no more.
        using var again = await desk.SendAsync(fay, page, "/account/given");
        Assert.Equal((HttpStatusCode.SeeOther, desk.Server.Url("/account/given")), (again.StatusCode, again.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task A_type_that_follows_from_something_is_refused_beside_its_field()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var ana = await desk.AtAsync("ana", "/desk/propose/issue");
        var form = await ana.GetStringAsync(desk.Server.Url("/desk/propose/issue"));
        using var refused = await desk.SendAsync(ana, form, "/desk/propose/issue", ("member", desk.People["fay"]), ("type", "membership"), ("reason", "Why."));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("id=\"type-error\"", await refused.Content.ReadAsStringAsync());
        Assert.Equal(0, await desk.Server.CountAsync("decision"));
    }
}
