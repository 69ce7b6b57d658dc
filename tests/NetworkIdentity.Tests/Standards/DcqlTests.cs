using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class DcqlTests
{
    private const string Member = """{"id":"m","format":"dc+sd-jwt","meta":{"vct_values":["urn:m"]},"claims":[{"path":["standing"],"values":[2,3]},{"path":["name"]}]}""";
    private const string Resident = """{"id":"r","format":"dc+sd-jwt","multiple":true,"meta":{"vct_values":["urn:r","urn:q"]}}""";
    private const string Claims = """{"name":"Ada","standing":3,"secret":"x","address":{"city":"London","zip":"1"},"roles":["a","b"],"degrees":[{"type":"BSc","year":1},{"type":"MSc"}]}""";

    private static DcqlQuery Query(params string[] credentials) => DcqlQuery.Parse(Json($$"""{"credentials":[{{string.Join(',', credentials)}}]}"""));

    private static DcqlQuery WithSets(string sets, params string[] credentials) =>
        DcqlQuery.Parse(Json($$"""{"credentials":[{{string.Join(',', credentials)}}],"credential_sets":{{sets}}}"""));

    private static PresentedCredential Credential(string type = "urn:m", string claims = Claims) => new("dc+sd-jwt", type, Json(claims));

    private static Dictionary<string, IReadOnlyList<PresentedCredential>> Presented(params (string Id, PresentedCredential[] Credentials)[] presented) =>
        presented.ToDictionary(p => p.Id, p => (IReadOnlyList<PresentedCredential>)p.Credentials, StringComparer.Ordinal);

    private static string Refused(DcqlQuery query, params (string Id, PresentedCredential[] Credentials)[] presented) =>
        WordsOf(() => query.Check(Presented(presented)));

    private static string Claiming(string claims, string claimSets = "null")
    {
        var query = Json("""{"id":"m","format":"dc+sd-jwt","meta":{"vct_values":["urn:m"]}}""");
        query["claims"] = StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(claims));
        if (StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(claimSets)) is { } sets) query["claim_sets"] = sets;
        return StrictJson.WriteText(query);
    }

    [Fact]
    public void A_query_is_read_and_written()
    {
        const string text = """{"credentials":[{"id":"a_1-B","format":"dc+sd-jwt","multiple":true,"meta":{"vct_values":["urn:m"]},"trusted_authorities":[{"type":"aki","values":["x"]}],"require_cryptographic_holder_binding":false,"claims":[{"id":"c","path":["a",0,null],"values":["x",1,true]}],"claim_sets":[["c"]]}],"credential_sets":[{"required":false,"options":[["a_1-B"]]}]}""";
        var query = DcqlQuery.Parse(Json(text));
        var credential = query.Credentials.Single();
        Assert.True(credential.Multiple);
        Assert.False(credential.RequireHolderBinding);
        Assert.Equal(("aki", "x"), (credential.TrustedAuthorities.Single().Type, credential.TrustedAuthorities.Single().Values.Single()));
        Assert.False(query.CredentialSets.Single().Required);
        Assert.Equal(text, StrictJson.WriteText(query.ToJson()));
    }

    [Fact]
    public void Unknown_properties_are_ignored_and_defaults_hold()
    {
        var credential = DcqlQuery.Parse(Json("""{"x":1,"credentials":[{"id":"m","format":"dc+sd-jwt","meta":{"vct_values":["urn:m"]},"y":2}]}""")).Credentials.Single();
        Assert.Equal((false, true, 0, 0), (credential.Multiple, credential.RequireHolderBinding, credential.Claims.Count, credential.ClaimSets.Count));
    }

    [Theory]
    [InlineData("""{}""", "credentials is missing")]
    [InlineData("""{"credentials":[]}""", "credentials must not be empty")]
    [InlineData("""{"credentials":{}}""", "credentials must be an array")]
    [InlineData("""{"credentials":[1]}""", "credentials must be an array of objects")]
    [InlineData("""{"credentials":[{"format":"f","meta":{}}]}""", "id is missing")]
    [InlineData("""{"credentials":[{"id":"","format":"f","meta":{}}]}""", "an id must be of letters, digits, underscores and hyphens")]
    [InlineData("""{"credentials":[{"id":"a b","format":"f","meta":{}}]}""", "an id must be of letters, digits, underscores and hyphens")]
    [InlineData("""{"credentials":[{"id":"\u00e9","format":"f","meta":{}}]}""", "an id must be of letters, digits, underscores and hyphens")]
    [InlineData("""{"credentials":[{"id":"a","meta":{}}]}""", "format is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"","meta":{}}]}""", "format is empty")]
    [InlineData("""{"credentials":[{"id":"a","format":"f"}]}""", "meta is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{}}]}""", "vct_values is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":[]}}]}""", "vct_values must not be empty")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":[1]}}]}""", "vct_values must hold strings")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":"urn:m"}}]}""", "vct_values must be an array")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{},"multiple":"true"}]}""", "multiple must be a boolean")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{},"require_cryptographic_holder_binding":null}]}""", "require_cryptographic_holder_binding must be a boolean")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{},"trusted_authorities":[]}]}""", "trusted_authorities must not be empty")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{},"trusted_authorities":[{"type":"aki"}]}]}""", "values is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{},"trusted_authorities":[{"values":["x"]}]}]}""", "type is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}},{"id":"a","format":"f","meta":{}}]}""", "two credentials have the same id")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}}],"credential_sets":[]}""", "credential_sets must not be empty")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}}],"credential_sets":[{}]}""", "options is missing")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}}],"credential_sets":[{"options":[[]]}]}""", "options must hold non-empty arrays of identifiers")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}}],"credential_sets":[{"options":[["b"]]}]}""", "credential_sets names a credential that is not there")]
    [InlineData("""{"credentials":[{"id":"a","format":"f","meta":{}}],"credential_sets":[{"options":[["a"]],"required":1}]}""", "required must be a boolean")]
    public void A_query_that_breaks_a_rule_is_refused(string json, string words) => Assert.Equal(words, WordsOf(() => DcqlQuery.Parse(Json(json))));

    [Theory]
    [InlineData("[]", "null", "claims must not be empty")]
    [InlineData("[{}]", "null", "path must be a non-empty array")]
    [InlineData("""[{"path":["a"],"values":[]}]""", "null", "values must not be empty")]
    [InlineData("""[{"path":["a"],"values":[1.5]}]""", "null", "values must be strings, integers or booleans")]
    [InlineData("""[{"path":["a"],"values":[null]}]""", "null", "values must be strings, integers or booleans")]
    [InlineData("""[{"path":["a"],"values":[["x"]]}]""", "null", "values must be strings, integers or booleans")]
    [InlineData("""[{"path":["a"]},{"path":["a"]}]""", "null", "two claims have the same path")]
    [InlineData("""[{"id":"x","path":["a"]},{"id":"x","path":["b"]}]""", "null", "two claims have the same id")]
    [InlineData("""[{"id":"x y","path":["a"]}]""", "null", "an id must be of letters, digits, underscores and hyphens")]
    [InlineData("""[{"id":"x","path":["a"]},{"path":["b"]}]""", """[["x"]]""", "with claim_sets every claim must have an id")]
    [InlineData("""[{"id":"x","path":["a"]}]""", """[["y"]]""", "claim_sets names a claim that is not there")]
    [InlineData("""[{"id":"x","path":["a"]}]""", """[["x","x"]]""", "claim_sets names a claim twice")]
    [InlineData("""[{"id":"x","path":["a"]}]""", "[]", "claim_sets must not be empty")]
    [InlineData("""[{"id":"x","path":["a"]}]""", "[[]]", "claim_sets must hold non-empty arrays of identifiers")]
    public void Claims_that_break_a_rule_are_refused(string claims, string sets, string words) =>
        Assert.Equal(words, WordsOf(() => Query(Claiming(claims, sets))));

    [Fact]
    public void Claim_sets_without_claims_are_refused() => Assert.Equal(
        "claim_sets stands without claims",
        WordsOf(() => Query("""{"id":"a","format":"f","meta":{},"claim_sets":[["x"]]}""")));

    [Fact]
    public void What_was_asked_for_passes()
    {
        Query(Member).Check(Presented(("m", [Credential()])));
        Query(Member, Resident).Check(Presented(("m", [Credential()]), ("r", [Credential("urn:r"), Credential("urn:q")])));
        Query(Member).Check(Presented(("m", [Credential("urn:special") with { OtherTypes = ["urn:m"] }])));
    }

    [Fact]
    public void A68_an_answer_to_no_question_is_refused()
    {
        Assert.Equal("a credential is presented for what was not asked", Refused(Query(Member), ("m", [Credential()]), ("x", [Credential()])));
        Assert.Equal("a credential is presented for what was not asked", Refused(Query(Member), ("M", [Credential()])));
    }

    [Fact]
    public void A68_another_type_or_format_is_refused()
    {
        Assert.Equal("the credential for m is of another type", Refused(Query(Member), ("m", [Credential("urn:r")])));
        Assert.Equal("the credential for m is of another type", Refused(Query(Member), ("m", [Credential("URN:M")])));
        Assert.Equal("the credential for m is of another format", Refused(Query(Member), ("m", [Credential() with { Format = "jwt_vc_json" }])));
        Assert.Equal("the credential for r is of another type", Refused(Query(Resident), ("r", [Credential("urn:r"), Credential("urn:m")])));
    }

    [Fact]
    public void A68_too_many_credentials_and_none_are_refused()
    {
        Assert.Equal("more than one credential is presented for m", Refused(Query(Member), ("m", [Credential(), Credential()])));
        Assert.Equal("no credential is presented for m", Refused(Query(Member), ("m", [])));
        Assert.Equal("no credential is presented for m", Refused(Query(Member)));
        Assert.Equal("no credential is presented for r", Refused(Query(Member, Resident), ("m", [Credential()])));
    }

    [Theory]
    [InlineData("""{"name":"Ada"}""")]
    [InlineData("""{"name":"Ada","standing":4}""")]
    [InlineData("""{"name":"Ada","standing":"3"}""")]
    [InlineData("""{"name":"Ada","standing":[3]}""")]
    [InlineData("""{"standing":3}""")]
    public void A68_a_missing_claim_or_another_value_is_refused(string claims) =>
        Assert.Equal("the credential for m lacks a claim that was asked for", Refused(Query(Member), ("m", [Credential(claims: claims)])));

    [Theory]
    [InlineData("""["name"]""", true)]
    [InlineData("""["address","city"]""", true)]
    [InlineData("""["roles",null]""", true)]
    [InlineData("""["roles",1]""", true)]
    [InlineData("""["roles",2]""", false)]
    [InlineData("""["degrees",null,"type"]""", true)]
    [InlineData("""["degrees",null,"year"]""", true)]
    [InlineData("""["degrees",1,"year"]""", false)]
    [InlineData("""["name","x"]""", false)]
    [InlineData("""["name",0]""", false)]
    [InlineData("""["address",null]""", false)]
    [InlineData("""["roles","x"]""", false)]
    [InlineData("""["degrees","type"]""", false)]
    [InlineData("""["absent"]""", false)]
    public void A_path_selects_as_section_7_says(string path, bool met) =>
        Assert.Equal(met, Query(Claiming($$"""[{"path":{{path}}}]""")).Credentials[0].Claims[0].IsMetBy(Json(Claims)));

    [Fact]
    public void Any_claim_set_that_is_satisfied_suffices()
    {
        var query = Query(Claiming("""[{"id":"a","path":["name"]},{"id":"b","path":["birth"]},{"id":"c","path":["secret"],"values":["x"]}]""", """[["a","b"],["a","c"],["a"]]"""));
        query.Check(Presented(("m", [Credential()])));
        Assert.Equal("""{"name":"Ada","secret":"x"}""", StrictJson.WriteText(query.Select("m", Json(Claims))));
        Assert.Equal("""{"name":"Ada"}""", StrictJson.WriteText(query.Select("m", Json("""{"name":"Ada","secret":"y"}"""))));
        Assert.Equal("the credential for m satisfies none of the claim sets", Refused(query, ("m", [Credential(claims: "{}")])));
    }

    [Fact]
    public void A68_what_was_not_asked_for_is_never_selected()
    {
        Assert.Equal("""{"name":"Ada","standing":3}""", StrictJson.WriteText(Query(Member).Select("m", Json(Claims))));
        Assert.Equal("{}", StrictJson.WriteText(Query(Resident).Select("r", Json(Claims))));
        Assert.Equal(
            """{"address":{"city":"London"},"roles":["b"],"degrees":[{"type":"BSc"},{"type":"MSc"}]}""",
            StrictJson.WriteText(Query(Claiming("""[{"path":["degrees",null,"type"]},{"path":["address","city"]},{"path":["roles",1]}]""")).Select("m", Json(Claims))));
        Assert.Equal("the credential for m lacks a claim that was asked for", WordsOf(() => Query(Member).Select("m", [])));
        Assert.Equal("a credential is presented for what was not asked", WordsOf(() => Query(Member).Select("x", [])));
    }

    [Fact]
    public void Of_credential_sets_every_required_one_must_be_answered()
    {
        var query = WithSets("""[{"options":[["m"],["r","s"]]},{"required":false,"options":[["t"]]}]""", Member, Resident, Like("s"), Like("t"));
        query.Check(Presented(("m", [Credential()])));
        query.Check(Presented(("r", [Credential("urn:r")]), ("s", [Credential("urn:s")])));
        query.Check(Presented(("m", [Credential()]), ("t", [Credential("urn:t")])));
        Assert.Equal("a required set of credentials is not presented", Refused(query, ("r", [Credential("urn:r")])));
        Assert.Equal("a required set of credentials is not presented", Refused(query, ("t", [Credential("urn:t")])));
        Assert.Equal("the credential for t is of another type", Refused(query, ("m", [Credential()]), ("t", [Credential()])));

        static string Like(string id) => $$$"""{"id":"{{{id}}}","format":"dc+sd-jwt","meta":{"vct_values":["urn:{{{id}}}"]}}""";
    }

    [Fact]
    public void A_condition_that_is_not_understood_does_not_pass()
    {
        var query = Query("""{"id":"w","format":"jwt_vc_json","meta":{"type_values":[["X"]]}}""");
        Assert.Equal("meta of w can't be checked for this format", Refused(query, ("w", [Credential() with { Format = "jwt_vc_json" }])));
    }

    [Fact]
    public void A_presented_credential_carries_its_types()
    {
        var world = new SdJwtWorld();
        world.Visible["aka_vcts"] = new JsonArray("urn:network-identity:membership");
        var presented = PresentedCredential.Of(SdJwtVc.Read(SdJwt.Parse(world.Issue())));
        Assert.True(presented.IsOfOneOf(["urn:network-identity:membership"]));
        Assert.True(presented.IsOfOneOf(["urn:x", "urn:network-identity:membership:1"]));
        Assert.False(presented.IsOfOneOf(["urn:x"]));
    }

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_query() => Assert.InRange(
        Mutations.Refused(
            """{"credentials":[{"id":"m","format":"dc+sd-jwt","multiple":true,"meta":{"vct_values":["urn:m"]},"claims":[{"id":"c","path":["roles",0],"values":["a",1,true]},{"id":"d","path":["degrees",null,"type"]}],"claim_sets":[["c"],["d","c"]]}],"credential_sets":[{"required":false,"options":[["m"]]}]}""",
            text =>
            {
                var query = DcqlQuery.Parse(Json(text));
                query.ToJson();
                query.Check(Presented((query.Credentials[0].Id, [Credential()])));
                query.Select(query.Credentials[0].Id, Json(Claims));
            }),
        700,
        1500);
}
