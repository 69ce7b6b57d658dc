using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>The JSON Canonicalization Scheme [RFC8785]: one spelling for what is equal by JSON's data model, so that it can be hashed.</summary>
/// <remarks>
/// Numbers are IEEE 754 doubles, as in ECMAScript: two that no double tells apart are one [RFC8785 §3.2.2.3]. Members are sorted by UTF-16 code units, and not by
/// what their bytes are in UTF-8: the two differ beyond the Basic Multilingual Plane [RFC8785 §3.2.3].
/// </remarks>
public static class Jcs
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\");

    /// <summary>The canonical bytes of a value, as <see cref="StrictJson"/> read it or as it was made; a null is JSON's.</summary>
    /// <exception cref="Refusal">Malformed: a number beyond every double, a lone surrogate, or a nesting too deep.</exception>
    public static byte[] Canonicalize(JsonNode? node)
    {
        var to = new ArrayBufferWriter<byte>(2048);
        Write(node, to, 0);
        return to.WrittenSpan.ToArray();
    }

    /// <summary>The canonical bytes of an object of these members: of a part of another, or of one with a member changed, without a copy of it.</summary>
    /// <exception cref="Refusal">Malformed, as above.</exception>
    internal static byte[] CanonicalizeMembers(IEnumerable<KeyValuePair<string, JsonNode?>> members)
    {
        var to = new ArrayBufferWriter<byte>(2048);
        WriteMembers([.. members], to, 0);
        return to.WrittenSpan.ToArray();
    }

    /// <summary>An object as its canonical bytes say it: of numbers that no double tells apart, one is left.</summary>
    /// <exception cref="Refusal">Malformed, as above.</exception>
    public static JsonObject Canonical(JsonObject json) => JsonObject.Create(JsonElement.Parse(Canonicalize(json)))!;

    /// <summary>A number as ECMAScript writes it [ECMA-262 §6.1.6.1.20]: the shortest digits that read back as it, as a whole number or a fraction between 1e-7 and 1e21.</summary>
    /// <param name="number">Finite.</param>
    public static string Number(double number)
    {
        if (number == 0) return "0";

        // The runtime's digits are the shortest that round-trip, and of those the nearest, as ECMAScript's are; only where it puts the point differs.
        var (digits, power) = Decimal(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
        var sign = number < 0 ? "-" : "";
        return sign + (power switch
        {
            > 21 or <= -6 => digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + (power > 0 ? "+" : "-") + Math.Abs(power - 1).ToString(CultureInfo.InvariantCulture),
            _ when power >= digits.Length => digits + new string('0', power - digits.Length),
            > 0 => digits[..power] + "." + digits[power..],
            _ => "0." + new string('0', -power) + digits,
        });
    }

    /// <summary>The digits of a positive number without zeros at either end, and where the point stands: 0.digits times ten to the power.</summary>
    private static (string Digits, int Power) Decimal(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var power = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        power += point < 0 ? mantissa.Length : point;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), power - (all.Length - digits.Length));
    }

    private static void Write(JsonNode? node, ArrayBufferWriter<byte> to, int depth)
    {
        if (depth > StrictJson.MaxDepth + 8) throw Refusal.Malformed("it nests too deep");
        switch (node)
        {
            case JsonObject members:
                WriteMembers([.. members], to, depth);
                break;
            case JsonArray items:
                Put((byte)'[', to);
                for (var at = 0; at < items.Count; at++)
                {
                    if (at > 0) Put((byte)',', to);
                    Write(items[at], to, depth + 1);
                }

                Put((byte)']', to);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                // As it was read, where it has no escapes: then its spelling is the canonical one.
                if (value.TryGetValue<JsonElement>(out var element) && JsonMarshal.GetRawUtf8Value(element) is var raw && !raw.Contains((byte)'\\')) to.Write(raw);
                else WriteString(value.GetValue<string>(), to);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                if (!double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                    throw Refusal.Malformed("a number is beyond what a double holds");
                WriteUtf8(Number(number), to);
                break;
            default:
                to.Write(node?.GetValueKind() switch { JsonValueKind.True => "true"u8, JsonValueKind.False => "false"u8, _ => "null"u8 });
                break;
        }
    }

    private static void WriteMembers(KeyValuePair<string, JsonNode?>[] members, ArrayBufferWriter<byte> to, int depth)
    {
        Array.Sort(members, static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        Put((byte)'{', to);
        for (var at = 0; at < members.Length; at++)
        {
            if (at > 0) Put((byte)',', to);
            WriteString(members[at].Key, to);
            Put((byte)':', to);
            Write(members[at].Value, to, depth + 1);
        }

        Put((byte)'}', to);
    }

    private static void WriteString(ReadOnlySpan<char> text, ArrayBufferWriter<byte> to)
    {
        Put((byte)'"', to);
        while (text.Length > 0)
        {
            var plain = text.IndexOfAny(Escaped);
            WriteUtf8(plain < 0 ? text : text[..plain], to);
            if (plain < 0) break;
            switch (text[plain])
            {
                case '"': to.Write("\\\""u8); break;
                case '\\': to.Write("\\\\"u8); break;
                case '\b': to.Write("\\b"u8); break;
                case '\t': to.Write("\\t"u8); break;
                case '\n': to.Write("\\n"u8); break;
                case '\f': to.Write("\\f"u8); break;
                case '\r': to.Write("\\r"u8); break;
                default: WriteUtf8(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[plain]:x4}"), to); break;
            }

            text = text[(plain + 1)..];
        }

        Put((byte)'"', to);
    }

    private static void Put(byte one, ArrayBufferWriter<byte> to)
    {
        to.GetSpan(1)[0] = one;
        to.Advance(1);
    }

    private static void WriteUtf8(ReadOnlySpan<char> text, ArrayBufferWriter<byte> to)
    {
        if (Utf8.FromUtf16(text, to.GetSpan(text.Length * 3), out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            throw Refusal.Malformed("a lone surrogate");
        to.Advance(written);
    }
}
