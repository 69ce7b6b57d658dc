using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core;

/// <summary>A type is two files: what is wrong with them is said at start, and what is right works without code.</summary>
public sealed class CredentialTypeTests
{
    private const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "vct": { "const": "urn:example:tenancy:1" },
            "charter_version": { "type": "string" },
            "city": { "type": "string", "minLength": 1, "maxLength": 20 },
            "floor": { "type": "integer", "minimum": -3, "maximum": 163 },
            "owner": { "type": "boolean", "default": false },
            "languages": { "type": "array", "items": { "enum": ["en", "pt", "ar"] }, "uniqueItems": true }
          },
          "required": ["vct", "charter_version"]
        }
        """;

    private const string Metadata = """
        {
          "vct": "urn:example:tenancy:1",
          "name": "Tenancy",
          "validity_days": 90,
          "claims": [
            { "path": ["charter_version"], "sd": "never", "mandatory": true },
            { "path": ["city"], "sd": "always", "mandatory": true, "display": [{ "locale": "en", "label": "City" }] },
            { "path": ["floor"], "sd": "always" },
            { "path": ["owner"], "sd": "always" },
            { "path": ["languages"], "sd": "always" }
          ]
        }
        """;

    [Fact]
    public async Task A_new_type_is_issued_and_verified_by_its_files_alone()
    {
        await using var nation = await TestIssuing.StartAsync(Load());
        var credential = (await nation.TakeAsync(1, "tenancy", ("city", "Lisbon"), ("floor", "-1"), ("languages", "en, pt")))[0];
        using var key = VerificationKey.Import(nation.Nation.Keys.Current(KeyPurpose.Credential).PublicKey);
        Assert.True(credential.IssuerSigned.IsSignedBy(key));

        var read = SdJwtVc.Read(credential);
        Assert.Equal("urn:example:tenancy:1", read.Type);
        Assert.Equal(TimeSpan.FromDays(90), read.ExpiresAt - read.IssuedAt);
        Assert.Equal("""{"city":"Lisbon","floor":-1,"languages":["en","pt"],"owner":false}""", Said(read.Claims));
        Load().Metadata.Check(read.Processed);
        Assert.Empty(Load().Schema.Validate(read.Claims));
        Assert.Equal(["city"], Load().AskedClaims);
        Assert.Equal(("City", "floor"), (Load().LabelOf("city"), Load().LabelOf("floor")));
    }

    [Theory]
    [InlineData("tenancy.schema.json", "unevaluatedProperties", "\"properties\": {", "\"unevaluatedProperties\": false, \"properties\": {")]
    [InlineData("tenancy.schema.json", "minimumm", "\"minimum\": -3", "\"minimumm\": -3")]
    [InlineData("tenancy.schema.json", "", "\"properties\": {", "\"properties\": [")]
    [InlineData("tenancy.schema.json", "properties", "\"properties\": {", "\"$comment\": \"\", \"$defs\": {")]
    [InlineData("tenancy.type.json", "vct", "\"vct\": \"urn:example:tenancy:1\",\n  \"name\"", "\"name\"")]
    [InlineData("tenancy.type.json", "validity_days", "\"validity_days\": 90,", "")]
    [InlineData("tenancy.type.json", "validity_days", "\"validity_days\": 90", "\"validity_days\": 0")]
    [InlineData("tenancy.type.json", "validity_days", "\"validity_days\": 90", "\"validity_days\": 731")]
    [InlineData("tenancy.type.json", "validity_days", "\"validity_days\": 90", "\"validity_days\": \"90\"")]
    [InlineData("tenancy.type.json", "sd", "\"sd\": \"never\"", "\"sd\": \"sometimes\"")]
    public void A_file_that_is_wrong_is_named_with_what_is_wrong_in_it(string file, string word, string right, string wrong)
    {
        Assert.Contains(right, Schema + Metadata, StringComparison.Ordinal);
        var refusal = Assert.Throws<Refusal>(() => Load(Schema.Replace(right, wrong, StringComparison.Ordinal), Metadata.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal(Refusal.MalformedCode, refusal.Code);
        Assert.StartsWith($"schemas/{file}: ", refusal.Description, StringComparison.Ordinal);
        Assert.Contains(word, refusal.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void The_types_that_the_program_carries_are_right()
    {
        var types = CredentialType.LoadAll();
        Assert.Contains("membership", types.Keys);
        Assert.Equal("urn:network-identity:membership:1", types["membership"].Vct);
        Assert.Equal(types.Count, types.Values.Select(type => type.Vct).Distinct().Count());
        Assert.Equal(["tier", "member_since"], types["membership"].AskedClaims);
    }

    [Theory]
    [InlineData("city=Lisbon", """{"city":"Lisbon","owner":false}""")]
    [InlineData("city=Lisbon;owner=true", """{"city":"Lisbon","owner":true}""")]
    [InlineData("city=Lisbon;floor=12", """{"city":"Lisbon","floor":12,"owner":false}""")]
    [InlineData("city=7", """{"city":"7","owner":false}""")]
    [InlineData("city=true;languages=ar", """{"city":"true","languages":["ar"],"owner":false}""")]
    [InlineData("city=Lisbon;languages=", """{"city":"Lisbon","languages":[],"owner":false}""")]
    public void Text_is_read_by_the_schemas_types_and_defaults_fill_in(string given, string expected) =>
        Assert.Equal(expected, Said(Load().ClaimsFor(null, Given(given), DateTimeOffset.UnixEpoch, "founding-1")));

    [Theory]
    [InlineData("", "city is mandatory")]
    [InlineData("floor=1", "city is mandatory")]
    [InlineData("city=", "city")]
    [InlineData("city=A name of more than twenty letters", "city")]
    [InlineData("city=Lisbon;floor=high", "floor")]
    [InlineData("city=Lisbon;floor=1.5", "floor")]
    [InlineData("city=Lisbon;floor=164", "floor")]
    [InlineData("city=Lisbon;floor=1e400", "floor")]
    [InlineData("city=Lisbon;floor=null", "floor")]
    [InlineData("city=Lisbon;floor={\"a\":1,\"a\":2}", "floor")]
    [InlineData("city=Lisbon;owner=yes", "owner")]
    [InlineData("city=Lisbon;languages=en,en", "languages")]
    [InlineData("city=Lisbon;languages=tlh", "languages")]
    [InlineData("city=Lisbon;shoe_size=44", "no claim of that name")]
    [InlineData("city=Lisbon;vct=urn:example:citizenship:1", "no claim of that name")]
    [InlineData("city=Lisbon;charter_version=9", "no claim of that name")]
    [InlineData("city=Lisbon;iss=https://evil.example", "no claim of that name")]
    public void A_claim_that_the_schema_does_not_take_is_refused(string given, string word)
    {
        var refusal = Assert.Throws<Refusal>(() => Load().ClaimsFor(null, Given(given), DateTimeOffset.UnixEpoch, "founding-1"));
        Assert.Equal("invalid_claim", refusal.Code);
        Assert.Contains(word, refusal.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_said_before_stays_said_unless_it_is_said_anew()
    {
        var before = Load().ClaimsFor(null, Given("city=Lisbon;floor=3;owner=true"), DateTimeOffset.UnixEpoch, "founding-1");
        before["dropped_from_the_schema_since"] = "x";
        var after = Load().ClaimsFor(before, Given("floor=4"), DateTimeOffset.UnixEpoch, "charter-2");
        Assert.Equal("""{"city":"Lisbon","floor":4,"owner":true}""", Said(after));
        Assert.Equal("charter-2", after["charter_version"]!.GetValue<string>());
    }

    private static CredentialType Load(string schema = Schema, string metadata = Metadata) =>
        CredentialType.Load("tenancy", System.Text.Encoding.UTF8.GetBytes(schema), System.Text.Encoding.UTF8.GetBytes(metadata));

    private static Dictionary<string, string> Given(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static string Said(JsonObject claims) => new JsonObject(claims
        .Where(claim => claim.Key is "city" or "floor" or "owner" or "languages")
        .OrderBy(claim => claim.Key, StringComparer.Ordinal)
        .Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone()))).ToJsonString();
}
