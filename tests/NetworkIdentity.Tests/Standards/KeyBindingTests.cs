using System.Text.Json.Nodes;
using NetworkIdentity.Standards.SdJwt;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class KeyBindingTests
{
    private readonly SdJwtWorld _world = new();

    private static Func<JsonObject, JsonObject> With(string name, JsonNode? value) => json =>
    {
        json[name] = value?.DeepClone();
        return json;
    };

    private static Func<JsonObject, JsonObject> Without(string name) => json =>
    {
        json.Remove(name);
        return json;
    };

    private string Refused(string presentation) => WordsOf(() => _world.Verify(presentation));

    [Fact]
    public async Task What_the_holder_makes_is_verified()
    {
        var presentation = await KeyBinding.CreateAsync(_world.Issue(), _world.Holder, Verifier, Nonce, Now);
        Assert.Equal(Nonce, _world.Verify(presentation)["nonce"]!.GetValue<string>());
        Assert.NotNull(_world.Verify(_world.Present()));
    }

    [Fact]
    public void A64_a_stripped_key_binding_is_refused() => Assert.Equal("the key binding JWT is missing", Refused(_world.Issue()));

    [Fact]
    public void A64_a_key_binding_by_another_key_is_refused() =>
        Assert.Equal("the key binding JWT is not signed by the holder's key", Refused(_world.Present(signer: NewKey())));

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    public void A64_a_key_binding_of_another_algorithm_is_refused(string algorithm) =>
        Assert.Equal("the key binding JWT is not signed by the holder's key", Refused(_world.Present(With("alg", algorithm))));

    [Theory]
    [InlineData("JWT")]
    [InlineData("KB+JWT")]
    [InlineData("dc+sd-jwt")]
    [InlineData("application/kb+jwt")]
    public void A64_another_typ_is_refused(string type) =>
        Assert.Equal("typ of the key binding JWT must be kb+jwt", Refused(_world.Present(With("typ", type))));

    [Fact]
    public void A64_no_typ_is_refused() => Assert.Equal("typ of the key binding JWT must be kb+jwt", Refused(_world.Present(Without("typ"))));

    [Theory]
    [InlineData("""{"aud":"https://other.example"}""", "aud of the key binding JWT is not this verifier")]
    [InlineData("""{"aud":"9ITHMSlBH7S4vSwCkpjwl3fA1sZzJmAbTOfMkBV0WSY"}""", "aud of the key binding JWT is not this verifier")]
    [InlineData("""{"aud":["x509_hash:9ITHMSlBH7S4vSwCkpjwl3fA1sZzJmAbTOfMkBV0WSY"]}""", "aud must be a string")]
    [InlineData("""{"nonce":"other"}""", "nonce of the key binding JWT is not the request's")]
    [InlineData("""{"nonce":5}""", "nonce must be a string")]
    [InlineData("""{"sd_hash":"other"}""", "sd_hash of the key binding JWT is of another presentation")]
    [InlineData("""{"iat":1790000061}""", "iat of the key binding JWT is in the future")]
    [InlineData("""{"iat":1789999639}""", "iat of the key binding JWT is too long ago")]
    [InlineData("""{"iat":"1790000000"}""", "iat must be a NumericDate")]
    [InlineData("""{"iat":-1}""", "iat must be a NumericDate")]
    [InlineData("""{"exp":1789999900}""", "the key binding JWT has expired")]
    [InlineData("""{"nbf":1790000061}""", "the key binding JWT is not yet valid")]
    public void A64_a_wrong_claim_is_refused_by_name(string wrong, string words)
    {
        var (name, value) = Json(wrong).Single();
        Assert.Equal(words, Refused(_world.Present(breakClaims: With(name, value))));
    }

    [Theory]
    [InlineData("iat", "iat of the key binding JWT is missing")]
    [InlineData("aud", "aud is missing")]
    [InlineData("nonce", "nonce is missing")]
    [InlineData("sd_hash", "sd_hash is missing")]
    public void A64_a_missing_claim_is_refused_by_name(string name, string words) =>
        Assert.Equal(words, Refused(_world.Present(breakClaims: Without(name))));

    [Theory]
    [InlineData(1790000060)]
    [InlineData(1789999640)]
    public void The_window_of_iat_is_age_and_skew(long issuedAt) => Assert.NotNull(_world.Verify(_world.Present(breakClaims: With("iat", issuedAt))));

    [Fact]
    public void A64_a_disclosure_withheld_after_signing_is_refused()
    {
        var parts = _world.Present().Split('~').ToList();
        parts.RemoveAt(1);
        Assert.Equal("sd_hash of the key binding JWT is of another presentation", Refused(string.Join('~', parts)));
    }
}
