using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class EnvelopingProofTests
{
    private const string Typ = "typ is not of a credential or presentation, or not of this one";

    private readonly CredentialWorld _world = new();

    private string SdJwt(JsonObject credential, params string[] claims)
    {
        var issuance = EnvelopingProof.Prepare(credential, claims, decoys: 2);
        return NetworkIdentity.Standards.SdJwt.SdJwt.Compact(_world.Secured(issuance.Payload, CredentialMediaType.VcSdJwt), issuance.Disclosures);
    }

    /// <summary>A token of a payload and disclosures as no honest issuer makes them.</summary>
    private string Raw(JsonObject payload, params string[] disclosures) =>
        _world.Secured(payload, CredentialMediaType.VcSdJwt) + "~" + string.Concat(disclosures.Select(one => one + "~"));

    [Fact]
    public void A_credential_in_a_JWT_is_the_payload_itself()
    {
        var credential = _world.Credential();
        var secured = _world.Secured(credential);
        var proof = EnvelopingProof.Parse(secured);
        Assert.Equal(
            $$"""{"alg":"EdDSA","typ":"vc+jwt","cty":"vc","kid":"{{_world.IssuerDid}}#0"}""", StrictJson.WriteText(proof.Jws.Header));
        Assert.Equal(StrictJson.Write(credential), proof.Jws.Payload.ToArray());
        Assert.Equal(("application/vc+jwt", false, _world.IssuerDid, $"{_world.IssuerDid}#0"), (proof.MediaType, proof.IsPresentation, proof.Signer, proof.KeyId));
        var read = proof.VerifyCredential(_world.IssuerKey, _world.IssuerDid, Now);
        Assert.Equal((_world.IssuerDid, 3), (read.Issuer, read.Subjects[0]["standing"]!.GetValue<int>()));
        KnownContexts.Base.Check(read);
    }

    [Fact]
    public void A_credential_in_an_SD_JWT_shows_what_was_disclosed_and_hides_the_rest()
    {
        var secured = SdJwt(_world.Credential(), "standing", "name");
        var read = _world.Verify(secured);
        Assert.Equal((3, "Ada"), (read.Subjects[0]["standing"]!.GetValue<int>(), read.Subjects[0]["name"]!.GetValue<string>()));
        KnownContexts.Base.Check(read);

        var parts = secured.Split('~');
        Assert.Equal(2, parts.Length - 2);
        var less = _world.Verify($"{parts[0]}~{parts[2]}~");
        Assert.False(less.Subjects[0].ContainsKey("standing"));
        Assert.Equal("Ada", less.Subjects[0]["name"]!.GetValue<string>());
        Assert.Equal(["id"], _world.Verify($"{parts[0]}~").Subjects[0].Select(member => member.Key));
        Assert.Equal(CredentialMediaType.VcSdJwt, EnvelopingProof.Parse(secured).MediaType);
    }

    [Fact]
    public void A_presentation_holds_enveloped_credentials_and_is_for_one_verifier()
    {
        var presentation = _world.Presentation(_world.Secured(_world.Credential()), SdJwt(_world.Credential(), "name"));
        foreach (var secured in new[] { _world.Secured(presentation, CredentialMediaType.VpJwt), _world.Secured(presentation, CredentialMediaType.VpSdJwt) + "~" })
        {
            var read = _world.VerifyPresentation(secured);
            Assert.Equal(_world.HolderDid, read.Holder);
            Assert.Equal([_world.IssuerDid, _world.IssuerDid], read.Envelopes.Select(one => one.Open().VerifyCredential(_world.IssuerKey, _world.IssuerDid, Now).Issuer));
            Assert.False(read.Json.ContainsKey("nonce"));
            var proof = EnvelopingProof.Parse(secured);
            Assert.Equal("aud is not this verifier", Refused(() => proof.VerifyPresentation(_world.HolderKey, _world.HolderDid, Now, "https://other.example", Nonce)).Words);
            Assert.Equal("nonce is not the request's", Refused(() => proof.VerifyPresentation(_world.HolderKey, _world.HolderDid, Now, Audience, "another")).Words);
            Assert.Equal("it is a presentation", Refused(() => proof.VerifyCredential(_world.HolderKey, _world.HolderDid, Now)).Words);
        }

        Assert.Equal("it is a credential", Refused(() => EnvelopingProof.Parse(_world.Secured(_world.Credential())).VerifyPresentation(_world.IssuerKey, _world.IssuerDid, Now)).Words);
    }

    [Fact]
    public void A69_a_credential_in_a_presentation_stands_in_an_envelope_of_its_own()
    {
        var presentation = Changed(_world.Presentation(), $$"""{"verifiableCredential":[{{Changed(_world.Credential(), """{"proof":{"type":"DataIntegrityProof"}}""").ToJsonString()}}]}""");
        Assert.Equal(("MALFORMED_VALUE_ERROR", "a credential in the presentation must be enveloped"), Refused(() => _world.VerifyPresentation(_world.Secured(presentation, CredentialMediaType.VpJwt))));
        Changed(presentation, """{"verifiableCredential":[{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"not-a-credential"}]}""");
        Assert.Equal("id of an envelope must be a data: URL", Refused(() => _world.VerifyPresentation(_world.Secured(presentation, CredentialMediaType.VpJwt))).Words);
    }

    [Fact]
    public void A67_a_signature_by_another_s_key_is_refused_and_so_is_a_key_of_another()
    {
        var proof = EnvelopingProof.Parse(_world.Secured(_world.Credential()));
        Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", "the signature is not the key's"), Refused(() => proof.VerifyCredential(_world.HolderKey, _world.IssuerDid, Now)));
        Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", "the key is of another than who is said to have signed"), Refused(() => proof.VerifyCredential(_world.IssuerKey, _world.HolderDid, Now)));

        // The holder signs with a key of its own what it says the issuer says.
        var forged = _world.Secured(_world.Credential(), key: _world.Holder, header: header => header["kid"] = DidJwk.KeyUrl(_world.HolderDid));
        Assert.Equal(("MALFORMED_VALUE_ERROR", "kid must be a DID URL of the DID that signs"), Refused(() => EnvelopingProof.Parse(forged)));
        Assert.Equal("CRYPTOGRAPHIC_SECURITY_ERROR", Refused(() => _world.Verify(_world.Secured(_world.Credential(), key: _world.Holder))).Code);

        var presentation = EnvelopingProof.Parse(_world.Secured(_world.Presentation(), CredentialMediaType.VpJwt));
        Assert.Equal("the key is of another than who is said to have signed", Refused(() => presentation.VerifyPresentation(_world.HolderKey, _world.IssuerDid, Now)).Words);
    }

    [Fact]
    public void A67_what_is_not_signed_is_no_credential()
    {
        var secured = _world.Secured(_world.Credential(), header: header => header["alg"] = "none");
        Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", "the signature is not the key's"), Refused(() => _world.Verify(secured)));
        Assert.Equal("CRYPTOGRAPHIC_SECURITY_ERROR", Refused(() => _world.Verify(secured[..(secured.LastIndexOf('.') + 1)])).Code);
        Assert.Equal("CRYPTOGRAPHIC_SECURITY_ERROR", Refused(() => _world.Verify(_world.Secured(_world.Credential(), header: header => header["alg"] = "HS256"))).Code);
        Assert.Equal("PARSING_ERROR", Refused(() => EnvelopingProof.Parse(_world.Credential().ToJsonString())).Code);
    }

    [Fact]
    public void A_JSON_serialization_is_refused()
    {
        var parts = _world.Secured(_world.Credential()).Split('.');
        var flattened = new JsonObject { ["protected"] = parts[0], ["payload"] = parts[1], ["signature"] = parts[2] }.ToJsonString();
        Assert.Equal(("PARSING_ERROR", "not a compact JWS of three parts"), Refused(() => EnvelopingProof.Parse(flattened)));
    }

    [Theory]
    [InlineData("""{"typ":"JWT"}""", Typ)]
    [InlineData("""{"typ":"vc+ld+json+jwt"}""", Typ)]
    [InlineData("""{"typ":"vc+sd-jwt"}""", Typ)]
    [InlineData("""{"typ":"dc+sd-jwt"}""", Typ)]
    [InlineData("""{"typ":"bad+typ","cty":"bad+cty"}""", Typ)]
    [InlineData("""{"typ":"vp+jwt"}""", "cty is not of what typ says")]
    [InlineData("""{"cty":"vp"}""", "cty is not of what typ says")]
    [InlineData("""{"cty":"bad+cty"}""", "cty is not of what typ says")]
    [InlineData("""{"typ":1}""", "typ must be a string")]
    [InlineData("""{"cty":1}""", "cty must be a string")]
    public void A52_another_token_is_no_credential(string header, string words)
    {
        var refused = Refused(() => EnvelopingProof.Parse(_world.Secured(_world.Credential(), header: was => Changed(was, header))));
        Assert.Equal(words, refused.Words);
    }

    [Theory]
    [InlineData("""{"typ":"application/vc+jwt","cty":"application/vc"}""")]
    [InlineData("""{"typ":"VC+JWT"}""")]
    [InlineData("""{"cty":"absent"}""")]
    [InlineData("""{"typ":"absent","cty":"absent"}""")]
    [InlineData("""{"something":"else"}""")]
    public void What_the_header_may_leave_away_it_may(string header) =>
        Assert.Equal(_world.IssuerDid, _world.Verify(_world.Secured(_world.Credential(), header: was => Changed(was, header))).Issuer);

    [Fact]
    public void A52_without_a_typ_the_document_says_what_it_is()
    {
        static void Bare(JsonObject header) => Changed(header, """{"typ":"absent","cty":"absent"}""");
        Assert.Equal(CredentialMediaType.VpJwt, EnvelopingProof.Parse(_world.Secured(_world.Presentation(), CredentialMediaType.VpJwt, header: Bare)).MediaType);
        Assert.Equal(CredentialMediaType.VpSdJwt, EnvelopingProof.Parse(_world.Secured(_world.Presentation(), CredentialMediaType.VpSdJwt, header: Bare) + "~").MediaType);
        Assert.Equal(CredentialMediaType.VcSdJwt, EnvelopingProof.Parse(_world.Secured(_world.Credential(), CredentialMediaType.VcSdJwt, header: Bare) + "~").MediaType);
        Assert.Equal("MALFORMED_VALUE_ERROR", Refused(() => EnvelopingProof.Parse(_world.Secured(Json("""{"iss":"https://nation.example"}"""), header: Bare))).Code);
    }

    [Theory]
    [InlineData("""{"vc":"oops"}""", "the claims vc and vp are of another format")]
    [InlineData("""{"vp":{}}""", "the claims vc and vp are of another format")]
    [InlineData("""{"iss":"https://other.example"}""", "iss is not the issuer")]
    [InlineData("""{"iss":7}""", "iss must be a string")]
    [InlineData("""{"jti":"urn:uuid:5b1c1b1e-6c5b-4d5c-9f5e-000000000000"}""", "jti is not the id of the document")]
    [InlineData("""{"sub":"did:example:other"}""", "sub is not the id of the subject")]
    [InlineData("""{"exp":"2027-01-01T00:00:00Z"}""", "exp must be a NumericDate")]
    [InlineData("""{"type":"absent"}""", "type of the credential must be a string or an array of strings")]
    [InlineData("""{"@context":["https://www.w3.org/2018/credentials/v1"],"validFrom":"absent","validUntil":"absent","issuanceDate":"2026-09-01T00:00:00Z","credentialStatus":"absent","refreshService":"absent"}""", "a document of version 1.1 is secured in another format")]
    public void What_speaks_against_the_document_is_refused(string claims, string words) =>
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => _world.Verify(Forced(Changed(_world.Credential(), claims)))));

    [Fact]
    public void What_a_token_repeats_of_the_document_or_the_header_is_taken()
    {
        var claims = Changed(_world.Credential(), $$"""{"iss":"{{_world.IssuerDid}}","sub":"{{_world.HolderDid}}","jti":"urn:uuid:5b1c1b1e-6c5b-4d5c-9f5e-2f7f1c7d1a11","iat":"2010-01-01T19:23:24Z"}""");
        Assert.Equal(_world.IssuerDid, _world.Verify(_world.Secured(claims, header: header => header["iss"] = _world.IssuerDid)).Issuer);
        Assert.Equal(_world.IssuerDid, EnvelopingProof.Parse(_world.Secured(_world.Credential(), header: header => header["iss"] = _world.IssuerDid)).Signer);
        Assert.Equal("iss of the header is not the claim's", Refused(() => EnvelopingProof.Parse(_world.Secured(claims, header: header => header["iss"] = "https://other.example"))).Words);
        Assert.Equal("iss is not the issuer", Refused(() => EnvelopingProof.Parse(_world.Secured(_world.Credential(), header: header => header["iss"] = "https://other.example"))).Words);
    }

    [Theory]
    [InlineData("""{"kid":"absent"}""")]
    [InlineData("""{"kid":"#0"}""")]
    [InlineData("""{"kid":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}""")]
    public void A67_the_key_of_a_DID_is_named_in_full(string header) => Assert.Equal(
        ("MALFORMED_VALUE_ERROR", "kid must be a DID URL of the DID that signs"),
        Refused(() => EnvelopingProof.Parse(_world.Secured(_world.Credential(), header: was => Changed(was, header)))));

    [Fact]
    public async Task The_key_of_another_issuer_may_be_named_by_its_thumbprint()
    {
        var credential = Changed(_world.Credential(), """{"issuer":"https://nation.example","iss":"https://nation.example"}""");
        var text = EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, credential, _world.Issuer, _world.Issuer.KeyId);
        var secured = await Jws.SignAsync(text, _world.Issuer, TestContext.Current.CancellationToken);
        var proof = EnvelopingProof.Parse(secured);
        Assert.Equal(("https://nation.example", _world.Issuer.PublicKey.Thumbprint()), (proof.Signer, proof.KeyId));
        Assert.Equal("https://nation.example", proof.VerifyCredential(_world.IssuerKey, "https://nation.example", Now).Issuer);
    }

    [Fact]
    public void The_key_comes_out_of_the_issuer_s_document_for_the_purpose_of_saying_something()
    {
        var secured = _world.Secured(_world.Credential());
        var proof = EnvelopingProof.Parse(secured);
        var document = Json($$"""
            {"id":"{{_world.IssuerDid}}","assertionMethod":["#0"],
             "verificationMethod":[{"id":"{{proof.KeyId}}","type":"JsonWebKey","controller":"{{_world.IssuerDid}}","publicKeyJwk":{{_world.Issuer.PublicKey.Bare().ToJson().ToJsonString()}}}]}
            """);
        var method = ControlledIdentifierDocument.Retrieve(document, proof.KeyId!, ControlledIdentifierDocument.AssertionMethod, Now);
        using var key = VerificationKey.Import(method.Key);
        Assert.Equal(_world.IssuerDid, proof.VerifyCredential(key, method.Controller, Now).Issuer);
        Assert.Equal("INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD", Refused(() => ControlledIdentifierDocument.Retrieve(document, proof.KeyId!, ControlledIdentifierDocument.Authentication, Now)).Code);
    }

    [Fact]
    public void A79_a_signature_has_its_own_times_and_a_credential_its_own()
    {
        var seconds = Now.ToUnixTimeSeconds();
        foreach (var (claims, words) in new[]
        {
            ($$"""{"exp":{{seconds}}}""", "the signature is out of its time: exp is over"),
            ($$"""{"nbf":{{seconds + 60}}}""", "the signature is out of its time: nbf is in the future"),
            ($$"""{"iat":{{seconds + 60}}}""", "the signature is out of its time: iat is in the future"),
        })
            Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", words), Refused(() => _world.Verify(_world.Secured(Changed(_world.Credential(), claims)))));

        var read = _world.Verify(_world.Secured(Changed(_world.Credential(), $$"""{"exp":{{seconds + 1}},"nbf":{{seconds}},"iat":{{seconds}}}""")));
        Assert.Equal(Validity.Valid, read.ValidityAt(Now));

        // Whoever may rely on the signature still looks whether it is said of today.
        var old = _world.Verify(_world.Secured(Changed(_world.Credential(), """{"validUntil":"2026-09-02T00:00:00Z"}""")));
        Assert.Equal(Validity.Expired, old.ValidityAt(Now));
    }

    [Fact]
    public void A66_what_a_verifier_needs_is_never_disclosable()
    {
        foreach (var name in EnvelopingProof.NeverDisclosable)
        {
            var credential = _world.Credential();
            var value = credential[name]?.DeepClone() ?? (name is "exp" or "nbf" ? JsonValue.Create(Now.ToUnixTimeSeconds() - (name == "nbf" ? 9 : -9)) : name == "iss" ? _world.IssuerDid : Json("""{"jwk":{}}"""));
            credential.Remove(name);
            var disclosure = Disclosure.Create(name, value);
            credential["_sd"] = new JsonArray(disclosure.Digest());
            Assert.Equal(("MALFORMED_VALUE_ERROR", $"{name} may not be selectively disclosable"), Refused(() => EnvelopingProof.Parse(Raw(credential, disclosure.Encoded))));
        }

        // Nor what is below it, whether it is shown or not.
        var status = _world.Credential();
        var hidden = Disclosure.Create("statusListIndex", "8");
        status["credentialStatus"]!["_sd"] = new JsonArray(hidden.Digest());
        status["credentialStatus"]!.AsObject().Remove("statusListIndex");
        Assert.Equal("credentialStatus may not be selectively disclosable", Refused(() => EnvelopingProof.Parse(Raw(status, hidden.Encoded))).Words);
        Assert.Equal("credentialStatus may not be selectively disclosable", Refused(() => EnvelopingProof.Parse(Raw(status))).Words);
    }

    [Fact]
    public void A66_a_disclosure_that_was_changed_added_or_doubled_refuses_the_whole()
    {
        var secured = SdJwt(_world.Credential(), "standing", "name");
        var parts = secured.Split('~');
        var added = Disclosure.Create("standing", 9).Encoded;
        foreach (var changed in new[] { $"{parts[0]}~{parts[1]}~{parts[1]}~", $"{parts[0]}~{parts[1]}~{added}~", $"{parts[0]}~{added}~{parts[2]}~" })
            Assert.Contains(Refused(() => EnvelopingProof.Parse(changed)).Code, (string[])["PARSING_ERROR", "MALFORMED_VALUE_ERROR"]);
    }

    [Fact]
    public async Task A64_a_key_binding_is_one_and_is_for_the_caller_to_ask_for()
    {
        var credential = _world.Credential();
        credential["cnf"] = new JsonObject { ["jwk"] = _world.Holder.PublicKey.Bare().ToJson() };
        var secured = SdJwt(credential, "standing");
        Assert.Equal(("PARSING_ERROR", "not a compact JWS of three parts"), Refused(() => EnvelopingProof.Parse(secured + "x")));
        Assert.Equal(("PARSING_ERROR", "what stands behind the last tilde is no key binding"), Refused(() => EnvelopingProof.Parse(secured + _world.Secured(_world.Credential()))));

        var bound = EnvelopingProof.Parse(await KeyBinding.CreateAsync(secured, _world.Holder, Audience, Nonce, Now, TestContext.Current.CancellationToken));
        using var key = VerificationKey.Import(Jwk.Parse(bound.Payload["cnf"]!["jwk"]!.AsObject()));
        KeyBinding.Verify(bound.SdJwt!, key, Audience, Nonce, Now, TimeSpan.FromMinutes(5), TimeSpan.Zero);
        Assert.Equal(_world.IssuerDid, bound.VerifyCredential(_world.IssuerKey, _world.IssuerDid, Now).Issuer);
    }

    [Fact]
    public void What_a_holder_discloses_of_its_own_presentation_is_taken()
    {
        var presentation = _world.Presentation();
        Disclosure[] own = [Disclosure.Create("holder", presentation["holder"]), Disclosure.Create("type", "VerifiablePresentation")];
        Changed(presentation, """{"holder":"absent","type":"absent"}""")["_sd"] = new JsonArray([.. own.Select(one => (JsonNode)one.Digest())]);
        var jwt = _world.Secured(presentation, CredentialMediaType.VpSdJwt);
        Assert.Equal(_world.HolderDid, _world.VerifyPresentation(NetworkIdentity.Standards.SdJwt.SdJwt.Compact(jwt, own)).Holder);
    }

    [Fact]
    public void What_is_made_is_of_the_form_or_nothing()
    {
        var did = DidJwk.KeyUrl(_world.IssuerDid);
        Assert.Throws<ArgumentException>(() => EnvelopingProof.ToBeSigned("application/jwt", _world.Credential(), _world.Issuer, did));
        Assert.Throws<ArgumentException>(() => EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, Changed(_world.Credential(), """{"vc":{}}"""), _world.Issuer, did));
        Assert.Throws<ArgumentException>(() => EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, _world.Credential(), _world.Issuer, _world.Issuer.KeyId));
        Assert.Throws<ArgumentException>(() => EnvelopingProof.Prepare(_world.Credential(), ["absent"]));
        Assert.Throws<ArgumentException>(() => EnvelopingProof.Prepare(Changed(_world.Credential(), """{"credentialSubject":[{"id":"did:example:1"}]}"""), []));
        Assert.DoesNotContain("_sd", EnvelopingProof.Prepare(_world.Credential(), []).Payload.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_made_is_read_whatever_it_has()
    {
        var random = new Mutator(Mutator.UsualSeed);
        for (var round = 0; round < 200; round++)
        {
            var credential = _world.Any(random);
            var read = random.Next(2) == 0 ? _world.Verify(_world.Secured(credential)) : _world.Verify(SdJwt(credential, "standing"));
            Assert.True(JsonNode.DeepEquals(credential, read.Json));
            KnownContexts.Base.Check(read);
        }
    }

    [Fact]
    public void A67_any_single_character_that_is_changed_is_refused()
    {
        var random = new Mutator(Mutator.UsualSeed);
        foreach (var secured in new[] { _world.Secured(_world.Credential()), SdJwt(_world.Credential(), "standing", "name") })
        {
            for (var at = 0; at < secured.Length; at++)
            {
                const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
                char other;
                do other = Characters[random.Next(Characters.Length)];
                while (other == secured[at]);
                var changed = secured[..at] + other + secured[(at + 1)..];
                Assert.Throws<Refusal>(() => _world.Verify(changed));
            }
        }
    }

    private string Forced(JsonObject payload)
    {
        var header = new JsonObject { ["alg"] = _world.Issuer.Algorithm, ["typ"] = "vc+jwt", ["cty"] = "vc", ["kid"] = DidJwk.KeyUrl(_world.IssuerDid) };
        return Jws.SignAsync(Jws.ToBeSigned(header, payload), _world.Issuer).AsTask().GetAwaiter().GetResult();
    }
}
