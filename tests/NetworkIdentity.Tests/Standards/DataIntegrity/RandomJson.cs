using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

/// <summary>JSON made at random, and one JSON spelled in many ways that the data model does not tell apart.</summary>
internal static class RandomJson
{
    private static readonly string[] Fragments =
        ["a", "B", "z9", "é", "Ł", "\u20ac", "\ud83d\ude02", "\ufb33", "\r", "\n", "\t", "\u0001", "\u007f", "\u0080", "\"", "\\", "/", "</script>", "1", " ", "\u2028", "@", "$", "\uffff"];

    public static JsonObject Object(Mutator mutator, int depth = 0)
    {
        var json = new JsonObject();
        for (var members = mutator.Next(1, 7); members > 0; members--) json[Text(mutator)] = Value(mutator, depth + 1);
        return json;
    }

    public static string Text(Mutator mutator)
    {
        var text = new StringBuilder();
        for (var parts = mutator.Next(5); parts > 0; parts--) text.Append(mutator.One(Fragments));
        return text.ToString();
    }

    public static double Number(Mutator mutator)
    {
        while (true)
        {
            var number = mutator.Next(4) switch
            {
                0 => mutator.Next(-1000, 1000),
                1 => mutator.Next(-1_000_000, 1_000_000) / 1000.0,
                2 => Math.ScaleB(mutator.Next(1, 1000), mutator.Next(-60, 60)),
                _ => BitConverter.Int64BitsToDouble(((long)mutator.Next(0, int.MaxValue) << 33) ^ ((long)mutator.Next(0, int.MaxValue) << 11) ^ mutator.Next(2048)),
            };
            if (double.IsFinite(number)) return number;
        }
    }

    /// <summary>A text that reads as the same: other white space, order, escapes, and other spellings of the numbers.</summary>
    public static string Spelled(JsonNode? node, Mutator mutator)
    {
        var text = new StringBuilder();
        Spell(node, text, mutator);
        return text.ToString();
    }

    private static JsonNode? Value(Mutator mutator, int depth) => mutator.Next(depth > 4 ? 5 : 8) switch
    {
        0 => null,
        1 => mutator.Next(2) == 0,
        2 => Number(mutator),
        3 or 4 => Text(mutator),
        5 => new JsonArray([.. Enumerable.Range(0, mutator.Next(4)).Select(_ => Value(mutator, depth + 1))]),
        _ => Object(mutator, depth),
    };

    private static void Spell(JsonNode? node, StringBuilder text, Mutator mutator)
    {
        Space(text, mutator);
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                var order = members.ToList();
                for (var i = order.Count - 1; i > 0; i--)
                {
                    var j = mutator.Next(i + 1);
                    (order[i], order[j]) = (order[j], order[i]);
                }

                for (var i = 0; i < order.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Space(text, mutator);
                    SpellText(order[i].Key, text, mutator);
                    Space(text, mutator);
                    text.Append(':');
                    Spell(order[i].Value, text, mutator);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Spell(items[i], text, mutator);
                }

                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                SpellText(value.GetValue<string>(), text, mutator);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                SpellNumber(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture), text, mutator);
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }

        Space(text, mutator);
    }

    private static void SpellText(string value, StringBuilder text, Mutator mutator)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var pair = char.IsHighSurrogate(c);
            if (c is '"' or '\\' or < ' ' || mutator.Next(3) == 0)
            {
                var form = mutator.Next(2) == 0 ? "x4" : "X4";
                text.Append("\\u").Append(((int)c).ToString(form, CultureInfo.InvariantCulture));
                if (pair) text.Append("\\u").Append(((int)value[++i]).ToString(form, CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c == '/' && mutator.Next(2) == 0 ? "\\/" : $"{c}");
                if (pair) text.Append(value[++i]);
            }
        }

        text.Append('"');
    }

    private static void SpellNumber(double number, StringBuilder text, Mutator mutator)
    {
        var plain = mutator.Next(3) switch
        {
            0 => number.ToString("E16", CultureInfo.InvariantCulture),
            1 => number.ToString("R", CultureInfo.InvariantCulture),
            _ => number.ToString("E25", CultureInfo.InvariantCulture).Replace("E+0", "e", StringComparison.Ordinal),
        };
        text.Append(plain);
        if (plain.All(c => char.IsAsciiDigit(c) || c == '-')) text.Append(mutator.One(["", ".0", "e0", ".000E+00"]));
    }

    private static void Space(StringBuilder text, Mutator mutator)
    {
        if (mutator.Next(4) == 0) text.Append(mutator.One([" ", "\n", "\t", "\r\n  "]));
    }
}
