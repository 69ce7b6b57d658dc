using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Vcalm;

/// <summary>An instance as the operator configured it [VCALM §Instances].</summary>
/// <param name="Name">Its name, which its URL ends with.</param>
/// <param name="Cryptosuite">What secures its credentials, of <see cref="Cryptosuites"/>.</param>
/// <param name="KeyType">The kind of its key: <c>Ed25519</c>, <c>P-256</c> or <c>P-384</c>.</param>
public sealed record InstanceOptions(string Name, string Cryptosuite, string KeyType)
{
    /// <summary>The longest name.</summary>
    public const int MaxNameLength = 40;

    /// <summary>What an instance can secure credentials with, each with the kinds of keys that it takes, the usual one first.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Cryptosuites = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["eddsa-jcs-2022"] = ["Ed25519"],
        ["ecdsa-jcs-2019"] = ["P-256", "P-384"],
        [VcJwt] = ["P-256", "P-384", "Ed25519"],
    };

    internal const string VcJwt = "vc+jwt";

    /// <summary>Whose credentials it verifies: DIDs, or of <see cref="Did.OwnKeys"/> for all that begin so. For these nothing is fetched; and for nobody a status list, which must be one that is kept here.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = Did.OwnKeys;

    /// <summary>Whether what it issues has a status that can be changed.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether it knows W3C's context of examples, by which every name means something: for suites that use it, and for nothing that counts.</summary>
    public bool KnowsExamples { get; init; }

    /// <summary>The algorithm of its key.</summary>
    public string Algorithm => KeyType switch
    {
        "Ed25519" => JoseAlgorithm.EdDSA,
        "P-384" => JoseAlgorithm.ES384,
        _ => JoseAlgorithm.ES256,
    };

    /// <summary>The media type of what it issues.</summary>
    public string MediaType => Cryptosuite == VcJwt ? CredentialMediaType.VcJwt : VerifiableCredential.MediaType;

    /// <summary>Whether a name can stand in a URL and in the name of a setting.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
