using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Tests.House;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class KnownContextsTests
{
    private const string Anew = "a context of the document defines a term anew";
    private const string Alias = "a context in the document defines a known term under another name";
    private const string More = "a context in the document does more than to define terms";
    private const string NoUrl = "a context in the document defines a term as no URL";
    private const string NoName = "the document has a name that no context of it defines";
    private const string NoType = "the document has a type that no context of it defines";
    private const string Compact = "a URL in the document begins with a term";

    private readonly CredentialWorld _world = new();

    /// <summary>The data model gives the hash of the second; the first's is of the file in the same repository.</summary>
    [Theory]
    [InlineData("credentials-v2", "https://www.w3.org/ns/credentials/v2", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")]
    [InlineData("credentials-v1", "https://www.w3.org/2018/credentials/v1", "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc")]
    public void A86_a_base_context_is_the_file_of_its_hash(string name, string url, string sha256)
    {
        var file = File.ReadAllBytes(Path.Combine(Tree.Root, "schemas/contexts", name));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(file)));
        Assert.Equal(file, KnownContexts.Base.Find(url)!.File.ToArray());
        Assert.Throws<ArgumentException>(() => JsonLdContext.Read(url, file.AsMemory(1), sha256));
        Assert.Throws<ArgumentException>(() => JsonLdContext.Read(url, "[]"u8.ToArray(), Convert.ToHexStringLower(SHA256.HashData("[]"u8))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"type":["VerifiableCredential","https://a.example/#A"],"https://a.example/#p":{"id":"did:example:1","type":"https://a.example/#B"}}""")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2",{"@protected":true,"@version":1.1,"StandingCredential":"https://a.example/#S","standing":{"@id":"https://a.example/#s","@type":"@json","@protected":true}}],"credentialSubject":{"standing":{"any":[1]}}}""")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2",{"@vocab":"https://a.example/#"}],"anything":{"type":"AtAll","x":[{"@value":"a","@language":"en"}]}}""")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2",{"StandingCredential":"https://a.example/#S","standing":"https://a.example/#s"},{"standing":"https://a.example/#s"}]}""")]
    [InlineData("""{"proof":{"type":"AnyProof","@context":"https://a.example","any":1}}""")]
    [InlineData("""{"evidence":{"type":"https://a.example/#E","id":"data:text/plain,hello"},"description":"note: this is no URL"}""")]
    public void What_is_defined_is_understood(string change) => KnownContexts.Base.Check(VerifiableCredential.Read(Changed(_world.Credential(), change)));

    [Theory]
    [InlineData("""{"VerifiableCredential":"https://a.example/#Bad"}""", Anew)]
    [InlineData("""{"credentialSubject":"https://a.example/#Bad"}""", Anew)]
    [InlineData("""{"issuer":{"@id":"https://a.example/#Bad"}}""", Anew)]
    [InlineData("""{"type":"https://a.example/#Bad"}""", Anew)]
    [InlineData("""{"statusListIndex":"https://a.example/#Bad"}""", Anew)]
    [InlineData("""{"issuedBy":"https://www.w3.org/2018/credentials#issuer"}""", Alias)]
    [InlineData("""{"issuedBy":{"@id":"https://www.w3.org/2018/credentials#issuer"}}""", Alias)]
    [InlineData("""{"vc":"https://www.w3.org/2018/credentials#"}""", Alias)]
    [InlineData("""{"@vocab":"https://www.w3.org/2018/"}""", Alias)]
    [InlineData("""{"name2":"id:issuer"}""", Alias)]
    [InlineData("""{"kind":"@type"}""", NoUrl)]
    [InlineData("""{"a":"https ://not-a-url#a"}""", NoUrl)]
    [InlineData("""{"a":null}""", NoUrl)]
    [InlineData("""{"a":{"@type":"@id"}}""", NoUrl)]
    [InlineData("""{"@vocab":""}""", NoUrl)]
    [InlineData("""{"@import":"https://a.example/v1"}""", More)]
    [InlineData("""{"@base":"https://a.example/"}""", More)]
    [InlineData("""{"@propagate":false}""", More)]
    [InlineData("""{"@version":1.0}""", More)]
    [InlineData("""{"@protected":"yes"}""", More)]
    [InlineData("""{"a":{"@id":"https://a.example/#a","@context":{"issuer":"https://a.example/#b"}}}""", More)]
    [InlineData("""{"a":{"@reverse":"https://a.example/#a"}}""", More)]
    [InlineData("""{"a":{"@id":"https://a.example/#a","@container":"@graph"}}""", More)]
    [InlineData("""{"a":{"@id":"https://a.example/#a","@type":"b"}}""", More)]
    [InlineData("""{"a:b":"https://a.example/#a"}""", More)]
    [InlineData("""{"":"https://a.example/#a"}""", More)]
    public void A86_a_context_in_the_document_defines_new_terms_and_does_nothing_else(string context, string words)
    {
        var credential = _world.Credential();
        credential["@context"]!.AsArray().Add(Json(context));
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(credential))));
    }

    [Fact]
    public void A86_what_one_context_in_the_document_defined_another_may_not()
    {
        var credential = _world.Credential();
        credential["@context"]!.AsArray().Add(Json("""{"StandingCredential":"https://a.example/#Other"}"""));
        Assert.Equal(Anew, Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(credential))).Words);
    }

    [Theory]
    [InlineData("""{"unknown":1}""", NoName)]
    [InlineData("""{"credentialSubject":{"standing":3,"rank":1}}""", NoName)]
    [InlineData("""{"evidence":[{"type":"https://a.example/#E","deep":[{"deeper":1}]}]}""", NoName)]
    [InlineData("""{"issuanceDate2":"2026-09-01T00:00:00Z"}""", NoName)]
    [InlineData("""{"@type":"VerifiablePresentation"}""", NoName)]
    [InlineData("""{"@id":"did:example:1"}""", NoName)]
    [InlineData("""{"@graph":[]}""", NoName)]
    [InlineData("""{"credentialSubject":{"@context":{"standing":"https://a.example/#x"},"standing":3}}""", NoName)]
    [InlineData("""{"https://www.w3.org/2018/credentials#issuer":"did:example:1"}""", NoName)]
    [InlineData("""{"credentialSubject":{"id:issuer":3}}""", NoName)]
    [InlineData("""{"type":["VerifiableCredential","UnknownCredential"]}""", NoType)]
    [InlineData("""{"type":["VerifiableCredential","https://www.w3.org/2018/credentials#VerifiablePresentation"]}""", NoType)]
    [InlineData("""{"credentialSubject":{"type":"Person","standing":3}}""", NoType)]
    [InlineData("""{"credentialSubject":{"type":7,"standing":3}}""", NoType)]
    [InlineData("""{"credentialSubject":{"standing":{"id":"relative"}}}""", "an id in the document is no URL")]
    [InlineData("""{"credentialSubject":{"standing":{"id":["did:example:1"]}}}""", "an id in the document is no URL")]
    [InlineData("""{"credentialSubject":{"standing":{"@value":"a","@type":"b"}}}""", "a text has members beyond @value, @language and @direction")]
    public void A86_a_name_that_nobody_defined_is_refused_wherever_it_stands(string change, string words) =>
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(Changed(_world.Credential(), change)))));

    [Fact]
    public void A86_a_URL_does_not_become_another_by_a_term_that_is_its_scheme()
    {
        var credential = _world.Credential();
        credential["@context"]!.AsArray().Add(Json("""{"did":"https://evil.example/"}"""));
        Assert.Equal(Compact, Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(credential))).Words);
    }

    [Fact]
    public void A86_a_context_that_is_not_known_is_not_understood_and_nothing_is_fetched()
    {
        const string Url = "https://a.example/v1";
        var credential = VerifiableCredential.Read(Changed(_world.Credential(), $$"""{"@context":["https://www.w3.org/ns/credentials/v2","{{Url}}"]}"""));
        Assert.Equal(("NOT_UNDERSTOOD", "a context of the document is not known here"), Refused(() => KnownContexts.Base.Check(credential)));

        KnownContexts With(string context)
        {
            var file = System.Text.Encoding.UTF8.GetBytes(context);
            return KnownContexts.Base.With(JsonLdContext.Read(Url, file, Convert.ToHexStringLower(SHA256.HashData(file))));
        }

        With("""{"@context":{"StandingCredential":{"@id":"https://a.example/#S","@context":{"standing":"https://a.example/#s"}}}}""").Check(credential);
        With("""{"@context":{"@vocab":"https://a.example/#"}}""").Check(credential);
        Assert.Equal(NoType, Refused(() => With("""{"@context":{"standing":"https://a.example/#s"}}""").Check(credential)).Words);
        Assert.Equal(Anew, Refused(() => With("""{"@context":{"VerifiableCredential":"https://a.example/#S"}}""").Check(credential)).Words);
    }

    [Fact]
    public void A86_a_related_resource_says_which_file_a_context_is()
    {
        var credential = Changed(_world.Credential(), """{"relatedResource":{"id":"https://www.w3.org/ns/credentials/v2","digestSRI":"sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"}}""");
        KnownContexts.Base.Check(VerifiableCredential.Read(credential));
        credential["relatedResource"]!["digestSRI"] = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg";
        Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", "relatedResource is another resource than its digest says"), Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(credential))));
        credential["relatedResource"]!["id"] = "https://a.example/not-used-here";
        KnownContexts.Base.Check(VerifiableCredential.Read(credential));
    }

    [Fact]
    public void Version_1_1_has_its_own_names_and_its_prefixes_are_not_read()
    {
        const string First = """{"@context":"https://www.w3.org/2018/credentials/v1","type":"VerifiableCredential","issuer":"did:example:1","issuanceDate":"2026-09-01T00:00:00Z","credentialSubject":{"id":"did:example:2"}}""";
        KnownContexts.Base.Check(VerifiableCredential.Read(Json(First)));
        Assert.Equal(NoName, Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(Changed(Json(First), """{"cred:issuer":"did:example:3"}""")))).Words);
        Assert.Equal(Compact, Refused(() => KnownContexts.Base.Check(VerifiableCredential.Read(Changed(Json(First), """{"issuer":"cred:issuer"}""")))).Words);
    }

    [Fact]
    public void A_presentation_is_checked_with_every_credential_in_it_each_by_its_own_contexts()
    {
        JsonObject Holding(JsonObject credential) => Changed(_world.Presentation(), $$"""{"aud":"absent","nonce":"absent","verifiableCredential":[{{Changed(credential, """{"proof":{"type":"DataIntegrityProof"}}""").ToJsonString()}}]}""");
        KnownContexts.Base.Check(VerifiablePresentation.Read(Holding(_world.Credential())));
        Assert.Equal(NoName, Refused(() => KnownContexts.Base.Check(VerifiablePresentation.Read(Holding(Changed(_world.Credential(), """{"unknown":1}"""))))).Words);
        Assert.Equal(NoName, Refused(() => KnownContexts.Base.Check(VerifiablePresentation.Read(Changed(Holding(_world.Credential()), """{"standing":1}""")))).Words);
    }
}
