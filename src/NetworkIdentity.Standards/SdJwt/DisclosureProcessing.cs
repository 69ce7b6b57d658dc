using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>Steps 3 to 5 of [RFC9901 §7.1], and the check of <c>_sd_alg</c> of step 2.</summary>
internal sealed class DisclosureProcessing
{
    internal const string Digests = "_sd";
    internal const string ElementDigest = "...";
    internal const string HashName = "_sd_alg";

    private readonly Dictionary<string, Disclosure> _byDigest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<ClaimsPath> _disclosed = [];
    private readonly List<ClaimsPathStep> _path = [];
    private int _used;

    private DisclosureProcessing(IReadOnlyList<Disclosure> disclosures)
    {
        // 3.1. The digest of each disclosure, over its text.
        foreach (var disclosure in disclosures)
            if (!_byDigest.TryAdd(disclosure.Digest(), disclosure)) throw Refusal.Malformed("a disclosure stands twice");
    }

    public static ProcessedSdJwt Run(JsonObject payload, IReadOnlyList<Disclosure> disclosures)
    {
        // 2.5. The hash: absent means SHA-256 [RFC9901 §4.1.1].
        if (payload.OptionalString(HashName) is { } hash && hash != SdHash.Name) throw Refusal.Malformed("_sd_alg must be sha-256");
        payload.Remove(HashName);

        var run = new DisclosureProcessing(disclosures);
        var asIssued = run.Object(payload, 1);

        // 5. Every disclosure was referenced. (4, a digest that stands twice, is checked where digests are met.)
        if (run._used != disclosures.Count) throw Refusal.Malformed("a disclosure is referenced by no digest");
        return new((JsonObject)WithoutDigests(asIssued)!, asIssued, run._disclosed);
    }

    private JsonNode? Value(JsonNode? value, int depth) => value switch
    {
        JsonObject members => Object(members, depth + 1),
        JsonArray items => Array(items, depth + 1),
        _ => value?.DeepClone(),
    };

    private JsonObject Object(JsonObject members, int depth)
    {
        CheckDepth(depth);
        var processed = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (name == Digests) continue;
            RefuseReserved(name);
            processed[name] = At(new(name, null), value, depth);
        }

        if (!members.TryGetPropertyValue(Digests, out var digests)) return processed;

        // 3.3.2. Digests of claims.
        var open = new JsonArray();
        foreach (var digest in DigestsOf(digests))
        {
            if (Find(digest) is not { } disclosure)
            {
                open.Add(digest);
                continue;
            }

            if (disclosure.Name is not { } name) throw Refusal.Malformed("a disclosure of two elements stands for a claim");
            RefuseReserved(name);
            if (processed.ContainsKey(name)) throw Refusal.Malformed("a disclosed claim is there already");
            processed[name] = AtDisclosed(new(name, null), disclosure, depth);
        }

        if (open.Count > 0) processed[Digests] = open;
        return processed;
    }

    private JsonArray Array(JsonArray items, int depth)
    {
        CheckDepth(depth);
        var processed = new JsonArray();
        for (var i = 0; i < items.Count; i++)
        {
            var step = new ClaimsPathStep(null, i);
            if (items[i] is not JsonObject element || !element.TryGetPropertyValue(ElementDigest, out var digest))
            {
                processed.Add(At(step, items[i], depth));
                continue;
            }

            // 3.3.3. The digest of an array element.
            if (element.Count != 1) throw Refusal.Malformed("the digest of an array element has members beside it");
            if (digest?.GetValueKind() != JsonValueKind.String) throw Refusal.Malformed("the digest of an array element must be a string");
            if (Find(digest.GetValue<string>()) is not { } disclosure)
            {
                processed.Add(element.DeepClone());
                continue;
            }

            if (disclosure.Name is not null) throw Refusal.Malformed("a disclosure of three elements stands for an array element");
            processed.Add(AtDisclosed(step, disclosure, depth));
        }

        return processed;
    }

    private JsonNode? AtDisclosed(ClaimsPathStep step, Disclosure disclosure, int depth)
    {
        _disclosed.Add(ClaimsPath.Of(_path.Append(step)));
        return At(step, disclosure.Value, depth);
    }

    private JsonNode? At(ClaimsPathStep step, JsonNode? value, int depth)
    {
        _path.Add(step);
        var processed = Value(value, depth);
        _path.RemoveAt(_path.Count - 1);
        return processed;
    }

    private Disclosure? Find(string digest)
    {
        // 4. No digest may be met twice, whether a disclosure answers it or not.
        if (!_seen.Add(digest)) throw Refusal.Malformed("a digest stands twice");
        if (!_byDigest.TryGetValue(digest, out var disclosure)) return null;
        _used++;
        return disclosure;
    }

    private static IEnumerable<string> DigestsOf(JsonNode? digests)
    {
        if (digests is not JsonArray array) throw Refusal.Malformed("_sd must be an array of strings");
        foreach (var digest in array)
        {
            if (digest?.GetValueKind() != JsonValueKind.String) throw Refusal.Malformed("_sd must be an array of strings");
            yield return digest.GetValue<string>();
        }
    }

    // The payload has these names only to convey digests [RFC9901 §4.1], and _sd_alg only at the top [RFC9901 §4.1.1].
    private static void RefuseReserved(string name)
    {
        if (name is Digests or ElementDigest) throw Refusal.Malformed("a claim may not be named _sd or ...");
        if (name == HashName) throw Refusal.Malformed("_sd_alg may stand at the top level only");
    }

    private static void CheckDepth(int depth)
    {
        if (depth > StrictJson.MaxDepth) throw Refusal.Malformed("the disclosures nest too deep");
    }

    // 3.4 and 3.5. Array elements and digests that no disclosure answers are removed.
    private static JsonNode? WithoutDigests(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var kept = new JsonObject();
                foreach (var (name, value) in members)
                    if (name != Digests) kept[name] = WithoutDigests(value);
                return kept;
            case JsonArray items:
                return new JsonArray([.. items.Where(item => !IsElementDigest(item)).Select(WithoutDigests)]);
            default:
                return node?.DeepClone();
        }
    }

    internal static bool IsElementDigest(JsonNode? item) => item is JsonObject { Count: 1 } element && element.ContainsKey(ElementDigest);
}
