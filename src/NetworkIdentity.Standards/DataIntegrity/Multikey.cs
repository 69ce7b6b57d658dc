using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A public key as one text, <c>publicKeyMultibase</c> [CID §2.2.2]: two bytes that say which kind, and the key, as base58btc.</summary>
/// <remarks>Ed25519, P-256 and P-384, which the cryptosuites here sign with. Of a P-256 and P-384 key it is the compressed point.</remarks>
public static class Multikey
{
    /// <summary>The <c>type</c> of a verification method that holds one.</summary>
    public const string Type = "Multikey";

    /// <summary>The longest that is looked at; the longest that is one, of P-384, has 71 characters.</summary>
    private const int MaxLength = 128;

    /// <summary>The text of a key.</summary>
    /// <exception cref="ArgumentException">An RSA key, which has none.</exception>
    public static string Of(Jwk key) => (key.Kty, key.Crv) switch
    {
        ("OKP", "Ed25519") => Multibase.Base58([0xed, 0x01, .. Base64Url.Decode(key.X)]),
        ("EC", "P-256") => Multibase.Base58([0x80, 0x24, .. CompressedPoint.Write(Base64Url.Decode(key.X), Base64Url.Decode(key.Y))]),
        ("EC", "P-384") => Multibase.Base58([0x81, 0x24, .. CompressedPoint.Write(Base64Url.Decode(key.X), Base64Url.Decode(key.Y))]),
        _ => throw new ArgumentException("no Multikey of this kind", nameof(key)),
    };

    /// <summary>The key of a text.</summary>
    /// <exception cref="Refusal">Malformed: not base58btc, a kind that is not known here, a secret key, a wrong length, or no point of the curve.</exception>
    public static Jwk Parse(string publicKeyMultibase)
    {
        if (publicKeyMultibase.Length > MaxLength) throw Refusal.Malformed("the Multikey is too long");

        // [CID §2.2.2] has base58btc alone, and the suites say that no other is allowed [DI-EdDSA §2.1.1] [DI-ECDSA §2.1.1].
        var bytes = Multibase.Decode(publicKeyMultibase);
        if (bytes.Length < 2) throw Refusal.Malformed("the Multikey is too short");
        var key = bytes.AsSpan(2);
        switch (bytes[0], bytes[1])
        {
            case (0xed, 0x01):
                if (!Ed25519.CanBePublicKey(key)) throw Refusal.Malformed("the Multikey is not an Ed25519 key, or of small order");
                return new("OKP") { Crv = "Ed25519", X = Base64Url.Encode(key) };
            case (0x80, 0x24):
                return Point("P-256", key);
            case (0x81, 0x24):
                return Point("P-384", key);
            case (0x80 or 0x86 or 0x87, 0x26):
                throw Refusal.Malformed("the Multikey is a secret key: it is known now, make another");
            default:
                throw Refusal.Malformed("the Multikey is of a kind that is not known: Ed25519, P-256 and P-384 are");
        }
    }

    private static Jwk Point(string crv, ReadOnlySpan<byte> compressed)
    {
        var (x, y) = CompressedPoint.Read(crv, compressed);
        return new("EC") { Crv = crv, X = Base64Url.Encode(x), Y = Base64Url.Encode(y) };
    }
}
