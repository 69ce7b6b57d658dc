using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Arriving;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Arriving;

/// <summary>What a station is told of other nations: two nations, two servers, and hosts that are slow, gone, or lie.</summary>
public sealed class RecognisedNationsTests
{
    private const string Membership = "urn:network-identity:membership:1";
    private const string Residency = "urn:network-identity:residency:1";

    [Fact]
    public async Task A_bundle_names_whom_the_nation_recognises_with_its_certificates_and_the_lists_that_it_has_in_use()
    {
        await using var here = await HereAsync();
        using var alone = here.Alone();
        await using var there = await TestServer.StartAsync(change: settings => settings with { NationName = "Aurora" });
        var wallet = await there.MemberAsync();
        var status = StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Held["membership"]).IssuerSigned.Claims())!;
        Assert.Single((await ReadAsync(here))["issuers"]!.AsArray());
        var narrow = await RecogniseAsync(here, there, Residency, 10);
        var one = await RecogniseAsync(here, there, Membership, 20);
        await RecogniseAsync(here, there, Membership, 20, from: 2);

        // It stands there before it was asked: a station knows that it is recognised.
        here.Time.Move(TrustBundle.Looked);
        var claims = await ReadAsync(here);
        Assert.Equal([Membership, Residency], claims["issuers"]![1]!["types"]!.AsArray().Select(type => (string)type!));
        await RenewAsync(here);
        here.Time.Move(TrustBundle.Looked);

        // Together until the first of them ends.
        claims = await ReadAsync(here);
        Assert.False(IsUnknown(claims, there.Issuer));
        var (own, other) = (claims["issuers"]![0]!.AsObject(), claims["issuers"]![1]!.AsObject());
        Assert.Equal(2, claims["issuers"]!.AsArray().Count);
        Assert.Equal((here.Issuer, false), ((string)own["issuer"]!, own.ContainsKey("leaves")));
        Assert.Equal((there.Issuer, there.Nation.DidLog!.Did, "Aurora"), ((string)other["issuer"]!, (string)other["did"]!, (string)other["name"]!));
        Assert.Equal([Membership, Residency], other["types"]!.AsArray().Select(type => (string)type!));
        Assert.Equal((narrow.Id, narrow.Content.Ends.ToUnixTimeSeconds()), ((string)other["recognition"]!["id"]!, (long)other["recognition"]!["until"]!));
        var published = PublishedCertificates.Of(there.Issuer, there.Nation.DidLog.Document);
        Assert.Equal(published.Roots.Select(root => Convert.ToBase64String(root.RawData)), other["roots"]!.AsArray().Select(root => (string)root!));
        Assert.Equal(published.Leaves.Select(Convert.ToBase64String), other["leaves"]!.AsArray().Select(leaf => (string)leaf!));
        Assert.Equal(await there.Http.GetStringAsync(status.Uri), TokenOf(claims, status.Uri));

        // What it takes back is in the next one.
        await there.Nation.Revoker.RevokeAsync((await there.RecordOfAsync(wallet)).Id, "why");
        there.Time.Move(StatusListPublisher.Interval);
        here.Time.Move(RecognisedNations.Interval);
        await RenewAsync(here);
        var list = Jws.Parse(TokenOf(await ReadAsync(here), status.Uri)!).Claims();
        Assert.Equal(TokenStatus.Invalid, StatusList.Decode(list["status_list"]!["lst"]!.GetValue<string>(), 2, StatusList.MaxBytes).Get(status.Index));

        // One that has ended tells no more; both, and it is gone, with its lists.
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, narrow.Id);
        here.Time.Move(TrustBundle.Looked);
        other = (await ReadAsync(here))["issuers"]![1]!.AsObject();
        Assert.Equal((one.Id, Membership), ((string)other["recognition"]!["id"]!, (string)Assert.Single(other["types"]!.AsArray())!));
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, one.Id);
        here.Time.Move(TrustBundle.Looked);
        claims = await ReadAsync(here);
        Assert.Single(claims["issuers"]!.AsArray());
        Assert.Null(TokenOf(claims, status.Uri));
    }

    [Fact]
    public async Task A88_nobody_waits_for_a_host_that_never_answers_and_the_others_are_there()
    {
        await using var here = await HereAsync();
        using var alone = here.Alone();
        await using var there = await TestServer.StartAsync();
        await using var silent = new RudeHost((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var (issuer, today) = ($"http://localhost:{silent.Port}", DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime));
        await RecognitionActs.RecogniseAsync(here.Nation.Database, here.Nation.Keys.Nation, here.Time, new(
            Recognition.ByUs, "Silence", issuer, $"did:web:localhost%3A{silent.Port}", [Membership], "Members.", "Treaty", "https://law.example/treaty", today, today.AddDays(20)));
        await RecogniseAsync(here, there, Membership, 20);
        var renewing = RenewAsync(here);
        await silent.Asked;
        var reading = ReadAsync(here);
        Assert.Same(reading, await Task.WhenAny(reading, renewing));
        Assert.True(IsUnknown(await reading, issuer));
        await renewing;
        here.Time.Move(TrustBundle.Looked);
        var claims = await ReadAsync(here);
        Assert.Equal((3, true, false), (claims["issuers"]!.AsArray().Count, IsUnknown(claims, issuer), IsUnknown(claims, there.Issuer)));
    }

    [Fact]
    public async Task A88_one_that_is_asked_waits_for_its_turn_from_then_on_whatever_comes_of_it()
    {
        await using var here = await HereAsync();
        using var alone = here.Alone();
        var today = DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime);
        await RecognitionActs.RecogniseAsync(here.Nation.Database, here.Nation.Keys.Nation, here.Time, new(
            Recognition.ByUs, "There", "https://there.example", "did:web:there.example", [Membership], "Members.", "Treaty", "https://law.example/treaty", today, today.AddDays(20)));
        var (asked, isSlow) = (0, false);
        using var fetcher = new Fetcher(new() { Resolve = (_, _) => Answer() }, here.Time);
        var register = new RecognitionRegister(here.Nation.Database, new DidResolver(null, new FetchedDids(fetcher, loopback: false, here.Time, _ => { }), _ => true), here.Time);
        using var others = new RecognisedNations(register, fetcher, here.Time, _ => { });

        // It breaks down, and not again at each look.
        await Assert.ThrowsAsync<InvalidOperationException>(others.RenewAsync);
        await others.RenewAsync();
        Assert.Equal(1, asked);

        // It took its time to answer: that is no part of the pause.
        isSlow = true;
        here.Time.Move(RecognisedNations.Again);
        await others.RenewAsync();
        Assert.Equal(2, asked);
        here.Time.Move(FetchedDids.FailureKept);
        await others.RenewAsync();
        Assert.Equal(3, asked);

        Task<IPAddress[]> Answer()
        {
            asked++;
            if (!isSlow) throw new InvalidOperationException("nobody foresaw it");
            here.Time.Move(RecognisedNations.Again);
            return Task.FromResult<IPAddress[]>([]);
        }
    }

    [Fact]
    public async Task A84_A88_while_a_host_is_down_or_says_what_is_not_so_what_was_found_stands_for_a_day_and_a_list_until_its_end()
    {
        await using var here = await HereAsync();
        using var alone = here.Alone();
        var there = await TestServer.StartAsync();
        KeyRing keys;
        Dictionary<string, byte[]> files = [];
        string uri;
        await using (there)
        {
            var status = StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse((await there.MemberAsync()).Held["membership"]).IssuerSigned.Claims())!;
            (keys, uri) = (there.Nation.Keys, status.Uri);
            await RecogniseAsync(here, there, Membership, 20);
            await RenewAsync(here);
            foreach (var path in (string[])["/did.jsonl", "/.well-known/did.jsonl"])
            {
                using var file = await there.Http.GetAsync(there.Url(path));
                if (file.IsSuccessStatusCode) files[path] = await file.Content.ReadAsByteArrayAsync();
            }
        }

        var token = TokenOf(await ReadAsync(here), uri);
        Assert.NotNull(token);

        // Its host is back, and gives out what was: an older bundle, another's, one that is none, and lists that are not its own.
        var now = here.Time.GetUtcNow();
        var ownList = TokenOf(await MemberAsync(here), null)!;
        var ownUri = Jws.Parse(ownList).Claims()["sub"]!.GetValue<string>();
        var claimed = await Jws.SignAsync(
            TokenStatusList.Type, TokenStatusList.Claims(ownUri, StatusList.Of(2, 1024, []), now, now.AddDays(1), TimeSpan.FromMinutes(1)), keys.Current(KeyPurpose.StatusList));
        JsonObject[] foreign = [new() { ["uri"] = ownUri, ["token"] = claimed }, new() { ["uri"] = ownUri, ["token"] = ownList }, new() { ["uri"] = $"{there.Issuer}/status/a", ["token"] = ownList }, []];
        JsonObject Good(params JsonNode[] lists) => new() { ["exp"] = now.AddDays(1).ToUnixTimeSeconds(), ["lists"] = new JsonArray(lists) };
        var never = new JsonObject { ["iss"] = there.Issuer, ["iat"] = 300_000_000_000, ["exp"] = 300_000_086_400, ["lists"] = new JsonArray() };
        (string Text, string? Fault)[] wrong =
        [
            (await SignedStatement.SignAsync(keys, TrustBundle.Type, Good(), now.AddHours(-1)), null),
            (await SignedStatement.SignAsync(here.Nation.Keys, TrustBundle.Type, Good(), now), "does not have the certificate"), ("hello", "compact"), (await SignedStatement.SignAsync(keys, "census+jwt", Good(), now), "typ"),
            (await Jws.SignAsync(TrustBundle.Type, never, keys.Current(KeyPurpose.Statement)), "iat"),
            (await SignedStatement.SignAsync(keys, TrustBundle.Type, new() { ["exp"] = now.ToUnixTimeSeconds(), ["lists"] = new JsonArray() }, now), "its time is over"),
            (await SignedStatement.SignAsync(keys, TrustBundle.Type, new() { ["lists"] = new JsonArray() }, now), null),
        ];
        var heard = new List<string>();
        here.Nation.Alarm = heard.Add;
        var (said, asked) = ("", 0);
        await using (new RudeHost(
            async (stream, head, cancellation) => await (files.TryGetValue(head.Split(' ')[1], out var file) ? RudeHost.Says(file, "Content-Type: text/plain\r\n")
                : head.StartsWith($"GET {TrustBundle.Path} ", StringComparison.Ordinal) && ++asked > 0 ? RudeHost.Says(Encoding.ASCII.GetBytes(said), $"Content-Type: {TrustBundle.MediaType}\r\n")
                : RudeHost.Says([], "", "404 Not Found"))(stream, head, cancellation),
            port: new Uri(there.Issuer).Port))
        {
            // Nothing of it is taken, the operator is told once of each change, and it is not asked again before its turn.
            foreach (var (text, fault) in wrong)
            {
                (said, asked) = (text, 0);
                heard.Clear();
                here.Time.Move(RecognisedNations.Interval);
                await RenewAsync(here);
                await RenewAsync(here);
                Assert.Equal((1, token), (asked, TokenOf(await ReadAsync(here), uri)));
                here.Time.Move(RecognisedNations.Again);
                await RenewAsync(here);
                Assert.Equal((2, fault is null ? 0 : 1), (asked, heard.Count));
                Assert.All(heard, words => Assert.Contains(fault!, words, StringComparison.Ordinal));
            }

            // A newer one of its own counts, but for what is not of it: this nation's list stays as it is, and so does that of a nation below its address. None stands there twice.
            here.Time.Move(RecognisedNations.Interval);
            var below = await BelowAsync(here, there);
            var belowUri = $"{there.Issuer}/north/status/a";
            var nearer = await Jws.SignAsync(
                TokenStatusList.Type, TokenStatusList.Claims(belowUri, StatusList.Of(2, 1024, []), now, now.AddDays(1), TimeSpan.FromMinutes(1)), keys.Current(KeyPurpose.StatusList));
            JsonObject Listed(string at, string list) => new() { ["uri"] = at, ["token"] = list };
            said = await SignedStatement.SignAsync(keys, TrustBundle.Type, Good(Listed(belowUri, nearer), Listed(uri, token), Listed(uri, token)), here.Time.GetUtcNow());
            await RenewAsync(here);
            Assert.Equal([ownUri, uri], (await ReadAsync(here))["lists"]!.AsArray().Select(list => (string)list!["uri"]!));
            await RecognitionActs.EndAsync(here.Nation.Database, here.Time, below.Id);

            // Of one of its own that is not good it is said, once, and what was known of that list stands; it is asked again soon.
            heard.Clear();
            foreach (var broken in (JsonObject[])[Listed(uri, ownList), Listed(uri, "none"), new() { ["uri"] = uri }])
            {
                (said, asked) = (await SignedStatement.SignAsync(keys, TrustBundle.Type, Good(broken), here.Time.GetUtcNow()), 0);
                here.Time.Move(RecognisedNations.Interval);
                await RenewAsync(here);
                here.Time.Move(RecognisedNations.Again);
                await RenewAsync(here);
                Assert.Equal((2, token), (asked, TokenOf(await ReadAsync(here), uri)));
            }

            Assert.Equal(3, heard.Distinct().Count());
            Assert.All(heard, words => Assert.Contains($"not all is taken: its list {uri}: ", words, StringComparison.Ordinal));
            said = await SignedStatement.SignAsync(keys, TrustBundle.Type, Good([7, .. foreign]), here.Time.GetUtcNow());
            here.Time.Move(RecognisedNations.Interval);
            await RenewAsync(here);
            var claims = await ReadAsync(here);
            Assert.Null(TokenOf(claims, uri));
            Assert.Contains($"its list {there.Issuer}/status/a: ", heard[^1], StringComparison.Ordinal); // those at other addresses are nothing of its own
            Assert.Equal((ownUri, ownList), ((string)Assert.Single(claims["lists"]!.AsArray())!["uri"]!, TokenOf(claims, ownUri)));
            said = await SignedStatement.SignAsync(keys, TrustBundle.Type, Good(Listed(uri, token)), here.Time.GetUtcNow());
            here.Time.Move(RecognisedNations.Interval);
            await RenewAsync(here);
            Assert.Equal(token, TokenOf(await ReadAsync(here), uri));
        }

        // Down.
        here.Time.Move(TimeSpan.FromHours(20));
        await RenewAsync(here);
        Assert.Equal(token, TokenOf(await ReadAsync(here), uri));
        here.Time.Move(TimeSpan.FromHours(3.5));
        await RenewAsync(here);
        var last = await ReadAsync(here);
        Assert.Null(TokenOf(last, uri));
        Assert.False(IsUnknown(last, there.Issuer));
        here.Time.Move(TimeSpan.FromHours(1));
        await RenewAsync(here);
        Assert.True(IsUnknown(await ReadAsync(here), there.Issuer));
    }

    [Fact]
    public async Task A94_what_does_not_fit_of_another_is_left_out_and_the_operator_is_told()
    {
        await using var here = await HereAsync();
        using var alone = here.Alone();
        await using var there = await TestServer.StartAsync();
        await there.MemberAsync();

        // So many nodes that the nation's own part fits, and leaves no room.
        const string Entry = """{"name":"","region":"","policy":{"asks":"membership","other_nodes":"admit"}},""";
        var left = (TrustBundle.MaxLength / 4 * 3) - 12_000 - (await here.Nation.TrustBundle.ReadAsync()).Text.Length * 3 / 4;
        await RecogniseAsync(here, there, Membership, 20);
        await RenewAsync(here);
        var heard = new List<string>();
        here.Nation.Alarm = heard.Add;
        await here.Nation.Database.CommitAsync([.. Enumerable.Range(0, left / (Entry.Length + 200)).Select(number =>
            Nodes.Insert(new() { Id = RandomId.New(), Name = $"{number:0000} {new string('n', 95)}", Region = new string('r', 100), CreatedAt = 0 }))]);
        here.Time.Move(TrustBundle.Looked);
        var claims = await ReadAsync(here);
        Assert.Single(claims["issuers"]!.AsArray());
        Assert.Empty(claims["lists"]!.AsArray());
        Assert.Contains($"no room for all of what stations should know of {there.Issuer}", Assert.Single(heard), StringComparison.Ordinal);
        await here.Nation.Database.CommitAsync(new Statement("DELETE FROM node", new { }));
        here.Time.Move(TrustBundle.Looked);
        Assert.Single((await ReadAsync(here))["lists"]!.AsArray());
    }

    private static Task<TestServer> HereAsync() => TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });

    private static Task RenewAsync(TestServer server) => server.Nation.TrustBundle.RenewAsync();

    /// <summary>A nation at the other's host, below its address, that nobody has met.</summary>
    private static Task<RegisteredRecognition> BelowAsync(TestServer here, TestServer there)
    {
        var today = DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime);
        return RecognitionActs.RecogniseAsync(here.Nation.Database, here.Nation.Keys.Nation, here.Time, new(
            Recognition.ByUs, "North", $"{there.Issuer}/north", $"did:web:localhost%3A{new Uri(there.Issuer).Port}:north", [Membership], "Members.", "Treaty", "https://law.example/treaty", today.AddDays(-1), today.AddDays(20)));
    }

    /// <summary>Whether a nation stands in the bundle without a certificate.</summary>
    private static bool IsUnknown(JsonObject claims, string issuer)
    {
        var one = Assert.Single(claims["issuers"]!.AsArray(), one => (string)one!["issuer"]! == issuer)!;
        return one["roots"]!.AsArray().Count + one["leaves"]!.AsArray().Count == 0;
    }

    private static async Task<RegisteredRecognition> RecogniseAsync(TestServer here, TestServer there, string type, int days, int from = -1)
    {
        var today = DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime);
        return await RecognitionActs.RecogniseAsync(here.Nation.Database, here.Nation.Keys.Nation, here.Time, new(
            Recognition.ByUs, "Aurora", there.Issuer, there.Nation.DidLog!.Did, [type], "Members of any tier.", "Treaty of 2026", "https://law.example/treaty", today.AddDays(from), today.AddDays(days)));
    }

    /// <summary>The bundle once somebody belongs here.</summary>
    private static async Task<JsonObject> MemberAsync(TestServer server)
    {
        await server.MemberAsync();
        server.Time.Move(TrustBundle.Looked);
        return await ReadAsync(server);
    }

    /// <summary>The token of a list; of the first where none is named.</summary>
    private static string? TokenOf(JsonObject claims, string? uri) => (string?)claims["lists"]!.AsArray().FirstOrDefault(list => uri is null || (string)list!["uri"]! == uri)?["token"];

    private static async Task<JsonObject> ReadAsync(TestServer server) => SignedStatement.Read(
        new IssuerCertificates(issuer => issuer == server.Issuer ? server.Nation.Keys.Roots : []), (await server.Nation.TrustBundle.ReadAsync()).Text, TrustBundle.Type, server.Issuer, server.Time.GetUtcNow());
}
