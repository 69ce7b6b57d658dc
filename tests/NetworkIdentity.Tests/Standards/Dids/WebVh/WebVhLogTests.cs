using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Standards.Dids.WebVh.WebVhWorld;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

public sealed class WebVhLogTests
{
    [Theory]
    [InlineData("2-", "the versions are not numbered")]
    [InlineData("01-", "versionId must be")]
    [InlineData("0-", "versionId must be")]
    [InlineData("1--", "versionId must be")]
    [InlineData("1", "versionId must be")]
    [InlineData("+1-", "versionId must be")]
    public void The_first_version_is_1_a_dash_and_a_hash(string prefix, string words) => Refused("invalidDid", words, new WebVhWorld().First(entry => Name(entry, prefix)));

    [Theory]
    [InlineData("1-")]
    [InlineData("3-")]
    public void Versions_have_no_gaps_and_none_comes_twice(string prefix) => Refused("invalidDid", "not numbered one by one", new WebVhWorld().First().Then(entry => Name(entry, prefix)));

    [Fact]
    public void An_entry_with_another_hash_than_its_own_is_refused_be_it_the_first_or_one_between()
    {
        Refused("invalidDid", "the hash of an entry is not its own", new WebVhWorld().First(entry => entry["versionId"] = "1-" + Hash(1)));
        Refused("invalidDid", "the hash of an entry is not its own", new WebVhWorld().First().Then(entry => entry["versionId"] = "2-" + Hash(1)).Then());
    }

    [Fact]
    public void An_entry_is_chained_to_the_one_before_it()
    {
        // It is hashed over the SCID, as if there were nothing between.
        var world = new WebVhWorld().First();
        world.Then(entry =>
        {
            entry["versionId"] = world.Scid;
            entry["versionId"] = "2-" + HashOf(entry);
        });
        Refused("invalidDid", "the hash of an entry is not its own", world);
    }

    [Fact]
    public void A_signature_by_the_right_key_over_something_else_is_refused_also_between()
    {
        var value = Prove(new() { ["versionId"] = "1" }, 1)["proofValue"]!.GetValue<string>();
        Refused("invalidProof", "signature", new WebVhWorld().First(breaksProof: proof => proof["proofValue"] = value));
        Refused("invalidProof", "signature", new WebVhWorld().First().Then(breaksProof: proof => proof["proofValue"] = value).Then());
    }

    [Theory]
    [InlineData("proofPurpose", "authentication")]
    [InlineData("type", "Ed25519Signature2020")]
    [InlineData("created", "2027-01-01T00:00:00Z")]
    [InlineData("expires", "2026-11-03T00:00:00Z")]
    public void A_proof_of_another_purpose_kind_or_time_is_refused(string member, string value) => Refused("invalidProof", "", new WebVhWorld().First(breaksProof: proof => proof[member] = value));

    [Fact]
    public void Every_proof_of_an_entry_is_by_a_key_that_may_sign_and_there_is_one()
    {
        var world = new WebVhWorld().First();
        var entry = world.Entries[0];
        var bare = entry.DeepClone().AsObject();
        bare.Remove("proof");
        entry["proof"]!.AsArray().Add(Prove(bare, 7));
        Refused("invalidProof", "a key that may not sign this", world);
        entry["proof"] = new JsonArray();
        Refused("invalidProof", "", world);
        entry.Remove("proof");
        Refused("invalidProof", "", world);
    }

    [Theory]
    [InlineData("updateKeys", "null")]
    [InlineData("nextKeyHashes", "null")]
    [InlineData("witness", "null")]
    [InlineData("watchers", "null")]
    [InlineData("ttl", "null")]
    [InlineData("deactivated", "null")]
    [InlineData("scid", "null")]
    [InlineData("updateKeys", "[]")]
    [InlineData("updateKeys", "\"z6Mk\"")]
    [InlineData("updateKeys", "[1]")]
    [InlineData("updateKeys", "[\"a\",\"a\"]")]
    [InlineData("nextKeyHashes", "[\"\"]")]
    [InlineData("portable", "\"true\"")]
    [InlineData("deactivated", "1")]
    [InlineData("ttl", "-1")]
    [InlineData("ttl", "2147483649")]
    [InlineData("ttl", "\"60\"")]
    [InlineData("prerotation", "true")]
    public void A_parameter_of_a_wrong_form_or_one_that_is_none_is_refused(string name, string value) =>
        Refused("invalidParameters", "", new WebVhWorld().First(entry => entry["parameters"]![name] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("method")]
    [InlineData("scid")]
    [InlineData("updateKeys")]
    public void The_first_entry_has_method_scid_and_updateKeys(string name) => Refused("invalidParameters", name, new WebVhWorld().First(entry => entry["parameters"]!.AsObject().Remove(name)));

    [Fact]
    public void The_scid_stands_in_the_first_entry_only() => Refused("invalidParameters", "scid stands", Again(world => entry => entry["parameters"]!["scid"] = world.Scid));

    [Fact]
    public void A_DID_moves_if_it_was_portable_from_the_start_and_names_where_it_was()
    {
        Assert.Null(Moved(portable: true, named: true).Resolve().Error);
        Refused("invalidDid", "is not portable", Moved(portable: false, named: true));
        Refused("invalidDid", "without its name before", Moved(portable: true, named: false));
        Refused("invalidParameters", "portable is set", new WebVhWorld().First().Then(entry => entry["parameters"]!["portable"] = true));
        Refused("invalidParameters", "portable is set", new WebVhWorld().First(entry => entry["parameters"]!["portable"] = true).Then(entry => entry["parameters"]!["portable"] = true));

        var fixedNow = new WebVhWorld().First(entry => entry["parameters"]!["portable"] = true).Then(entry => entry["parameters"]!["portable"] = false);
        Refused("invalidDid", "is not portable", Move(fixedNow, named: true));
    }

    [Fact]
    public void A_DID_that_moved_is_found_by_both_names_and_says_which_is_right()
    {
        var world = Moved(portable: true, named: true);
        var before = $"did:webvh:{world.Scid}:nation.example";
        Assert.Equal(world.Did, world.Resolve(before).DocumentMetadata.CanonicalId);
        Assert.Null(world.Resolve().DocumentMetadata.CanonicalId);
        Assert.Equal(("invalidDid", "the log is another DID's"), world.Error($"did:webvh:{world.Scid}:third.example"));
        Assert.Equal(("invalidDid", "the log is another DID's"), world.Error(new WebVhWorld().First(place: "elsewhere.example").Did));
    }

    [Fact]
    public void Nothing_follows_the_entry_that_ends_a_DID()
    {
        var world = new WebVhWorld().First().Then(entry => entry["parameters"] = Json("""{"deactivated":true,"updateKeys":[]}"""));
        var result = world.Resolve();
        Assert.Null(result.Error);
        Assert.Null(result.Document);
        Assert.True(result.DocumentMetadata.Deactivated);

        var older = world.Resolve(options: new(VersionNumber: 1));
        Assert.NotNull(older.Document);
        Assert.True(older.DocumentMetadata.Deactivated);
        Refused("invalidDid", "follows the one that ended the DID", world.Then());
        Refused("invalidProof", "a key that may not sign this", new WebVhWorld().First().Then(entry => entry["parameters"]!["updateKeys"] = new JsonArray()).Then());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_log_that_is_none_is_refused(string log) =>
        Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => WebVhLog.Read(System.Text.Encoding.UTF8.GetBytes(log), Now)).Code);

    [Fact]
    public void A_member_that_stands_twice_and_one_too_many_are_refused()
    {
        var text = System.Text.Encoding.UTF8.GetString(new WebVhWorld().First().Log);
        Bad(text.Replace("\"versionTime\"", "\"versionTime\":\"2026-11-01T00:00:00Z\",\"versionTime\"", StringComparison.Ordinal));
        Bad(text.Replace("\"versionTime\"", "\"more\":1,\"versionTime\"", StringComparison.Ordinal));
        Bad(new string(' ', WebVhLog.MaxLength) + text);
        Bad(new string(' ', LogEntry.MaxLength) + text);

        static void Bad(string log) => Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => WebVhLog.Read(System.Text.Encoding.UTF8.GetBytes(log), Now)).Code);
    }

    [Fact]
    public void Entries_before_a_broken_one_are_found_by_their_names_and_nothing_stands_for_the_newest()
    {
        var world = new WebVhWorld().First().Then().Then(breaksProof: proof => proof["proofPurpose"] = "authentication");
        Assert.Equal("invalidProof", world.Error().Code);
        Assert.Equal(1, Number(new(VersionNumber: 1)));
        Assert.Equal(2, Number(new(VersionId: world.Entries[1]["versionId"]!.GetValue<string>())));
        Assert.Equal(1, Number(new(VersionTime: new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero))));

        // What the broken one would have said of these nobody knows.
        foreach (var options in (DidResolutionOptions[])[new(VersionNumber: 3), new(VersionTime: new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero)), new(VersionTime: new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero))])
            Assert.Equal("invalidProof", world.Resolve(options: options).Error?.Code);

        int Number(DidResolutionOptions options) => int.Parse(world.Resolve(options: options).DocumentMetadata.VersionId!.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_version_is_found_by_its_name_number_and_time()
    {
        var world = new WebVhWorld().First(entry => entry["parameters"]!["ttl"] = 60).Then(entry => entry["parameters"]!["watchers"] = new JsonArray("https://watcher.example/")).Then();
        var second = world.Resolve(options: new(VersionNumber: 2)).DocumentMetadata;
        Assert.Equal(world.Entries[1]["versionId"]!.GetValue<string>(), second.VersionId);
        Assert.Equal(world.Entries[2]["versionId"]!.GetValue<string>(), second.NextVersionId);
        Assert.Equal(
            Json($$"""
            {"versionTime":"2026-11-02T00:00:00Z","scid":"{{world.Scid}}","portable":false,"ttl":"60","witness":{},"watchers":["https://watcher.example/"],"created":"2026-11-01T00:00:00Z",
             "updated":"2026-11-02T00:00:00Z","deactivated":false,"versionId":"{{second.VersionId}}","nextVersionId":"{{second.NextVersionId}}","nextUpdate":"2026-11-03T00:00:00Z"}
            """).ToJsonString(),
            second.ToJson().ToJsonString());
        Assert.Equal(second.VersionId, world.Resolve(options: new(VersionId: second.VersionId)).DocumentMetadata.VersionId);
        Assert.Equal(second.VersionId, world.Resolve(options: new(VersionTime: new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero))).DocumentMetadata.VersionId);
        Assert.Equal(second.VersionId, world.Resolve(options: new(VersionTime: new(2026, 11, 2, 23, 59, 59, TimeSpan.Zero))).DocumentMetadata.VersionId);
        Assert.Equal(second.NextVersionId, world.Resolve(options: new(VersionTime: Now.AddYears(1))).DocumentMetadata.VersionId);
        foreach (var options in (DidResolutionOptions[])[new(VersionNumber: 4), new(VersionNumber: 0), new(VersionId: "2-" + Hash(1)), new(VersionTime: new(2026, 10, 31, 0, 0, 0, TimeSpan.Zero))])
            Assert.Equal("notFound", world.Resolve(options: options).Error?.Code);
    }

    [Fact]
    public void A_document_that_is_none_is_no_answer() =>
        Refused("invalidDidDocument", "", new WebVhWorld().First(entry => entry["state"]!["verificationMethod"] = "none"));

    [Fact]
    public void Only_declared_errors_leave_the_reading_of_a_mutated_log_and_none_of_them_resolves_to_another_document()
    {
        var world = new WebVhWorld()
            .First(entry =>
            {
                entry["parameters"]!["nextKeyHashes"] = new JsonArray(Hash(2));
                entry["parameters"]!["witness"] = new WitnessRule(1, [Multi(8), Multi(9)]).ToJson();
            })
            .Then(entry => entry["parameters"] = Json($$"""{"updateKeys":["{{Multi(2)}}"],"nextKeyHashes":["{{Hash(3)}}"]}"""), key: 2)
            .Witnessed(2, by: 9);
        var right = world.Resolve().Document!;
        var log = System.Text.Encoding.UTF8.GetString(world.Log);
        var witnesses = StrictJson.Write(world.Witnesses);
        var declared = new HashSet<string> { "invalidDid", "invalidParameters", "invalidProof", "invalidDidDocument" };
        var mutator = new Mutator(Mutator.UsualSeed);
        var refused = 0;
        for (var round = 0; round < 600 * Mutator.Times; round++)
        {
            var mutant = System.Text.Encoding.UTF8.GetBytes(round % 2 == 0 ? mutator.Text(log) : string.Join('\n', world.Entries.Select(entry => mutator.Next(2) == 0 ? mutator.Json(entry) : entry.ToJsonString())));
            var result = DidWebVh.Resolve(world.Did, mutant, witnesses, Now, DidResolutionOptions.None);
            if (result.Error is not { } error)
            {
                // White space, or an entry cut off at its end: that is what witnesses and watchers are for.
                Assert.True(JsonNode.DeepEquals(right, result.Document));
                continue;
            }

            Assert.Contains(error.Code, declared);
            Assert.All(error.Description, c => Assert.InRange(c, ' ', '~'));
            refused++;
        }

        Assert.InRange(refused, 500 * Mutator.Times, 600 * Mutator.Times);
    }

    private static void Name(JsonObject entry, string prefix)
    {
        var name = prefix + HashOf(entry);
        entry["versionId"] = name;
    }

    private static WebVhWorld Again(Func<WebVhWorld, Action<JsonObject>> breaks)
    {
        var world = new WebVhWorld().First();
        return world.Then(breaks(world));
    }

    private static WebVhWorld Moved(bool portable, bool named) => Move(new WebVhWorld().First(entry => entry["parameters"]!["portable"] = portable), named);

    private static WebVhWorld Move(WebVhWorld world, bool named)
    {
        var before = world.Did;
        return world.Then(entry =>
        {
            entry["state"]!["id"] = $"did:webvh:{world.Scid}:elsewhere.example";
            if (named) entry["state"]!["alsoKnownAs"] = new JsonArray(before);
        });
    }

    private static void Refused(string code, string words, WebVhWorld world)
    {
        var error = world.Error();
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Description, StringComparison.Ordinal);
    }
}
