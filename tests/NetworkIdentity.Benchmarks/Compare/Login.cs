using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A login on its way: the browser, what the app keeps for it, and how far it came.</summary>
internal sealed class Login
{
    public Traffic.Browser Browser { get; } = new();

    public string Verifier { get; } = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where the browser is to go next.</summary>
    public string Next { get; set; } = "";

    /// <summary>The link that opens a wallet; empty where there is none.</summary>
    public string WalletLink { get; set; } = "";

    /// <summary>The code that the app got.</summary>
    public string Code { get; set; } = "";

    /// <summary>The app's authorization request [OIDC §3.1.2.1].</summary>
    public string RequestTo(string endpoint, App app) =>
        $"{endpoint}?response_type=code&client_id={app.ClientId}&redirect_uri={Uri.EscapeDataString(App.RedirectUri)}&scope=openid%20membership"
        + $"&state={Base64Url.Encode(RandomNumberGenerator.GetBytes(16))}&nonce={Base64Url.Encode(RandomNumberGenerator.GetBytes(16))}"
        + $"&code_challenge={Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier)))}&code_challenge_method=S256";

    /// <summary>The app redeems its code [OIDC §3.1.3.1].</summary>
    public async Task RedeemAsync(Traffic traffic, string endpoint, App app)
    {
        var tokens = await traffic.PostAsync(
            endpoint, app.Authorization, ("grant_type", "authorization_code"), ("code", Code), ("redirect_uri", App.RedirectUri), ("code_verifier", Verifier));
        if (!tokens.ContainsKey("id_token")) throw new InvalidOperationException("there is no ID token");
    }

    /// <summary>A confidential client with PKCE.</summary>
    internal sealed record App(string ClientId, string Secret)
    {
        public const string RedirectUri = "https://app.example/callback";

        public string Authorization { get; } = "Basic " + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{ClientId}:{Secret}"));
    }
}
