namespace NetworkIdentity.Standards.Jose;

/// <summary>The encryption algorithms of this project, by their JOSE names [RFC7518 §5.1]. The key is agreed by <c>ECDH-ES</c> alone.</summary>
public static class JweEncryption
{
    /// <summary>Key agreement whose result is the content key itself [RFC7518 §4.6].</summary>
    public const string EcdhEs = "ECDH-ES";

    /// <summary>AES-128 in Galois/Counter Mode.</summary>
    public const string A128Gcm = "A128GCM";

    /// <summary>AES-256 in Galois/Counter Mode.</summary>
    public const string A256Gcm = "A256GCM";

    /// <summary>Both encryptions, the stronger first.</summary>
    public static IReadOnlyList<string> All { get; } = [A128Gcm, A256Gcm];

    /// <summary>Length of the content key in bytes; 0 for an unknown name.</summary>
    internal static int KeyLength(string encryption) => encryption switch
    {
        A128Gcm => 16,
        A256Gcm => 32,
        _ => 0,
    };
}
