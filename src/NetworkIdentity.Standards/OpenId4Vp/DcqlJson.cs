using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>The shapes that recur in DCQL [OpenID4VP §6].</summary>
internal static class DcqlJson
{
    /// <summary>The most elements of any one array that are read.</summary>
    public const int MaxItems = 200;

    /// <summary>A non-empty array; null where it is absent.</summary>
    public static JsonArray? NonEmpty(JsonObject json, string name)
    {
        if (json.OptionalArray(name) is not { } array) return null;
        if (array.Count == 0) throw Refusal.Malformed($"{name} must not be empty");
        if (array.Count > MaxItems) throw Refusal.Malformed($"{name} has too many elements");
        return array;
    }

    /// <summary>A non-empty array of objects, each read; empty where it is absent.</summary>
    public static T[] Objects<T>(JsonObject json, string name, Func<JsonObject, T> read) => NonEmpty(json, name) is { } array
        ? [.. array.Select(item => read(item as JsonObject ?? throw Refusal.Malformed($"{name} must be an array of objects")))]
        : [];

    /// <summary>A non-empty array of strings; empty where it is absent.</summary>
    public static string[] Strings(JsonObject json, string name) => NonEmpty(json, name) is { } array ? Strings(array, name) : [];

    /// <summary>A non-empty array of non-empty arrays of identifiers; empty where it is absent.</summary>
    public static IReadOnlyList<string>[] Combinations(JsonObject json, string name) => NonEmpty(json, name) is { } array
        ? [.. array.Select(item => item is JsonArray { Count: > 0 and <= MaxItems } ids
            ? Strings(ids, name)
            : throw Refusal.Malformed($"{name} must hold non-empty arrays of identifiers"))]
        : [];

    /// <summary>An identifier: letters, digits, underscores and hyphens [OpenID4VP §6.1].</summary>
    public static string Id(string id) => id.Length is > 0 and <= 100 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        ? id
        : throw Refusal.Malformed("an id must be of letters, digits, underscores and hyphens");

    public static void RefuseTwice(IEnumerable<string> values, string words)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!values.All(seen.Add)) throw Refusal.Malformed(words);
    }

    public static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static string[] Strings(JsonArray array, string name) => [.. array.Select(item => item?.GetValueKind() == JsonValueKind.String
        ? item.GetValue<string>()
        : throw Refusal.Malformed($"{name} must hold strings"))];
}
