using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class DidLogTests
{
    [Fact]
    public async Task A_nation_is_given_its_DID_once()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);

        Assert.Matches(@"^did:webvh:Qm[1-9A-HJ-NP-Za-km-z]{44}:nation\.example\z", log.Did);
        Assert.Equal("did:web:nation.example", log.DidWeb);
        Assert.Equal(log.Did, (await OpenAsync(nation)).Did);
        var entry = Assert.Single(await LinesAsync(log));
        Assert.Equal(log.Did, entry["state"]!["id"]!.GetValue<string>());
        Assert.Single(await Journal.OfAsync(nation.Database, "nation"), row => row.Act == "did-log" && row.Detail == entry["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Its_document_has_the_keys_that_others_check_with()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);
        var now = nation.Time.GetUtcNow();

        Assert.Equal(["did:web:nation.example", "https://nation.example"], log.Document["alsoKnownAs"]!.AsArray().Select(name => name!.GetValue<string>()));
        foreach (var (purpose, algorithm) in ((KeyPurpose, string)[])
            [(KeyPurpose.Assertion, JoseAlgorithm.EdDSA), (KeyPurpose.Assertion, JoseAlgorithm.ES256)])
        {
            var key = nation.Keys.Current(purpose, algorithm);
            Assert.True(ControlledIdentifierDocument.Retrieve(log.Document, log.UrlOf(key), ControlledIdentifierDocument.AssertionMethod, now).Key.IsSameKeyAs(key.PublicKey));
        }

        var methods = log.Document["verificationMethod"]!.AsArray().Select(method => method!["id"]!.GetValue<string>()).ToList();
        Assert.Equal(2, Listed(log).Count());
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Credential, KeyPurpose.StatusList, KeyPurpose.Log, KeyPurpose.Root, KeyPurpose.Statement])
        {
            var held = nation.Keys.CurrentKey(purpose);
            Assert.Contains(log.UrlOf(held.Signing!), methods);
            Assert.DoesNotContain(log.UrlOf(held.Signing!), Listed(log));
            var method = log.Document["verificationMethod"]!.AsArray().Single(method => method!["id"]!.GetValue<string>() == log.UrlOf(held.Signing!))!;
            Assert.Equal(held.Certificate is null ? [] : [Convert.ToBase64String(held.Certificate.RawData)], method["publicKeyJwk"]?["x5c"] is { } chain ? Texts(chain) : []);
        }

        Assert.Equal(7, methods.Count);
        Assert.True(nation.Keys.Current(KeyPurpose.Assertion).PublicKey.IsSameKeyAs(log.Current(JoseAlgorithm.EdDSA).PublicKey));
    }

    [Theory]
    [InlineData("https://nation.example:8443", "nation.example%3A8443")]
    [InlineData("http://localhost:5080", "localhost%3A5080")]
    [InlineData("https://host.example/a/b", "host.example:a:b")]
    [InlineData("https://host.example/~a", "host.example:%7Ea")]
    [InlineData("http://localhost", "localhost%3A80")]
    public async Task Its_place_is_the_issuers(string issuer, string place)
    {
        await using var nation = await TestNation.FoundAsync(issuer);
        var log = await OpenAsync(nation);
        Assert.Equal($"did:web:{place}", log.DidWeb);
        Assert.EndsWith($":{place}", log.Did, StringComparison.Ordinal);
        var uri = new Uri(issuer);
        Assert.Equal(
            $"https://{uri.Host}{(uri.Port == 443 ? "" : $":{uri.Port}")}{(uri.AbsolutePath == "/" ? "/.well-known" : uri.AbsolutePath)}/did.jsonl", WebVhDid.Parse(log.Did).LogUrl);
        Assert.NotNull((await log.ResolveAsync(log.Did, DidResolutionOptions.None)).Document);
    }

    [Theory]
    [InlineData("https://192.0.2.1")]
    [InlineData("https://[2001:db8::1]")]
    [InlineData("https://intranet")]
    public async Task A_host_that_no_DID_can_have_has_none(string issuer)
    {
        await using var nation = await TestNation.FoundAsync(issuer);
        Assert.Null(await DidLog.OpenAsync(nation.Database, nation.Keys, nation.Time));
    }

    [Fact]
    public async Task Each_rotation_is_an_entry_by_a_key_that_was_committed_to_and_the_history_stays()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);
        var (first, at) = (log.Document, nation.Time.GetUtcNow());
        await log.RenewAsync();
        Assert.Single(await LinesAsync(log));

        // A successor is in the document before it signs, and its predecessor for as long as what it signed counts.
        var old = nation.Keys.CurrentKey(KeyPurpose.Assertion);
        await MoveToAsync(nation, log, old.RetireAfter - KeyRing.Overlap + TimeSpan.FromHours(1));
        Assert.Equal(log.UrlOf(old.Signing!), log.UrlOf(log.Current(JoseAlgorithm.EdDSA)));
        Assert.True(first["verificationMethod"]!.AsArray().Count < log.Document["verificationMethod"]!.AsArray().Count);
        await MoveToAsync(nation, log, old.RetireAfter + TimeSpan.FromHours(1));
        var young = nation.Keys.CurrentKey(KeyPurpose.Assertion);
        Assert.Equal(log.UrlOf(young.Signing!), log.UrlOf(log.Current(JoseAlgorithm.EdDSA)));
        Assert.Contains(log.UrlOf(old.Signing!), Listed(log));
        await MoveToAsync(nation, log, old.PublishUntil + TimeSpan.FromHours(1));
        Assert.DoesNotContain(log.UrlOf(old.Signing!), Listed(log));

        var lines = await LinesAsync(log);
        Assert.InRange(lines.Count, 3, 20);
        for (var n = 0; n < lines.Count; n++)
        {
            var key = Multikey.Of(nation.Keys.Keys.Single(key => key.Purpose == KeyPurpose.DidUpdate && key.Generation == n + 1).Signing!.PublicKey);
            Assert.Equal([key], Texts(lines[n]["parameters"]!["updateKeys"]!));
            if (n > 0) Assert.Equal([ActiveParameters.HashOf(key)], Texts(lines[n - 1]["parameters"]!["nextKeyHashes"]!));
        }

        var then = DidWebVh.Resolve(log.Did, await log.ReadAsync(), null, nation.Time.GetUtcNow(), new(VersionTime: at.AddMinutes(1)));
        Assert.Equal(first["verificationMethod"]!.ToJsonString(), then.Document!["verificationMethod"]!.ToJsonString());
        Assert.Equal(lines.Count, (await Journal.OfAsync(nation.Database, "nation")).Count(row => row.Act == "did-log"));
    }

    [Fact]
    public async Task Of_two_servers_that_extend_it_at_once_each_ends_with_the_same_log()
    {
        await using var nation = await TestNation.FoundAsync();
        await using var database = nation.OpenDatabase();
        var keys = (await Founding.OpenAsync(database, nation.Time, TestNation.Secret))!;
        var logs = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => Task.Run(async () => (await (n % 2 == 0 ? DidLog.OpenAsync(nation.Database, nation.Keys, nation.Time) : DidLog.OpenAsync(database, keys, nation.Time)))!)));
        Assert.Single(logs.Select(log => log.Did).Distinct());

        nation.Time.Move(nation.Keys.CurrentKey(KeyPurpose.Assertion).RetireAfter - nation.Time.GetUtcNow());
        await Task.WhenAll(nation.Keys.RenewAsync(), keys.RenewAsync());
        await Task.WhenAll(logs.Select(log => Task.Run(log.RenewAsync)));
        await Task.WhenAll(logs.Select(log => Task.Run(log.RenewAsync)));
        Assert.Equal(2, (await LinesAsync(logs[0])).Count);
        Assert.Single((await Task.WhenAll(logs.Select(log => log.ReadAsync()))).Select(Convert.ToHexString).Distinct());
        Assert.Equal(2 + DidLog.Ahead, nation.Keys.Keys.Count(key => key.Purpose == KeyPurpose.DidUpdate));
    }

    [Fact]
    public async Task F11_a_clock_that_was_put_back_makes_no_entry_earlier_than_the_one_before()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);
        var before = Time(Assert.Single(await LinesAsync(log)));

        // A little: the entry is dated into the next second.
        nation.Time.Move(TimeSpan.FromSeconds(-30));
        await KeepAnotherAsync(nation, 2);
        await log.RenewAsync();
        Assert.Equal(before.AddSeconds(1), Time((await LinesAsync(log))[1]));

        // Far: it waits until the clock has come again. What there is is read and served all the same.
        await KeepAnotherAsync(nation, 3);
        nation.Time.Move(TimeSpan.FromDays(-400));
        await log.RenewAsync();
        Assert.Equal(2, (await LinesAsync(await OpenAsync(nation))).Count);
        Assert.NotNull((await log.ResolveAsync(log.Did, DidResolutionOptions.None)).Document);
        nation.Time.Move(TimeSpan.FromDays(400));
        await log.RenewAsync();
        Assert.Equal(3, (await LinesAsync(log)).Count);
    }

    [Fact]
    public async Task A_log_whose_document_was_of_another_shape_goes_on_in_this_one()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);
        var shape = log.Document;
        await AppendOldShapeAsync(log);
        log = await OpenAsync(nation);
        Assert.Equal(3, (await LinesAsync(log)).Count);
        Assert.True(JsonNode.DeepEquals(shape, log.Document));
        await log.RenewAsync();
        Assert.Equal(3, (await LinesAsync(log)).Count);
    }

    [Fact]
    public async Task What_is_not_the_log_any_more_is_not_opened()
    {
        await using var nation = await TestNation.FoundAsync();
        await OpenAsync(nation);
        await nation.Database.CommitAsync(new Statement("UPDATE did_entry SET line = replace(line, 'nation.example', 'others.example')", new { }));
        var mismatch = await Assert.ThrowsAsync<LogMismatchException>(() => OpenAsync(nation));
        Assert.Contains("the log of the nation's DID", mismatch.Message, StringComparison.Ordinal);
    }

    private static async Task MoveToAsync(TestNation nation, DidLog log, DateTimeOffset to)
    {
        nation.Time.Move(to - nation.Time.GetUtcNow());
        await nation.Keys.RenewAsync();
        await log.RenewAsync();
    }

    /// <summary>A second entry as they were: every key that signs anything an assertion method, and no certificates.</summary>
    internal static async Task AppendOldShapeAsync(DidLog log, WitnessRule? witness = null)
    {
        var (old, state) = (log.Document, await log.SeeAsync());
        foreach (var method in old["verificationMethod"]!.AsArray()) (method!["publicKeyJwk"] as JsonObject)?.Remove("x5c");
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Credential, KeyPurpose.StatusList]) old["assertionMethod"]!.AsArray().Add(log.UrlOf(log.Keys.Current(purpose)));
        var keys = log.Keys.Keys.Where(key => key.Purpose == KeyPurpose.DidUpdate).ToDictionary(key => key.Generation, key => key.Signing!);
        var set = new LogParameters { UpdateKeys = [Multikey.Of(keys[2].PublicKey)], NextKeyHashes = [ActiveParameters.HashOf(Multikey.Of(keys[3].PublicKey))], Witness = witness };
        var at = state.LastAt.AddSeconds(1);
        var written = await WebVhWriter.UpdateAsync(state.Log, old, set, keys[2], at);
        Assert.Null(await log.Database.CommitAsync(DidEntries.Insert(new() { Version = 2, VersionId = written.VersionId, At = at.ToUnixTimeSeconds(), Line = written.Line })));
    }

    /// <summary>A key more, as if its time had come.</summary>
    internal static async Task KeepAnotherAsync(TestNation nation, long generation)
    {
        var (_, act) = nation.Keys.Make(KeyPurpose.StatusList, JoseAlgorithm.ES256, generation, nation.Time.GetUtcNow());
        Assert.Null(await nation.Database.CommitAsync([.. act]));
    }

    private static IEnumerable<string> Listed(DidLog log) => Texts(log.Document["assertionMethod"]!);

    private static IEnumerable<string> Texts(JsonNode array) => array.AsArray().Select(item => item!.GetValue<string>());

    private static DateTimeOffset Time(JsonObject entry) => DateTimeOffset.Parse(entry["versionTime"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task<DidLog> OpenAsync(TestNation nation, LogMemory? memory = null) => (await DidLog.OpenAsync(nation.Database, nation.Keys, nation.Time, memory))!;

    internal static async Task<IReadOnlyList<JsonObject>> LinesAsync(DidLog log) =>
        [.. Encoding.UTF8.GetString(await log.ReadAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}
