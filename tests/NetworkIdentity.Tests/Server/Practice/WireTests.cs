using NetworkIdentity.Server.Practice;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>What went over the wire is made readable, whatever it was.</summary>
public sealed class WireTests
{
    [Fact]
    public void A_form_is_shown_line_by_line_and_a_query_too()
    {
        var text = Wire.Request(Asked("/token?x=1%202", "grant_type=authorization_code&code=a%2Bb+c"));
        Assert.Contains("POST /token\n  x = 1 2", text);
        Assert.Contains("  grant_type = authorization_code\n  code = a+b c", text);
    }

    [Fact]
    public void Json_gets_room_and_its_letters_stay()
    {
        var text = Wire.Response(Asked("/credential", "", """{"name":"Åsa","list":[1,2]}"""));
        Assert.Contains("\"name\": \"Åsa\"", text);
        Assert.Contains("200\n", text);
    }

    [Fact]
    public void A_credential_with_a_key_binding_is_taken_apart()
    {
        var credential = $"{Jwt("""{"alg":"ES256","typ":"dc+sd-jwt"}""", """{"vct":"a"}""")}~{Encode("""["salt","tier","member"]""")}~{Jwt("""{"typ":"kb+jwt"}""", """{"nonce":"n"}""")}";
        var token = Assert.Single(Wire.Tokens(Asked("/response/1", $"vp_token={Uri.EscapeDataString($$"""{"membership":["{{credential}}"]}""")}&state=s")));
        Assert.Equal("dc+sd-jwt", token.Kind);
        Assert.All(["\"vct\": \"a\"", "\"tier\"", "\"nonce\": \"n\""], part => Assert.Contains(part, token.Text));
    }

    [Fact]
    public void What_is_encrypted_is_said_to_be()
    {
        var token = Assert.Single(Wire.Tokens(Asked("/response/1", $"response={Encode("""{"alg":"ECDH-ES"}""")}..{Encode("iv")}x.{Encode("cipher")}.{Encode("tag")}".Replace("..", ".a.", StringComparison.Ordinal))));
        Assert.StartsWith("Encrypted", token.Kind, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eyJ.eyJ.eyJ")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJhIjoxLCJhIjoyfQ.eyJ")]
    [InlineData("eyJ~~~~")]
    [InlineData("%%%=&&&==")]
    [InlineData("{\"a\":")]
    [InlineData("\u0000\uFFFD")]
    public void What_is_nothing_is_shown_as_it_is(string body)
    {
        var exchange = Asked("/response/1?" + body, body, body);
        Assert.Contains("POST", Wire.Request(exchange));
        Assert.Contains("200", Wire.Response(exchange));
        _ = Wire.Tokens(exchange);
    }

    private static Exchange Asked(string target, string body, string answer = "") => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Method = "POST",
        Path = target.Split('?')[0],
        Target = target,
        RequestHeaders = [],
        RequestBody = body,
        Status = 200,
        ResponseHeaders = [],
        ResponseBody = answer,
    };

    private static string Jwt(string header, string claims) => $"{Encode(header)}.{Encode(claims)}.{Encode("signature")}";

    private static string Encode(string text) => NetworkIdentity.Standards.Encoding.Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(text));
}
