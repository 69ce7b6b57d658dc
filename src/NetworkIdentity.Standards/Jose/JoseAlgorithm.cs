namespace NetworkIdentity.Standards.Jose;

/// <summary>The signature algorithms of this project, by their JOSE names [RFC7518 §3.1] [RFC8037 §3.1] [RFC9864 §2.2].</summary>
public static class JoseAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.</summary>
    public const string ES256 = "ES256";

    /// <summary>ECDSA on P-384 with SHA-384; the signature is r and s, 48 bytes each. Only of proofs in documents, and of nobody who signs in or asks for something.</summary>
    public const string ES384 = "ES384";

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256. Only for ID tokens, where it is OpenID's default, and of clients' keys.</summary>
    public const string RS256 = "RS256";

    /// <summary>RSASSA-PSS with SHA-256 and a salt of 32 bytes. Only of clients' keys: what [FAPI2 §5.4.1] has in the place of RS256.</summary>
    public const string PS256 = "PS256";

    /// <summary>Ed25519 by its fully specified name [RFC9864 §2.2].</summary>
    public const string Ed25519 = "Ed25519";

    /// <summary>Ed25519 by its older, polymorphic name, which today's clients know [RFC8037 §3.1].</summary>
    public const string EdDSA = "EdDSA";

    /// <summary>Whether an algorithm is one of a key's type and curve.</summary>
    public static bool IsOf(string algorithm, Jwk key) => algorithm switch
    {
        ES256 => key is { Kty: "EC", Crv: "P-256" },
        ES384 => key is { Kty: "EC", Crv: "P-384" },
        RS256 or PS256 => key.Kty == "RSA",
        EdDSA or Ed25519 => key is { Kty: "OKP", Crv: "Ed25519" },
        _ => false,
    };
}
