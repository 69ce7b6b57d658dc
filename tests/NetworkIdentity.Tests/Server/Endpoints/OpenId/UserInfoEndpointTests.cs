using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>Userinfo [OIDC §5.3], beside what the modules of <see cref="BasicOp"/> try.</summary>
public sealed class UserInfoEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

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
}
