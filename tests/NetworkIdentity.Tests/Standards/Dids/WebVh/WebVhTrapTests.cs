using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using static NetworkIdentity.Tests.Standards.Dids.WebVh.WebVhWorld;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

/// <summary>
/// What an audit of the other implementations found (digest, trap 18), each in a log that is right otherwise: hashed and signed with the flaw in it. The suite's own
/// logs have some of these flaws together with others.
/// </summary>
public sealed class WebVhTrapTests
{
    private const string Valid = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";

    [Fact]
    public void The_log_that_these_tests_break_is_right()
    {
        Assert.Null(new WebVhWorld().First().Then().Resolve().Error);
        Assert.Null(Rotating().Resolve().Error);
        Assert.Null(new WebVhWorld().First(Witness(2, DidKeyOf(8), DidKeyOf(9))).Witnessed(1, by: 8).Witnessed(1, by: 9).Resolve().Error);
    }

    [Fact]
    public void Trap18_a_witness_that_is_listed_twice_is_refused()
    {
        Refused("invalidParameters", "a witness is listed twice", new WebVhWorld().First(Witness(2, DidKeyOf(8), DidKeyOf(8))).Witnessed(1, by: 8));

        // Under its two spellings it is one witness too.
        Refused("invalidParameters", "a witness is listed twice", new WebVhWorld().First(Witness(2, DidKeyOf(8), Multi(8))).Witnessed(1, by: 8));
    }

    [Fact]
    public void Trap18_a_witness_that_signs_twice_counts_once() =>
        Refused("invalidDid", "enough of its witnesses", new WebVhWorld().First(Witness(2, DidKeyOf(8), DidKeyOf(9))).Witnessed(1, by: 8).Witnessed(1, by: 8, proof => proof["nonce"] = "again"));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("2")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("1e99")]
    public void Trap18_a_threshold_that_is_none_is_refused_and_not_taken_for_no_witnesses(string threshold) =>
        Refused("invalidParameters", "threshold", new WebVhWorld().First(entry => Parameters(entry)["witness"] = Json($$"""{"threshold":{{threshold}},"witnesses":[{"id":"{{DidKeyOf(8)}}"}]}""")));

    [Theory]
    [InlineData("""{"threshold":1}""")]
    [InlineData("""{"threshold":1,"witnesses":[]}""")]
    [InlineData("""{"witnesses":[{"id":"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}]}""")]
    [InlineData("""{"threshold":1,"witnesses":[{"id":"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK","weight":5}]}""")]
    [InlineData("""{"threshold":1,"witnesses":["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"]}""")]
    [InlineData("""{"threshold":1,"witnesses":[{"id":"did:web:witness.example"}]}""")]
    [InlineData("""{"threshold":1,"witnesses":[{"id":"did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"}]}""")]
    [InlineData("""{"threshold":1,"witnesses":[{"id":"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}],"selfWeight":1}""")]
    public void Trap18_a_malformed_list_of_witnesses_is_refused(string witness) =>
        Refused("invalidParameters", "", new WebVhWorld().First(entry => Parameters(entry)["witness"] = Json(witness)));

    [Fact]
    public void Trap18_a_document_with_another_SCID_than_the_log_is_refused()
    {
        var world = new WebVhWorld().First(entry => entry["state"]!["id"] = $"did:webvh:{Valid}:nation.example");
        Refused("invalidDid", "the SCID of the document's id is not that of the log", world);
    }

    [Fact]
    public void Trap18_an_SCID_that_is_not_the_hash_of_the_first_entry_is_refused()
    {
        // All placeholders are replaced by what someone chose: hash and signature are right, and over it.
        var world = new WebVhWorld().First(entry =>
        {
            Parameters(entry)["scid"] = Valid;
            entry["versionId"] = Valid;
            entry["state"]!["id"] = $"did:webvh:{Valid}:nation.example";
            entry["versionId"] = "1-" + HashOf(entry);
        });
        Refused("invalidDid", "the SCID is not the hash of the first entry", world);
    }

    [Fact]
    public void Trap18_a_portable_DID_keeps_its_SCID()
    {
        var world = new WebVhWorld().First(entry => Parameters(entry)["portable"] = true);
        var before = world.Did;
        world.Then(entry =>
        {
            entry["state"]!["id"] = $"did:webvh:{Valid}:elsewhere.example";
            entry["state"]!["alsoKnownAs"] = new JsonArray(before);
        });
        Refused("invalidDid", "the SCID of the document's id is not that of the log", world);
    }

    [Fact]
    public void Trap18_pre_rotation_is_not_passed_by_leaving_updateKeys_out()
    {
        Refused("invalidParameters", "with pre-rotation each entry has updateKeys", Committed().Then(entry => Parameters(entry)["nextKeyHashes"] = new JsonArray(Hash(3))));
        Refused("invalidParameters", "with pre-rotation each entry has updateKeys", Committed().Then(entry =>
        {
            Parameters(entry)["updateKeys"] = new JsonArray();
            Parameters(entry)["nextKeyHashes"] = new JsonArray(Hash(3));
        }));
        Refused("invalidParameters", "with pre-rotation each entry has nextKeyHashes", Committed().Then(entry => Parameters(entry)["updateKeys"] = new JsonArray(Multi(2)), key: 2));
    }

    [Fact]
    public void Trap18_with_pre_rotation_every_key_was_committed_to_and_not_one_of_them()
    {
        Refused("invalidParameters", "was not committed to", Committed().Then(Rotate([Multi(2), Multi(1)], [Hash(3)]), key: 2));
        Refused("invalidParameters", "was not committed to", Committed().Then(Rotate([Multi(2)], [Hash(3)]), key: 2).Then(Rotate([Multi(2)], [Hash(4)]), key: 2));
    }

    [Fact]
    public void Trap18_with_pre_rotation_the_old_key_signs_nothing_any_more() =>
        Refused("invalidProof", "a key that may not sign this", Committed().Then(Rotate([Multi(2)], [Hash(3)]), key: 1));

    [Fact]
    public void Trap18_without_pre_rotation_new_keys_do_not_authorize_themselves() =>
        Refused("invalidProof", "a key that may not sign this", new WebVhWorld().First().Then(entry => Parameters(entry)["updateKeys"] = new JsonArray(Multi(2)), key: 2));

    [Fact]
    public void Trap18_pre_rotation_that_was_ended_binds_that_entry_and_not_the_next()
    {
        Assert.Null(Committed().Then(Rotate([Multi(2)], []), key: 2).Then(key: 2).Resolve().Error);
        Refused("invalidParameters", "was not committed to", Committed().Then(Rotate([Multi(3)], []), key: 3));
    }

    [Theory]
    [InlineData("eddsa-rdfc-2022")]
    [InlineData("ecdsa-jcs-2019")]
    [InlineData("")]
    public void Trap18_another_cryptosuite_is_refused_whatever_its_signature_is(string cryptosuite) =>
        Refused("invalidProof", "", new WebVhWorld().First(breaksProof: proof => proof["cryptosuite"] = cryptosuite));

    [Fact]
    public async Task Trap18_a_proof_that_verifies_by_another_suite_of_this_house_is_refused()
    {
        using var p256 = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var key = NetworkIdentity.Standards.Jose.SigningKey.FromEcdsa(p256);
        var multikey = Multikey.Of(key.PublicKey);
        var world = new WebVhWorld().First(entry => Parameters(entry)["updateKeys"] = new JsonArray(multikey));
        var entry = world.Entries[0].DeepClone().AsObject();
        entry.Remove("proof");
        var options = new ProofOptions("ecdsa-jcs-2019", $"did:key:{multikey}#{multikey}", "assertionMethod");
        var signed = await SecuredDocument.AddProofAsync(entry, options, key, TestContext.Current.CancellationToken);
        var error = DidWebVh.Resolve(world.Did, StrictJson.Write(signed), null, Now, new()).Error!;
        Assert.Equal(("invalidProof", "a proof is not of eddsa-jcs-2022"), (error.Code, error.Description));
    }

    [Theory]
    [InlineData("127%2E0%2E0%2E1")]
    [InlineData("127%2e0%2e0%2e1")]
    [InlineData("169%2E254%2E169%2E254")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1%3A8443")]
    [InlineData("127.0.0.1%3a8080")]
    [InlineData("nation.example:..:..:admin")]
    [InlineData("nation.example:%2E%2E:admin")]
    [InlineData("nation.example:%2e%2e:admin")]
    [InlineData("nation.example:a%2Fb")]
    [InlineData("127.0.0.1#x")]
    [InlineData("nation.example#x")]
    [InlineData("nation.example?x")]
    [InlineData("nation.example/x")]
    public void Trap18_neither_path_traversal_nor_an_IP_host_nor_a_fragment_gets_into_a_URL(string place) =>
        Assert.Equal("invalidDid", DidWebVh.Resolve($"did:webvh:{Valid}:{place}", default, null, Now, new()).Error?.Code);

    [Theory]
    [InlineData("2026-11-01T00:00:00Z")]
    [InlineData("2026-10-31T23:59:59Z")]
    [InlineData("2026-11-01T00:00:00.000Z")]
    public void Trap18_versionTime_that_is_not_later_than_the_one_before_is_refused(string time) =>
        Refused("invalidDid", "versionTime is not later", new WebVhWorld().First().Then(entry => entry["versionTime"] = time).Then(entry => entry["versionTime"] = "2026-11-03T00:00:00Z"));

    [Fact]
    public void Trap18_versionTime_in_the_future_is_refused_of_every_entry()
    {
        Refused("invalidDid", "versionTime is in the future", new WebVhWorld().First(entry => entry["versionTime"] = "9999-01-01T00:00:00Z"));
        Refused("invalidDid", "versionTime is in the future", new WebVhWorld().First().Then(entry => entry["versionTime"] = "9999-06-15T00:00:00Z").Then(entry => entry["versionTime"] = "9999-06-16T00:00:00Z"));
        Refused("invalidDid", "versionTime is in the future", new WebVhWorld().First().Then(entry => entry["versionTime"] = "2026-11-22T12:01:01Z"));
        Assert.Null(new WebVhWorld().First().Then(entry => entry["versionTime"] = "2026-11-22T12:01:00Z").Resolve().Error);
    }

    [Theory]
    [InlineData("2026-11-01T00:00:00")]
    [InlineData("2026-11-01T01:00:00+01:00")]
    [InlineData("2026-11-01")]
    [InlineData("1761955200")]
    [InlineData("2026-13-01T00:00:00Z")]
    public void Trap18_versionTime_is_in_UTC_and_says_so(string time) =>
        Refused("invalidDid", "versionTime must be", new WebVhWorld().First(entry => entry["versionTime"] = time));

    [Theory]
    [InlineData("\"did:webvh:99.0\"")]
    [InlineData("\"did:webvh:1.0-rc1\"")]
    [InlineData("\"didwebvh:1.0\"")]
    [InlineData("\"did:webvh:1.0 \"")]
    [InlineData("1")]
    [InlineData("null")]
    public void Trap18_an_unknown_version_of_the_method_is_refused_in_any_entry(string method)
    {
        Refused("invalidDid", "the method is not did:webvh:1.0", new WebVhWorld().First(entry => Parameters(entry)["method"] = JsonNode.Parse(method)));
        Refused("invalidDid", "the method is not did:webvh:1.0", new WebVhWorld().First().Then(entry => Parameters(entry)["method"] = JsonNode.Parse(method)));
    }

    [Fact]
    public void Trap18_a_witness_proof_of_another_DID_says_nothing_of_this_one()
    {
        var other = new WebVhWorld().First(Witness(1, DidKeyOf(8)), place: "other.example").Then().Then().Witnessed(3, by: 8);
        Assert.Null(other.Resolve().Error);
        var world = new WebVhWorld().First(Witness(1, DidKeyOf(8))).Then(entry => Parameters(entry)["witness"] = new JsonObject());
        world.Witnesses.Add(other.Witnesses[0]!.DeepClone());
        Refused("invalidDid", "enough of its witnesses", world);
    }

    [Fact]
    public void Trap18_the_body_and_the_fragment_of_a_did_key_are_one_key()
    {
        // Signed by key 7, which the body names; the fragment names the one that may sign.
        Refused("invalidProof", "the body and the fragment", new WebVhWorld().First(breaksProof: proof => proof["verificationMethod"] = $"{DidKeyOf(7)}#{Multi(1)}", key: 7));
        Refused("invalidProof", "the body and the fragment", new WebVhWorld().First(breaksProof: proof => proof["verificationMethod"] = $"{DidKeyOf(1)}#{Multi(7)}"));
        Refused("invalidProof", "", new WebVhWorld().First(breaksProof: proof => proof["verificationMethod"] = DidKeyOf(1)));

        // And of witnesses.
        var world = new WebVhWorld().First(Witness(1, DidKeyOf(8))).Witnessed(1, by: 7, proof => proof["verificationMethod"] = $"{DidKeyOf(7)}#{Multi(8)}");
        Refused("invalidDid", "enough of its witnesses", world);
    }

    private static WebVhWorld Committed() => new WebVhWorld().First(entry => Parameters(entry)["nextKeyHashes"] = new JsonArray(Hash(2)));

    private static WebVhWorld Rotating() => Committed().Then(Rotate([Multi(2)], [Hash(3), Hash(5)]), key: 2).Then(Rotate([Multi(5), Multi(3)], [Hash(4)]), key: 3);

    private static Action<JsonObject> Rotate(string[] keys, string[] next) => entry =>
    {
        Parameters(entry)["updateKeys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]);
        Parameters(entry)["nextKeyHashes"] = new JsonArray([.. next.Select(hash => (JsonNode)hash)]);
    };

    private static Action<JsonObject> Witness(int threshold, params string[] witnesses) => entry => Parameters(entry)["witness"] = new JsonObject
    {
        ["threshold"] = threshold,
        ["witnesses"] = new JsonArray([.. witnesses.Select(id => new JsonObject { ["id"] = id })]),
    };

    private static JsonObject Parameters(JsonObject entry) => entry["parameters"]!.AsObject();

    private static void Refused(string code, string words, WebVhWorld world)
    {
        var error = world.Error();
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Description, StringComparison.Ordinal);
    }
}
