using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server;

/// <summary>Everything that a policy says is asked, and held against what is shown.</summary>
public sealed class ProofPolicyTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private static readonly CredentialPolicy Membership = new("membership") { Required = ["tier"], OnRequest = ["member_since"], Optional = ["display_name"] };

    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task What_is_required_is_asked_and_told_whatever_the_request_says()
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid");
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        Assert.Equal("""[{"path":["tier"]}]""", request["dcql_query"]!["credentials"]![0]!["claims"]!.ToJsonString());

        // A wallet that keeps it back is refused.
        using (var refused = await wallet.AnswerAsync(request, TestWallet.VpToken(await wallet.PresentationAsync(request, ["member_since"]))))
            Assert.Contains("query_not_satisfied", await refused.RefusedAsync("invalid_request"), StringComparison.Ordinal);
        var tokens = await world.SignInAsync(wallet);
        Assert.Equal("openid", tokens["scope"]!.GetValue<string>());
        Assert.Equal("""{"tier":"citizen"}""", TestSignIn.ClaimsOf(tokens)["membership"]!.ToJsonString());
        using var told = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.Equal("""{"tier":"citizen"}""", (await told.JsonAsync())["membership"]!.ToJsonString());
    }

    [Theory]
    [InlineData("tier,member_since,display_name", "tier,member_since,display_name")]
    [InlineData("tier,member_since", "tier,member_since")]
    [InlineData("tier,member_since,display_name,node", "tier,member_since,display_name")]
    [InlineData("tier,display_name", null)]
    [InlineData("member_since,display_name", null)]
    public async Task A_member_may_leave_out_what_is_optional_and_nothing_else(string shown, string? told)
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid membership");
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        Assert.Equal(
            """[["tier","member_since","display_name"],["tier","member_since"]]""", request["dcql_query"]!["credentials"]![0]!["claim_sets"]!.ToJsonString());
        using var answer = await wallet.AnswerAsync(request, TestWallet.VpToken(await wallet.PresentationAsync(request, shown.Split(','))));
        if (told is null)
        {
            Assert.Contains("query_not_satisfied", await answer.RefusedAsync("invalid_request"), StringComparison.Ordinal);
            return;
        }

        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(await CodeAsync(world, answer)));
        Assert.Equal(told.Split(',').Order(), claims["membership"]!.AsObject().Select(claim => claim.Key).Order());
    }

    [Fact]
    public async Task Where_all_is_optional_a_wallet_may_show_that_it_holds_the_credential_alone()
    {
        var wallet = await MemberAsync();
        foreach (var (shown, told) in new (string[], string)[] { ([], "{}"), (["display_name"], """{"display_name":"Ana"}""") })
        {
            var world = await BeginAsync(new([Membership with { Required = [], OnRequest = [] }]), "openid membership");
            var request = await wallet.FetchAsync(world.SameDeviceLink);
            using var answer = await wallet.AnswerAsync(request, TestWallet.VpToken(await wallet.PresentationAsync(request, shown)));
            Assert.Equal(told, TestSignIn.ClaimsOf(await world.TokensAsync(await CodeAsync(world, answer)))["membership"]!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("issuer_not_accepted", "The app doesn’t take credentials of this issuer")]
    [InlineData("too_old", "This credential is too old for the app")]
    [InlineData("ends_too_soon", "This credential ends too soon for the app")]
    public async Task A_credential_that_the_policy_does_not_take_is_refused_by_name_and_the_page_says_so(string reason, string title)
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync();
        server.Time.Move(TimeSpan.FromDays(2));
        CredentialTerms terms = reason switch
        {
            "issuer_not_accepted" => new(["https://other.example"], null, null),
            "too_old" => new(null, 1, null),
            _ => new(null, null, 363),
        };
        var world = await TestSignIn.BeginAsync(server, request => request with { Policy = new([new CredentialPolicy("membership") { Terms = terms }]) }, "openid");
        using (var refused = await wallet.AnswerAsync(await wallet.FetchAsync(world.SameDeviceLink)))
            Assert.Contains(reason, await refused.RefusedAsync("invalid_request"), StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(await world.Browser.GetStringAsync(world.Page));
        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains($"<code dir=\"ltr\">{reason}</code>", page, StringComparison.Ordinal);

        // The same credential is good for an app that takes it.
        var other = await TestSignIn.BeginAsync(server, request => request with { Policy = new([new CredentialPolicy("membership") { Terms = new([server.Issuer], 2, 362) }]) }, "openid");
        await other.SignInAsync(wallet);
    }

    [Fact]
    public async Task A_way_of_proving_that_the_policy_does_not_take_is_refused_and_no_request_loosens_it()
    {
        var wallet = await MemberAsync();
        var policy = ProofPolicy.Usual with { Contexts = [Session.SameDevice] };
        var world = await BeginAsync(policy, "openid");

        // The page offers no other way; and who finds another all the same is refused.
        Assert.Empty(world.CrossDeviceLink);
        Assert.DoesNotContain("data-digital-ask", await world.Browser.GetStringAsync(world.Page), StringComparison.Ordinal);
        using (var refused = await wallet.AnswerAsync(await wallet.FetchAsync(await world.HiddenCrossDeviceLinkAsync())))
            Assert.Contains("other_context", await refused.RefusedAsync("invalid_request"), StringComparison.Ordinal);
        Assert.Equal(Session.SameDevice, TestSignIn.ClaimsOf(await world.SignInAsync(wallet))["acr"]!.GetValue<string>());

        string Essential(string context) => $$$$"""{"id_token":{"acr":{"essential":true,"values":["{{{{context}}}}"]}}}""";
        using (var unmet = await world.AskAsync(parameters => parameters["claims"] = Essential(Session.CrossDevice)))
            unmet.RefusedByRedirect("unmet_authentication_requirements", world.RedirectUri, world.State, _server.Issuer);
        await world.OpenAsync("openid", parameters => (parameters["claims"], parameters["acr_values"]) = (Essential(Session.SameDevice), Session.CrossDevice));
        using var still = await wallet.AnswerAsync(await wallet.FetchAsync(await world.HiddenCrossDeviceLinkAsync()));
        await still.RefusedAsync("invalid_request");
    }

    [Fact]
    public async Task A64_a_policy_never_does_without_the_holders_key()
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid");
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        Assert.Null(request["dcql_query"]!["credentials"]![0]!["require_cryptographic_holder_binding"]);
        var bound = await wallet.PresentationAsync(request, ["tier"]);
        using var refused = await wallet.AnswerAsync(request, TestWallet.VpToken(bound[..(bound.LastIndexOf('~') + 1)]));
        Assert.Contains("holder_invalid", await refused.RefusedAsync("invalid_request"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_can_have_nothing_outside_the_policy_by_any_combination()
    {
        var wallet = await _server.ResidentAsync();
        var policy = new ProofPolicy([Membership with { Optional = [] }, new("residency", IsRequired: false) { OnRequest = ["until"] }]) { VerifiedClaims = ProofPolicy.Never };
        var world = await BeginAsync(policy, "openid");
        string?[] scopes = ["openid", "openid membership", "openid residency reputation", "openid membership residency reputation verified_claims offline_access"];
        string?[] claims =
        [
            null,
            """{"id_token":{"membership":{"essential":true,"value":{"rights":[]}},"reputation":null,"node":null,"display_name":null},"userinfo":{"residency":null,"reputation":{"essential":true}}}""",
            """{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":null},"claims":{"membership":null,"residency":null,"reputation":null,"node":null}}}}""",
        ];
        string?[] details =
        [
            null, """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership"}]""",
            """[{"type":"urn:network-identity:credential-presentation","credential_type":"residency","claims":["until"]}]""",
        ];
        foreach (var (scope, claim, detail) in from scope in scopes from claim in claims from detail in details select (scope, claim, detail))
        {
            await world.OpenAsync(scope!, parameters => (parameters["claims"], parameters["authorization_details"]) = (claim, detail));
            var request = await wallet.FetchAsync(world.SameDeviceLink);
            var asked = DcqlQuery.Parse((JsonObject)request["dcql_query"]!);
            var membership = asked.Find("membership")!.Claims.Select(one => one.Path.Steps[0].Name!).ToList();
            Assert.Contains("tier", membership);
            Assert.Empty(membership.Except(["tier", "member_since"]));
            Assert.Empty(asked.Credentials.Select(one => one.Id).Except(["membership", "residency"]));
            Assert.Empty((asked.Find("residency")?.Claims ?? []).Select(one => one.Path.Steps[0].Name!).Except(["until"]));

            // Even of a wallet that shows all that it has.
            var all = new JsonObject(asked.Credentials.Select(one => KeyValuePair.Create(one.Id, (JsonNode?)null)));
            foreach (var one in asked.Credentials)
                all[one.Id] = new JsonArray(await wallet.PresentationAsync(request, ["tier", "member_since", "node", "residency_status", "from", "until", "host_jurisdiction"], type: one.Id));
            using var answer = await wallet.AnswerAsync(request, all);
            var tokens = await world.TokensAsync(await CodeAsync(world, answer));
            using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
            foreach (var told in (JsonObject[])[TestSignIn.ClaimsOf(tokens), await userInfo.JsonAsync()])
            {
                Assert.Equal("citizen", told["membership"]!["tier"]!.GetValue<string>());
                Assert.Empty(told["membership"]!.AsObject().Select(one => one.Key).Except(["tier", "member_since"]));
                Assert.Empty((told["residency"]?.AsObject() ?? []).Select(one => one.Key).Except(["until"]));
                Assert.Empty(told.Select(one => one.Key).Except(
                    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid", "membership", "residency"]));
            }
        }
    }

    [Fact]
    public async Task A_session_is_not_gone_on_with_for_more_than_was_shown()
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid");
        await world.OpenAsync("openid", parameters => parameters["authorization_details"] = Details("membership", "member_since"));
        await world.SignInAsync(wallet);
        await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid");
        await world.CodeAtOnceAsync(parameters => (parameters["scope"], parameters["authorization_details"]) = ("openid", Details("membership", "member_since")));
        foreach (var change in (Action<Dictionary<string, string?>>[])
        [
            parameters => parameters["scope"] = "openid membership",
            parameters => (parameters["scope"], parameters["authorization_details"]) = ("openid", Details("membership", "display_name")),
            parameters => (parameters["scope"], parameters["claims"]) = ("openid", """{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"membership":null}}}}"""),
        ])
        {
            using var more = await world.AskAsync(change);
            Assert.Contains("/sign-in/", more.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_that_has_more_tells_what_this_request_chose()
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid membership");
        Assert.Equal(3, TestSignIn.ClaimsOf(await world.SignInAsync(wallet))["membership"]!.AsObject().Count);
        var tokens = await world.TokensAsync(await world.CodeAtOnceAsync(parameters => (parameters["scope"], parameters["authorization_details"]) = ("openid", Details("membership", "member_since"))));
        Assert.Equal("""["member_since"]""", tokens["authorization_details"]![0]!["claims"]!.ToJsonString());
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        foreach (var told in (JsonObject[])[TestSignIn.ClaimsOf(tokens), await userInfo.JsonAsync()])
            Assert.Equal(["member_since", "tier"], told["membership"]!.AsObject().Select(claim => claim.Key).Order());
    }

    [Theory]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","claims":{"required":["tier","node"],"on_request":["member_since"]}}]}""", false)]
    [InlineData("""{"version":1,"credentials":[{"type":"membership"},{"type":"residency"}]}""", false)]
    [InlineData("""{"version":1,"acr_values":["urn:network-identity:acr:cross-device"],"credentials":[{"type":"membership"}]}""", false)]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","claims":{"required":["tier"]}},{"type":"residency","required":false}]}""", true)]
    public async Task A_session_is_not_gone_on_with_where_the_policy_became_stricter(string stricter, bool goesOn)
    {
        var wallet = await MemberAsync();
        var world = await BeginAsync(new([Membership]), "openid");
        await world.SignInAsync(wallet);
        Assert.Null(await _server.Nation.Database.CommitAsync(new Statement("UPDATE partner SET policy = @stricter WHERE client_id = @ClientId", new { stricter, world.ClientId })));
        using var response = await world.AskAsync(parameters => parameters["scope"] = "openid");
        Assert.Equal(goesOn, response.Headers.Location!.ToString().StartsWith(world.RedirectUri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_says_who_asks_what_must_be_shown_what_need_not_and_why()
    {
        const string Hostile = "<img src=x onerror=alert(1)> “quoted” & 'so'";
        var policy = new ProofPolicy([Membership with { Terms = new([_server.Issuer], 30, 7) }]) { Purpose = Hostile, Contexts = Session.Contexts };
        var world = await BeginAsync(policy, "openid membership");
        var html = await world.Browser.GetStringAsync(world.Page);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(html);
        Assert.Contains("<bdi>Example App</bdi> says why: <q><bdi>" + Hostile, page, StringComparison.Ordinal);
        Assert.Contains("app.example", page, StringComparison.Ordinal);
        var optional = page.IndexOf("Not needed to sign in", StringComparison.Ordinal);
        Assert.InRange(page.IndexOf("<bdi>Tier</bdi>", StringComparison.Ordinal), 1, optional);
        Assert.InRange(page.IndexOf("<bdi>Member since</bdi>", StringComparison.Ordinal), 1, optional);
        Assert.True(page.IndexOf("<bdi>Name</bdi>", StringComparison.Ordinal) > optional);
        Assert.Contains("It must have been issued within the last 30 days.", page, StringComparison.Ordinal);
        Assert.Contains("It must be valid for another 7 days.", page, StringComparison.Ordinal);
        Assert.Contains($"It must be issued by {_server.Issuer}.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("on which day", page, StringComparison.Ordinal);

        await world.OpenAsync("openid", parameters => parameters["claims"] = """{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"membership":null}}}}""");
        Assert.Contains("on which day each credential was issued", await world.Browser.GetStringAsync(world.Page), StringComparison.Ordinal);
    }

    private static string Details(string type, params string[] claims) =>
        new JsonArray(new PresentationDetails(type, claims.Length == 0 ? null : claims).ToJson()).ToJsonString();

    private Task<TestSignIn> BeginAsync(ProofPolicy policy, string scope) => TestSignIn.BeginAsync(_server, request => request with { Policy = policy }, scope);

    private Task<TestWallet> MemberAsync() => _server.MemberAsync(null, ("tier", "citizen"), ("display_name", "Ana"), ("node", "Lisbon"));

    private static async Task<string> CodeAsync(TestSignIn world, HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var back = await world.Browser.GetAsync((await answer.JsonAsync())["redirect_uri"]!.GetValue<string>());
        return TestWallet.Parameter(back.Headers.Location!.ToString(), "code");
    }
}
