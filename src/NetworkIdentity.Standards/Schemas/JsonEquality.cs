using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>Equality of JSON values [JSON-Schema §4.2.2]: numbers by value, objects in any order.</summary>
internal static class JsonEquality
{
    /// <summary>A text that is the same for equal values alone.</summary>
    public static string Key(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach (var (name, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    AppendString(text, name);
                    Append(text, value);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                foreach (var item in items)
                {
                    Append(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case { } value when value.GetValueKind() == JsonValueKind.String:
                AppendString(text, value.GetValue<string>());
                break;
            default:
                text.Append(JsonNumber.Of(node)?.ToString() ?? node?.ToJsonString() ?? "null");
                break;
        }
    }

    // The length before it makes the text unambiguous without escapes.
    private static void AppendString(StringBuilder text, string value) => text.Append(value.Length).Append('"').Append(value);
}
