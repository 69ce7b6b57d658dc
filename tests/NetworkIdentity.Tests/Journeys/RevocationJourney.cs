using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>The revocation half of journey 6: what was revoked opens nothing any more, everyone can see that it was, and nobody else is touched.</summary>
public sealed class RevocationJourney
{
    private const string Scope = "openid membership residency";

    [Fact]
    public async Task A_revoked_membership_ends_what_rests_on_it_and_nothing_else()
    {
        // Ana and Ben live in Lisbon. The library asks for membership and residency.
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        var (ana, ben) = (await server.ResidentAsync(), await server.ResidentAsync());
        var library = await TestSignIn.BeginAsync(server, request => request with { Policy = ProofPolicy.Of(["membership", "residency"]) }, Scope);
        var session = await library.SignInAsync(ana);

        // Ana is on her way in a second time, with a code in hand, when the founder revokes her membership at the command line.
        await library.OpenAsync(Scope);
        var code = await library.ProveAsync(ana);
        var record = await server.RecordOfAsync(ana);
        Assert.Equal(0, await ListedAsync(server, ana, "membership"));
        var revoked = (await netid.RunAsync("credential", "revoke", record.Id, "--reason", "set the house on fire", "--json")).Json;
        Assert.Equal("revoked", revoked["state"]!.GetValue<string>());

        // The code in hand and the session of before are worth nothing.
        using (var late = await library.RedeemAsync(code)) Assert.Contains("revoked", await late.RefusedAsync("invalid_grant"));
        using (var told = await library.UserInfoAsync(session["access_token"]!.GetValue<string>())) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);

        // A new sign-in is refused with the reason, on the page and to the app; why it was done stays with the nation.
        await library.OpenAsync(Scope);
        using (var refused = await ana.AnswerAsync(await ana.FetchAsync(library.SameDeviceLink)))
            Assert.Contains("Refused at step Status: revoked", await refused.RefusedAsync("invalid_request"));

        // Her wallet takes her back, by the only answer that it has for that: the reason stays.
        var request = await ana.FetchAsync(library.SameDeviceLink);
        using (var declined = await ana.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = request["state"]!.GetValue<string>() }))
            Assert.Equal(HttpStatusCode.OK, declined.StatusCode);
        var page = await library.Browser.GetStringAsync(library.Page);
        Assert.Contains("This credential was revoked", page);
        Assert.DoesNotContain("house on fire", page);
        using (var back = await library.Browser.PostAsync(library.Page + "/cancel", null))
            Assert.Contains("revoked", back.RefusedByRedirect("access_denied", library.RedirectUri, library.State, server.Issuer));

        // The published list says so to everyone within the interval, of this credential alone; nothing takes it back.
        server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(1, await ListedAsync(server, ana, "membership"));
        foreach (var (wallet, type) in ((TestWallet, string)[])[(ana, "residency"), (ana, "reputation"), (ben, "membership"), (ben, "residency")])
            Assert.Equal(0, await ListedAsync(server, wallet, type));
        Assert.StartsWith("already_revoked", (await netid.RunAsync("credential", "revoke", record.Id, "--reason", "again")).Error);

        // Who doesn't belong is given nothing new: no residency is offered, and what was offered before is not issued.
        var refusal = await netid.RunAsync("offer", "residency", "--member", record.MemberId);
        Assert.StartsWith("not_a_member", refusal.Error);

        // Ben signs in as before.
        await library.OpenAsync(Scope);
        var bens = Jws.Parse((await library.SignInAsync(ben))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal("Lisbon", bens["residency"]!["node"]!.GetValue<string>());

        // The founder takes Ana back: a new membership, the same person to the library.
        var before = Jws.Parse(session["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>();
        await ana.TakeAsync((await server.Nation.Offering.MakeAsync("membership", record.MemberId, new Dictionary<string, string>(), withTransactionCode: false)).Id);
        await library.OpenAsync(Scope);
        Assert.Equal(before, Jws.Parse((await library.SignInAsync(ana))["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_offered_to_a_member_is_not_issued_once_they_do_not_belong()
    {
        await using var server = await TestServer.StartAsync();
        var ana = await server.MemberAsync();
        var record = await server.RecordOfAsync(ana);
        var made = await server.Nation.Offering.MakeAsync("residency", record.MemberId, new Dictionary<string, string>
        {
            ["residency_status"] = "visitor",
            ["node"] = "Lisbon",
            ["from"] = server.Day(0),
            ["until"] = server.Day(5),
        }, withTransactionCode: false);
        var token = await ana.TokenAsync(made.Id);
        await server.Nation.Revoker.RevokeAsync(record.Id, "a reason");
        var body = new JsonObject
        {
            ["credential_configuration_id"] = "residency",
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await ana.ProofAsync(await ana.NonceAsync())) },
        };
        using var denied = await ana.RequestCredentialBodyAsync(token, body.ToJsonString());
        Assert.Contains("no membership credential", await denied.RefusedAsync("credential_request_denied"));
        Assert.Single(await Registry.Credentials.ListAsync(server.Nation.Database));
    }

    /// <summary>What the list that anyone can fetch says of a credential.</summary>
    private static async Task<int> ListedAsync(TestServer server, TestWallet wallet, string type)
    {
        var reference = StatusListReference.Of(SdJwt.Parse(wallet.Held[type]).IssuerSigned.Claims())!;
        using var stranger = TestServer.NewBrowser();
        var list = TokenStatusList.Read(Jws.Parse(await stranger.GetStringAsync(reference.Uri)), reference.Uri, server.Time.GetUtcNow());
        return (int)list.List.Get(reference.Index);
    }
}
