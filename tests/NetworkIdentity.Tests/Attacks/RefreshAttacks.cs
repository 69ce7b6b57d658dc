using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with refresh tokens, and with what tells about tokens.</summary>
public sealed class RefreshAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A_confidential_client_keeps_its_refresh_token_however_often_it_is_used()
    {
        var (world, token, _) = await SignedInAsync(ClientCredentials.Basic);
        for (var i = 0; i < 3; i++)
        {
            using var response = await world.RefreshAsync(token);
            var tokens = await response.JsonAsync();
            Assert.Null(tokens["refresh_token"]);
            Assert.Null(TestSignIn.ClaimsOf(tokens)["nonce"]);
            using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
            _server.Time.Move(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public async Task A28_a_rotated_token_gives_the_same_successor_for_half_a_minute_and_then_ends_the_family()
    {
        var (world, first, _) = await SignedInAsync(ClientCredentials.None);
        var second = await SuccessorAsync(world, first);
        _server.Time.Move(RefreshGrant.RetryWindow - TimeSpan.FromSeconds(10));
        Assert.Equal(second, await SuccessorAsync(world, first));

        _server.Time.Move(TimeSpan.FromSeconds(11));
        using var late = await world.RefreshAsync(first);
        await late.RefusedAsync("invalid_grant");
        using var successor = await world.RefreshAsync(second);
        await successor.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task A28_once_the_successor_was_used_its_predecessor_ends_the_family()
    {
        var (world, first, _) = await SignedInAsync(ClientCredentials.None);
        var second = await SuccessorAsync(world, first);
        using var tokens = await world.RefreshAsync(second);
        var (third, access) = ((await tokens.JsonAsync())["refresh_token"]!.GetValue<string>(), (await tokens.JsonAsync())["access_token"]!.GetValue<string>());
        using var replayed = await world.RefreshAsync(first);
        await replayed.RefusedAsync("invalid_grant");
        using var next = await world.RefreshAsync(third);
        await next.RefusedAsync("invalid_grant");
        using var userInfo = await world.UserInfoAsync(access);
        await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A28_twenty_at_once_on_two_servers_have_one_successor()
    {
        await using var beside = await _server.StartBesideAsync();
        var (world, first, redirectUri) = await SignedInAsync(ClientCredentials.None);
        var there = new TestSignIn(beside, world.ClientId, null, redirectUri);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? world : there).RefreshAsync(first)));
        var successors = new HashSet<string>();
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            successors.Add((await answer.JsonAsync())["refresh_token"]!.GetValue<string>());
            answer.Dispose();
        }

        await SuccessorAsync(world, Assert.Single(successors));
    }

    [Fact]
    public async Task A29_another_client_s_refresh_token_is_refused_and_still_good_for_its_own()
    {
        var (world, token, redirectUri) = await SignedInAsync(ClientCredentials.Basic);
        foreach (var authentication in (string[])[ClientCredentials.Basic, ClientCredentials.None])
        {
            var (clientId, secret) = await _server.RegisterAsync(redirectUri, request => request with { Authentication = authentication, Metadata = Refreshing });
            using var stolen = await new TestSignIn(_server, clientId, secret, redirectUri).RefreshAsync(token);
            await stolen.RefusedAsync("invalid_grant");
        }

        using var own = await world.RefreshAsync(token);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task A30_a_scope_can_be_narrowed_and_never_widened()
    {
        var (world, token, _) = await SignedInAsync(ClientCredentials.Basic, "openid");
        using var wider = await world.RefreshAsync(token, ("scope", "openid membership"));
        await wider.RefusedAsync("invalid_scope");

        (world, token, _) = await SignedInAsync(ClientCredentials.Basic);
        using var narrow = await world.RefreshAsync(token, ("scope", "openid"));
        var tokens = await narrow.JsonAsync();
        Assert.Equal("openid", tokens["scope"]!.GetValue<string>());
        Assert.Null(TestSignIn.ClaimsOf(tokens)["membership"]);
        using var all = await world.RefreshAsync(token);
        Assert.Equal("openid membership", (await all.JsonAsync())["scope"]!.GetValue<string>());
    }

    [Fact]
    public async Task A40_a_refresh_token_or_an_ID_token_opens_no_userinfo()
    {
        var (world, token, _) = await SignedInAsync(ClientCredentials.Basic);
        using var refreshed = await world.RefreshAsync(token);
        foreach (var wrong in (string[])[token, (await refreshed.JsonAsync())["id_token"]!.GetValue<string>()])
        {
            using var userInfo = await world.UserInfoAsync(wrong);
            await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A41_a_token_is_not_active_for_another_client_and_is_for_its_own()
    {
        var (world, token, redirectUri) = await SignedInAsync(ClientCredentials.Basic);
        using var refreshed = await world.RefreshAsync(token);
        var access = (await refreshed.JsonAsync())["access_token"]!.GetValue<string>();
        var (clientId, secret) = await _server.RegisterAsync(redirectUri);
        var other = new TestSignIn(_server, clientId, secret, redirectUri);
        foreach (var one in (string[])[token, access, "unknown"])
        {
            using var foreign = await other.PostAsync("/introspect", ("token", one));
            Assert.Equal("""{"active":false}""", await foreign.Content.ReadAsStringAsync());
        }

        using var own = await world.PostAsync("/introspect", ("token", access), ("token_type_hint", "refresh_token"));
        var said = await own.JsonAsync();
        Assert.True(said["active"]!.GetValue<bool>());
        Assert.Equal(world.ClientId, said["client_id"]!.GetValue<string>());
        Assert.Equal("Bearer", said["token_type"]!.GetValue<string>());
        Assert.Equal("openid membership", said["scope"]!.GetValue<string>());
        Assert.Equal(said["iat"]!.GetValue<long>() + 300, said["exp"]!.GetValue<long>());

        // When a refresh token ends says when a credential does (decision 0028).
        using var renewing = await world.PostAsync("/introspect", ("token", token));
        var told = await renewing.JsonAsync();
        Assert.True(told["active"]!.GetValue<bool>());
        Assert.False(told.ContainsKey("exp"));
    }

    [Fact]
    public async Task A41_who_only_says_its_name_learns_nothing_of_a_token()
    {
        var (world, token, _) = await SignedInAsync(ClientCredentials.None);
        using var response = await world.PostAsync("/introspect", ("token", token));
        await response.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A42_what_is_no_token_of_the_client_is_taken_back_with_200_and_left_as_it_is()
    {
        var (world, token, redirectUri) = await SignedInAsync(ClientCredentials.Basic);
        var (clientId, secret) = await _server.RegisterAsync(redirectUri);
        var other = new TestSignIn(_server, clientId, secret, redirectUri);
        foreach (var one in (string[])["unknown", token])
        {
            using var revoked = await other.PostAsync("/revoke", ("token", one));
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        using var still = await world.RefreshAsync(token);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_that_is_taken_back_takes_all_with_it_and_an_access_token_itself_alone()
    {
        var (world, token, _) = await SignedInAsync(ClientCredentials.Basic);
        using var refreshed = await world.RefreshAsync(token);
        using var twice = await world.RefreshAsync(token);
        var (one, two) = ((await refreshed.JsonAsync())["access_token"]!.GetValue<string>(), (await twice.JsonAsync())["access_token"]!.GetValue<string>());
        using (await world.PostAsync("/revoke", ("token", one))) await GoodAsync(world, one, false);
        await GoodAsync(world, two, true);
        using (await world.PostAsync("/revoke", ("token", token))) await GoodAsync(world, two, false);
        using var gone = await world.RefreshAsync(token);
        await gone.RefusedAsync("invalid_grant");
    }

    private static ClientMetadata Refreshing => new() { GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] };

    private static async Task GoodAsync(TestSignIn world, string access, bool isGood)
    {
        using var userInfo = await world.UserInfoAsync(access);
        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, userInfo.StatusCode);
    }

    private static async Task<string> SuccessorAsync(TestSignIn world, string token)
    {
        using var response = await world.RefreshAsync(token);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync())["refresh_token"]!.GetValue<string>();
    }

    private async Task<(TestSignIn World, string RefreshToken, string RedirectUri)> SignedInAsync(string authentication, string scope = "openid membership")
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Authentication = authentication, Metadata = Refreshing }, scope);
        JsonObject tokens = await world.SignInAsync(wallet);
        return (world, tokens["refresh_token"]!.GetValue<string>(), world.RedirectUri);
    }
}
