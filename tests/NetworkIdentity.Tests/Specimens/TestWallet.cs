using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A wallet whose every step can be broken: what is not given is done rightly.</summary>
internal sealed class TestWallet(HttpClient http, string issuer, string address, TimeProvider time)
{
    public TestWallet(TestServer server)
        : this(server.Http, server.Issuer, server.Url(""), server.Time)
    {
    }

    /// <summary>The holder's key.</summary>
    public SigningKey Key { get; } = NewKey();

    /// <summary>The credentials it took, by type.</summary>
    public Dictionary<string, string> Held { get; } = [];

    /// <summary>The membership credential it took.</summary>
    public string Credential { get => Held.GetValueOrDefault("membership", ""); set => Held["membership"] = value; }

    /// <summary>The answer of the credential endpoint.</summary>
    public JsonObject? Issued { get; private set; }

    public string AccessToken { get; private set; } = "";

    public static SigningKey NewKey()
    {
        // A holder's JWK in a header has no alg or use of its own here: wallets mostly send the bare key.
        var key = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        return key;
    }

    /// <summary>Takes an offer: token, nonce, proof, credential.</summary>
    public async Task TakeAsync(string offerId, string? transactionCode = null)
    {
        var type = (await OfferAsync(offerId))["credential_configuration_ids"]![0]!.GetValue<string>();
        AccessToken = await TokenAsync(offerId, transactionCode);
        using var response = await RequestCredentialBodyAsync(AccessToken, RequestBody(type, await ProofAsync(await NonceAsync())));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Issued = (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Held[type] = Issued["credentials"]![0]!["credential"]!.GetValue<string>();
    }

    /// <summary>Fetches an offer, as a wallet does.</summary>
    public async Task<JsonObject> OfferAsync(string offerId) => (await http.GetFromJsonAsync<JsonObject>(Url($"/offer/{offerId}")))!;

    /// <summary>Fetches an offer, whatever comes.</summary>
    public Task<HttpResponseMessage> ShowAsync(string offerId) => http.GetAsync(Url($"/offer/{offerId}"));

    public async Task<string> CodeOfAsync(string offerId)
    {
        var offer = await OfferAsync(offerId);
        return offer["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
    }

    public async Task<string> TokenAsync(string offerId, string? transactionCode = null)
    {
        using var response = await RedeemAsync(await CodeOfAsync(offerId), transactionCode);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
    }

    public Task<HttpResponseMessage> RedeemAsync(string code, string? transactionCode = null, params (string, string)[] more)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"),
            new("pre-authorized_code", code),
        };
        if (transactionCode is not null) form.Add(new("tx_code", transactionCode));
        form.AddRange(more.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        return http.PostAsync(Url("/token"), new FormUrlEncodedContent(form));
    }

    public async Task<string> NonceAsync()
    {
        using var response = await http.PostAsync(Url("/nonce"), null);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["c_nonce"]!.GetValue<string>();
    }

    /// <summary>A key proof; header and claims can be changed before it is signed.</summary>
    public async Task<string> ProofAsync(string nonce, Action<JsonObject, JsonObject>? change = null, SigningKey? key = null)
    {
        key ??= Key;
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["jwk"] = Bare(key.PublicKey) };
        var claims = new JsonObject { ["aud"] = issuer, ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce };
        change?.Invoke(header, claims);
        return await Jws.SignAsync(Jws.ToBeSigned(header, claims), key);
    }

    /// <summary>A credential request with these proofs.</summary>
    public Task<HttpResponseMessage> RequestCredentialAsync(string accessToken, params string[] proofs) =>
        RequestCredentialBodyAsync(accessToken, RequestBody("membership", proofs));

    private static string RequestBody(string type, params string[] proofs) => new JsonObject
    {
        ["credential_configuration_id"] = type,
        ["proofs"] = new JsonObject { ["jwt"] = new JsonArray([.. proofs.Select(proof => (JsonNode)proof)]) },
    }.ToJsonString();

    /// <summary>A credential request with this body.</summary>
    public Task<HttpResponseMessage> RequestCredentialBodyAsync(string? accessToken, string body, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Url("/credential"))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, contentType),
        };
        if (accessToken is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return http.SendAsync(request);
    }

    /// <summary>Fetches a request object by the link of a sign-in page and returns its claims.</summary>
    public async Task<JsonObject> FetchAsync(string link)
    {
        var requestUri = Parameter(link, "request_uri");
        using var response = await http.GetAsync(requestUri);
        response.EnsureSuccessStatusCode();
        return Jws.Parse(await response.Content.ReadAsStringAsync()).Claims();
    }

    /// <summary>The credential with the named disclosures alone, and the key binding for a request.</summary>
    public async Task<string> PresentationAsync(
        JsonObject request, string[]? disclose = null, SigningKey? key = null, string? audience = null, string? nonce = null, DateTimeOffset? issuedAt = null,
        string type = "membership")
    {
        var sdJwt = SdJwt.Parse(Held[type]);
        var shown = sdJwt.Disclosures.Where(disclosure => (disclose ?? ["tier", "member_since"]).Contains(disclosure.Name));
        return await KeyBinding.CreateAsync(
            SdJwt.Compact(sdJwt.IssuerSigned.Compact, shown),
            key ?? Key,
            audience ?? request["client_id"]!.GetValue<string>(),
            nonce ?? request["nonce"]!.GetValue<string>(),
            issuedAt ?? time.GetUtcNow());
    }

    /// <summary>Answers a request with a vp_token, in the request's own response mode.</summary>
    public Task<HttpResponseMessage> AnswerAsync(JsonObject request, JsonObject vpToken, string? state = null)
    {
        state ??= request["state"]!.GetValue<string>();
        var form = request["response_mode"]!.GetValue<string>() == "direct_post.jwt"
            ? new Dictionary<string, string> { ["response"] = Encrypt(request, new JsonObject { ["vp_token"] = vpToken.DeepClone(), ["state"] = state }) }
            : new Dictionary<string, string> { ["vp_token"] = vpToken.ToJsonString(), ["state"] = state };
        return PostAsync(request, form);
    }

    /// <summary>Answers a request rightly: all that is asked, and of each what is asked.</summary>
    public async Task<HttpResponseMessage> AnswerAsync(JsonObject request) => await AnswerAsync(request, await VpTokenAsync(request));

    /// <summary>The vp_token that answers each credential query with the credential of the type that it is named for.</summary>
    public async Task<JsonObject> VpTokenAsync(JsonObject request)
    {
        var vpToken = new JsonObject();
        foreach (var query in (JsonArray)request["dcql_query"]!["credentials"]!)
        {
            var id = query!["id"]!.GetValue<string>();
            var asked = (query["claims"] as JsonArray ?? []).Select(claim => claim!["path"]![0]!.GetValue<string>());
            vpToken[id] = new JsonArray(await PresentationAsync(request, [.. asked], type: id));
        }

        return vpToken;
    }

    /// <summary>Posts a form to a request's response URI.</summary>
    public Task<HttpResponseMessage> PostAsync(JsonObject request, Dictionary<string, string> form) =>
        http.PostAsync(request["response_uri"]!.GetValue<string>(), new FormUrlEncodedContent(form));

    /// <summary>Encrypts an answer to the request's key.</summary>
    public static string Encrypt(JsonObject request, JsonObject answer, string enc = "A256GCM") => Jwe.Encrypt(
        StrictJson.Write(answer), Jwk.Parse((JsonObject)request["client_metadata"]!["jwks"]!["keys"]![0]!.DeepClone()), enc);

    /// <summary>A vp_token with one presentation.</summary>
    public static JsonObject VpToken(string presentation, string id = "membership") => new() { [id] = new JsonArray(presentation) };

    /// <summary>A parameter of a link.</summary>
    public static string Parameter(string link, string name) =>
        System.Web.HttpUtility.ParseQueryString(link[(link.IndexOf('?', StringComparison.Ordinal) + 1)..])[name]!;

    private string Url(string path) => address + path;

    private static JsonObject Bare(Jwk key) => (key with { Kid = null, Alg = null, Use = null }).ToJson();
}
