using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

public sealed class StatusListEndpointTests
{
    [Fact]
    public async Task Lists_are_found_from_the_metadata_and_served_in_both_formats()
    {
        await using var server = await TestServer.StartAsync();
        var record = await server.RecordOfAsync(await server.MemberAsync());
        var metadata = (await server.Http.GetFromJsonAsync<JsonObject>(server.Url("/.well-known/oauth-authorization-server")))!;
        using var all = await server.Http.GetAsync(metadata["status_list_aggregation_endpoint"]!.GetValue<string>());
        Assert.Equal("application/json", all.Content.Headers.ContentType?.MediaType);
        var uris = StatusListAggregation.Parse(await all.Content.ReadAsByteArrayAsync());
        Assert.Equal([server.Nation.Keys.Nation.Url($"/status/{record.ListId}")], uris);

        using var token = await server.Http.GetAsync(uris[0]);
        Assert.Equal("application/statuslist+jwt", token.Content.Headers.ContentType?.ToString());
        var list = TokenStatusList.Read(Jws.Parse(await token.Content.ReadAsStringAsync()), uris[0], server.Time.GetUtcNow());
        Assert.Equal((metadata["status_list_aggregation_endpoint"]!.GetValue<string>(), 2, 1_048_576), (list.AggregationUri, list.List.Bits, list.List.Size));

        await server.Nation.Revoker.RevokeAsync(record.Id, "why");
        foreach (var purpose in (string[])["revocation", "suspension"])
        {
            using var bitstring = await server.Http.GetAsync($"{uris[0]}/{purpose}");
            Assert.Equal("application/vc+jwt", bitstring.Content.Headers.ContentType?.ToString());
            Assert.True(bitstring.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: >= 1 and <= 5 });
            var jws = Jws.Parse(await bitstring.Content.ReadAsStringAsync());
            var read = BitstringStatusListCredential.Read(jws.Claims(), $"{uris[0]}/{purpose}", server.Time.GetUtcNow());
            Assert.Equal(purpose == "revocation" ? 1 : 0, (int)read.List.Get(record.Idx));

            using var request = new HttpRequestMessage(HttpMethod.Get, $"{uris[0]}/{purpose}");
            request.Headers.IfNoneMatch.Add(bitstring.Headers.ETag!);
            using var same = await server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        }

        foreach (var path in (string[])["/message", "/Revocation", "/token", "/bitstring-revocation"])
        {
            using var none = await server.Http.GetAsync(uris[0] + path);
            await none.RefusedAsync("not_found", HttpStatusCode.NotFound);
        }

        using var other = await server.Http.GetAsync(server.Url("/status/another/revocation"));
        await other.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task F7_two_servers_serve_the_same_bytes_under_the_same_tag()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var record = await server.RecordOfAsync(await server.MemberAsync());
        for (var round = 0; round < 3; round++)
        {
            using var here = await server.Http.GetAsync(server.UrlHere($"/status/{record.ListId}"));
            using var there = await server.Http.GetAsync(beside.UrlHere($"/status/{record.ListId}"));
            Assert.Equal(here.Headers.ETag, there.Headers.ETag);
            Assert.Equal(await here.Content.ReadAsStringAsync(), await there.Content.ReadAsStringAsync());
            await beside.Nation.Revoker.RevokeAsync((await server.RecordOfAsync(await server.MemberAsync())).Id, "why");
            server.Time.Move(StatusListPublisher.Interval);
        }
    }

    [Fact]
    public async Task I4_at_whatever_moment_it_is_revoked_every_server_and_every_cache_says_so_ten_seconds_later()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var library = await TestSignIn.BeginAsync(server);
        for (var second = 0; second < 6; second++)
        {
            // Just published; a second or more later a cache of each server asks, for whatever it may keep; and then it is revoked by one of them.
            var ana = await server.MemberAsync();
            var record = await server.RecordOfAsync(ana);
            await server.Nation.Revoker.RevokeAsync((await server.RecordOfAsync(await server.MemberAsync())).Id, "a change");
            server.Time.Move(StatusListPublisher.Interval);
            foreach (var at in (TestServer[])[server, beside]) await CachedAsync(at, record);
            server.Time.Move(TimeSpan.FromSeconds(second));
            var caches = new[] { await CachedAsync(server, record), await CachedAsync(beside, record) };
            await (second % 2 == 0 ? server : beside).Nation.Revoker.RevokeAsync(record.Id, "why");

            // The nation itself refuses at once.
            await library.OpenAsync();
            using (var refused = await ana.AnswerAsync(await ana.FetchAsync(library.SameDeviceLink)))
                Assert.Contains("revoked", await refused.RefusedAsync("invalid_request"));

            // What is fetched fresh says so after the interval, and what a cache may still have after its time.
            server.Time.Move(StatusListPublisher.Interval);
            foreach (var at in (TestServer[])[server, beside]) Assert.Equal(TokenStatus.Invalid, (await CachedAsync(at, record)).Status);
            Assert.All(caches, cache => Assert.Equal((TokenStatus.Valid, true), (cache.Status, cache.MaxAge + StatusListPublisher.Interval <= TimeSpan.FromSeconds(10))));
        }

        async Task<(TokenStatus Status, TimeSpan MaxAge)> CachedAsync(TestServer at, Credentials.Row record)
        {
            using var response = await server.Http.GetAsync(at.UrlHere($"/status/{record.ListId}"));
            return (List(await response.Content.ReadAsStringAsync()).Get(record.Idx), response.Headers.CacheControl!.MaxAge!.Value);
        }
    }

    [Fact]
    public async Task I4_a_server_that_nobody_asks_publishes_by_itself_and_each_version_has_its_leaf()
    {
        await using var server = await TestServer.StartAsync();
        var record = await server.RecordOfAsync(await server.MemberAsync());
        using (var first = await server.Http.GetAsync(server.UrlHere($"/status/{record.ListId}"))) first.EnsureSuccessStatusCode();
        await server.Nation.Revoker.RevokeAsync(record.Id, "why");
        for (var waited = 0; await server.CountAsync("status_publication") < 2; waited++)
        {
            Assert.InRange(waited, 0, 100);
            server.Time.Move(TimeSpan.FromSeconds(1));
            await Task.Delay(50);
        }

        await server.Nation.Log.SequenceAsync();
        var netid = NetidProcess.Beside(server);
        Assert.Empty((await netid.RunAsync("audit", "verify", "--json")).Json["faults"]!.AsArray());
        await server.Nation.Database.CommitAsync(new Statement("UPDATE status_publication SET token = 'another' WHERE version = 1", new { }));
        var audit = await netid.RunAsync("audit", "verify", "--json");
        Assert.Equal(1, audit.ExitCode);
        Assert.Contains($"{record.ListId}: the token version 1", audit.Output);
    }

    [Fact]
    public async Task A_list_is_served_by_its_time_where_history_is_kept_and_501_elsewhere()
    {
        await using var server = await TestServer.StartAsync();
        var record = await server.RecordOfAsync(await server.MemberAsync());
        var before = server.Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(TokenStatus.Valid, List(await server.Http.GetStringAsync(server.Url($"/status/{record.ListId}"))).Get(record.Idx));
        await server.Nation.Revoker.RevokeAsync(record.Id, "why");
        server.Time.Move(TimeSpan.FromMinutes(1));
        await server.Nation.StatusLists.PublishDueAsync();
        Assert.Equal(HttpStatusCode.NotImplemented, await StatusAsync(server, $"{before + 1}"));

        await using var keeping = await server.StartBesideAsync(settings => settings with { KeepsStatusHistory = true });
        var token = await server.Http.GetStringAsync(keeping.UrlHere($"/status/{record.ListId}?time={before + 30}"));
        Assert.Equal(TokenStatus.Valid, List(token).Get(record.Idx));
        Assert.Equal(TokenStatus.Invalid, List(await server.Http.GetStringAsync(keeping.UrlHere($"/status/{record.ListId}?time={server.Time.GetUtcNow().ToUnixTimeSeconds()}"))).Get(record.Idx));
        Assert.Equal(HttpStatusCode.NotAcceptable, await StatusAsync(keeping, $"{before - 3600}"));
        Assert.Equal(HttpStatusCode.NotAcceptable, await StatusAsync(keeping, $"{before + 3600}"));
        foreach (var bad in (string[])["", "now", "-1", "1.5", $"{before}&time={before}", "99999999999999999999"])
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(keeping, bad));
        Assert.Empty(await AuditQueries.PublishedWithoutLeafAsync(server.Nation.Database));

        async Task<HttpStatusCode> StatusAsync(TestServer at, string time)
        {
            using var response = await server.Http.GetAsync(at.UrlHere($"/status/{record.ListId}") + "?time=" + time);
            return response.StatusCode;
        }
    }

    private static StatusList List(string token) =>
        StatusList.Decode(Jws.Parse(token).Claims()["status_list"]!["lst"]!.GetValue<string>(), 2, StatusList.MaxBytes);
}
