using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using static NetworkIdentity.Tests.Standards.DataIntegrity.ProofWorld;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

public sealed class SecuredDocumentTests
{
    private const string First = "urn:uuid:11111111-1111-4111-8111-111111111111";
    private const string Second = "urn:uuid:22222222-2222-4222-8222-222222222222";

    /// <summary>Each makes one thing of a right proof wrong, and says by which code it is refused.</summary>
    private static readonly Dictionary<string, (string Code, Action<JsonObject> Break)> Broken = new()
    {
        ["type absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("type")),
        ["type another"] = ("PROOF_VERIFICATION_ERROR", proof => proof["type"] = "Ed25519Signature2020"),
        ["type an array"] = ("PROOF_VERIFICATION_ERROR", proof => proof["type"] = new JsonArray("DataIntegrityProof")),
        ["cryptosuite absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("cryptosuite")),
        ["cryptosuite not known"] = ("PROOF_VERIFICATION_ERROR", proof => proof["cryptosuite"] = "eddsa-rdfc-2022"),
        ["cryptosuite of another key"] = ("PROOF_VERIFICATION_ERROR", proof => proof["cryptosuite"] = "ecdsa-jcs-2019"),
        ["proofPurpose absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("proofPurpose")),
        ["proofPurpose another"] = ("PROOF_VERIFICATION_ERROR", proof => proof["proofPurpose"] = "authentication"),
        ["verificationMethod absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("verificationMethod")),
        ["verificationMethod an object"] = ("PROOF_VERIFICATION_ERROR", proof => proof["verificationMethod"] = new JsonObject { ["id"] = Method }),
        ["verificationMethod no URL"] = ("INVALID_VERIFICATION_METHOD_URL", proof => proof["verificationMethod"] = "key-1"),
        ["verificationMethod without fragment"] = ("INVALID_VERIFICATION_METHOD_URL", proof => proof["verificationMethod"] = Issuer),
        ["verificationMethod another"] = ("INVALID_VERIFICATION_METHOD", proof => proof["verificationMethod"] = Issuer + "#key-2"),
        ["verificationMethod elsewhere"] = ("INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID", proof => proof["verificationMethod"] = "https://evil.example/issuer#key-1"),
        ["proofValue absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("proofValue")),
        ["proofValue empty"] = ("PROOF_VERIFICATION_ERROR", proof => proof["proofValue"] = "z"),
        ["proofValue in base64url"] = ("PROOF_VERIFICATION_ERROR", proof => proof["proofValue"] = Multibase.Base64(Multibase.Decode(proof["proofValue"]!.GetValue<string>()))),
        ["proofValue too long"] = ("PROOF_VERIFICATION_ERROR", proof => proof["proofValue"] = Multibase.Base58([.. Multibase.Decode(proof["proofValue"]!.GetValue<string>()), 0])),
        ["proofValue huge"] = ("PROOF_VERIFICATION_ERROR", proof => proof["proofValue"] = "z" + new string('2', 100_000)),
        ["created without offset"] = ("PROOF_VERIFICATION_ERROR", proof => proof["created"] = "2026-01-01T00:00:00"),
        ["created a number"] = ("PROOF_VERIFICATION_ERROR", proof => proof["created"] = 1),
        ["created another"] = ("PROOF_VERIFICATION_ERROR", proof => proof["created"] = "2026-01-01T00:00:01Z"),
        ["created absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("created")),
        ["expires no time"] = ("PROOF_VERIFICATION_ERROR", proof => proof["expires"] = "tomorrow"),
        ["expires added"] = ("PROOF_VERIFICATION_ERROR", proof => proof["expires"] = "2040-01-01T00:00:00Z"),
        ["domain added"] = ("PROOF_VERIFICATION_ERROR", proof => proof["domain"] = "nation.example"),
        ["domain a number"] = ("PROOF_VERIFICATION_ERROR", proof => proof["domain"] = 1),
        ["challenge an array"] = ("PROOF_VERIFICATION_ERROR", proof => proof["challenge"] = new JsonArray("a")),
        ["nonce a number"] = ("PROOF_VERIFICATION_ERROR", proof => proof["nonce"] = 1),
        ["id no URL"] = ("PROOF_VERIFICATION_ERROR", proof => proof["id"] = "one"),
        ["an unknown member added"] = ("PROOF_VERIFICATION_ERROR", proof => proof["more"] = true),
        ["@context shorter"] = ("PROOF_VERIFICATION_ERROR", proof => proof["@context"]!.AsArray().RemoveAt(1)),
        ["@context absent"] = ("PROOF_VERIFICATION_ERROR", proof => proof.Remove("@context")),
        ["@context another"] = ("PROOF_VERIFICATION_ERROR", proof => proof["@context"] = "https://evil.example/context"),
        ["previousProof of nothing"] = ("PROOF_VERIFICATION_ERROR", proof => proof["previousProof"] = First),
        ["previousProof of itself"] = ("PROOF_VERIFICATION_ERROR", proof => (proof["id"], proof["previousProof"]) = (First, First)),
        ["previousProof an object"] = ("PROOF_VERIFICATION_ERROR", proof => proof["previousProof"] = new JsonObject()),
        ["previousProof null"] = ("PROOF_VERIFICATION_ERROR", proof => proof["previousProof"] = null),
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static JsonObject ProofOf(JsonObject document) => document["proof"]!.AsObject();

    [Theory]
    [InlineData("Ed25519")]
    [InlineData("P-256")]
    [InlineData("P-384")]
    public void What_is_signed_verifies_and_gives_the_document_without_its_proof(string crv)
    {
        var key = new[] { Ed, P256, P384 }.Single(one => one.PublicKey.Crv == crv);
        var document = Credential();
        var signed = Signed(document, key: key);
        Assert.False(document.ContainsKey("proof"));
        var verified = Verify(signed, controller: Controller(key));
        Assert.True(JsonNode.DeepEquals(document, verified.Document));
        var (proof, method, _) = verified.Proofs.Single();
        Assert.Equal((Issuer, Method, Now), (method.Controller, method.Id, proof.Created));
        Assert.Equal(SuiteOf(key), proof.Suite!.Name);
    }

    [Fact]
    public void A_document_without_a_context_is_signed_and_verified_too()
    {
        var signed = Signed(Json("""{"versionId":"1-x"}"""));
        Assert.False(ProofOf(signed).ContainsKey("@context"));
        Assert.True(JsonNode.DeepEquals(Json("""{"versionId":"1-x"}"""), Verify(signed).Document));
        ProofOf(signed)["@context"] = "https://www.w3.org/ns/credentials/v2";
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed));
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A67_a_proof_with_one_thing_wrong_is_refused(string name)
    {
        var signed = Signed();
        _ = Verify(signed);
        Broken[name].Break(ProofOf(signed));
        Assert.Equal(Broken[name].Code, CodeOf(signed));
    }

    [Fact]
    public void A67_a_proof_of_another_key_or_of_a_key_of_another_kind_is_refused()
    {
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(Signed(key: OtherEd)));
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(Signed(key: P256)));
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(Signed(key: P256), controller: Controller(P384)));
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(Signed(key: P384), controller: Controller(P256)));
    }

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":1,"proof":null}""")]
    [InlineData("""{"a":1,"proof":"x"}""")]
    [InlineData("""{"a":1,"proof":[]}""")]
    [InlineData("""{"a":1,"proof":[null]}""")]
    [InlineData("""{"a":1,"proof":[[]]}""")]
    public void A60_what_has_no_proof_is_no_secured_document(string json) =>
        Assert.Equal("PARSING_ERROR", Refused(() => SecuredDocument.Parse(Json(json))).Code);

    [Fact]
    public void A60_more_proofs_than_are_looked_at_are_refused_before_any_key_is_asked_for()
    {
        var signed = Signed();
        var one = ProofOf(signed);
        signed["proof"] = new JsonArray([.. Enumerable.Range(0, SecuredDocument.MaxProofs + 1).Select(_ => one.DeepClone())]);
        Assert.Equal("PARSING_ERROR", Refused(() => SecuredDocument.Parse(signed)).Code);
        signed["proof"]!.AsArray().RemoveAt(0);
        Assert.Equal(SecuredDocument.MaxProofs, Verify(signed).Proofs.Count);
        one = signed["proof"]![0]!.AsObject();
        one["domain"] = new JsonArray([.. Enumerable.Range(0, 17).Select(i => (JsonNode)$"d{i}")]);
        Assert.Equal("PROOF_VERIFICATION_ERROR", Refused(() => SecuredDocument.Parse(signed)).Code);
    }

    [Fact]
    public void A63_the_domains_of_a_proof_are_the_verifiers_all_and_no_other()
    {
        var one = Signed(options: Options() with { Domain = ["a.example"] });
        var two = Signed(options: Options() with { Domain = ["a.example", "b.example"] });
        _ = Verify(one, Expected with { Domain = ["a.example"] });
        _ = Verify(two, Expected with { Domain = ["b.example", "a.example"] });
        Assert.Equal("INVALID_DOMAIN_ERROR", CodeOf(one, Expected with { Domain = ["b.example"] }));
        Assert.Equal("INVALID_DOMAIN_ERROR", CodeOf(one, Expected with { Domain = ["A.example"] }));
        Assert.Equal("INVALID_DOMAIN_ERROR", CodeOf(one, Expected with { Domain = ["a.example", "b.example"] }));
        Assert.Equal("INVALID_DOMAIN_ERROR", CodeOf(two, Expected with { Domain = ["a.example"] }));
        Assert.Equal("INVALID_DOMAIN_ERROR", CodeOf(Signed(), Expected with { Domain = ["a.example"] }));
    }

    [Fact]
    public void A62_a_proof_answers_the_challenge_that_was_asked_and_no_other()
    {
        var signed = Signed(options: Options() with { Challenge = "one", Domain = ["a.example"] });
        _ = Verify(signed, Expected with { Challenge = "one", Domain = ["a.example"] });
        Assert.Equal("INVALID_CHALLENGE_ERROR", CodeOf(signed, Expected with { Challenge = "two" }));
        Assert.Equal("INVALID_CHALLENGE_ERROR", CodeOf(Signed(), Expected with { Challenge = "one" }));
    }

    [Fact]
    public void A79_a_proof_holds_until_it_expires_and_not_before_it_was_made()
    {
        var signed = Signed(options: Options() with { Expires = Now.AddHours(1) });
        _ = Verify(signed, Expected with { Now = Now.AddMinutes(59) });
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed, Expected with { Now = Now.AddHours(1) }));
        _ = Verify(signed, Expected with { Now = Now.AddMinutes(-1) });
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed, Expected with { Now = Now.AddSeconds(-61) }));
    }

    [Fact]
    public void A86_a_context_that_was_added_later_is_not_of_what_was_verified()
    {
        var document = Credential();
        var signed = Signed(document);
        signed["@context"]!.AsArray().Add("https://evil.example/redefines");
        Assert.True(JsonNode.DeepEquals(document, Verify(signed).Document));

        foreach (var context in new JsonNode[] { new JsonArray("https://evil.example/redefines", "https://www.w3.org/ns/credentials/v2", "https://nation.example/context/v1"), "https://www.w3.org/ns/credentials/v2", new JsonArray() })
        {
            signed["@context"] = context;
            Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed));
        }

        signed.Remove("@context");
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(signed));
    }

    [Fact]
    public void A86_a_second_proof_does_not_bring_a_context_to_what_the_first_secured()
    {
        var signed = Signed();
        signed["@context"]!.AsArray().Add("https://evil.example/redefines");
        var both = Signed(signed);
        Assert.Equal(2, both["proof"]!.AsArray().Count);
        var refusal = Refused(() => Verify(both));
        Assert.Equal("the proofs are of documents with different contexts", refusal.Description);
    }

    [Fact]
    public void A_single_context_and_an_array_of_it_begin_alike()
    {
        var document = Credential();
        document["@context"] = "https://www.w3.org/ns/credentials/v2";
        var signed = Signed(document);
        signed["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2", new JsonObject { ["more"] = "https://a.example/more" });
        Assert.True(JsonNode.DeepEquals(document, Verify(signed).Document));
    }

    [Fact]
    public void What_is_used_is_what_was_hashed_and_not_how_it_was_spelled()
    {
        // Beyond a double's precision two numbers are one to JCS: the verifier is told the one that was signed.
        var signed = Signed(Json("""{"level":9007199254740993,"price":1.10}"""));
        var text = StrictJson.WriteText(signed);
        Assert.Contains("9007199254740993", text, StringComparison.Ordinal);
        var verified = Verify(Json(text.Replace("9007199254740993", "9007199254740992.5", StringComparison.Ordinal)));
        Assert.Equal("""{"level":9007199254740992,"price":1.1}""", StrictJson.WriteText(verified.Document));
    }

    [Fact]
    public async Task The_members_of_a_proof_that_are_not_known_are_under_its_signature()
    {
        // As another's software would have signed it.
        var proof = Options().ToJson();
        proof["confidence"] = new JsonObject { ["level"] = "high" };
        var document = Credential();
        var hashData = new EddsaJcs2022().ToBeSigned(document, proof, Ed.PublicKey);
        proof["proofValue"] = Multibase.Base58(await Ed.SignAsync(hashData));
        document["proof"] = proof;
        _ = Verify(document);
        proof["confidence"]!["level"] = "low";
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(document));
    }

    [Fact]
    public void A_set_of_proofs_is_right_if_each_of_them_is()
    {
        var both = Signed(Signed(options: Options() with { Id = First }), Options() with { Id = Second, Created = Now.AddSeconds(-5) });
        Assert.Equal([First, Second], Verify(both).Proofs.Select(one => one.Proof.Id!));

        // In a set no proof secures another.
        both["proof"]!.AsArray().RemoveAt(0);
        _ = Verify(both);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A69_one_of_two_proofs_that_is_wrong_refuses_both(int at)
    {
        var both = Signed(Signed(), Options() with { Nonce = "n" });
        _ = Verify(both);
        both["proof"]![at]!["nonce"] = "m";
        Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(both));
    }

    [Fact]
    public void A69_two_proofs_of_one_id_are_refused()
    {
        var both = Signed(Signed(options: Options() with { Id = First }), Options() with { Id = Second });
        both["proof"]![1]!["id"] = First;
        Assert.Equal("two proofs have one id", Refused(() => SecuredDocument.Parse(both)).Description);
    }

    [Fact]
    public void A_chained_proof_secures_the_proofs_it_names()
    {
        var one = Signed(options: Options() with { Id = First });
        var two = Signed(one, Options() with { Id = Second });
        var chain = Signed(two, Options() with { PreviousProof = [Second, First] });
        var longer = Signed(chain, Options() with { PreviousProof = [First] });
        var verified = Verify(longer);
        Assert.Equal([0, 0, 2, 1], verified.Proofs.Select(proof => proof.Proof.PreviousProof.Count));
        Assert.True(JsonNode.DeepEquals(Credential(), verified.Document));

        // Without one it names, with one in the place of another, and with one that was signed anew, it is not right.
        foreach (var at in new[] { 0, 1 })
        {
            var missing = longer.DeepClone().AsObject();
            missing["proof"]!.AsArray().RemoveAt(at);
            Assert.Equal("PROOF_VERIFICATION_ERROR", CodeOf(missing));
        }

        var anew = longer.DeepClone().AsObject();
        anew["proof"]![0] = ProofOf(Signed(options: Options() with { Id = First, Created = Now.AddSeconds(-9) })).DeepClone();
        Assert.Equal("the proof is not its key's signature of this document", Refused(() => Verify(anew)).Description);
    }

    [Fact]
    public void A69_proofs_that_rest_on_each_other_are_refused_before_any_key_is_asked_for()
    {
        var ring = Signed(Signed(options: Options() with { Id = First }), Options() with { Id = Second, PreviousProof = [First] });
        ring["proof"]![0]!["previousProof"] = new JsonArray(Second);
        Assert.Equal("previousProof names a proof that is not there, or one that rests on this", Refused(() => SecuredDocument.Parse(ring)).Description);
    }

    [Fact]
    public void A_proof_is_not_made_of_what_would_not_verify()
    {
        var one = Signed(options: Options() with { Id = First });
        foreach (var (words, options, key) in new (string, ProofOptions, SigningKey)[]
        {
            ("the cryptosuite is not known: eddsa-jcs-2022 and ecdsa-jcs-2019 are", Options() with { Cryptosuite = "ecdsa-rdfc-2019" }, P256),
            ("ecdsa-jcs-2019 does not sign with a key of this kind", Options(P256), Ed),
            ("eddsa-jcs-2022 does not sign with a key of this kind", Options(), P384),
            ("previousProof names a proof that is not there, or one twice", Options() with { PreviousProof = [Second] }, Ed),
            ("previousProof names a proof that is not there, or one twice", Options() with { PreviousProof = [First, First] }, Ed),
            ("the document has a proof of this id", Options() with { Id = First }, Ed),
            ("id of the proof must be a URL", Options() with { Id = "second" }, Ed),
        })
        {
            var refusal = Refused(() => Signed(one, options, key));
            Assert.Equal(("PROOF_GENERATION_ERROR", words), (refusal.Code, refusal.Description));
        }

        Assert.Equal("INVALID_VERIFICATION_METHOD_URL", Refused(() => Signed(options: Options() with { VerificationMethod = "key" })).Code);
        Assert.Equal("PROOF_GENERATION_ERROR", Refused(() => Signed(Json("""{"n":1e400}"""))).Code);
    }

    [Fact]
    public void What_can_not_be_looked_up_is_neither_right_nor_wrong() => Assert.Throws<TimeoutException>(() =>
        SecuredDocument.Parse(Signed()).Verify(Expected, _ => throw new TimeoutException()));

    [Fact]
    public void A_refusal_is_a_problem_of_the_specifications_URL()
    {
        Assert.Equal("https://w3id.org/security#PROOF_VERIFICATION_ERROR", DataIntegrityRefusal.TypeOf(DataIntegrityRefusal.Verification("")));
        Assert.Equal("https://w3id.org/security#INVALID_DOMAIN_ERROR", DataIntegrityRefusal.TypeOf(DataIntegrityRefusal.InvalidDomain()));
        Assert.Equal("https://www.w3.org/TR/vc-data-model#PARSING_ERROR", DataIntegrityRefusal.TypeOf(DataIntegrityRefusal.Parsing("")));
    }
}
