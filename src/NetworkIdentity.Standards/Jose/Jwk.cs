using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A public key in JSON [RFC7517]: EC P-256 or P-384, OKP Ed25519 or RSA. It never holds a private member.</summary>
/// <param name="Kty">Key type: <c>EC</c>, <c>OKP</c> or <c>RSA</c>.</param>
public sealed record Jwk(string Kty)
{
    /// <summary>Curve: <c>P-256</c>, <c>P-384</c> or <c>Ed25519</c>.</summary>
    public string? Crv { get; init; }

    /// <summary>The x coordinate, or the Ed25519 public key: 32 bytes as base64url, or 48 on P-384.</summary>
    public string? X { get; init; }

    /// <summary>The y coordinate: as long as x.</summary>
    public string? Y { get; init; }

    /// <summary>RSA modulus as base64url.</summary>
    public string? N { get; init; }

    /// <summary>RSA exponent as base64url.</summary>
    public string? E { get; init; }

    /// <summary>Key id [RFC7517 §4.5].</summary>
    public string? Kid { get; init; }

    /// <summary>The algorithm the key is for [RFC7517 §4.4].</summary>
    public string? Alg { get; init; }

    /// <summary>What the key is for: <c>sig</c> or <c>enc</c> [RFC7517 §4.2].</summary>
    public string? Use { get; init; }

    /// <summary>What may be done with the key [RFC7517 §4.3]; null where it does not say. Compared by reference: see <see cref="IsSameKeyAs"/>.</summary>
    public IReadOnlyList<string>? KeyOps { get; init; }

    /// <summary>Whether neither <c>use</c> nor <c>key_ops</c> forbids verifying signatures.</summary>
    public bool MayVerify => Use is null or "sig" && KeyOps?.Contains("verify") != false;

    /// <summary>Whether neither <c>use</c> nor <c>key_ops</c> forbids encrypting to the key by key agreement.</summary>
    /// <remarks>The public half of an ECDH key has an empty <c>key_ops</c> in Web Crypto, so an empty list does not forbid it.</remarks>
    public bool MayEncrypt => Use is null or "enc" && (KeyOps is null or [] || KeyOps.Contains("deriveKey") || KeyOps.Contains("deriveBits"));

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Whether a key of any type holds what only its owner may know.</summary>
    public static bool IsPrivate(JsonObject json) => PrivateMembers.Any(json.ContainsKey);

    /// <summary>Reads a public key and checks the members its type needs; members it doesn't know are ignored.</summary>
    /// <param name="json">The key.</param>
    /// <param name="p384">
    /// Whether EC P-384 is taken too. That is for verification methods of documents with proofs; no door of OAuth, OpenID or OpenID4VC has
    /// ES384 in its metadata, so none of them asks for it.
    /// </param>
    /// <exception cref="Refusal">Malformed: an unknown type or curve, a wrong length or form, an RSA key below 2048 bits, or a private member.</exception>
    public static Jwk Parse(JsonObject json, bool p384 = false)
    {
        if (IsPrivate(json)) throw Refusal.Malformed("the key holds a private member");

        var key = new Jwk(json.RequiredString("kty"))
        {
            Crv = json.OptionalString("crv"),
            X = json.OptionalString("x"),
            Y = json.OptionalString("y"),
            N = json.OptionalString("n"),
            E = json.OptionalString("e"),
            Kid = json.OptionalString("kid"),
            Alg = json.OptionalString("alg"),
            Use = json.OptionalString("use"),
            KeyOps = json.OptionalStrings("key_ops"),
        };
        if (key.KeyOps is { } operations && operations.Distinct().Count() != operations.Count) throw Refusal.Malformed("key_ops names an operation twice");
        if (!p384 && key is { Kty: "EC", Crv: "P-384" }) throw UnknownType();
        key.Check();

        // Of two types at once nobody could say which the key is: what is not of its type goes.
        return key.Kty switch
        {
            "EC" => key with { N = null, E = null },
            "OKP" => key with { Y = null, N = null, E = null },
            _ => key with { Crv = null, X = null, Y = null },
        };
    }

    /// <summary>The key's SHA-256 thumbprint as base64url [RFC7638].</summary>
    public string Thumbprint() => Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(RequiredMembers())));

    /// <summary>The required members alone as JSON, in lexicographic order, without white space [RFC7638 §3.2].</summary>
    public string RequiredMembers() => Kty switch
    {
        "EC" => $$"""{"crv":"{{Crv}}","kty":"EC","x":"{{X}}","y":"{{Y}}"}""",
        "OKP" => $$"""{"crv":"{{Crv}}","kty":"OKP","x":"{{X}}"}""",
        _ => $$"""{"e":"{{E}}","kty":"RSA","n":"{{N}}"}""",
    };

    /// <summary>The key as JSON, with the members that are set.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["kty"] = Kty };
        Add("crv", Crv);
        Add("x", X);
        Add("y", Y);
        Add("n", N);
        Add("e", E);
        Add("kid", Kid);
        Add("use", Use);
        Add("alg", Alg);
        if (KeyOps is not null) json["key_ops"] = new JsonArray([.. KeyOps.Select(operation => (JsonNode)operation)]);
        return json;

        void Add(string name, string? value)
        {
            if (value is not null) json[name] = value;
        }
    }

    /// <summary>The key alone, without its name and uses: what a credential is bound to.</summary>
    public Jwk Bare() => this with { Kid = null, Alg = null, Use = null, KeyOps = null };

    /// <summary>Whether both are the same key, whatever their names and uses.</summary>
    public bool IsSameKeyAs(Jwk other) => Thumbprint() == other.Thumbprint();

    /// <summary>Checks the members the key's type needs, by their form: that a point is on its curve shows at import.</summary>
    /// <exception cref="Refusal">Malformed: an unknown type or curve, or a member that is missing or has a wrong form.</exception>
    internal void Check()
    {
        switch (Kty, Crv)
        {
            case ("EC", "P-256"):
                // Full-size coordinates, leading zeros and all [RFC7518 §6.2.1.2].
                OfLength(X, "x", 32, 32);
                OfLength(Y, "y", 32, 32);
                break;
            case ("EC", "P-384"):
                OfLength(X, "x", 48, 48);
                OfLength(Y, "y", 48, 48);
                break;
            case ("OKP", "Ed25519"):
                if (!Ed25519.CanBePublicKey(OfLength(X, "x", 32, 32))) throw Refusal.Malformed("x of the key is not the encoding of a point, or of one of small order");
                break;
            case ("RSA", _):
                CheckRsa(OfLength(N, "n", 256, 1024), OfLength(E, "e", 3, 8));
                break;
            default:
                throw UnknownType();
        }

        static byte[] OfLength(string? value, string name, int least, int most)
        {
            if (value is null) throw Refusal.Malformed($"{name} of the key is missing");
            if (value.Length > most * 4 / 3 + 2) throw Refusal.Malformed($"{name} of the key is too long");
            var bytes = Base64Url.Decode(value);
            if (bytes.Length < least || bytes.Length > most) throw Refusal.Malformed($"{name} of the key has a wrong length");
            return bytes;
        }
    }

    private static Refusal UnknownType() => Refusal.Malformed("the key is not EC P-256, OKP Ed25519 or RSA");

    private static void CheckRsa(ReadOnlySpan<byte> n, ReadOnlySpan<byte> e)
    {
        // Base64urlUInt is the shortest form [RFC7518 §2]: one key, one thumbprint, and no short modulus behind zeros.
        if (n[0] == 0 || e[0] == 0) throw Refusal.Malformed("n or e of the key begins with a zero");
        // 2048 bits at least [RFC7518 §3.3].
        if (n.Length == 256 && n[0] < 0x80) throw Refusal.Malformed("the RSA key is shorter than 2048 bits");
        if ((n[^1] & 1) == 0) throw Refusal.Malformed("n of the key is even");
        // 2^16 < e, odd [FIPS186-5 §A.1.1]: with e = 1 anyone signs.
        if ((e[^1] & 1) == 0) throw Refusal.Malformed("e of the key is even");
        if (RocaKey.IsSuspected(n)) throw Refusal.Malformed("the RSA key was made by a generator that is broken (ROCA)");
    }
}
