using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>The nation's DID document, out of its keys: each is in it for as long as the ring publishes it.</summary>
/// <remarks>
/// An Ed25519 key is a Multikey, which is the form that Data Integrity takes; a P-256 key is a JsonWebKey, which is the form that JOSE takes. The keys of W3C credentials alone are under
/// <c>assertionMethod</c>, since whoever reads the document lets a key that is there sign any W3C credential. What goes by certificates carries its certificate [RFC7517 §4.7], which says what
/// the key is for, and has no relationship; nor has the log's key.
/// </remarks>
internal static class NationDocument
{
    private static readonly KeyPurpose[] Asserting = [KeyPurpose.Assertion];
    private static readonly KeyPurpose[] Named = [KeyPurpose.Credential, KeyPurpose.StatusList, KeyPurpose.Log, KeyPurpose.Root, KeyPurpose.Statement];

    /// <summary>The place that the nation's DID names: host, port and path, as a did:web has them; null where no DID names one, as for an IP address.</summary>
    public static string? PlaceOf(Nation nation)
    {
        var uri = new Uri(nation.Issuer);

        // A DID on the web means https: port 443 alone goes unsaid.
        var place = (uri.Port == 443 ? uri.Host : $"{uri.Host}%3A{uri.Port}") + uri.AbsolutePath.TrimEnd('/').Replace("~", "%7E", StringComparison.Ordinal).Replace('/', ':');
        try
        {
            _ = WebLocation.Parse(place);
            return place;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>The document.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="did">The DID, or what stands for it before there is one.</param>
    /// <param name="place">As <see cref="PlaceOf"/> has it.</param>
    /// <param name="at">When.</param>
    public static JsonObject Of(KeyRing keys, string did, string place, DateTimeOffset at)
    {
        var asserting = Methods(keys, did, Asserting, at).ToList();
        return new()
        {
            ["@context"] = new JsonArray(DidDocument.Context),
            ["id"] = did,
            ["alsoKnownAs"] = new JsonArray($"did:web:{place}", keys.Nation.Issuer),
            ["verificationMethod"] = new JsonArray([.. asserting, .. Methods(keys, did, Named, at)]),
            ["assertionMethod"] = new JsonArray([.. asserting.Select(method => method["id"]!.DeepClone())]),
        };
    }

    /// <summary>In an order of its own, so that two servers make one document.</summary>
    private static IEnumerable<JsonObject> Methods(KeyRing keys, string did, IEnumerable<KeyPurpose> purposes, DateTimeOffset at) =>
        from purpose in purposes
        from algorithm in purpose.Algorithms
        from key in keys.Keys
        where key.Purpose == purpose && key.Algorithm == algorithm && at < key.PublishUntil
        orderby Array.IndexOf([.. Asserting, .. Named], purpose), purpose.Algorithms.ToList().IndexOf(algorithm), key.Generation
        select Method(did, key);

    private static JsonObject Method(string did, HeldKey key)
    {
        var isMultikey = key.Algorithm == JoseAlgorithm.EdDSA;
        var json = new JsonObject { ["id"] = $"{did}#{key.Kid}", ["type"] = isMultikey ? Multikey.Type : "JsonWebKey", ["controller"] = did };
        if (isMultikey)
        {
            json["publicKeyMultibase"] = Multikey.Of(key.Signing!.PublicKey);
            return json;
        }

        var jwk = (key.Signing!.PublicKey.Bare() with { Kid = key.Kid, Alg = key.Algorithm }).ToJson();
        if (key.Certificate is { } certificate) jwk["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData));
        json["publicKeyJwk"] = jwk;
        return json;
    }
}
