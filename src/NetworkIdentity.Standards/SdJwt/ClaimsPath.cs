using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>
/// A claims path pointer [OpenID4VP §7] [SD-JWT-VC §Claim Path]: a name selects a member, an index an array element, a null all
/// elements of an array.
/// </summary>
/// <remarks>Paths are equal where their JSON texts are.</remarks>
public sealed class ClaimsPath : IEquatable<ClaimsPath>
{
    /// <summary>The longest path that is read, in steps; no JSON that is read here nests deeper.</summary>
    public const int MaxLength = StrictJson.MaxDepth;

    private readonly string _text;

    private ClaimsPath(IReadOnlyList<ClaimsPathStep> steps)
    {
        Steps = steps;
        _text = StrictJson.WriteText(ToJson());
    }

    /// <summary>The steps, from the root.</summary>
    public IReadOnlyList<ClaimsPathStep> Steps { get; }

    /// <summary>A path of member names.</summary>
    public static ClaimsPath Of(params string[] names) => new([.. names.Select(name => new ClaimsPathStep(name, null))]);

    /// <summary>A path of these steps.</summary>
    public static ClaimsPath Of(IEnumerable<ClaimsPathStep> steps) => new([.. steps]);

    /// <summary>Reads a path.</summary>
    /// <exception cref="Refusal">Malformed: not a non-empty array of strings, nulls and non-negative integers, or too long.</exception>
    public static ClaimsPath Parse(JsonNode? json)
    {
        if (json is not JsonArray { Count: > 0 } array) throw Refusal.Malformed("path must be a non-empty array");
        if (array.Count > MaxLength) throw Refusal.Malformed("path is too long");
        return new([.. array.Select(Step)]);

        static ClaimsPathStep Step(JsonNode? step) => step?.GetValueKind() switch
        {
            null => default,
            JsonValueKind.String => new(step.GetValue<string>(), null),
            JsonValueKind.Number when int.TryParse(step.ToJsonString(), System.Globalization.NumberStyles.None, null, out var index)
                => new(null, index),
            _ => throw Refusal.Malformed("path must hold strings, nulls and non-negative integers"),
        };
    }

    /// <summary>The path as JSON.</summary>
    public JsonArray ToJson() => [.. Steps.Select(step => step.Name is { } name ? (JsonNode)name : step.Index is { } index ? index : null)];

    /// <summary>The elements that the path selects [OpenID4VP §7.1.1].</summary>
    /// <returns>False where nothing is selected, or a step meets an element of another kind than it goes into.</returns>
    public bool TrySelect(JsonObject root, out IReadOnlyList<JsonNode?> selected)
    {
        // 1. Select the root.
        List<JsonNode?> current = [root];
        selected = [];

        // 2. Each step, from left to right.
        foreach (var step in Steps)
        {
            List<JsonNode?> next = [];
            foreach (var element in current)
                if (!step.TryInto(element, next)) return false;
            current = next;
        }

        // 3. An empty selection is an error.
        selected = current;
        return current.Count > 0;
    }

    /// <summary>Whether the path starts with the member <paramref name="name"/>.</summary>
    public bool StartsWith(string name) => Steps.Count > 0 && Steps[0].Name == name;

    /// <inheritdoc/>
    public bool Equals(ClaimsPath? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClaimsPath);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The path as JSON text.</summary>
    public override string ToString() => _text;
}
