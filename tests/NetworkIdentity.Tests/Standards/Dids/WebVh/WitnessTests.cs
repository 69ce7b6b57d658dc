using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using static NetworkIdentity.Tests.Standards.Dids.WebVh.WebVhWorld;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

public sealed class WitnessTests
{
    private const string Missing = "an entry was not approved by enough of its witnesses";

    [Fact]
    public void An_entry_needs_as_many_of_its_witnesses_as_the_threshold_says()
    {
        Assert.Equal(Missing, Of(2, 7, 8, 9).Error().Description);
        Assert.Equal(Missing, Of(2, 7, 8, 9).Witnessed(1, by: 7).Error().Description);
        Assert.Null(Of(2, 7, 8, 9).Witnessed(1, by: 9).Witnessed(1, by: 7).Resolve().Error);
        Assert.Equal(Missing, Of(2, 7, 8, 9).Witnessed(1, by: 9).Witnessed(1, by: 6).Error().Description);
    }

    [Fact]
    public void A_proof_of_a_version_is_one_of_those_before_it_and_not_of_those_after()
    {
        Assert.Null(Of(1, 8).Then().Then().Witnessed(3, by: 8).Resolve().Error);

        var world = Of(1, 8).Then().Then().Witnessed(2, by: 8);
        Assert.Equal(Missing, world.Error().Description);
        Assert.Equal("2", world.Resolve(options: new(VersionNumber: 2)).DocumentMetadata.VersionId![..1]);
        Assert.Equal(Missing, world.Resolve(options: new(VersionNumber: 3)).Error?.Description);
    }

    [Fact]
    public void New_witnesses_and_none_any_more_are_approved_by_the_old_ones()
    {
        var world = Of(1, 8).Then(Set(1, 9)).Then();
        Assert.Equal(Missing, world.Witnessed(3, by: 9).Error().Description);
        Assert.Null(world.Witnessed(2, by: 8).Resolve().Error);

        var ended = Of(1, 8).Then(entry => entry["parameters"]!["witness"] = new JsonObject()).Then();
        Assert.Equal(Missing, ended.Witnessed(1, by: 8).Error().Description);
        Assert.Null(ended.Witnessed(2, by: 8).Resolve().Error);
    }

    [Fact]
    public void First_witnesses_approve_of_the_entry_that_names_them()
    {
        var world = new WebVhWorld().First().Then(Set(1, 8));
        Assert.Equal(Missing, world.Error().Description);
        Assert.Null(world.Witnessed(2, by: 8).Resolve().Error);
    }

    [Theory]
    [InlineData("cryptosuite", "eddsa-rdfc-2022")]
    [InlineData("proofPurpose", "authentication")]
    [InlineData("verificationMethod", "did:web:witness.example#key-1")]
    [InlineData("proofValue", "z3QhC4dk9WzF4xgmDguyKMUueki4NyQJWPmxfd972mM7g4jhkzerX8x2gnz4dxQCUddia7SgLh16iwy949b3Xmhr")]
    [InlineData("proofValue", "z")]
    [InlineData("type", "Ed25519Signature2020")]
    public void A_proof_that_does_not_hold_is_left_out_and_others_count(string member, string value)
    {
        var world = Of(1, 8, 9).Witnessed(1, by: 8, proof => proof[member] = value);
        Assert.Equal(Missing, world.Error().Description);
        Assert.Null(world.Witnessed(1, by: 9).Resolve().Error);
    }

    [Fact]
    public void A_proof_of_an_older_version_counts_where_the_newer_one_of_the_same_witness_does_not_hold()
    {
        var world = Of(1, 8).Then(Set(1, 9)).Then();
        world.Witnessed(3, by: 8, proof => proof["proofPurpose"] = "authentication").Witnessed(2, by: 8).Witnessed(3, by: 9);
        Assert.Null(world.Resolve().Error);
    }

    [Fact]
    public void A_proof_of_a_version_that_is_not_in_the_log_says_nothing()
    {
        // Of an entry to come, which is not published.
        var longer = Of(1, 8).Then().Witnessed(2, by: 8);
        var shorter = Of(1, 8);
        shorter.Witnesses.Add(longer.Witnesses[0]!.DeepClone());
        Assert.Equal(Missing, shorter.Error().Description);
        Assert.Null(shorter.Witnessed(1, by: 8).Resolve().Error);
    }

    [Fact]
    public void Without_the_file_a_log_that_names_witnesses_is_not_resolved_and_one_that_names_none_is()
    {
        Assert.True(WebVhLog.Read(Of(1, 8).Log, Now).NeedsWitnessProofs);
        Assert.Equal("invalidDid", Of(1, 8).Error().Code);
        Assert.False(WebVhLog.Read(new WebVhWorld().First().Log, Now).NeedsWitnessProofs);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("[{\"versionId\":\"1\",\"proof\":{}}]")]
    [InlineData("[{\"versionId\":\"1\",\"proof\":[1]}]")]
    [InlineData("")]
    public void A_file_that_is_none_is_refused(string file)
    {
        var error = DidWebVh.Resolve(Of(1, 8).Did, Of(1, 8).Log, System.Text.Encoding.UTF8.GetBytes(file), Now, new()).Error!;
        Assert.Equal("invalidDid", error.Code);
        Assert.Contains("malformed", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_witness_approves_of_what_it_has_verified_and_the_file_keeps_the_last_proof_of_each()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var first = await WebVhWriter.CreateAsync(Document(), new() { UpdateKeys = [Multi(1)], Witness = new(2, [Multi(8), Multi(9)]) }, Key(1), Now.AddDays(-3), cancellation);
        var second = await WebVhWriter.UpdateAsync(first.Log, first.Log.Last.Document, new(), Key(1), Now.AddDays(-2), cancellation);

        var proofs = WitnessProofs.None;
        foreach (var (entry, witness) in (IEnumerable<(WrittenEntry, int)>)[(first, 8), (first, 9), (second, 8), (second, 9)])
            proofs = proofs.With(entry.VersionId, await WitnessProofs.SignAsync(entry.VersionId, Key(witness), Now, cancellation));
        var log = System.Text.Encoding.UTF8.GetBytes($"{first.Line}\n{second.Line}\n");
        var did = second.Log.Last.Did.ToString();
        Assert.Null(DidWebVh.Resolve(did, log, proofs.Write(), Now, new()).Error);

        // Pruned for the first version, the proofs of the second, which is not out, stay; for both, only those.
        Assert.Equal(proofs.Write(), proofs.Pruned([first.VersionId]).Write());
        var pruned = WitnessProofs.Read(proofs.Write()).Pruned([first.VersionId, second.VersionId]).Write();
        Assert.Equal(second.VersionId, Assert.Single(JsonNode.Parse(pruned)!.AsArray())!["versionId"]!.GetValue<string>());
        Assert.Equal(2, JsonNode.Parse(pruned)![0]!["proof"]!.AsArray().Count);
        Assert.Null(DidWebVh.Resolve(did, log, pruned, Now, new()).Error);
    }

    [Fact]
    public void Only_declared_errors_leave_the_reading_of_mutated_proofs()
    {
        var world = Of(1, 8).Then().Witnessed(2, by: 8).Witnessed(1, by: 8);
        var log = world.Log;
        var refused = Mutations.Refused(
            System.Text.Encoding.UTF8.GetString(StrictJson.Write(world.Witnesses)),
            text => _ = WebVhLog.Read(log, Now).Approved(System.Text.Encoding.UTF8.GetBytes(text), Now),
            300);
        Assert.InRange(refused, 100, 300);
    }

    private static WebVhWorld Of(int threshold, params int[] witnesses) => new WebVhWorld().First(Set(threshold, witnesses));

    private static Action<JsonObject> Set(int threshold, params int[] witnesses) =>
        entry => entry["parameters"]!["witness"] = new WitnessRule(threshold, [.. witnesses.Select(Multi)]).ToJson();
}
