using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Jose;

public sealed class JwkSetTests
{
    private static readonly SigningKey First = SigningKey.FromEd25519(new byte[32], "first");
    private static readonly SigningKey Second = SigningKey.FromEd25519([.. Enumerable.Repeat((byte)7, 32)], "second");

    private static JsonObject Set(params JsonNode[] keys) => new() { ["keys"] = new JsonArray(keys) };

    private static async Task<Jws> TokenAsync(SigningKey key, string? keyId)
    {
        var header = new JsonObject { ["alg"] = key.Algorithm };
        if (keyId is not null) header["kid"] = keyId;
        return Jws.Parse(await Jws.SignAsync(Jws.ToBeSigned(header, []), key));
    }

    [Fact]
    public async Task A_token_is_of_the_key_that_it_names_and_where_it_names_none_of_any()
    {
        var set = JwkSet.Parse(Set(First.PublicKey.ToJson(), Second.PublicKey.ToJson()));
        Assert.True(set.Signed(await TokenAsync(Second, "second")));
        Assert.True(set.Signed(await TokenAsync(Second, null)));
        Assert.False(set.Signed(await TokenAsync(Second, "first")));
        Assert.False(set.Signed(await TokenAsync(Second, "third")));
        Assert.False(set.Signed(await TokenAsync(SigningKey.FromEd25519([.. Enumerable.Repeat((byte)9, 32)]), null)));
        Assert.Equal((true, false), (set.Holds("first"), set.Holds("third")));
    }

    [Fact]
    public void Keys_of_other_types_and_private_ones_are_left_out()
    {
        var secret = First.PublicKey.ToJson();
        secret["d"] = "AAAA";
        var set = JwkSet.Parse(Set(
            secret, new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }, new JsonObject { ["kty"] = "EC", ["crv"] = "P-384" }, new JsonObject(), Second.PublicKey.ToJson()));
        Assert.Equal("second", Assert.Single(set.Keys).Kid);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[null]}""")]
    public void What_is_no_set_is_refused(string json) => Assert.Throws<Refusal>(() => JwkSet.Parse(StrictJson.ParseObject(json)));

    [Fact]
    public void A_set_of_more_keys_than_are_looked_at_is_refused() =>
        Assert.Throws<Refusal>(() => JwkSet.Parse(Set([.. Enumerable.Range(0, JwkSet.MaxKeys + 1).Select(_ => new JsonObject())])));

    [Fact]
    public async Task Only_a_refusal_leaves_mutated_sets_and_none_verifies_a_strangers_token()
    {
        var token = await TokenAsync(SigningKey.FromEd25519([.. Enumerable.Repeat((byte)9, 32)]), null);
        Mutations.Refused(StrictJson.WriteText(Set(First.PublicKey.ToJson(), Second.PublicKey.ToJson())), text => Assert.False(JwkSet.Parse(StrictJson.ParseObject(text)).Signed(token)));
    }
}
