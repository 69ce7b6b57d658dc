using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What the suites that canonicalize JSON by JCS have in common [DI-EdDSA §3.3] [DI-ECDSA §3.3]: all but the keys and the hash.</summary>
/// <remarks>
/// One surprise: the context of the document may have grown since a proof was made. A proof carries the context it was made with, the document's
/// must begin with it, and what is verified is the document with the proof's own.
/// </remarks>
public abstract class JcsCryptosuite : Cryptosuite
{
    private const string Context = "@context";

    /// <summary>The hash that goes with a key.</summary>
    protected abstract HashAlgorithmName HashFor(Jwk key);

    /// <inheritdoc/>
    internal override byte[] ToBeSigned(JsonObject document, JsonObject options, Jwk key)
    {
        // [DI-EdDSA §3.3.1] step 2: the options have the document's context, and stay right when it grows.
        if (document.TryGetPropertyValue(Context, out var context)) options[Context] = context?.DeepClone();

        // Steps 3 to 5.
        return HashData(Jcs.Canonicalize(options), Jcs.Canonicalize(document), HashFor(key));
    }

    /// <inheritdoc/>
    internal override SecuredBytes ToBeVerified(IEnumerable<KeyValuePair<string, JsonNode?>> document, IEnumerable<KeyValuePair<string, JsonNode?>> options, Jwk key)
    {
        // [DI-EdDSA §3.3.2] step 4.
        if (options.FirstOrDefault(member => member.Key == Context) is { Key: not null } own)
        {
            if (!Begins(document.FirstOrDefault(member => member.Key == Context).Value, own.Value))
                throw DataIntegrityRefusal.Verification("@context of the document does not begin with the proof's");
            document = document.Select(member => member.Key == Context ? own : member);
        }

        // Steps 5 to 7.
        var secured = Jcs.CanonicalizeMembers(document);
        return new(HashData(Jcs.CanonicalizeMembers(options), secured, HashFor(key)), secured);
    }

    /// <summary>The hash of the options, then the hash of the document [DI-EdDSA §3.3.4] [DI-ECDSA §3.3.4].</summary>
    internal static byte[] HashData(ReadOnlySpan<byte> proofConfig, ReadOnlySpan<byte> document, HashAlgorithmName hash) =>
        [.. CryptographicOperations.HashData(hash, proofConfig), .. CryptographicOperations.HashData(hash, document)];

    private static bool Begins(JsonNode? context, JsonNode? with)
    {
        var (all, first) = (ValuesOf(context), ValuesOf(with));
        return first.Count <= all.Count && first.Zip(all).All(pair => JsonNode.DeepEquals(pair.First, pair.Second));
    }

    private static IReadOnlyList<JsonNode?> ValuesOf(JsonNode? context) => context switch
    {
        null => [],
        JsonArray array => [.. array],
        _ => [context],
    };
}
