using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Keys that are replaced while the server runs, as an app and a wallet see it.</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task Who_belonged_before_signs_in_after_every_key_was_replaced_and_so_does_who_joins_then()
    {
        await using var server = await TestServer.StartAsync();
        var (before, first) = (await server.MemberAsync(), await TestSignIn.BeginAsync(server));
        var kid = KidOf(await first.SignInAsync(before));
        foreach (var purpose in KeyRotation.Purposes) await new KeyRotation(server.Nation.Database, server.Nation.Keys, server.Time).RotateAsync(purpose, atOnce: true);
        await server.RenewKeysAsync();

        var (after, second) = (await server.MemberAsync(), await TestSignIn.BeginAsync(server));
        var tokens = await second.SignInAsync(before);
        Assert.NotEqual(kid, KidOf(tokens));
        var keys = JsonNode.Parse(await server.Http.GetStringAsync(server.Url("/jwks")))!["keys"]!.AsArray().Select(key => (string?)key!["kid"]).ToList();
        Assert.Contains(kid, keys);
        Assert.Contains(KidOf(tokens), keys);
        Assert.NotEmpty((await (await TestSignIn.BeginAsync(server)).SignInAsync(after))["id_token"]!.GetValue<string>());
    }

    private static string KidOf(JsonObject tokens) => Jws.Parse(tokens["id_token"]!.GetValue<string>()).Header["kid"]!.GetValue<string>();
}
