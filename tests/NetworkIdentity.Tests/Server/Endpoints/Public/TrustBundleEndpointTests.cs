using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Arriving;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

/// <summary>What a station fetches while there is a network: enough to verify without one, and the same for everyone.</summary>
public sealed class TrustBundleEndpointTests
{
    private const string Path = "/station/bundle";

    [Fact]
    public async Task A_bundle_holds_all_that_a_door_has_to_know_signed_under_the_nations_root()
    {
        await using var server = await TestServer.StartAsync();
        await Node.AddAsync(server.Nation.Database, server.Time, "Lisbon", "Europe");
        await Node.AddAsync(server.Nation.Database, server.Time, "Porto", "Europe");
        await Rules.AdoptAsync(server.Nation.Database, server.Time, CharterTests.CoLiving);
        var wallet = await server.MemberAsync();
        await server.Nation.Log.SequenceAsync();
        var (claims, _) = await ReadAsync(server);

        Assert.Equal(24, claims["limit_hours"]!.GetValue<long>());
        Assert.Equal(claims["iat"]!.GetValue<long>() + (24 * 3600), claims["exp"]!.GetValue<long>());
        Assert.Equal("refuse", claims["when_old"]!.GetValue<string>());
        Assert.Equal((server.Nation.Keys.Nation.Name, server.Nation.DidLog!.Did), (claims["nation"]!["name"]!.GetValue<string>(), claims["nation"]!["did"]!.GetValue<string>()));
        Assert.Equal(
            [("Lisbon", "membership", "admit"), ("Porto", "residency", "ask")],
            claims["nodes"]!.AsArray().Select(node => (node!["name"]!.GetValue<string>(), node["policy"]!["asks"]!.GetValue<string>(), node["policy"]!["other_nodes"]!.GetValue<string>())));
        Assert.Equal(CharterTests.CoLiving.Digest, claims["charter"]!["digest"]!.GetValue<string>());

        // The DID's log, by which the roots are known; the issuer and its types; the log's checkpoint.
        var resolved = DidWebVh.Resolve(server.Nation.DidLog.Did, System.Text.Encoding.UTF8.GetBytes(claims["did_log"]!.GetValue<string>()), null, server.Time.GetUtcNow(), DidResolutionOptions.None);
        var roots = PublishedCertificates.Of(server.Issuer, resolved.Document!).Roots.Select(root => Convert.ToBase64String(root.RawData)).ToList();
        Assert.Equal(roots, claims["roots"]!.AsArray().Select(root => root!.GetValue<string>()));
        var own = Assert.Single(claims["issuers"]!.AsArray())!;
        Assert.Equal(server.Issuer, own["issuer"]!.GetValue<string>());
        Assert.Null(own["recognition"]);
        Assert.Equal(claims["types"]!.AsObject().Select(type => type.Key), own["types"]!.AsArray().Select(type => type!.GetValue<string>()));
        foreach (var type in (CredentialType[])[.. server.Nation.Types.Values, CredentialType.Card])
        {
            var file = claims["types"]![type.Vct]!;
            Assert.Equal(type.Name, file["name"]!.GetValue<string>());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(type.MetadataFile), file["metadata"]) && JsonNode.DeepEquals(JsonNode.Parse(type.SchemaFile), file["schema"]));
        }

        var vkey = claims["log_key"]!.GetValue<string>();
        Assert.Equal((await server.Http.GetStringAsync(server.Url("/log/key"))).Trim(), vkey);
        Checkpoint.Open(claims["checkpoint"]!.GetValue<string>(), server.Nation.Log.Origin, [NoteKey.Parse(vkey)]);

        // And the list as it is served.
        var status = StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Held["membership"]).IssuerSigned.Claims())!;
        var list = Assert.Single(claims["lists"]!.AsArray())!;
        Assert.Equal((status.Uri, await server.Http.GetStringAsync(status.Uri)), (list["uri"]!.GetValue<string>(), list["token"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Nobodys_name_key_or_slot_is_in_it_and_a_member_more_or_less_is_not_seen()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync(null, ("display_name", "Ada of the Hills"));
        var (before, text) = await ReadAsync(server);
        var record = await server.RecordOfAsync(wallet);
        Assert.DoesNotContain("Ada of the Hills", text, StringComparison.Ordinal);
        foreach (var of in (string[])[record.MemberId, record.Id, record.ToBeSignedDigest, record.HolderThumbprint]) Assert.DoesNotContain(of, before.ToJsonString(), StringComparison.Ordinal);
        await server.MemberAsync();
        server.Time.Move(TrustBundle.Looked);
        Assert.Equal(before["lists"]!.ToJsonString(), (await ReadAsync(server)).Claims["lists"]!.ToJsonString());
    }

    [Fact]
    public async Task Anyone_reads_it_from_anywhere_and_what_is_the_same_is_304()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url(Path));
        request.Headers.Add("Origin", "https://door.example");
        using var first = await server.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "application/jwt"), (first.StatusCode, first.Content.Headers.ContentType!.ToString()));
        Assert.Equal("*", Assert.Single(first.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.True(first.Headers.CacheControl!.NoCache);
        Assert.False(first.Headers.Contains("Set-Cookie"));
        using var again = new HttpRequestMessage(HttpMethod.Get, server.Url(Path));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task What_is_revoked_is_in_it_seconds_later_and_after_five_minutes_it_is_signed_anew()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var wallet = await server.MemberAsync();
        var (_, first) = await ReadAsync(server);
        Assert.Equal(first, (await ReadAsync(server)).Text);
        server.Time.Move(TrustBundle.Looked);
        Assert.Equal(first, (await ReadAsync(server)).Text);

        await server.Nation.Revoker.RevokeAsync((await server.RecordOfAsync(wallet)).Id, "why");
        server.Time.Move(StatusListPublisher.Interval);
        var (claims, second) = await ReadAsync(server);
        Assert.NotEqual(first, second);
        var status = StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Held["membership"]).IssuerSigned.Claims())!;
        Assert.Equal(TokenStatus.Invalid, StatusList.Decode(Jws.Parse(claims["lists"]![0]!["token"]!.GetValue<string>()).Claims()["status_list"]!["lst"]!.GetValue<string>(), 2, StatusList.MaxBytes).Get(status.Index));

        server.Time.Move(TrustBundle.Renewed);
        var (later, third) = await ReadAsync(server);
        Assert.True(later["iat"]!.GetValue<long>() > claims["iat"]!.GetValue<long>());
        Assert.NotEqual(second, third);
    }

    [Fact]
    public async Task A_change_of_the_charter_of_a_node_or_of_a_key_is_in_the_next_one()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var (before, _) = await ReadAsync(server);
        Assert.Equal((24, "refuse", 0), (before["limit_hours"]!.GetValue<long>(), before["when_old"]!.GetValue<string>(), before["nodes"]!.AsArray().Count));
        Assert.Null(before["charter"]);
        await Node.AddAsync(server.Nation.Database, server.Time, "Lisbon", "Europe");
        await Rules.AdoptAsync(server.Nation.Database, server.Time, CharterTests.Changed("2", ("/arrival", """{"bundle_hours":6,"when_old":"ask","nodes":[{"node":"Lisbon","other_nodes":"refuse","asks":"residency"}]}""")));
        await new KeyRotation(server.Nation.Database, server.Nation.Keys, server.Time).RotateAsync(KeyPurpose.Credential, atOnce: true);
        await server.RenewKeysAsync();
        server.Time.Move(TrustBundle.Looked);
        var (after, _) = await ReadAsync(server);
        Assert.Equal((6, "ask", "2"), (after["limit_hours"]!.GetValue<long>(), after["when_old"]!.GetValue<string>(), after["charter"]!["version"]!.GetValue<string>()));
        Assert.Equal("""{"asks":"residency","other_nodes":"refuse"}""", after["nodes"]![0]!["policy"]!.ToJsonString());
        Assert.True(after["did_log"]!.GetValue<string>().Length > before["did_log"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task A_list_that_gave_its_last_slot_longer_ago_than_anything_is_valid_is_left_out()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        await server.MemberAsync();
        var old = Assert.Single(await StatusLists.IdsAsync(server.Nation.Database));
        await server.Nation.Database.CommitAsync(StatusLists.Close(old, server.Time.GetUtcNow().ToUnixTimeSeconds()));
        await server.MemberAsync();
        Assert.Equal(2, (await ReadAsync(server)).Claims["lists"]!.AsArray().Count);
        server.Time.Move(server.Nation.Types.Values.Max(type => type.Rules.Validity) + TimeSpan.FromDays(2));
        await server.RenewKeysAsync();
        Assert.DoesNotContain(old, Assert.Single((await ReadAsync(server)).Claims["lists"]!.AsArray())!["uri"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A94_what_stations_do_not_take_is_not_served_and_the_operator_is_told()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var heard = new List<string>();
        server.Nation.Alarm = heard.Add;
        await server.Nation.Database.CommitAsync([.. Enumerable.Range(0, 4000).Select(number =>
            Nodes.Insert(new() { Id = RandomId.New(), Name = $"{number:0000} {new string('n', 95)}", Region = new string('r', 100), CreatedAt = 0 }))]);
        foreach (var _ in (int[])[1, 2])
        {
            using var answer = await server.Http.GetAsync(server.Url(Path));
            await answer.RefusedAsync("bundle_too_large", HttpStatusCode.InternalServerError);
        }

        Assert.Contains("stations take 1000000", Assert.Single(heard), StringComparison.Ordinal);
        await server.Nation.Database.CommitAsync(new Statement("DELETE FROM node", new { }));
        server.Time.Move(TrustBundle.Looked);
        Assert.True((await ReadAsync(server)).Text.Length < TrustBundle.MaxLength);
    }

    /// <summary>Reads the bundle as a station that knows the nation's root.</summary>
    private static async Task<(JsonObject Claims, string Text)> ReadAsync(TestServer server)
    {
        var text = await server.Http.GetStringAsync(server.Url(Path));
        var trusted = new IssuerCertificates(issuer => issuer == server.Issuer ? server.Nation.Keys.Roots : []);
        return (SignedStatement.Read(trusted, text, "trust-bundle+jwt", server.Issuer, server.Time.GetUtcNow()), text);
    }
}
