using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Standards.Dids;

public sealed class DidDocumentTests
{
    private const string Key = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

    private static readonly string Valid = $$"""
        {"@context":["https://www.w3.org/ns/did/v1.1"],"id":"did:e:a","controller":"did:e:b","alsoKnownAs":["https://a.example/"],"more":{"kept":[1,null]},
        "verificationMethod":[{"id":"#one","type":"Multikey","controller":"did:e:a","publicKeyMultibase":"{{Key}}"}],
        "authentication":["#one",{"id":"did:e:a#two","type":"Multikey","controller":"did:e:a","publicKeyMultibase":"{{Key}}"}],
        "assertionMethod":["did:e:a#one"],
        "service":[{"id":"#files","type":"relativeRef","serviceEndpoint":"https://a.example/"},{"type":["A","B"],"serviceEndpoint":[{"uri":"x"},"https://b.example/"]}]}
        """;

    [Fact]
    public void A_document_is_read_and_what_is_not_known_of_it_is_kept()
    {
        var document = DidDocument.Parse(StrictJson.ParseObject(Valid));
        Assert.Equal(("did:e:a", "https://a.example/", "did:e:b"), (document.Id.ToString(), Assert.Single(document.AlsoKnownAs), Assert.Single(document.Controllers)));
        Assert.Equal(("did:e:a#files", null), (document.Services[0].Id, document.Services[1].Id));
        Assert.Equal(["A", "B"], document.Services[1].Types);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Valid), document.Json));
    }

    [Fact]
    public void A_fragment_names_a_verification_method_or_a_service_however_its_id_is_spelled()
    {
        var document = DidDocument.Parse(StrictJson.ParseObject(Valid));
        Assert.Equal("#one", document.Dereference("one")["id"]!.GetValue<string>());
        Assert.Equal("did:e:a#two", document.Dereference("two")["id"]!.GetValue<string>());
        Assert.Equal("relativeRef", document.Dereference("files")["type"]!.GetValue<string>());
        Assert.Equal("notFound", Assert.Throws<Refusal>(() => document.Dereference("three")).Code);
    }

    [Fact]
    public void Relative_references_are_expanded_in_a_copy()
    {
        var document = DidDocument.Parse(StrictJson.ParseObject(Valid));
        var text = StrictJson.WriteText(document.Expanded());
        Assert.DoesNotContain("\"#", text, StringComparison.Ordinal);
        Assert.Contains("\"authentication\":[\"did:e:a#one\",{\"id\":\"did:e:a#two\"", text, StringComparison.Ordinal);
        Assert.Equal("#one", document.Json["verificationMethod"]![0]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("id", "null")]
    [InlineData("id", "\"https://a.example/\"")]
    [InlineData("id", "\"did:e:a#b\"")]
    [InlineData("controller", "\"someone\"")]
    [InlineData("controller", "[\"did:e:b\",1]")]
    [InlineData("alsoKnownAs", "\"did:e:b\"")]
    [InlineData("verificationMethod", "{}")]
    [InlineData("verificationMethod", "[\"#one\"]")]
    [InlineData("verificationMethod", "[{\"id\":\"#one\"}]")]
    [InlineData("verificationMethod", "[{\"type\":\"Multikey\"}]")]
    [InlineData("authentication", "\"#one\"")]
    [InlineData("authentication", "[null]")]
    [InlineData("service", "[{\"id\":\"#s\",\"type\":\"A\"}]")]
    [InlineData("service", "[{\"id\":\"#s\",\"serviceEndpoint\":\"https://a.example/\"}]")]
    [InlineData("service", "[{\"id\":\"#s\",\"type\":\"A\",\"serviceEndpoint\":1}]")]
    [InlineData("service", "[{\"id\":\"#s\",\"type\":\"A\",\"serviceEndpoint\":[]}]")]
    public void A_member_of_a_wrong_form_is_refused(string member, string value) => Refused(json => json[member] = JsonNode.Parse(value));

    [Fact]
    public void A87_two_keys_of_one_id_and_ten_thousand_of_any_are_refused()
    {
        Refused(json => json["verificationMethod"]!.AsArray().Add(JsonNode.Parse("""{"id":"did:e:a#one","type":"JsonWebKey"}""")));
        Refused(json => json["service"]!.AsArray().Add(JsonNode.Parse("""{"id":"#one","type":"A","serviceEndpoint":"https://a.example/"}""")));
        Refused(json => json["verificationMethod"] = Many(i => new() { ["id"] = $"#k{i}", ["type"] = "Multikey" }));
        Refused(json => json["authentication"] = Many(i => new() { ["id"] = $"#k{i}", ["type"] = "Multikey" }));
        Refused(json => json["service"] = Many(i => new() { ["id"] = $"#s{i}", ["type"] = "A", ["serviceEndpoint"] = "https://a.example/" }));
        Refused(json =>
        {
            json["verificationMethod"] = Many(i => new() { ["id"] = $"#k{i}", ["type"] = "Multikey" }, 100);
            json["keyAgreement"] = Many(i => new() { ["id"] = $"#l{i}", ["type"] = "Multikey" }, 100);
        });

        static JsonArray Many(Func<int, JsonObject> item, int count = 10_000) => new([.. Enumerable.Range(0, count).Select(item)]);
    }

    [Fact]
    public void A87_a_key_that_another_controls_is_not_used_and_nobody_looks_for_the_other()
    {
        var json = StrictJson.ParseObject(Valid);
        json["verificationMethod"]![0]!["controller"] = "did:e:b";
        Assert.Equal("did:e:a", DidDocument.Parse(json).Id.ToString());
        Assert.Equal(
            "INVALID_VERIFICATION_METHOD",
            Assert.Throws<Refusal>(() => ControlledIdentifierDocument.Retrieve(json, "did:e:a#one", "assertionMethod", DateTimeOffset.UnixEpoch)).Code);
    }

    [Fact]
    public void Only_declared_errors_leave_the_reading_of_a_mutated_document() => Assert.InRange(
        Mutations.Refused(Valid, text => _ = DidDocument.Parse(StrictJson.ParseObject(text)).Expanded(), 1000), 500, 1000);

    private static void Refused(Action<JsonObject> breaks)
    {
        var json = StrictJson.ParseObject(Valid);
        breaks(json);
        Assert.Equal("invalidDidDocument", Assert.Throws<Refusal>(() => DidDocument.Parse(json)).Code);
    }
}
