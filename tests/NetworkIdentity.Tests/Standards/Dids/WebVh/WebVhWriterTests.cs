using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Standards.Dids.WebVh.WebVhWorld;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

public sealed class WebVhWriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_entry_has_its_own_hash_for_a_name_wherever_the_placeholder_stood()
    {
        var document = Document("nation.example%3A8443:nations:one");
        document["alsoKnownAs"] = new JsonArray("did:webvh:{SCID}:other.example");
        var entry = await WebVhWriter.CreateAsync(document, new() { UpdateKeys = [Multi(1)] }, Key(1), Now, Cancellation);
        var did = entry.Log.Last.Did;
        Assert.Equal($"did:webvh:{did.Scid}:nation.example%3A8443:nations:one", did.ToString());
        Assert.Equal("https://nation.example:8443/nations/one/did.jsonl", did.LogUrl);
        Assert.Equal("https://nation.example:8443/nations/one/did-witness.json", did.WitnessUrl);
        Assert.Equal("did:web:nation.example%3A8443:nations:one", did.ParallelDidWeb);
        Assert.DoesNotContain("{SCID}", entry.Line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', entry.Line);
        Assert.Equal([$"did:webvh:{did.Scid}:other.example"], entry.Log.Last.Document["alsoKnownAs"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task Keys_rotate_to_what_was_committed_to_and_the_whole_log_resolves()
    {
        var log = new List<string>();
        var entry = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)], NextKeyHashes = [Hash(2)] }, Key(1), Now.AddDays(-9), Cancellation);
        log.Add(entry.Line);
        for (var turn = 2; turn < 8; turn++)
        {
            var document = entry.Log.Last.Document.DeepClone().AsObject();
            document["turn"] = turn;
            entry = await WebVhWriter.UpdateAsync(entry.Log, document, new() { UpdateKeys = [Multi(turn)], NextKeyHashes = [Hash(turn + 1)] }, Key(turn), Now.AddDays(-9 + turn), Cancellation);
            log.Add(entry.Line);
        }

        var result = Resolve(entry, log);
        Assert.Null(result.Error);
        Assert.Equal(7, result.Document!["turn"]!.GetValue<int>());
        Assert.Equal("7", result.DocumentMetadata.VersionId![..1]);
    }

    [Fact]
    public async Task An_entry_that_a_resolver_would_refuse_is_not_handed_out()
    {
        var entry = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)], NextKeyHashes = [Hash(2)] }, Key(1), Now, Cancellation);
        var document = entry.Log.Last.Document;
        await Refused("invalidParameters", () => WebVhWriter.UpdateAsync(entry.Log, document, new(), Key(1), Now, Cancellation));
        await Refused("invalidParameters", () => WebVhWriter.UpdateAsync(entry.Log, document, new() { UpdateKeys = [Multi(3)], NextKeyHashes = [] }, Key(3), Now, Cancellation));
        await Refused("invalidProof", () => WebVhWriter.UpdateAsync(entry.Log, document, new() { UpdateKeys = [Multi(2)], NextKeyHashes = [] }, Key(1), Now, Cancellation));
        await Refused("invalidProof", () => WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)] }, Key(2), Now, Cancellation));
        await Refused("invalidDid", () => WebVhWriter.CreateAsync(Document("127.0.0.1"), new() { UpdateKeys = [Multi(1)] }, Key(1), Now, Cancellation));
        await Refused("invalidDid", () => WebVhWriter.CreateAsync(new() { ["id"] = "did:web:nation.example" }, new() { UpdateKeys = [Multi(1)] }, Key(1), Now, Cancellation));

        static async Task Refused(string code, Func<Task> write) => Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(write)).Code);
    }

    [Fact]
    public async Task Entries_of_one_second_have_times_one_after_the_other()
    {
        var entry = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)] }, Key(1), Now.AddMilliseconds(900), Cancellation);
        entry = await WebVhWriter.UpdateAsync(entry.Log, entry.Log.Last.Document, new(), Key(1), Now.AddMilliseconds(950), Cancellation);
        Assert.Equal(Now.AddSeconds(1), entry.Log.Last.Time);
    }

    [Fact]
    public async Task A_DID_is_ended_in_one_entry_and_with_pre_rotation_in_two()
    {
        var entry = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)] }, Key(1), Now.AddDays(-1), Cancellation);
        var plain = await WebVhWriter.DeactivateAsync(entry.Log, Key(1), Now, Cancellation);
        Ended(Resolve(plain[^1], [entry.Line, .. plain.Select(one => one.Line)]));
        Assert.Single(plain);

        var rotating = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)], NextKeyHashes = [Hash(2)] }, Key(1), Now.AddDays(-1), Cancellation);
        var two = await WebVhWriter.DeactivateAsync(rotating.Log, Key(2), Now, Cancellation);
        Ended(Resolve(two[^1], [rotating.Line, .. two.Select(one => one.Line)]));
        Assert.Equal(2, two.Count);
        Assert.Empty(two[^1].Log.Last.Active.UpdateKeys);

        static void Ended(DidResolutionResult result)
        {
            Assert.Null(result.Error);
            Assert.Null(result.Document);
            Assert.True(result.ToJson()["didDocumentMetadata"]!["deactivated"]!.GetValue<bool>());
        }
    }

    [Fact]
    public async Task What_is_written_resolves_and_any_single_change_of_it_is_refused()
    {
        var random = new Mutator(Mutator.UsualSeed);
        for (var round = 0; round < 4; round++)
        {
            // A history that is drawn: with and without pre-rotation, services, other names.
            var rotates = random.Next(2) == 0;
            var document = Document(random.One(["a.example", "a.example%3A8443", "a.example:x", "b.a.example:x:y%20z"]));
            var entry = await WebVhWriter.CreateAsync(document, new() { UpdateKeys = [Multi(1)], NextKeyHashes = rotates ? [Hash(2)] : null, Ttl = random.Next(100) }, Key(1), Now.AddDays(-9), Cancellation);
            var lines = new List<string> { entry.Line };
            for (var turn = 2; turn < random.Next(3, 5); turn++)
            {
                var changed = entry.Log.Last.Document.DeepClone().AsObject();
                changed["alsoKnownAs"] = new JsonArray($"https://{turn}.example/");
                var set = rotates ? new LogParameters { UpdateKeys = [Multi(turn)], NextKeyHashes = [Hash(turn + 1)] } : new() { Watchers = ["https://watcher.example/"] };
                entry = await WebVhWriter.UpdateAsync(entry.Log, changed, set, Key(rotates ? turn : 1), Now.AddDays(-9 + turn), Cancellation);
                lines.Add(entry.Line);
            }

            Assert.Null(Resolve(entry, lines).Error);
            for (var at = 0; at < lines.Count; at++)
            {
                foreach (var broken in EachLeafChanged(lines[at]))
                    Assert.NotNull(Resolve(entry, [.. lines[..at], broken, .. lines[(at + 1)..]]).Error);
            }
        }
    }

    [Fact]
    public async Task The_parallel_did_web_document_names_the_did_webvh_and_has_its_services()
    {
        var document = Document("nation.example:n");
        document["alsoKnownAs"] = new JsonArray("did:web:nation.example:n", "https://nation.example/");
        document["verificationMethod"] = new JsonArray(Json($$"""{"id":"did:webvh:{SCID}:nation.example:n#k","type":"Multikey","controller":"did:webvh:{SCID}:nation.example:n","publicKeyMultibase":"{{Multi(3)}}"}"""));
        document["service"] = new JsonArray(Json("""{"id":"#whois","type":"Own","serviceEndpoint":"https://who.example/"}"""));
        var did = (await WebVhWriter.CreateAsync(document, new() { UpdateKeys = [Multi(1)] }, Key(1), Now, Cancellation)).Log.Last;
        var web = DidWebVh.ParallelDocument(did.Did, did.Document);
        var expected = $$"""
            {"@context":["https://www.w3.org/ns/did/v1.1"],"id":"did:web:nation.example:n","alsoKnownAs":["https://nation.example/","{{did.Did}}"],
            "verificationMethod":[{"id":"did:web:nation.example:n#k","type":"Multikey","controller":"did:web:nation.example:n","publicKeyMultibase":"{{Multi(3)}}"}],
            "service":[{"id":"#whois","type":"Own","serviceEndpoint":"https://who.example/"},
            {"type":"relativeRef","serviceEndpoint":"https://nation.example/n/","id":"did:web:nation.example:n#files"}]}
            """;
        Assert.Equal(System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(JsonNode.Parse(expected))), System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(web)));
        Assert.Equal(did.Did.ParallelDidWeb, DidWeb.Read(did.Did.ParallelDidWeb, StrictJson.Write(web)).Id.ToString());
    }

    private static DidResolutionResult Resolve(WrittenEntry last, IReadOnlyList<string> lines) =>
        DidWebVh.Resolve(last.Log.Last.Did.ToString(), System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), null, Now, DidResolutionOptions.None);

    /// <summary>The entry with each of its values changed once, and with each of its members taken away once.</summary>
    private static IEnumerable<string> EachLeafChanged(string line)
    {
        for (var at = 0; ; at++)
        {
            var json = JsonNode.Parse(line)!;
            var places = Places(json).ToList();
            if (at == places.Count) yield break;
            var (parent, name, index) = places[at];
            var value = parent is JsonArray array ? array[index] : parent[name!];
            var kind = value!.GetValueKind();
            JsonNode? changed = kind switch
            {
                System.Text.Json.JsonValueKind.String => value.GetValue<string>() + "x",
                System.Text.Json.JsonValueKind.Number => value.GetValue<long>() + 1,
                _ => "x",
            };
            if (parent is JsonArray items) items[index] = changed;
            else parent[name!] = changed;
            yield return StrictJson.WriteText(json);

            if (parent is JsonArray from) from.RemoveAt(index);
            else parent.AsObject().Remove(name!);
            yield return StrictJson.WriteText(json);
        }
    }

    private static IEnumerable<(JsonNode Parent, string? Name, int At)> Places(JsonNode node) => node switch
    {
        JsonObject members => members.ToList().SelectMany(member => Inside(member.Value).Prepend((members, member.Key, 0))),
        JsonArray items => items.ToList().SelectMany((item, at) => Inside(item).Prepend((items, null, at))),
        _ => [],
    };

    private static IEnumerable<(JsonNode Parent, string? Name, int At)> Inside(JsonNode? node) => node is null ? [] : Places(node);
}
