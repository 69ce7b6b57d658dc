using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards.Credentials;

/// <summary>An issuer, a holder, and documents in which everything is right; tests break one thing.</summary>
internal sealed class CredentialWorld
{
    public const string Audience = "https://verifier.example";
    public const string Nonce = "n-0S6_WzA2Mj";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public CredentialWorld()
    {
        (IssuerDid, HolderDid) = (DidJwk.Of(Issuer.PublicKey.Bare()), DidJwk.Of(Holder.PublicKey.Bare()));
        (IssuerKey, HolderKey) = (VerificationKey.Import(Issuer.PublicKey), VerificationKey.Import(Holder.PublicKey));
    }

    public SigningKey Issuer { get; } = SigningKey.FromEd25519(Seed(1));

    public SigningKey Holder { get; } = SdJwtWorld.NewKey();

    public VerificationKey IssuerKey { get; }

    public VerificationKey HolderKey { get; }

    public string IssuerDid { get; }

    public string HolderDid { get; }

    public static byte[] Seed(byte of) => [.. Enumerable.Repeat(of, 32)];

    public static JsonObject Json(string text) => StrictJson.ParseObject(text);

    /// <summary>A credential with each property that the data model has.</summary>
    public JsonObject Credential() => Json($$"""
        {
          "@context": ["https://www.w3.org/ns/credentials/v2", {"StandingCredential": "https://nation.example/terms#StandingCredential", "standing": "https://nation.example/terms#standing"}],
          "id": "urn:uuid:5b1c1b1e-6c5b-4d5c-9f5e-2f7f1c7d1a11",
          "type": ["VerifiableCredential", "StandingCredential"],
          "issuer": {"id": "{{IssuerDid}}", "name": [{"@value": "Nation", "@language": "en"}, {"@value": "אומה", "@language": "he", "@direction": "rtl"}]},
          "name": "Standing", "description": {"@value": "How somebody stands", "@language": "en"},
          "validFrom": "2026-09-01T00:00:00Z", "validUntil": "2027-09-01T00:00:00+02:00",
          "credentialSubject": {"id": "{{HolderDid}}", "standing": 3, "name": "Ada"},
          "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7", "statusListCredential": "https://nation.example/status/1"},
          "credentialSchema": {"type": "JsonSchema", "id": "https://nation.example/schemas/standing.json"},
          "termsOfUse": {"type": "https://nation.example/terms#Terms"},
          "evidence": [{"type": "https://nation.example/terms#Vouch", "id": "urn:uuid:5b1c1b1e-6c5b-4d5c-9f5e-2f7f1c7d1a12"}],
          "refreshService": {"type": "https://nation.example/terms#Refresh"},
          "relatedResource": [{"id": "https://www.w3.org/ns/credentials/v2", "digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"}]
        }
        """);

    /// <summary>A presentation of enveloped credentials.</summary>
    public JsonObject Presentation(params string[] credentials)
    {
        var presentation = Json($$"""
            {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiablePresentation", "holder": "{{HolderDid}}", "aud": "{{Audience}}", "nonce": "{{Nonce}}"}
            """);
        JsonNode[] envelopes = [.. credentials.Select(one => Envelope.Of(one, one.Contains('~') ? CredentialMediaType.VcSdJwt : CredentialMediaType.VcJwt))];
        if (envelopes.Length > 0) presentation["verifiableCredential"] = new JsonArray(envelopes);
        return presentation;
    }

    public string Secured(JsonObject payload, string mediaType = CredentialMediaType.VcJwt, SigningKey? key = null, Action<JsonObject>? header = null)
    {
        var isHolder = CredentialMediaType.IsPresentation(mediaType);
        key ??= isHolder ? Holder : Issuer;
        var text = EnvelopingProof.ToBeSigned(mediaType, payload, key, DidJwk.KeyUrl(isHolder ? HolderDid : IssuerDid));
        if (header is not null)
        {
            var changed = Json(Text(text.Split('.')[0]));
            header(changed);
            text = Jws.ToBeSigned(changed, payload);
        }

        return Jws.SignAsync(text, key).AsTask().GetAwaiter().GetResult();
    }

    public VerifiableCredential Verify(string secured, DateTimeOffset? now = null) =>
        EnvelopingProof.Parse(secured).VerifyCredential(IssuerKey, IssuerDid, now ?? Now);

    public VerifiablePresentation VerifyPresentation(string secured) =>
        EnvelopingProof.Parse(secured).VerifyPresentation(HolderKey, HolderDid, Now, Audience, Nonce);

    public static string Text(string base64Url) => System.Text.Encoding.UTF8.GetString(Base64Url.Decode(base64Url));

    public static (string Code, string Words) Refused(Action act)
    {
        var refusal = Assert.Throws<Refusal>(act);
        Assert.All(refusal.Description, c => Assert.InRange(c, ' ', '~'));
        return (refusal.Code, refusal.Description);
    }

    /// <summary>A document with members changed; <c>"absent"</c> takes one away.</summary>
    public static JsonObject Changed(JsonObject document, string change)
    {
        foreach (var (name, value) in Json(change))
        {
            if (value?.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>() == "absent") document.Remove(name);
            else document[name] = value?.DeepClone();
        }

        return document;
    }

    /// <summary>A credential with some of what it may have, the same for one seed.</summary>
    public JsonObject Any(Mutator random)
    {
        var credential = Credential();
        foreach (var name in credential.Select(member => member.Key).ToList())
            if (name is not ("@context" or "type" or "issuer" or "credentialSubject") && random.Next(2) == 0) credential.Remove(name);
        if (random.Next(2) == 0) credential["issuer"] = IssuerDid;
        credential["credentialSubject"]!["standing"] = random.Next(1000);
        return credential;
    }
}
