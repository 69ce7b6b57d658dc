using System.Net;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

public sealed class DidEndpointTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("", "/.well-known")]
    [InlineData("/nation/a", "/nation/a")]
    public async Task The_log_and_the_document_lie_where_the_DID_says(string path, string folder)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var did = server.Nation.DidLog!.Did;
        var url = new Uri(WebVhDid.Parse(did).LogUrl);
        Assert.Equal($"{folder}/did.jsonl", url.AbsolutePath);
        var log = await server.Http.GetByteArrayAsync(new Uri(new Uri(server.Issuer), url.AbsolutePath));
        var resolved = DidWebVh.Resolve(did, log, null, server.Time.GetUtcNow(), DidResolutionOptions.None);
        Assert.Equal(did, resolved.Document!["id"]!.GetValue<string>());

        var document = await server.Http.GetByteArrayAsync(new Uri(new Uri(server.Issuer), $"{folder}/did.json"));
        var web = DidWeb.Read(server.Nation.DidLog.DidWeb, document);
        Assert.Contains(did, web.AlsoKnownAs);
        Assert.Equal(resolved.Document["verificationMethod"]!.AsArray().Count, web.Json["verificationMethod"]!.AsArray().Count);
        using var none = await server.Http.GetAsync(new Uri(new Uri(server.Issuer), $"{folder}/did-witness.json"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("did.jsonl", "text/jsonl")]
    [InlineData("did.json", "application/did")]
    public async Task Anyone_reads_it_from_anywhere_and_what_is_the_same_is_304(string file, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Url("/.well-known/" + file));
        request.Headers.Add("Origin", "https://verifier.example");
        using var first = await _server.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, mediaType), (first.StatusCode, first.Content.Headers.ContentType!.ToString()));
        Assert.Equal("*", Assert.Single(first.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.True(first.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: 300 });

        using var again = new HttpRequestMessage(HttpMethod.Get, _server.Url("/.well-known/" + file));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await _server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var head = await _server.Http.SendAsync(new(HttpMethod.Head, _server.Url("/.well-known/" + file)));
        Assert.Equal((HttpStatusCode.OK, first.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Every_server_serves_what_one_of_them_published_and_none_what_waits()
    {
        using var folder = new TestFolder();
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var before = await server.Http.GetStringAsync(server.Url("/.well-known/did.jsonl"));
        await DidWitnesses.SetAsync(beside.Nation.DidLog!, new(1, [WebVhWorld.Multi(1)]));
        foreach (var one in (TestServer[])[server, beside]) Assert.Equal(before, await one.Http.GetStringAsync(one.UrlHere("/.well-known/did.jsonl")));

        var (_, log) = (await DidWitnesses.PendingAsync(beside.Nation.DidLog!))!.Value;
        await DidWitnesses.TakeAsync(beside.Nation.DidLog!, await DidWitnesses.AttestAsync(log, WebVhWorld.Key(1), new(folder.File("memory")), server.Time.GetUtcNow()));
        foreach (var one in (TestServer[])[server, beside])
        {
            var (now, proofs) = (await one.Http.GetByteArrayAsync(one.UrlHere("/.well-known/did.jsonl")), await one.Http.GetByteArrayAsync(one.UrlHere("/.well-known/did-witness.json")));
            Assert.True(now.Length > before.Length);
            Assert.NotNull(DidWebVh.Resolve(server.Nation.DidLog!.Did, now, proofs, server.Time.GetUtcNow(), DidResolutionOptions.None).Document);
        }
    }

    [Fact]
    public async Task A_nation_at_an_IP_address_has_no_DID_and_serves_all_the_rest()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { Urls = settings.Issuer, Issuer = "https://192.0.2.1" });
        Assert.Null(server.Nation.DidLog);
        foreach (var file in (string[])["did.jsonl", "did.json", "did-witness.json"])
        {
            using var answer = await server.Http.GetAsync(server.UrlHere("/.well-known/" + file));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var discovery = await server.Http.GetAsync(server.UrlHere("/.well-known/openid-configuration"));
        Assert.Equal(HttpStatusCode.OK, discovery.StatusCode);
    }
}
