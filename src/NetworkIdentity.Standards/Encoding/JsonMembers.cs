using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>Reads members of a JSON object by name and type; a wrong type is refused, never coerced.</summary>
public static class JsonMembers
{
    /// <summary>The member as a string; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not a string.</exception>
    public static string? OptionalString(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node)
        ? node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Wrong(name, "a string")
        : null;

    /// <summary>The member as a string.</summary>
    /// <exception cref="Refusal">Malformed: absent or not a string.</exception>
    public static string RequiredString(this JsonObject json, string name) => json.OptionalString(name) ?? throw Missing(name);

    /// <summary>The member as an integer; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not a whole number that fits 64 bits.</exception>
    public static long? OptionalInt64(this JsonObject json, string name)
    {
        if (!json.TryGetPropertyValue(name, out var node)) return null;
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && TryInt64(value, out var number)) return number;
        throw Wrong(name, "an integer");
    }

    /// <summary>The member as an integer.</summary>
    /// <exception cref="Refusal">Malformed: absent or not a whole number that fits 64 bits.</exception>
    public static long RequiredInt64(this JsonObject json, string name) => json.OptionalInt64(name) ?? throw Missing(name);

    /// <summary>The member as a NumericDate [RFC7519 §2]: seconds since 1970, a fraction cut off; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not a number from 0 to the year 9999.</exception>
    public static DateTimeOffset? OptionalTime(this JsonObject json, string name)
    {
        if (!json.TryGetPropertyValue(name, out var node)) return null;
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && double.TryParse(value.ToJsonString(), out var seconds) && seconds is >= 0 and <= 253402300799)
        {
            return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        }

        throw Wrong(name, "a NumericDate");
    }

    /// <summary>The member as a boolean; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not a boolean.</exception>
    public static bool? OptionalBoolean(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node)
        ? node?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "a boolean"),
        }
        : null;

    /// <summary>The member as an object; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not an object.</exception>
    public static JsonObject? OptionalObject(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node)
        ? node as JsonObject ?? throw Wrong(name, "an object")
        : null;

    /// <summary>The member as an object.</summary>
    /// <exception cref="Refusal">Malformed: absent or not an object.</exception>
    public static JsonObject RequiredObject(this JsonObject json, string name) => json.OptionalObject(name) ?? throw Missing(name);

    /// <summary>The member as an array; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not an array.</exception>
    public static JsonArray? OptionalArray(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node)
        ? node as JsonArray ?? throw Wrong(name, "an array")
        : null;

    /// <summary>The member as an array of strings; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not an array, or an item is not a string.</exception>
    public static IReadOnlyList<string>? OptionalStrings(this JsonObject json, string name) => json.OptionalArray(name) is { } array
        ? [.. array.Select(item => item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>() : throw Wrong(name, "an array of strings"))]
        : null;

    private static bool TryInt64(JsonValue value, out long number) =>
        long.TryParse(value.ToJsonString(), System.Globalization.NumberStyles.AllowLeadingSign, null, out number);

    private static Refusal Missing(string name) => Refusal.Malformed($"{name} is missing");

    private static Refusal Wrong(string name, string what) => Refusal.Malformed($"{name} must be {what}");
}
