using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity;

/// <summary>The names that W3C credentials of every nation use: a JSON-LD context, common to all, which each nation serves at its own address [VCDM §4.3].</summary>
/// <remarks>It never changes: what a name means is part of what was signed. New names come in a new file, of another number.</remarks>
public static class Vocabulary
{
    /// <summary>The file under schemas/contexts, and the last part of its address.</summary>
    public const string FileName = "network-identity-v1.jsonld";

    /// <summary>What the names stand for begins with this.</summary>
    public const string Prefix = "urn:network-identity:vocab:";

    /// <summary>What VerifiableCredential stands for.</summary>
    public const string VerifiableCredentialIri = "https://www.w3.org/2018/credentials#VerifiableCredential";

    private const string Sha256 = "1844046d44ae2d6bac710c17af21cb969039de11e5e6256ec16ed4a7f2793bfa";

    private static readonly Lazy<byte[]> FileBytes = new(() => EmbeddedFile.Read(typeof(Vocabulary).Assembly, "contexts/" + FileName));

    private static readonly Lazy<HashSet<string>> Terms = new(() => [.. JsonNode.Parse(FileBytes.Value)!["@context"]!.AsObject().Select(term => term.Key)]);

    private static readonly Lazy<string> FileDigest = new(() => $"sha384-{Convert.ToBase64String(SHA384.HashData(FileBytes.Value))}");

    /// <summary>The file, as it is served.</summary>
    public static ReadOnlyMemory<byte> File => FileBytes.Value;

    /// <summary>The file's digest, by which a reader knows it wherever it is served [SRI §3.5].</summary>
    public static string Digest => FileDigest.Value;

    /// <summary>The type of the subject of a W3C credential, of the type's short name: <c>Membership</c>.</summary>
    public static string NameOf(string type) => char.ToUpperInvariant(type[0]) + type[1..];

    /// <summary>What the type of such a credential stands for.</summary>
    public static string IriOf(string type) => $"{Prefix}{NameOf(type)}Credential";

    /// <summary>Whether it has a name for a type.</summary>
    public static bool Has(string name) => Terms.Value.Contains(name);

    /// <summary>Where a nation serves it.</summary>
    public static string UrlOf(Nation nation) => nation.Url("/schemas/" + FileName);

    /// <summary>The contexts that a nation's reader knows: the base ones and this.</summary>
    public static KnownContexts KnownBy(Nation nation) => KnownContexts.Base.With(JsonLdContext.Read(UrlOf(nation), File, Sha256));
}
