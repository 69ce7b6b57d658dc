using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>Journey 2, and the revocation half of journey 6: a member signs in, again with a new phone, and not once revoked.</summary>
public sealed class SignInJourney
{
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
}
