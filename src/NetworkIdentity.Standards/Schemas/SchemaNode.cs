using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>One rule of a schema.</summary>
internal delegate void SchemaRule(JsonNode? instance, InstancePath? path, SchemaRun run);

/// <summary>One schema: its rules, and the schemas that it applies to the same instance.</summary>
internal sealed class SchemaNode
{
    public List<SchemaRule> Rules { get; } = [];

    public List<SchemaNode> InPlace { get; } = [];
}

/// <summary>A place in an instance, from the leaf up.</summary>
internal sealed record InstancePath(InstancePath? Parent, string Name)
{
    public override string ToString() =>
        $"{Parent}/{Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}

/// <summary>One validation: counts, reports, and stops where the schema makes too much work.</summary>
internal sealed class SchemaRun
{
    // A hostile instance under an unlucky schema (anyOf within anyOf) could cost exponential time.
    private const int MaxChecks = 200_000;
    private const int MaxDepth = 500;

    private readonly List<SchemaViolation> _violations = [];
    private int _failures;
    private int _silent;
    private int _checks;
    private int _depth;
    private bool _tooMuch;

    public void Check(SchemaNode node, JsonNode? instance, InstancePath? path)
    {
        if (_tooMuch || ++_checks > MaxChecks || _depth == MaxDepth)
        {
            _tooMuch = true;
            _failures++;
            return;
        }

        _depth++;
        foreach (var rule in node.Rules) rule(instance, path, this);
        _depth--;
    }

    /// <summary>Whether the instance is valid, without a report.</summary>
    public bool Holds(SchemaNode node, JsonNode? instance, InstancePath? path)
    {
        var before = _failures;
        _silent++;
        Check(node, instance, path);
        _silent--;
        var holds = _failures == before;
        _failures = before;
        return holds;
    }

    public void Fail(InstancePath? path, string words)
    {
        _failures++;
        if (_silent == 0 && _violations.Count < JsonSchema.MaxViolations) _violations.Add(new(path?.ToString() ?? "", words));
    }

    public IReadOnlyList<SchemaViolation> Result()
    {
        // What was not checked to the end is not valid.
        if (_tooMuch) return [new("", "too much to check"), .. _violations.Take(JsonSchema.MaxViolations - 1)];
        return _violations;
    }
}
