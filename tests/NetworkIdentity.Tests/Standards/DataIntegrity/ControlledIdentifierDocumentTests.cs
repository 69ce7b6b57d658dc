using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using static NetworkIdentity.Tests.Standards.DataIntegrity.ProofWorld;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

public sealed class ControlledIdentifierDocumentTests
{
    private const string Document = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT";
    private const string Id = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID";
    private const string InMethod = "INVALID_VERIFICATION_METHOD";
    private const string Relationship = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD";

    /// <summary>Each makes one thing of a right document wrong, and says by which code it is refused.</summary>
    private static readonly Dictionary<string, (string Code, Action<JsonObject, JsonObject> Break)> Broken = new()
    {
        ["id absent"] = (Document, (document, _) => document.Remove("id")),
        ["id no URL"] = (Document, (document, _) => document["id"] = "issuer"),
        ["id a number"] = (Document, (document, _) => document["id"] = 1),
        ["id another"] = (Id, (document, _) => document["id"] = "https://evil.example/issuer"),
        ["id with a slash more"] = (Id, (document, _) => document["id"] = Issuer + "/"),
        ["verificationMethod an object"] = (Document, (document, method) => document["verificationMethod"] = method.DeepClone()),
        ["verificationMethod holds a text"] = (Document, (document, _) => document["verificationMethod"]!.AsArray().Add("key")),
        ["verificationMethod absent"] = (InMethod, (document, _) => document.Remove("verificationMethod")),
        ["a relationship holds a number"] = (Document, (document, _) => document["authentication"] = new JsonArray(1)),
        ["a relationship a text"] = (Document, (document, _) => document["assertionMethod"] = Method),
        ["relationship absent"] = (Relationship, (document, _) => document.Remove("assertionMethod")),
        ["relationship another"] = (Relationship, (document, _) => (document["authentication"], document["assertionMethod"]) = (document["assertionMethod"]!.DeepClone(), new JsonArray())),
        ["relationship to another method"] = (Relationship, (document, _) => document["assertionMethod"] = new JsonArray(Issuer + "#key-2")),
        ["method twice"] = (InMethod, (document, method) => document["verificationMethod"]!.AsArray().Add(method.DeepClone())),
        ["method embedded too"] = (InMethod, (document, method) => document["assertionMethod"] = new JsonArray(method.DeepClone())),
        ["id of the method absent"] = (InMethod, (_, method) => method.Remove("id")),
        ["id of the method another"] = (InMethod, (_, method) => method["id"] = Issuer + "#key-2"),
        ["controller absent"] = (InMethod, (_, method) => method.Remove("controller")),
        ["controller another"] = (InMethod, (_, method) => method["controller"] = "https://evil.example/issuer"),
        ["type absent"] = (InMethod, (_, method) => method.Remove("type")),
        ["type not known"] = (InMethod, (_, method) => method["type"] = "Ed25519VerificationKey2020"),
        ["type of the other form"] = (InMethod, (_, method) => method["type"] = "JsonWebKey"),
        ["key absent"] = (InMethod, (_, method) => method.Remove("publicKeyMultibase")),
        ["key in both forms"] = (InMethod, (_, method) => method["publicKeyJwk"] = Ed.PublicKey.Bare().ToJson()),
        ["key in a wrong base"] = (InMethod, (_, method) => method["publicKeyMultibase"] = "u7QE"),
        ["secret key too"] = (InMethod, (_, method) => method["secretKeyMultibase"] = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"),
        ["secret key in its place"] = (InMethod, (_, method) => method["publicKeyMultibase"] = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"),
        ["expired"] = (InMethod, (_, method) => method["expires"] = "2027-01-15T07:59:59Z"),
        ["expires now"] = (InMethod, (_, method) => method["expires"] = "2027-01-15T08:00:00Z"),
        ["expires no time"] = (InMethod, (_, method) => method["expires"] = "2027-01-15"),
        ["revoked"] = (InMethod, (_, method) => method["revoked"] = "2026-12-31T00:00:00+01:00"),
        ["revoked no time"] = (InMethod, (_, method) => method["revoked"] = true),
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static VerificationMethod Retrieve(JsonObject document, string method = Method, string purpose = Purpose) =>
        ControlledIdentifierDocument.Retrieve(document, method, purpose, Now);

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A87_a_document_with_one_thing_wrong_gives_no_key(string name)
    {
        var document = Controller();
        _ = Retrieve(document);
        Broken[name].Break(document, document["verificationMethod"]![0]!.AsObject());
        Assert.Equal(Broken[name].Code, Refused(() => Retrieve(document)).Code);
    }

    [Fact]
    public void A_key_is_found_by_reference_by_value_and_by_a_relative_name()
    {
        var document = Controller();
        Assert.Equal((Method, Issuer), (Retrieve(document).Id, Retrieve(document).Controller));

        var embedded = Controller();
        var method = embedded["verificationMethod"]![0]!.DeepClone();
        embedded.Remove("verificationMethod");
        embedded["assertionMethod"] = new JsonArray(method);
        Assert.True(Retrieve(embedded).Key.IsSameKeyAs(Ed.PublicKey));
        Assert.Equal(Relationship, Refused(() => Retrieve(embedded, purpose: "authentication")).Code);

        var relative = Controller();
        relative["verificationMethod"]![0]!["id"] = "#key-1";
        relative["assertionMethod"] = new JsonArray("#key-1");
        Assert.Equal(Method, Retrieve(relative).Id);
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("Ed25519")]
    public void A_JsonWebKey_is_read_of_each_kind_and_never_with_its_secret(string crv)
    {
        var key = new[] { Ed, P256, P384 }.Single(one => one.PublicKey.Crv == crv).PublicKey;
        var document = Controller();
        var method = document["verificationMethod"]![0]!.AsObject();
        method.Remove("publicKeyMultibase");
        method["type"] = "JsonWebKey";
        method["publicKeyJwk"] = key.ToJson();
        Assert.True(Retrieve(document).Key.IsSameKeyAs(key));
        method["publicKeyJwk"]!["d"] = "AAAA";
        Assert.Equal(InMethod, Refused(() => Retrieve(document)).Code);
    }

    [Fact]
    public void A67_a_key_is_for_the_purposes_that_its_document_gives_it_alone()
    {
        var document = Controller(purpose: "authentication");
        Assert.Equal(Relationship, Refused(() => Retrieve(document)).Code);
        _ = Retrieve(document, purpose: "authentication");
        Assert.Equal(Relationship, CodeOf(Signed(), controller: document));
    }

    [Theory]
    [InlineData("verificationMethod")]
    [InlineData("alsoKnownAs")]
    [InlineData("")]
    public void A67_a_purpose_names_a_relationship_and_no_other_member_of_the_document(string purpose)
    {
        var document = Controller();
        document["alsoKnownAs"] = new JsonArray(Method);
        document[""] = new JsonArray(Method);
        Assert.Equal(Relationship, Refused(() => Retrieve(document, purpose: purpose)).Code);
        var signed = Signed(options: Options() with { ProofPurpose = purpose });
        Assert.Equal(Relationship, CodeOf(signed, Expected with { ProofPurpose = purpose }, document));
    }

    [Fact]
    public void A87_ten_thousand_keys_are_not_looked_through()
    {
        var document = Controller();
        for (var i = 0; i < 10_000; i++) document["verificationMethod"]!.AsArray().Add(new JsonObject { ["id"] = $"{Issuer}#key-{i + 2}" });
        Assert.Equal(Document, Refused(() => Retrieve(document)).Code);
        document = Controller();
        document["authentication"] = new JsonArray([.. Enumerable.Range(0, 10_000).Select(_ => (JsonNode)Method)]);
        Assert.Equal(Document, Refused(() => Retrieve(document)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#key-1")]
    [InlineData("key-1")]
    [InlineData("https://nation.example/issuer")]
    [InlineData("https://nation.example/issuer#")]
    [InlineData("/issuer#key-1")]
    public void A87_a_method_that_is_no_URL_with_a_fragment_is_refused(string method)
    {
        Assert.Equal("INVALID_VERIFICATION_METHOD_URL", Refused(() => ControlledIdentifierDocument.UrlOf(method)).Code);
        Assert.Equal("INVALID_VERIFICATION_METHOD_URL", Refused(() => Retrieve(Controller(), method)).Code);
    }

    [Theory]
    [InlineData("did:key:z6Mk#z6Mk", "did:key:z6Mk")]
    [InlineData("did:web:nation.example%3A8443:a#k#l", "did:web:nation.example%3A8443:a")]
    [InlineData("https://nation.example/issuer?x=1#key-1", "https://nation.example/issuer?x=1")]
    public void The_document_of_a_method_is_its_URL_without_the_fragment(string method, string document) =>
        Assert.Equal(document, ControlledIdentifierDocument.UrlOf(method));
}
