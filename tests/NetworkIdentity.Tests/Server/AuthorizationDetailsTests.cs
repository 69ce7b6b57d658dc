using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Rich authorization requests for proofs [RFC9396]: by each way that a request comes, told back as they were granted, and refused by their own code.</summary>
public sealed class AuthorizationDetailsTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private const string Tier = """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["tier"]}]""";

    private static readonly ProofPolicy Policy = ProofPolicy.Of(["membership"], ["residency"]);

    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task What_was_granted_is_told_with_the_tokens_when_they_are_renewed_and_when_they_are_looked_at()
    {
        var wallet = await _server.ResidentAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = Policy, Metadata = new ClientMetadata { GrantTypes = ["authorization_code", "refresh_token"] } }, "openid");
        const string Both = """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["tier"]},{"credential_type":"residency","type":"urn:network-identity:credential-presentation"}]""";
        await world.OpenAsync("openid", parameters => parameters["authorization_details"] = Both);
        var request = await wallet.FetchAsync(world.SameDeviceLink);
        Assert.Equal("membership:tier residency:residency_status,node,until", Asked(request));

        var tokens = await world.SignInAsync(wallet);
        var granted = """[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["tier"]},{"type":"urn:network-identity:credential-presentation","credential_type":"residency","claims":["residency_status","node","until"]}]""";
        Assert.Equal(granted, Sorted(tokens["authorization_details"]!));
        Assert.Equal("openid", tokens["scope"]!.GetValue<string>());
        Assert.Equal("""{"tier":"citizen"}""", TestSignIn.ClaimsOf(tokens)["membership"]!.ToJsonString());
        Assert.Equal("Lisbon", TestSignIn.ClaimsOf(tokens)["residency"]!["node"]!.GetValue<string>());
        using (var userInfo = await world.UserInfoAsync(Text(tokens, "access_token"))) Assert.Equal("""{"tier":"citizen"}""", (await userInfo.JsonAsync())["membership"]!.ToJsonString());

        using var renewed = await world.RefreshAsync(Text(tokens, "refresh_token"));
        Assert.Equal(granted, Sorted((await renewed.JsonAsync())["authorization_details"]!));
        foreach (var token in (string[])[Text(tokens, "access_token"), Text(tokens, "refresh_token")])
        {
            using var looked = await world.PostAsync("/introspect", ("token", token));
            Assert.Equal(granted, Sorted((await looked.JsonAsync())["authorization_details"]!));
        }

        // Who asked for none is told of none.
        await world.OpenAsync("openid");
        Assert.False((await world.SignInAsync(wallet)).ContainsKey("authorization_details"));
    }

    [Fact]
    public async Task They_come_pushed_and_signed_too()
    {
        var wallet = await _server.MemberAsync();
        var client = await TestFapiClient.RegisterAsync(_server);
        await client.VisitAsync(await client.PushedAsync(parameters => (parameters["authorization_details"], parameters["scope"], parameters["prompt"]) = (Tier, "openid", "login")));
        Assert.Equal("membership:tier", Asked(await wallet.FetchAsync(client.World.SameDeviceLink)));

        var signed = await client.SignedRequestAsync((_, claims) => (claims["authorization_details"], claims["scope"], claims["prompt"]) = (JsonNode.Parse(Tier), "openid", "login"));
        using (var pushed = await client.PushSignedAsync(signed)) await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed));
        Assert.Equal("membership:tier", Asked(await wallet.FetchAsync(client.World.SameDeviceLink)));

        using (var wrong = await client.PushAsync(parameters => parameters["authorization_details"] = Tier.Replace("tier", "node", StringComparison.Ordinal)))
            await wrong.RefusedAsync("invalid_authorization_details");
        using (var foreign = await client.PushSignedAsync(await client.SignedRequestAsync((_, claims) => claims["authorization_details"] = JsonNode.Parse("""[{"type":"payment"}]"""))))
            await foreign.RefusedAsync("invalid_authorization_details");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"type":"payment","credential_type":"membership"}]""")]
    [InlineData("""[{"type":"openid_credential","credential_configuration_id":"membership"}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation"}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"reputation"}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"citizenship"}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":[]}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["node"]}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":["tier","tier"]}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","claims":"tier"}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership","actions":["read"]}]""")]
    [InlineData("""[{"type":"urn:network-identity:credential-presentation","credential_type":"membership"},{"type":"payment"}]""")]
    public async Task What_is_not_understood_or_not_this_clients_to_ask_is_refused_and_not_left_out(string details)
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = Policy });
        using var refused = await world.AskAsync(parameters => parameters["authorization_details"] = details);
        refused.RefusedByRedirect("invalid_authorization_details", world.RedirectUri, world.State, _server.Issuer);
    }

    [Fact]
    public async Task They_are_chosen_before_a_member_sees_them_and_not_when_tokens_are_fetched()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server, request => request with { Policy = Policy });
        var code = await world.ProveAsync(wallet);
        using (var refused = await world.RedeemAsync(code, form => form["authorization_details"] = Tier)) await refused.RefusedAsync("invalid_authorization_details");
        await world.TokensAsync(code);
    }

    [Fact]
    public void At_most_so_many_are_read()
    {
        var one = new PresentationDetails("membership", ["tier"]).ToJson().ToJsonString();
        Assert.Equal(PresentationDetails.Max, PresentationDetails.Parse($"[{string.Join(',', Enumerable.Repeat(one, PresentationDetails.Max))}]").Count);
        Assert.ThrowsAny<Exception>(() => PresentationDetails.Parse($"[{string.Join(',', Enumerable.Repeat(one, PresentationDetails.Max + 1))}]"));
    }

    private static string Asked(JsonObject request) => string.Join(' ', request["dcql_query"]!["credentials"]!.AsArray().Select(one =>
        $"{one!["id"]}:{string.Join(',', (one["claims"] as JsonArray ?? []).Select(claim => claim!["path"]![0]!.GetValue<string>()))}"));

    /// <summary>With the claims in the order of the type's file.</summary>
    private static string Sorted(JsonNode details)
    {
        string[] order = ["tier", "residency_status", "node", "until"];
        foreach (var one in details.AsArray())
            one!["claims"] = new JsonArray([.. one["claims"]!.AsArray().Select(claim => claim!.GetValue<string>()).OrderBy(claim => Array.IndexOf(order, claim)).Select(claim => (JsonNode)claim)]);
        return details.ToJsonString();
    }

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();
}
