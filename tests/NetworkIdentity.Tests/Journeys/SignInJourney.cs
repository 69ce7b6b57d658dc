using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>Journey 2, and the revocation half of journey 6: a member signs in, again with a new phone, and not once revoked.</summary>
public sealed class SignInJourney
{
    [Fact]
    public async Task A_member_shows_several_credentials_at_once_and_the_app_learns_of_each_what_it_asked_for()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.ResidentAsync();
        var client = (await NetidProcess.Beside(server).RunAsync(
            "client", "add", "--name", "Harbour House", "--redirect-uri", "https://house.example/callback", "--optional", "residency", "--optional", "reputation", "--json")).Json;

        // The app asks for membership alone today, and for all three tomorrow: its registration lets it.
        var world = TestSignIn.Of(server, client["client_id"]!.GetValue<string>(), client["client_secret"]!.GetValue<string>(), "https://house.example/callback");
        await world.OpenAsync();
        var today = Jws.Parse((await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
        Assert.Null(today["residency"]);

        await world.OpenAsync("openid membership residency reputation");
        var page = await world.Browser.GetStringAsync(world.Page);
        foreach (var asked in (string[])["Membership", "Residency", "Residency status", "Until", "Reputation", "Domain", "Band"]) Assert.Contains($"<bdi>{asked}</bdi>", page);
        var tomorrow = Jws.Parse((await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal(today["sub"]!.GetValue<string>(), tomorrow["sub"]!.GetValue<string>());
        Assert.Equal("citizen", tomorrow["membership"]!["tier"]!.GetValue<string>());
        Assert.Equal($$"""{"residency_status":"resident","node":"Lisbon","until":"{{server.Day(30)}}"}""", Sorted(tomorrow["residency"]!, "residency_status", "node", "until"));
        Assert.Equal("""{"domain":"hosting","band":"established"}""", Sorted(tomorrow["reputation"]!, "domain", "band"));
    }

    [Fact]
    public async Task A_member_signs_in_again_on_a_new_key_with_the_same_sub_and_is_refused_once_revoked()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync(null, ("tier", "citizen"), ("display_name", "Ana"));
        var first = await TestSignIn.BeginAsync(server);
        var claims = Jws.Parse((await first.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal("citizen", claims["membership"]!["tier"]!.GetValue<string>());
        Assert.Equal("the-nonce", claims["nonce"]!.GetValue<string>());
        Assert.Null(claims["membership"]!["display_name"]);

        var record = (await Registry.Credentials.ListAsync(server.Nation.Database))[0];
        var newPhone = await server.MemberAsync(record.MemberId);
        await first.OpenAsync();
        var again = Jws.Parse((await first.SignInAsync(newPhone))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal(claims["sub"]!.GetValue<string>(), again["sub"]!.GetValue<string>());
        Assert.Equal("citizen", again["membership"]!["tier"]!.GetValue<string>());

        await server.Nation.Revoker.RevokeAsync(record.Id, "left the nation's house on fire");
        await first.OpenAsync();
        using var refused = await wallet.AnswerAsync(await wallet.FetchAsync(first.SameDeviceLink));
        Assert.Contains("revoked", await refused.RefusedAsync("invalid_request"));
        Assert.Contains("This credential was revoked", await first.Browser.GetStringAsync(first.Page));
    }

    /// <summary>The members of an object in this order; there are no others.</summary>
    private static string Sorted(JsonNode said, params string[] names)
    {
        Assert.Equal(names.Order(), ((JsonObject)said).Select(claim => claim.Key).Order());
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, said[name]?.DeepClone()))).ToJsonString();
    }
}
