using System.Net;
using System.Net.Http.Headers;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>What HTTP itself asks of the endpoints: methods, caches, and headers that every answer has.</summary>
public sealed class HttpTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task No_answer_is_taken_for_another_type_than_it_says()
    {
        foreach (var path in (string[])["/", "/jwks", "/assets/netid.css", "/sign-in/nobody", "/status/nothing", "/userinfo"])
        {
            using var response = await _server.Http.GetAsync(_server.Url(path));
            Assert.Equal((path, "nosniff"), (path, Assert.Single(response.Headers.GetValues("X-Content-Type-Options"))));
        }
    }

    [Fact]
    public async Task A_read_that_changes_nothing_answers_HEAD_as_it_answers_GET_but_without_a_body()
    {
        await _server.MemberAsync();
        var offer = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        foreach (var path in (string[])
        [
            "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/openid-credential-issuer", "/.well-known/jwt-vc-issuer",
            "/jwks", $"/offer/{offer.Id}", await StatusPathAsync(), "/schemas/membership.type.json", "/assets/netid.css", "/", "/health/live", "/health/ready",
        ])
        {
            using var get = await _server.Http.GetAsync(_server.Url(path));
            using var head = await SendAsync(HttpMethod.Head, path);
            Assert.Equal((path, HttpStatusCode.OK), (path, head.StatusCode));
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Equal(get.Headers.CacheControl, head.Headers.CacheControl);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        foreach (var path in (string[])["/authorize", "/request/x", "/sign-in/x", "/sign-in/return"])
        {
            using var head = await SendAsync(HttpMethod.Head, path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        }
    }

    [Fact]
    public async Task HSTS_follows_from_the_issuer_whatever_Host_says()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { Urls = settings.Issuer, Issuer = "https://nation.example" });
        foreach (var host in (string[])["nation.example", "localhost", "localhost:65535", "127.0.0.1"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, server.UrlHere("/health/live"));
            Assert.True(request.Headers.TryAddWithoutValidation("Host", host));
            using var response = await server.Http.SendAsync(request);
            Assert.Equal((host, HttpStatusCode.OK, "live"), (host, response.StatusCode, await response.Content.ReadAsStringAsync()));
            Assert.Equal("max-age=31536000", Assert.Single(response.Headers.GetValues("Strict-Transport-Security")));
        }

        using var onThisMachine = await _server.Http.GetAsync(_server.Url("/health/live"));
        Assert.False(onThisMachine.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_status_list_that_is_the_same_is_304_and_one_that_moved_is_sent()
    {
        await _server.MemberAsync();
        var path = await StatusPathAsync();
        using var first = await _server.Http.GetAsync(_server.Url(path));
        Assert.Equal("application/statuslist+jwt", first.Content.Headers.ContentType?.ToString());
        Assert.True(first.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: >= 1 and <= 5 }, first.Headers.CacheControl?.ToString());
        Assert.False(first.Headers.ETag!.IsWeak);

        using (var same = await SendAsync(HttpMethod.Get, path, first.Headers.ETag))
        {
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
            Assert.Equal(first.Headers.ETag, same.Headers.ETag);
            Assert.True(same.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: >= 1 and <= 5 });
            Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        }

        await _server.Nation.Revoker.RevokeAsync((await Credentials.ListAsync(_server.Nation.Database))[0].Id, "left");
        _server.Time.Move(StatusListPublisher.Interval);
        using var moved = await SendAsync(HttpMethod.Get, path, first.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.NotEqual(first.Headers.ETag, moved.Headers.ETag);
        Assert.NotEqual(await first.Content.ReadAsStringAsync(), await moved.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_script_of_any_origin_may_send_any_header_and_asks_once_an_hour()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, _server.Url("/credential"));
        request.Headers.Add("Origin", "https://wallet.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,traceparent");
        using var response = await _server.Http.SendAsync(request);
        Assert.Contains("traceparent", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.Equal("3600", Assert.Single(response.Headers.GetValues("Access-Control-Max-Age")));
    }

    private async Task<string> StatusPathAsync() =>
        "/status/" + (await Credentials.ListAsync(_server.Nation.Database))[0].ListId;

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, EntityTagHeaderValue? known = null)
    {
        var request = new HttpRequestMessage(method, _server.Url(path));
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return _server.Http.SendAsync(request);
    }
}
