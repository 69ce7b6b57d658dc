using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Dids;

public sealed class DidJwkTests
{
    // The P-256 example of the method's own specification.
    private const string Example =
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";

    [Fact]
    public void The_specifications_own_example_is_read_and_written()
    {
        var key = DidJwk.Parse(Example);
        Assert.Equal("acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0", key.X);
        Assert.Equal("_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE", key.Y);
        Assert.Equal(Example, DidJwk.Of(key));
        Assert.Equal(Example + "#0", DidJwk.KeyUrl(Example));
    }

    [Theory]
    [InlineData(JwkTests.Ec)]
    [InlineData(JwkTests.Okp)]
    [InlineData(JwkTests.Rsa)]
    public void A_key_comes_back_from_its_DID_and_its_name_and_use_are_no_part_of_it(string json)
    {
        var key = Jwk.Parse(StrictJson.ParseObject(json));
        var did = DidJwk.Of(key with { Kid = "a name", Use = "sig", Alg = "ES256" });
        Assert.Equal(DidJwk.Of(key), did);
        Assert.True(DidJwk.Parse(did).IsSameKeyAs(key));
        Assert.Null(DidJwk.Parse(did).Kid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("did:jwk:")]
    [InlineData("did:web:nation.example")]
    [InlineData("DID:jwk:e30")]
    [InlineData("did:jwk:e30")]
    [InlineData("did:jwk:W10")]
    [InlineData("did:jwk:bnVsbA")]
    [InlineData(Example + "#0")]
    [InlineData(Example + "=")]
    [InlineData(Example + "/path")]
    [InlineData(Example + "?query")]
    [InlineData(" " + Example)]
    public void What_is_no_DID_of_a_key_is_refused(string did) => Assert.Equal(Refusal.MalformedCode, Assert.Throws<Refusal>(() => DidJwk.Parse(did)).Code);

    [Theory]
    [InlineData(""","d":"AQ"}""", "private member")]
    [InlineData(""","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}""", "")]
    public void A_key_that_is_private_or_written_twice_is_refused(string end, string words)
    {
        var did = "did:jwk:" + Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(JwkTests.Ec[..^1] + end));
        Assert.Contains(words, Assert.Throws<Refusal>(() => DidJwk.Parse(did)).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_DID_without_end_is_refused_before_it_is_read() => Assert.Contains(
        "too long",
        Assert.Throws<Refusal>(() => DidJwk.Parse("did:jwk:" + new string('A', 1_000_000))).Description,
        StringComparison.Ordinal);
}
