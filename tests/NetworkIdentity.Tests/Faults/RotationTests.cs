using System.Net;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>Keys are followed by others while what they signed is under way (F9).</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task F9_what_the_keys_before_signed_is_taken_to_its_end_by_a_server_whose_keys_are_new()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var change = server.Nation.Keys.CurrentKey(KeyPurpose.Credential).RetireAfter;

        // Successors are made, and don't sign yet.
        await MoveToAsync(change - TimeSpan.FromDays(10));
        Assert.Equal(2, server.Nation.Keys.Keys.Count(key => key.Purpose == KeyPurpose.Credential));
        var successors = server.Nation.Keys.Keys.Where(key => key.NotBefore > server.Time.GetUtcNow()).ToList();
        Assert.Equal(["assertion", "credential", "id-token", "request", "statement", "status-list", "tls"], successors.Select(key => key.Purpose.Name).Distinct().Order());
        var moment = successors.Max(key => key.NotBefore);
        Assert.Equal(moment, successors.Min(key => key.NotBefore));
        await MoveToAsync(moment - TimeSpan.FromSeconds(30));

        // A credential, a request to a wallet, a code, an ID token with its access token, an access token and a nonce of the credential endpoint.
        var wallet = await server.MemberAsync();
        var asked = await TestSignIn.BeginAsync(server);
        var request = await wallet.FetchAsync(asked.SameDeviceLink);
        var proven = await TestSignIn.BeginAsync(server);
        var code = await proven.ProveAsync(wallet);
        var known = await TestSignIn.BeginAsync(server);
        var tokens = await known.SignInAsync(wallet);
        var joining = await TestIssuance.BeginAsync(server);
        var nonce = await joining.Wallet.NonceAsync();
        await using var beside = await server.StartBesideAsync();

        await MoveToAsync(moment + TimeSpan.FromSeconds(1));
        foreach (var successor in successors) Assert.Equal(successor.Kid, server.Nation.Keys.CurrentKey(successor.Purpose, successor.Algorithm).Kid);

        // All of it is good, at the server that has both and at one that has not heard of it.
        using (var answer = await wallet.AnswerAsync(request)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using (var redeemed = await proven.RedeemAsync(code, at: beside)) Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
        foreach (var at in (TestServer[])[server, beside])
        {
            using var info = await known.UserInfoAsync(tokens["access_token"]!.GetValue<string>(), at);
            Assert.Equal(HttpStatusCode.OK, info.StatusCode);
            using var jwks = await at.Http.GetAsync(at.UrlHere("/jwks"));
            var kids = (await jwks.JsonAsync())["keys"]!.AsArray().Select(key => key!["kid"]!.GetValue<string>()).ToList();
            Assert.Contains(Jws.Parse(tokens["id_token"]!.GetValue<string>()).KeyId, kids);
            foreach (var successor in successors.Where(key => key.Purpose == KeyPurpose.IdToken)) Assert.Contains(successor.Kid, kids);
        }

        await joining.StillOpenAsync(nonce);
        var next = await server.MemberAsync();
        Assert.NotEqual(KeyOf(wallet), KeyOf(next));
        foreach (var one in (TestWallet[])[wallet, next]) Assert.NotNull(await (await TestSignIn.BeginAsync(server)).SignInAsync(one));

        async Task MoveToAsync(DateTimeOffset when)
        {
            server.Time.Move(when - server.Time.GetUtcNow());
            await server.Nation.Keys.RenewAsync();
        }

        static string? KeyOf(TestWallet wallet) => SdJwt.Parse(wallet.Credential).IssuerSigned.KeyId;
    }
}
