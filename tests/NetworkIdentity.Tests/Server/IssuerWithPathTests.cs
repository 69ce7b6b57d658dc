using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>An issuer URL with a path: OpenID Discovery appends its name to it, the other specifications insert theirs before it.</summary>
public sealed class IssuerWithPathTests
{
    [Theory]
    [InlineData("/nation/.well-known/openid-configuration", "issuer")]
    [InlineData("/.well-known/oauth-authorization-server/nation", "issuer")]
    [InlineData("/.well-known/openid-credential-issuer/nation", "credential_issuer")]
    [InlineData("/.well-known/jwt-vc-issuer/nation", "issuer")]
    public async Task Each_well_known_document_is_in_its_place_and_names_the_issuer(string path, string member)
    {
        await using var server = await TestServer.StartAsync(path: "/nation");
        var origin = new Uri(server.Issuer).GetLeftPart(UriPartial.Authority);
        var document = await server.Http.GetFromJsonAsync<JsonObject>(new Uri(origin + path));
        Assert.Equal(server.Issuer, document![member]!.GetValue<string>());
        Assert.EndsWith("/nation", server.Issuer, StringComparison.Ordinal);

        // What it names lies under the path, and is there.
        foreach (var (name, value) in document)
        {
            if (!name.EndsWith("_endpoint", StringComparison.Ordinal) && name != "jwks_uri") continue;
            Assert.StartsWith(server.Issuer + "/", value!.GetValue<string>(), StringComparison.Ordinal);
            using var answer = await server.Http.GetAsync(new Uri(value.GetValue<string>()));
            Assert.NotEqual(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/nation/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-credential-issuer")]
    [InlineData("/nation/.well-known/openid-credential-issuer")]
    [InlineData("/.well-known/jwt-vc-issuer")]
    [InlineData("/token")]
    [InlineData("/jwks")]
    public async Task Nothing_is_in_another_issuers_place(string path)
    {
        await using var server = await TestServer.StartAsync(path: "/nation");
        using var answer = await server.Http.GetAsync(new Uri(new Uri(server.Issuer).GetLeftPart(UriPartial.Authority) + path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_credential_is_taken_and_a_member_signs_in_under_the_path()
    {
        await using var server = await TestServer.StartAsync(path: "/nation");
        var wallet = await server.MemberAsync(null, ("tier", "citizen"));
        var signIn = await TestSignIn.BeginAsync(server);
        Assert.StartsWith(server.Issuer + "/sign-in/", signIn.Page, StringComparison.Ordinal);
        var tokens = await signIn.SignInAsync(wallet);
        var claims = Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal(server.Issuer, claims["iss"]!.GetValue<string>());
        Assert.Equal("citizen", claims["membership"]!["tier"]!.GetValue<string>());

        // The page's own files are found from where it is.
        var html = await signIn.Browser.GetStringAsync(signIn.Page);
        var assets = System.Text.RegularExpressions.Regex.Matches(html, "(?:href|src)=\"(?<url>[^\"]*/assets/[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.NonBacktracking);
        Assert.NotEmpty(assets);
        foreach (var asset in assets.Select(match => match.Groups["url"].Value))
        {
            using var answer = await server.Http.GetAsync(new Uri(new Uri(signIn.Page), WebUtility.HtmlDecode(asset)));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
