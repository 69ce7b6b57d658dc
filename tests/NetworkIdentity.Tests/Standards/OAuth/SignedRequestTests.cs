using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Tests.Standards.OAuth;

public sealed class SignedRequestTests
{
    private const string Issuer = "https://nation.example";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly SigningKey Key = SigningKey.FromEd25519(new byte[32]);

    /// <summary>Each makes one thing of a right request wrong.</summary>
    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> Broken = new()
    {
        ["typ of an assertion"] = (header, _) => header["typ"] = "client-authentication+jwt",
        ["typ of a proof"] = (header, _) => header["typ"] = "dpop+jwt",
        ["alg none"] = (header, _) => header["alg"] = "none",
        ["alg HS256"] = (header, _) => header["alg"] = "HS256",
        ["client_id absent"] = (_, claims) => claims.Remove("client_id"),
        ["client_id another"] = (_, claims) => claims["client_id"] = "another",
        ["iss another"] = (_, claims) => claims["iss"] = "another",
        ["sub the client"] = (_, claims) => claims["sub"] = "client",
        ["aud absent"] = (_, claims) => claims.Remove("aud"),
        ["aud another"] = (_, claims) => claims["aud"] = "https://evil.example",
        ["exp absent"] = (_, claims) => claims.Remove("exp"),
        ["exp over"] = (_, claims) => claims["exp"] = 1_800_000_000,
        ["exp seventy minutes ahead"] = (_, claims) => claims["exp"] = 1_800_000_000 + 4200,
        ["nbf absent"] = (_, claims) => claims.Remove("nbf"),
        ["nbf seventy minutes ago"] = (_, claims) => claims["nbf"] = 1_800_000_000 - 4200,
        ["nbf in a minute"] = (_, claims) => claims["nbf"] = 1_800_000_060,
        ["request inside"] = (_, claims) => claims["request"] = "e30.e30.",
        ["request_uri inside"] = (_, claims) => claims["request_uri"] = "https://evil.example",
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static JsonObject Header() => new() { ["alg"] = "EdDSA", ["typ"] = "oauth-authz-req+jwt" };

    private static JsonObject Claims() => new()
    {
        ["iss"] = "client",
        ["aud"] = Issuer,
        ["nbf"] = 1_800_000_000,
        ["exp"] = 1_800_000_300,
        ["client_id"] = "client",
        ["response_type"] = "code",
        ["scope"] = "openid",
        ["max_age"] = 300,
        ["claims"] = new JsonObject { ["id_token"] = new JsonObject { ["acr"] = null } },
        ["state"] = "inside",
    };

    private static string Signed(JsonObject header, JsonObject claims) => Jws.SignAsync(Jws.ToBeSigned(header, claims), Key).AsTask().GetAwaiter().GetResult();

    private static OAuthParameters Read(string text, bool mustEnd = true) => SignedRequest.Parse(text).Check("client", SignedRequest.Algorithms, Issuer, mustEnd, Now);

    [Fact]
    public void Claims_are_parameters_and_the_JWTs_own_are_not()
    {
        var read = Read(Signed(Header(), Claims()));
        Assert.Equal(("300", """{"id_token":{"acr":null}}""", "inside"), (read.Optional("max_age"), read.Optional("claims"), read.Optional("state")));
        Assert.All((string[])["iss", "aud", "nbf", "exp"], name => Assert.Null(read.Optional(name)));
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A07_a_request_object_with_one_thing_wrong_is_refused(string name)
    {
        var (header, claims) = (Header(), Claims());
        Broken[name](header, claims);
        Assert.Equal("invalid_request_object", Assert.Throws<Refusal>(() => Read(Signed(header, claims))).Code);
    }

    [Fact]
    public void An_audience_may_be_one_of_several_and_an_ordinary_client_may_leave_out_its_times()
    {
        var claims = Claims();
        claims["aud"] = new JsonArray(Issuer, "https://other.example", "invalid");
        claims["nbf"] = 1_800_000_008;
        Read(Signed(Header(), claims));
        claims.Remove("nbf");
        claims.Remove("exp");
        Read(Signed(new JsonObject { ["alg"] = "EdDSA" }, claims), mustEnd: false);
    }

    [Fact]
    public void Only_a_refusal_leaves_mutated_request_objects()
    {
        Mutations.Refused(Signed(Header(), Claims()), mutant => Read(mutant));
        var header = Base64Url.Encode(StrictJson.Write(Header()));
        Assert.InRange(
            Mutations.Refused(
                StrictJson.WriteText(Claims()),
                text =>
                {
                    var read = Read($"{header}.{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(text))}.AA");
                    read.RefuseRepeated();
                    _ = read.Of(["state", "scope", "claims", "max_age"]);
                }),
            500,
            1500);
    }
}
