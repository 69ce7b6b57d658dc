using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>What one log entry sets [DID-WebVH §did:webvh DID Method Parameters]. Null is what it doesn't set, never what stands in it: JSON's null is refused.</summary>
public sealed record LogParameters
{
    /// <summary>The one version of the method that is read here.</summary>
    public const string Version = "did:webvh:1.0";

    /// <summary>How many keys, hashes or watchers there may be.</summary>
    public const int MaxItems = 64;

    /// <summary>How long a key, hash or URL may be.</summary>
    public const int MaxLength = 1024;

    private static readonly HashSet<string> Known = ["method", "scid", "updateKeys", "nextKeyHashes", "witness", "watchers", "portable", "deactivated", "ttl"];

    /// <summary>The version of the method.</summary>
    public string? Method { get; init; }

    /// <summary>The self-certifying identifier; of the first entry only.</summary>
    public string? Scid { get; init; }

    /// <summary>The keys that may sign entries, as Multikeys.</summary>
    public IReadOnlyList<string>? UpdateKeys { get; init; }

    /// <summary>The hashes of the keys that the next entry may have: pre-rotation. Empty ends it.</summary>
    public IReadOnlyList<string>? NextKeyHashes { get; init; }

    /// <summary>Who must approve of entries.</summary>
    public WitnessRule? Witness { get; init; }

    /// <summary>URLs of who watches the log.</summary>
    public IReadOnlyList<string>? Watchers { get; init; }

    /// <summary>Whether the DID may move to another place.</summary>
    public bool? Portable { get; init; }

    /// <summary>Whether this ends the DID.</summary>
    public bool? Deactivated { get; init; }

    /// <summary>For how many seconds what was resolved may be kept; 0 is not at all.</summary>
    public long? Ttl { get; init; }

    /// <summary>Reads the parameters of an entry.</summary>
    /// <exception cref="Refusal">invalidDid: another version of the method. invalidParameters: an unknown one, a null, a wrong type, a value out of its range, or too many.</exception>
    public static LogParameters Parse(JsonObject json)
    {
        // 1. An unknown version is never read as the known one, and before anything else: it could mean other things by the other members.
        if (json.TryGetPropertyValue("method", out var method) && !(method is JsonValue value && value.TryGetValue<string>(out var name) && name == Version))
            throw DidRefusal.InvalidDid($"the method is not {Version}");
        return Refusal.Recode(DidRefusal.InvalidParametersCode, () =>
        {
            if (!json.All(member => Known.Contains(member.Key))) throw Refusal.Malformed("a parameter is not one of this version of the method");

            return new LogParameters
            {
                Method = json.OptionalString("method"),
                Scid = json.OptionalString("scid"),
                UpdateKeys = Items(json, "updateKeys"),
                NextKeyHashes = Items(json, "nextKeyHashes"),
                Witness = json.OptionalObject("witness") is { } witness ? WitnessRule.Parse(witness) : null,
                Watchers = Items(json, "watchers"),
                Portable = json.OptionalBoolean("portable"),
                Deactivated = json.OptionalBoolean("deactivated"),
                Ttl = json.OptionalInt64("ttl") switch
                {
                    null => null,
                    >= 0 and <= 1L << 31 and var seconds => seconds,
                    _ => throw Refusal.Malformed("ttl must be from 0 to 2147483648"),
                },
            };
        });
    }

    /// <summary>The parameters as JSON: those that are set.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        Add("method", Method);
        Add("scid", Scid);
        Add("updateKeys", Array(UpdateKeys));
        Add("nextKeyHashes", Array(NextKeyHashes));
        Add("witness", Witness?.ToJson());
        Add("watchers", Array(Watchers));
        Add("portable", Portable);
        Add("deactivated", Deactivated);
        Add("ttl", Ttl);
        return json;

        void Add(string name, JsonNode? value)
        {
            if (value is not null) json[name] = value;
        }

        static JsonArray? Array(IReadOnlyList<string>? items) => items is null ? null : new([.. items.Select(item => (JsonNode)item)]);
    }

    private static IReadOnlyList<string>? Items(JsonObject json, string name)
    {
        if (json.OptionalStrings(name) is not { } items) return null;
        if (items.Count > MaxItems || items.Any(item => item.Length is 0 or > MaxLength)) throw Refusal.Malformed($"{name} has too many or too long items");
        return items.Distinct(StringComparer.Ordinal).Count() == items.Count ? items : throw Refusal.Malformed($"{name} holds an item twice");
    }
}
