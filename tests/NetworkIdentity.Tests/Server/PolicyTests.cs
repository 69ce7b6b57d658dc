using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>What an app may ask is bound to its registration: a scope chooses inside it, adds what the registration leaves open, and never takes anything away.</summary>
public sealed class PolicyTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("membership", "", "openid", "membership:", "openid")]
    [InlineData("membership", "", "openid residency reputation", "membership:", "openid")]
    [InlineData("membership", "residency", "openid", "membership:", "openid")]
    [InlineData("membership", "residency", "openid residency", "membership: residency:residency_status,node,until", "openid residency")]
    [InlineData("membership", "residency,reputation", "openid membership reputation", "membership:tier,member_since reputation:domain,band", "openid membership reputation")]
    [InlineData("membership,residency", "", "openid", "membership: residency:", "openid")]
    [InlineData("membership,residency", "", "openid membership", "membership:tier,member_since residency:", "openid membership")]
    [InlineData("residency", "membership", "openid", "residency:", "openid")]
    [InlineData("membership,residency", "reputation", "openid residency reputation residency", "membership: residency:residency_status,node,until reputation:domain,band", "openid residency reputation")]
    public async Task The_policy_is_always_asked_and_an_optional_type_where_its_scope_is(string policy, string optional, string scope, string asked, string granted)
    {
        var wallet = await _server.ResidentAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of(Names(policy), Names(optional)) }, scope);
        var page = await world.Browser.GetStringAsync(world.Page);
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        var query = (JsonObject)request["dcql_query"]!;
        Assert.Equal(asked, string.Join(' ', query["credentials"]!.AsArray().Select(one => $"{one!["id"]}:{string.Join(',', Claims(one!))}")));
        Assert.Null(query["credential_sets"]);

        // The page tells each of them, and the app gets what it has the scope of, in the ID token and from userinfo.
        var types = query["credentials"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()).ToList();
        foreach (var type in (string[])["Membership", "Residency", "Reputation"])
            Assert.Equal(types.Contains(type.ToLowerInvariant()), page.Contains($"<h3><bdi>{type}</bdi></h3>", StringComparison.Ordinal));

        var tokens = await world.SignInAsync(wallet);
        Assert.Equal(granted, tokens["scope"]!.GetValue<string>());
        var claims = Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims();
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        var told = await userInfo.JsonAsync();
        Assert.Equal(claims["sub"]!.GetValue<string>(), told["sub"]!.GetValue<string>());
        foreach (var type in (string[])["membership", "residency", "reputation"])
        {
            Assert.Equal(granted.Split(' ').Contains(type), claims.ContainsKey(type));
            Assert.True(JsonNode.DeepEquals(claims[type], told[type]));
            if (claims[type] is JsonObject said)
                Assert.Equal(_server.Nation.Types[type].AskedClaims.Order(), said.Select(claim => claim.Key).Order());
        }
    }

    [Theory]
    [InlineData("membership")]
    [InlineData("residency")]
    [InlineData("reputation")]
    public async Task Any_credential_that_a_sign_in_rests_on_takes_its_code_and_its_userinfo_with_it(string revoked)
    {
        var wallet = await _server.ResidentAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of(["membership", "residency", "reputation"]) }, "openid membership residency reputation");
        var tokens = await world.SignInAsync(wallet);
        await world.OpenAsync("openid");
        var code = await world.ProveAsync(wallet);

        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(wallet, revoked)).Id, "a reason");
        using (var late = await world.RedeemAsync(code)) Assert.Contains("revoked", await late.RefusedAsync("invalid_grant"));
        using (var told = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>())) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);

        // What it did not rest on does not matter.
        foreach (var other in (string[])["membership", "residency", "reputation"])
        {
            var narrow = await TestSignIn.BeginAsync(_server, request => request with { Policy = ProofPolicy.Of([other]) }, "openid");
            using var answer = await wallet.AnswerAsync(await wallet.FetchAsync(narrow.SameDeviceLink));
            Assert.Equal(other == revoked ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "membership")]
    [InlineData("membership,citizenship", "")]
    [InlineData("membership", "citizenship")]
    [InlineData("membership,membership", "")]
    [InlineData("membership", "membership")]
    [InlineData("membership", "residency,residency")]
    [InlineData("Membership", "")]
    public async Task A_registration_names_types_that_there_are_each_once_and_requires_one(string policy, string optional)
    {
        var before = await _server.CountAsync("partner");
        var refusal = await Assert.ThrowsAsync<Refusal>(() => _server.RegisterAsync(change: request => request with { Policy = ProofPolicy.Of(Names(policy), Names(optional)) }));
        Assert.Equal("invalid_client_metadata", refusal.Code);
        Assert.Equal(before, await _server.CountAsync("partner"));
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Claims(JsonNode query) => (query["claims"] as JsonArray ?? []).Select(claim => claim!["path"]![0]!.GetValue<string>());
}
