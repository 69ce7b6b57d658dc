using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>The OpenID Foundation's modules for userinfo [OIDC §5.3].</summary>
public sealed class UserInfoEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public Task Oidcc_userinfo_get_tells_the_subject_and_what_was_disclosed() => ToldAsync(HttpMethod.Get, (request, token) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    [Fact]
    public Task Oidcc_userinfo_post_header_tells_the_subject_and_what_was_disclosed() => ToldAsync(HttpMethod.Post, (request, token) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    [Fact]
    public Task Oidcc_userinfo_post_body_tells_the_subject_and_what_was_disclosed() => ToldAsync(HttpMethod.Post, (request, token) =>
        request.Content = new FormUrlEncodedContent([new("access_token", token)]));

    [Fact]
    public async Task Without_the_scope_of_a_type_nothing_of_it_is_told()
    {
        var wallet = await _server.MemberAsync(null, ("tier", "citizen"));
        var world = await TestSignIn.BeginAsync(_server, scope: "openid");
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        Assert.Null(request["dcql_query"]!["credentials"]![0]!["claims"]);
        using var answer = await wallet.AnswerAsync(request, TestWallet.VpToken(await wallet.PresentationAsync(request, disclose: [])));
        using var back = await world.Browser.GetAsync((await answer.JsonAsync())["redirect_uri"]!.GetValue<string>());
        using var redeemed = await world.RedeemAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code"));
        var tokens = await redeemed.JsonAsync();
        Assert.Null(Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims()["membership"]);
        using var told = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.Equal(["sub"], (await told.JsonAsync()).Select(claim => claim.Key));
    }

    private async Task ToldAsync(HttpMethod method, Action<HttpRequestMessage, string> authorize)
    {
        var wallet = await _server.MemberAsync(null, ("tier", "citizen"), ("display_name", "Ana"));
        var tokens = await (await TestSignIn.BeginAsync(_server)).SignInAsync(wallet);
        using var request = new HttpRequestMessage(method, _server.Url("/userinfo"));
        authorize(request, tokens["access_token"]!.GetValue<string>());
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);

        var claims = await response.JsonAsync();
        var idToken = Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal(["sub", "membership"], claims.Select(claim => claim.Key));
        Assert.Equal(idToken["sub"]!.GetValue<string>(), claims["sub"]!.GetValue<string>());
        Assert.Equal("citizen", claims["membership"]!["tier"]!.GetValue<string>());
        Assert.Null(claims["membership"]!["display_name"]);
        Assert.True(JsonNode.DeepEquals(idToken["membership"], claims["membership"]));
    }
}
