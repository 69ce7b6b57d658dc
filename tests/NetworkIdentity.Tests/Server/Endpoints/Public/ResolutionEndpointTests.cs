using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

public sealed class ResolutionEndpointTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Problem = "https://www.w3.org/ns/did#";

    private readonly TestServer _server = fixture.Server;

    private string Own => _server.Nation.DidLog!.Did;

    private static string Key => WebVhWorld.DidKeyOf(1);

    [Theory]
    [InlineData(null, "application/did-resolution")]
    [InlineData("*/*", "application/did-resolution")]
    [InlineData("application/did-resolution", "application/did-resolution")]
    [InlineData("application/json;q=0.9, application/did-resolution;q=0.5", "application/did-resolution")]
    [InlineData("application/ld+json;profile=\"https://w3id.org/did-resolution\"", "application/ld+json;profile=\"https://w3id.org/did-resolution\"")]
    public async Task A_whole_result_has_the_document_and_what_is_known_of_it(string? accept, string mediaType)
    {
        var (status, type, json) = await GetAsync(Uri.EscapeDataString(Own), accept);
        Assert.Equal((HttpStatusCode.OK, mediaType), (status, type));
        Assert.Equal(Own, Text(json["didDocument"]!["id"]));
        Assert.Equal(mediaType == "application/did-resolution" ? "application/did" : "application/did+ld+json", Text(json["didResolutionMetadata"]!["contentType"]));
        Assert.StartsWith("1-", Text(json["didDocumentMetadata"]!["versionId"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/did")]
    [InlineData("application/did+json")]
    [InlineData("application/did+ld+json")]
    [InlineData("text/html;q=0.1, application/did")]
    public async Task A_document_alone_is_sent_in_the_type_that_was_asked_for(string accept)
    {
        foreach (var did in (string[])[Own, _server.Nation.DidLog!.DidWeb, Key, DidJwk.Of(WebVhWorld.Key(1).PublicKey)])
        {
            var (status, type, json) = await GetAsync(Uri.EscapeDataString(did), accept);
            Assert.Equal((HttpStatusCode.OK, accept.Split(", ")[^1], did), (status, type, Text(json["id"])));
        }
    }

    [Fact]
    public async Task A_DID_may_be_appended_as_it_is_or_encoded_though_it_has_a_percent_sign_of_its_own()
    {
        Assert.Contains("%3A", Own, StringComparison.Ordinal);
        foreach (var (identifier, options) in ((string, string)[])[(Own, ""), (Uri.EscapeDataString(Own), ""), (Uri.EscapeDataString(Own), "?versionNumber=1"), (Own, "?versionNumber=1")])
        {
            var (status, _, json) = await GetAsync(identifier + options);
            Assert.Equal((HttpStatusCode.OK, Own), (status, Text(json["didDocument"]!["id"])));
        }
    }

    [Fact]
    public async Task A_version_is_named_by_its_name_its_time_or_its_number()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var log = server.Nation.DidLog!;
        var first = server.Time.GetUtcNow();
        server.Time.Move(TimeSpan.FromDays(360));
        await server.Nation.Keys.RenewAsync();
        await log.RenewAsync();
        var versions = (await log.StatusAsync()).Versions;
        Assert.Equal(2, versions.Count);
        foreach (var (option, n) in ((string, int)[])
        [
            ("", 1), ($"?versionId={versions[0]}", 0), ($"?versionId={versions[1]}", 1), ("?versionNumber=1", 0), ($"?versionTime={first.AddDays(1):yyyy-MM-dd'T'HH:mm:ss'Z'}", 0),
            ($"?versionTime={server.Time.GetUtcNow().AddSeconds(10):yyyy-MM-dd'T'HH:mm:ss'Z'}", 1),
        ])
        {
            var (status, _, json) = await GetAsync(Uri.EscapeDataString(log.Did) + option, server: server);
            Assert.Equal((option, HttpStatusCode.OK, versions[n]), (option, status, Text(json["didDocumentMetadata"]!["versionId"])));
            if (n == 0) Assert.Equal(versions[1], Text(json["didDocumentMetadata"]!["nextVersionId"]));

            // The same in the DID URL.
            if (option.Length > 0) Assert.Equal(versions[n], Text((await GetAsync(Uri.EscapeDataString(log.Did + option), "application/did-url-dereferencing", server)).Json["contentMetadata"]!["versionId"]));
        }
    }

    [Theory]
    [InlineData("not-a-did", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("did:example", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("did%3Akey%3Az6Mk", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("did:jwk:AAAA", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("did:web:127.0.0.1", HttpStatusCode.BadRequest, "INVALID_DID")]
    [InlineData("did%3Akey%3Aa%23b%23c", HttpStatusCode.BadRequest, "INVALID_DID_URL")]
    [InlineData("{own}?versionTime=yesterday", HttpStatusCode.BadRequest, "INVALID_OPTIONS")]
    [InlineData("{own}?versionId=a&versionNumber=1", HttpStatusCode.BadRequest, "INVALID_OPTIONS")]
    [InlineData("{own}?versionNumber=1&versionNumber=2", HttpStatusCode.BadRequest, "INVALID_OPTIONS")]
    [InlineData("{own}%3FversionNumber%3D1?versionNumber=1", HttpStatusCode.BadRequest, "INVALID_OPTIONS")]
    [InlineData("{own}?versionNumber=99", HttpStatusCode.NotFound, "NOT_FOUND")]
    [InlineData("{own}?versionTime=2020-01-01T00:00:00Z", HttpStatusCode.NotFound, "NOT_FOUND")]
    [InlineData("{own}%23nothing", HttpStatusCode.NotFound, "NOT_FOUND")]
    [InlineData("did:unsupported:123456789abcdefghi", HttpStatusCode.NotImplemented, "METHOD_NOT_SUPPORTED")]
    [InlineData("{own}?service=files", HttpStatusCode.NotImplemented, "FEATURE_NOT_SUPPORTED")]
    [InlineData("{own}%2Fpath", HttpStatusCode.NotImplemented, "FEATURE_NOT_SUPPORTED")]
    [InlineData("{key}?versionNumber=1", HttpStatusCode.NotImplemented, "FEATURE_NOT_SUPPORTED")]
    [InlineData("{web}?versionNumber=1", HttpStatusCode.NotImplemented, "FEATURE_NOT_SUPPORTED")]
    [InlineData("did:web:host.example", HttpStatusCode.NotImplemented, "FEATURE_NOT_SUPPORTED")]
    public async Task What_goes_wrong_has_its_error_and_its_status_in_every_form(string path, HttpStatusCode status, string error)
    {
        path = path.Replace("{own}", Uri.EscapeDataString(Own), StringComparison.Ordinal).Replace("{key}", Key, StringComparison.Ordinal)
            .Replace("{web}", Uri.EscapeDataString(_server.Nation.DidLog!.DidWeb), StringComparison.Ordinal);
        var isPart = path.Contains("%23nothing", StringComparison.Ordinal);
        foreach (var accept in (string[])["application/did-resolution", "application/did", "application/ld+json;profile=\"https://w3id.org/did-resolution\""])
        {
            var answer = await GetAsync(path, accept);
            Assert.Equal((accept, status), (accept, answer.Status));
            var (metadata, content, of) = isPart && !accept.StartsWith("application/ld", StringComparison.Ordinal)
                ? ("dereferencingMetadata", "contentStream", "contentMetadata")
                : ("didResolutionMetadata", "didDocument", "didDocumentMetadata");
            var found = answer.Json[metadata]!;
            Assert.Equal(Problem + error, Text((found["problemDetails"] ?? found["error"])!["type"]));
            Assert.True(answer.Json.ContainsKey(content));
            Assert.Null(answer.Json[content]);
            Assert.Empty(answer.Json[of]!.AsObject());
        }
    }

    [Theory]
    [InlineData("application/x-unsupported-did-representation-99999")]
    [InlineData("text/html")]
    [InlineData("application/ld+json")]
    [InlineData("application/did;q=0")]
    [InlineData("a")]
    public async Task Another_type_than_there_is_is_406(string accept)
    {
        var (status, _, json) = await GetAsync(Key, accept);
        Assert.Equal((HttpStatusCode.NotAcceptable, Problem + "REPRESENTATION_NOT_SUPPORTED"), (status, Text(json["didResolutionMetadata"]!["error"]!["type"])));
    }

    [Fact]
    public async Task A_fragment_names_a_part_of_the_document()
    {
        var url = _server.Nation.DidLog!.UrlOf(_server.Nation.Keys.Current(NetworkIdentity.Keys.KeyPurpose.Assertion));
        var (status, type, json) = await GetAsync(Uri.EscapeDataString(url), "application/did-url-dereferencing");
        Assert.Equal((HttpStatusCode.OK, "application/did-url-dereferencing"), (status, type));
        Assert.Equal(url, Text(json["contentStream"]!["id"]));
        Assert.Equal("application/did", Text(json["dereferencingMetadata"]!["contentType"]));
        Assert.Equal(url, Text((await GetAsync(Own + "%23" + url.Split('#')[1], "application/did")).Json["id"]));
        Assert.Equal(url, Text((await GetAsync(Uri.EscapeDataString(url))).Json["contentStream"]!["id"]));
    }

    [Fact]
    public async Task DIDs_of_hosts_that_the_operator_named_are_fetched_and_an_ended_one_is_gone()
    {
        await using var host = new RudeHost(RudeHost.Says(""));
        await using var server = await TestServer.StartAsync(change: settings => settings with { ResolvesDidsOf = ["localhost"], FetchLoopback = true });
        var did = $"did:web:localhost%3A{host.Port}";
        host.Answer = RudeHost.Says(Encoding.UTF8.GetBytes($$"""{"id":"{{did}}"}"""), "Content-Type: application/json\r\n");
        Assert.Equal((HttpStatusCode.OK, did), (await GetAsync(did, "application/did", server)) is var (found, _, document) ? (found, Text(document["id"])) : default);

        var world = new WebVhWorld().First(place: $"localhost%3A{host.Port}").Then(entry => entry["parameters"]!["deactivated"] = true);
        host.Answer = RudeHost.Says(world.Log, "Content-Type: text/jsonl\r\n");
        foreach (var accept in (string[])["application/did-resolution", "application/did"])
        {
            var (status, _, json) = await GetAsync(Uri.EscapeDataString(world.Did), accept, server);
            Assert.Equal((HttpStatusCode.Gone, true), (status, json["didDocumentMetadata"]!["deactivated"]!.GetValue<bool>()));
            Assert.Null(json["didDocument"]);
        }

        host.Answer = RudeHost.Says([], "", "500 Internal Server Error");
        var failed = await GetAsync($"did:web:localhost%3A{host.Port}:other", server: server);
        Assert.Equal((HttpStatusCode.InternalServerError, Problem + "INTERNAL_ERROR"), (failed.Status, Text(failed.Json["didResolutionMetadata"]!["error"]!["type"])));
    }

    [Fact]
    public async Task A_path_that_hides_the_identifier_is_no_error_of_ours()
    {
        foreach (var path in (string[])["/1.0/identifiers", "/%31.0/identifiers/did:key:a", "/1.0/identifier%73/did:key:a"])
        {
            using var answer = await _server.Http.GetAsync(_server.Url(path));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private async Task<(HttpStatusCode Status, string Type, JsonObject Json)> GetAsync(string identifier, string? accept = null, TestServer? server = null)
    {
        server ??= _server;
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url("/1.0/identifiers/" + identifier));
        if (accept is not null) Assert.True(request.Headers.TryAddWithoutValidation("Accept", accept));
        using var answer = await server.Http.SendAsync(request);
        return (answer.StatusCode, answer.Content.Headers.GetValues("Content-Type").Single().Replace("; ", ";", StringComparison.Ordinal), JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject());
    }

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
