using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Breaks what is valid, the same ways each time for one seed: texts, JSON in its structure, and forms.</summary>
internal sealed class Mutator(uint seed)
{
    /// <summary>Where nothing else is said: <c>NETID_FUZZ_SEED</c>, or one that stays.</summary>
    public static readonly uint UsualSeed = uint.TryParse(Environment.GetEnvironmentVariable("NETID_FUZZ_SEED"), out var given) && given != 0 ? given : 4711;

    /// <summary>How many times as long as usual: <c>NETID_FUZZ_TIMES</c>.</summary>
    public static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("NETID_FUZZ_TIMES"), out var given) && given > 0 ? given : 1;

    private static readonly string[] Splinters =
        ["", "\0", "\"", "{", "}", "[", "]", "[[", ",", ":", "null", "true", "-1", "1e999", "0.5", "9223372036854775808", "\\ud800", "\ud800", "~", "~~", ".", "=", "\u00e9", "_sd", "...", "$ref", "a"];

    private static readonly string[] OddValues =
        ["null", "true", "-1", "0", "1.5", "1e308", "9223372036854775808", "\"\"", "\" \"", "\"\\u0000\"", "\"\\u202e\"", "\"none\"", "\"https://a@b/\"", "[]", "[null]", "{}", "[[[[]]]]", "[\"a\",\"a\"]"];

    private uint _state = seed;

    /// <summary>A number from 0 up to a limit, by xorshift32.</summary>
    public int Next(int limit) => Next(0, limit);

    /// <summary>A number of a range.</summary>
    public int Next(int from, int limit)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return from + (int)(_state % (uint)(limit - from));
    }

    /// <summary>One of several.</summary>
    public T One<T>(IReadOnlyList<T> of) => of[Next(of.Count)];

    /// <summary>A text that was cut in one place or up to three.</summary>
    public string Text(string valid)
    {
        var mutant = new StringBuilder(valid);
        for (var cuts = Next(1, 4); cuts > 0 && mutant.Length > 0; cuts--) Cut(mutant);
        return mutant.ToString();
    }

    /// <summary>JSON with something missing, odd, doubled or grown in it, at any depth; now and then it is JSON no more.</summary>
    public string Json(JsonNode valid)
    {
        var root = valid.DeepClone();
        var places = new List<(JsonNode Parent, string? Name, int At)>();
        Collect(root, places);
        if (places.Count == 0 || Next(8) == 0) return Text(root.ToJsonString());
        for (var changes = Next(1, 3); changes > 0; changes--)
        {
            var (parent, name, at) = One(places);
            if (parent is JsonObject members && members.ContainsKey(name!)) Change(members, name!);
            else if (parent is JsonArray items && at < items.Count) items[at] = JsonNode.Parse(One(OddValues));
        }

        var text = root.ToJsonString();
        return Next(12) switch
        {
            0 when text.StartsWith('{') => "{" + text[1..^1] + "," + text[1..], // each member twice
            1 => string.Concat(Enumerable.Repeat("[", 400)) + text,
            _ => text,
        };
    }

    /// <summary>A form's fields with one or two of them broken; <paramref name="json"/> says which hold JSON.</summary>
    public List<KeyValuePair<string, string>> Form(IEnumerable<KeyValuePair<string, string>> valid, params string[] json)
    {
        var form = valid.ToList();
        for (var changes = Next(1, 3); changes > 0 && form.Count > 0; changes--)
        {
            var at = Next(form.Count);
            var (name, value) = form[at];
            switch (Next(9))
            {
                case 0: form.RemoveAt(at); break;
                case 1: form.Add(new(name, Text(value))); break;
                case 2: form[at] = new(Text(name), value); break;
                case 3: form[at] = new(name, One(Splinters)); break;
                case 4: form[at] = new(name, One(form).Value); break;
                case 5: form[at] = new(name, new string((char)Next(' ', 0x250), Next(1, 40_000))); break;
                default:
                    form[at] = new(name, json.Contains(name) && IsJson(value, out var parsed) ? Json(parsed) : Text(value));
                    break;
            }
        }

        return form;
    }

    /// <summary>Whether a text is JSON, and not null.</summary>
    public static bool IsJson(string text, [NotNullWhen(true)] out JsonNode? json)
    {
        json = null;
        try
        {
            json = JsonNode.Parse(text);

            // A name that stands twice comes to light only here.
            return json?.ToJsonString() is not null && json.DeepClone() is not null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private void Change(JsonObject members, string name)
    {
        switch (Next(5))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                var kept = members[name]?.DeepClone();
                members.Remove(name);
                members[Text(name)] = kept;
                break;
            case 2 when members[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String:
                members[name] = Text(value.GetValue<string>());
                break;
            case 3:
                members[name] = new string('x', Next(1, 20_000));
                break;
            default:
                members[name] = JsonNode.Parse(One(OddValues));
                break;
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string? Name, int At)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((members, name, 0));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var at = 0; at < items.Count; at++)
            {
                places.Add((items, null, at));
                Collect(items[at], places);
            }
        }
    }

    private void Cut(StringBuilder text)
    {
        var at = Next(text.Length);
        var length = Math.Min(Next(1, 12), text.Length - at);
        switch (Next(4))
        {
            case 0:
                text[at] = (char)Next(' ', 0x80);
                break;
            case 1:
                text.Remove(at, length);
                break;
            case 2:
                text.Insert(at, text.ToString(at, length));
                break;
            default:
                text.Remove(at, length).Insert(at, One(Splinters));
                break;
        }
    }
}
