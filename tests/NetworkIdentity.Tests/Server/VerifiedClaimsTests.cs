using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Who said what an app is told, of which type, and when [OIDC-IDA §5]: where a request asks for it, or the policy says so.</summary>
public sealed class VerifiedClaimsTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task A_policy_may_have_every_answer_say_who_issued_each_credential_of_which_type_and_when()
    {
        var wallet = await _server.ResidentAsync();
        var world = await TestSignIn.BeginAsync(
            _server,
            request => request with
            {
                Policy = ProofPolicy.Of(["membership"], ["residency"]) with { VerifiedClaims = ProofPolicy.Always },
                Metadata = new ClientMetadata { GrantTypes = ["authorization_code", "refresh_token"] },
            },
            "openid membership residency");
        var tokens = await world.SignInAsync(wallet);
        var claims = TestSignIn.ClaimsOf(tokens);
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        using var renewed = await world.RefreshAsync(tokens["refresh_token"]!.GetValue<string>());
        foreach (var told in (JsonObject[])[claims, await userInfo.JsonAsync(), TestSignIn.ClaimsOf(await renewed.JsonAsync())])
        {
            var entries = told["verified_claims"]!.AsArray();
            Assert.Equal(2, entries.Count);
            foreach (var (entry, type) in entries.Zip(["membership", "residency"]))
            {
                var day = DateTimeOffset.FromUnixTimeSeconds((await _server.RecordOfAsync(wallet, type)).IssuedAt).ToString("yyyy-MM-ddT00:00:00Z");
                var at = DateTimeOffset.FromUnixTimeSeconds(claims["auth_time"]!.GetValue<long>()).ToString("yyyy-MM-ddTHH:mm:ssZ");
                Assert.Equal(
                    $$$$"""{"trust_framework":"urn:network-identity:trust-framework:1","time":"{{{{at}}}}","evidence":[{"type":"electronic_record","record":{"type":"urn:network-identity:{{{{type}}}}:1","created_at":"{{{{day}}}}","source":{"name":"{{{{_server.Issuer}}}}"}}}]}""",
                    entry!["verification"]!.ToJsonString());
                Assert.True(JsonNode.DeepEquals(new JsonObject { [type] = told[type]!.DeepClone() }, entry["claims"]));
            }
        }
    }

    [Theory]
    [InlineData("""{"trust_framework":null}""", """{"trust_framework":"urn:network-identity:trust-framework:1"}""")]
    [InlineData("""{"trust_framework":{"value":"urn:network-identity:trust-framework:1"},"evidence":[{"type":{"value":"electronic_record"},"record":{"type":null}}]}""", """{"trust_framework":"urn:network-identity:trust-framework:1","evidence":[{"type":"electronic_record","record":{"type":"urn:network-identity:membership:1"}}]}""")]
    [InlineData("""{"trust_framework":{"values":["eidas","urn:network-identity:trust-framework:1"]},"assurance_level":null,"verification_process":{"essential":true}}""", """{"trust_framework":"urn:network-identity:trust-framework:1"}""")]
    [InlineData("""{"trust_framework":{"value":"eidas"}}""", null)]
    [InlineData("""{"trust_framework":{"values":["eidas","de_aml"]}}""", null)]
    [InlineData("""{"trust_framework":null,"assurance_level":{"value":"high"}}""", null)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"document"}}]}""", null)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"record":{"source":{"name":{"value":"https://other.example"}}}}]}""", null)]
    public async Task Just_what_was_asked_is_said_and_nothing_where_a_condition_does_not_hold(string verification, string? said)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, scope: "openid");
        await world.OpenAsync("openid", parameters => parameters["claims"] = $$$$$"""{"id_token":{"verified_claims":{"verification":{{{{{verification}}}}},"claims":{"membership":null}}}}""");
        var tokens = await world.SignInAsync(wallet);
        var claims = TestSignIn.ClaimsOf(tokens);

        // What is asked for as verified is told as verified alone, and where it was asked for.
        Assert.False(claims.ContainsKey("membership"));
        using (var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) Assert.Equal(["sub"], (await userInfo.JsonAsync()).Select(claim => claim.Key));
        Assert.Equal(said, claims["verified_claims"]?["verification"]!.ToJsonString());
        if (said is not null) Assert.Equal(["tier", "member_since"], claims["verified_claims"]!["claims"]!["membership"]!.AsObject().Select(claim => claim.Key).OrderDescending());
    }

    [Fact]
    public async Task A_policy_may_say_never()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Usual with { VerifiedClaims = ProofPolicy.Never } }, "openid");
        await world.OpenAsync("openid", parameters => parameters["claims"] = """{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"membership":null}}}}""");
        var claims = TestSignIn.ClaimsOf(await world.SignInAsync(wallet));
        Assert.False(claims.ContainsKey("verified_claims"));
        Assert.False(claims.ContainsKey("membership"));
    }

    [Fact]
    public async Task A_session_that_may_say_it_says_it_to_the_request_that_asks_and_not_past_a_policy_that_became_stricter()
    {
        const string Asked = """{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"membership":null}}}}""";
        var world = await TestSignIn.BeginAsync(_server, scope: "openid");
        await world.OpenAsync("openid", parameters => parameters["claims"] = Asked);
        Assert.True(TestSignIn.ClaimsOf(await world.SignInAsync(await _server.MemberAsync())).ContainsKey("verified_claims"));

        // In the same session: one request asks for the same claims plainly, one for the same as before, which the policy has no more by when it is redeemed.
        var plain = await world.CodeAtOnceAsync(parameters => parameters["scope"] = "openid membership");
        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(plain));
        Assert.True(claims.ContainsKey("membership"));
        Assert.False(claims.ContainsKey("verified_claims"));

        var late = await world.CodeAtOnceAsync(parameters => (parameters["scope"], parameters["claims"]) = ("openid", Asked));
        await BecomesAsync(world, ProofPolicy.Never);
        Assert.False(TestSignIn.ClaimsOf(await world.TokensAsync(late)).ContainsKey("verified_claims"));
    }

    [Fact]
    public async Task What_a_member_was_not_told_of_is_not_said_though_the_policy_says_it_by_now()
    {
        var world = await TestSignIn.BeginAsync(_server);
        await world.SignInAsync(await _server.MemberAsync());
        var late = await world.CodeAtOnceAsync();
        await BecomesAsync(world, ProofPolicy.Always);
        var claims = TestSignIn.ClaimsOf(await world.TokensAsync(late));
        Assert.True(claims.ContainsKey("membership"));
        Assert.False(claims.ContainsKey("verified_claims"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("""{"claims":{"membership":null}}""")]
    [InlineData("""{"verification":{},"claims":{"membership":null}}""")]
    [InlineData("""{"verification":{"trust_framework":null}}""")]
    [InlineData("""{"verification":{"trust_framework":null},"claims":{}}""")]
    [InlineData("""{"verification":{"trust_framework":null},"claims":{"membership":1}}""")]
    public async Task A_request_for_them_that_is_malformed_is_refused(string verified)
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var refused = await world.AskAsync(parameters => parameters["claims"] = $$$$$"""{"userinfo":{"verified_claims":{{{{{verified}}}}}}}""");
        refused.RefusedByRedirect("invalid_request", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public void How_long_ago_it_was_verified_counts_and_a_value_that_a_claim_must_have()
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(1);
        var said = VerifiedClaims.Verification("https://nation.example", "urn:network-identity:membership:1", at, at);
        VerifiedClaimsRequest Asking(string maxAge, string claim = "null") => Assert.Single(VerifiedClaimsRequest.Parse(JsonNode.Parse(
            $$$$$"""{"verification":{"trust_framework":null,"time":{"max_age":{{{{{maxAge}}}}}}},"claims":{"membership":{{{{{claim}}}}}}}""")));
        Assert.Equal("1970-01-02T00:00:00Z", (string?)Asking("60").Select(said, at.AddSeconds(60))!["time"]);
        Assert.Null(Asking("60").Select(said, at.AddSeconds(61)));
        Assert.Null(Asking("-1").Select(said, at.AddSeconds(-5)));
        Assert.Null(Asking("\"60\"").Select(said, at));
        Assert.True(Asking("1").Takes("membership", new JsonObject()));
        Assert.False(Asking("1").Takes("residency", new JsonObject()));
        Assert.True(Asking("1", """{"value":{"tier":"citizen"}}""").Takes("membership", new JsonObject { ["tier"] = "citizen" }));
        Assert.False(Asking("1", """{"values":[{"tier":"steward"}]}""").Takes("membership", new JsonObject { ["tier"] = "citizen" }));
    }

    private async Task BecomesAsync(TestSignIn world, string verifiedClaims)
    {
        var policy = (ProofPolicy.Usual with { VerifiedClaims = verifiedClaims }).Write();
        Assert.Null(await _server.Nation.Database.CommitAsync(new Statement("UPDATE partner SET policy = @policy WHERE client_id = @ClientId", new { policy, world.ClientId })));
    }
}
