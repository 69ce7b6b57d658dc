using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>Journey 1 in the founding phase: a nation is founded, its founder offers, a newcomer's wallet takes, and the membership is held.</summary>
public sealed class JoinJourney
{
    [Fact]
    public async Task A_newcomer_joins_at_the_desk_with_a_link_and_a_code_that_comes_another_way()
    {
        // The founder founds the nation and its first node at the command line, and opens it.
        using var folder = new TestFolder();
        var issuer = $"http://localhost:{TestServer.FreePort()}";
        var netid = new NetidProcess(
            folder.Path,
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("NETID__Keys__Secret", TestNation.Secret),
            ("NETID__Storage__ConnectionString", "Data Source=nation.db"));
        Assert.Equal("Meridian", Text((await netid.RunAsync("init", "--name", "Meridian", "--issuer", issuer, "--json")).Json, "name"));
        Assert.Equal(0, (await netid.RunAsync("node", "add", "--name", "Lisbon", "--region", "Europe")).ExitCode);
        await using var serving = await netid.ServeAsync();

        // Before anyone is offered anything, nobody belongs.
        Assert.Equal("[]", (await netid.RunAsync("member", "list", "--json")).Json.ToJsonString());

        // The founder offers membership: the link goes by mail, the code is said at the desk.
        var offer = (await netid.RunAsync("offer", "membership", "--claim", "node=Lisbon", "--claim", "display_name=Ana Lovelace", "--tx-code", "--json")).Json;
        var (link, code, member) = (Text(offer, "credential_offer_uri"), Text(offer, "tx_code"), Text(offer, "member_id"));
        Assert.DoesNotContain(code, link, StringComparison.Ordinal);
        Assert.Equal("offered", Text((await netid.RunAsync("member", "show", member, "--json")).Json, "state"));

        // Ana's browser shows what the credential says; not the code.
        using var http = TestServer.NewBrowser();
        using (var request = new HttpRequestMessage(HttpMethod.Get, link))
        {
            request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml");
            using var page = await http.SendAsync(request);
            var html = await page.Content.ReadAsStringAsync();
            Assert.Contains("Take your <bdi>Membership</bdi>", html);
            Assert.DoesNotContain(code, html, StringComparison.Ordinal);
            Assert.DoesNotContain("Lovelace", html, StringComparison.Ordinal);
        }

        // Who only has the link gets nothing with it, nor with a guess.
        var ana = new TestWallet(http, issuer, issuer, TimeProvider.System);
        var offerId = link.Split('?')[0].Split('/')[^1];
        var preAuthorized = await ana.CodeOfAsync(offerId);
        using (var without = await ana.RedeemAsync(preAuthorized)) await without.RefusedAsync("invalid_request");
        using (var guess = await ana.RedeemAsync(preAuthorized, code == "000000" ? "000001" : "000000")) await guess.RefusedAsync("invalid_grant");
        using (var nothing = await ana.RequestCredentialAsync("no-token", await ana.ProofAsync(await ana.NonceAsync()))) await nothing.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal("[]", (await netid.RunAsync("credential", "list", "--json")).Json.ToJsonString());

        // With the code her wallet takes it, and it is hers: on her key, from this nation, in her words.
        await ana.TakeAsync(offerId, code);
        var held = SdJwtVc.Read(SdJwt.Parse(ana.Credential));
        Assert.Equal((issuer, "urn:network-identity:membership:1"), (held.Issuer, held.Type));
        Assert.Equal(ana.Key.PublicKey.Thumbprint(), held.HolderKey!.Thumbprint());
        Assert.Equal(("Ana Lovelace", "Lisbon", "member"), (Text(held.Claims, "display_name"), Text(held.Claims, "node"), Text(held.Claims, "tier")));
        var record = Assert.Single((await netid.RunAsync("credential", "list", "--member", member, "--json")).Json.AsArray())!;
        Assert.Equal("valid", Text(record, "state"));
        Assert.Equal("active", Text((await netid.RunAsync("member", "show", member, "--json")).Json, "state"));

        // A stranger who comes with the same link finds it closed.
        var stranger = new TestWallet(http, issuer, issuer, TimeProvider.System);
        using (var closed = await http.GetAsync($"{issuer}/offer/{offerId}")) await closed.RefusedAsync("not_found", HttpStatusCode.NotFound);
        using (var spent = await stranger.RedeemAsync(preAuthorized, code)) await spent.RefusedAsync("invalid_grant");

        // She belongs, so the founder can give her a mandate and a residency; to someone who has taken nothing yet, neither.
        var until = TimeProvider.System.GetUtcNow().AddDays(90).ToString("yyyy-MM-dd");
        Assert.Equal("Lisbon", Text((await netid.RunAsync("member", "appoint", member, "--node", "Lisbon", "--until", until, "--json")).Json, "node"));
        var listed = Assert.Single((await netid.RunAsync("member", "list", "--json")).Json.AsArray())!;
        Assert.Equal("""["Lisbon"]""", listed["steward_of"]!.ToJsonString());
        var newcomer = Text((await netid.RunAsync("offer", "membership", "--json")).Json, "member_id");
        foreach (var arguments in (string[][])
        [
            ["member", "appoint", newcomer, "--node", "Lisbon", "--until", until],
            ["offer", "residency", "--member", newcomer, "--claim", "residency_status=visitor", "--claim", "node=Lisbon", "--claim", $"from={until}", "--claim", $"until={until}"],
        ])
        {
            var refused = await netid.RunAsync(arguments);
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith("not_a_member: ", refused.Error);
        }

        Assert.Equal(0, await serving.StopAsync());
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
