using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.Dids.WebVh;

/// <summary>A log made by hand, right but for what a test breaks in it: the hashes and signatures are of what was broken, unless they are what is broken.</summary>
internal sealed class WebVhWorld
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly List<JsonObject> _entries = [];

    public string Scid { get; private set; } = "";

    public string Did => _entries[^1]["state"]!["id"]!.GetValue<string>();

    public JsonArray Witnesses { get; } = [];

    public byte[] Log => [.. _entries.SelectMany(entry => (byte[])[.. StrictJson.Write(entry), (byte)'\n'])];

    public IReadOnlyList<JsonObject> Entries => _entries;

    public static byte[] Seed(int number) => SHA256.HashData([(byte)number]);

    public static SigningKey Key(int number) => SigningKey.FromEd25519(Seed(number));

    public static string Multi(int number) => Multikey.Of(Key(number).PublicKey);

    public static string Hash(int number) => ActiveParameters.HashOf(Multi(number));

    public static string DidKeyOf(int number) => "did:key:" + Multi(number);

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    public static JsonObject Document(string place = "nation.example") => Json($$"""{"@context":["https://www.w3.org/ns/did/v1.1"],"id":"did:webvh:{SCID}:{{place}}"}""");

    /// <summary>The first entry, signed by key 1.</summary>
    public WebVhWorld First(Action<JsonObject>? breaks = null, Action<JsonObject>? breaksProof = null, int key = 1, string place = "nation.example")
    {
        var entry = Json("""{"versionId":"{SCID}","versionTime":"2026-11-01T00:00:00Z","parameters":{"method":"did:webvh:1.0","scid":"{SCID}"}}""");
        entry["parameters"]!["updateKeys"] = new JsonArray(Multi(1));
        entry["state"] = Document(place);
        breaks?.Invoke(entry);
        var named = entry["versionId"]!.GetValue<string>();
        entry["versionId"] = "{SCID}";
        Scid = HashOf(entry);
        entry["versionId"] = named;
        entry = Json(entry.ToJsonString().Replace("{SCID}", Scid, StringComparison.Ordinal));
        return Seal(entry, Scid, 1, key, breaksProof);
    }

    /// <summary>A further entry, a day later.</summary>
    public WebVhWorld Then(Action<JsonObject>? breaks = null, Action<JsonObject>? breaksProof = null, int key = 1)
    {
        var before = _entries[^1];
        var time = DateTimeOffset.Parse(before["versionTime"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).AddDays(1);
        var versionId = before["versionId"]!.GetValue<string>();
        var entry = new JsonObject
        {
            ["versionId"] = versionId,
            ["versionTime"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["parameters"] = new JsonObject(),
            ["state"] = before["state"]!.DeepClone(),
        };
        breaks?.Invoke(entry);
        return Seal(entry, versionId, _entries.Count + 1, key, breaksProof);
    }

    /// <summary>A witness's proof of a version, or of anything else.</summary>
    public WebVhWorld Witnessed(int version, int by, Action<JsonObject>? breaks = null)
    {
        var versionId = _entries[version - 1]["versionId"]!.GetValue<string>();
        Witnesses.Add(new JsonObject { ["versionId"] = versionId, ["proof"] = new JsonArray(Prove(new() { ["versionId"] = versionId }, by, breaks)) });
        return this;
    }

    public DidResolutionResult Resolve(string? did = null, DidResolutionOptions? options = null) =>
        DidWebVh.Resolve(did ?? Did, Log, Witnesses.Count == 0 ? null : StrictJson.Write(Witnesses), Now, options ?? DidResolutionOptions.None);

    /// <summary>The error of resolving the newest version, with what was wrong.</summary>
    public (string? Code, string? Description) Error(string? did = null) => Resolve(did).Error is { } error ? (error.Code, error.Description) : (null, null);

    public static JsonObject Prove(JsonObject document, int key, Action<JsonObject>? breaks = null)
    {
        var proof = Json($$"""{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"{{DidKeyOf(key)}}#{{Multi(key)}}","created":"2026-11-02T00:00:00Z","proofPurpose":"assertionMethod"}""");
        breaks?.Invoke(proof);
        if (proof.ContainsKey("proofValue")) return proof;
        using var secret = Ed25519.PrivateKey.FromSeed(Seed(key));
        proof["proofValue"] = Multibase.Base58(secret.Sign([.. SHA256.HashData(Jcs.Canonicalize(proof)), .. SHA256.HashData(Jcs.Canonicalize(document))]));
        return proof;
    }

    public static string HashOf(JsonObject json) => Base58Btc.Encode([0x12, 0x20, .. SHA256.HashData(Jcs.Canonicalize(json))]);

    private WebVhWorld Seal(JsonObject entry, string predecessor, int number, int key, Action<JsonObject>? breaksProof)
    {
        // A test that has put a name of its own in has broken that.
        if (entry["versionId"]!.GetValue<string>() == predecessor) entry["versionId"] = $"{number}-{HashOf(entry)}";
        entry["proof"] = new JsonArray(Prove(entry, key, breaksProof));
        _entries.Add(entry);
        return this;
    }
}
