using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>Turns a schema into rules, one keyword after the other.</summary>
internal sealed partial class SchemaCompiler
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";
    private const string DefinitionPrefix = "#/$defs/";
    private const int MaxDepth = 200;

    private static readonly Dictionary<string, Action<SchemaCompiler, SchemaNode, JsonObject, JsonNode?>> Compilers = new(StringComparer.Ordinal)
    {
        // Core [JSON-Schema §8].
        ["$schema"] = (_, _, _, value) => Expect(value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == Dialect, "$schema"),
        ["$id"] = (compiler, _, schema, value) => Expect(value?.GetValueKind() == JsonValueKind.String && schema == compiler._root, "$id"),
        ["$ref"] = (compiler, node, _, value) => compiler.Reference(node, Text("$ref", value)),
        ["$defs"] = (compiler, _, _, value) =>
        {
            foreach (var (_, definition) in Members("$defs", value)) compiler.Node(definition);
        },

        // Annotations [JSON-Schema-Validation §7, §9]: kept in the file, no rule.
        ["title"] = (_, _, _, value) => Text("title", value),
        ["description"] = (_, _, _, value) => Text("description", value),
        ["$comment"] = (_, _, _, value) => Text("$comment", value),
        ["examples"] = (_, _, _, value) => Items("examples", value),
        ["default"] = (_, _, _, _) => { },
        ["format"] = (_, _, _, value) => Text("format", value),

        // Schemas for the same instance [JSON-Schema §10.2].
        ["allOf"] = (compiler, node, _, value) => AllOf(node, compiler.InPlace(node, "allOf", value)),
        ["anyOf"] = (compiler, node, _, value) => AnyOf(node, compiler.InPlace(node, "anyOf", value)),
        ["oneOf"] = (compiler, node, _, value) => OneOf(node, compiler.InPlace(node, "oneOf", value)),
        ["not"] = (compiler, node, _, value) => Not(node, compiler.InPlace(node, value)),

        // Schemas for what is below [JSON-Schema §10.3].
        ["properties"] = (compiler, node, _, value) => Properties(
            node, Members("properties", value).ToDictionary(member => member.Key, member => compiler.Node(member.Value), StringComparer.Ordinal)),
        ["additionalProperties"] = (compiler, node, schema, value) => AdditionalProperties(
            node, schema["properties"] is JsonObject known ? [.. known.Select(member => member.Key)] : [], compiler.Node(value)),
        ["propertyNames"] = (compiler, node, _, value) => PropertyNames(node, compiler.Node(value)),
        ["prefixItems"] = (compiler, node, _, value) => PrefixItems(node, [.. NonEmpty("prefixItems", value).Select(compiler.Node)]),
        ["items"] = (compiler, node, schema, value) =>
            Items(node, schema["prefixItems"] is JsonArray prefix ? prefix.Count : 0, compiler.Node(value)),

        // Rules for values [JSON-Schema-Validation §6].
        ["type"] = (_, node, _, value) => Type(node, value),
        ["const"] = (_, node, _, value) => OneOfValues(node, [JsonEquality.Key(value)], "is not the one value that is allowed"),
        ["enum"] = (_, node, _, value) =>
            OneOfValues(node, [.. Items("enum", value).Select(JsonEquality.Key)], "is not one of the values that are allowed"),
        ["required"] = (_, node, _, value) => Required(node, Strings("required", value)),
        ["minItems"] = (_, node, _, value) => ItemCount(node, Count("minItems", value), int.MaxValue),
        ["maxItems"] = (_, node, _, value) => ItemCount(node, 0, Count("maxItems", value)),
        ["uniqueItems"] = (_, node, _, value) => UniqueItems(node, Flag("uniqueItems", value)),
        ["minLength"] = (_, node, _, value) => Length(node, Count("minLength", value), int.MaxValue),
        ["maxLength"] = (_, node, _, value) => Length(node, 0, Count("maxLength", value)),
        ["pattern"] = (_, node, _, value) => Pattern(node, EcmaPattern.Compile(Text("pattern", value))),
        ["minimum"] = (_, node, _, value) => Bound(node, Number("minimum", value), sign => sign >= 0, "is less than the minimum"),
        ["maximum"] = (_, node, _, value) => Bound(node, Number("maximum", value), sign => sign <= 0, "is more than the maximum"),
        ["exclusiveMinimum"] = (_, node, _, value) =>
            Bound(node, Number("exclusiveMinimum", value), sign => sign > 0, "is not more than the exclusive minimum"),
        ["exclusiveMaximum"] = (_, node, _, value) =>
            Bound(node, Number("exclusiveMaximum", value), sign => sign < 0, "is not less than the exclusive maximum"),
        ["multipleOf"] = (_, node, _, value) => MultipleOf(node, Number("multipleOf", value)),
    };

    private readonly JsonObject _root;
    private readonly Dictionary<string, SchemaNode> _definitions = new(StringComparer.Ordinal);
    private int _depth;

    private SchemaCompiler(JsonObject root) => _root = root;

    public static IReadOnlyCollection<string> Keywords => Compilers.Keys;

    public static SchemaNode Compile(JsonObject schema)
    {
        var compiler = new SchemaCompiler(schema);
        var root = compiler.Node(schema);
        RefuseCircles(root, compiler._definitions.Values);
        return root;
    }

    private SchemaNode Node(JsonNode? schema)
    {
        var node = new SchemaNode();
        Fill(node, schema);
        return node;
    }

    private void Fill(SchemaNode node, JsonNode? schema)
    {
        if (++_depth > MaxDepth) throw Refusal.Malformed("the schema nests too deep");
        switch (schema)
        {
            case JsonObject keywords:
                foreach (var (name, value) in keywords)
                {
                    if (!Compilers.TryGetValue(name, out var compile))
                        throw Refusal.Malformed($"the schema has the keyword {Printable(name)}, which is not supported");
                    compile(this, node, keywords, value);
                }

                break;
            case { } flag when flag.GetValueKind() == JsonValueKind.True:
                break;
            case { } flag when flag.GetValueKind() == JsonValueKind.False:
                node.Rules.Add((_, path, run) => run.Fail(path, "is not allowed here"));
                break;
            default:
                throw Refusal.Malformed("a schema must be an object or a boolean");
        }

        _depth--;
    }

    private void Reference(SchemaNode node, string reference)
    {
        if (!reference.StartsWith(DefinitionPrefix, StringComparison.Ordinal) || reference.IndexOf('/', DefinitionPrefix.Length) >= 0)
            throw Refusal.Malformed("$ref must be #/$defs/ and a name");

        // A JSON Pointer in a URI fragment [RFC6901 §6].
        var name = Uri.UnescapeDataString(reference[DefinitionPrefix.Length..])
            .Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        if (_root["$defs"] is not JsonObject definitions || !definitions.TryGetPropertyValue(name, out var definition))
            throw Refusal.Malformed("$ref refers to nothing");
        if (!_definitions.TryGetValue(name, out var target))
        {
            // Known before it is filled, since it may refer to itself.
            _definitions[name] = target = new();
            Fill(target, definition);
        }

        node.InPlace.Add(target);
        node.Rules.Add((instance, path, run) => run.Check(target, instance, path));
    }

    private SchemaNode InPlace(SchemaNode node, JsonNode? schema)
    {
        var inner = Node(schema);
        node.InPlace.Add(inner);
        return inner;
    }

    private SchemaNode[] InPlace(SchemaNode node, string keyword, JsonNode? schemas) =>
        [.. NonEmpty(keyword, schemas).Select(schema => InPlace(node, schema))];

    // A circle of schemas for one and the same instance would never end [JSON-Schema §9.4.1]. Every circle passes a definition.
    private static void RefuseCircles(SchemaNode root, IEnumerable<SchemaNode> definitions)
    {
        var done = new Dictionary<SchemaNode, bool>();
        foreach (var node in definitions.Prepend(root)) Visit(node, 0);

        void Visit(SchemaNode node, int depth)
        {
            if (depth > MaxDepth) throw Refusal.Malformed("the schema nests too deep");
            if (done.TryGetValue(node, out var finished))
            {
                if (!finished) throw Refusal.Malformed("$ref goes round in a circle");
                return;
            }

            done[node] = false;
            foreach (var inner in node.InPlace) Visit(inner, depth + 1);
            done[node] = true;
        }
    }

    private static void Expect(bool holds, string keyword)
    {
        if (!holds) throw Refusal.Malformed($"{keyword} of the schema has a value that is not supported");
    }

    private static string Text(string keyword, JsonNode? value)
    {
        Expect(value?.GetValueKind() == JsonValueKind.String, keyword);
        return value!.GetValue<string>();
    }

    private static JsonObject Members(string keyword, JsonNode? value)
    {
        Expect(value is JsonObject, keyword);
        return (JsonObject)value!;
    }

    private static JsonArray Items(string keyword, JsonNode? value)
    {
        Expect(value is JsonArray, keyword);
        return (JsonArray)value!;
    }

    private static JsonArray NonEmpty(string keyword, JsonNode? value)
    {
        Expect(value is JsonArray { Count: > 0 }, keyword);
        return (JsonArray)value!;
    }

    private static string[] Strings(string keyword, JsonNode? value) => [.. Items(keyword, value).Select(item => Text(keyword, item))];

    private static bool Flag(string keyword, JsonNode? value)
    {
        Expect(value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False, keyword);
        return value!.GetValue<bool>();
    }

    private static int Count(string keyword, JsonNode? value)
    {
        var count = JsonNumber.Of(value)?.Count();
        Expect(count is not null, keyword);
        return count!.Value;
    }

    private static JsonNumber Number(string keyword, JsonNode? value)
    {
        var number = JsonNumber.Of(value);
        Expect(number is not null, keyword);
        return number!.Value;
    }

    private static string Printable(string name) =>
        name.Length <= 40 && name.All(c => c is > ' ' and <= '~') ? name : "of a name that can't be shown";
}
