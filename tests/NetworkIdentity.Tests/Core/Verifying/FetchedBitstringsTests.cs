using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Other issuers' Bitstring Status Lists, from a host that may be rude: whatever is wrong makes a status unknown, which is neither valid nor revoked.</summary>
public sealed class FetchedBitstringsTests : IAsyncLifetime
{
    private readonly W3cWorld _world = new();
    private readonly RudeHost _host = new(RudeHost.Says([], "", "404 Not Found"));
    private readonly ConcurrentQueue<string> _alarms = [];
    private Fetcher _fetcher = null!;
    private BitstringReader _reader = null!;

    /// <summary>The issuer is its own key, so that nothing is fetched but the list.</summary>
    private string Issuer => _world.HolderDid;

    private DateTimeOffset Now => _world.Now;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        _fetcher = FetcherTests.Loopback(_world.World.Time);
        var dids = new DidResolver(null, new FetchedDids(_fetcher, loopback: true, _world.World.Time, _ => { }), _ => false);
        _reader = new BitstringReader(null, null, dids, _ => Task.FromResult<System.Text.Json.Nodes.JsonObject?>(null), new FetchedBitstrings(_fetcher, dids, _world.World.Time, _alarms.Enqueue), _world.World.Time);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _fetcher.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_list_is_fetched_once_for_its_time_as_a_document_or_as_a_token()
    {
        await ServeAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ReadAsync(i % 2 == 0 ? 0 : 7)));
        Assert.Equal(10, all.Count(one => one.Status?.Meaning == StatusMeaning.Valid));
        Assert.Equal(10, all.Count(one => one.Status?.Meaning == StatusMeaning.Revoked));
        Assert.Equal(1, _host.Connections);
        _world.World.Time.Move(TimeSpan.FromSeconds(60));
        var document = await ListAsync();
        document["iat"] = Now.ToUnixTimeSeconds();
        Serve(await Jws.SignAsync(EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, document, _world.Holder, DidKey.KeyUrl(Issuer)), _world.Holder), CredentialMediaType.VcJwt);
        Assert.Equal(StatusMeaning.Revoked, (await ReadAsync(7)).Status!.Meaning);
        Assert.Equal(2, _host.Connections);
    }

    [Fact]
    public async Task A84_a_list_that_is_not_the_issuers_for_this_is_unknown()
    {
        var thief = SigningKey.FromEd25519(new byte[32]);
        foreach (var (list, words) in ((JsonObject, string)[])
        [
            (await ListAsync(json => json["issuer"] = DidKey.Of(thief.PublicKey), thief), "another issuer"),
            (await ListAsync(null, thief, DidKey.KeyUrl(Issuer)), "proof"),
            (await ListAsync(json => json["id"] = _host.Url + "/2"), "id of the status list"),
            (await ListAsync(json => (json["validFrom"], json["validUntil"]) = ("2100-01-01T00:00:00Z", "2101-01-01T00:00:00Z")), "future"),
            (await ListAsync(json => (json["validFrom"], json["validUntil"]) = ("2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z")), "expired"),
            (await ListAsync(json => json.Remove("validUntil"), created: Now - FetchedLists.LongestBelieved - TimeSpan.FromSeconds(1), from: Now.AddDays(-30)), "expired"),
            (await ListAsync(json => json["validUntil"] = "2100-01-01T00:00:00Z", created: Now - FetchedLists.LongestBelieved - TimeSpan.FromSeconds(1), from: Now.AddDays(-30)), "expired"),
            (await ListAsync(json => json["credentialSubject"]!["statusPurpose"] = "suspension"), "purpose"),
            (await ListAsync(json => json["credentialSubject"]!["ttl"] = 0), "ttl"),
            (await ListAsync(json => json["credentialSubject"]!["encodedList"] = "uAAAA"), ""),
            (await ListAsync(json => json["type"] = new JsonArray("VerifiableCredential")), "type"),
            (new JsonObject { ["hello"] = "world" }, ""),
        ])
        {
            Serve(list.ToJsonString());
            var (status, unknown) = await ReadAsync(7);
            Assert.Null(status);
            Assert.Contains(words, unknown!, StringComparison.Ordinal);
            _world.World.Time.Move(FetchedLists.UsuallyKept);
        }

        await ServeAsync();
        Assert.Null((await ReadAsync(StatusSlots.ListSize)).Status);
        Assert.Equal(StatusMeaning.Revoked, (await ReadAsync(7)).Status!.Meaning);
    }

    [Fact]
    public async Task A84_a_ttl_is_brought_to_what_is_reasonable_and_a_list_is_not_used_beyond_its_end()
    {
        foreach (var (ttl, kept) in ((long?, TimeSpan)[])[(1, FetchedLists.LeastKept), (null, FetchedLists.UsuallyKept), (31_000_000_000, FetchedLists.LongestKept)])
        {
            await ServeAsync(json =>
            {
                if (ttl is { } milliseconds) json["credentialSubject"]!["ttl"] = milliseconds;
            });
            await ReadAsync(0);
            var before = _host.Connections;
            _world.World.Time.Move(kept * 0.4);
            await ReadAsync(0);
            Assert.Equal(before, _host.Connections);
            _world.World.Time.Move(kept * 0.6);
            await ReadAsync(0);
            Assert.Equal(before + 1, _host.Connections);
            _world.World.Time.Move(FetchedLists.LongestKept);
        }

        await ServeAsync(json =>
        {
            json["credentialSubject"]!["ttl"] = 3_600_000;
            json["validUntil"] = Text(Now.AddSeconds(30));
        });
        Assert.NotNull((await ReadAsync(0)).Status);
        _world.World.Time.Move(TimeSpan.FromSeconds(31));
        Assert.Null((await ReadAsync(0)).Status);
    }

    [Fact]
    public async Task A85_a_list_that_went_back_in_time_is_unknown_and_an_alarm_is_raised()
    {
        await ServeAsync();
        Assert.Equal(StatusMeaning.Revoked, (await ReadAsync(7)).Status!.Meaning);
        _world.World.Time.Move(FetchedLists.UsuallyKept);
        var older = Now.AddMinutes(-10);
        await ServeAsync(created: older, from: older, revoked: false);
        var (status, unknown) = await ReadAsync(7);
        Assert.Null(status);
        Assert.Contains("older", unknown!, StringComparison.Ordinal);
        Assert.Contains("went back in time", Assert.Single(_alarms), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_fails_makes_it_unknown_and_is_left_alone_for_some_seconds()
    {
        Assert.Contains("can't be fetched", (await ReadAsync(7)).Unknown!, StringComparison.Ordinal);
        await ReadAsync(7);
        Assert.Equal(1, _host.Connections);
        _world.World.Time.Move(FetchedLists.LeastKept);
        await ServeAsync();
        Assert.NotNull((await ReadAsync(7)).Status);
    }

    private Task<(BitstringStatus? Status, string? Unknown)> ReadAsync(long index) =>
        _reader.ReadAsync(new BitstringStatusListEntry(StatusPurpose.Revocation, _host.Url, index), Issuer);

    private async Task ServeAsync(Action<JsonObject>? change = null, DateTimeOffset? created = null, DateTimeOffset? from = null, bool revoked = true) =>
        Serve((await ListAsync(change, created: created, from: from, revoked: revoked)).ToJsonString());

    private void Serve(string list, string type = VerifiableCredential.MediaType) => _host.Answer = RudeHost.Says(Encoding.UTF8.GetBytes(list), $"Content-Type: {type}\r\n");

    private async Task<JsonObject> ListAsync(
        Action<JsonObject>? change = null, SigningKey? key = null, string? keyUrl = null, DateTimeOffset? created = null, DateTimeOffset? from = null, bool revoked = true)
    {
        key ??= _world.Holder;
        var bits = StatusList.Of(1, StatusSlots.ListSize, revoked ? [(7L, (TokenStatus)1)] : [], StatusListFormat.Bitstring);
        var content = BitstringStatusListCredential.Content(_host.Url, Issuer, [StatusPurpose.Revocation], bits, from ?? Now, Now.AddDays(1));
        change?.Invoke(content);
        return await _world.SecureAsync(content, key, keyUrl ?? DidKey.KeyUrl(DidKey.Of(key.PublicKey)), one => one with { Created = created ?? Now });
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
