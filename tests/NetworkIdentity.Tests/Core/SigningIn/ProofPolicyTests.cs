using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Tests.Standards;

namespace NetworkIdentity.Tests.Core.SigningIn;

/// <summary>A policy as data: what may stand in it, and what a request can choose of it.</summary>
public sealed class ProofPolicyTests
{
    private const string Whole = """
        {
          "version": 1,
          "purpose": "To lend you books.",
          "credentials": [
            { "type": "membership", "claims": { "required": ["tier"], "on_request": ["member_since"], "optional": ["display_name", "node"] }, "issuers": ["https://nation.example"], "max_age_days": 90, "min_days_left": 7, "holder_binding": true },
            { "type": "residency", "required": false },
            { "type": "reputation", "required": false, "claims": { "optional": ["band"] } }
          ],
          "acr_values": ["urn:network-identity:acr:same-device"],
          "verified_claims": "always"
        }
        """;

    private static readonly IReadOnlyDictionary<string, CredentialType> Types = CredentialType.LoadAll();

    private static ProofPolicy Parse(string json) => ProofPolicy.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void A_policy_is_read_as_it_is_written_and_written_as_it_is_read()
    {
        var policy = Parse(Whole);
        policy.Check(Types);
        var written = (JsonObject)JsonNode.Parse(Whole)!;
        ((JsonObject)written["credentials"]![0]!).Remove("holder_binding"); // It holds anyway.
        Assert.True(JsonNode.DeepEquals(written, policy.ToJson()), policy.Write());
        Assert.Equal(policy.Write(), Parse(policy.Write()).Write());
        Assert.Equal("""{"version":1,"credentials":[{"type":"membership"},{"type":"residency","required":false}]}""", ProofPolicy.Of(["membership"], ["residency"]).Write());
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"credentials":[{"type":"membership"}]}""", "/version is missing")]
    [InlineData("""{"version":2,"credentials":[{"type":"membership"}]}""", "/version is not the one value")]
    [InlineData("""{"version":1}""", "/credentials is missing")]
    [InlineData("""{"version":1,"credentials":[]}""", "/credentials must have 1 items at least")]
    [InlineData("""{"version":1,"credentials":["membership"]}""", "/credentials/0 must be of type object")]
    [InlineData("""{"version":1,"credentials":[{}]}""", "/credentials/0/type is missing")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","freshness":1}]}""", "/credentials/0/freshness is not allowed here")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","holder_binding":false}]}""", "/credentials/0/holder_binding is not the one value")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","max_age_days":-1}]}""", "/credentials/0/max_age_days is less than the minimum")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","max_age_days":1.5}]}""", "/credentials/0/max_age_days must be of type integer")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","min_days_left":0}]}""", "/credentials/0/min_days_left is less than the minimum")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","issuers":[]}]}""", "/credentials/0/issuers must have 1 items at least")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","issuers":["nation.example"]}]}""", "/credentials/0/issuers/0 does not match the pattern")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","claims":{"required":["tier","tier"]}}]}""", "/credentials/0/claims/required has equal items")]
    [InlineData("""{"version":1,"credentials":[{"type":"membership","claims":{"all":[]}}]}""", "/credentials/0/claims/all is not allowed here")]
    [InlineData("""{"version":1,"purpose":"","credentials":[{"type":"membership"}]}""", "/purpose must have 1 characters at least")]
    [InlineData("""{"version":1,"acr_values":["urn:example"],"credentials":[{"type":"membership"}]}""", "/acr_values/0 is not one of the values")]
    [InlineData("""{"version":1,"verified_claims":true,"credentials":[{"type":"membership"}]}""", "/verified_claims is not one of the values")]
    [InlineData("""{"version":1,"version":1,"credentials":[{"type":"membership"}]}""", "no JSON object")]
    public void What_is_not_as_the_schema_says_is_refused_with_its_place(string json, string words)
    {
        var refusal = Assert.Throws<Refusal>(() => Parse(json));
        Assert.Equal("invalid_client_metadata", refusal.Code);
        Assert.Contains(words, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"citizenship"}]""", "must name credential types")]
    [InlineData("""[{"type":"membership"},{"type":"membership","required":false}]""", "must name each credential type once")]
    [InlineData("""[{"type":"membership","required":false}]""", "one credential at least")]
    [InlineData("""[{"type":"membership","claims":{"required":["age"]}}]""", "may ask of membership")]
    [InlineData("""[{"type":"membership","claims":{"required":["charter_version"]}}]""", "may ask of membership")]
    [InlineData("""[{"type":"membership","claims":{"required":["tier"],"optional":["tier"]}}]""", "each claim of membership once")]
    public void What_the_types_do_not_have_is_refused(string credentials, string words)
    {
        var policy = Parse($$"""{"version":1,"credentials":{{credentials}}}""");
        Assert.Contains(words, Assert.Throws<Refusal>(() => policy.Check(Types)).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purpose_holds_nothing_that_passes_for_something_else()
    {
        foreach (var purpose in (string[])["a\nb", "a\u202eb", "a\u3164", " "])
            Assert.Contains("purpose must", Assert.Throws<Refusal>(() => (ProofPolicy.Usual with { Purpose = purpose }).Check(Types)).Description, StringComparison.Ordinal);
        (ProofPolicy.Usual with { Purpose = new string('a', 200) }).Check(Types);
        Assert.Throws<Refusal>(() => Parse($$"""{"version":1,"purpose":"{{new string('a', ProofPolicy.MaxBytes)}}","credentials":[{"type":"membership"}]}"""));
    }

    [Theory]
    [InlineData("", null, null, "membership(tier)")]
    [InlineData("membership", null, null, "membership(tier,member_since,display_name?,node?)")]
    [InlineData("openid residency", null, null, "membership(tier) residency(residency_status,node,until)")]
    [InlineData("openid reputation citizenship", null, null, "membership(tier) reputation(vct,band?)")]
    [InlineData("openid", """{"userinfo":{"membership":null}}""", null, "membership(tier,member_since,display_name?,node?)")]
    [InlineData("openid", """{"id_token":{"residency":{"essential":true},"membership/rights":null,"verified_claims":{"verification":{"trust_framework":null},"claims":{"citizenship":null}}}}""", null, "membership(tier) residency(residency_status,node,until)")]
    [InlineData("openid", """{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"residency":null}}}}""", null, "membership(tier) residency(residency_status,node,until)")]
    [InlineData("openid", null, """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["node"]}]""", "membership(tier,node?)")]
    [InlineData("openid", null, """[{"type":"urn:network-identity:credential-presentation","credential_type":"residency","claims":["until"]},{"type":"urn:network-identity:credential-presentation","credential_type":"residency","claims":["node"]}]""", "membership(tier) residency(node,until)")]
    public void A_request_chooses_inside_the_policy(string scope, string? claims, string? details, string asked)
    {
        var request = ProofRequest.Of(Parse(Whole), Choice.Of(Parse(Whole), scope, new RequestOptions(claims, null, details)), Types);
        var query = request.ToDcql();
        Assert.Equal(asked, string.Join(' ', query.Credentials.Select(one => $"{one.Id}({string.Join(',', one.Claims.Select(claim => $"{claim.Path.Steps[0].Name}{(one.ClaimSets.Count > 0 && !one.ClaimSets[1].Contains(claim.Id!) ? "?" : "")}"))})")));
        Assert.True(query.Credentials.All(one => one.RequireHolderBinding && !one.Multiple));
        Assert.Empty(query.CredentialSets);

        // As a wallet reads it.
        Assert.Equal(query.ToJson().ToJsonString(), DcqlQuery.Parse(query.ToJson()).ToJson().ToJsonString());
        Assert.Equal(90, request.Terms["membership"].MaxAgeDays);
    }

    [Fact]
    public void A01_a_policy_details_and_claims_that_are_broken_anyhow_are_read_or_refused()
    {
        const string Details = """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["tier","node"]},{"type":"urn:network-identity:credential-presentation","credential_type":"residency"}]""";
        const string Claims = """{"id_token":{"acr":{"essential":true,"values":["a"]},"verified_claims":[{"verification":{"trust_framework":null,"time":{"max_age":60},"evidence":[{"type":{"value":"electronic_record"},"record":{"type":null}}]},"claims":{"membership":{"value":{"tier":"citizen"}},"residency":null}}]},"userinfo":{"residency":null}}""";
        var policy = Parse(Whole);
        var said = VerifiedClaims.Verification("https://nation.example", "urn:network-identity:membership:1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        Assert.InRange(Mutations.Refused(Whole, text =>
        {
            var read = Parse(text);
            read.Check(Types);
            Assert.Equal(read.Write(), Parse(read.Write()).Write());
        }), 500, 1500);
        Assert.InRange(Mutations.Refused(Details, text => Ask(new RequestOptions(null, null, text))), 500, 1500);
        Assert.InRange(Mutations.Refused(Claims, text =>
        {
            var options = new RequestOptions(text, null);
            Ask(options);
            foreach (var one in options.ClaimsRequest.VerifiedInIdToken)
                if (one.Select(said, DateTimeOffset.UnixEpoch) is { } kept) Assert.Empty(kept.Select(member => member.Key).Except(said.Select(member => member.Key)));
        }), 500, 1500);

        void Ask(RequestOptions options)
        {
            ProofRequest.CheckDetails(policy, options.Details, Types);
            var query = ProofRequest.Of(policy, Choice.Of(policy, "openid", options), Types).ToDcql();
            Assert.Equal(query.ToJson().ToJsonString(), DcqlQuery.Parse(query.ToJson()).ToJson().ToJsonString());
        }
    }

    [Fact]
    public void A_choice_covers_what_is_in_it_and_nothing_else()
    {
        var policy = ProofPolicy.Of(["membership"], ["residency"]);
        Choice Of(string scope, string? claims = null) => Choice.Of(policy, scope, new RequestOptions(claims, null));
        var verified = Of("membership", """{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"membership":null}}}}""");
        Assert.True(Of("membership residency").Covers(Of("residency")));
        Assert.True(Of("membership").Covers(Choice.Parse("membership/tier")));
        Assert.True(verified.Covers(Of("membership")));
        Assert.False(Of("membership").Covers(verified));
        Assert.False(Of("membership").Covers(Of("membership residency")));
        Assert.False(Choice.Parse("membership/tier").Covers(Of("membership")));
        Assert.False(Choice.Parse("membership/tier").Covers(Choice.Parse("membership/node")));
        Assert.Equal("membership verified_claims", verified.ToString());
        Assert.Equal("membership", Of("openid profile membership citizenship").ToString());
        Assert.Equal("", Choice.Of(policy with { VerifiedClaims = ProofPolicy.Never }, "openid", new RequestOptions("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"residency":null}}}}""", null)).ToString());
    }
}
