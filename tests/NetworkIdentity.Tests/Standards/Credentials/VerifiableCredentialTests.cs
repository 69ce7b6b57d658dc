using NetworkIdentity.Standards.Credentials;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class VerifiableCredentialTests
{
    private const string Digest = "\"digestSRI\":\"sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=\"";

    private readonly CredentialWorld _world = new();

    [Fact]
    public void What_a_credential_says_is_read()
    {
        var json = _world.Credential();
        json["renderMethod"] = Json("""{"type":"SvgRenderingTemplate","x":[1]}""");
        json["somethingElse"] = Json("""{"kept":true}""");
        var read = VerifiableCredential.Read(json);
        Assert.Same(json, read.Json);
        Assert.Equal((DataModelVersion.V20, _world.IssuerDid, "urn:uuid:5b1c1b1e-6c5b-4d5c-9f5e-2f7f1c7d1a11"), (read.Version, read.Issuer, read.Id));
        Assert.Equal(["VerifiableCredential", "StandingCredential"], read.Types);
        Assert.Equal([new("Standing")], read.Name);
        Assert.Equal([new("How somebody stands", "en")], read.Description);
        Assert.Equal([new("Nation", "en"), new("אומה", "he", "rtl")], LanguageValue.Optional(json["issuer"]!.AsObject(), "name"));
        Assert.Equal((new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 8, 31, 22, 0, 0, TimeSpan.Zero)), (read.ValidFrom, read.ValidUntil));
        Assert.Equal((1, 1, 1, 1, 0), (read.Subjects.Count, read.Statuses.Count, read.Schemas.Count, read.RelatedResources.Count, read.Proofs.Count));
        Assert.True(read.Json["somethingElse"]!["kept"]!.GetValue<bool>());
    }

    /// <summary>What W3C's suite of the data model has accepted, said again in small changes.</summary>
    [Theory]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2"]}""")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2","https://other.example/v1",{"a":"https://a.example/#a"}]}""")]
    [InlineData("""{"id":"absent","validFrom":"absent","validUntil":"absent","name":"absent","description":"absent"}""")]
    [InlineData("""{"id":"https://nation.example/1"}""")]
    [InlineData("""{"type":"VerifiableCredential"}""")]
    [InlineData("""{"type":["https://a.example/#B","https://a.example/#A","VerifiableCredential"]}""")]
    [InlineData("""{"issuer":"did:example:issuer"}""")]
    [InlineData("""{"issuer":{"id":"https://nation.example","name":"Nation","description":[{"@value":"a"},{"@value":"b","@language":"fr"}]}}""")]
    [InlineData("""{"credentialSubject":{"id":"did:example:subject"}}""")]
    [InlineData("""{"credentialSubject":[{"id":"did:example:subject"},{"standing":3}]}""")]
    [InlineData("""{"validFrom":"4023-02-26T01:02:58.447Z","validUntil":"absent"}""")]
    [InlineData("""{"validFrom":"2023-02-25T19:10:39-06:00"}""")]
    [InlineData("""{"validFrom":"2023-02-26T01:21:29Z","validUntil":"2023-02-25T19:21:29-06:00"}""")]
    [InlineData("""{"credentialStatus":{"type":"Any"}}""")]
    [InlineData("""{"credentialStatus":[{"type":"Any","id":"did:example:status"},{"type":["Any","Other"]}]}""")]
    [InlineData("""{"credentialSchema":[{"type":"A","id":"did:example:1"},{"type":"B","id":"did:example:2"}]}""")]
    [InlineData("""{"evidence":{"type":"A"}}""")]
    [InlineData("""{"evidence":[{"type":"A"},{"type":"A"}]}""")]
    [InlineData("""{"termsOfUse":[{"type":"A"},{"type":"A","id":"did:example:1"}]}""")]
    [InlineData("""{"refreshService":[{"type":"A","id":"did:example:1"},{"type":"A"}]}""")]
    [InlineData("""{"confidenceMethod":{"type":"A"},"renderMethod":[{"type":"A"}]}""")]
    [InlineData("""{"name":{"@value":"a","@language":"en","@direction":"ltr"},"description":"b"}""")]
    [InlineData("""{"relatedResource":{"id":"https://a.example/1",""" + Digest + "}}")]
    [InlineData("""{"relatedResource":[{"id":"https://a.example/1","mediaType":"image/png",""" + Digest + """},{"id":"https://a.example/2",""" + Digest + "}]}")]
    [InlineData("""{"proof":[{"type":"DataIntegrityProof"},{"type":"Other"}]}""")]
    public void What_the_data_model_has_is_read(string change) => Assert.NotNull(VerifiableCredential.Read(Changed(_world.Credential(), change)));

    /// <summary>What W3C's suite has refused, and what else the text says that a credential must be.</summary>
    [Theory]
    [InlineData("""{"@context":"absent"}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":"https://www.w3.org/ns/credentials/v2"}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":[]}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/examples/v2"]}""", "@context must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":[{"a":"https://a.example"},"https://www.w3.org/ns/credentials/v2"]}""", "@context must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2","https ://not-a-url/v1"]}""", "@context must hold URLs and objects")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2",123192875]}""", "@context must hold URLs and objects")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2",null]}""", "@context must hold URLs and objects")]
    [InlineData("""{"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/2018/credentials/v1"]}""", "@context names a base context behind another")]
    [InlineData("""{"id":null}""", "id must be a string")]
    [InlineData("""{"id":["https://a.example/1","https://a.example/2"]}""", "id must be a string")]
    [InlineData("""{"id":"https ://not-a-url"}""", "id of the credential must be a URL")]
    [InlineData("""{"id":"5b1c1b1e-6c5b-4d5c-9f5e-2f7f1c7d1a11"}""", "id of the credential must be a URL")]
    [InlineData("""{"type":"absent"}""", "type of the credential must be a string or an array of strings")]
    [InlineData("""{"type":[]}""", "type of the credential must be a string or an array of strings")]
    [InlineData("""{"type":["VerifiableCredential",2]}""", "type must be an array of strings")]
    [InlineData("""{"type":["VerifiableCredential",""]}""", "type of the credential must hold terms and URLs")]
    [InlineData("""{"type":["VerifiableCredential","https ://a"]}""", "type of the credential must hold terms and URLs")]
    [InlineData("""{"type":["StandingCredential"]}""", "type must include VerifiableCredential")]
    [InlineData("""{"type":["VerifiablePresentation"]}""", "type must include VerifiableCredential")]
    [InlineData("""{"issuer":"absent"}""", "issuer is missing")]
    [InlineData("""{"issuer":null}""", "issuer must be a string")]
    [InlineData("""{"issuer":"fake-issuer"}""", "issuer must be a URL")]
    [InlineData("""{"issuer":["did:example:1"]}""", "issuer must be a string")]
    [InlineData("""{"issuer":{}}""", "id of issuer is missing")]
    [InlineData("""{"issuer":{"id":null}}""", "id must be a string")]
    [InlineData("""{"issuer":{"id":"fake-issuer"}}""", "id of issuer must be a URL")]
    [InlineData("""{"issuer":{"id":"did:example:1","name":{"@value":"a","url":"did:example:1"}}}""", "name has members beyond @value, @language and @direction")]
    [InlineData("""{"issuer":{"id":"did:example:1","description":1}}""", "description must be a string or a language value object")]
    [InlineData("""{"name":{"@value":"a","@language":"en","url":"x"}}""", "name has members beyond @value, @language and @direction")]
    [InlineData("""{"description":{"@value":"a","@direction":"up"}}""", "@direction of description must be ltr or rtl")]
    [InlineData("""{"credentialSubject":"absent"}""", "credentialSubject is missing")]
    [InlineData("""{"credentialSubject":{}}""", "credentialSubject has no claim")]
    [InlineData("""{"credentialSubject":[{"id":"did:example:subject"},{}]}""", "credentialSubject has no claim")]
    [InlineData("""{"credentialSubject":[]}""", "credentialSubject must be an object, or an array of at most 100")]
    [InlineData("""{"credentialSubject":"did:example:subject"}""", "credentialSubject must be an object, or an array of at most 100")]
    [InlineData("""{"credentialSubject":{"id":["did:example:1","did:example:2"]}}""", "id must be a string")]
    [InlineData("""{"credentialSubject":{"id":"Ada"}}""", "id of credentialSubject must be a URL")]
    [InlineData("""{"validFrom":"Sat 25 Feb 2023 07:16:31 PM CST"}""", "validFrom must be a time with its offset")]
    [InlineData("""{"validUntil":"Sun, 26 Feb 2023 01:22:14 +0000"}""", "validUntil must be a time with its offset")]
    [InlineData("""{"validUntil":1790000000}""", "validUntil must be a string")]
    [InlineData("""{"validFrom":"2026-09-01T00:00:01Z","validUntil":"2026-09-01T00:00:00Z"}""", "validUntil is before validFrom")]
    [InlineData("""{"expirationDate":"2026-09-01T00:00:00Z"}""", "expirationDate is of another version of the data model")]
    [InlineData("""{"issuanceDate":"2026-09-01T00:00:00Z"}""", "issuanceDate is of another version of the data model")]
    [InlineData("""{"credentialStatus":{"id":"did:example:1"}}""", "type of credentialStatus must be a string or an array of strings")]
    [InlineData("""{"credentialStatus":{"type":2}}""", "type of credentialStatus must be a string or an array of strings")]
    [InlineData("""{"credentialStatus":{"type":"A","id":["did:example:1","did:example:2"]}}""", "id must be a string")]
    [InlineData("""{"credentialStatus":{"type":"A","id":"https ://not-a-url"}}""", "id of credentialStatus must be a URL")]
    [InlineData("""{"credentialSchema":{"type":"A"}}""", "id of credentialSchema is missing")]
    [InlineData("""{"credentialSchema":{"id":"did:example:1"}}""", "type of credentialSchema must be a string or an array of strings")]
    [InlineData("""{"credentialSchema":{"type":"A","id":"https ://not-a-url"}}""", "id of credentialSchema must be a URL")]
    [InlineData("""{"evidence":{}}""", "type of evidence must be a string or an array of strings")]
    [InlineData("""{"evidence":{"type":"A","id":"x"}}""", "id of evidence must be a URL")]
    [InlineData("""{"termsOfUse":[{"type":"A"},{}]}""", "type of termsOfUse must be a string or an array of strings")]
    [InlineData("""{"refreshService":{"id":"did:example:1"}}""", "type of refreshService must be a string or an array of strings")]
    [InlineData("""{"confidenceMethod":{"x":1}}""", "type of confidenceMethod must be a string or an array of strings")]
    [InlineData("""{"renderMethod":"x"}""", "renderMethod must be an object, or an array of at most 100")]
    [InlineData("""{"proof":{"cryptosuite":"eddsa-jcs-2022"}}""", "type of proof must be a string or an array of strings")]
    [InlineData("""{"relatedResource":["https://a.example/1"]}""", "relatedResource must be an object, or an array of at most 100")]
    [InlineData("""{"relatedResource":{"id":"https://a.example/1"}}""", "relatedResource must have a digestSRI or a digestMultibase")]
    [InlineData("""{"relatedResource":{""" + Digest + "}}", "id of relatedResource is missing")]
    [InlineData("""{"relatedResource":[{"id":"https://a.example/1",""" + Digest + """},{"id":"https://a.example/1",""" + Digest + "}]}", "relatedResource names a resource twice")]
    public void What_breaks_a_rule_is_refused_by_name(string change, string words) =>
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => VerifiableCredential.Read(Changed(_world.Credential(), change))));

    [Fact]
    public void Version_1_1_has_its_own_context_its_own_dates_and_more_ids()
    {
        const string First = """
            {"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":"did:example:1","credentialSubject":{"id":"did:example:2"},
             "issuanceDate":"2026-09-01T00:00:00Z","expirationDate":"2027-09-01T00:00:00Z"}
            """;
        var read = VerifiableCredential.Read(Json(First));
        Assert.Equal((DataModelVersion.V11, 2026, 2027), (read.Version, read.ValidFrom!.Value.Year, read.ValidUntil!.Value.Year));
        Assert.Equal(Validity.Expired, read.ValidityAt(new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Null(VerifiableCredential.Read(Changed(Json(First), """{"@context":"https://www.w3.org/2018/credentials/v1","expirationDate":"absent"}""")).ValidUntil);
        foreach (var (change, words) in new[]
        {
            ("""{"issuanceDate":"absent"}""", "issuanceDate is missing"),
            ("""{"validUntil":"2027-09-01T00:00:00Z"}""", "validUntil is of another version of the data model"),
            ("""{"expirationDate":"2026-08-01T00:00:00Z"}""", "expirationDate is before issuanceDate"),
            ("""{"credentialStatus":{"type":"A"}}""", "id of credentialStatus is missing"),
            ("""{"refreshService":{"type":"A"}}""", "id of refreshService is missing"),
        })
            Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => VerifiableCredential.Read(Changed(Json(First), change))));
    }

    [Fact]
    public void A79_a_credential_that_is_not_yet_valid_is_told_from_one_that_has_expired()
    {
        var read = VerifiableCredential.Read(_world.Credential());
        var (from, until) = (read.ValidFrom!.Value, read.ValidUntil!.Value);
        Assert.Equal(
            [Validity.NotYetValid, Validity.Valid, Validity.Valid, Validity.Valid, Validity.Expired],
            new[] { from.AddTicks(-1), from, Now, until, until.AddTicks(1) }.Select(now => read.ValidityAt(now)));
        Assert.Equal(Validity.Valid, read.ValidityAt(from.AddSeconds(-30), TimeSpan.FromSeconds(30)));
        Assert.Equal(Validity.Expired, read.ValidityAt(until.AddSeconds(1), TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("", "not JSON, or a member name stands twice, or it nests too deep")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"issuer":"did:example:1","issuer":"did:example:2"}""", "not JSON, or a member name stands twice, or it nests too deep")]
    public void What_is_no_JSON_that_two_readers_see_alike_is_a_parsing_error(string text, string words)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal(("PARSING_ERROR", words), Refused(() => VerifiableCredential.Parse(utf8)));
        Assert.Equal(("PARSING_ERROR", words), Refused(() => VerifiablePresentation.Parse(utf8)));
    }

    [Fact]
    public void Much_is_refused_before_it_is_looked_at()
    {
        Assert.Equal(("PARSING_ERROR", "the credential is too long"), Refused(() => VerifiableCredential.Parse(new byte[VerifiableCredential.MaxLength + 1])));
        Assert.Equal(("PARSING_ERROR", "the presentation is too long"), Refused(() => VerifiablePresentation.Parse(new byte[VerifiableCredential.MaxLength + 1])));
        var many = string.Join(',', Enumerable.Repeat("""{"type":"A"}""", 101));
        Assert.Equal("MALFORMED_VALUE_ERROR", Refused(() => VerifiableCredential.Read(Changed(_world.Credential(), $$"""{"evidence":[{{many}}]}"""))).Code);
    }

    [Fact]
    public void An_error_has_the_address_that_the_data_model_gives_it()
    {
        Assert.Equal("https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR", CredentialRefusal.TypeOf(CredentialRefusal.Malformed("x")));
        Assert.Equal("https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR", CredentialRefusal.TypeOf(CredentialRefusal.CryptographicSecurity("x")));
        Assert.Equal("about:blank", CredentialRefusal.TypeOf(CredentialRefusal.NotUnderstood("x")));
    }
}
