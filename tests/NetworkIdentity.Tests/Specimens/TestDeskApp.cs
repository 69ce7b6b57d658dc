using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A program by which members decide: registered for the desk, signed in to by each of them, with tokens that are bound to a key.</summary>
internal sealed class TestDeskApp
{
    public const string Calls = "/api/desk/decisions";

    private readonly TestServer _server;
    private readonly SigningKey _key;

    private TestDeskApp(TestServer server, string clientId, SigningKey key) => (_server, ClientId, _key) = (server, clientId, key);

    public string ClientId { get; }

    /// <summary>Opens the desk for programs, if it is not open, and registers one.</summary>
    public static async Task<TestDeskApp> RegisterAsync(TestServer server, bool asksStewards = true)
    {
        var resource = new Resource(Resource.Desk(server.Nation.Keys.Nation), "The desk", [Resource.DeskScope], "ES256", null);
        if (await Resource.FindAsync(server.Nation.Database, resource.Identifier) is null) await resource.AddAsync(server.Nation.Database, server.Nation.Keys.Nation, server.Nation.Types, server.Time);
        var key = TestFapiClient.NewKey();
        var app = await TestFapiClient.RegisterAsync(server, isFapi2: false, key, request => request with
        {
            Metadata = request.Metadata with { Scopes = [Resource.DeskScope] },
            Policy = asksStewards ? ProofPolicy.Of([CredentialType.Membership], CredentialType.Steward) : ProofPolicy.Usual,
        });
        return new(server, app.ClientId, key);
    }

    /// <summary>A member signs in to it, on a device of their own; who holds a steward credential shows that too, unless another scope is asked for.</summary>
    public async Task<Device> AtAsync(TestWallet wallet, string? scope = null)
    {
        scope ??= wallet.Held.ContainsKey(CredentialType.Steward) ? "openid desk steward" : "openid desk";
        var client = Client();
        var tokens = await client.SignInAsync(wallet, parameters => (parameters["scope"], parameters["resource"]) = (scope, Resource.Desk(_server.Nation.Keys.Nation)));
        Assert.Equal(("DPoP", "desk"), ((string)tokens["token_type"]!, (string)tokens["scope"]!));
        return new(_server, client, tokens);
    }

    /// <summary>The program on one device, before anybody has signed in.</summary>
    public TestFapiClient Client() => TestFapiClient.Of(_server, ClientId, _key);

    /// <summary>The program on one device, with a member's tokens.</summary>
    internal sealed class Device(TestServer server, TestFapiClient client, JsonObject tokens)
    {
        public TestFapiClient Client => client;

        public string Token { get; set; } = (string)tokens["access_token"]!;

        public string RefreshToken => (string)tokens["refresh_token"]!;

        /// <summary>Calls: what is not given is done rightly.</summary>
        public async Task<HttpResponseMessage> CallAsync(
            string method, string path, object? body = null, string? match = null, string? key = null, string? token = null, string scheme = "DPoP", string? proof = "", TestServer? at = null)
        {
            token ??= Token;
            var request = new HttpRequestMessage(new HttpMethod(method), (at ?? server).UrlHere(path));
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}"));
            proof = proof is "" ? await client.ProofAsync(method, path, token) : proof;
            if (proof is not null) request.Headers.Add("DPoP", proof);
            if (match is not null) Assert.True(request.Headers.TryAddWithoutValidation("If-Match", match));
            if (key is not null) Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
            if (body is not null) request.Content = body is HttpContent content ? content : JsonContent.Create(body);

            // Who is refused for the length is answered before all of it is sent.
            request.Headers.ExpectContinue = request.Content?.Headers.ContentLength > 50_000;
            return await server.Http.SendAsync(request);
        }

        /// <summary>Proposes; the decision's id.</summary>
        public async Task<string> ProposeAsync(object body, string? key = null)
        {
            using var answer = await CallAsync("POST", Calls, body, key: key ?? RandomId.Secret());
            Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
            var json = await answer.JsonAsync();
            Assert.Equal(server.Nation.Keys.Nation.Url($"{Calls}/{json["id"]}"), answer.Headers.Location!.ToString());
            return (string)json["id"]!;
        }

        /// <summary>Reads a decision.</summary>
        public async Task<(JsonObject Decision, string Tag)> ReadAsync(string id)
        {
            using var answer = await CallAsync("GET", $"{Calls}/{id}");
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return (await answer.JsonAsync(), answer.Headers.ETag!.ToString());
        }

        /// <summary>Reads it, and acts on what was read.</summary>
        public async Task<HttpResponseMessage> ActAsync(string id, string verb, string? match = null) =>
            await CallAsync("POST", $"{Calls}/{id}/{verb}", match: match ?? (await ReadAsync(id)).Tag);
    }

    /// <summary>A refusal of the desk; returns its words.</summary>
    public static async Task<string> RefusedAsync(HttpResponseMessage answer, string code, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var problem = (JsonObject)JsonNode.Parse(text)!;
        Assert.Equal(["type", "title", "status", "detail"], problem.Select(member => member.Key));
        Assert.Equal(($"urn:network-identity:error:{code}", code, (long)status), ((string)problem["type"]!, (string)problem["title"]!, (long)problem["status"]!));
        return (string)problem["detail"]!;
    }
}
