using NetworkIdentity.Standards.SdJwt;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class SdJwtFuzzTests
{
    private readonly SdJwtWorld _world = new();

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_presentation() =>
        Assert.InRange(Mutations.Refused(_world.Present(), text => _world.Verify(Read(text))), 1000, 1500);

    [Fact]
    public void Only_a_refusal_leaves_the_processing_of_a_mutated_payload()
    {
        var claim = Encoded("""["s1","a",{"b":1}]""");
        var element = Encoded("""["s2",["x"]]""");
        var payload = $$$"""{"vct":"urn:t","_sd_alg":"sha-256","_sd":["{{{Digest(claim)}}}"],"n":[{"...":"{{{Digest(element)}}}"},1],"cnf":{"jwk":{{{_world.Holder.PublicKey.ToJson().ToJsonString()}}}}}""";
        Assert.InRange(Mutations.Refused(payload, text => SdJwtVc.Read(_world.Raw(Json(text), claim, element)), 600), 300, 600);
    }

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_disclosure() => Assert.InRange(
        Mutations.Refused("""["2GLC42sKQveCfGfryNRN9w","address",{"a":[1,null,{"b":"c"}]}]""", text => Disclosure.Parse(Utf8(text))), 600, 1500);

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_mutated_type_metadata() => Assert.InRange(
        Mutations.Refused(
            """{"vct":"urn:network-identity:membership:1","name":"n","display":[{"locale":"en","name":"T"}],"claims":[{"path":["a",null,0],"display":[{"locale":"en","label":"A"}],"mandatory":false,"sd":"always","svg_id":"a"}]}""",
            text => TypeMetadata.Parse(Json(text))),
        600,
        1500);

    private static string Read(string text)
    {
        _ = SdJwtVc.Read(SdJwt.Parse(text));
        return text;
    }

    private static string Utf8(string text) => Encoded(text.Replace('\ud800', '?'));
}
