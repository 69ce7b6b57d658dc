using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>The public keys of a JWK Set that this project can verify with [RFC7517 §5].</summary>
/// <param name="Keys">The keys, in their order.</param>
public sealed record JwkSet(IReadOnlyList<Jwk> Keys)
{
    /// <summary>The most keys of a set that are looked at.</summary>
    public const int MaxKeys = 32;

    /// <summary>The most keys that one signature is held against.</summary>
    private const int MaxTried = 4;

    /// <summary>Reads a set. A key of another type, or one that holds a private member, is left out, as [RFC7517 §5] would have it.</summary>
    /// <exception cref="Refusal">Malformed: <c>keys</c> is missing, is no array of objects, or holds more than <see cref="MaxKeys"/>.</exception>
    public static JwkSet Parse(JsonObject json)
    {
        var all = json.OptionalArray("keys") ?? throw Refusal.Malformed("keys is missing");
        if (all.Count > MaxKeys) throw Refusal.Malformed($"keys holds more than {MaxKeys} keys");
        var keys = new List<Jwk>();
        foreach (var node in all)
        {
            var key = node as JsonObject ?? throw Refusal.Malformed("keys must be an array of objects");
            try
            {
                keys.Add(Jwk.Parse(key));
            }
            catch (Refusal)
            {
                // For something else, or for somebody who knows more types than we do.
            }
        }

        return new(keys);
    }

    /// <summary>Whether a key of this id is among them.</summary>
    public bool Holds(string keyId) => Keys.Any(key => key.Kid == keyId);

    /// <summary>Whether one of the keys signed a token: the one that the token names, or where it names none, any that can have signed it.</summary>
    public bool Signed(Jws jws)
    {
        foreach (var key in Keys.Where(key => key.MayVerify && (jws.KeyId is null || key.Kid == jws.KeyId)).Take(MaxTried))
        {
            try
            {
                using var verification = VerificationKey.Import(key);
                if (jws.IsSignedBy(verification)) return true;
            }
            catch (Refusal)
            {
                // A point that is off its curve shows here.
            }
        }

        return false;
    }
}
