using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The wallet of somebody who applied, connected through the page while nothing is decided.</summary>
internal sealed partial class TestWaiting
{
    private readonly TestDesk _desk;

    private TestWaiting(TestDesk desk, TestApplicant person) => (_desk, Person) = (desk, person);

    public TestApplicant Person { get; }

    public TestWallet Wallet { get; private init; } = null!;

    public string OfferId { get; private init; } = "";

    /// <summary>The token of the code.</summary>
    public string Token { get; private set; } = "";

    public string RefreshToken { get; set; } = "";

    public string TransactionId { get; private set; } = "";

    /// <summary>Somebody applies, connects a wallet, and it proves its key.</summary>
    public static async Task<TestWaiting> BeginAsync(TestDesk desk, string name = "Kim") => await ConnectAsync(desk, await TestApplicant.ApplyAsync(desk, name, node: "Austin"));

    /// <summary>Somebody who applied connects a wallet, and it proves its key.</summary>
    public static async Task<TestWaiting> ConnectAsync(TestDesk desk, TestApplicant person)
    {
        var waiting = await OfferedAsync(desk, person);
        using var answer = await waiting.AskAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        waiting.TransactionId = (await answer.JsonAsync())["transaction_id"]!.GetValue<string>();
        return waiting;
    }

    /// <summary>Somebody who applied connects a wallet, and it has a token.</summary>
    public static async Task<TestWaiting> OfferedAsync(TestDesk desk, TestApplicant person)
    {
        var code = Digits().Match(await person.ReadAsync()).Groups["code"].Value;
        using var sent = await person.PressAsync("connect");
        Assert.True(sent.StatusCode == HttpStatusCode.SeeOther, await sent.Content.ReadAsStringAsync());
        var waiting = new TestWaiting(desk, person) { Wallet = new TestWallet(desk.Server), OfferId = sent.Headers.Location!.ToString().Split('/')[^1] };
        using var redeemed = await waiting.Wallet.RedeemAsync(await waiting.Wallet.CodeOfAsync(waiting.OfferId), code);
        var tokens = await redeemed.JsonAsync();
        (waiting.Token, waiting.RefreshToken) = (tokens["access_token"]!.GetValue<string>(), tokens["refresh_token"]!.GetValue<string>());
        return waiting;
    }

    /// <summary>Asks at the credential endpoint.</summary>
    public async Task<HttpResponseMessage> AskAsync(string? token = null, SigningKey? key = null) =>
        await Wallet.RequestCredentialAsync(token ?? Token, await Wallet.ProofAsync(await Wallet.NonceAsync(), key: key));

    /// <summary>Asks at the deferred credential endpoint.</summary>
    public Task<HttpResponseMessage> ReturnAsync(string? token = null, string? transactionId = null, TestServer? at = null) =>
        PostAsync(at ?? _desk.Server, token ?? Token, new JsonObject { ["transaction_id"] = transactionId ?? TransactionId }.ToJsonString());

    /// <summary>The same with another body.</summary>
    public static Task<HttpResponseMessage> PostAsync(TestServer server, string? token, string body, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.UrlHere("/deferred-credential")) { Content = new StringContent(body, System.Text.Encoding.UTF8, contentType) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return server.Http.SendAsync(request);
    }

    /// <summary>Shows a refresh token.</summary>
    public Task<HttpResponseMessage> RefreshAsync(string token, params (string Name, string Value)[] more) => _desk.Server.Http.PostAsync(
        _desk.Server.UrlHere("/token"),
        new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", token), .. more.Select(one => KeyValuePair.Create(one.Name, one.Value))]));

    /// <summary>Comes back after the token has ended: with another one.</summary>
    public async Task<string> RenewAsync()
    {
        using var answer = await RefreshAsync(RefreshToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var tokens = await answer.JsonAsync();
        RefreshToken = tokens["refresh_token"]!.GetValue<string>();
        return tokens["access_token"]!.GetValue<string>();
    }

    [GeneratedRegex("<span class=\"digits\" dir=\"ltr\">(?<code>[0-9]{6})</span>", RegexOptions.ExplicitCapture)]
    private static partial Regex Digits();
}
