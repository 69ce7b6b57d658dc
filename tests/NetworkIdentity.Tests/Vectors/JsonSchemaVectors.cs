using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Schemas;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The official test suite of JSON Schema 2020-12, every group of it that uses nothing but the supported keywords.</summary>
public sealed class JsonSchemaVectors
{
    private const string Folder = "json-schema/tests/draft2020-12";

    // How many tests of each file run at least: were a keyword lost, its groups would be skipped and the count would fall.
    [Theory]
    [InlineData("additionalProperties", 10)]
    [InlineData("allOf", 30)]
    [InlineData("anyOf", 18)]
    [InlineData("boolean_schema", 18)]
    [InlineData("const", 54)]
    [InlineData("default", 7)]
    [InlineData("enum", 51)]
    [InlineData("exclusiveMaximum", 4)]
    [InlineData("exclusiveMinimum", 4)]
    [InlineData("format", 133)]
    [InlineData("infinite-loop-detection", 2)]
    [InlineData("items", 29)]
    [InlineData("maxItems", 6)]
    [InlineData("maxLength", 7)]
    [InlineData("maximum", 8)]
    [InlineData("minItems", 6)]
    [InlineData("minLength", 7)]
    [InlineData("minimum", 11)]
    [InlineData("multipleOf", 11)]
    [InlineData("not", 38)]
    [InlineData("oneOf", 27)]
    [InlineData("pattern", 9)]
    [InlineData("prefixItems", 11)]
    [InlineData("properties", 20)]
    [InlineData("propertyNames", 22)]
    [InlineData("ref", 24)]
    [InlineData("required", 18)]
    [InlineData("type", 80)]
    [InlineData("uniqueItems", 69)]
    public void Every_supported_group_of_the_suite_holds(string file, int atLeast)
    {
        var ran = 0;
        var skipped = new List<string>();
        foreach (var group in VectorFiles.Json($"{Folder}/{file}.json").AsArray())
        {
            var description = group!["description"]!.GetValue<string>();
            JsonSchema schema;
            try
            {
                schema = JsonSchema.Compile(group["schema"] as JsonObject ?? new JsonObject { ["not"] = new JsonObject { ["not"] = group["schema"]!.DeepClone() } });
            }
            catch (Refusal refusal)
            {
                skipped.Add($"{description}: {refusal.Description}");
                continue;
            }

            foreach (var test in group["tests"]!.AsArray())
            {
                var violations = schema.Validate(test!["data"]);
                Assert.True(
                    test["valid"]!.GetValue<bool>() == (violations.Count == 0),
                    $"{description}, {test["description"]}: {string.Join("; ", violations)}");
                ran++;
            }
        }

        Assert.True(ran >= atLeast, $"{ran} of {file} ran, skipped:\n{string.Join('\n', skipped)}");
        VectorFiles.Passed(ran);
    }
}
