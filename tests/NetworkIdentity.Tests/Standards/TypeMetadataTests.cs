using System.Text.Json.Nodes;
using NetworkIdentity.Standards.SdJwt;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class TypeMetadataTests
{
    private readonly SdJwtWorld _world = new();

    private static TypeMetadata Metadata(string claims) =>
        TypeMetadata.Parse(Json($$"""{"vct":"urn:network-identity:membership:1","name":"Membership","claims":[{{claims}}],"unknown":1}"""));

    private void Check(string claims, params string[] disclosed)
    {
        var issued = SdJwt.Parse(_world.Issue());
        var shown = issued.Disclosures.Where(d => disclosed.Contains(d.Name));
        Metadata(claims).Check(SdJwt.Parse(SdJwt.Compact(issued.IssuerSigned.Compact, shown)).Process());
    }

    [Fact]
    public void Metadata_is_read()
    {
        var metadata = TypeMetadata.Parse(Json("""
            {"vct":"urn:t","name":"n","description":"d","display":[{"locale":"en","name":"Type"}],
             "claims":[{"path":["a",null,0],"display":[{"locale":"en","label":"A","description":"x"}],"mandatory":true,"sd":"always","svg_id":"a_1"},{"path":["b"]}]}
            """));
        Assert.Equal(("urn:t", "n", "d"), (metadata.Type, metadata.Name, metadata.Description));
        Assert.Equal(new TypeDisplay("en", "Type", null), metadata.Display.Single());
        var claim = metadata.Claims[0];
        Assert.Equal(("""["a",null,0]""", true, ClaimDisclosure.Always, "a_1"), (claim.Path.ToString(), claim.Mandatory, claim.Disclosure, claim.SvgId));
        Assert.Equal(new ClaimDisplay("en", "A", "x"), claim.Display.Single());
        Assert.Equal((false, ClaimDisclosure.Allowed), (metadata.Claims[1].Mandatory, metadata.Claims[1].Disclosure));
    }

    [Theory]
    [InlineData("""{"name":"n"}""", "vct is missing")]
    [InlineData("""{"vct":"t","extends":"u"}""", "type metadata that extends another type is not supported")]
    [InlineData("""{"vct":"t","claims":[1]}""", "claims must be an array of objects")]
    [InlineData("""{"vct":"t","claims":[{}]}""", "path must be a non-empty array")]
    [InlineData("""{"vct":"t","claims":[{"path":[]}]}""", "path must be a non-empty array")]
    [InlineData("""{"vct":"t","claims":[{"path":[-1]}]}""", "path must hold strings, nulls and non-negative integers")]
    [InlineData("""{"vct":"t","claims":[{"path":[1.0]}]}""", "path must hold strings, nulls and non-negative integers")]
    [InlineData("""{"vct":"t","claims":[{"path":[true]}]}""", "path must hold strings, nulls and non-negative integers")]
    [InlineData("""{"vct":"t","claims":[{"path":["a"],"sd":"Always"}]}""", "sd must be always, allowed or never")]
    [InlineData("""{"vct":"t","claims":[{"path":["a"],"mandatory":"yes"}]}""", "mandatory must be a boolean")]
    [InlineData("""{"vct":"t","claims":[{"path":["a"],"svg_id":"1a"}]}""", "svg_id must be letters, digits and underscores, and not start with a digit")]
    [InlineData("""{"vct":"t","claims":[{"path":["a"],"svg_id":"a"},{"path":["b"],"svg_id":"a"}]}""", "an svg_id stands twice")]
    [InlineData("""{"vct":"t","claims":[{"path":["a"],"display":[{"locale":"en"}]}]}""", "label is missing")]
    public void Metadata_of_a_wrong_form_is_refused(string json, string words) => Assert.Equal(words, WordsOf(() => TypeMetadata.Parse(Json(json))));

    [Fact]
    public void A_credential_as_its_type_says_passes() => Check(
        """{"path":["given_name"],"sd":"always","mandatory":true},{"path":["iss"],"sd":"never","mandatory":true},{"path":["absent"],"sd":"always"}""", "given_name");

    [Fact]
    public void An_undisclosed_claim_is_never_a_missing_one() =>
        Check("""{"path":["given_name"],"sd":"always","mandatory":true},{"path":["address","locality"],"mandatory":true,"sd":"never"}""");

    [Theory]
    [InlineData("""{"path":["given_name"],"sd":"never"}""", "a claim is selectively disclosable, but its type says never")]
    [InlineData("""{"path":["iss"],"sd":"always"}""", "a claim is not selectively disclosable, but its type says always")]
    [InlineData("""{"path":["address","locality"],"sd":"always"}""", "a claim is not selectively disclosable, but its type says always")]
    [InlineData("""{"path":["nbf"],"sd":"never","mandatory":true}""", "a mandatory claim of the type was not issued")]
    [InlineData("""{"path":["address","country"],"mandatory":true}""", "a mandatory claim of the type was not issued")]
    [InlineData("""{"path":["given_name","x"]}""", "a path of the type metadata names a member of what is no object")]
    [InlineData("""{"path":["given_name",0]}""", "a path of the type metadata goes into what is no array")]
    public void A_credential_against_its_type_is_refused(string claims, string words) =>
        Assert.Equal(words, WordsOf(() => Check(claims, "given_name", "address")));

    [Fact]
    public void Array_elements_count_as_issued()
    {
        var second = Encoded("""["s","FR"]""");
        var payload = Json($$"""{"vct":"urn:network-identity:membership:1","n":[{"...":"hidden"},{"...":"{{Digest(second)}}"},"DE"]}""");
        var processed = _world.Raw(payload, second).Process();
        Metadata("""{"path":["n",0],"sd":"always","mandatory":true},{"path":["n",1],"sd":"always"},{"path":["n",2],"sd":"never","mandatory":true}""").Check(processed);
        Metadata("""{"path":["n",0,"x"],"mandatory":true}""").Check(processed);
        Assert.Equal("a claim is selectively disclosable, but its type says never", WordsOf(() => Metadata("""{"path":["n",0],"sd":"never"}""").Check(processed)));
        Assert.Equal("a claim is not selectively disclosable, but its type says always", WordsOf(() => Metadata("""{"path":["n",null],"sd":"always"}""").Check(processed)));
        Assert.Equal("a mandatory claim of the type was not issued", WordsOf(() => Metadata("""{"path":["n",3],"mandatory":true}""").Check(processed)));
    }

    [Fact]
    public void Metadata_of_another_type_is_refused() => Assert.Equal(
        "the type metadata describes another type than vct",
        WordsOf(() => TypeMetadata.Parse(new JsonObject { ["vct"] = "urn:other" }).Check(SdJwt.Parse(_world.Issue()).Process())));
}
