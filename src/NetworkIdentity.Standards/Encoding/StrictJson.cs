using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>JSON as it comes from strangers: I-JSON [RFC7493], read so that two readers can't see two things.</summary>
/// <remarks>
/// Refused: a duplicate member name, bytes that are not UTF-8, a lone surrogate, a nesting deeper than <see cref="MaxDepth"/>,
/// comments, trailing commas, and anything behind the value.
/// </remarks>
public static class StrictJson
{
    /// <summary>How deep arrays and objects may nest.</summary>
    public const int MaxDepth = 32;

    /// <summary>How long a member name may be, in characters: paths are made of names, and many of them of a long one.</summary>
    public const int MaxNameLength = 512;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth + 8,
    };

    /// <summary>Reads one JSON object.</summary>
    /// <exception cref="Refusal">Malformed, with the rule that was broken.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8) =>
        Parse(utf8) as JsonObject ?? throw Refusal.Malformed("not a JSON object");

    /// <summary>Reads one JSON object.</summary>
    /// <exception cref="Refusal">Malformed, with the rule that was broken.</exception>
    public static JsonObject ParseObject(string text) => ParseObject(Utf8(text));

    /// <summary>Reads one JSON value; JSON's null is a null.</summary>
    /// <exception cref="Refusal">Malformed, with the rule that was broken.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8IsValid(utf8)) throw Refusal.Malformed("not UTF-8");
        try
        {
            var element = JsonElement.Parse(utf8, Reading);

            // In UTF-8 a lone surrogate can only be written as an escape, and a long name needs room: most texts need no second look.
            if (utf8.Length > MaxNameLength || utf8.IndexOf("\\u"u8) >= 0) RefuseNamesAndSurrogates(utf8);
            return element.ValueKind switch
            {
                JsonValueKind.Object => JsonObject.Create(element),
                JsonValueKind.Array => JsonArray.Create(element),
                _ => JsonValue.Create(element),
            };
        }
        catch (JsonException exception)
        {
            throw Refusal.Malformed("not JSON, or a member name stands twice, or it nests too deep", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The framework finds them by making the string; its own search for duplicate names makes some too.
            throw Refusal.Malformed("a lone surrogate", exception);
        }
    }

    /// <summary>Writes compact UTF-8, with only the escapes that JSON demands.</summary>
    public static byte[] Write(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Writing);

    /// <summary>A writer of compact UTF-8, with only the escapes that JSON demands.</summary>
    public static Utf8JsonWriter Writer(IBufferWriter<byte> to) => new(to, new() { Encoder = Writing.Encoder, MaxDepth = Writing.MaxDepth });

    /// <summary>Writes compact text, with only the escapes that JSON demands.</summary>
    public static string WriteText(JsonNode? node) => node is null ? "null" : node.ToJsonString(Writing);

    private static bool Utf8IsValid(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    private static byte[] Utf8(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (System.Text.EncoderFallbackException exception)
        {
            throw Refusal.Malformed("a lone surrogate", exception);
        }
    }

    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static void RefuseNamesAndSurrogates(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String)) continue;
            var isLong = reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.Length > MaxNameLength;
            if (!isLong && !reader.ValueIsEscaped) continue;
            var text = reader.GetString()!;
            if (isLong && text.Length > MaxNameLength) throw Refusal.Malformed("a member name is too long");
        }
    }
}
