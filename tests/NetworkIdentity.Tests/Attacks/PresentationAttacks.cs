using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on what a wallet presents: A61 to A64, A67 to A69. Disclosures are in <see cref="DisclosureAttacks"/>, the door itself in <see cref="ResponseAttacks"/>.</summary>
public sealed class PresentationAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Dictionary<string, Action<JsonObject, JsonObject, long>> BrokenBindings = new()
    {
        ["typ JWT"] = (header, _, _) => header["typ"] = "JWT",
        ["typ of a key proof"] = (header, _, _) => header["typ"] = "openid4vci-proof+jwt",
        ["typ absent"] = (header, _, _) => header.Remove("typ"),
        ["alg none, signed"] = (header, _, _) => header["alg"] = "none",
        ["alg HS256"] = (header, _, _) => header["alg"] = "HS256",
        ["crit"] = (header, _, _) => header["crit"] = new JsonArray("exp"),
        ["sd_hash of another presentation"] = (_, claims, _) => claims["sd_hash"] = Forgery.Hash("another~"),
        ["sd_hash absent"] = (_, claims, _) => claims.Remove("sd_hash"),
        ["iat a year ago"] = (_, claims, now) => claims["iat"] = now - 31_536_000,
        ["iat in a year"] = (_, claims, now) => claims["iat"] = now + 31_536_000,
        ["iat in two minutes"] = (_, claims, now) => claims["iat"] = now + 120,
        ["iat absent"] = (_, claims, _) => claims.Remove("iat"),
        ["nonce absent"] = (_, claims, _) => claims.Remove("nonce"),
        ["nonce another"] = (_, claims, _) => claims["nonce"] = RandomId.Secret(),
        ["nonce an array"] = (_, claims, _) => claims["nonce"] = new JsonArray(claims["nonce"]!.GetValue<string>()),
        ["aud another verifier"] = (_, claims, _) => claims["aud"] = "x509_hash:" + Forgery.Hash("another"),
        ["aud without its prefix"] = (_, claims, _) => claims["aud"] = claims["aud"]!.GetValue<string>()["x509_hash:".Length..],
        ["aud with another prefix"] = (_, claims, _) => claims["aud"] = "x509_san_dns:localhost",
        ["aud the origin"] = (_, claims, _) => claims["aud"] = "origin:http://localhost",
        ["aud an array"] = (_, claims, _) => claims["aud"] = new JsonArray(claims["aud"]!.GetValue<string>()),
        ["aud absent"] = (_, claims, _) => claims.Remove("aud"),
    };

    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string> BrokenBindingNames => [.. BrokenBindings.Keys];

    [Fact]
    public async Task A61_a_state_that_is_unknown_absent_or_of_another_request_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var stranger = await TestPresentation.BeginAsync(_server);
        var there = await scene.Wallet.FetchAsync(scene.SignIn.CrossDeviceLink);
        var vpToken = TestWallet.VpToken(await scene.Wallet.PresentationAsync(scene.Request));
        foreach (var state in new[] { "", "unknown", scene.SignIn.State, State(there), State(stranger.Request), State(scene.Request) + "x", State(scene.Request)[..^1] })
        {
            using var refused = await scene.Wallet.AnswerAsync(scene.Request, vpToken, state);
            Assert.Contains("state", await refused.RefusedAsync("invalid_request"));
        }

        using (var absent = await scene.Wallet.PostAsync(
            scene.Request, new() { ["response"] = TestWallet.Encrypt(scene.Request, new JsonObject { ["vp_token"] = vpToken.DeepClone() }) }))
        {
            await absent.RefusedAsync("invalid_request");
        }

        // Who doesn't know the state can't even make the page say that something failed.
        Assert.Equal("scanned", (await scene.StateAsync())["state"]!.GetValue<string>());
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A61_a_state_beside_the_encrypted_answer_does_not_count()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var vpToken = TestWallet.VpToken(await scene.Wallet.PresentationAsync(scene.Request));
        using (var refused = await scene.Wallet.PostAsync(scene.Request, new()
        {
            ["response"] = TestWallet.Encrypt(scene.Request, new JsonObject { ["vp_token"] = vpToken, ["state"] = "unknown" }),
            ["state"] = State(scene.Request),
        }))
        {
            await refused.RefusedAsync("invalid_request");
        }

        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A61_a_request_that_has_expired_is_neither_served_nor_answered()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await TestPresentation.BeginAsync(server);
        server.Time.Move(SignIn.Lifetime + TimeSpan.FromSeconds(1));
        using (var late = await scene.Wallet.AnswerAsync(scene.Request)) Assert.Contains("ended", await late.RefusedAsync("invalid_request"));
        using (var fetched = await server.Http.GetAsync(TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri")))
            await fetched.RefusedAsync("not_found", HttpStatusCode.NotFound);
        Assert.Equal("expired", (await scene.StateAsync())["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A61_an_answer_to_no_request_or_to_another_is_refused()
    {
        var (scene, other) = (await TestPresentation.BeginAsync(_server, "direct_post"), await TestPresentation.BeginAsync(_server, "direct_post"));
        var vpToken = TestWallet.VpToken(await scene.Wallet.PresentationAsync(scene.Request));
        foreach (var uri in new[] { _server.Url("/response/no-such"), other.Request["response_uri"]!.GetValue<string>() })
        {
            var elsewhere = (JsonObject)scene.Request.DeepClone();
            elsewhere["response_uri"] = uri;
            using var refused = await scene.Wallet.AnswerAsync(elsewhere, vpToken);
            await refused.RefusedAsync("invalid_request");
        }

        await scene.StillOpenAsync();
        await other.StillOpenAsync();
    }

    [Fact]
    public async Task A62_a_presentation_of_an_earlier_session_is_refused()
    {
        var first = await TestPresentation.BeginAsync(_server);
        var presentation = await first.Wallet.PresentationAsync(first.Request);
        using (var right = await first.Wallet.AnswerAsync(first.Request, TestWallet.VpToken(presentation))) Assert.Equal(HttpStatusCode.OK, right.StatusCode);

        var second = await TestPresentation.BeginAsync(_server, wallet: first.Wallet);
        Assert.Contains("nonce", await second.RefusedAsync(presentation, "Holder", "holder_invalid"));

        // Nor one made for the QR of the same page.
        var there = await second.Wallet.FetchAsync(second.SignIn.CrossDeviceLink);
        Assert.Contains("nonce", await second.RefusedAsync(await second.Wallet.PresentationAsync(there), "Holder", "holder_invalid"));
        await second.StillOpenAsync();
    }

    [Theory]
    [MemberData(nameof(BrokenBindingNames))]
    public async Task A63_and_A64_a_key_binding_with_one_thing_wrong_is_refused(string name)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.RefusedAsync(
            await scene.BindAsync(change: (header, claims) => BrokenBindings[name](header, claims, _server.Time.GetUtcNow().ToUnixTimeSeconds())),
            "Holder",
            "holder_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A64_a_key_binding_that_is_stripped_unsigned_or_by_another_key_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var right = await scene.BindAsync();
        var binding = right[(right.LastIndexOf('~') + 1)..];
        var unsigned = Jws.ToBeSigned(new JsonObject { ["alg"] = "none", ["typ"] = "kb+jwt" }, Jws.Parse(binding).Claims()) + ".";
        Assert.Contains("missing", await scene.RefusedAsync(scene.Shown, "Holder", "holder_invalid"));
        await scene.RefusedAsync(scene.Shown + unsigned, "Holder", "holder_invalid");
        await scene.RefusedAsync(right[..(right.LastIndexOf('.') + 1)], "Holder", "holder_invalid");
        await scene.RefusedAsync(scene.Shown + "x", "Holder", "holder_invalid");
        await scene.RefusedAsync(await scene.BindAsync(key: TestWallet.NewKey()), "Holder", "holder_invalid");

        // Another's credential, by one's own key; and the key in the binding's own header.
        var thief = TestWallet.NewKey();
        await scene.RefusedAsync(await scene.BindAsync(change: (header, _) => header["jwk"] = thief.PublicKey.ToJson(), key: thief), "Holder", "holder_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A64_a_key_binding_over_other_disclosures_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var right = await scene.BindAsync();
        var parts = right.Split('~');

        // One disclosure less, and in another order.
        await scene.RefusedAsync(right.Replace(parts[1] + "~", "", StringComparison.Ordinal), "Holder", "holder_invalid");
        await scene.RefusedAsync(string.Join('~', parts[0], parts[2], parts[1], parts[3]), "Holder", "holder_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A67_a_bad_issuer_signature_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.ForgeAsync(signer: TestWallet.NewKey());
        await scene.RefusedAsync(await scene.BindAsync(), "Proof", "signature_invalid");

        // The payload altered under the old signature.
        await scene.ForgeAsync();
        var parts = scene.Shown.Split('.');
        var payload = Jws.Parse(scene.Shown.Split('~')[0]).Claims();
        payload["charter_version"] = "founding-2";
        parts[1] = Jws.ToBeSigned([], payload).Split('.')[1];
        await scene.RefusedAsync(await scene.BindAsync(string.Join('.', parts)), "Proof", "signature_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A67_a_signer_that_is_not_the_issuer_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var nation = _server.Nation;
        foreach (var signer in new[]
        {
            Forgery.Leaf(nation, KeyPurpose.Credential, "https://evil.example"),
            Forgery.Leaf(nation, KeyPurpose.Credential, rogueRoot: true),
            Forgery.Own(nation, KeyPurpose.StatusList),
            Forgery.Own(nation, KeyPurpose.Request),
            Forgery.Own(nation, KeyPurpose.Root),
        })
        {
            await scene.ForgeAsync(signer: signer);
            await scene.RefusedAsync(await scene.BindAsync(), "Proof", "issuer_key_not_trusted");
        }

        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A67_an_issuer_that_is_not_trusted_is_refused_before_anything_is_fetched()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var evil = $"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var scene = await TestPresentation.BeginAsync(_server);
        var signer = Forgery.Leaf(_server.Nation, KeyPurpose.Credential, evil, rogueRoot: true);
        await scene.ForgeAsync(
            (header, payload) =>
            {
                (header["jku"], header["x5u"]) = (evil + "/keys", evil + "/leaf");
                payload["iss"] = evil;
                payload["status"]!["status_list"]!["uri"] = evil + "/status/1";
            },
            signer);
        await scene.RefusedAsync(await scene.BindAsync(), "Issuer", "issuer_not_trusted");

        // Of a trusted issuer too, a list elsewhere is not asked.
        await scene.ForgeAsync((_, payload) => payload["status"]!["status_list"]!["uri"] = evil + "/status/1");
        await scene.RefusedAsync(await scene.BindAsync(), "Status", "status_unknown");
        Assert.False(listener.Pending());
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A67_a_credential_from_before_its_key_was_the_issuer_s_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var began = _server.Nation.Keys.CurrentKey(KeyPurpose.Credential).NotBefore.ToUnixTimeSeconds();
        await scene.ForgeAsync((_, payload) => payload["iat"] = began - 1);
        await scene.RefusedAsync(await scene.BindAsync(), "Proof", "issuer_key_retired");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A68_another_type_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.ForgeAsync((_, payload) => payload["vct"] = "urn:network-identity:citizenship:1");
        await scene.RefusedAsync(await scene.BindAsync(), "Type", "unknown_type");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A68_fewer_claims_than_were_asked_for_are_refused_and_more_are_dropped()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", "Ana"), ("node", "Lisbon"));
        var scene = await TestPresentation.BeginAsync(_server, wallet: wallet);
        foreach (var less in new[] { Array.Empty<string>(), ["tier"], ["display_name", "node"] })
            await scene.RefusedAsync(await wallet.PresentationAsync(scene.Request, less), "Query", "query_not_satisfied");

        using var all = await wallet.AnswerAsync(
            scene.Request, TestWallet.VpToken(await wallet.PresentationAsync(scene.Request, ["tier", "member_since", "display_name", "node"])));
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);
        using var back = await scene.SignIn.Browser.GetAsync((await all.JsonAsync())["redirect_uri"]!.GetValue<string>());
        using var tokens = await scene.SignIn.RedeemAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code"));
        var claims = Jws.Parse((await tokens.JsonAsync())["id_token"]!.GetValue<string>()).Claims()["membership"]!;
        Assert.Equal(["member_since", "tier"], ((JsonObject)claims).Select(claim => claim.Key).Order());
    }

    [Fact]
    public async Task A68_a_credential_that_was_not_asked_for_spoils_the_answer()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var right = await scene.BindAsync();
        await scene.RefusedAsync(TestWallet.VpToken(right, "residency"), "Query", "query_not_satisfied");
        await scene.RefusedAsync(new JsonObject { ["membership"] = new JsonArray(right), ["residency"] = new JsonArray(right) }, "Query", "query_not_satisfied");
        await scene.RefusedAsync(new JsonObject { ["membership"] = new JsonArray(right, right) }, "Query", "query_not_satisfied");
        await scene.RefusedAsync(new JsonObject(), "Query", "query_not_satisfied");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A68_an_id_that_stands_twice_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server, "direct_post");
        var right = await scene.BindAsync();
        using (var refused = await scene.Wallet.PostAsync(scene.Request, new()
        {
            ["vp_token"] = $$"""{"membership": ["{{right}}"], "membership": ["{{right}}"]}""",
            ["state"] = State(scene.Request),
        }))
        {
            await refused.RefusedAsync("invalid_request");
        }

        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A69_all_must_hold_a_good_proof_saves_no_bad_credential_and_a_good_credential_no_bad_proof()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var (good, unbound) = (await scene.BindAsync(), scene.Shown);
        await scene.ForgeAsync(signer: TestWallet.NewKey(), recorded: false);
        var forged = await scene.BindAsync();

        await scene.RefusedAsync(forged, "Proof", "signature_invalid");
        await scene.RefusedAsync(unbound, "Holder", "holder_invalid");
        foreach (var (both, step, reason) in new[]
        {
            (new JsonArray(good, forged), "Proof", "signature_invalid"), (new JsonArray(forged, good), "Proof", "signature_invalid"),
            (new JsonArray(good, unbound), "Holder", "holder_invalid"), (new JsonArray(unbound, good), "Holder", "holder_invalid"),
        })
        {
            await scene.RefusedAsync(new JsonObject { ["membership"] = both }, step, reason);
        }

        await scene.StillOpenAsync();
    }

    [Theory]
    [InlineData("Validity", "expired", "exp", -1)]
    [InlineData("Validity", "not_yet_valid", "nbf", 120)]
    public async Task A79_a_credential_out_of_its_time_is_refused_with_its_own_reason(string step, string reason, string claim, int seconds)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.ForgeAsync((_, payload) => payload[claim] = _server.Time.GetUtcNow().ToUnixTimeSeconds() + seconds);
        await scene.RefusedAsync(await scene.BindAsync(), step, reason);
        await scene.StillOpenAsync();
    }

    private static string State(JsonObject request) => request["state"]!.GetValue<string>();
}
