using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A developer who registers apps at /register: what is not given is done rightly.</summary>
internal sealed class TestRegistrar(TestServer server)
{
    private static readonly Lazy<JsonObject> Key = new(() =>
    {
        using var rsa = RSA.Create(2048);
        var parameters = rsa.ExportParameters(false);
        return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = "one", ["n"] = Base64Url.Encode(parameters.Modulus!), ["e"] = Base64Url.Encode(parameters.Exponent!) };
    });

    /// <summary>A public key of an app.</summary>
    public static JsonObject PublicKey => (JsonObject)Key.Value.DeepClone();

    /// <summary>What an app registers, as the conformance suite writes it; a member that is null is not there.</summary>
    public static JsonObject Document(params (string Name, JsonNode? Value)[] change)
    {
        var document = new JsonObject
        {
            ["client_name"] = "Example App",
            ["redirect_uris"] = new JsonArray("https://app.example/callback"),
            ["grant_types"] = new JsonArray("authorization_code"),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = "client_secret_basic",
            ["jwks"] = new JsonObject { ["keys"] = new JsonArray(PublicKey) },
            ["contacts"] = new JsonArray("developers@app.example"),
        };
        foreach (var (name, value) in change)
        {
            document.Remove(name);
            if (value is not null) document[name] = value.DeepClone();
        }

        return document;
    }

    /// <summary>An initial access token.</summary>
    public async Task<string> TokenAsync(Func<DynamicRegistration.Terms, DynamicRegistration.Terms>? change = null)
    {
        var terms = new DynamicRegistration.Terms();
        return (await server.Nation.DynamicRegistration.MakeTokenAsync(change?.Invoke(terms) ?? terms)).Token;
    }

    /// <summary>A request to a registration endpoint.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, string? token, JsonObject? body = null)
    {
        var request = new HttpRequestMessage(method, url);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new ByteArrayContent(StrictJson.Write(body)) { Headers = { ContentType = new("application/json") } };
        return server.Http.SendAsync(request);
    }

    /// <summary>POST /register.</summary>
    public Task<HttpResponseMessage> PostAsync(string? token, JsonObject body) => SendAsync(HttpMethod.Post, server.Url("/register"), token, body);

    /// <summary>An app that was registered, as it was told.</summary>
    public async Task<JsonObject> RegisterAsync(params (string Name, JsonNode? Value)[] change)
    {
        using var response = await PostAsync(await TokenAsync(), Document(change));
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    /// <summary>The app's page of a sign-in, opened in a browser.</summary>
    public async Task<TestSignIn> OpenAsync(JsonObject registered)
    {
        var world = new TestSignIn(server, Text(registered, "client_id"), registered["client_secret"]?.GetValue<string>(), registered["redirect_uris"]![0]!.GetValue<string>());
        await world.OpenAsync();
        return world;
    }

    public static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();
}
