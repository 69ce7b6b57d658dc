using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A public key in JSON [RFC7517]: EC P-256, OKP Ed25519 or RSA. It never holds a private member.</summary>
/// <param name="Kty">Key type: <c>EC</c>, <c>OKP</c> or <c>RSA</c>.</param>
public sealed record Jwk(string Kty)
{
    /// <summary>Curve: <c>P-256</c> or <c>Ed25519</c>.</summary>
    public string? Crv { get; init; }

    /// <summary>The x coordinate, or the Ed25519 public key: 32 bytes as base64url.</summary>
    public string? X { get; init; }

    /// <summary>The y coordinate: 32 bytes as base64url.</summary>
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

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Reads a public key and checks the members its type needs; members it doesn't know are ignored.</summary>
    /// <exception cref="Refusal">Malformed: an unknown type or curve, a wrong length, or a private member.</exception>
    public static Jwk Parse(JsonObject json)
    {
        foreach (var name in PrivateMembers)
            if (json.ContainsKey(name)) throw Refusal.Malformed("the key holds a private member");

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
        };
        key.Check();
        return key;
    }

    /// <summary>The key's SHA-256 thumbprint as base64url [RFC7638].</summary>
    public string Thumbprint()
    {
        // The required members alone, in lexicographic order, without white space [RFC7638 §3.2].
        var members = Kty switch
        {
            "EC" => $$"""{"crv":"{{Crv}}","kty":"EC","x":"{{X}}","y":"{{Y}}"}""",
            "OKP" => $$"""{"crv":"{{Crv}}","kty":"OKP","x":"{{X}}"}""",
            _ => $$"""{"e":"{{E}}","kty":"RSA","n":"{{N}}"}""",
        };
        return Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(members)));
    }

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
        return json;

        void Add(string name, string? value)
        {
            if (value is not null) json[name] = value;
        }
    }

    /// <summary>Whether both are the same key, whatever their names and uses.</summary>
    public bool IsSameKeyAs(Jwk other) => Thumbprint() == other.Thumbprint();

    private void Check()
    {
        switch (Kty, Crv)
        {
            case ("EC", "P-256"):
                Length(X, "x", 32, 32);
                Length(Y, "y", 32, 32);
                break;
            case ("OKP", "Ed25519"):
                Length(X, "x", 32, 32);
                break;
            case ("RSA", _):
                Length(N, "n", 256, 1024);
                Length(E, "e", 1, 8);
                break;
            default:
                throw Refusal.Malformed("the key is not EC P-256, OKP Ed25519 or RSA");
        }

        static void Length(string? value, string name, int least, int most)
        {
            if (value is null) throw Refusal.Malformed($"{name} of the key is missing");
            if (Base64Url.Decode(value).Length is var length && (length < least || length > most))
                throw Refusal.Malformed($"{name} of the key has a wrong length");
        }
    }
}
