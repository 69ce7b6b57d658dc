using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Core.Keys;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Each check that a W3C credential goes through, and that it can fail: a credential is right, and one thing is broken.</summary>
public sealed class W3cVerifierTests(W3cWorld world) : IClassFixture<W3cWorld>
{
    [Fact]
    public async Task Each_type_is_accepted_in_each_format()
    {
        foreach (var type in (string[])["membership", "residency", "reputation"])
        {
            foreach (var format in (string[])[CredentialQuery.LdpVc, CredentialConfiguration.VcJwt])
            {
                var report = await world.AcceptedAsync(await world.IssueAsync(type, format));
                Assert.Equal((format, world.Did.Did, world.Nation.Types[type].W3cName), (report.Format, report.Issuer, report.Type));
                Assert.Equal(
                    [StepState.Held, StepState.Held, StepState.Held, StepState.Held, StepState.Held, StepState.Held, StepState.NotShown], report.Steps.Select(one => one.State));
            }
        }
    }

    [Fact]
    public async Task What_has_no_proof_or_is_no_credential_is_refused_at_its_shape()
    {
        var credential = (await world.IssueAsync()).AsObject();
        foreach (var change in (Action<JsonObject>[])[json => json.Remove("proof"), json => json.Remove("issuer"), json => json["@context"] = new JsonArray("https://www.w3.org/2018/credentials/v1", VerifiableCredential.BaseContext), json => json["type"] = "VerifiablePresentationOfNothing"])
        {
            var broken = credential.DeepClone().AsObject();
            change(broken);
            await world.RefusedAsync(broken, VerificationStep.Shape, "shape_invalid");
        }
    }

    [Fact]
    public async Task A67_an_issuer_that_is_not_trusted_is_refused_before_anything_is_looked_up()
    {
        var (key, did) = (world.Holder, world.HolderDid);
        var forged = await world.ForgeAsync(json => json["issuer"] = did, key, DidKey.KeyUrl(did));
        await world.RefusedAsync(forged, VerificationStep.Issuer, "issuer_not_trusted");

        // Nor is its host called: this one would not answer at all, and the verdict would be another.
        await world.RefusedAsync(await world.ForgeAsync(json => json["issuer"] = "did:web:evil.example"), VerificationStep.Issuer, "issuer_not_trusted");
        var trusting = new PublicVerifier(world.Nation.SdJwtVcs, world.Nation.W3cCredentials, issuer => issuer == did, withoutStatus: true);
        var own = await world.ForgeAsync(json =>
        {
            json["issuer"] = did;
            json.Remove("credentialStatus");
        }, key, DidKey.KeyUrl(did));
        Assert.Equal(Outcome.Accepted, (await trusting.VerifyAsync(own.ToJsonString())).Verdict.Outcome);
        Assert.Equal("issuer_not_trusted", (await trusting.VerifyAsync((await world.IssueAsync()).ToJsonString())).Verdict.Reason);
    }

    [Fact]
    public async Task A67_no_signature_is_verified_for_who_shows_what_is_of_an_issuer_that_is_not_trusted()
    {
        var stranger = await world.ForgeAsync(json => json["issuer"] = world.HolderDid, world.Holder, DidKey.KeyUrl(world.HolderDid));
        var good = await world.IssueAsync();
        foreach (var credentials in (JsonArray[])[[stranger.DeepClone()], [good.DeepClone(), stranger.DeepClone()]])
        {
            // The holder's proof is right, or answers something else, or is no signature at all: it is not come to.
            var shown = await world.PresentAsync(good, edit: json => json["verifiableCredential"] = credentials.DeepClone());
            var broken = shown.DeepClone().AsObject();
            broken["proof"]!["proofValue"] = "z" + new string('1', 64);
            foreach (var (presentation, asked) in ((JsonObject, HolderChallenge?)[])[(shown, W3cWorld.Asked), (shown, W3cWorld.Asked with { Nonce = "another" }), (broken, W3cWorld.Asked), (broken, null)])
            {
                var report = await world.VerifyAsync(presentation, asked);
                Assert.Equal((Outcome.Refused, VerificationStep.Issuer, "issuer_not_trusted"), (report.Verdict.Outcome, report.Verdict.Step!.Value, report.Verdict.Reason));
                Assert.Equal([VerificationStep.Shape], report.Verdict.Held);
                Assert.Equal((credentials.Count == 1 ? world.HolderDid : null, "MembershipCredential", null), (report.Issuer, report.Type, report.Claims));
            }
        }

        // What can't be read is said before who shows it is looked at, too.
        await world.RefusedAsync(await world.PresentAsync(good, one => one with { Challenge = "another" }, edit: json => json["verifiableCredential"]![0]!.AsObject().Remove("proof")), VerificationStep.Shape, "shape_invalid", W3cWorld.Asked);
    }

    [Fact]
    public async Task A60_a_presentation_has_four_proofs_at_most()
    {
        var shown = await world.PresentAsync(await world.IssueAsync());
        for (var more = 2; more <= SecuredPresentation.MaxProofs; more++) shown = await world.PresentAgainAsync(shown);
        Assert.True((await world.AcceptedAsync(shown, W3cWorld.Asked)).IsHolderProven);
        var another = await world.PresentAgainAsync(shown);
        await world.RefusedAsync(another, VerificationStep.Shape, "shape_invalid", W3cWorld.Asked);
        await world.RefusedAsync(another, VerificationStep.Shape, "shape_invalid");
    }

    [Fact]
    public async Task A67_an_issuer_whom_the_terms_do_not_name_is_refused()
    {
        var credential = await world.IssueAsync();
        foreach (var (issuers, outcome) in ((string[], Outcome)[])[([world.Did.Did], Outcome.Accepted), ([world.World.Issuer], Outcome.Accepted), (["https://other.example"], Outcome.Refused)])
        {
            var examined = await world.Nation.W3cCredentials.VerifyAsync(credential, _ => true, CredentialTerms.None with { Issuers = issuers });
            Assert.Equal(outcome, examined.Verdict.Outcome);
            if (outcome == Outcome.Refused) Assert.Equal((VerificationStep.Issuer, "issuer_not_accepted"), (examined.Verdict.Step!.Value, examined.Verdict.Reason));
        }
    }

    [Fact]
    public async Task A67_a_proof_by_anothers_key_or_for_another_purpose_or_wrong_is_refused()
    {
        var (holder, url) = (world.Holder, DidKey.KeyUrl(world.HolderDid));

        // Another's key, which verifies; and the nation's own URL over another's signature.
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, holder, url), VerificationStep.Proof, "proof_invalid");
        Assert.Contains("another than the issuer", (await world.VerifyAsync(await world.ForgeAsync(_ => { }, holder, url))).Words, StringComparison.Ordinal);
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, holder, world.Did.UrlOf(world.Did.Current(JoseAlgorithm.EdDSA))), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, options: one => one with { ProofPurpose = "authentication" }), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, keyUrl: world.Did.Did + "#none"), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, options: one => one with { Expires = world.Now.AddDays(-1) }), VerificationStep.Proof, "proof_invalid");
        var token = await TokenAsync(json => json, holder, url);
        await world.RefusedAsync(token, VerificationStep.Shape, "shape_invalid");
        var signed = (await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>();
        await world.RefusedAsync(signed[..^4] + (signed[^4..] == "AAAA" ? "BBBB" : "AAAA"), VerificationStep.Proof, "proof_invalid");
    }

    [Fact]
    public async Task A67_a_key_of_the_nation_that_is_for_something_else_or_had_retired_says_nothing_of_members()
    {
        // Neither is an assertion method of the nation's DID.
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Credential, KeyPurpose.StatusList])
        {
            var key = Forgery.Own(world.Nation, purpose);
            await world.RefusedAsync(await TokenAsync(json => json, key, world.Did.UrlOf(key)), VerificationStep.Proof, "proof_invalid");
        }

        var held = world.Nation.Keys.CurrentKey(KeyPurpose.Assertion);
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, options: one => one with { Created = held.NotBefore.AddSeconds(-1) }), VerificationStep.Proof, "issuer_key_retired");
        await world.RefusedAsync(await world.ForgeAsync(_ => { }, options: one => one with { Created = null }), VerificationStep.Proof, "issuer_key_retired");
    }

    [Fact]
    public async Task A67_a_key_for_something_else_says_nothing_of_members_where_a_log_of_an_older_shape_still_has_it_as_one_that_does()
    {
        var old = new W3cWorld();
        await using var ended = old;
        await old.InitializeAsync();

        // The entry that would put it right waits for its witness.
        await DidLogTests.AppendOldShapeAsync(old.Did, new WitnessRule(1, [WebVhWorld.Multi(1)]));
        using var folder = new TestFolder();
        var (_, pending) = (await DidWitnesses.PendingAsync(old.Did))!.Value;
        await DidWitnesses.TakeAsync(old.Did, await DidWitnesses.AttestAsync(pending, WebVhWorld.Key(1), new WitnessMemory(Path.Combine(folder.Path, "witness.memory")), old.Now));
        await old.Did.RenewAsync();
        Assert.NotNull(await DidWitnesses.PendingAsync(old.Did));

        await old.AcceptedAsync(await old.ForgeAsync(_ => { }));
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Credential, KeyPurpose.StatusList])
        {
            var key = old.Nation.Keys.Current(purpose);
            Assert.Equal(4, old.Did.Document["assertionMethod"]!.AsArray().Count);
            await old.RefusedAsync(await old.ForgeAsync(_ => { }, key), VerificationStep.Proof, "issuer_key_retired");
            await old.RefusedAsync(await TokenAsync(json => json, key, of: old), VerificationStep.Proof, "issuer_key_retired");
        }
    }

    [Fact]
    public async Task A_credential_of_version_1_1_is_held_to_its_own_dates_and_to_all_else_that_another_is()
    {
        await world.AcceptedAsync(await ForgeAsync());
        await world.RefusedAsync(await ForgeAsync(json => (json["issuanceDate"], json["expirationDate"]) = (At(-2), At(-1))), VerificationStep.Validity, "expired");
        await world.RefusedAsync(await ForgeAsync(json => json["issuanceDate"] = At(1)), VerificationStep.Validity, "not_yet_valid");
        await world.RefusedAsync(await ForgeAsync(json => json["validFrom"] = At(-1)), VerificationStep.Shape, "shape_invalid");
        await world.RefusedAsync(await ForgeAsync(json => json.Remove("issuanceDate")), VerificationStep.Shape, "shape_invalid");
        await world.RefusedAsync(await ForgeAsync(json => json.Remove("credentialStatus")), VerificationStep.Status, "no_status");
        await world.RefusedAsync(await ForgeAsync(json => json["credentialSubject"]!["tier"] = "emperor"), VerificationStep.Type, "schema_violated");
        await world.RefusedAsync(await ForgeAsync(json => json["nickname"] = "Ana"), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await ForgeAsync(json => json["issuer"] = world.HolderDid), VerificationStep.Issuer, "issuer_not_trusted");
        var revoked = await ForgeAsync();
        await world.SetStatusAsync(revoked, TokenStatus.Invalid);
        await world.RefusedAsync(revoked, VerificationStep.Status, "revoked");
        var changed = (await ForgeAsync()).AsObject();
        changed["issuanceDate"] = At(-2);
        await world.RefusedAsync(changed, VerificationStep.Proof, "proof_invalid");

        Task<JsonObject> ForgeAsync(Action<JsonObject>? change = null) => world.ForgeAsync(json =>
        {
            var names = new JsonObject();
            foreach (var name in (string[])["BitstringStatusListEntry", "statusPurpose", "statusListIndex", "statusListCredential"]) names[name] = $"https://www.w3.org/ns/credentials/status#{name}";
            names["JsonSchema"] = "https://schemas.example/terms#JsonSchema";
            json["@context"] = new JsonArray("https://www.w3.org/2018/credentials/v1", json["@context"]![1]!.DeepClone(), names);
            json["issuer"] = world.Did.Did;
            (json["issuanceDate"], json["expirationDate"]) = ((string)json["validFrom"]!, (string)json["validUntil"]!);
            foreach (var name in (string[])["validFrom", "validUntil", "relatedResource"]) json.Remove(name);
            foreach (var entry in json["credentialStatus"]!.AsArray()) entry!["id"] = $"{(string)entry["statusListCredential"]!}#{(string)entry["statusListIndex"]!}";
            change?.Invoke(json);
        });

        string At(int days) => DateTimeStamp.Write(world.Now.AddDays(days));
    }

    [Fact]
    public async Task A_proof_of_a_kind_that_is_not_known_is_neither_right_nor_wrong()
    {
        var credential = (await world.IssueAsync()).AsObject();
        credential["proof"]!["cryptosuite"] = "bbs-2023";
        await world.UndeterminedAsync(credential, VerificationStep.Proof, "not_understood");
    }

    [Fact]
    public async Task A86_names_that_are_not_defined_or_defined_anew_or_by_an_unknown_context_are_not_taken()
    {
        await world.RefusedAsync(await world.ForgeAsync(json => json["nickname"] = "Ana"), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await world.ForgeAsync(json => json["@context"]!.AsArray().Add(new JsonObject { ["credentialSubject"] = "https://evil.example/#x" })), VerificationStep.Proof, "proof_invalid");
        await world.RefusedAsync(await world.ForgeAsync(json => json["@context"]!.AsArray().Add(new JsonObject { ["@import"] = "https://evil.example/" })), VerificationStep.Proof, "proof_invalid");
        await world.UndeterminedAsync(await world.ForgeAsync(json => json["@context"]!.AsArray().Add("https://evil.example/context")), VerificationStep.Proof, "not_understood");
        await world.RefusedAsync(
            await world.ForgeAsync(json => json["relatedResource"]![0]!["digestSRI"] = "sha384-" + Convert.ToBase64String(new byte[48])), VerificationStep.Proof, "proof_invalid");
    }

    [Fact]
    public async Task A86_what_was_added_to_the_context_after_the_proof_is_looked_at_too()
    {
        // The proof verifies under its own context, and who reads the document on reads all of them.
        await world.UndeterminedAsync(await AddedAsync("https://evil.example/context"), VerificationStep.Proof, "not_understood");
        await world.RefusedAsync(await AddedAsync(new JsonObject { ["credentialSubject"] = "https://evil.example/#x" }), VerificationStep.Proof, "proof_invalid");

        async Task<JsonObject> AddedAsync(JsonNode context)
        {
            var document = (await world.IssueAsync()).AsObject();
            document["@context"]!.AsArray().Add(context);
            return document;
        }
    }

    [Fact]
    public async Task A86_blank_nodes_that_are_named_are_not_taken()
    {
        // To a JSON-LD processor two objects of one such name are one, and the claims of both are of it; to a reader of JSON they are two.
        const string blank = "_:b0";
        foreach (var change in (Action<JsonObject>[])
        [
            json => json["id"] = blank,
            json => json["credentialSubject"]!["id"] = blank,
            json => json["credentialSubject"] = new JsonArray(json["credentialSubject"]!.DeepClone(), new JsonObject { ["id"] = blank, ["type"] = "Membership" }),
            json => json["credentialSchema"]!["id"] = blank,
            json => json["credentialStatus"]![0]!["id"] = blank,
            json => json["termsOfUse"] = new JsonObject { ["id"] = blank, ["type"] = "Membership" },
            json => json["evidence"] = new JsonArray(new JsonObject { ["id"] = blank, ["type"] = "Membership" }),
            json => json["type"]!.AsArray().Add("_:type"),
            json => json["credentialSubject"]!["_:name"] = "Ana",
            json => json["@context"]!.AsArray().Add(new JsonObject { ["nickname"] = "_:name" }),
            json => json["@context"]!.AsArray().Add(new JsonObject { ["@vocab"] = "_:" }),
        ])
        {
            var report = await world.VerifyAsync(await world.ForgeAsync(change));
            Assert.True(report.Verdict.Outcome == Outcome.Refused && report.Verdict.Step is VerificationStep.Shape or VerificationStep.Proof, $"{report.Verdict.Outcome} {report.Verdict.Step}: {report.Words}");
        }

        // Nor around a credential.
        foreach (var edit in (Action<JsonObject>[])[json => json["id"] = blank, json => json["holder"] = blank, json => json["type"]!.AsArray().Add("_:type")])
            Assert.Equal(Outcome.Refused, (await world.VerifyAsync(await world.PresentAsync(await world.IssueAsync(), edit: edit), W3cWorld.Asked)).Verdict.Outcome);
    }

    [Fact]
    public async Task What_is_not_in_its_time_is_refused()
    {
        await world.RefusedAsync(await world.ForgeAsync(json => json["validUntil"] = At(-1)), VerificationStep.Validity, "expired");
        await world.RefusedAsync(await world.ForgeAsync(json => json["validFrom"] = At(2)), VerificationStep.Validity, "not_yet_valid");
        var examined = await world.Nation.W3cCredentials.VerifyAsync(await world.IssueAsync(), _ => true, CredentialTerms.None with { MinDaysLeft = 36500 });
        Assert.Equal((VerificationStep.Validity, "ends_too_soon"), (examined.Verdict.Step!.Value, examined.Verdict.Reason));

        string At(int minutes) => world.Now.AddMinutes(minutes * 2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Who_is_revoked_or_suspended_is_told_apart_from_who_is_unknown()
    {
        var (revoked, suspended) = (await world.IssueAsync(), await world.IssueAsync());
        await world.SetStatusAsync(revoked, TokenStatus.Invalid);
        await world.SetStatusAsync(suspended, TokenStatus.Suspended);
        await world.RefusedAsync(revoked, VerificationStep.Status, "revoked");
        await world.RefusedAsync(suspended, VerificationStep.Status, "suspended");
        Assert.Equal(StepState.Held, (await world.VerifyAsync(suspended)).StateOf(VerificationStep.Type));

        await world.RefusedAsync(await world.ForgeAsync(json => json.Remove("credentialStatus")), VerificationStep.Status, "no_status");
        await world.RefusedAsync(await world.ForgeAsync(json => json["credentialStatus"]!.AsArray().RemoveAt(0)), VerificationStep.Status, "no_status");
        await world.UndeterminedAsync(await world.ForgeAsync(json => json["credentialStatus"]!.AsArray().Add(new JsonObject { ["type"] = "https://other.example/terms#Status" })), VerificationStep.Status, "status_unknown");
        await world.UndeterminedAsync(await world.ForgeAsync(json => Entry(json)["statusListCredential"] = "https://nation.example/status/none/revocation"), VerificationStep.Status, "status_unknown");
        await world.UndeterminedAsync(await world.ForgeAsync(json => Entry(json)["statusListIndex"] = "99999999"), VerificationStep.Status, "status_unknown");

        static JsonNode Entry(JsonObject json) => json["credentialStatus"]![0]!;
    }

    [Fact]
    public async Task A_schema_that_is_named_with_a_digest_is_the_one_that_is_served()
    {
        var served = StrictJson.Write(CredentialType.LoadAll()["membership"].W3cSchemaFile);
        await world.AcceptedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["digestSRI"] = "sha256-" + Convert.ToBase64String(SHA256.HashData(served))));
        await world.RefusedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["digestSRI"] = "sha256-" + Convert.ToBase64String(new byte[32])), VerificationStep.Type, "type_invalid");
    }

    [Fact]
    public async Task What_breaks_its_schema_or_has_one_that_is_not_known_is_not_taken()
    {
        await world.RefusedAsync(await world.ForgeAsync(json => json["credentialSubject"]!["tier"] = "emperor"), VerificationStep.Type, "schema_violated");
        await world.UndeterminedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["id"] = "https://evil.example/schema"), VerificationStep.Type, "schema_unknown");
        await world.UndeterminedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["type"] = "JsonSchemaCredential"), VerificationStep.Type, "schema_unknown");
        await world.RefusedAsync(await world.ForgeAsync(json => json["type"] = new JsonArray("VerifiableCredential")), VerificationStep.Type, "unknown_type");
        await world.RefusedAsync(await world.ForgeAsync(json =>
        {
            json.Remove("credentialSchema");
            json["credentialSubject"]!["tier"] = "emperor";
        }), VerificationStep.Type, "schema_violated");

        // What it names beside its own type's is held too; a schema of a type that no document is of is not known.
        await world.RefusedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["id"] = "https://nation.example/schemas/residency.w3c.schema.json"), VerificationStep.Type, "schema_violated");
        await world.UndeterminedAsync(await world.ForgeAsync(json => json["credentialSchema"]!["id"] = "https://nation.example/schemas/steward.w3c.schema.json"), VerificationStep.Type, "schema_unknown");
    }

    [Fact]
    public async Task Of_several_types_it_says_what_each_allows()
    {
        foreach (var types in (string[][])[["MembershipCredential", "ResidencyCredential"], ["ResidencyCredential", "MembershipCredential"]])
            await world.RefusedAsync(await world.ForgeAsync(json => json["type"] = new JsonArray(["VerifiableCredential", .. types])), VerificationStep.Type, "schema_violated");
        await world.AcceptedAsync(await world.ForgeAsync(json => json["type"]!.AsArray().Add("https://types.example/Guest")));
    }

    [Fact]
    public async Task A_holder_is_proven_who_answers_the_challenge_with_the_key_of_the_subject()
    {
        var (credential, token) = (await world.IssueAsync(), (await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>());
        foreach (var shown in (JsonNode[])[await world.PresentAsync(credential), await world.PresentAsync(token), await world.EnvelopAsync(token)])
        {
            var report = await world.AcceptedAsync(shown, W3cWorld.Asked);
            Assert.True(report.IsHolderProven);
            Assert.All(report.Steps, one => Assert.Equal(StepState.Held, one.State));

            // The same without a challenge is a copy that anyone may have.
            Assert.Equal(StepState.NotShown, (await world.AcceptedAsync(shown)).StateOf(VerificationStep.Holder));
        }

        await world.RefusedAsync(credential, VerificationStep.Holder, "holder_not_shown", W3cWorld.Asked);
        await world.RefusedAsync(token, VerificationStep.Holder, "holder_not_shown", W3cWorld.Asked);
    }

    [Fact]
    public async Task A63_A64_a_presentation_for_another_or_by_another_or_for_another_purpose_is_refused()
    {
        var (credential, token) = (await world.IssueAsync(), (await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>());
        foreach (var wrong in (JsonObject[])
        [
            await world.PresentAsync(credential, one => one with { Challenge = "another" }),
            await world.PresentAsync(credential, one => one with { Challenge = null }),
            await world.PresentAsync(credential, one => one with { Domain = ["https://evil.example"] }),
            await world.PresentAsync(credential, one => one with { Domain = [] }),
            await world.PresentAsync(credential, one => one with { ProofPurpose = "assertionMethod" }),
            await world.PresentAsync(credential, one => one with { Expires = world.Now.AddHours(-1) }),
            await world.PresentAsync(credential, edit: json => json["holder"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
        ])
        {
            await world.RefusedAsync(wrong, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked);
        }

        await world.RefusedAsync(await world.EnvelopAsync(token, nonce: "another"), VerificationStep.Holder, "holder_invalid", W3cWorld.Asked);
        await world.RefusedAsync(await world.EnvelopAsync(token, "https://evil.example"), VerificationStep.Holder, "holder_invalid", W3cWorld.Asked);
        var thief = SigningKey.FromEd25519(new byte[32]);
        await world.RefusedAsync(await world.PresentAsync(credential, key: thief), VerificationStep.Holder, "other_holder", W3cWorld.Asked);
        var unsigned = await world.PresentAsync(credential);
        unsigned.Remove("proof");
        await world.RefusedAsync(unsigned, VerificationStep.Shape, "shape_invalid", W3cWorld.Asked);
        var stranger = await world.PresentAsync(credential, one => one with { VerificationMethod = "did:web:evil.example#1" });
        await world.UndeterminedAsync(stranger, VerificationStep.Holder, "not_understood", W3cWorld.Asked);
        Assert.Contains("not trusted", (await world.VerifyAsync(stranger, W3cWorld.Asked)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A69_a_presentation_is_right_where_it_and_all_that_is_in_it_are()
    {
        var (good, revoked) = (await world.IssueAsync(), await world.IssueAsync());
        await world.SetStatusAsync(revoked, TokenStatus.Invalid);
        var both = await world.PresentAsync(good, edit: json => json["verifiableCredential"]!.AsArray().Add(revoked.DeepClone()));
        await world.RefusedAsync(both, VerificationStep.Status, "revoked", W3cWorld.Asked);
        var report = await world.VerifyAsync(both, W3cWorld.Asked);
        Assert.Equal([Outcome.Accepted, Outcome.Refused], report.Credentials.Select(one => one.Verdict.Outcome));

        // And a presentation that is not right is not made right by what is in it.
        await world.RefusedAsync(await world.PresentAsync(good, one => one with { Challenge = "another" }), VerificationStep.Holder, "holder_invalid", W3cWorld.Asked);

        // What is refused decides over what could not be checked.
        var unknown = await world.ForgeAsync(json => json["credentialSchema"]!["id"] = "https://evil.example/schema");
        var mixed = await world.PresentAsync(unknown, edit: json => json["verifiableCredential"]!.AsArray().Add(revoked.DeepClone()));
        await world.RefusedAsync(mixed, VerificationStep.Status, "revoked", W3cWorld.Asked);
        await world.UndeterminedAsync(await world.PresentAsync(unknown), VerificationStep.Type, "schema_unknown", W3cWorld.Asked);
        await world.RefusedAsync(await world.PresentAsync(good, edit: json => json["verifiableCredential"] = new JsonArray()), VerificationStep.Shape, "shape_invalid", W3cWorld.Asked);
    }

    [Fact]
    public async Task A79_a_presentation_is_no_credential_and_a_credential_no_presentation()
    {
        var token = (await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>();
        var shown = await world.EnvelopAsync(token);
        Assert.Equal("shape_invalid", (await world.Nation.W3cCredentials.VerifyAsync(shown, _ => true, CredentialTerms.None)).Verdict.Reason);
        Assert.Equal("shape_invalid", (await world.Nation.W3cCredentials.VerifyPresentationAsync(token, W3cWorld.Asked, _ => true, CredentialTerms.None)).Verdict.Reason);
        await world.RefusedAsync(await TokenAsync(json => new JsonObject { ["vc"] = json.DeepClone(), ["iss"] = world.Did.Did }), VerificationStep.Shape, "shape_invalid");
        await world.RefusedAsync(Envelope.Of(token, CredentialMediaType.VpJwt), VerificationStep.Shape, "shape_invalid");
    }

    /// <summary>A vc+jwt of the membership credential's document, with a change.</summary>
    private async Task<string> TokenAsync(Func<JsonObject, JsonObject> change, SigningKey? key = null, string? keyUrl = null, W3cWorld? of = null)
    {
        of ??= world;
        key ??= of.Did.Current(JoseAlgorithm.ES256);
        var document = (await of.IssueAsync()).AsObject();
        document.Remove("proof");
        document["iat"] = of.Now.ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "vc+jwt", ["kid"] = keyUrl ?? of.Did.UrlOf(key) };
        return await Jws.SignAsync(Jws.ToBeSigned(header, change(document)), key);
    }
}
