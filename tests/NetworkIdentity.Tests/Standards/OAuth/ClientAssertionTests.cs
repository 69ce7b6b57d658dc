using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Tests.Standards.OAuth;

public sealed class ClientAssertionTests
{
    private const string Issuer = "https://nation.example";
    private const string Endpoint = "https://nation.example/token";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly SigningKey Key = SigningKey.FromEd25519(new byte[32]);

    /// <summary>Each makes one thing of a right assertion wrong, for every class of clients.</summary>
    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> Broken = new()
    {
        ["typ of a proof"] = (header, _) => header["typ"] = "dpop+jwt",
        ["typ of a request"] = (header, _) => header["typ"] = "oauth-authz-req+jwt",
        ["alg none"] = (header, _) => header["alg"] = "none",
        ["alg HS256"] = (header, _) => header["alg"] = "HS256",
        ["iss absent"] = (_, claims) => claims.Remove("iss"),
        ["sub absent"] = (_, claims) => claims.Remove("sub"),
        ["sub another"] = (_, claims) => claims["sub"] = "another",
        ["aud absent"] = (_, claims) => claims.Remove("aud"),
        ["aud of another"] = (_, claims) => claims["aud"] = "https://evil.example",
        ["aud with a slash more"] = (_, claims) => claims["aud"] = Issuer + "/",
        ["aud an empty array"] = (_, claims) => claims["aud"] = new JsonArray(),
        ["aud a number"] = (_, claims) => claims["aud"] = 1,
        ["jti absent"] = (_, claims) => claims.Remove("jti"),
        ["jti empty"] = (_, claims) => claims["jti"] = "",
        ["exp absent"] = (_, claims) => claims.Remove("exp"),
        ["exp five minutes ago"] = (_, claims) => claims["exp"] = 1_800_000_000 - 300,
        ["exp now"] = (_, claims) => claims["exp"] = 1_800_000_000,
        ["exp in a day"] = (_, claims) => claims["exp"] = 1_800_000_000 + 86_400,
        ["exp a text"] = (_, claims) => claims["exp"] = "soon",
        ["nbf in a minute"] = (_, claims) => claims["nbf"] = 1_800_000_000 + 60,
        ["iat in a minute"] = (_, claims) => claims["iat"] = 1_800_000_000 + 60,
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static JsonObject Header() => new() { ["alg"] = "EdDSA", ["typ"] = "JWT" };

    private static JsonObject Claims() => new() { ["iss"] = "client", ["sub"] = "client", ["aud"] = Issuer, ["jti"] = "one", ["iat"] = 1_800_000_000, ["exp"] = 1_800_000_060 };

    private static string Signed(JsonObject header, JsonObject claims) => Jws.SignAsync(Jws.ToBeSigned(header, claims), Key).AsTask().GetAwaiter().GetResult();

    private static ClientAssertion Read(string text, bool isStrict = true)
    {
        var assertion = ClientAssertion.Parse(text);
        assertion.Check(ClientAssertion.Algorithms, Issuer, isStrict ? null : [Endpoint], Now);
        return assertion;
    }

    [Fact]
    public void A_good_assertion_tells_who_and_which_and_until_when()
    {
        var read = Read(Signed(Header(), Claims()));
        Assert.Equal(("client", "one", Now.AddMinutes(1)), (read.ClientId, read.Id, read.ExpiresAt));
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A27_an_assertion_with_one_thing_wrong_is_refused(string name)
    {
        var (header, claims) = (Header(), Claims());
        Broken[name](header, claims);
        foreach (var isStrict in (bool[])[true, false])
            Assert.Equal("invalid_client", Assert.Throws<Refusal>(() => Read(Signed(header, claims), isStrict)).Code);
    }

    [Fact]
    public void A27_the_audience_is_a_string_for_FAPI_clients_and_may_be_the_endpoint_for_others()
    {
        foreach (var aud in (JsonNode[])[Endpoint, new JsonArray(Issuer), new JsonArray(Issuer, "https://other.example"), new JsonArray(Endpoint)])
        {
            var claims = Claims();
            claims["aud"] = aud;
            Assert.Throws<Refusal>(() => Read(Signed(Header(), claims)));
            Read(Signed(Header(), claims), isStrict: false);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("client-authentication+jwt")]
    public void A_type_may_be_absent_or_one_of_two(string? type)
    {
        var header = new JsonObject { ["alg"] = "EdDSA" };
        if (type is not null) header["typ"] = type;
        Read(Signed(header, Claims()));
    }

    [Fact]
    public void A_clock_that_is_a_little_ahead_is_good_enough()
    {
        var claims = Claims();
        (claims["iat"], claims["nbf"]) = (1_800_000_008, 1_800_000_008);
        Read(Signed(Header(), claims));
    }

    [Fact]
    public void Only_a_refusal_leaves_mutated_assertions()
    {
        Mutations.Refused(Signed(Header(), Claims()), mutant => Read(mutant));
        var header = Base64Url.Encode(StrictJson.Write(Header()));
        Assert.InRange(
            Mutations.Refused(StrictJson.WriteText(Claims()), text => Read($"{header}.{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(text))}.AA")), 700, 1500);
    }

    [Fact]
    public void Credentials_by_assertion_go_with_no_others()
    {
        var good = Form(("client_assertion", Signed(Header(), Claims())), ("client_assertion_type", ClientAssertion.Type), ("client_id", "client"));
        var read = ClientCredentials.Read(null, new OAuthParameters(good))!;
        Assert.Equal(("client", null, ClientCredentials.PrivateKeyJwt), (read.ClientId, read.Secret, read.Method));
        Assert.NotNull(read.Assertion);

        Assert.Equal("invalid_request", CodeOf("Basic YTpi", good));
        Assert.Equal("invalid_request", CodeOf(null, [.. good, KeyValuePair.Create("client_secret", "s")]));
        Assert.Equal("invalid_request", CodeOf(null, good.Where(pair => pair.Key != "client_assertion_type")));
        Assert.Equal("invalid_request", CodeOf(null, good.Where(pair => pair.Key != "client_assertion")));
        Assert.Equal("invalid_client", CodeOf(null, [.. good.Where(pair => pair.Key != "client_assertion_type"), KeyValuePair.Create("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]));
        Assert.Equal("invalid_client", CodeOf(null, [.. good.Where(pair => pair.Key != "client_id"), KeyValuePair.Create("client_id", "another")]));

        static List<KeyValuePair<string, string>> Form(params (string Name, string Value)[] fields) => [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))];
        static string CodeOf(string? authorization, IEnumerable<KeyValuePair<string, string>> form) =>
            Assert.Throws<Refusal>(() => ClientCredentials.Read(authorization, new OAuthParameters(form))).Code;
    }
}
