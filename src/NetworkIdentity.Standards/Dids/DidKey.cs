using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Dids;

/// <summary>The DID method <c>key</c>: a DID that is its own key, as a Multikey [DID-Key]. Ed25519, P-256 and P-384.</summary>
public static class DidKey
{
    private const string Prefix = "did:key:";

    /// <summary>Longer than the longest key here, P-384's.</summary>
    private const int MaxLength = 128;

    /// <summary>The DID of a key.</summary>
    /// <exception cref="ArgumentException">An RSA key, which has none.</exception>
    public static string Of(Jwk key) => Prefix + Multikey.Of(key);

    /// <summary>The DID URL of the one verification method: the DID, and its own body again as the fragment.</summary>
    public static string KeyUrl(string did) => $"{did}#{did[Prefix.Length..]}";

    /// <summary>The key that a DID is.</summary>
    /// <param name="did">The DID alone: no path, query or fragment; the form with a version in it is not read.</param>
    /// <exception cref="Refusal">invalidDid: not a did:key in base58btc. unsupportedPublicKeyType, invalidPublicKeyLength, invalidPublicKey: what its key is not.</exception>
    public static Jwk Parse(string did)
    {
        if (!did.StartsWith(Prefix + "z", StringComparison.Ordinal) || did.Length > MaxLength) throw DidRefusal.InvalidDid("not a did:key in base58btc");
        var body = did[Prefix.Length..];
        var bytes = Refusal.Recode(DidRefusal.InvalidDidCode, () => Multibase.Decode(body));
        var length = bytes switch
        {
            [0xed, 0x01, ..] => 32,
            [0x80, 0x24, ..] => 33,
            [0x81, 0x24, ..] => 49,
            _ => throw DidRefusal.UnsupportedPublicKeyType(),
        };
        if (bytes.Length != length + 2) throw DidRefusal.InvalidPublicKeyLength();
        try
        {
            return Multikey.Parse(body);
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidPublicKey(refusal.Description);
        }
    }

    /// <summary>The body that a verification method's URL names twice, before and behind the number sign.</summary>
    /// <exception cref="Refusal">
    /// invalidDidUrl: not of that form, or the two differ. Who then looked at one half for who may sign, and at the other for the key, could be made to take any key for any other.
    /// </exception>
    public static string BodyOf(string url)
    {
        if (url.Length > 2 * MaxLength || !url.StartsWith(Prefix, StringComparison.Ordinal)) throw DidRefusal.InvalidDidUrl("not a verification method of a did:key");
        var parts = url[Prefix.Length..].Split('#');
        if (parts.Length != 2 || parts[0] != parts[1]) throw DidRefusal.InvalidDidUrl("the body and the fragment of the did:key differ");
        return parts[0];
    }

    /// <summary>The document of a did:key [DID-Key §Document Creation Algorithm].</summary>
    /// <exception cref="Refusal">As <see cref="Parse"/> does.</exception>
    public static JsonObject Document(string did)
    {
        _ = Parse(did);
        var url = KeyUrl(did);
        return new()
        {
            ["@context"] = new JsonArray(DidDocument.Context),
            ["id"] = did,
            ["verificationMethod"] = new JsonArray(new JsonObject { ["id"] = url, ["type"] = "Multikey", ["controller"] = did, ["publicKeyMultibase"] = did[Prefix.Length..] }),
            ["authentication"] = new JsonArray(url),
            ["assertionMethod"] = new JsonArray(url),
            ["capabilityInvocation"] = new JsonArray(url),
            ["capabilityDelegation"] = new JsonArray(url),
        };
    }
}
