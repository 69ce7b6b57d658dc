using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class VerifiablePresentationTests
{
    private readonly CredentialWorld _world = new();

    private JsonObject Proven() => Changed(_world.Credential(), """{"proof":{"type":"DataIntegrityProof"}}""");

    private JsonObject Holding(params JsonNode[] credentials) => new()
    {
        ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
        ["type"] = new JsonArray("VerifiablePresentation"),
        ["id"] = "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008",
        ["holder"] = _world.HolderDid,
        ["verifiableCredential"] = new JsonArray(credentials),
    };

    [Fact]
    public void What_a_presentation_holds_is_read_in_its_order()
    {
        var read = VerifiablePresentation.Read(Holding(Proven(), Envelope.Of("a.b.c", CredentialMediaType.VcJwt), Envelope.Of("a.b.c~", CredentialMediaType.VcSdJwt)));
        Assert.Equal((_world.HolderDid, "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008", DataModelVersion.V20), (read.Holder, read.Id, read.Version));
        Assert.Equal(_world.IssuerDid, Assert.Single(read.Credentials).Issuer);
        Assert.Equal(["a.b.c", "a.b.c~"], read.Envelopes.Select(envelope => envelope.Content));
        Assert.Equal(["VerifiablePresentation"], read.Types);
        Assert.Empty(read.Proofs);
    }

    [Theory]
    [InlineData("""{"id":"absent","holder":"absent","verifiableCredential":"absent"}""")]
    [InlineData("""{"holder":{"id":"did:example:holder"}}""")]
    [InlineData("""{"type":["VerifiablePresentation","Other"],"proof":{"type":"DataIntegrityProof"}}""")]
    [InlineData("""{"termsOfUse":{"type":"A"},"refreshService":[{"type":"A"}]}""")]
    public void What_the_data_model_has_is_read(string change) => Assert.NotNull(VerifiablePresentation.Read(Changed(Holding(Proven()), change)));

    [Theory]
    [InlineData("""{"@context":"absent"}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":[{"A":"https://a.example/#A"},"https://www.w3.org/ns/credentials/v2"]}""", "@context must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"type":"absent"}""", "type of the presentation must be a string or an array of strings")]
    [InlineData("""{"type":["Other"]}""", "type must include VerifiablePresentation")]
    [InlineData("""{"type":["VerifiableCredential"]}""", "type must include VerifiablePresentation")]
    [InlineData("""{"id":"x"}""", "id of the presentation must be a URL")]
    [InlineData("""{"holder":"z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"}""", "holder must be a URL")]
    [InlineData("""{"holder":{"name":"Acme"}}""", "id of holder is missing")]
    [InlineData("""{"holder":{"id":"Acme"}}""", "id of holder must be a URL")]
    [InlineData("""{"verifiableCredential":["eyJhbGciOiJFUzI1NiJ9.e30.c2ln"]}""", "verifiableCredential must be an object, or an array of at most 100")]
    [InlineData("""{"verifiableCredential":[]}""", "verifiableCredential must be an object, or an array of at most 100")]
    [InlineData("""{"verifiableCredential":[7]}""", "verifiableCredential must be an object, or an array of at most 100")]
    [InlineData("""{"termsOfUse":{}}""", "type of termsOfUse must be a string or an array of strings")]
    [InlineData("""{"proof":{}}""", "type of proof must be a string or an array of strings")]
    [InlineData("""{"verifiableCredential":{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiablePresentation","id":"data:application/vp+jwt,a.b.c"}}""", "verifiableCredential holds a presentation")]
    public void What_breaks_a_rule_is_refused_by_name(string change, string words) =>
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => VerifiablePresentation.Read(Changed(Holding(Proven()), change))));

    [Fact]
    public void A69_one_bad_credential_of_two_refuses_the_presentation()
    {
        Assert.Equal(2, VerifiablePresentation.Read(Holding(Proven(), Proven())).Credentials.Count);
        Assert.Equal("type must include VerifiableCredential", Refused(() => VerifiablePresentation.Read(Holding(Proven(), Changed(Proven(), """{"type":["Other"]}""")))).Words);
        Assert.Equal("id of an envelope must be a data: URL",
            Refused(() => VerifiablePresentation.Read(Holding(Proven(), Changed(Envelope.Of("a.b.c", CredentialMediaType.VcJwt), """{"id":"not-a-credential"}""")))).Words);
    }

    [Fact]
    public void A69_a_credential_that_nothing_secures_is_the_holder_s_own_or_none()
    {
        var own = Changed(_world.Credential(), $$"""{"issuer":"{{_world.HolderDid}}"}""");
        Assert.Single(VerifiablePresentation.Read(Holding(own)).Credentials);
        const string Words = "a credential without a proof must be the holder's own, and the presentation must name its holder";
        Assert.Equal(Words, Refused(() => VerifiablePresentation.Read(Holding(_world.Credential()))).Words);
        Assert.Equal(Words, Refused(() => VerifiablePresentation.Read(Changed(Holding(own.DeepClone()), """{"holder":"absent"}"""))).Words);
    }
}
