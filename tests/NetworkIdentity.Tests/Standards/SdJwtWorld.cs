using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Standards;

/// <summary>An issuer, a holder and a membership credential in which everything is right; tests break one thing.</summary>
internal sealed class SdJwtWorld
{
    public const string Verifier = "x509_hash:9ITHMSlBH7S4vSwCkpjwl3fA1sZzJmAbTOfMkBV0WSY";
    public const string Nonce = "n-0S6_WzA2Mj";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public SigningKey Issuer { get; } = NewKey();

    public SigningKey Holder { get; } = NewKey();

    public string Type { get; set; } = SdJwtVc.Format;

    public JsonObject Visible { get; }

    public JsonObject Hidden { get; } = new()
    {
        ["given_name"] = "Ada",
        ["address"] = new JsonObject { ["locality"] = "London" },
        ["standing"] = 3,
    };

    public SdJwtWorld() => Visible = new()
    {
        ["iss"] = "https://nation.example",
        ["vct"] = "urn:network-identity:membership:1",
        ["iat"] = Now.ToUnixTimeSeconds() - 60,
        ["exp"] = Now.ToUnixTimeSeconds() + 3600,
        ["cnf"] = new JsonObject { ["jwk"] = Holder.PublicKey.ToJson() },
        ["status"] = new JsonObject { ["status_list"] = new JsonObject { ["idx"] = 7, ["uri"] = "https://nation.example/status/1" } },
    };

    public static SigningKey NewKey() => SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static JsonObject Json(string text) => StrictJson.ParseObject(text);

    /// <summary>base64url of JSON as it is written here: a disclosure no honest issuer makes.</summary>
    public static string Encoded(string json) => Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(json));

    public static string Digest(string encoded) =>
        Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(encoded)));

    /// <summary>An SD-JWT of a payload and disclosures given as they are.</summary>
    public SdJwt Raw(JsonObject payload, params string[] disclosures) => SdJwt.Parse(Sign(payload) + "~" + string.Concat(disclosures.Select(d => d + "~")));

    public string Sign(JsonObject payload)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = Type };
        return Jws.SignAsync(Jws.ToBeSigned(header, payload), Issuer).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The credential with every disclosure, without a key binding.</summary>
    public string Issue()
    {
        var issuance = SdJwtIssuance.Prepare(Visible, Hidden, decoys: 2);
        return SdJwt.Compact(Sign(issuance.Payload), issuance.Disclosures);
    }

    public string Present(Func<JsonObject, JsonObject>? breakHeader = null, Func<JsonObject, JsonObject>? breakClaims = null, SigningKey? signer = null)
    {
        var withoutKeyBinding = Issue();
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = "kb+jwt" };
        var claims = new JsonObject { ["iat"] = Now.ToUnixTimeSeconds(), ["aud"] = Verifier, ["nonce"] = Nonce, ["sd_hash"] = Digest(withoutKeyBinding) };
        header = breakHeader?.Invoke(header) ?? header;
        claims = breakClaims?.Invoke(claims) ?? claims;
        return withoutKeyBinding + Jws.SignAsync(Jws.ToBeSigned(header, claims), signer ?? Holder).AsTask().GetAwaiter().GetResult();
    }

    public JsonObject Verify(string presentation)
    {
        using var key = VerificationKey.Import(Holder.PublicKey);
        return KeyBinding.Verify(SdJwt.Parse(presentation), key, Verifier, Nonce, Now, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
    }

    public static string WordsOf(Action act) => Assert.Throws<Refusal>(act).Description;
}
