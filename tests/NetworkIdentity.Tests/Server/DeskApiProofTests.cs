using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestDeskApp;

namespace NetworkIdentity.Tests.Server;

/// <summary>What the desk's calls want proven is what its pages want: StayTests has the same of those.</summary>
public sealed class DeskApiProofTests
{
    private static readonly object Porto = new { act = "add_node", name = "Porto", region = "Europe" };

    [Fact]
    public async Task A91_an_act_that_wants_it_is_decided_by_who_proves_their_steward_credential_for_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var ana = await app.AtAsync(desk.Wallets["ana"]);
        var (suspension, node) = (await ana.ProposeAsync(Against(desk, "suspend", "fay")), await ana.ProposeAsync(Porto));

        // Ben has just proven that he is a member, and holds the credential: it was not shown.
        var ben = await app.AtAsync(desk.Wallets["ben"], "openid desk");
        string scope;
        using (var bare = await ben.ActAsync(suspension, "approve"))
        {
            Assert.Contains("with their steward credential", await RefusedAsync(bare, "insufficient_user_authentication", HttpStatusCode.Unauthorized));
            var challenge = bare.Headers.WwwAuthenticate.ToString();
            Assert.EndsWith(", max_age=\"300\", scope=\"openid desk steward\"", challenge, StringComparison.Ordinal);
            scope = Regex.Match(challenge, "scope=\"([^\"]+)\"").Groups[1].Value;
        }

        using (var bare = await ben.CallAsync("POST", Calls, Against(desk, "revoke", "ivy"), key: "k")) await RefusedAsync(bare, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
        Assert.Equal((2L, 2L), (await desk.Server.CountAsync("decision"), await desk.Server.CountAsync("approval")));

        // What wants no proof wants no credential; and the words of another act are no way around it.
        using (var other = await ben.ActAsync(node, "approve")) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await ben.ProposeAsync(new { act = "add_node", name = "Faro", region = "Europe" });

        // As the challenge says.
        ben = await app.AtAsync(desk.Wallets["ben"], scope);
        using (var approved = await ben.ActAsync(suspension, "approve")) Assert.Equal(2, (long)(await approved.JsonAsync())["counted"]!);
        await ben.ProposeAsync(Against(desk, "revoke", "ivy"));

        // Shown in another session of theirs, and then too long ago.
        var cyd = await app.AtAsync(desk.Wallets["cyd"]);
        using (var bare = await (await app.AtAsync(desk.Wallets["cyd"], "openid desk")).ActAsync(suspension, "approve")) await RefusedAsync(bare, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
        desk.Server.Time.Move(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        using (var renewed = await cyd.Client.RefreshAsync(cyd.RefreshToken)) cyd.Token = (string)(await renewed.JsonAsync())["access_token"]!;
        using (var late = await cyd.ActAsync(suspension, "approve")) await RefusedAsync(late, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
        Assert.Equal(2, (await Approvals.OfAsync(desk.Server.Nation.Database, suspension)).Count);
    }

    [Fact]
    public async Task A91_a_steward_credential_that_was_revoked_or_is_anothers_proves_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync(days: 0);
        var (server, app) = (desk.Server, await RegisterAsync(desk.Server));
        var suspension = await (await app.AtAsync(desk.Wallets["ana"])).ProposeAsync(Against(desk, "suspend", "fay"));

        // Whose credential is revoked, is so in the session too in which they showed it; nothing but the membership is left to sign in with.
        var ben = await app.AtAsync(desk.Wallets["ben"]);
        var tag = (await ben.ReadAsync(suspension)).Tag;
        var record = Assert.Single(await Credentials.ListAsync(server.Nation.Database, desk.People["ben"]), row => row.Type == CredentialType.Steward);
        await server.Nation.Revoker.RevokeAsync(record.Id, "for a test");
        using (var ended = await ben.ActAsync(suspension, "approve", tag)) await RefusedAsync(ended, "invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal("revoked", await TriedAsync(app, "ben"));
        ben = await app.AtAsync(desk.Wallets["ben"], "openid desk");
        foreach (var call in (Func<Task<HttpResponseMessage>>[])[() => ben.ActAsync(suspension, "approve"), () => ben.CallAsync("POST", Calls, Against(desk, "revoke", "ivy"), key: "k")])
        {
            using var none = await call();
            Assert.Contains(server.Url("/account/steward"), await RefusedAsync(none, "steward_credential_missing", HttpStatusCode.Forbidden));
        }

        // Another's is no proof of theirs, though Dee holds one of her own.
        var held = desk.Wallets["dee"].Held[CredentialType.Steward];
        desk.Wallets["dee"].Held[CredentialType.Steward] = desk.Wallets["cyd"].Held[CredentialType.Steward];
        Assert.NotEqual("", await TriedAsync(app, "dee"));
        Assert.Equal([desk.People["ana"]], await Approvals.OfAsync(server.Nation.Database, suspension));

        // With a good one of their own, both may.
        desk.Wallets["dee"].Held[CredentialType.Steward] = held;
        var mandate = Assert.Single(await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow(), desk.People["ben"]));
        await desk.Wallets["ben"].TakeAsync(await server.Nation.Earning.OfferStewardAsync(desk.People["ben"], mandate.Id));
        foreach (var name in (string[])["ben", "dee"])
        {
            using var approved = await (await app.AtAsync(desk.Wallets[name])).ActAsync(suspension, "approve");
            Assert.True(approved.IsSuccessStatusCode, await approved.Content.ReadAsStringAsync());
        }

        async Task<string> TriedAsync(TestDeskApp program, string name)
        {
            var client = program.Client();
            await client.VisitAsync(await client.PushedAsync(parameters => (parameters["scope"], parameters["resource"]) = ("openid desk steward", Resource.Desk(server.Nation.Keys.Nation))));
            using var answer = await desk.Wallets[name].AnswerAsync(await desk.Wallets[name].FetchAsync(client.World.SameDeviceLink));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return Regex.Match((await answer.JsonAsync())["error_description"]!.GetValue<string>(), "at step [A-Za-z]+: ([a-z_]+)").Groups[1].Value;
        }
    }

    [Fact]
    public async Task A91_a_program_that_may_not_ask_for_the_credential_decides_nothing_that_wants_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var suspension = await (await (await RegisterAsync(desk.Server)).AtAsync(desk.Wallets["ana"])).ProposeAsync(Against(desk, "suspend", "fay"));
        var ben = await (await RegisterAsync(desk.Server, asksStewards: false)).AtAsync(desk.Wallets["ben"]);
        using var refused = await ben.ActAsync(suspension, "approve");
        Assert.Contains("--optional steward", await RefusedAsync(refused, "unauthorized_client", HttpStatusCode.Forbidden));
        await ben.ProposeAsync(Porto);
        Assert.Equal([desk.People["ana"]], await Approvals.OfAsync(desk.Server.Nation.Database, suspension));
    }

    [Fact]
    public async Task Where_members_decide_a_new_proof_that_they_are_one_is_enough()
    {
        await using var desk = await TestDesk.GovernedAsync(charter: CharterTests.Changed("again", ("/acts/change_charter/prove_again", "true")));
        var app = await RegisterAsync(desk.Server);
        var charter = CharterTests.CoLiving.ToJson();
        charter["version"] = "2";
        var fay = await app.AtAsync(desk.Wallets["fay"]);
        var id = await fay.ProposeAsync(new { act = Act.ChangeCharter, charter });
        var hal = await app.AtAsync(desk.Wallets["hal"], "openid desk");
        desk.Server.Time.Move(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        using (var renewed = await hal.Client.RefreshAsync(hal.RefreshToken)) hal.Token = (string)(await renewed.JsonAsync())["access_token"]!;
        using (var late = await hal.ActAsync(id, "approve"))
        {
            await RefusedAsync(late, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
            Assert.EndsWith(", max_age=\"300\", scope=\"openid desk\"", late.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        using var fresh = await (await app.AtAsync(desk.Wallets["hal"], "openid desk")).ActAsync(id, "approve");
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    private static object Against(TestDesk desk, string act, string name) => act == "suspend"
        ? new { act, member = desk.People[name], ground = "harm", reason = "Broke a door.", days = 10 }
        : new { act, member = desk.People[name], ground = "harm", reason = "Broke a door." };
}
