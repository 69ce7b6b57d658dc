using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>A JSON Schema of draft 2020-12, compiled [JSON-Schema]. Safe for use by many threads.</summary>
/// <remarks>
/// <para>Only the keywords of <see cref="Keywords"/> are understood. Another keyword is refused when the schema is compiled, since a rule that
/// is not understood would not be kept; the specification would have it ignored.</para>
/// <para><c>$ref</c> refers to <c>#/$defs/NAME</c> of the same schema and to nothing else; <c>$id</c> stands at the root only.
/// <c>format</c> is an annotation, as it is by default in 2020-12: nothing is checked by it. A <c>pattern</c> is matched without
/// backtracking, and may have no more than what ECMAScript and that matcher have in common.</para>
/// </remarks>
public sealed class JsonSchema
{
    /// <summary>The most violations that are reported.</summary>
    public const int MaxViolations = 50;

    private readonly SchemaNode _root;

    private JsonSchema(SchemaNode root) => _root = root;

    /// <summary>The keywords that are understood.</summary>
    public static IReadOnlyCollection<string> Keywords => SchemaCompiler.Keywords;

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="Refusal">Malformed: a keyword that is unknown or of a wrong shape, a <c>$ref</c> to nothing or round in a circle.</exception>
    public static JsonSchema Compile(JsonObject schema) => new(SchemaCompiler.Compile(schema));

    /// <summary>Holds an instance against the schema.</summary>
    /// <param name="instance">The instance; JSON's null is a null.</param>
    /// <returns>The first <see cref="MaxViolations"/> violations; none where the instance is valid.</returns>
    public IReadOnlyList<SchemaViolation> Validate(JsonNode? instance)
    {
        var run = new SchemaRun();
        run.Check(_root, instance, null);
        return run.Result();
    }
}
