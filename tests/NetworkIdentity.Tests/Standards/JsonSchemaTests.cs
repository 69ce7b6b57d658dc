using System.Diagnostics;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class JsonSchemaTests
{
    private const string Membership = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://nation.example/schemas/membership","title":"Membership","type":"object",
         "required":["given_name","standing"],"additionalProperties":false,
         "properties":{"given_name":{"$ref":"#/$defs/name"},"standing":{"type":"integer","minimum":0,"maximum":10},
           "since":{"type":"string","format":"date","pattern":"^\\d{4}-\\d{2}-\\d{2}$"},"roles":{"type":"array","items":{"enum":["member","steward"]},"uniqueItems":true,"maxItems":2},
           "node":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/name"}]}},
         "$defs":{"name":{"type":"string","minLength":1,"maxLength":5}}}
        """;

    private static string[] Violations(string schema, string instance) =>
        [.. JsonSchema.Compile(Json(schema)).Validate(StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(instance))).Select(v => $"{v.Path}: {v.Words}")];

    private static string Refused(string schema) => WordsOf(() => JsonSchema.Compile(Json(schema)));

    [Fact]
    public void A_valid_instance_has_no_violations() => Assert.Empty(Violations(
        Membership, """{"given_name":"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00","standing":3.0,"since":"2026-01-31","roles":["member","steward"],"node":null}"""));

    [Theory]
    [InlineData("""{"given_name":"Ada"}""", "/standing: is missing")]
    [InlineData("""{"given_name":"Ada","standing":3,"a/b~c":1}""", "/a~1b~0c: is not allowed here")]
    [InlineData("""{"given_name":"","standing":3}""", "/given_name: must have 1 characters at least")]
    [InlineData("""{"given_name":"Ada Lovelace","standing":3}""", "/given_name: must have 5 characters at most")]
    [InlineData("""{"given_name":7,"standing":3}""", "/given_name: must be of type string")]
    [InlineData("""{"given_name":"Ada","standing":3.5}""", "/standing: must be of type integer")]
    [InlineData("""{"given_name":"Ada","standing":11}""", "/standing: is more than the maximum")]
    [InlineData("""{"given_name":"Ada","standing":3,"since":"2026-1-31"}""", "/since: does not match the pattern")]
    [InlineData("""{"given_name":"Ada","standing":3,"since":"2026-01-31\n"}""", "/since: does not match the pattern")]
    [InlineData("""{"given_name":"Ada","standing":3,"since":"\u0662\u0660\u0662\u0666-01-31"}""", "/since: does not match the pattern")]
    [InlineData("""{"given_name":"Ada","standing":3,"roles":["king"]}""", "/roles/0: is not one of the values that are allowed")]
    [InlineData("""{"given_name":"Ada","standing":3,"roles":["member","member"]}""", "/roles: has equal items")]
    [InlineData("""{"given_name":"Ada","standing":3,"node":1}""", "/node: matches none of the alternatives")]
    [InlineData("""[]""", ": must be of type object")]
    public void A_violation_names_the_place_and_the_rule(string instance, string violation) => Assert.Equal([violation], Violations(Membership, instance));

    [Theory]
    [InlineData("""{"patternProperties":{}}""", "the schema has the keyword patternProperties, which is not supported")]
    [InlineData("""{"properties":{"a":{"requird":[]}}}""", "the schema has the keyword requird, which is not supported")]
    [InlineData("""{"$defs":{"a":{"\u00e9":1}}}""", "the schema has the keyword of a name that can't be shown, which is not supported")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "$schema of the schema has a value that is not supported")]
    [InlineData("""{"items":{"$id":"https://a.example"}}""", "$id of the schema has a value that is not supported")]
    [InlineData("""{"$ref":"https://a.example/s"}""", "$ref must be #/$defs/ and a name")]
    [InlineData("""{"$ref":"#/$defs/a/items"}""", "$ref must be #/$defs/ and a name")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "$ref refers to nothing")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}""", "$ref goes round in a circle")]
    [InlineData("""{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}""", "$ref goes round in a circle")]
    [InlineData("""{"type":"int"}""", "type of the schema has a value that is not supported")]
    [InlineData("""{"type":[]}""", "type of the schema has a value that is not supported")]
    [InlineData("""{"minLength":-1}""", "minLength of the schema has a value that is not supported")]
    [InlineData("""{"minLength":1.5}""", "minLength of the schema has a value that is not supported")]
    [InlineData("""{"multipleOf":0}""", "multipleOf of the schema has a value that is not supported")]
    [InlineData("""{"anyOf":[]}""", "anyOf of the schema has a value that is not supported")]
    [InlineData("""{"required":[1]}""", "required of the schema has a value that is not supported")]
    [InlineData("""{"items":[]}""", "a schema must be an object or a boolean")]
    [InlineData("""{"pattern":"("}""", "a pattern of the schema is no regular expression that is supported")]
    [InlineData("""{"pattern":"(?=a)"}""", "a pattern of the schema has what is not supported")]
    [InlineData("""{"pattern":"(?i)a"}""", "a pattern of the schema has what is not supported")]
    [InlineData("""{"pattern":"(a)\\1"}""", "a pattern of the schema has what is not supported")]
    [InlineData("""{"pattern":"\\Aa"}""", "a pattern of the schema has what is not supported")]
    [InlineData("""{"pattern":"(a{900}){900}"}""", "a pattern of the schema is no regular expression that is supported")]
    public void A_schema_that_would_not_be_kept_is_refused(string schema, string words) => Assert.Equal(words, Refused(schema));

    [Theory]
    [InlineData("^a.c$", "a\rc", false)]
    [InlineData("^[\\d-]+$", "1-2", true)]
    [InlineData("^[^\\s]+$", "a\ufeffb", false)]
    [InlineData("^\\w+$", "\u00e9", false)]
    [InlineData("^[a-z-[aeiou]]+$", "a]", true)]
    [InlineData("^\\u0041\\x42\\/$", "AB/", true)]
    [InlineData("^\\p{L}+$", "\u00e9", true)]
    [InlineData("b", "abc", true)]
    [InlineData("^(?:a|b){2}$", "ab", true)]
    public void A_pattern_means_what_it_means_in_ECMAScript(string pattern, string text, bool matches) => Assert.Equal(
        matches, JsonSchema.Compile(new() { ["pattern"] = pattern }).Validate(text).Count == 0);

    [Fact]
    public void A_hostile_text_costs_no_more_than_its_length()
    {
        var clock = Stopwatch.StartNew();
        Assert.NotEmpty(JsonSchema.Compile(new() { ["pattern"] = "^(a+)+$" }).Validate(new string('a', 50_000) + "!"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Theory]
    [InlineData("""{"multipleOf":0.01}""", "19.99", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.999", false)]
    [InlineData("""{"const":1}""", "1.0", true)]
    [InlineData("""{"const":100}""", "1e2", true)]
    [InlineData("""{"const":9007199254740993}""", "9007199254740992", false)]
    [InlineData("""{"maximum":1e400}""", "1e399", true)]
    [InlineData("""{"maximum":1e400}""", "1e401", false)]
    [InlineData("""{"minimum":-1e400}""", "-1e99999999999999999999", false)]
    [InlineData("""{"const":{"a":"b\"1\"c"}}""", """{"a\"1\"b":"c"}""", false)]
    [InlineData("""{"type":"integer"}""", "1e99999999999999999999", true)]
    [InlineData("""{"multipleOf":7}""", "1e999999999", false)]
    public void Numbers_compare_by_their_exact_value(string schema, string instance, bool valid) => Assert.Equal(valid, Violations(schema, instance).Length == 0);

    [Fact]
    public void Violations_and_work_are_bounded()
    {
        var many = new JsonArray([.. Enumerable.Range(0, 500).Select(i => (JsonNode)i)]);
        Assert.Equal(JsonSchema.MaxViolations, JsonSchema.Compile(Json("""{"items":{"type":"string"}}""")).Validate(many).Count);

        // Each level asks the next twice: 2^32 questions, were they all asked.
        var levels = string.Join(',', Enumerable.Range(0, 32).Select(i => $"\"d{i}\":" + Twice($"{{\"$ref\":\"#/$defs/d{i + 1}\"}}")));
        var schema = JsonSchema.Compile(Json("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + levels + ",\"d32\":true}}"));
        Assert.Contains(schema.Validate(1), violation => violation.Words == "too much to check");
        var not = JsonSchema.Compile(Json("{\"not\":{\"$ref\":\"#/$defs/d0\"},\"$defs\":{" + levels + ",\"d32\":true}}"));
        Assert.Contains(not.Validate(1), violation => violation.Words == "too much to check");

        static string Twice(string next) => $$"""{"anyOf":[{"allOf":[{{next}},false]},{"allOf":[{{next}},false]}]}""";
    }

    [Fact]
    public void A_long_chain_of_definitions_is_refused_or_ends()
    {
        foreach (var order in new[] { Enumerable.Range(0, 3000), Enumerable.Range(0, 3000).Reverse() })
        {
            var levels = string.Join(',', order.Select(i => $"\"d{i}\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}"));
            Assert.Equal("the schema nests too deep", Refused("{\"$defs\":{" + levels + ",\"d3000\":true},\"$ref\":\"#/$defs/d0\"}"));
        }
    }

    [Fact]
    public void Only_a_refusal_leaves_the_compiling_of_a_mutated_schema() => Assert.InRange(
        Mutations.Refused(Membership, text => JsonSchema.Compile(Json(text)).Validate(Json("""{"given_name":"Ada","standing":3,"since":"x","roles":[1]}"""))), 700, 1500);
}
