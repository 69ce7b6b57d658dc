using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A partner and a member's browser on the way through a sign-in: what is not given is done rightly.</summary>
internal sealed partial class TestSignIn
{
    private readonly TestServer _server;
    private readonly string _clientId;
    private readonly string? _secret;
    private readonly string _redirectUri;

    /// <summary>A partner that was registered before, and a browser that may have cookies.</summary>
    public TestSignIn(TestServer server, string clientId, string? secret, string redirectUri, HttpClient? browser = null)
    {
        (_server, _clientId, _secret, _redirectUri) = (server, clientId, secret, redirectUri);
        Browser = browser ?? TestServer.NewBrowser();
    }

    /// <summary>The member's browser, with the cookie of this sign-in.</summary>
    public HttpClient Browser { get; }

    public string Verifier { get; } = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    public string State { get; } = "the-state";

    public string Nonce { get; } = "the-nonce";

    /// <summary>The sign-in page's address.</summary>
    public string Page { get; private set; } = "";

    /// <summary>The link for a wallet on the same device.</summary>
    public string SameDeviceLink { get; private set; } = "";

    /// <summary>The link in the QR; empty where the page offers none.</summary>
    public string CrossDeviceLink { get; private set; } = "";

    /// <summary>The link of the request for another device, also where the page doesn't offer it.</summary>
    public async Task<string> HiddenCrossDeviceLinkAsync()
    {
        var id = await _server.Nation.Database.ReadAsync(connection => Dapper.SqlMapper.QueryFirstAsync<string>(
            connection, "SELECT id FROM presentation_request WHERE flow = @flow AND sign_in_id = @signIn", new { flow = PresentationRequests.CrossDevice, signIn = Page.Split('/')[^1] }));
        return _server.Nation.Presentations.Link((await PresentationRequests.FindAsync(_server.Nation.Database, id))!);
    }

    /// <summary>A partner that was registered elsewhere; its page is not open yet.</summary>
    public static TestSignIn Of(TestServer server, string clientId, string? secret, string redirectUri) => new(server, clientId, secret, redirectUri);

    /// <summary>Registers a partner and opens its sign-in page.</summary>
    public static async Task<TestSignIn> BeginAsync(
        TestServer server, Func<SigningIn.ClientRegistration.Request, SigningIn.ClientRegistration.Request>? change = null, string scope = "openid membership")
    {
        var registration = new SigningIn.ClientRegistration.Request { Name = "Example App", RedirectUris = ["https://app.example/callback"] };
        registration = change?.Invoke(registration) ?? registration;
        var (clientId, secret) = await server.Nation.Registration.RegisterAsync(registration);
        var signIn = new TestSignIn(server, clientId, secret, registration.RedirectUris[0]);
        await signIn.OpenAsync(scope);
        return signIn;
    }

    public string ClientId => _clientId;

    public string? Secret => _secret;

    public string RedirectUri => _redirectUri;

    /// <summary>Opens the page, as the redirect of the partner does: a new proof is asked for, whoever has a session.</summary>
    public async Task OpenAsync(string scope = "openid membership", Action<Dictionary<string, string?>>? change = null)
    {
        using var response = await Browser.GetAsync(AuthorizeUrl(parameters =>
        {
            parameters["scope"] = scope;
            parameters["prompt"] = "login";
            change?.Invoke(parameters);
        }));
        await FollowAsync(response);
    }

    /// <summary>Goes to the page that an authorization request was answered with.</summary>
    public async Task FollowAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Page = response.Headers.Location!.ToString();
        var links = LinksOf(await Browser.GetStringAsync(Page));
        SameDeviceLink = links[0];
        CrossDeviceLink = links.FirstOrDefault(link => link != SameDeviceLink) ?? "";
    }

    /// <summary>The wallet links of a sign-in page: that of the same device first.</summary>
    public static IReadOnlyList<string> LinksOf(string html) => [.. WalletLink().Matches(html).Select(match => WebUtility.HtmlDecode(match.Value)).Distinct()];

    /// <summary>The authorization request; parameters can be changed.</summary>
    public string AuthorizeUrl(Action<Dictionary<string, string?>>? change = null)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = _clientId,
            ["redirect_uri"] = _redirectUri,
            ["response_type"] = "code",
            ["scope"] = "openid membership",
            ["state"] = State,
            ["nonce"] = Nonce,
            ["code_challenge"] = Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        change?.Invoke(parameters);
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(_server.Url("/authorize"), parameters.Where(pair => pair.Value is not null));
    }

    /// <summary>A wallet proves on the same device, and the browser follows; returns the code.</summary>
    public async Task<string> ProveAsync(TestWallet wallet)
    {
        using var response = await Browser.GetAsync(await AnswerAsync(wallet, SameDeviceLink));
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return TestWallet.Parameter(response.Headers.Location!.ToString(), "code");
    }

    /// <summary>What the page's script hears of the state.</summary>
    public async Task<string> StateAsync()
    {
        using var response = await Browser.GetAsync(Page + "/state");
        return (await response.JsonAsync())["state"]!.GetValue<string>();
    }

    /// <summary>The browser goes on to the app; the code.</summary>
    public async Task<string> ContinueAsync()
    {
        using var response = await Browser.GetAsync(Page + "/continue");
        Assert.StartsWith(RedirectUri + "?code=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        return TestWallet.Parameter(response.Headers.Location!.ToString(), "code");
    }

    /// <summary>The browser was sent back to the app with a code, which is good.</summary>
    public async Task RedeemedAsync(HttpResponseMessage back)
    {
        Assert.StartsWith(RedirectUri + "?code=", back.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var redeemed = await RedeemAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code"));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    /// <summary>A wallet answers the request behind a link; returns where it sends its holder's browser.</summary>
    public static async Task<string> AnswerAsync(TestWallet wallet, string link)
    {
        using var answer = await wallet.AnswerAsync(await wallet.FetchAsync(link));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["redirect_uri"]!.GetValue<string>();
    }

    /// <summary>The number that the page shows to the browser that asked, once a wallet has answered on another device.</summary>
    public async Task<string> NumberAsync() => Digits().Match(await Browser.GetStringAsync(Page)).Groups["digits"].Value;

    /// <summary>The wallet's holder opens the page that the wallet was sent to, on another device, and chooses a number: that of the browser, where none is given.</summary>
    /// <returns>The page that comes of it.</returns>
    public async Task<string> ConfirmAsync(string back, string? number = null, HttpClient? phone = null)
    {
        phone ??= TestServer.NewBrowser();
        var form = WebUtility.HtmlDecode(ConfirmForm().Match(await phone.GetStringAsync(back)).Groups["url"].Value);
        using var chosen = await phone.PostAsync(form, new FormUrlEncodedContent([KeyValuePair.Create("number", number ?? await NumberAsync())]));
        Assert.Equal(HttpStatusCode.SeeOther, chosen.StatusCode);
        Assert.Equal(back, chosen.Headers.Location!.ToString());
        return await phone.GetStringAsync(back);
    }

    /// <summary>A wallet on another device proves, its holder chooses the number, and the browser that asked goes on; returns the code.</summary>
    public async Task<string> ProveElsewhereAsync(TestWallet wallet, HttpClient? phone = null)
    {
        await ConfirmAsync(await AnswerAsync(wallet, CrossDeviceLink), phone: phone);
        using var response = await Browser.GetAsync(Page + "/continue");
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return TestWallet.Parameter(response.Headers.Location!.ToString(), "code");
    }

    /// <summary>A token request; parameters can be changed. Authenticates with Basic where there is a secret.</summary>
    public Task<HttpResponseMessage> RedeemAsync(
        string code, Action<Dictionary<string, string?>>? change = null, bool basic = true, TestServer? at = null)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = _redirectUri,
            ["code_verifier"] = Verifier,
        };
        if (_secret is null) form["client_id"] = _clientId;
        change?.Invoke(form);
        var request = new HttpRequestMessage(HttpMethod.Post, (at ?? _server).UrlHere("/token"))
        {
            Content = new FormUrlEncodedContent(form.Where(pair => pair.Value is not null)!),
        };
        if (basic && _secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{_clientId}:{_secret}")));
        return _server.Http.SendAsync(request);
    }

    /// <summary>A form to one of the client's endpoints, with its secret where it has one.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] form)
    {
        IEnumerable<(string Name, string Value)> all = _secret is null ? [.. form, ("client_id", _clientId)] : form;
        var request = new HttpRequestMessage(HttpMethod.Post, _server.UrlHere(path))
        {
            Content = new FormUrlEncodedContent(all.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (_secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{_clientId}:{_secret}")));
        return _server.Http.SendAsync(request);
    }

    /// <summary>Asks for new tokens.</summary>
    public Task<HttpResponseMessage> RefreshAsync(string refreshToken, params (string Name, string Value)[] more) =>
        PostAsync("/token", [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. more]);

    /// <summary>An authorization request in the browser, as it is answered.</summary>
    public Task<HttpResponseMessage> AskAsync(Action<Dictionary<string, string?>>? change = null) => Browser.GetAsync(AuthorizeUrl(change));

    /// <summary>The code that an authorization request is answered with at once.</summary>
    public async Task<string> CodeAtOnceAsync(Action<Dictionary<string, string?>>? change = null)
    {
        using var response = await AskAsync(change);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var location = response.Headers.Location!.ToString();
        Assert.StartsWith(_redirectUri + "?", location, StringComparison.Ordinal);
        return TestWallet.Parameter(location, "code");
    }

    /// <summary>Redeems a code.</summary>
    public async Task<JsonObject> TokensAsync(string code)
    {
        using var response = await RedeemAsync(code);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    /// <summary>The claims of an ID token, unverified.</summary>
    public static JsonObject ClaimsOf(JsonObject tokens) => Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims();

    /// <summary>A userinfo request with this access token.</summary>
    public Task<HttpResponseMessage> UserInfoAsync(string accessToken, TestServer? at = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, (at ?? _server).UrlHere("/userinfo"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return _server.Http.SendAsync(request);
    }

    /// <summary>The whole way: proves and redeems.</summary>
    public async Task<JsonObject> SignInAsync(TestWallet wallet)
    {
        using var response = await RedeemAsync(await ProveAsync(wallet));
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    [GeneratedRegex("class=\"digits\" dir=\"ltr\">(?<digits>[0-9]+)<", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();

    [GeneratedRegex("action=\"(?<url>[^\"]*/sign-in/confirm[^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex ConfirmForm();

    [GeneratedRegex("openid4vp://[^\"<]+", RegexOptions.NonBacktracking)]
    private static partial Regex WalletLink();
}
