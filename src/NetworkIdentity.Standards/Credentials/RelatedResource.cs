using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A resource outside the credential, and the digests that say which [VCDM §5.3].</summary>
/// <param name="Id"><c>id</c>: its URL.</param>
/// <param name="MediaType"><c>mediaType</c>; null where absent.</param>
public sealed record RelatedResource(string Id, string? MediaType)
{
    private const int MaxDigests = 16;

    private enum Hash
    {
        Unknown,
        Sha256,
        Sha384,
        Sha512,
    }

    private List<(Hash Hash, byte[] Digest)> Sri { get; } = [];

    private List<(Hash Hash, byte[] Digest)> Multihashes { get; } = [];

    /// <summary>Reads one: an item of <c>relatedResource</c>, or any object with an <c>id</c> that is annotated with digests.</summary>
    /// <exception cref="Refusal">Malformed: no URL as <c>id</c>, no digest at all, or one that is none.</exception>
    public static RelatedResource Read(JsonObject json)
    {
        var resource = new RelatedResource(CredentialMembers.RequiredUrl(json, "id", "relatedResource"), json.OptionalString("mediaType"));
        foreach (var text in Texts(json, "digestSRI")) resource.AddSri(text);
        foreach (var text in Texts(json, "digestMultibase")) resource.AddMultibase(text);
        if (resource.Sri.Count + resource.Multihashes.Count == 0) throw Refusal.Malformed("relatedResource must have a digestSRI or a digestMultibase");
        if (resource.Sri.Count > MaxDigests || resource.Multihashes.Count > MaxDigests) throw Refusal.Malformed("relatedResource has too many digests");
        return resource;
    }

    /// <summary>Holds the resource's bytes against the digests. Where both properties are there, both must hold.</summary>
    /// <remarks>Of several in one property the strongest hash counts, and one digest of it must be the bytes' [SRI §3.3.4].</remarks>
    /// <exception cref="Refusal">CRYPTOGRAPHIC_SECURITY_ERROR: it is another resource. NOT_UNDERSTOOD: no hash of a property is known here.</exception>
    public void Check(ReadOnlySpan<byte> bytes)
    {
        Check(Sri, bytes);
        Check(Multihashes, bytes);
    }

    /// <summary>Whether these are the resource's bytes, as far as its digests are of known hashes.</summary>
    public bool Is(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Check(bytes);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private static void Check(List<(Hash Hash, byte[] Digest)> digests, ReadOnlySpan<byte> bytes)
    {
        if (digests.Count == 0) return;
        var strongest = digests.Max(digest => digest.Hash);
        if (strongest == Hash.Unknown) throw CredentialRefusal.NotUnderstood("relatedResource has a digest of an unknown hash alone");
        var actual = strongest switch
        {
            Hash.Sha256 => SHA256.HashData(bytes),
            Hash.Sha384 => SHA384.HashData(bytes),
            _ => SHA512.HashData(bytes),
        };
        if (!digests.Exists(digest => digest.Digest.AsSpan().SequenceEqual(actual)))
            throw CredentialRefusal.CryptographicSecurity("relatedResource is another resource than its digest says");
    }

    // hash-expression, several of them with white space between, options behind a question mark [SRI §3.5].
    private void AddSri(string text)
    {
        var expressions = text.Split([' ', '\t', '\n', '\r', '\f'], StringSplitOptions.RemoveEmptyEntries);
        if (expressions.Length is 0 or > MaxDigests) throw Wrong("digestSRI");
        foreach (var expression in expressions)
        {
            var dash = expression.IndexOf('-', StringComparison.Ordinal);
            var hash = dash < 0 ? Hash.Unknown : expression[..dash] switch { "sha256" => Hash.Sha256, "sha384" => Hash.Sha384, "sha512" => Hash.Sha512, _ => Hash.Unknown };
            if (!Base64.TryDecode(expression[(dash + 1)..].Split('?')[0], out var digest) || digest.Length != Length(hash)) throw Wrong("digestSRI");
            Sri.Add((hash, digest));
        }
    }

    // A multihash: the hash's code, the digest's length, the digest [DI §2.6].
    private void AddMultibase(string text)
    {
        var bytes = text.Length <= 256 ? Multibase.Decode(text, "zu") : throw Wrong("digestMultibase");
        if (bytes.Length < 3 || bytes[0] >= 0x80 || bytes[1] != bytes.Length - 2) throw Wrong("digestMultibase");
        var hash = bytes[0] switch { 0x12 => Hash.Sha256, 0x20 => Hash.Sha384, 0x13 => Hash.Sha512, _ => Hash.Unknown };
        if (hash != Hash.Unknown && bytes[1] != Length(hash)) throw Wrong("digestMultibase");
        Multihashes.Add((hash, bytes[2..]));
    }

    private static int Length(Hash hash) => hash switch { Hash.Sha256 => 32, Hash.Sha384 => 48, Hash.Sha512 => 64, _ => -1 };

    private static IEnumerable<string> Texts(JsonObject json, string name) => !json.TryGetPropertyValue(name, out var node) ? []
        : node?.GetValueKind() == JsonValueKind.String ? [node.GetValue<string>()]
        : json.OptionalStrings(name) is { Count: > 0 } texts ? texts : throw Wrong(name);

    private static Refusal Wrong(string name) => Refusal.Malformed($"{name} is no digest");
}
