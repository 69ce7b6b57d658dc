using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Standards.DataIntegrity;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The test vectors of the cryptosuites' specifications, those by JCS, with every value on the way [DI-EdDSA App. B] [DI-ECDSA App. A].</summary>
public sealed class DataIntegrityVectors
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2024-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private static string Read(string file) => VectorFiles.Text(file).Trim();

    private static JsonObject Json(string file) => StrictJson.ParseObject(VectorFiles.Text(file));

    private static string Utf8(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    /// <summary>The key of a pair, by its secret Multikey: two bytes of its kind, then the secret.</summary>
    private static SigningKey KeyOf(JsonObject pair)
    {
        var secret = Multibase.Decode((pair["secretKeyMultibase"] ?? pair["privateKeyMultibase"])!.GetValue<string>());
        return (secret[0], secret[1]) switch
        {
            (0x80, 0x26) => SigningKey.FromEd25519(secret.AsSpan(2)),
            (0x86, 0x26) => FromD(ECCurve.NamedCurves.nistP256, secret[2..]),
            (0x87, 0x26) => FromD(ECCurve.NamedCurves.nistP384, secret[2..]),
            _ => throw new InvalidOperationException("another kind"),
        };

        static SigningKey FromD(ECCurve curve, byte[] d) => SigningKey.FromEcdsa(ECDsa.Create(new ECParameters { Curve = curve, D = d }));
    }

    [Theory]
    [InlineData("vc-di-eddsa", "eddsa-jcs-2022", "JCS", "keyPair", "SHA256", true)]
    [InlineData("vc-di-ecdsa", "ecdsa-jcs-2019-p256", "JCSECDSAP256", "p256KeyPair", "SHA256", false)]
    [InlineData("vc-di-ecdsa", "ecdsa-jcs-2019-p384", "JCSECDSAP384", "p384KeyPair", "SHA384", false)]
    public async Task Every_value_on_the_way_to_the_signed_document_is_as_the_specification_has_it(
        string repository, string folder, string suffix, string pairFile, string hashName, bool deterministic)
    {
        var root = $"{repository}/TestVectors";
        Assert.Equal(9, Directory.GetFiles(VectorFiles.Path($"{root}/{folder}")).Length);
        string File(string name, string type = "txt") => $"{root}/{folder}/{name}{suffix}.{type}";
        var hash = new HashAlgorithmName(hashName);

        // The keys, both ways.
        var pair = Json($"{root}/{pairFile}.json");
        var key = KeyOf(pair);
        var multikey = pair["publicKeyMultibase"]!.GetValue<string>();
        Assert.Equal(multikey, Multikey.Of(key.PublicKey));
        Assert.True(Multikey.Parse(multikey).IsSameKeyAs(key.PublicKey));

        // The document and its hash.
        var unsigned = Json($"{root}/unsigned.json");
        var canonical = Jcs.Canonicalize(unsigned);
        Assert.Equal(Read(File("canonDoc")), Utf8(canonical));
        Assert.Equal(Read(File("docHash")), Convert.ToHexStringLower(CryptographicOperations.HashData(hash, canonical)));

        // The options and theirs.
        var config = Json(File("proofConfig", "json"));
        var options = new ProofOptions(config["cryptosuite"]!.GetValue<string>(), config["verificationMethod"]!.GetValue<string>(), config["proofPurpose"]!.GetValue<string>())
        {
            Created = DateTimeOffset.Parse(config["created"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
        };
        var ours = options.ToJson();
        ours["@context"] = unsigned["@context"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(config, ours));
        var proofConfig = Jcs.Canonicalize(config);
        Assert.Equal(Read(File("proofCanon")), Utf8(proofConfig));
        Assert.Equal(Read(File("proofHash")), Convert.ToHexStringLower(CryptographicOperations.HashData(hash, proofConfig)));

        // Both hashes, that of the options first; by the parts and by the suite.
        Assert.Equal(Read(File("combinedHash")), Convert.ToHexStringLower(JcsCryptosuite.HashData(proofConfig, canonical, hash)));
        Assert.Equal(Read(File("combinedHash")), Convert.ToHexStringLower(Cryptosuite.Of(options.Cryptosuite)!.ToBeSigned(unsigned, options.ToJson(), key.PublicKey)));

        // The signature, and the whole.
        var signature = Multibase.Decode(Read(File("sigBTC58")));
        Assert.Equal(Read(File("sigHex")), Convert.ToHexStringLower(signature));
        var signed = Json(File("signed", "json"));
        var made = await SecuredDocument.AddProofAsync(unsigned, options, key);
        if (deterministic) Assert.True(JsonNode.DeepEquals(signed, made));

        foreach (var document in new[] { signed, made })
        {
            var verified = SecuredDocument.Parse(document).Verify(new(ControlledIdentifierDocument.AssertionMethod, Now), proof => ProofWorld.DidKey(proof.ControllerUrl));
            Assert.True(JsonNode.DeepEquals(unsigned, verified.Document));
            Assert.True(verified.Proofs.Single().Method.Key.IsSameKeyAs(key.PublicKey));
        }

        VectorFiles.Passed(1);
    }

    [Fact]
    public void The_keys_of_the_proof_sets_and_chains_are_read_and_their_suite_is_known_not_to_be_known()
    {
        var pairs = Json("vc-di-eddsa/TestVectors/proof-set-chain/multiKeyPairs.json");
        foreach (var (_, pair) in pairs)
            Assert.Equal(pair!["publicKeyMultibase"]!.GetValue<string>(), Multikey.Of(KeyOf(pair.AsObject()).PublicKey));
        Assert.Equal(4, pairs.Count);

        foreach (var (file, count) in new[] { ("signedProofSet1", 1), ("signedProofSet2", 2), ("signedProofChain1", 3), ("signedProofChain2", 4) })
        {
            var document = SecuredDocument.Parse(Json($"vc-di-eddsa/TestVectors/proof-set-chain/{file}.json"));
            Assert.Equal(count, document.Proofs.Count);
            Assert.All(document.Proofs, proof => Assert.Null(proof.Suite));
            var refusal = Assert.Throws<Refusal>(() => document.Verify(new(ControlledIdentifierDocument.AssertionMethod, Now), proof => ProofWorld.DidKey(proof.ControllerUrl)));
            Assert.Equal(("PROOF_VERIFICATION_ERROR", "the type or cryptosuite of a proof is not known: eddsa-jcs-2022 and ecdsa-jcs-2019 are"), (refusal.Code, refusal.Description));
        }

        VectorFiles.Passed(4 + pairs.Count);
    }
}
