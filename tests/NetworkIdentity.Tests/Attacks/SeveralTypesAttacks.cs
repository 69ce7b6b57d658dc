using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on answers of several credentials, and on the types beside membership: A68 to A70, A76, A79, A80.</summary>
public sealed class SeveralTypesAttacks(SharedServer fixture) : IClassFixture<SharedServer>
{
    private const string All = "openid membership residency reputation";

    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task A68_one_missing_one_under_another_s_name_one_too_many_and_one_twice_are_refused()
    {
        var (world, wallet) = (await BothAsync(), await _server.ResidentAsync());
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        var right = await wallet.VpTokenAsync(request);
        Assert.Equal(["membership", "residency"], right.Select(entry => entry.Key));
        var (membership, residency) = (Text(right, "membership"), Text(right, "residency"));
        var reputation = await wallet.PresentationAsync(request, ["domain", "band"], type: "reputation");
        foreach (var wrong in (JsonObject[])
        [
            TestWallet.VpToken(membership),
            TestWallet.VpToken(residency, "residency"),
            Answer(("membership", [residency]), ("residency", [membership])),
            Answer(("membership", [membership]), ("residency", [membership])),
            Answer(("membership", [membership]), ("residency", [residency]), ("reputation", [reputation])),
            Answer(("membership", [membership]), ("residency", [reputation])),
            Answer(("membership", [membership]), ("residency", [residency, residency])),
            Answer(("membership", [membership, residency])),
            Answer(("membership", [membership]), ("residency", [await wallet.PresentationAsync(request, ["node"], type: "residency")])),
        ])
        {
            await RefusedAsync(world, wallet, request, wrong, "Query", "query_not_satisfied");
        }

        // What a wallet may lack is named on the page.
        Assert.Contains("Membership and Residency, together", await world.Browser.GetStringAsync(world.Page));
        await RightAsync(world, wallet, request);
    }

    [Fact]
    public async Task A68_an_id_that_stands_twice_beside_another_is_refused()
    {
        var (world, wallet) = (await BothAsync("direct_post"), await _server.ResidentAsync());
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        var right = await wallet.VpTokenAsync(request);
        using (var refused = await wallet.PostAsync(request, new()
        {
            ["vp_token"] = $$"""{"membership": ["{{Text(right, "membership")}}"], "residency": ["{{Text(right, "residency")}}"], "residency": ["{{Text(right, "residency")}}"]}""",
            ["state"] = request["state"]!.GetValue<string>(),
        }))
        {
            await refused.RefusedAsync("invalid_request");
        }

        await RightAsync(world, wallet, request);
    }

    [Theory]
    [InlineData("membership")]
    [InlineData("residency")]
    public async Task A69_a_good_credential_does_not_carry_a_bad_one_of_another_type(string bad)
    {
        var (world, wallet) = (await BothAsync(), await _server.ResidentAsync());
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        var issued = wallet.Held[bad];

        var right = await wallet.VpTokenAsync(request);
        right[bad] = new JsonArray(WithoutBinding(Text(right, bad)));
        await RefusedAsync(world, wallet, request, right, "Holder", "holder_invalid");

        wallet.Held[bad] = await Forgery.CredentialAsync(_server.Nation, issued, signer: TestWallet.NewKey(), recorded: false);
        await RefusedAsync(world, wallet, request, await wallet.VpTokenAsync(request), "Proof", "signature_invalid");

        wallet.Held[bad] = issued;
        await RightAsync(world, wallet, request);
    }

    [Fact]
    public async Task A70_credentials_of_two_members_in_one_answer_are_refused_whichever_is_whose()
    {
        var (ana, ben) = (await _server.ResidentAsync(), await _server.ResidentAsync());
        var world = await BothAsync();
        var request = await ana.FetchAsync(world.SameDeviceLink);
        var (anas, bens) = (await ana.VpTokenAsync(request), await ben.VpTokenAsync(request));
        foreach (var mixed in (JsonObject[])
        [
            Answer(("membership", [Text(anas, "membership")]), ("residency", [Text(bens, "residency")])),
            Answer(("membership", [Text(bens, "membership")]), ("residency", [Text(anas, "residency")])),
        ])
        {
            await RefusedAsync(world, ana, request, mixed, "Policy", "different_holders");
        }

        Assert.Contains("These credentials belong to different members", await world.Browser.GetStringAsync(world.Page));
        await RightAsync(world, ana, request);
    }

    [Fact]
    public async Task A70_a_credential_of_another_member_on_one_s_own_key_is_refused()
    {
        // Someone lends a friend's wallet a credential: the friend's wallet takes the offer on its own key, so the proofs are all by one key.
        var (ana, ben) = (await _server.ResidentAsync(), await _server.MemberAsync());
        var bens = await _server.RecordOfAsync(ben);
        var made = await _server.Nation.Offering.MakeAsync("membership", bens.MemberId, new Dictionary<string, string>(), withTransactionCode: false);
        await ana.TakeAsync(made.Id);
        var world = await BothAsync();
        var request = await ana.FetchAsync(world.SameDeviceLink);
        await RefusedAsync(world, ana, request, await ana.VpTokenAsync(request), "Policy", "different_holders");
    }

    [Fact]
    public async Task A70_a_member_s_credentials_from_two_wallets_are_one_member_s()
    {
        var old = await _server.ResidentAsync();
        var fresh = await _server.MemberAsync((await _server.RecordOfAsync(old)).MemberId);
        var world = await BothAsync();
        var request = await old.FetchAsync(world.SameDeviceLink);
        var mixed = Answer(("membership", [Text(await OneAsync(fresh, request, "membership"), "membership")]), ("residency", [Text(await OneAsync(old, request, "residency"), "residency")]));
        using var answer = await old.AnswerAsync(request, mixed);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var sub = await SubAsync(world, answer);
        await world.OpenAsync(All);
        Assert.Equal(sub, Jws.Parse((await world.SignInAsync(old))["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>());
    }

    [Fact]
    public async Task A76_a_wallet_that_declines_or_lacks_one_is_told_of_kindly_and_the_app_gets_access_denied()
    {
        var (world, wallet) = (await BothAsync(), await _server.MemberAsync());
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        using (var declined = await wallet.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = request["state"]!.GetValue<string>() }))
            Assert.Equal(HttpStatusCode.OK, declined.StatusCode);
        var page = await world.Browser.GetStringAsync(world.Page);
        Assert.Contains("Your wallet declined", page);
        Assert.Contains("Membership and Residency, together", page);
        using var back = await world.Browser.PostAsync(world.Page + "/cancel", null);
        Assert.Contains("wallet_access_denied", back.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer));
    }

    [Theory]
    [InlineData("residency", "expired")]
    [InlineData("residency", "not_yet_valid")]
    [InlineData("residency", "suspended")]
    [InlineData("residency", "revoked")]
    [InlineData("reputation", "expired")]
    [InlineData("reputation", "not_yet_valid")]
    [InlineData("reputation", "suspended")]
    [InlineData("reputation", "revoked")]
    public async Task A79_each_end_of_a_credential_has_its_own_reason_and_no_word_of_the_person(string type, string reason)
    {
        var wallet = await _server.ResidentAsync();
        var record = await _server.RecordOfAsync(wallet, type);
        var now = _server.Time.GetUtcNow().ToUnixTimeSeconds();
        switch (reason)
        {
            case "expired":
                wallet.Held[type] = await Forgery.CredentialAsync(_server.Nation, wallet.Held[type], (_, payload) => payload["exp"] = now - 1);
                break;
            case "not_yet_valid":
                wallet.Held[type] = await Forgery.CredentialAsync(_server.Nation, wallet.Held[type], (_, payload) => payload["nbf"] = now + 120);
                break;
            case "suspended":
                await _server.Nation.Suspensions.SuspendAsync(record.Id, "the house in Lisbon burned down", _server.Time.GetUtcNow().AddDays(1));
                break;
            default:
                await _server.Nation.Revoker.RevokeAsync(record.Id, "the house in Lisbon burned down");
                break;
        }

        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of(["membership", type]) }, All);
        var asked = await wallet.FetchAsync(world.SameDeviceLink);
        var words = await RefusedAsync(world, wallet, asked, await wallet.VpTokenAsync(asked), reason is "suspended" or "revoked" ? "Status" : "Validity", reason);
        var page = await world.Browser.GetStringAsync(world.Page);
        foreach (var personal in (string[])["Lisbon", "resident", "hosting", "established", record.MemberId, record.Id, "burned"])
            Assert.DoesNotContain(personal, words + page[page.IndexOf("<main", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A80_the_same_residency_and_reputation_of_two_members_are_two_subjects_and_one_member_s_types_are_one()
    {
        var subjects = new List<string>();
        var (ana, ben) = (await _server.ResidentAsync(), await _server.ResidentAsync());
        foreach (var (wallet, type) in ((TestWallet, string)[])[(ana, "residency"), (ana, "reputation"), (ana, "membership"), (ben, "residency"), (ben, "reputation")])
        {
            var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of([type]) }, All);
            var claims = Jws.Parse((await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
            subjects.Add(claims["sub"]!.GetValue<string>());
            Assert.NotNull(claims[type]);
        }

        Assert.Equal(2, subjects.Distinct().Count());
        Assert.Single(subjects[..3].Distinct());
    }

    private async Task<TestSignIn> BothAsync(string responseMode = "direct_post.jwt") =>
        await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of(["membership"], ["residency"]), WalletResponseMode = responseMode }, All);

    private static async Task<JsonObject> OneAsync(TestWallet wallet, JsonObject request, string type)
    {
        var asked = request["dcql_query"]!["credentials"]!.AsArray().First(query => query!["id"]!.GetValue<string>() == type)!["claims"]!.AsArray();
        return TestWallet.VpToken(await wallet.PresentationAsync(request, [.. asked.Select(claim => claim!["path"]![0]!.GetValue<string>())], type: type), type);
    }

    private static JsonObject Answer(params (string Id, string[] Presentations)[] entries) => new(entries.Select(entry =>
        KeyValuePair.Create(entry.Id, (JsonNode?)new JsonArray([.. entry.Presentations.Select(one => (JsonNode)one)]))));

    private static string Text(JsonObject vpToken, string id) => vpToken[id]![0]!.GetValue<string>();

    private static string WithoutBinding(string presentation) => presentation[..(presentation.LastIndexOf('~') + 1)];

    private static async Task<string> RefusedAsync(TestSignIn world, TestWallet wallet, JsonObject request, JsonObject vpToken, string step, string reason)
    {
        using var answer = await wallet.AnswerAsync(request, vpToken);
        var words = await answer.RefusedAsync("invalid_request");
        Assert.Contains($" at step {step}: {reason}: ", words);
        var state = await (await world.Browser.GetAsync(world.Page + "/state")).JsonAsync();
        Assert.Equal(("failed", reason), (state["state"]!.GetValue<string>(), state["reason_code"]!.GetValue<string>()));
        using var early = await world.Browser.GetAsync(world.Page + "/continue");
        Assert.Equal(world.Page, early.Headers.Location?.ToString());
        return words;
    }

    /// <summary>The request is still open for the right answer.</summary>
    private static async Task RightAsync(TestSignIn world, TestWallet wallet, JsonObject request)
    {
        using var answer = await wallet.AnswerAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.NotEmpty(await SubAsync(world, answer));
    }

    private static async Task<string> SubAsync(TestSignIn world, HttpResponseMessage answer)
    {
        using var back = await world.Browser.GetAsync((await answer.JsonAsync())["redirect_uri"]!.GetValue<string>());
        using var tokens = await world.RedeemAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code"));
        return Jws.Parse((await tokens.JsonAsync())["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>();
    }
}
