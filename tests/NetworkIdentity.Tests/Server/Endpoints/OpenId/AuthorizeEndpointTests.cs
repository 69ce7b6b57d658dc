using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.OpenId;

/// <summary>The authorization endpoint, beside what the modules of <see cref="BasicOp"/> and the attacks try.</summary>
public sealed class AuthorizeEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A_cancelled_sign_in_goes_back_with_access_denied_and_can_be_asked_anew()
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var cancelled = await world.Browser.PostAsync(world.Page + "/cancel", null);
        Assert.Contains("cancelled", cancelled.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer), StringComparison.Ordinal);
        await world.OpenAsync();
    }
}
