using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.House;
using static NetworkIdentity.Tests.Standards.Dids.WebVh.WebVhWorld;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

/// <summary>
/// Logs of and for software that this project did not write: tests/interop/webvh-ours.json holds logs that were written here, which tests/interop/webvh.test.mjs
/// resolves with didwebvh-ts; webvh-theirs.json holds those that it wrote.
/// </summary>
public sealed class StrangersLogTests
{
    private static readonly DateTimeOffset Later = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = ["pre-rotation", "a witness", "an end"];

    private static JsonArray Histories(string whose) => StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(Tree.Read($"tests/interop/webvh-{whose}.json")))!.AsArray();

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public void A_log_that_either_wrote_resolves_and_not_when_an_entry_was_changed(string whose)
    {
        var all = Histories(whose);
        foreach (var history in all)
        {
            var entries = history!["log"]!.AsArray();
            var result = Resolve(entries, history["witness"]);
            Assert.Null(result.Error);
            Assert.Equal(history["ended"]!.GetValue<bool>(), result.Document is null);
            Assert.Equal(entries[^1]!["versionId"]!.GetValue<string>(), result.DocumentMetadata.VersionId);
            entries[0]!["state"]!["alsoKnownAs"] = new JsonArray("did:web:other.example");
            Assert.Equal("invalidDid", Resolve(entries, history["witness"]).Error?.Code);
        }

        Assert.Equal(Names, all.Select(history => history!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_the_stranger_resolves_is_what_is_written_here()
    {
        var document = Document();
        document["verificationMethod"] = new JsonArray(Json($$"""{"id":"did:webvh:{SCID}:nation.example#key","type":"Multikey","controller":"did:webvh:{SCID}:nation.example"}"""));
        document["verificationMethod"]![0]!["publicKeyMultibase"] = Multi(3);
        document["assertionMethod"] = new JsonArray("did:webvh:{SCID}:nation.example#key");
        var cancellation = TestContext.Current.CancellationToken;

        var first = await Begin(new() { UpdateKeys = [Multi(1)], NextKeyHashes = [Hash(2)] });
        var second = await WebVhWriter.UpdateAsync(first.Log, first.Log.Last.Document, new() { UpdateKeys = [Multi(2)], NextKeyHashes = [Hash(3)] }, Key(2), Began.AddDays(1), cancellation);

        var seen = await Begin(new() { UpdateKeys = [Multi(1)], Witness = new(1, [Multi(8)]) });
        var proof = await WitnessProofs.SignAsync(seen.VersionId, Key(8), Began, cancellation);

        // With pre-rotation, as the nation ends.
        var ended = await WebVhWriter.DeactivateAsync(first.Log, Key(2), Began.AddDays(1), cancellation);

        var written = new JsonArray(
            History(Names[0], [first, second], null),
            History(Names[1], [seen], JsonNode.Parse(WitnessProofs.None.With(seen.VersionId, proof).Write())),
            History(Names[2], [first, .. ended], null));
        Assert.True(JsonNode.DeepEquals(Histories("ours"), written), StrictJson.WriteText(written));

        Task<WrittenEntry> Begin(LogParameters set) => WebVhWriter.CreateAsync(document, set, Key(1), Began, cancellation);

        static JsonObject History(string name, IReadOnlyList<WrittenEntry> entries, JsonNode? witness) => new()
        {
            ["name"] = name,
            ["log"] = new JsonArray([.. entries.Select(entry => JsonNode.Parse(entry.Line))]),
            ["witness"] = witness,
            ["ended"] = name == Names[2],
        };
    }

    private static DidResolutionResult Resolve(JsonArray entries, JsonNode? witness) => DidWebVh.Resolve(
        entries[^1]!["state"]!["id"]!.GetValue<string>(),
        System.Text.Encoding.UTF8.GetBytes(string.Join('\n', entries.Select(StrictJson.WriteText))),
        witness is null ? null : StrictJson.Write(witness),
        Later,
        DidResolutionOptions.None);
}
