using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>The rules themselves. Each says nothing of an instance that is not of its kind.</summary>
internal sealed partial class SchemaCompiler
{
    private static void AllOf(SchemaNode node, SchemaNode[] schemas) => node.Rules.Add((instance, path, run) =>
    {
        foreach (var schema in schemas) run.Check(schema, instance, path);
    });

    private static void AnyOf(SchemaNode node, SchemaNode[] schemas) => node.Rules.Add((instance, path, run) =>
    {
        if (!schemas.Any(schema => run.Holds(schema, instance, path))) run.Fail(path, "matches none of the alternatives");
    });

    private static void OneOf(SchemaNode node, SchemaNode[] schemas) => node.Rules.Add((instance, path, run) =>
    {
        if (schemas.Count(schema => run.Holds(schema, instance, path)) != 1) run.Fail(path, "must match exactly one of the alternatives");
    });

    private static void Not(SchemaNode node, SchemaNode schema) => node.Rules.Add((instance, path, run) =>
    {
        if (run.Holds(schema, instance, path)) run.Fail(path, "matches what it must not");
    });

    private static void Properties(SchemaNode node, Dictionary<string, SchemaNode> schemas) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonObject members) return;
        foreach (var (name, schema) in schemas)
            if (members.TryGetPropertyValue(name, out var value)) run.Check(schema, value, new(path, name));
    });

    private static void AdditionalProperties(SchemaNode node, HashSet<string> known, SchemaNode schema) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonObject members) return;
        foreach (var (name, value) in members)
            if (!known.Contains(name)) run.Check(schema, value, new(path, name));
    });

    private static void PropertyNames(SchemaNode node, SchemaNode schema) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonObject members) return;
        foreach (var (name, _) in members)
            if (!run.Holds(schema, JsonValue.Create(name), path)) run.Fail(new(path, name), "has a name that is not allowed");
    });

    private static void PrefixItems(SchemaNode node, SchemaNode[] schemas) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonArray items) return;
        for (var i = 0; i < Math.Min(items.Count, schemas.Length); i++) run.Check(schemas[i], items[i], new(path, $"{i}"));
    });

    private static void Items(SchemaNode node, int from, SchemaNode schema) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonArray items) return;
        for (var i = from; i < items.Count; i++) run.Check(schema, items[i], new(path, $"{i}"));
    });

    private static void Type(SchemaNode node, JsonNode? value)
    {
        string[] types = value is JsonArray ? Strings("type", value) : [Text("type", value)];
        Expect(types.Length > 0, "type");
        Expect(types.All(type => type is "null" or "boolean" or "object" or "array" or "number" or "string" or "integer"), "type");
        node.Rules.Add((instance, path, run) =>
        {
            if (!types.Any(type => Is(instance, type))) run.Fail(path, $"must be of type {string.Join(" or ", types)}");
        });
    }

    private static bool Is(JsonNode? instance, string type) => instance?.GetValueKind() switch
    {
        null or JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        _ => type == "number" || (type == "integer" && JsonNumber.Of(instance)!.Value.IsInteger),
    };

    private static void OneOfValues(SchemaNode node, HashSet<string> keys, string words) => node.Rules.Add((instance, path, run) =>
    {
        if (!keys.Contains(JsonEquality.Key(instance))) run.Fail(path, words);
    });

    private static void Required(SchemaNode node, string[] names) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonObject members) return;
        foreach (var name in names)
            if (!members.ContainsKey(name)) run.Fail(new(path, name), "is missing");
    });

    private static void ItemCount(SchemaNode node, int least, int most) => node.Rules.Add((instance, path, run) =>
    {
        if (instance is not JsonArray items) return;
        if (items.Count < least) run.Fail(path, $"must have {least} items at least");
        if (items.Count > most) run.Fail(path, $"must have {most} items at most");
    });

    private static void UniqueItems(SchemaNode node, bool unique) => node.Rules.Add((instance, path, run) =>
    {
        if (!unique || instance is not JsonArray items) return;
        if (items.Select(JsonEquality.Key).Distinct(StringComparer.Ordinal).Count() != items.Count) run.Fail(path, "has equal items");
    });

    // Length in code points: a low surrogate is the second half of one.
    private static void Length(SchemaNode node, int least, int most) => node.Rules.Add((instance, path, run) =>
    {
        if (StringOf(instance) is not { } text) return;
        var length = text.Count(c => !char.IsLowSurrogate(c));
        if (length < least) run.Fail(path, $"must have {least} characters at least");
        if (length > most) run.Fail(path, $"must have {most} characters at most");
    });

    private static void Pattern(SchemaNode node, Regex pattern) => node.Rules.Add((instance, path, run) =>
    {
        if (StringOf(instance) is { } text && !pattern.IsMatch(text)) run.Fail(path, "does not match the pattern");
    });

    private static void Bound(SchemaNode node, JsonNumber bound, Func<int, bool> holds, string words) => node.Rules.Add((instance, path, run) =>
    {
        if (JsonNumber.Of(instance) is { } number && !holds(number.Against(bound))) run.Fail(path, words);
    });

    private static void MultipleOf(SchemaNode node, JsonNumber divisor)
    {
        Expect(divisor.IsPositive, "multipleOf");
        node.Rules.Add((instance, path, run) =>
        {
            if (JsonNumber.Of(instance) is { } number && !number.IsMultipleOf(divisor)) run.Fail(path, "is not a multiple of what it must be");
        });
    }

    private static string? StringOf(JsonNode? instance) => instance?.GetValueKind() == JsonValueKind.String ? instance.GetValue<string>() : null;
}
