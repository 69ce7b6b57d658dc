using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What both sides issue and verify: the same keys, the same claims of a membership, and one presentation that shows them all.</summary>
internal static class CredentialMaterial
{
    private const string Audience = "x509_hash:the-verifier";

    public static async Task<JsonObject> MakeAsync()
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var holderKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (issuer, holder) = (SigningKey.FromEcdsa(issuerKey), SigningKey.FromEcdsa(holderKey));
        var nonce = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        var now = TimeProvider.System.GetUtcNow();
        var visible = new JsonObject
        {
            ["vct"] = "urn:network-identity:membership:1",
            ["iss"] = "https://nation.example",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddYears(1).ToUnixTimeSeconds(),
            ["charter_version"] = "1",
        };
        var disclosable = new JsonObject
        {
            ["tier"] = "member",
            ["member_since"] = "2026-11",
            ["node"] = "Lisbon",
            ["vouched_by_at_least"] = 3,
            ["rights"] = new JsonArray("vote", "propose"),
            ["display_name"] = "Ada",
            ["portrait_digest"] = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        };

        var claims = (JsonObject)visible.DeepClone();
        claims["cnf"] = new JsonObject { ["jwk"] = holder.PublicKey.Bare().ToJson() };
        var issuance = SdJwtIssuance.Prepare(claims, disclosable);
        var credential = SdJwt.Compact(await Jws.SignAsync(SdJwtVc.Format, issuance.Payload, issuer), issuance.Disclosures);
        var privateKey = issuer.PublicKey.Bare().ToJson();
        privateKey["d"] = Base64Url.Encode(issuerKey.ExportParameters(includePrivateParameters: true).D);
        privateKey["kid"] = issuer.KeyId;
        return new JsonObject
        {
            ["issuerKey"] = privateKey,
            ["holderKey"] = holder.PublicKey.Bare().ToJson(),
            ["visible"] = visible,
            ["disclosable"] = disclosable,
            ["presentation"] = await KeyBinding.CreateAsync(credential, holder, Audience, nonce, now),
            ["audience"] = Audience,
            ["nonce"] = nonce,
            ["data"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(1024)),
        };
    }

    public static ECDsa PrivateKey(JsonObject jwk) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = Base64Url.Decode(jwk["d"]!.GetValue<string>()),
        Q = new ECPoint { X = Base64Url.Decode(jwk["x"]!.GetValue<string>()), Y = Base64Url.Decode(jwk["y"]!.GetValue<string>()) },
    });
}
