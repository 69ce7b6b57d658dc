using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Vectors;

public sealed class SdJwtVectors
{
    private const string Folder = "openid4vp/1.0/examples/sd_jwt_vcld/01";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static string Unwrapped(string file) => string.Concat(VectorFiles.Text($"{Folder}/{file}").Where(c => !char.IsWhiteSpace(c)));

    private static VerificationKey Key(JsonNode jwk) => VerificationKey.Import(Jwk.Parse(StrictJson.ParseObject(jwk.ToJsonString())));

    [Fact]
    public void Every_SD_JWT_of_RFC9901_verifies_with_its_key_binding()
    {
        var file = VectorFiles.Json("sd-jwt-rfc9901.json");
        using var issuer = Key(file["issuer_jwk"]!);
        var bound = 0;
        foreach (var vector in file["sd_jwts"]!.AsArray())
        {
            var sdJwt = SdJwt.Parse(vector!["compact"]!.GetValue<string>());
            Assert.True(sdJwt.IssuerSigned.IsSignedBy(issuer), vector["section"]!.GetValue<string>());
            var claims = sdJwt.Process().Claims;
            Assert.DoesNotContain("\"_sd", StrictJson.WriteText(claims), StringComparison.Ordinal);
            if (sdJwt.KeyBindingJwt is null) continue;

            bound++;
            using var holder = Key(claims["cnf"]!["jwk"]!);
            KeyBinding.Verify(
                sdJwt, holder, "https://verifier.example.org", "1234567890", DateTimeOffset.FromUnixTimeSeconds(1748537243), Minute, TimeSpan.Zero);
        }

        Assert.Equal((7, 2), (file["sd_jwts"]!.AsArray().Count, bound));
        VectorFiles.Passed(7);
    }

    [Fact]
    public void The_disclosed_claims_of_RFC9901_stand_where_they_were_issued()
    {
        var vectors = VectorFiles.Json("sd-jwt-rfc9901.json")["sd_jwts"]!.AsArray();
        Expect(0, "nationalities", """["US","DE"]""");
        Expect(1, "nationalities", """["US"]""");
        Expect(1, "address", """{"street_address":"123 Main St","locality":"Anytown","region":"Anystate","country":"US"}""");
        Expect(2, "address", """{"region":"\u6e2f\u533a","country":"JP"}""");
        Expect(5, "age_equal_or_over", """{"18":true}""");
        Assert.Equal(
            """["verified_claims","verification","evidence",0,"method"]""",
            Processed(3).Disclosed.Select(path => path.ToString()).Order(StringComparer.Ordinal).First(path => path.Contains("method", StringComparison.Ordinal)));

        VectorFiles.Passed(6);

        ProcessedSdJwt Processed(int index) => SdJwt.Parse(vectors[index]!["compact"]!.GetValue<string>()).Process();
        void Expect(int index, string claim, string json) =>
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Processed(index).Claims[claim]), $"{index} {claim}");
    }

    [Fact]
    public void The_PID_of_RFC9901_is_a_credential()
    {
        var vectors = VectorFiles.Json("sd-jwt-rfc9901.json")["sd_jwts"]!.AsArray();
        var credential = SdJwtVc.Read(SdJwt.Parse(vectors[5]!["compact"]!.GetValue<string>()));
        Assert.Equal(("urn:eudi:pid:de:1", "https://pid-issuer.bund.de.example"), (credential.Type, credential.Issuer));
        Assert.NotNull(credential.HolderKey);
        VectorFiles.Passed(1);
    }

    [Fact]
    public void The_SD_JWT_VCLD_of_OpenID4VP_verifies_and_gives_the_verified_contents()
    {
        var sdJwt = SdJwt.Parse(Unwrapped("sd_jwt_presentation.txt"));
        using var issuer = Key(VectorFiles.Json("sd-jwt-rfc9901.json")["issuer_jwk"]!);
        Assert.True(sdJwt.IssuerSigned.IsSignedBy(issuer));
        Assert.Equal(Unwrapped("kb_jwt_serialized.txt"), sdJwt.KeyBindingJwt);

        var credential = SdJwtVc.Read(sdJwt);
        Assert.True(JsonNode.DeepEquals(VectorFiles.Json($"{Folder}/verified_contents.json"), credential.Claims));
        using var holder = VerificationKey.Import(credential.HolderKey!);
        KeyBinding.Verify(
            sdJwt, holder, "https://verifier.example.org", "1234567890", DateTimeOffset.FromUnixTimeSeconds(1744743394), Minute, TimeSpan.Zero);
        Assert.Equal(3, SdJwt.Parse(Unwrapped("sd_jwt_issuance.txt")).Disclosures.Count);
        VectorFiles.Passed(1);
    }
}
