using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;
using static NetworkIdentity.Tests.Core.Verifying.VerifierTests;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>W3C credentials at a sign-in: everything is right until a test breaks one thing.</summary>
public sealed class W3cSignInTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    private static readonly ProofPolicy LdpPolicy = new([new CredentialPolicy("membership") { Formats = [CredentialQuery.LdpVc] }]);

    private string Domain => world.Expected().Challenge.Audience;

    private string Challenge => world.Expected().Challenge.Nonce;

    [Theory]
    [InlineData(JoseAlgorithm.ES256, false)]
    [InlineData(JoseAlgorithm.ES256, true)]
    [InlineData(JoseAlgorithm.EdDSA, false)]
    [InlineData(JoseAlgorithm.EdDSA, true)]
    public async Task A_membership_as_a_W3C_credential_is_accepted_and_gives_what_was_asked(string algorithm, bool isJwk)
    {
        var held = await IssueAsync(algorithm == JoseAlgorithm.ES256 ? TestWallet.NewKey() : SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32)), isJwk);
        var verdict = await VerifyAsync(await PresentAsync(held));
        Assert.True(verdict.Outcome == Outcome.Accepted, $"{verdict.Step}: {verdict.Detail}");
        var proven = Assert.Single(verdict.Credentials);
        Assert.Equal(("membership_ldp_vc", held.Record.Id, held.Record.MemberId, "membership"), (proven.QueryId, proven.RecordId, proven.MemberId, proven.Type));

        // What was shown beyond what was asked is not passed on.
        Assert.Equal(["member_since", "tier"], proven.Claims.Select(claim => claim.Key).Order());
    }

    [Fact]
    public async Task A62_A63_an_answer_to_another_challenge_or_for_another_verifier_is_refused_at_Holder()
    {
        var held = await IssueAsync();
        foreach (var change in (Func<ProofOptions, ProofOptions>[])
        [
            one => one with { Challenge = "another" },
            one => one with { Challenge = null },
            one => one with { Domain = ["x509_hash:another"] },
            one => one with { Domain = [] },
            one => one with { Domain = [.. one.Domain, "x509_hash:another"] },
            one => one with { ProofPurpose = ControlledIdentifierDocument.AssertionMethod },
            one => one with { Expires = world.Time.GetUtcNow().AddSeconds(-1) },
            one => one with { Created = world.Time.GetUtcNow().AddMinutes(5) },
        ])
        {
            Refused(await VerifyAsync(await PresentAsync(held, options: change)), VerificationStep.Holder, "holder_invalid");
        }

        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A64_who_does_not_hold_the_key_is_refused()
    {
        var (held, thief) = (await IssueAsync(), new W3cHolder());

        // Signed by the thief's key as the holder's; by the thief as itself; by the thief in the holder's name.
        Refused(await VerifyAsync(await held.Holder.PresentAsync([held.Credential], Domain, Challenge, signer: thief.Key)), VerificationStep.Holder, "holder_invalid");
        Refused(await VerifyAsync(await thief.PresentAsync([held.Credential], Domain, Challenge)), VerificationStep.Holder, "other_holder");
        Refused(await VerifyAsync(await thief.PresentAsync([held.Credential], Domain, Challenge, one => one["holder"] = held.Holder.Did)), VerificationStep.Holder, "holder_invalid");

        // Without a proof of a holder at all, and with one taken off.
        var bare = await PresentAsync(held);
        bare.Remove("proof");
        Assert.NotEqual(Outcome.Accepted, (await VerifyAsync(bare)).Outcome);
        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A65_a_credential_that_was_changed_in_any_member_is_refused()
    {
        var held = await IssueAsync();
        foreach (var change in (Action<JsonObject>[])
        [
            one => one["credentialSubject"]!["tier"] = "citizen",
            one => one["credentialSubject"]!["id"] = new W3cHolder().Did,
            one => one["credentialSubject"]!.AsObject().Remove("charter_version"),
            one => one["validUntil"] = "2099-01-01T00:00:00Z",
            one => one.Remove("credentialStatus"),
            one => one["credentialStatus"]![1]!["statusListIndex"] = "1",
            one => one["type"]!.AsArray().Add("ResidencyCredential"),
            one => one["name"] = "more",
            one => one["proof"]!["created"] = "2020-01-01T00:00:00Z",
            one => one["proof"]!["proofValue"] = Multibase.Base58(new byte[64]),
        ])
        {
            var changed = (JsonObject)held.Credential.DeepClone();
            change(changed);
            Assert.Equal(Outcome.Refused, (await VerifyAsync(await PresentAsync(held with { Credential = changed }))).Outcome);
        }

        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A67_only_the_nations_own_assertion_keys_say_who_is_a_member()
    {
        var held = await IssueAsync();
        var other = SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32));

        // Another's DID, another's key under the nation's name, and the nation's key of another purpose.
        Refused(await ForgedAsync(held, one => one["issuer"] = "did:web:evil.example"), VerificationStep.Issuer, "issuer_not_trusted");
        Refused(await ForgedAsync(held, options: one => one with { VerificationMethod = "did:web:evil.example#key" }), VerificationStep.Proof, "proof_invalid");
        Refused(await ForgedAsync(held, signer: other), VerificationStep.Proof, "proof_invalid");
        var log = world.Nation.Keys.Current(KeyPurpose.Log);
        Refused(await ForgedAsync(held, options: one => one with { VerificationMethod = world.Nation.DidLog!.UrlOf(log) }, signer: log), VerificationStep.Proof, "proof_invalid");

        // Signed before the key was there, or without a time: as if by a key that had retired.
        Refused(await ForgedAsync(held, options: one => one with { Created = world.Time.GetUtcNow().AddYears(-1) }), VerificationStep.Proof, "issuer_key_retired");
        Refused(await ForgedAsync(held, options: one => one with { Created = null }), VerificationStep.Proof, "issuer_key_retired");
        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A69_each_presentation_and_each_credential_in_it_must_hold()
    {
        var (held, other) = (await IssueAsync(), await IssueAsync());
        var broken = (JsonObject)held.Credential.DeepClone();
        broken["credentialSubject"]!["tier"] = "citizen";
        Refused(await VerifyAsync(await held.Holder.PresentAsync([held.Credential, broken], Domain, Challenge)), VerificationStep.Proof, "proof_invalid");
        Refused(await VerifyAsync(await held.Holder.PresentAsync([held.Credential, other.Credential], Domain, Challenge)), VerificationStep.Holder, "other_holder");
        Refused(await VerifyAsync(await held.Holder.PresentAsync([held.Credential, held.Credential], Domain, Challenge)), VerificationStep.Query, "query_not_satisfied");
        Refused(await VerifyAsync(await held.Holder.PresentAsync([], Domain, Challenge)), VerificationStep.Shape, "shape_invalid");
        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A79_expired_revoked_suspended_and_unknown_are_told_apart()
    {
        var (revoked, suspended, ended) = (await IssueAsync(), await IssueAsync(), await IssueAsync());
        await world.Nation.Revoker.RevokeAsync(revoked.Record.Id, "a reason");
        Refused(await VerifyAsync(await PresentAsync(revoked)), VerificationStep.Status, "revoked");
        await world.Nation.Suspensions.SuspendAsync(suspended.Record.Id, "a reason", world.Time.GetUtcNow().AddDays(1));
        Refused(await VerifyAsync(await PresentAsync(suspended)), VerificationStep.Status, "suspended");
        Refused(await ForgedAsync(ended, one => one["validUntil"] = DateTimeStamp.Write(world.Time.GetUtcNow().AddSeconds(-1)), record: true), VerificationStep.Validity, "expired");
        Refused(await ForgedAsync(ended, one => one["validFrom"] = DateTimeStamp.Write(world.Time.GetUtcNow().AddDays(1)), record: true), VerificationStep.Validity, "not_yet_valid");

        // After the interval the published list says it too, whatever the record says.
        world.Time.Move(StatusListPublisher.Interval);
        Refused(await VerifyAsync(await PresentAsync(revoked)), VerificationStep.Status, "revoked");
        Assert.Equal(Outcome.Undetermined, (await ForgedAsync(ended, one => one["credentialStatus"]![0]!["statusListCredential"] = "https://nation.example/status/nothing/revocation", record: true)).Outcome);
        Assert.Equal(Outcome.Undetermined, (await ForgedAsync(ended, one => one["credentialStatus"]![0]!["statusListIndex"] = "1048576", record: true)).Outcome);
        Refused(await ForgedAsync(ended, one => one.Remove("credentialStatus"), record: true), VerificationStep.Status, "no_status");
        await IsAcceptedAsync(ended);
    }

    [Fact]
    public async Task What_the_nation_has_no_record_of_is_refused_however_well_it_is_signed()
    {
        var held = await IssueAsync();
        Refused(await ForgedAsync(held, one => one["credentialSubject"]!["tier"] = "citizen"), VerificationStep.Policy, "no_record");
        Refused(await ForgedAsync(held, one => one["credentialStatus"]!.AsArray().ToList().ForEach(entry => entry!["statusListIndex"] = "7")), VerificationStep.Policy, "no_record");

        // The record's holder is another, or it is of another format.
        await IsAcceptedAsync(held);
        foreach (var (column, value) in ((string, string)[])[("holder_thumbprint", "another"), ("format", "vc+jwt")])
        {
            var before = column == "format" ? held.Record.Format : held.Record.HolderThumbprint;
            await ChangeAsync(held, column, value);
            Refused(await VerifyAsync(await PresentAsync(held)), VerificationStep.Policy, "no_record");
            await ChangeAsync(held, column, before);
        }

        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task A68_another_type_and_another_format_do_not_answer_the_query()
    {
        var held = await IssueAsync();
        var residency = ProofRequest.Of(new([new CredentialPolicy("residency") { Formats = [CredentialQuery.LdpVc] }]), Choice.Parse("residency"), world.Nation.Types).ToDcql();
        Refused(
            await world.VerifyAsync(new() { ["residency_ldp_vc"] = new JsonArray(await PresentAsync(held)) }, residency), VerificationStep.Query, "query_not_satisfied");
        Refused(await world.VerifyAsync(new() { ["membership"] = new JsonArray(await PresentAsync(held)) }), VerificationStep.Shape, "malformed_vp_token");
        Refused(await world.VerifyAsync(new() { ["membership_ldp_vc"] = new JsonArray("text") }, Query()), VerificationStep.Shape, "malformed_vp_token");
    }

    [Fact]
    public async Task A86_a_context_that_is_not_known_leaves_it_open_and_a_name_defined_anew_is_refused()
    {
        var held = await IssueAsync();
        Assert.Equal(Outcome.Undetermined, (await ForgedAsync(held, one => one["@context"]!.AsArray().Add("https://evil.example/context"), record: true)).Outcome);
        Refused(
            await ForgedAsync(held, one => one["@context"]!.AsArray().Add(new JsonObject { ["credentialSubject"] = "https://evil.example/other" }), record: true),
            VerificationStep.Proof, "proof_invalid");
        Refused(await ForgedAsync(held, one => one["credentialSubject"]!["undefined_name"] = "x", record: true), VerificationStep.Proof, "proof_invalid");
        Assert.Equal(Outcome.Undetermined, (await ForgedAsync(held, one => one["credentialSchema"]!["id"] = "https://evil.example/schema", record: true)).Outcome);
        Refused(await ForgedAsync(held, one => one["credentialSubject"]!["tier"] = "emperor", record: true), VerificationStep.Type, "schema_violated");
        await IsAcceptedAsync(held);
    }

    [Fact]
    public async Task What_a_policy_says_of_issuer_and_age_holds_here_too()
    {
        var held = await IssueAsync();
        Assert.Equal(Outcome.Accepted, (await VerifyAsync(await PresentAsync(held), new CredentialTerms([world.Issuer], 1, 300))).Outcome);
        Refused(await VerifyAsync(await PresentAsync(held), new CredentialTerms(["https://other.example"], null, null)), VerificationStep.Issuer, "issuer_not_accepted");
        Refused(await VerifyAsync(await PresentAsync(held), new CredentialTerms(null, null, 366)), VerificationStep.Validity, "ends_too_soon");
    }

    private static DcqlQuery Query() => ProofRequest.Of(LdpPolicy, Choice.Parse("membership"), CredentialType.LoadAll()).ToDcql();

    private async Task<Verdict> VerifyAsync(JsonObject presentation, CredentialTerms? terms = null) => await world.VerifierOf(null).VerifyAsync(
        new() { ["membership_ldp_vc"] = new JsonArray(presentation.DeepClone()) },
        world.Expected(Query()) with { Terms = new Dictionary<string, CredentialTerms> { ["membership_ldp_vc"] = terms ?? CredentialTerms.None } });

    private Task<JsonObject> PresentAsync(Held held, Func<ProofOptions, ProofOptions>? options = null) => held.Holder.PresentAsync([held.Credential], Domain, Challenge, options: options);

    private async Task IsAcceptedAsync(Held held)
    {
        var verdict = await VerifyAsync(await PresentAsync(held));
        Assert.True(verdict.Outcome == Outcome.Accepted, $"{verdict.Step}: {verdict.Detail}");
    }

    /// <summary>Verifies the credential with a change, signed again by the nation's key, or another; and where it says so, recorded as if it had been issued.</summary>
    private async Task<Verdict> ForgedAsync(
        Held held, Action<JsonObject>? change = null, Func<ProofOptions, ProofOptions>? options = null, SigningKey? signer = null, bool record = false)
    {
        var document = (JsonObject)held.Credential.DeepClone();
        document.Remove("proof");
        change?.Invoke(document);
        var did = world.Nation.DidLog!;
        var key = did.Current(JoseAlgorithm.EdDSA);
        var said = new ProofOptions("eddsa-jcs-2022", did.UrlOf(key), ControlledIdentifierDocument.AssertionMethod) { Created = DateTimeOffset.FromUnixTimeSeconds(held.Record.IssuedAt) };
        said = options?.Invoke(said) ?? said;
        var draft = SecuredDocument.Draft(document, said, (signer ?? key).PublicKey);
        if (record) await ChangeAsync(held, "to_be_signed_digest", Base64Url.Encode(SHA256.HashData(draft.ToBeSigned)));
        var verdict = await VerifyAsync(await PresentAsync(held with { Credential = draft.Complete(await (signer ?? key).SignAsync(draft.ToBeSigned)) }));
        if (record) await ChangeAsync(held, "to_be_signed_digest", held.Record.ToBeSignedDigest);
        return verdict;
    }

    private async Task ChangeAsync(Held held, string column, string value) =>
        Assert.Null(await world.Nation.Database.CommitAsync(new Statement($"UPDATE credential SET {column} = @value WHERE id = @id", new { value, id = held.Record.Id })));

    private async Task<Held> IssueAsync(SigningKey? key = null, bool isJwk = false)
    {
        var holder = new W3cHolder(key ?? TestWallet.NewKey(), isJwk);
        var made = await world.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = "Ana" }, withTransactionCode: false);
        var (token, _) = await world.Nation.Offering.RedeemAsync((await world.Nation.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);
        var issued = await world.Nation.Issuer.IssueAsync(token, StrictJson.Write(new JsonObject
        {
            ["credential_configuration_id"] = "membership_ldp_vc",
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await holder.ProofAsync(world.Issuer, world.Nation.Nonces.Make(), world.Time.GetUtcNow())) },
        }));
        return new((JsonObject)issued.Credentials[0], holder, (await Credentials.OfOfferAsync(world.Nation.Database, made.Id))[0]);
    }

    private sealed record Held(JsonObject Credential, W3cHolder Holder, Credentials.Row Record);
}
