using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A sign-in that waits for a wallet, and a wallet with a credential: everything is right until a test breaks it.</summary>
internal sealed class TestPresentation
{
    private readonly string _issued;

    private TestPresentation(TestServer server, TestSignIn signIn, TestWallet wallet, JsonObject request)
    {
        (Server, SignIn, Wallet, Request) = (server, signIn, wallet, request);
        _issued = wallet.Credential;
    }

    public TestServer Server { get; }

    public TestSignIn SignIn { get; }

    public TestWallet Wallet { get; }

    /// <summary>The request of the same device, as the wallet fetched it.</summary>
    public JsonObject Request { get; }

    /// <summary>The credential with the disclosures that are asked for, without a key binding.</summary>
    public string Shown
    {
        get
        {
            var credential = SdJwt.Parse(Wallet.Credential);
            return SdJwt.Compact(credential.IssuerSigned.Compact, credential.Disclosures.Where(one => one.Name is "tier" or "member_since"));
        }
    }

    public static async Task<TestPresentation> BeginAsync(TestServer server, string responseMode = "direct_post.jwt", TestWallet? wallet = null)
    {
        wallet ??= await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server, request => request with { WalletResponseMode = responseMode });
        return new TestPresentation(server, signIn, wallet, await wallet.FetchAsync(signIn.SameDeviceLink));
    }

    /// <summary>Makes the wallet's credential anew with a change, by the nation's own keys unless a signer is given.</summary>
    public async Task<string> ForgeAsync(
        Action<JsonObject, JsonObject>? change = null,
        SigningKey? signer = null,
        IEnumerable<string>? disclosures = null,
        bool recorded = true) =>
        Wallet.Credential = await Forgery.CredentialAsync(Server.Nation, _issued, change, signer, disclosures, recorded);

    /// <summary>The key binding for this request; header and claims can be changed.</summary>
    public Task<string> BindAsync(string? withoutKeyBinding = null, Action<JsonObject, JsonObject>? change = null, SigningKey? key = null) =>
        Forgery.BindAsync(
            withoutKeyBinding ?? Shown,
            key ?? Wallet.Key,
            Request["client_id"]!.GetValue<string>(),
            Request["nonce"]!.GetValue<string>(),
            Server.Time.GetUtcNow(),
            change);

    /// <summary>The answer is refused at this step for this reason, and the page says so; returns the words for the wallet's makers.</summary>
    public Task<string> RefusedAsync(string presentation, string step, string reason) => RefusedAsync(TestWallet.VpToken(presentation), step, reason);

    /// <inheritdoc cref="RefusedAsync(string, string, string)"/>
    public async Task<string> RefusedAsync(JsonObject vpToken, string step, string reason)
    {
        using var answer = await Wallet.AnswerAsync(Request, vpToken);
        var words = await answer.RefusedAsync("invalid_request");
        Assert.Contains($" at step {step}: {reason}: ", words);
        var state = await StateAsync();
        Assert.Equal("failed", state["state"]!.GetValue<string>());
        Assert.Equal(reason, state["reason_code"]!.GetValue<string>());
        return words;
    }

    /// <summary>What the page's script sees.</summary>
    public async Task<JsonObject> StateAsync()
    {
        using var response = await SignIn.Browser.GetAsync(SignIn.Page + "/state");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    /// <summary>Nothing was proven by what came before, and a right answer to the same request still signs the member in.</summary>
    public async Task StillOpenAsync()
    {
        using (var early = await SignIn.Browser.GetAsync(SignIn.Page + "/continue"))
            Assert.Equal(SignIn.Page, early.Headers.Location?.ToString());
        await ForgeAsync();
        var tokens = await SignIn.SignInAsync(Wallet);
        Assert.NotNull(tokens["id_token"]);
    }
}
