using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class SdJwtTests
{
    private readonly SdJwtWorld _world = new();

    private string Refused(JsonObject payload, params string[] disclosures) => WordsOf(() => _world.Raw(payload, disclosures).Process());

    private static JsonObject Sd(params string[] encoded) =>
        new() { ["_sd"] = new JsonArray([.. encoded.Select(e => (JsonNode)Digest(e))]) };

    private static JsonObject Element(string encoded) => new() { ["..."] = Digest(encoded) };

    [Fact]
    public void What_is_issued_is_read_back_and_nothing_more()
    {
        var read = SdJwt.Parse(_world.Issue());
        var processed = read.Process();
        Assert.Equal(3, read.Disclosures.Count);
        Assert.Equal(["address", "given_name", "standing"], processed.DisclosedNames.Order());
        Assert.Equal(
            StrictJson.WriteText(new JsonObject([.. _world.Visible.DeepClone().AsObject().OrderBy(c => c.Key).Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone()))])),
            StrictJson.WriteText(new JsonObject([.. processed.Claims.Where(c => !_world.Hidden.ContainsKey(c.Key)).OrderBy(c => c.Key).Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone()))])));
        Assert.True(JsonNode.DeepEquals(_world.Hidden["address"], processed.Claims["address"]));
        Assert.False(processed.Claims.ContainsKey("_sd"));
        Assert.False(processed.Claims.ContainsKey("_sd_alg"));
    }

    [Fact]
    public void The_payload_has_sorted_digests_and_as_many_decoys_as_asked()
    {
        var issuance = SdJwtIssuance.Prepare(_world.Visible, _world.Hidden, decoys: 4);
        var digests = issuance.Payload["_sd"]!.AsArray().Select(d => d!.GetValue<string>()).ToArray();
        Assert.Equal(7, digests.Distinct().Count());
        Assert.Equal(digests.Order(StringComparer.Ordinal), digests);
        Assert.All(issuance.Disclosures, d => Assert.Contains(d.Digest(), digests));
        Assert.All(issuance.Disclosures, d => Assert.Equal(16, Base64Url.Decode(d.Salt).Length));
        Assert.Equal(3, issuance.Disclosures.Select(d => d.Salt).Distinct().Count());
        Assert.DoesNotContain("given_name", StrictJson.WriteText(issuance.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_disclosable_claims_there_is_no_sd() =>
        Assert.True(JsonNode.DeepEquals(_world.Visible, SdJwtIssuance.Prepare(_world.Visible, []).Payload));

    [Theory]
    [InlineData("_sd")]
    [InlineData("...")]
    [InlineData("_sd_alg")]
    [InlineData("iss")]
    public void An_issuer_may_not_name_a_claim_so(string name) =>
        Assert.Throws<ArgumentException>(() => SdJwtIssuance.Prepare(_world.Visible, new() { [name] = 1 }));

    [Fact]
    public void A_disclosure_is_read_back_with_its_digest()
    {
        var made = Disclosure.Create("family_name", "M\u00f6bius");
        var read = Disclosure.Parse(made.Encoded);
        Assert.Equal(("family_name", made.Salt, "M\u00f6bius"), (read.Name, read.Salt, read.Value!.GetValue<string>()));
        Assert.Null(Disclosure.Parse(Disclosure.Create(null, 5).Encoded).Name);

        // The example of RFC 9901 section 4.2.3.
        Assert.Equal(
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
            Disclosure.Parse("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0").Digest());
    }

    [Fact]
    public void Nested_disclosures_and_array_elements_find_their_places()
    {
        var city = Encoded("""["s1","city","Berlin"]""");
        var address = Encoded($$"""["s2","address",{"_sd":["{{Digest(city)}}","decoy"],"country":"DE"}]""");
        var second = Encoded("""["s3","FR"]""");
        var payload = Sd(address);
        payload["nationalities"] = new JsonArray(new JsonObject { ["..."] = "undisclosed" }, Element(second), "DE");
        var processed = _world.Raw(payload, address, second, city).Process();

        Assert.True(JsonNode.DeepEquals(
            Json("""{"nationalities":["FR","DE"],"address":{"country":"DE","city":"Berlin"}}"""), processed.Claims));
        Assert.Equal(
            ["[\"address\",\"city\"]", "[\"address\"]", "[\"nationalities\",1]"],
            processed.Disclosed.Select(p => p.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_object_all_of_whose_claims_stay_hidden_is_empty() => Assert.Equal(
        """{"address":{}}""",
        StrictJson.WriteText(_world.Raw(Json("""{"address":{"_sd":["a","b"]}}""")).Process().Claims));

    [Theory]
    [InlineData("Zm9v.Zm9v.Zm9v", "no tilde")]
    [InlineData("a.b~", "JWS")]
    [InlineData("~", "JWS")]
    [InlineData("", "no tilde")]
    public void What_is_no_SD_JWT_is_refused(string text, string words) => Assert.Contains(words, WordsOf(() => SdJwt.Parse(text)), StringComparison.Ordinal);

    [Fact]
    public void Length_and_number_are_bounded()
    {
        var jwt = _world.Sign([]);
        Assert.Equal("the SD-JWT is too long", WordsOf(() => SdJwt.Parse(jwt + new string('~', SdJwt.MaxLength))));
        var many = Enumerable.Range(0, SdJwt.MaxDisclosures + 1).Select(i => Disclosure.Create("c" + i, i)).ToArray();
        Assert.Equal("the SD-JWT has too many disclosures", WordsOf(() => SdJwt.Parse(SdJwt.Compact(jwt, many))));
        Assert.Equal(SdJwt.MaxDisclosures, SdJwt.Parse(SdJwt.Compact(jwt, many.Skip(1))).Disclosures.Count);
    }

    [Fact]
    public void A65_a_tampered_disclosure_refuses_the_whole()
    {
        var issued = _world.Issue();
        Assert.NotNull(SdJwt.Parse(issued).Process());
        var parts = issued.Split('~');
        parts[1] = Disclosure.Create("given_name", "Eve").Encoded;
        Assert.Equal("a disclosure is referenced by no digest", WordsOf(() => SdJwt.Parse(string.Join('~', parts)).Process()));
    }

    [Fact]
    public void A65_an_unreferenced_disclosure_refuses_the_whole() => Assert.Equal(
        "a disclosure is referenced by no digest",
        WordsOf(() => SdJwt.Parse(_world.Issue() + Disclosure.Create("admin", true).Encoded + "~").Process()));

    [Fact]
    public void A65_a_disclosure_that_only_an_undisclosed_one_references_is_refused()
    {
        var child = Encoded("""["s","city","Berlin"]""");
        var parent = Encoded($$"""["s","address",{"_sd":["{{Digest(child)}}"]}]""");
        Assert.Equal("a disclosure is referenced by no digest", Refused(Sd(parent), child));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'[', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)',', (byte)'1', (byte)']' }, "not UTF-8")]
    [InlineData(new byte[] { (byte)'[', (byte)'"', 0xC0, 0x80, (byte)'"', (byte)',', (byte)'1', (byte)']' }, "not UTF-8")]
    public void A65_invalid_UTF8_in_a_disclosure_is_refused(byte[] json, string words)
    {
        var encoded = Base64Url.Encode(json);
        Assert.Equal(words, Refused(new() { ["a"] = new JsonArray(Element(encoded)) }, encoded));
    }

    [Theory]
    [InlineData("""["s","\ud800",1]""", "a lone surrogate")]
    [InlineData("""["s","a",{"b":1,"b":2}]""", "not JSON, or a member name stands twice, or it nests too deep")]
    [InlineData("""{"s":1}""", "a disclosure must be an array of two or three elements")]
    [InlineData("""["s"]""", "a disclosure must be an array of two or three elements")]
    [InlineData("""["s","a",1,2]""", "a disclosure must be an array of two or three elements")]
    [InlineData("""[1,"a",1]""", "salt and name of a disclosure must be strings")]
    [InlineData("""["s",null,1]""", "salt and name of a disclosure must be strings")]
    public void A65_a_disclosure_of_a_wrong_form_is_refused(string json, string words) =>
        Assert.Equal(words, WordsOf(() => Disclosure.Parse(Encoded(json))));

    [Fact]
    public void A65_a_padded_or_otherwise_spelled_disclosure_is_refused()
    {
        // Eleven bytes: the last character has two unused bits, which another spelling sets.
        var encoded = Encoded("""["s","a",1]""");
        Assert.Equal("a", Disclosure.Parse(encoded).Name);
        Assert.Equal("not base64url without padding", WordsOf(() => Disclosure.Parse(encoded + "=")));
        Assert.Equal("not base64url without padding", WordsOf(() => Disclosure.Parse(encoded[..^1] + (char)(encoded[^1] + 1))));
        Assert.Equal("a disclosure is empty", WordsOf(() => SdJwt.Parse(_world.Sign([]) + "~~")));
    }

    [Fact]
    public void A66_a_digest_that_stands_twice_is_refused()
    {
        var claim = Encoded("""["s","a",1]""");
        Assert.Equal("a digest stands twice", Refused(Sd(claim, claim), claim));
        Assert.Equal("a digest stands twice", Refused(Json("""{"_sd":["decoy"],"b":{"_sd":["decoy"]}}""")));
        Assert.Equal("a digest stands twice", Refused(Json("""{"_sd":["decoy"],"b":[{"...":"decoy"}]}""")));
        var holder = Encoded($$"""["s","b",{"_sd":["{{Digest(claim)}}"]}]""");
        Assert.Equal("a digest stands twice", Refused(Sd(claim, holder), claim, holder));
        Assert.Equal("a disclosure stands twice", Refused(Sd(claim), claim, claim));
    }

    [Theory]
    [InlineData("""["s","_sd",["x"]]""", "a claim may not be named _sd or ...")]
    [InlineData("""["s","...","x"]""", "a claim may not be named _sd or ...")]
    [InlineData("""["s","_sd_alg","sha-256"]""", "_sd_alg may stand at the top level only")]
    [InlineData("""["s","iss","https://evil.example"]""", "a disclosed claim is there already")]
    [InlineData("""["s","a",{"_sd_alg":"sha-256"}]""", "_sd_alg may stand at the top level only")]
    [InlineData("""["s","a",{"...":"x"}]""", "a claim may not be named _sd or ...")]
    [InlineData("""["s","a",{"_sd":"x"}]""", "_sd must be an array of strings")]
    [InlineData("""["s","a",{"_sd":[1]}]""", "_sd must be an array of strings")]
    [InlineData("""["s","a",[{"...":1}]]""", "the digest of an array element must be a string")]
    [InlineData("""["s","a",[{"...":"x","b":1}]]""", "the digest of an array element has members beside it")]
    [InlineData("""["s","a"]""", "a disclosure of two elements stands for a claim")]
    public void A66_a_disclosed_claim_that_breaks_the_rules_is_refused(string disclosure, string words)
    {
        var payload = Sd(Encoded(disclosure));
        payload["iss"] = "https://nation.example";
        Assert.Equal(words, Refused(payload, Encoded(disclosure)));
    }

    [Fact]
    public void A66_two_disclosures_of_one_name_are_refused()
    {
        var one = Encoded("""["s","a",1]""");
        var two = Encoded("""["t","a",2]""");
        Assert.Equal("a disclosed claim is there already", Refused(Sd(one, two), one, two));
        Assert.Equal("""{"a":1}""", StrictJson.WriteText(_world.Raw(Sd(one, two), one).Process().Claims));
    }

    [Fact]
    public void A66_a_claim_in_the_place_of_an_array_element_is_refused()
    {
        var claim = Encoded("""["s","a",1]""");
        Assert.Equal("a disclosure of three elements stands for an array element", Refused(new() { ["x"] = new JsonArray(Element(claim)) }, claim));
    }

    [Theory]
    [InlineData("""{"_sd_alg":"md5"}""", "_sd_alg must be sha-256")]
    [InlineData("""{"_sd_alg":"sha-512"}""", "_sd_alg must be sha-256")]
    [InlineData("""{"_sd_alg":"SHA-256"}""", "_sd_alg must be sha-256")]
    [InlineData("""{"_sd_alg":["sha-256"]}""", "_sd_alg must be a string")]
    [InlineData("""{"a":{"_sd_alg":"sha-256"}}""", "_sd_alg may stand at the top level only")]
    [InlineData("""{"a":[{"_sd_alg":"sha-256"}]}""", "_sd_alg may stand at the top level only")]
    [InlineData("""{"...":"x"}""", "a claim may not be named _sd or ...")]
    public void A66_another_hash_and_a_nested_hash_are_refused(string payload, string words) => Assert.Equal(words, Refused(Json(payload)));

    [Fact]
    public void A66_disclosures_in_disclosures_nest_only_so_deep()
    {
        Assert.Equal("the disclosures nest too deep", Nested(StrictJson.MaxDepth));
        Assert.Null(Nested(StrictJson.MaxDepth - 1));

        string? Nested(int levels)
        {
            var chain = new List<string> { Encoded("""["s","a",1]""") };
            while (chain.Count < levels + 1) chain.Add(Encoded($$"""["s","a",{"_sd":["{{Digest(chain[^1])}}"]}]"""));
            var sdJwt = _world.Raw(Sd(chain[^1]), [.. chain]);
            return Record.Exception(() => sdJwt.Process())?.Message;
        }
    }
}
