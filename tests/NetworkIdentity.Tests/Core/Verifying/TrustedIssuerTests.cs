using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>From outside, with what a nation publishes and nothing else: a key is good for its own purpose alone, and in its own time.</summary>
public sealed class TrustedIssuerTests : IAsyncLifetime
{
    private const string Url = "https://nation.example";

    private readonly W3cWorld _world = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);

    private KeyRing Keys => _world.Nation.Keys;

    private DateTimeOffset Now => _world.Now;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        await PublishAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_nation_signs_is_accepted_by_its_DID_and_by_its_address(bool byUrl)
    {
        var held = await _world.World.IssueAsync();
        var (document, token) = ((await _world.IssueAsync()).AsObject(), (await _world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>());
        await ListsOfAsync(document);
        await TokenListOfAsync(held.Issued);
        foreach (var text in (string[])[held.Issued, document.ToJsonString(), token]) await AcceptedAsync(text, byUrl ? Url : null);
    }

    [Fact]
    public void A67_a_certificate_that_cannot_be_read_vouches_for_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=broken", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.19", [0x05, 0xff, 0xff], critical: true));
        using var broken = request.CreateSelfSigned(Now, Now.AddDays(1));
        var jwk = SigningKey.FromEcdsa(key).PublicKey.Bare().ToJson();
        jwk["x5c"] = new JsonArray(Convert.ToBase64String(broken.RawData));
        var found = PublishedCertificates.Of(Url, new JsonObject { ["verificationMethod"] = new JsonArray(new JsonObject { ["publicKeyJwk"] = jwk }) });
        Assert.Empty(found.Leaves);
        Assert.Empty(found.Roots);
    }

    [Fact]
    public async Task A67_a_key_of_lists_or_of_SD_JWT_credentials_signs_no_W3C_credential()
    {
        await ListsOfAsync((await _world.IssueAsync()).AsObject());
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.StatusList, KeyPurpose.Credential])
        {
            var key = Keys.Current(purpose);
            await RefusedAsync((await _world.ForgeAsync(_ => { }, key)).ToJsonString(), VerificationStep.Proof, "proof_invalid");
            var document = await _world.ForgeAsync(json => json["iat"] = Now.ToUnixTimeSeconds());
            document.Remove("proof");
            await RefusedAsync(
                await Jws.SignAsync(EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, document, key, _world.Did.UrlOf(key)), key), VerificationStep.Proof, "proof_invalid");
        }
    }

    [Fact]
    public async Task A67_a_key_of_lists_signs_no_SD_JWT_credential_by_whatever_certificate()
    {
        var held = await _world.World.IssueAsync();
        await TokenListOfAsync(held.Issued);
        var nation = _world.Nation;
        foreach (var (signer, words) in ((SigningKey, string)[])
        [
            (Forgery.Own(nation, KeyPurpose.StatusList), "not for this purpose"),

            // Its key is in the DID, and a thief writes what certificate he likes about it.
            (Certified(KeyPurpose.StatusList, KeyPurpose.Credential), "does not have the certificate"),

            // The root's own word, of a leaf that is not in the DID.
            (Forgery.Leaf(nation, KeyPurpose.Credential), "does not have the certificate"),
            (Forgery.Leaf(nation, KeyPurpose.Credential, rogueRoot: true), "does not have the certificate"),
        ])
        {
            foreach (var issuer in (string?[])[null, Url])
            {
                var verdict = await VerifyAsync(await Forgery.CredentialAsync(nation, held.Issued, signer: signer), issuer);
                Is(verdict, Outcome.Refused, VerificationStep.Proof, "issuer_key_not_trusted");
                Assert.Contains(words, verdict.Detail!, StringComparison.Ordinal);
            }
        }

        // With the root in one's own hands the certificate alone says what a key is for.
        Is(await VerifyAsync(await Forgery.CredentialAsync(nation, held.Issued, signer: Forgery.Own(nation, KeyPurpose.StatusList)), roots: Keys.Roots), Outcome.Refused, VerificationStep.Proof, "issuer_key_not_trusted");
        Is(await VerifyAsync(await Forgery.CredentialAsync(nation, held.Issued, signer: Certified(KeyPurpose.StatusList, KeyPurpose.Credential)), roots: Keys.Roots), Outcome.Refused, VerificationStep.Proof, "issuer_key_not_trusted");
    }

    [Fact]
    public async Task A84_a_key_of_credentials_signs_no_list()
    {
        var held = await _world.World.IssueAsync();
        var uri = await TokenListOfAsync(held.Issued);
        await AcceptedAsync(held.Issued);
        foreach (var signer in (SigningKey[])[Forgery.Own(_world.Nation, KeyPurpose.Credential), Certified(KeyPurpose.Credential, KeyPurpose.StatusList)])
        {
            var claims = TokenStatusList.Claims(uri, new StatusList(2, StatusSlots.ListSize), Now, Now.AddDays(1), TimeSpan.FromSeconds(60));
            _files[uri] = Encoding.ASCII.GetBytes(await Jws.SignAsync(Jws.ToBeSigned(Jws.HeaderFor(TokenStatusList.Type, signer), claims), signer));
            Is(await VerifyAsync(held.Issued), Outcome.Undetermined, VerificationStep.Status, "status_unknown");
        }
    }

    [Fact]
    public async Task A67_a_certificate_counts_while_it_is_in_the_document_and_is_its_keys()
    {
        var held = await _world.World.IssueAsync();
        await TokenListOfAsync(held.Issued);
        var document = await _world.Did.ReadDidWebAsync();
        await WithAsync(_ => { }, Outcome.Accepted, "");
        await WithAsync(methods => methods.Remove(Method(methods, KeyPurpose.Credential)), Outcome.Refused, "issuer_key_not_trusted");

        // A document that names no root is one that does not say: neither right nor wrong.
        await WithAsync(methods => Method(methods, KeyPurpose.Root)["publicKeyJwk"]!.AsObject().Remove("x5c"), Outcome.Undetermined, "not_understood");
        await WithAsync(methods => Method(methods, KeyPurpose.Root)["publicKeyJwk"]!["x5c"] = Method(methods, KeyPurpose.Credential)["publicKeyJwk"]!["x5c"]!.DeepClone(), Outcome.Undetermined, "not_understood");
        var another = Convert.ToBase64String(Forgery.Leaf(_world.Nation, KeyPurpose.Credential, rogueRoot: true).CertificateChain[1]);
        await WithAsync(methods => Method(methods, KeyPurpose.Root)["publicKeyJwk"]!["x5c"] = new JsonArray(another), Outcome.Undetermined, "not_understood");
        await WithAsync(methods => Method(methods, KeyPurpose.Root)["publicKeyJwk"]!["x5c"] = new JsonArray("AAAA"), Outcome.Undetermined, "not_understood");

        async Task WithAsync(Action<JsonArray> change, Outcome outcome, string reason)
        {
            var changed = document.DeepClone();
            change(changed["verificationMethod"]!.AsArray());
            _files[$"{Url}/.well-known/did.json"] = StrictJson.Write(changed);
            var verdict = await VerifyAsync(held.Issued, Url);
            Assert.Equal((outcome, reason), (verdict.Outcome, verdict.Reason ?? ""));
        }

        JsonObject Method(JsonArray methods, KeyPurpose purpose) => methods.Single(one => one!["id"]!.GetValue<string>().EndsWith("#" + Keys.Current(purpose).KeyId, StringComparison.Ordinal))!.AsObject();
    }

    [Fact]
    public async Task A67_a_credential_is_of_a_time_at_which_its_key_stood_in_the_log()
    {
        // Before the log began; the day alone is what credentials say.
        await ListsOfAsync((await _world.IssueAsync()).AsObject());
        await AcceptedAsync((await ForgeAsync(Now.AddHours(-23))).ToJsonString());
        await RefusedAsync((await ForgeAsync(Now.AddDays(-3))).ToJsonString(), VerificationStep.Proof, "issuer_key_retired");
        var held = await _world.World.IssueAsync();
        await TokenListOfAsync(held.Issued);
        await RefusedAsync(await Forgery.CredentialAsync(_world.Nation, held.Issued, (_, payload) => payload["iat"] = Now.AddDays(-10).ToUnixTimeSeconds()), VerificationStep.Proof, "issuer_key_retired");
        await RefusedAsync(await Forgery.CredentialAsync(_world.Nation, held.Issued, (_, payload) => payload.Remove("iat")), VerificationStep.Proof, "issuer_key_retired");

        // The successor's key, in a time when the log had its predecessor alone.
        var old = Keys.CurrentKey(KeyPurpose.Assertion);
        await MoveAsync(old.RetireAfter - KeyRing.Overlap + TimeSpan.FromHours(1) - Now);
        await MoveAsync(old.RetireAfter + TimeSpan.FromHours(1) - Now);
        Assert.NotEqual(_world.Did.UrlOf(old.Signing!), _world.Did.UrlOf(_world.Did.Current(JoseAlgorithm.EdDSA)));
        await ListsOfAsync((await _world.IssueAsync()).AsObject());
        await AcceptedAsync((await ForgeAsync(Now)).ToJsonString());
        await AcceptedAsync((await ForgeAsync(Now.AddDays(-10))).ToJsonString());
        await RefusedAsync((await ForgeAsync(Now.AddDays(-60))).ToJsonString(), VerificationStep.Proof, "issuer_key_retired");
        await AcceptedAsync((await _world.ForgeAsync(_ => { }, old.Signing, options: one => one with { Created = Now.AddDays(-60) })).ToJsonString());

        // What says no time of its proof is of the time from which it is valid.
        await RefusedAsync(
            (await _world.ForgeAsync(json => json["validFrom"] = DateTimeStamp.Write(Now.AddDays(-60)), options: one => one with { Created = null })).ToJsonString(), VerificationStep.Proof, "issuer_key_retired");

        Task<JsonObject> ForgeAsync(DateTimeOffset created) => _world.ForgeAsync(_ => { }, options: one => one with { Created = created });
    }

    [Fact]
    public async Task A79_what_nobody_could_revoke_is_refused_unless_it_was_asked_for()
    {
        var none = await _world.ForgeAsync(json => json.Remove("credentialStatus"));
        await RefusedAsync(none.ToJsonString(), VerificationStep.Status, "no_status");
        Assert.Equal(Outcome.Accepted, (await VerifyAsync(none.ToJsonString(), withoutStatus: true)).Outcome);
        var suspension = await _world.ForgeAsync(json => json["credentialStatus"]!.AsArray().RemoveAt(0));
        await ListsOfAsync((await _world.IssueAsync()).AsObject());
        Assert.Equal(StatusPurpose.Suspension, Assert.Single(BitstringStatusListEntry.Of(suspension)).Purpose);
        await RefusedAsync(suspension.ToJsonString(), VerificationStep.Status, "no_status");
        await RefusedAsync((await _world.PresentAsync(none)).ToJsonString(), VerificationStep.Status, "no_status");
    }

    /// <summary>A key of the nation, under a certificate that says that it is for something else, by a root that the thief made with the same key.</summary>
    private SigningKey Certified(KeyPurpose purpose, KeyPurpose asIf)
    {
        var held = Keys.CurrentKey(purpose);
        var key = held.OpenEcdsa();
        using var root = CertificateAuthority.CreateRoot(Keys.Nation.Name, key, held.NotBefore, held.PublishUntil);
        using var leaf = CertificateAuthority.CreateLeaf(root, Keys.Nation.Name, new Uri(Url), asIf, key, held.NotBefore, held.PublishUntil);
        return SigningKey.FromEcdsa(key, held.Kid, [leaf.RawData]);
    }

    private async Task PublishAsync()
    {
        _files[$"{Url}/.well-known/did.jsonl"] = await _world.Did.ReadAsync();
        _files[$"{Url}/.well-known/did.json"] = StrictJson.Write(await _world.Did.ReadDidWebAsync());
    }

    private async Task MoveAsync(TimeSpan by)
    {
        _world.World.Time.Move(by);
        await Keys.RenewAsync();
        await _world.Did.RenewAsync();
        await PublishAsync();
    }

    private async Task ListsOfAsync(JsonObject document)
    {
        foreach (var entry in BitstringStatusListEntry.Of(document))
            _files[entry.ListCredential] = Encoding.ASCII.GetBytes((await _world.Nation.StatusLists.FindAsync(entry.ListCredential.Split('/')[^2], StatusListPublisher.BitstringFormats[entry.Purpose]))!.Token);
    }

    private async Task<string> TokenListOfAsync(string issued)
    {
        var uri = SdJwtVc.Read(SdJwt.Parse(issued)).Status!.Uri;
        _files[uri] = Encoding.ASCII.GetBytes((await _world.Nation.StatusLists.ReadAsync(uri))!);
        return uri;
    }

    private async Task<Verdict> VerifyAsync(string text, string? issuer = null, bool withoutStatus = false, IReadOnlyList<X509Certificate2>? roots = null)
    {
        using var fetcher = new Fetcher(new Fetcher.Options { Files = _files }, _world.World.Time);
        var verifier = await TrustedIssuer.Of(issuer ?? _world.Did.Did, local: false)!.VerifierAsync(fetcher, roots ?? [], withoutStatus, local: false, _world.World.Time);
        return (await verifier.VerifyAsync(text)).Verdict;
    }

    private async Task AcceptedAsync(string text, string? issuer = null)
    {
        var verdict = await VerifyAsync(text, issuer);
        Assert.True(verdict.Outcome == Outcome.Accepted, $"{verdict.Step}: {verdict.Reason} {verdict.Detail}");
    }

    private async Task RefusedAsync(string text, VerificationStep step, string reason) => Is(await VerifyAsync(text), Outcome.Refused, step, reason);

    private static void Is(Verdict verdict, Outcome outcome, VerificationStep step, string reason) => Assert.Equal((outcome, step, reason), (verdict.Outcome, verdict.Step!.Value, verdict.Reason));
}
