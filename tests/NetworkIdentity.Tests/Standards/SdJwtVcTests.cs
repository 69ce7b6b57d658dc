using System.Text.Json.Nodes;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class SdJwtVcTests
{
    private readonly SdJwtWorld _world = new();

    private SdJwtVc Read() => SdJwtVc.Read(SdJwt.Parse(_world.Issue()));

    private string Refused(string name, JsonNode? value)
    {
        _world.Visible[name] = value;
        return WordsOf(() => Read());
    }

    [Fact]
    public void A_credential_is_read()
    {
        _world.Visible["aka_vcts"] = new JsonArray("urn:network-identity:membership");
        var credential = Read();
        Assert.Equal("urn:network-identity:membership:1", credential.Type);
        Assert.Equal("https://nation.example", credential.Issuer);
        Assert.Equal(Now.AddMinutes(-1), credential.IssuedAt);
        Assert.Equal(Now.AddHours(1), credential.ExpiresAt);
        Assert.Null(credential.NotBefore);
        Assert.True(credential.HolderKey!.IsSameKeyAs(_world.Holder.PublicKey));
        Assert.Equal(new StatusListReference("https://nation.example/status/1", 7), credential.Status);
        Assert.Equal(3, credential.Claims["standing"]!.GetValue<int>());
        Assert.True(credential.IsOfType("urn:network-identity:membership"));
        Assert.False(credential.IsOfType("urn:network-identity:residency:1"));
    }

    [Fact]
    public void Without_cnf_and_status_there_is_no_holder_key_and_no_status()
    {
        _world.Visible.Remove("cnf");
        _world.Visible.Remove("status");
        Assert.Equal((null, null), (Read().HolderKey, Read().Status));
    }

    [Theory]
    [InlineData("vc+sd-jwt")]
    [InlineData("DC+SD-JWT")]
    [InlineData("application/dc+sd-jwt")]
    public void Another_typ_is_refused(string type)
    {
        _world.Type = type;
        Assert.Equal("typ of the credential must be dc+sd-jwt", WordsOf(() => Read()));
    }

    [Fact]
    public void A66_every_claim_that_may_never_be_disclosable_is_refused_as_a_disclosure()
    {
        Assert.Equal(8, SdJwtVc.NeverDisclosable.Count);
        foreach (var name in SdJwtVc.NeverDisclosable)
        {
            var world = new SdJwtWorld();
            world.Hidden[name] = world.Visible.TryGetPropertyValue(name, out var value) ? value?.DeepClone() : "x";
            world.Visible.Remove(name);
            Assert.Equal($"{name} may not be selectively disclosable", WordsOf(() => SdJwtVc.Read(SdJwt.Parse(world.Issue()))));
        }
    }

    [Theory]
    [InlineData("cnf", """{"jwk":{"_sd":["DIGEST"]}}""")]
    [InlineData("cnf", """{"_sd":["DIGEST"]}""")]
    [InlineData("status", """{"_sd":["DIGEST"]}""")]
    public void A66_a_claim_below_them_is_refused_as_a_disclosure_too(string name, string value)
    {
        var disclosure = Encoded("""["s","x",{}]""");
        var payload = (JsonObject)_world.Visible.DeepClone();
        payload[name] = Json(value.Replace("DIGEST", Digest(disclosure), StringComparison.Ordinal));
        Assert.Equal($"{name} may not be selectively disclosable", WordsOf(() => SdJwtVc.Read(_world.Raw(payload, disclosure))));
        Assert.Equal($"{name} may not be selectively disclosable", WordsOf(() => SdJwtVc.Read(_world.Raw(payload))));
    }

    [Fact]
    public void A66_an_element_of_aka_vcts_is_refused_as_a_disclosure()
    {
        var disclosure = Encoded("""["s","urn:other"]""");
        _world.Visible["aka_vcts"] = new JsonArray(new JsonObject { ["..."] = Digest(disclosure) });
        Assert.Equal("aka_vcts may not be selectively disclosable", WordsOf(() => SdJwtVc.Read(_world.Raw(_world.Visible, disclosure))));
        Assert.Equal("aka_vcts may not be selectively disclosable", WordsOf(() => SdJwtVc.Read(_world.Raw(_world.Visible))));
    }

    [Fact]
    public void Sub_and_iat_may_be_disclosed()
    {
        _world.Hidden["sub"] = "member-1";
        _world.Hidden["iat"] = 1;
        _world.Visible.Remove("iat");
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1), Read().IssuedAt);
    }

    [Fact]
    public void A_wrong_claim_is_refused_by_name()
    {
        Assert.Equal("vct must be a string", Refused("vct", 1));
        Assert.Equal("vct is empty", Refused("vct", ""));
        _world.Visible["vct"] = "urn:a";
        Assert.Equal("aka_vcts must name other types than vct", Refused("aka_vcts", new JsonArray()));
        Assert.Equal("aka_vcts must name other types than vct", Refused("aka_vcts", new JsonArray("urn:b", "urn:a")));
        _world.Visible.Remove("aka_vcts");
        Assert.Equal("exp must be a NumericDate", Refused("exp", "tomorrow"));
        _world.Visible.Remove("exp");
        Assert.Equal("cnf has no jwk, and no other confirmation method is supported", Refused("cnf", new JsonObject { ["kid"] = "1" }));
        Assert.Equal("cnf must be an object", Refused("cnf", null));
        _world.Visible.Remove("cnf");
        Assert.Equal("status has no status_list, and no other mechanism is supported", Refused("status", new JsonObject { ["other"] = new JsonObject() }));
        _world.Visible.Remove("status");
        _world.Visible.Remove("vct");
        Assert.Equal("vct is missing", WordsOf(() => Read()));
    }
}
