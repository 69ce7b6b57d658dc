using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Server;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A server with VCALM instances, open to programs of this machine unless a test says otherwise.</summary>
public sealed class TestInstances : IAsyncLifetime
{
    public const string V2 = "https://www.w3.org/ns/credentials/v2";

    private static readonly VcalmSettings Usual = new(true, [
        new("eddsa", "eddsa-jcs-2022", "Ed25519"),
        new("p256", "ecdsa-jcs-2019", "P-256"),
        new("p384", "ecdsa-jcs-2019", "P-384"),
        new("jwt", "vc+jwt", "P-256"),
        new("status", "eddsa-jcs-2022", "Ed25519") { HasStatus = true },
        new("jwt-status", "vc+jwt", "Ed25519") { HasStatus = true },
        new("examples", "eddsa-jcs-2022", "Ed25519") { KnowsExamples = true },
        new("narrow", "eddsa-jcs-2022", "Ed25519") { Issuers = ["did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"] },
    ]);

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await StartAsync(isOpen: true);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    internal static Task<TestServer> StartAsync(bool isOpen) => TestServer.StartAsync(change: settings => settings with { Vcalm = Usual with { IsOpen = isOpen } });

    internal Instance Of(string name) => Server.Nation.Instances.Find(name)!;

    /// <summary>A credential that an instance would issue.</summary>
    internal JsonObject Credential(string instance, params (string Name, JsonNode? Value)[] more)
    {
        var json = new JsonObject
        {
            ["@context"] = new JsonArray(V2),
            ["type"] = new JsonArray("VerifiableCredential"),
            ["issuer"] = Of(instance).Did,
            ["credentialSubject"] = new JsonObject { ["id"] = "did:example:someone" },
        };
        foreach (var (name, value) in more) json[name] = value?.DeepClone();
        return json;
    }

    /// <summary>Calls an instance.</summary>
    internal Task<HttpResponseMessage> PostAsync(string instance, string path, JsonNode body) => Server.Http.PostAsJsonAsync(Server.Url($"/instances/{instance}{path}"), body);

    /// <summary>Calls an instance; its status and what it says.</summary>
    internal async Task<(HttpStatusCode Status, JsonObject Body)> AskAsync(string instance, string path, JsonNode body)
    {
        using var response = await PostAsync(instance, path, body);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return (response.StatusCode, await response.JsonAsync());
    }

    /// <summary>A credential that an instance issued.</summary>
    internal async Task<JsonObject> IssueAsync(string instance, JsonObject? credential = null, JsonObject? options = null)
    {
        var (status, body) = await AskAsync(instance, "/credentials/issue", new JsonObject { ["credential"] = (credential ?? Credential(instance)).DeepClone(), ["options"] = options ?? [] });
        Assert.True(status == HttpStatusCode.Created, body.ToJsonString());
        Assert.Equal(["verifiableCredential"], body.Select(member => member.Key));
        return body["verifiableCredential"]!.DeepClone().AsObject();
    }

    /// <summary>What an instance says of a credential.</summary>
    internal Task<(HttpStatusCode Status, JsonObject Body)> VerifyAsync(string instance, JsonNode credential, JsonObject? options = null) =>
        AskAsync(instance, "/credentials/verify", new JsonObject { ["verifiableCredential"] = credential.DeepClone(), ["options"] = options ?? [] });

    /// <summary>A presentation, by a key of its own.</summary>
    internal async Task<JsonObject> PresentAsync(JsonObject? credential, string? challenge, string? domain)
    {
        var key = SigningKey.FromEd25519(new byte[32]);
        var did = DidKey.Of(key.PublicKey);
        var json = new JsonObject { ["@context"] = new JsonArray(V2), ["type"] = new JsonArray("VerifiablePresentation"), ["holder"] = did };
        if (credential is not null) json["verifiableCredential"] = new JsonArray(credential.DeepClone());
        return await SecuredDocument.AddProofAsync(
            json,
            new ProofOptions("eddsa-jcs-2022", DidKey.KeyUrl(did), ControlledIdentifierDocument.Authentication)
            {
                Created = Server.Time.GetUtcNow(),
                Challenge = challenge,
                Domain = domain is null ? [] : [domain],
            },
            key);
    }

    /// <summary>What is the one problem of an answer.</summary>
    internal static (string Type, string Title) ProblemOf(JsonObject body)
    {
        var problem = body["problemDetails"] is JsonArray many ? Assert.Single(many)!.AsObject() : body;
        Assert.All(problem["detail"]!.GetValue<string>(), c => Assert.InRange(c, ' ', '~'));
        return (problem["type"]!.GetValue<string>(), problem["title"]!.GetValue<string>());
    }
}
