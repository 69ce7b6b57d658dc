using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Each step of the verifier gives its own step and reason; status and policy are in <see cref="VerifierStatusTests"/>.</summary>
public sealed class VerifierTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    private delegate void Change(JsonObject header, JsonObject payload, long now);

    private static readonly Dictionary<string, (Change Change, VerificationStep Step, string Reason)> Forged = new()
    {
        // 1. Shape
        ["typ vc+sd-jwt"] = ((header, _, _) => header["typ"] = "vc+sd-jwt", VerificationStep.Shape, "shape_invalid"),
        ["typ JWT"] = ((header, _, _) => header["typ"] = "JWT", VerificationStep.Shape, "shape_invalid"),
        ["crit"] = ((header, _, _) => (header["crit"], header["x"]) = (new JsonArray("x"), 1), VerificationStep.Shape, "shape_invalid"),
        ["vct absent"] = ((_, payload, _) => payload.Remove("vct"), VerificationStep.Shape, "shape_invalid"),
        ["vct a number"] = ((_, payload, _) => payload["vct"] = 1, VerificationStep.Shape, "shape_invalid"),
        ["exp a text"] = ((_, payload, _) => payload["exp"] = "2099-01-01", VerificationStep.Shape, "shape_invalid"),
        ["exp negative"] = ((_, payload, _) => payload["exp"] = -1, VerificationStep.Shape, "shape_invalid"),
        ["cnf by kid"] = ((_, payload, _) => payload["cnf"] = new JsonObject { ["kid"] = "x" }, VerificationStep.Shape, "shape_invalid"),
        ["cnf with a private key"] = ((_, payload, _) => payload["cnf"]!["jwk"]!["d"] = "AA", VerificationStep.Shape, "shape_invalid"),
        ["idx negative"] = ((_, payload, _) => payload["status"]!["status_list"]!["idx"] = -1, VerificationStep.Shape, "shape_invalid"),
        ["idx a float"] = ((_, payload, _) => payload["status"]!["status_list"]!["idx"] = 1.5, VerificationStep.Shape, "shape_invalid"),
        ["idx a text"] = ((_, payload, _) => payload["status"]!["status_list"]!["idx"] = "1", VerificationStep.Shape, "shape_invalid"),
        ["idx 2^63"] = ((_, payload, _) => payload["status"]!["status_list"]!["idx"] = 9223372036854775808m, VerificationStep.Shape, "shape_invalid"),
        ["idx absent"] = ((_, payload, _) => ((JsonObject)payload["status"]!["status_list"]!).Remove("idx"), VerificationStep.Shape, "shape_invalid"),
        ["status of another mechanism"] = ((_, payload, _) => payload["status"] = new JsonObject { ["x"] = 1 }, VerificationStep.Shape, "shape_invalid"),

        // 2. Type and schema
        ["vct unknown"] = ((_, payload, _) => payload["vct"] = "urn:network-identity:citizenship:1", VerificationStep.Type, "unknown_type"),
        ["vct in capitals"] = ((_, payload, _) => payload["vct"] = "URN:network-identity:membership:1", VerificationStep.Type, "unknown_type"),
        ["vct known by an alias alone"] = ((_, payload, _) =>
            (payload["vct"], payload["aka_vcts"]) = ("urn:evil:1", new JsonArray("urn:network-identity:membership:1")), VerificationStep.Type, "unknown_type"),
        ["a claim against the schema"] = ((_, payload, _) => payload["charter_version"] = 5, VerificationStep.Type, "schema_violated"),
        ["a claim too long for the schema"] = ((_, payload, _) => payload["charter_version"] = new string('x', 65), VerificationStep.Type, "schema_violated"),
        ["a mandatory claim absent"] = ((_, payload, _) => payload.Remove("charter_version"), VerificationStep.Type, "type_invalid"),
        ["a claim in the clear that must be disclosable"] = ((_, payload, _) => payload["node"] = "Lisbon", VerificationStep.Type, "type_invalid"),

        // 3. Issuer
        ["iss of another"] = ((_, payload, _) => payload["iss"] = "https://evil.example", VerificationStep.Issuer, "issuer_not_trusted"),
        ["iss with a slash"] = ((_, payload, _) => payload["iss"] = "https://nation.example/", VerificationStep.Issuer, "issuer_not_trusted"),
        ["iss absent"] = ((_, payload, _) => payload.Remove("iss"), VerificationStep.Issuer, "issuer_not_trusted"),

        // 4. Proof, by what stands in the header
        ["x5c absent"] = ((header, _, _) => header.Remove("x5c"), VerificationStep.Proof, "issuer_key_not_trusted"),
        ["x5c empty"] = ((header, _, _) => header["x5c"] = new JsonArray(), VerificationStep.Proof, "proof_invalid"),
        ["x5c no certificate"] = ((header, _, _) => header["x5c"] = new JsonArray("AAAA"), VerificationStep.Proof, "proof_invalid"),
        ["x5c base64url"] = ((header, _, _) => header["x5c"] = new JsonArray("-_-_"), VerificationStep.Proof, "proof_invalid"),
        ["x5c a text"] = ((header, _, _) => header["x5c"] = header["x5c"]![0]!.GetValue<string>(), VerificationStep.Proof, "proof_invalid"),
        ["alg none"] = ((header, _, _) => header["alg"] = "none", VerificationStep.Proof, "signature_invalid"),
        ["alg HS256"] = ((header, _, _) => header["alg"] = "HS256", VerificationStep.Proof, "signature_invalid"),
        ["iat before the key"] = ((_, payload, now) => payload["iat"] = now - 864_000, VerificationStep.Proof, "issuer_key_retired"),
        ["iat absent"] = ((_, payload, _) => payload.Remove("iat"), VerificationStep.Proof, "issuer_key_retired"),

        // 5. Validity
        ["exp past"] = ((_, payload, now) => payload["exp"] = now - 1, VerificationStep.Validity, "expired"),
        ["exp now"] = ((_, payload, now) => payload["exp"] = now, VerificationStep.Validity, "expired"),
        ["exp absent"] = ((_, payload, _) => payload.Remove("exp"), VerificationStep.Validity, "expired"),
        ["nbf future"] = ((_, payload, now) => payload["nbf"] = now + 120, VerificationStep.Validity, "not_yet_valid"),
        ["iat future"] = ((_, payload, now) => payload["iat"] = now + 120, VerificationStep.Validity, "not_yet_valid"),

        // 7. Holder
        ["cnf absent"] = ((_, payload, _) => payload.Remove("cnf"), VerificationStep.Holder, "no_holder_key"),
        ["cnf of another"] = ((_, payload, _) => payload["cnf"]!["jwk"] = TestWallet.NewKey().PublicKey.ToJson(), VerificationStep.Holder, "holder_invalid"),
    };

    private static readonly Dictionary<string, Action<JsonObject, JsonObject, long>> Bindings = new()
    {
        ["typ JWT"] = (header, _, _) => header["typ"] = "JWT",
        ["typ absent"] = (header, _, _) => header.Remove("typ"),
        ["alg none"] = (header, _, _) => header["alg"] = "none",
        ["aud another"] = (_, claims, _) => claims["aud"] = "x509_hash:other",
        ["aud without its prefix"] = (_, claims, _) => claims["aud"] = claims["aud"]!.GetValue<string>()["x509_hash:".Length..],
        ["aud an array"] = (_, claims, _) => claims["aud"] = new JsonArray(claims["aud"]!.GetValue<string>()),
        ["nonce another"] = (_, claims, _) => claims["nonce"] = "another",
        ["nonce absent"] = (_, claims, _) => claims.Remove("nonce"),
        ["sd_hash another"] = (_, claims, _) => claims["sd_hash"] = Forgery.Hash("another"),
        ["sd_hash absent"] = (_, claims, _) => claims.Remove("sd_hash"),
        ["iat eleven minutes ago"] = (_, claims, now) => claims["iat"] = now - 661,
        ["iat in two minutes"] = (_, claims, now) => claims["iat"] = now + 120,
        ["iat absent"] = (_, claims, _) => claims.Remove("iat"),
        ["exp past"] = (_, claims, now) => claims["exp"] = now - 120,
        ["nbf future"] = (_, claims, now) => claims["nbf"] = now + 120,
    };

    public static TheoryData<string> ForgedNames => [.. Forged.Keys];

    public static TheoryData<string> BindingNames => [.. Bindings.Keys];

    [Fact]
    public async Task What_is_right_is_accepted_with_what_was_asked_and_no_more()
    {
        var held = await world.IssueAsync();

        // The whole credential is shown, with a name that nobody asked for.
        var verdict = await world.VerifyAsync(TestWallet.VpToken(await world.BindAsync(held.Issued, held.Holder)));
        Assert.Equal(Outcome.Accepted, verdict.Outcome);
        Assert.Null(verdict.Step);
        var credential = Assert.Single(verdict.Credentials);
        Assert.Equal(("membership", held.Record.Id, held.Record.MemberId, "membership"), (credential.QueryId, credential.RecordId, credential.MemberId, credential.Type));
        Assert.Equal(["member_since", "tier"], credential.Claims.Select(claim => claim.Key).Order());
    }

    [Theory]
    [MemberData(nameof(ForgedNames))]
    public async Task A_credential_with_one_thing_wrong_is_refused_at_its_step(string name)
    {
        var held = await world.IssueAsync();
        var (change, step, reason) = Forged[name];
        var reads = world.Reads;
        var verdict = await held.VerifyForgedAsync((header, payload) => change(header, payload, world.Time.GetUtcNow().ToUnixTimeSeconds()));
        Refused(verdict, step, reason);
        Assert.Equal(reads, world.Reads);
        await held.IsAcceptedAsync();
    }

    [Theory]
    [InlineData("not an SD-JWT")]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("a.b.c~")]
    public async Task What_is_no_SD_JWT_is_refused_at_Shape(string text) => Refused(await world.VerifyAsync(TestWallet.VpToken(text)), VerificationStep.Shape, "shape_invalid");

    [Theory]
    [InlineData("""{"membership": "x"}""")]
    [InlineData("""{"membership": []}""")]
    [InlineData("""{"membership": [1]}""")]
    [InlineData("""{"membership": [null]}""")]
    [InlineData("""{"membership": null}""")]
    [InlineData("""{"membership": {}}""")]
    [InlineData("""{"membership": ["x", "x", "x", "x", "x", "x", "x", "x", "x"]}""")]
    public async Task A_vp_token_of_a_wrong_shape_is_refused_at_Shape(string vpToken) =>
        Refused(await world.VerifyAsync((JsonObject)JsonNode.Parse(vpToken)!), VerificationStep.Shape, "malformed_vp_token");

    [Fact]
    public async Task Another_leaf_of_the_nation_s_root_for_credentials_is_trusted()
    {
        // What makes the refusals of the next test mean something: it is not the unknown key that is refused.
        var held = await world.IssueAsync();
        Assert.Equal(Outcome.Accepted, (await held.VerifyForgedAsync(null, Forgery.Leaf(world.Nation, KeyPurpose.Credential))).Outcome);
    }

    [Fact]
    public async Task A_rogue_key_is_refused_at_Proof_however_it_is_certified()
    {
        var nation = world.Nation;
        var rogues = new (string Name, SigningKey Key, string Words)[]
        {
            ("a root of the same name", Forgery.Leaf(nation, KeyPurpose.Credential, rogueRoot: true), "trusted root"),
            ("a leaf for status lists", Forgery.Leaf(nation, KeyPurpose.StatusList), "not for this purpose"),
            ("a leaf for requests", Forgery.Leaf(nation, KeyPurpose.Request), "not for this purpose"),
            ("a leaf for TLS", Forgery.Leaf(nation, KeyPurpose.Tls), "not for this purpose"),
            ("the nation's own key for status lists", Forgery.Own(nation, KeyPurpose.StatusList), "not for this purpose"),
            ("the nation's own key for requests", Forgery.Own(nation, KeyPurpose.Request), "not for this purpose"),
            ("the nation's own key for TLS", Forgery.Own(nation, KeyPurpose.Tls), "not for this purpose"),
            ("the root itself", Forgery.Own(nation, KeyPurpose.Root), "not for this purpose"),
            ("a leaf of another issuer", Forgery.Leaf(nation, KeyPurpose.Credential, "https://evil.example"), "does not name the issuer"),
            ("a leaf of an issuer of the same beginning", Forgery.Leaf(nation, KeyPurpose.Credential, "https://nation.example.evil.example"), "does not name the issuer"),
            ("a leaf that has expired", Forgery.Leaf(nation, KeyPurpose.Credential, life: TimeSpan.FromHours(1)), "trusted root"),
            ("a leaf under a leaf", Forgery.LeafUnderLeaf(nation), "trusted root"),
        };
        var held = await world.IssueAsync();
        var reads = world.Reads;
        foreach (var (name, key, words) in rogues)
        {
            var verdict = await held.VerifyForgedAsync(null, key);
            Refused(verdict, VerificationStep.Proof, "issuer_key_not_trusted", name);
            Assert.True(verdict.Detail!.Contains(words), $"{name}: {verdict.Detail}");
        }

        Assert.Equal(reads, world.Reads);
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_rogue_key_behind_the_nation_s_own_certificate_is_refused_at_Proof()
    {
        var held = await world.IssueAsync();
        Refused(await held.VerifyForgedAsync(null, TestWallet.NewKey()), VerificationStep.Proof, "signature_invalid");

        // A key that the header brings along changes nothing.
        var rogue = TestWallet.NewKey();
        Refused(await held.VerifyForgedAsync((header, _) => header["jwk"] = rogue.PublicKey.ToJson(), rogue), VerificationStep.Proof, "signature_invalid");
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_leaf_that_was_trusted_is_not_once_it_has_expired()
    {
        await using var later = new VerifierWorld();
        await later.InitializeAsync();
        var held = await later.IssueAsync();
        var began = later.Nation.Keys.CurrentKey(KeyPurpose.Root).NotBefore;
        var key = Forgery.Leaf(later.Nation, KeyPurpose.Credential, life: later.Time.GetUtcNow() - began + TimeSpan.FromHours(1));
        Assert.Equal(Outcome.Accepted, (await held.VerifyForgedAsync(null, key)).Outcome);
        later.Time.Move(TimeSpan.FromHours(2));
        Refused(await held.VerifyForgedAsync(null, key), VerificationStep.Proof, "issuer_key_not_trusted");
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_credential_dated_after_its_key_retired_is_refused_at_Proof_and_one_from_before_is_not()
    {
        await using var later = new VerifierWorld();
        await later.InitializeAsync();
        var held = await later.IssueAsync();
        var old = later.Nation.Keys.CurrentKey(KeyPurpose.Credential);
        later.Time.Move(old.RetireAfter - later.Time.GetUtcNow() + TimeSpan.FromHours(30));
        await later.Nation.Keys.RenewAsync();
        Assert.NotEqual(old.Kid, later.Nation.Keys.CurrentKey(KeyPurpose.Credential).Kid);
        var (retired, expires) = (old.RetireAfter.ToUnixTimeSeconds(), later.Time.GetUtcNow().AddDays(30).ToUnixTimeSeconds());

        Refused(await DatedAsync(retired), VerificationStep.Proof, "issuer_key_retired");
        Refused(await DatedAsync(retired + 3600), VerificationStep.Proof, "issuer_key_retired");
        Assert.Equal(Outcome.Accepted, (await DatedAsync(retired - 1)).Outcome);

        Task<Verdict> DatedAsync(long issuedAt) => held.VerifyForgedAsync((_, payload) => (payload["iat"], payload["exp"]) = (issuedAt, expires), old.Signing);
    }

    [Fact]
    public async Task A_clock_that_runs_half_a_minute_late_is_forgiven()
    {
        var held = await world.IssueAsync();
        var soon = world.Time.GetUtcNow().ToUnixTimeSeconds() + 30;
        Assert.Equal(Outcome.Accepted, (await held.VerifyForgedAsync((_, payload) => (payload["iat"], payload["nbf"]) = (soon, soon))).Outcome);
        Assert.Equal(Outcome.Accepted, (await held.VerifyForgedAsync(null)).Outcome);
        Assert.Equal(Outcome.Accepted, (await held.VerifyAsync(changeBinding: (_, claims) => claims["iat"] = soon)).Outcome);
    }

    [Theory]
    [MemberData(nameof(BindingNames))]
    public async Task A_key_binding_with_one_thing_wrong_is_refused_at_Holder_before_the_status_is_looked_up(string name)
    {
        var held = await world.IssueAsync();
        var reads = world.Reads;
        var verdict = await held.VerifyAsync(changeBinding: (header, claims) => Bindings[name](header, claims, world.Time.GetUtcNow().ToUnixTimeSeconds()));
        Refused(verdict, VerificationStep.Holder, "holder_invalid");
        Assert.Equal(reads, world.Reads);
        await held.IsAcceptedAsync();
    }

    [Fact]
    public async Task A_key_binding_by_another_key_or_none_at_all_is_refused_at_Holder()
    {
        var held = await world.IssueAsync();
        Refused(await held.VerifyAsync(holder: TestWallet.NewKey()), VerificationStep.Holder, "holder_invalid");
        Refused(await world.VerifyAsync(TestWallet.VpToken(VerifierWorld.Held.Shown(held.Issued))), VerificationStep.Holder, "holder_invalid");

        // Bound, and then one disclosure less.
        var bound = await world.BindAsync(held.Issued, held.Holder);
        var last = SdJwt.Parse(bound).Disclosures[^1].Encoded + "~";
        Refused(await world.VerifyAsync(TestWallet.VpToken(bound.Replace(last, "", StringComparison.Ordinal))), VerificationStep.Holder, "holder_invalid");
        await held.IsAcceptedAsync();
    }

    internal static void Refused(Verdict verdict, VerificationStep step, string reason, string? of = null)
    {
        Assert.True(
            (verdict.Outcome, verdict.Step, verdict.Reason) == (Outcome.Refused, step, reason),
            $"{of} {verdict.Outcome} at {verdict.Step}: {verdict.Reason}: {verdict.Detail}");
        Assert.Empty(verdict.Credentials);
    }
}
