using NetworkIdentity.Standards.Credentials;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class EnvelopeTests
{
    private readonly CredentialWorld _world = new();

    [Fact]
    public void What_is_enveloped_is_opened_as_it_was()
    {
        var jwt = _world.Secured(_world.Credential());
        var envelope = Envelope.Read(Envelope.Of(jwt, CredentialMediaType.VcJwt));
        Assert.Equal(new Envelope(false, "application/vc+jwt", "", jwt), envelope);
        Assert.Equal(_world.IssuerDid, envelope.Open().VerifyCredential(_world.IssuerKey, _world.IssuerDid, Now).Issuer);

        var presentation = _world.Secured(_world.Presentation(jwt), CredentialMediaType.VpJwt);
        var outer = Envelope.Read(Envelope.Of(presentation, CredentialMediaType.VpJwt));
        Assert.True(outer.IsPresentation);
        var inner = Assert.Single(outer.Open().VerifyPresentation(_world.HolderKey, _world.HolderDid, Now, Audience, Nonce).Envelopes);
        Assert.Equal(envelope, inner);
    }

    [Theory]
    [InlineData("""{"type":["EnvelopedVerifiableCredential"],"@context":["https://www.w3.org/ns/credentials/v2"]}""", "application/vc+jwt", "")]
    [InlineData("""{"id":"DATA:Application/VC+JWT,a.b.c"}""", "application/vc+jwt", "")]
    [InlineData("""{"id":"data:application/vc-ld+jwt;base64url,a.b.c"}""", "application/vc-ld+jwt", "base64url")]
    public void The_media_type_is_what_the_URL_says(string change, string mediaType, string parameters)
    {
        var envelope = Envelope.Read(Changed(Envelope.Of("a.b.c", CredentialMediaType.VcJwt), change));
        Assert.Equal((mediaType, parameters, "a.b.c"), (envelope.MediaType, envelope.Parameters, envelope.Content));
    }

    [Theory]
    [InlineData("""{"@context":"absent"}""", "@context of an envelope must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":[]}""", "@context of an envelope must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":"https://www.w3.org/ns/credentials/examples/v2"}""", "@context of an envelope must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"type":"absent"}""", "type of the envelope must be a string or an array of strings")]
    [InlineData("""{"type":"VerifiableCredential"}""", "type of an envelope must be EnvelopedVerifiableCredential or EnvelopedVerifiablePresentation, alone")]
    [InlineData("""{"type":["EnvelopedVerifiableCredential","VerifiableCredential"]}""", "type of an envelope must be EnvelopedVerifiableCredential or EnvelopedVerifiablePresentation, alone")]
    [InlineData("""{"id":"absent"}""", "id is missing")]
    [InlineData("""{"id":"a.b.c"}""", "id of an envelope must be a data: URL")]
    [InlineData("""{"id":"https://a.example/vc,a"}""", "id of an envelope must be a data: URL")]
    [InlineData("""{"id":"data:application/vc+jwt"}""", "id of an envelope must be a data: URL")]
    [InlineData("""{"id":"data:,a.b.c"}""", "id of an envelope must say a media type")]
    [InlineData("""{"id":"data:;base64,a.b.c"}""", "id of an envelope must say a media type")]
    [InlineData("""{"id":"data:application/vc+jwt,"}""", "the envelope is empty")]
    public void What_breaks_a_rule_is_refused_by_name(string change, string words) =>
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => Envelope.Read(Changed(Envelope.Of("a.b.c", CredentialMediaType.VcJwt), change))));

    [Theory]
    [InlineData("data:application/vc+cose;base64,0oRD", "NOT_UNDERSTOOD", "the envelope's media type is not read here")]
    [InlineData("data:application/jwt,a.b.c", "NOT_UNDERSTOOD", "the envelope's media type is not read here")]
    [InlineData("data:application/vc+jwt;base64,YS5iLmM=", "NOT_UNDERSTOOD", "the envelope's media type has no parameters, and no encoding but its own")]
    [InlineData("data:application/vp+jwt,a.b.c", "MALFORMED_VALUE_ERROR", "the envelope's media type is not of its type")]
    [InlineData("data:application/vc+jwt,a.b.c", "PARSING_ERROR", "not base64url without padding")]
    [InlineData("data:application/vc+jwt,{}", "PARSING_ERROR", "not a compact JWS of three parts")]
    public void What_can_t_be_looked_at_is_told_from_what_is_wrong(string id, string code, string words)
    {
        var json = Envelope.Of("a.b.c", CredentialMediaType.VcJwt);
        json["id"] = id;
        var envelope = Envelope.Read(json);
        Assert.Equal((code, words), Refused(() => envelope.Open()));
    }

    [Fact]
    public void A67_what_is_inside_is_of_the_type_that_the_envelope_says()
    {
        var jwt = _world.Secured(_world.Credential());
        Assert.Equal("typ is not of a credential or presentation, or not of this one", Refused(() => Envelope.Read(Envelope.Of(jwt, CredentialMediaType.VcSdJwt)).Open()).Words);
        Assert.Equal("typ is not of a credential or presentation, or not of this one", Refused(() => Envelope.Read(Envelope.Of(jwt, CredentialMediaType.VpJwt)).Open()).Words);
    }
}
