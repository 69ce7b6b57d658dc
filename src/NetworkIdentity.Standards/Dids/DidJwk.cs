using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Dids;

/// <summary>The DID method <c>jwk</c>: a DID that is its own key, so that nothing has to be fetched to resolve it [DID-JWK].</summary>
public static class DidJwk
{
    private const string Prefix = "did:jwk:";

    /// <summary>Long enough for the longest RSA key that <see cref="Jwk"/> takes.</summary>
    private const int MaxLength = 4096;

    /// <summary>The DID of a key: its required members alone, in lexicographic order, so that a key has one DID here whatever it is called.</summary>
    public static string Of(Jwk key) => Prefix + Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(key.RequiredMembers()));

    /// <summary>The DID URL of the one verification method, which is what <c>kid</c> names.</summary>
    public static string KeyUrl(string did) => did + "#0";

    /// <summary>The key that a DID is.</summary>
    /// <param name="did">The DID alone: no path, query or fragment.</param>
    /// <exception cref="Refusal">Malformed: not a <c>did:jwk</c>, too long, not base64url of a JSON object, or not a key that <see cref="Jwk.Parse"/> takes.</exception>
    public static Jwk Parse(string did) => Jwk.Parse(Json(did));

    /// <summary>The document of a did:jwk: the key as the DID has it, for what its <c>use</c> says [DID-JWK §Read].</summary>
    /// <exception cref="Refusal">invalidDid: what <see cref="Parse"/> refuses.</exception>
    public static JsonObject Document(string did) => Refusal.Recode(DidRefusal.InvalidDidCode, () =>
    {
        var key = Parse(did);
        var url = KeyUrl(did);
        var document = new JsonObject
        {
            ["@context"] = new JsonArray(DidDocument.Context),
            ["id"] = did,
            ["verificationMethod"] = new JsonArray(new JsonObject { ["id"] = url, ["type"] = "JsonWebKey", ["controller"] = did, ["publicKeyJwk"] = Json(did) }),
        };
        foreach (var relationship in DidDocument.Relationships)
        {
            if (key.Use is null || (key.Use == "enc") == (relationship == "keyAgreement")) document[relationship] = new JsonArray(url);
        }

        return document;
    });

    private static JsonObject Json(string did)
    {
        if (!did.StartsWith(Prefix, StringComparison.Ordinal)) throw Refusal.Malformed("not a did:jwk");
        if (did.Length > MaxLength) throw Refusal.Malformed("the did:jwk is too long");
        return StrictJson.ParseObject(Base64Url.Decode(did.AsSpan(Prefix.Length)));
    }
}
