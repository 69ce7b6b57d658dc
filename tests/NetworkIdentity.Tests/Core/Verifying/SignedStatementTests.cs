using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>What the nation says under its own signature is taken for that alone, and nobody else's word is.</summary>
public sealed class SignedStatementTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    private const string Type = "test+jwt";

    private DateTimeOffset Now => world.Nation.Time.GetUtcNow();

    [Fact]
    public async Task What_was_said_is_read_with_who_said_it_and_when()
    {
        var at = Now;
        var read = Read(await SignedStatement.SignAsync(world.Nation.Keys, Type, new() { ["word"] = "yes" }, at));
        Assert.Equal(["iss", "iat", "word"], read.Select(member => member.Key));
        Assert.Equal(world.Issuer, read["iss"]!.GetValue<string>());
        Assert.Equal(at.ToUnixTimeSeconds(), read["iat"]!.GetValue<long>());
    }

    [Fact]
    public async Task A67_what_is_not_the_nations_word_of_that_kind_is_refused()
    {
        var said = new JsonObject { ["iss"] = world.Issuer, ["iat"] = Now.ToUnixTimeSeconds() };
        var own = world.Nation.Keys.Current(KeyPurpose.Statement);
        var good = await Jws.SignAsync(Type, said, own);
        Refused("typ", await Jws.SignAsync("other+jwt", said, own));
        Refused("not for this purpose", await Jws.SignAsync(Type, said, world.Nation.Keys.Current(KeyPurpose.Credential)));
        Refused("trusted root", await Jws.SignAsync(Type, said, Forgery.Leaf(world.Nation, KeyPurpose.Statement, rogueRoot: true)));
        Refused("signature", good.Replace(good.Split('.')[1], (await Jws.SignAsync(Type, new JsonObject(said.Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()))) { ["more"] = 1 }, own)).Split('.')[1], StringComparison.Ordinal));
        Refused("another issuer", await Jws.SignAsync(Type, new JsonObject { ["iss"] = "https://other.example", ["iat"] = 1 }, own));
        Refused("future", await SignedStatement.SignAsync(world.Nation.Keys, Type, [], Now + SignedStatement.Skew + TimeSpan.FromMinutes(1)));
        foreach (var never in (long[])[300_000_000_000, -1, long.MaxValue]) Refused("NumericDate", await Jws.SignAsync(Type, new JsonObject { ["iss"] = world.Issuer, ["iat"] = never }, own));
        Refused("when it was signed", await Jws.SignAsync(Type, new JsonObject { ["iss"] = world.Issuer }, own));
        Assert.Equal(world.Issuer, Read(good)["iss"]!.GetValue<string>());

        void Refused(string words, string text) => Assert.Contains(words, Assert.Throws<Refusal>(() => Read(text)).Description, StringComparison.Ordinal);
    }

    private JsonObject Read(string text) => SignedStatement.Read(new IssuerCertificates(issuer => issuer == world.Issuer ? world.Nation.Keys.Roots : []), text, Type, world.Issuer, Now);
}
