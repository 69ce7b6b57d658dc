using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks through disclosures: A65 and A66 [RFC9901 §7.1]. The nation's own key signs what is shown, so that nothing but the disclosure is wrong.</summary>
public sealed class DisclosureAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>Each changes the payload and the list of disclosures.</summary>
    private static readonly Dictionary<string, Action<JsonObject, List<string>>> Broken = new()
    {
        ["a digest twice in _sd"] = (payload, _) => Digests(payload).Add(Digests(payload)[0]!.DeepClone()),
        ["a digest in two places"] = (payload, _) => payload["extra"] = new JsonObject { ["_sd"] = new JsonArray(Digests(payload)[0]!.DeepClone()) },
        ["a digest in _sd and in an array"] = (payload, _) => payload["extra"] = new JsonArray(new JsonObject { ["..."] = Digests(payload)[0]!.DeepClone() }),
        ["a decoy twice"] = (payload, _) => Add(payload, Forgery.Hash("decoy"), Forgery.Hash("decoy")),
        ["a claim named _sd"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "_sd", ["x"]]"""),
        ["a claim named ..."] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "...", "x"]"""),
        ["a claim named _sd_alg"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "_sd_alg", "sha-256"]"""),
        ["a claim that is there already"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "charter_version", "another"]"""),
        ["a claim disclosed twice"] = (payload, disclosures) =>
        {
            Disclose(payload, disclosures, """["salt", "node", "Lisbon"]""");
            Disclose(payload, disclosures, """["pepper", "node", "Porto"]""");
        },
        ["an array element for a claim"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "node"]"""),
        ["four elements"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "node", "Lisbon", "more"]"""),
        ["one element"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt"]"""),
        ["an object for an array"] = (payload, disclosures) => Disclose(payload, disclosures, """{"salt": "node"}"""),
        ["a name that is a number"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", 1, "Lisbon"]"""),
        ["a salt that is a number"] = (payload, disclosures) => Disclose(payload, disclosures, """[1, "node", "Lisbon"]"""),
        ["a duplicate key in the value"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "node", {"a": 1, "a": 2}]"""),
        ["a lone surrogate in the value"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "node", "\ud800"]"""),
        ["invalid UTF-8 in the value"] = (payload, disclosures) =>
            DiscloseBytes(payload, disclosures, [.. "[\"salt\", \"node\", \"L"u8, 0xFF, 0xC0, .. "\"]"u8]),
        ["exp disclosed"] = (payload, disclosures) => DiscloseInstead(payload, disclosures, "exp"),
        ["nbf disclosed"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "nbf", 0]"""),
        ["status disclosed"] = (payload, disclosures) => DiscloseInstead(payload, disclosures, "status"),
        ["cnf disclosed"] = (payload, disclosures) => DiscloseInstead(payload, disclosures, "cnf"),
        ["iss disclosed"] = (payload, disclosures) => DiscloseInstead(payload, disclosures, "iss"),
        ["vct disclosed"] = (payload, disclosures) => DiscloseInstead(payload, disclosures, "vct"),
        ["the index disclosed"] = (payload, disclosures) => DiscloseInstead((JsonObject)payload["status"]!["status_list"]!, disclosures, "idx"),
        ["the holder's key disclosed"] = (payload, disclosures) => DiscloseInstead((JsonObject)payload["cnf"]!, disclosures, "jwk"),
        ["a decoy in cnf"] = (payload, _) => payload["cnf"]!["_sd"] = new JsonArray(Forgery.Hash("decoy")),
        ["_sd_alg md5"] = (payload, _) => payload["_sd_alg"] = "md5",
        ["_sd_alg sha-512"] = (payload, _) => payload["_sd_alg"] = "sha-512",
        ["_sd_alg in capitals"] = (payload, _) => payload["_sd_alg"] = "SHA-256",
        ["_sd_alg a number"] = (payload, _) => payload["_sd_alg"] = 256,
        ["_sd_alg nested"] = (payload, _) => payload["extra"] = new JsonObject { ["_sd_alg"] = "sha-256" },
        ["_sd_alg nested in a disclosure"] = (payload, disclosures) => Disclose(payload, disclosures, """["salt", "node", {"_sd_alg": "sha-256"}]"""),
        ["_sd a text"] = (payload, _) => payload["_sd"] = "x",
        ["_sd of numbers"] = (payload, _) => Digests(payload).Add(1),
        ["... beside another member"] = (payload, _) => payload["extra"] = new JsonArray(new JsonObject { ["..."] = Forgery.Hash("decoy"), ["x"] = 1 }),
        ["... outside an array"] = (payload, _) => payload["extra"] = new JsonObject { ["..."] = Forgery.Hash("decoy") },
        ["disclosures forty deep"] = (payload, disclosures) => Nest(payload, disclosures, 40),
        ["two hundred and one disclosures"] = (payload, disclosures) =>
        {
            for (var i = disclosures.Count; i < 201; i++) Disclose(payload, disclosures, $"""["salt", "claim{i}", 1]""");
        },
        ["a disclosure that no digest names"] = (_, disclosures) => disclosures.Add(Forgery.Encoded("""["salt", "node", "Lisbon"]""")),
        ["an empty disclosure"] = (_, disclosures) => disclosures.Add(""),
        ["a disclosure sent twice"] = (_, disclosures) => disclosures.Add(disclosures[0]),
        ["a disclosure that is not base64url"] = (_, disclosures) => disclosures.Add("++//"),
    };

    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task A66_what_disclosures_may_not_do_is_refused_whole(string name)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await ForgeAsync(scene, Broken[name]);
        await scene.RefusedAsync(await scene.BindAsync(scene.Wallet.Credential), "Shape", "shape_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A66_what_disclosures_may_do_is_accepted()
    {
        // What makes the refusals above mean something: a disclosure that is made by the same hand, and rightly, is taken.
        var scene = await TestPresentation.BeginAsync(_server);
        await ForgeAsync(scene, (payload, disclosures) =>
        {
            Disclose(payload, disclosures, """[ "salt" ,"node","Lisbon" ]""");
            Add(payload, Forgery.Hash("decoy"));
        });
        using var accepted = await scene.Wallet.AnswerAsync(scene.Request, TestWallet.VpToken(await scene.BindAsync(scene.Wallet.Credential)));
        Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""["{0}", "tier", "steward"]""")]
    [InlineData("""["{0}","tier","steward"]""")]
    [InlineData("""["{0}", "tier", "member"]""")]
    [InlineData("""["{0}","tier","member" ]""")]
    public async Task A65_a_disclosure_that_was_altered_or_only_written_anew_spoils_the_whole(string altered)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var tier = SdJwt.Parse(scene.Shown).Disclosures.Single(one => one.Name == "tier");
        var text = Forgery.Encoded(altered.Replace("{0}", tier.Salt, StringComparison.Ordinal));
        Assert.NotEqual(tier.Encoded, text);
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown.Replace(tier.Encoded, text, StringComparison.Ordinal)), "Shape", "shape_invalid");

        // Nor beside the one that is right.
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown + text + "~"), "Shape", "shape_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A65_a_disclosure_of_invalid_UTF_8_is_not_read_with_replacements()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var tier = SdJwt.Parse(scene.Shown).Disclosures.Single(one => one.Name == "tier");
        var bytes = Base64Url.Decode(tier.Encoded);
        bytes[^4] = 0xFF;
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown.Replace(tier.Encoded, Base64Url.Encode(bytes), StringComparison.Ordinal)), "Shape", "shape_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A65_a_disclosure_of_another_s_credential_is_refused()
    {
        var (scene, other) = (await TestPresentation.BeginAsync(_server), await _server.MemberAsync(null, ("tier", "steward")));
        var mine = SdJwt.Parse(scene.Shown).Disclosures.Single(one => one.Name == "tier").Encoded;
        var theirs = SdJwt.Parse(other.Credential).Disclosures.Single(one => one.Name == "tier").Encoded;
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown.Replace(mine, theirs, StringComparison.Ordinal)), "Shape", "shape_invalid");
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown + theirs + "~"), "Shape", "shape_invalid");
        await scene.StillOpenAsync();
    }

    private static async Task ForgeAsync(TestPresentation scene, Action<JsonObject, List<string>> change)
    {
        var disclosures = SdJwt.Parse(scene.Shown).Disclosures.Select(one => one.Encoded).ToList();
        await scene.ForgeAsync((_, payload) => change(payload, disclosures), disclosures: disclosures);
    }

    private static JsonArray Digests(JsonObject payload) => (JsonArray)payload["_sd"]!;

    private static void Add(JsonObject members, params string[] digests)
    {
        if (!members.ContainsKey("_sd")) members["_sd"] = new JsonArray();
        foreach (var digest in digests) Digests(members).Add(digest);
    }

    private static void Disclose(JsonObject members, List<string> disclosures, string json) =>
        DiscloseBytes(members, disclosures, System.Text.Encoding.UTF8.GetBytes(json));

    private static void DiscloseBytes(JsonObject members, List<string> disclosures, byte[] bytes)
    {
        disclosures.Add(Base64Url.Encode(bytes));
        Add(members, Forgery.Hash(disclosures[^1]));
    }

    /// <summary>Moves a claim from the payload into a disclosure.</summary>
    private static void DiscloseInstead(JsonObject members, List<string> disclosures, string name)
    {
        var value = members[name]!.ToJsonString();
        members.Remove(name);
        Disclose(members, disclosures, $"""["salt", "{name}", {value}]""");
    }

    private static void Nest(JsonObject payload, List<string> disclosures, int depth)
    {
        var inner = "1";
        for (var i = 0; i < depth; i++)
        {
            disclosures.Add(Forgery.Encoded($"""["salt{i}", "node", {inner}]"""));
            inner = "{\"_sd\": [\"" + Forgery.Hash(disclosures[^1]) + "\"]}";
        }

        Add(payload, Forgery.Hash(disclosures[^1]));
    }
}
