using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A wallet with an access token that is about to ask for its credential: everything is right until a test breaks it.</summary>
internal sealed class TestIssuance
{
    private readonly TestServer _server;

    private TestIssuance(TestServer server, TestWallet wallet, string offerId, string memberId, string token) =>
        (_server, Wallet, OfferId, MemberId, Token) = (server, wallet, offerId, memberId, token);

    public TestWallet Wallet { get; }

    public string OfferId { get; }

    public string MemberId { get; }

    public string Token { get; }

    public static async Task<TestIssuance> BeginAsync(TestServer server)
    {
        var wallet = new TestWallet(server);
        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        return new TestIssuance(server, wallet, made.Id, made.MemberId, await wallet.TokenAsync(made.Id));
    }

    /// <summary>A right request, on a fresh nonce.</summary>
    public async Task<HttpResponseMessage> RequestAsync(SigningKey? key = null) =>
        await Wallet.RequestCredentialAsync(Token, await Wallet.ProofAsync(await Wallet.NonceAsync(), key: key));

    /// <summary>The records that the offer has led to.</summary>
    public Task<IReadOnlyList<Credentials.Row>> RecordsAsync() => Credentials.OfOfferAsync(_server.Nation.Database, OfferId);

    /// <summary>Nothing was recorded, and the right request (on <paramref name="nonce"/>, which was not spent) still gets the credential.</summary>
    public async Task StillOpenAsync(string? nonce = null)
    {
        Assert.Empty(await RecordsAsync());
        Assert.Equal(Member.Offered, (await Members.FindAsync(_server.Nation.Database, MemberId))!.State);
        using var taken = await Wallet.RequestCredentialAsync(Token, await Wallet.ProofAsync(nonce ?? await Wallet.NonceAsync()));
        Assert.True(taken.StatusCode == HttpStatusCode.OK, await taken.Content.ReadAsStringAsync());
        Assert.Single(await RecordsAsync());
    }

    /// <summary>The credentials of an answer.</summary>
    public static async Task<IReadOnlyList<string>> CredentialsAsync(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        Assert.True(response.Headers.CacheControl?.NoStore);
        return [.. ((JsonArray)(await response.JsonAsync())["credentials"]!).Select(one => one!["credential"]!.GetValue<string>())];
    }
}
