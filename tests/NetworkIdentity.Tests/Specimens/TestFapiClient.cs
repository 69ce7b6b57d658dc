using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A partner that signs its assertions, pushes its requests and proves a key; what is not given is done rightly. Each of its JWTs can be broken.</summary>
internal sealed class TestFapiClient
{
    public const string RedirectUri = "https://app.example/callback";

    private readonly TestServer _server;

    private TestFapiClient(TestServer server, string clientId, SigningKey key)
    {
        (_server, ClientId, Key) = (server, clientId, key);
        World = new TestSignIn(server, clientId, null, RedirectUri);
    }

    /// <summary>Changes the header and the claims of a JWT before it is signed.</summary>
    public delegate void Change(JsonObject header, JsonObject claims);

    public string ClientId { get; }

    /// <summary>The key of its assertions and requests.</summary>
    public SigningKey Key { get; }

    /// <summary>The key that its tokens are bound to.</summary>
    public SigningKey ProofKey { get; set; } = NewKey();

    /// <summary>Its member's browser.</summary>
    public TestSignIn World { get; }

    /// <summary>One that was registered before.</summary>
    public static TestFapiClient Of(TestServer server, string clientId, SigningKey key) => new(server, clientId, key);

    /// <summary>The client id, the proof key and the browser of this client, with the key of another.</summary>
    public TestFapiClient With(SigningKey key) => new(_server, ClientId, key) { ProofKey = ProofKey };

    public static SigningKey NewKey(string algorithm = "ES256") => algorithm switch
    {
        "ES256" => SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
        "RS256" or "PS256" => SigningKey.FromRsa(RSA.Create(2048), algorithm: algorithm),
        _ => SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32), algorithm: algorithm),
    };

    public static JsonObject JwksOf(params SigningKey[] keys) => new() { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key.PublicKey.ToJson())]) };

    /// <summary>Registers one: of the class fapi2, or an ordinary one that authenticates by its key.</summary>
    public static async Task<TestFapiClient> RegisterAsync(
        TestServer server, bool isFapi2 = true, SigningKey? key = null, Func<ClientRegistration.Request, ClientRegistration.Request>? change = null)
    {
        key ??= NewKey();
        var request = new ClientRegistration.Request
        {
            Name = "Example Bank",
            RedirectUris = [RedirectUri],
            Authentication = ClientCredentials.PrivateKeyJwt,
            Metadata = new ClientMetadata
            {
                Profile = isFapi2 ? ClientMetadata.Fapi2 : null,
                Jwks = JwksOf(key),
                GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant],
            },
        };
        var (clientId, secret) = await server.Nation.Registration.RegisterAsync(change?.Invoke(request) ?? request);
        Assert.Null(secret);
        return new(server, clientId, key);
    }

    /// <summary>Signs a header and claims as they are, under the header's <c>alg</c> or whatever it says.</summary>
    public static async Task<string> SignAsync(JsonObject header, JsonObject claims, SigningKey key) => await Jws.SignAsync(Jws.ToBeSigned(header, claims), key);

    /// <summary>A client assertion.</summary>
    public Task<string> AssertionAsync(Change? change = null, SigningKey? key = null)
    {
        key ??= Key;
        var header = new JsonObject { ["alg"] = key.Algorithm, ["kid"] = key.KeyId };
        var claims = new JsonObject
        {
            ["iss"] = ClientId,
            ["sub"] = ClientId,
            ["aud"] = _server.Issuer,
            ["jti"] = RandomId.Secret(),
            ["iat"] = Now(),
            ["exp"] = Now() + 60,
        };
        change?.Invoke(header, claims);
        return SignAsync(header, claims, key);
    }

    /// <summary>A proof of possession, with the nonce that the server has now.</summary>
    public Task<string> ProofAsync(string method, string path, string? accessToken = null, Change? change = null, SigningKey? key = null)
    {
        key ??= ProofKey;
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.Bare().ToJson() };
        var claims = new JsonObject
        {
            ["jti"] = RandomId.Secret(),
            ["htm"] = method,
            ["htu"] = _server.Nation.Keys.Nation.Url(path),
            ["iat"] = Now(),
            ["nonce"] = _server.Nation.DpopNonces.Current,
        };
        if (accessToken is not null) claims["ath"] = Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(accessToken)));
        change?.Invoke(header, claims);
        return SignAsync(header, claims, key);
    }

    /// <summary>A signed request with the parameters of a good one.</summary>
    public Task<string> SignedRequestAsync(Change? change = null, SigningKey? key = null)
    {
        key ??= Key;
        var header = new JsonObject { ["typ"] = "oauth-authz-req+jwt", ["alg"] = key.Algorithm, ["kid"] = key.KeyId };
        var claims = new JsonObject { ["iss"] = ClientId, ["aud"] = _server.Issuer, ["nbf"] = Now(), ["iat"] = Now(), ["exp"] = Now() + 300, ["jti"] = RandomId.Secret() };
        foreach (var (name, value) in Parameters()) claims[name] = value;
        change?.Invoke(header, claims);
        return SignAsync(header, claims, key);
    }

    /// <summary>The parameters of a good request, of which those that are null are not sent.</summary>
    public Dictionary<string, string?> Parameters(Action<Dictionary<string, string?>>? change = null)
    {
        var parameters = QueryHelpers.ParseQuery(new Uri(World.AuthorizeUrl()).Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        change?.Invoke(parameters);
        return parameters;
    }

    /// <summary>A form, with an assertion unless it has credentials of its own, and a proof where one is given.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, IReadOnlyDictionary<string, string?> form, string? proof = null, TestServer? at = null)
    {
        // A form that names client_assertion or client_secret authenticates by that, or by nothing.
        var all = form.ToDictionary();
        if (!all.ContainsKey("client_assertion") && !all.ContainsKey("client_secret"))
            (all["client_assertion_type"], all["client_assertion"]) = (ClientAssertion.Type, await AssertionAsync());
        var request = new HttpRequestMessage(HttpMethod.Post, (at ?? _server).UrlHere(path)) { Content = new FormUrlEncodedContent(all.Where(pair => pair.Value is not null)!) };
        if (proof is not null) request.Headers.Add("DPoP", proof);
        return await _server.Http.SendAsync(request);
    }

    /// <summary>Pushes a request.</summary>
    public Task<HttpResponseMessage> PushAsync(Action<Dictionary<string, string?>>? change = null, string? proof = null, TestServer? at = null) =>
        PostAsync("/par", Parameters(change), proof, at);

    /// <summary>Pushes a request object that was signed.</summary>
    public Task<HttpResponseMessage> PushSignedAsync(string request) =>
        PostAsync("/par", new Dictionary<string, string?> { ["client_id"] = ClientId, ["request"] = request });

    /// <summary>The request_uri of an answer.</summary>
    public static async Task<string> UriOfAsync(HttpResponseMessage pushed)
    {
        Assert.True(pushed.StatusCode == HttpStatusCode.Created, await pushed.Content.ReadAsStringAsync());
        var json = await pushed.JsonAsync();
        Assert.Equal(60, json["expires_in"]!.GetValue<long>());
        Assert.True(pushed.Headers.CacheControl?.NoStore);
        return json["request_uri"]!.GetValue<string>();
    }

    /// <summary>Pushes a request; returns its request_uri.</summary>
    public async Task<string> PushedAsync(Action<Dictionary<string, string?>>? change = null)
    {
        using var pushed = await PushAsync(change);
        return await UriOfAsync(pushed);
    }

    /// <summary>The authorization URL of a pushed request, and whatever else stands beside it.</summary>
    public string UrlOf(string requestUri, params (string Name, string Value)[] beside) => QueryHelpers.AddQueryString(
        _server.Url("/authorize"), new[] { ("client_id", ClientId), ("request_uri", requestUri) }.Concat(beside).Select(pair => KeyValuePair.Create(pair.Item1, (string?)pair.Item2)));

    /// <summary>The browser goes to the sign-in page of a pushed request.</summary>
    public async Task VisitAsync(string requestUri, params (string Name, string Value)[] beside)
    {
        using var response = await World.Browser.GetAsync(UrlOf(requestUri, beside));
        await World.FollowAsync(response);
    }

    /// <summary>A member proves; returns the code.</summary>
    public async Task<string> CodeAsync(TestWallet wallet, Action<Dictionary<string, string?>>? change = null)
    {
        await VisitAsync(await PushedAsync(parameters =>
        {
            parameters["prompt"] = "login";
            change?.Invoke(parameters);
        }));
        return await World.ProveAsync(wallet);
    }

    /// <summary>Redeems a code, with a proof of the key unless another or none is given.</summary>
    public async Task<HttpResponseMessage> RedeemAsync(string code, Action<Dictionary<string, string?>>? change = null, string? proof = "", TestServer? at = null)
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = RedirectUri, ["code_verifier"] = World.Verifier };
        change?.Invoke(form);
        return await PostAsync("/token", form, proof is "" ? await ProofAsync("POST", "/token") : proof, at);
    }

    /// <summary>Asks for new tokens.</summary>
    public async Task<HttpResponseMessage> RefreshAsync(string refreshToken, Action<Dictionary<string, string?>>? change = null, string? proof = "")
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };
        change?.Invoke(form);
        return await PostAsync("/token", form, proof is "" ? await ProofAsync("POST", "/token") : proof);
    }

    /// <summary>The whole way; returns the tokens.</summary>
    public async Task<JsonObject> SignInAsync(TestWallet wallet, Action<Dictionary<string, string?>>? change = null)
    {
        using var response = await RedeemAsync(await CodeAsync(wallet, change));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    /// <summary>A userinfo request: with a proof of the key, unless others or none are given.</summary>
    public async Task<HttpResponseMessage> UserInfoAsync(string accessToken, IReadOnlyList<string>? proofs = null, string scheme = "DPoP", TestServer? at = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, (at ?? _server).UrlHere("/userinfo"));
        Assert.True(request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {accessToken}"));
        foreach (var proof in proofs ?? [await ProofAsync("GET", "/userinfo", accessToken)]) Assert.True(request.Headers.TryAddWithoutValidation("DPoP", proof));
        return await _server.Http.SendAsync(request);
    }

    private long Now() => _server.Time.GetUtcNow().ToUnixTimeSeconds();
}
