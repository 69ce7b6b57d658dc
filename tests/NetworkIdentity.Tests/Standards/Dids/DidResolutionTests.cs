using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Standards.Dids;

public sealed class DidResolutionTests
{
    [Fact]
    public void Every_error_has_its_older_name_and_its_URL()
    {
        Refusal[] errors =
        [
            DidRefusal.InvalidDid("x"), DidRefusal.InvalidParameters("x"), DidRefusal.InvalidProof("x"), DidRefusal.UnsupportedPublicKeyType(), DidRefusal.InvalidPublicKeyLength(),
            DidRefusal.InvalidPublicKey("x"), DidRefusal.InvalidDidUrl("x"), DidRefusal.InvalidDidDocument("x"), DidRefusal.NotFound("x"), DidRefusal.MethodNotSupported(),
            DidRefusal.RepresentationNotSupported(), DidRefusal.FeatureNotSupported("x"), DidRefusal.InvalidOptions("x"), Refusal.Malformed("x"),
        ];
        Assert.Equal(
            """
            invalidDid INVALID_DID
            invalidParameters INVALID_DID
            invalidProof INVALID_DID
            unsupportedPublicKeyType INVALID_DID
            invalidPublicKeyLength INVALID_DID
            invalidPublicKey INVALID_DID
            invalidDidUrl INVALID_DID_URL
            invalidDidDocument INVALID_DID_DOCUMENT
            notFound NOT_FOUND
            methodNotSupported METHOD_NOT_SUPPORTED
            representationNotSupported REPRESENTATION_NOT_SUPPORTED
            featureNotSupported FEATURE_NOT_SUPPORTED
            invalidOptions INVALID_OPTIONS
            malformed INTERNAL_ERROR
            """.ReplaceLineEndings("\n"),
            string.Join('\n', errors.Select(error => $"{error.Code} {DidRefusal.TypeOf(error)["https://www.w3.org/ns/did#".Length..]}")));
        Assert.All(errors, error => Assert.StartsWith("https://www.w3.org/ns/did#", DidRefusal.TypeOf(error), StringComparison.Ordinal));
    }

    [Fact]
    public void A_result_is_written_as_it_is_today_and_as_it_was()
    {
        var failed = DidResolutionResult.Of(() => throw DidRefusal.NotFound("nothing there"));
        Assert.Equal(
            """{"didDocument":null,"didResolutionMetadata":{"error":{"type":"https://www.w3.org/ns/did#NOT_FOUND","title":"NOT_FOUND","detail":"nothing there"}},"didDocumentMetadata":{}}""",
            StrictJson.WriteText(failed.ToJson()));
        Assert.Equal(
            """{"didDocument":null,"didResolutionMetadata":{"error":"notFound","problemDetails":{"type":"https://www.w3.org/ns/did#NOT_FOUND","title":"NOT_FOUND","detail":"nothing there"}},"didDocumentMetadata":{}}""",
            StrictJson.WriteText(failed.ToOlderJson()));

        var metadata = new DidDocumentMetadata
        {
            Created = new(2026, 11, 1, 2, 0, 0, 500, TimeSpan.FromHours(2)),
            Updated = DateTimeOffset.UnixEpoch,
            Deactivated = false,
            VersionId = "1",
            NextVersionId = "2",
            NextUpdate = DateTimeOffset.UnixEpoch,
            CanonicalId = "did:e:c",
            OfMethod = new() { ["own"] = "x" },
        };
        var found = DidResolutionResult.Found(new() { ["id"] = "did:e:a" }, metadata);
        const string Known = ""","didDocumentMetadata":{"own":"x","created":"2026-11-01T00:00:00Z","updated":"1970-01-01T00:00:00Z","deactivated":false,"versionId":"1","nextVersionId":"2","nextUpdate":"1970-01-01T00:00:00Z","canonicalId":"did:e:c"}}""";
        Assert.Equal("""{"didDocument":{"id":"did:e:a"},"didResolutionMetadata":{"contentType":"application/did"}""" + Known, StrictJson.WriteText(found.ToJson()));
        Assert.Equal("""{"didDocument":{"id":"did:e:a"},"didResolutionMetadata":{"contentType":"application/did+ld+json"}""" + Known, StrictJson.WriteText(found.ToOlderJson()));

        var ended = DidResolutionResult.Ended(new());
        Assert.Equal("""{"didDocument":null,"didResolutionMetadata":{},"didDocumentMetadata":{"deactivated":true}}""", StrictJson.WriteText(ended.ToJson()));
    }

    [Fact]
    public void Options_are_read_from_parameters()
    {
        Assert.Equal(new(VersionId: "1-Qm", ExpandRelativeUrls: true), Read("versionId=1-Qm&expandRelativeUrls=true"));
        Assert.Equal(new(VersionTime: new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero)), Read("versionTime=2026-11-01T12%3A00%3A00Z"));
        Assert.Equal(new(VersionNumber: 3), Read("versionNumber=3"));
        Assert.Equal((true, false), (Read("versionNumber=3").NamesVersion, DidResolutionOptions.None.NamesVersion));
    }

    [Theory]
    [InlineData("versionId=", "invalidOptions")]
    [InlineData("versionTime=2026-11-01", "invalidOptions")]
    [InlineData("versionTime=now", "invalidOptions")]
    [InlineData("versionNumber=-1", "invalidOptions")]
    [InlineData("versionNumber=1.5", "invalidOptions")]
    [InlineData("versionNumber=99999999999", "invalidOptions")]
    [InlineData("expandRelativeUrls=yes", "invalidOptions")]
    [InlineData("versionId=1&versionNumber=1", "invalidOptions")]
    [InlineData("versionTime=2026-11-01T12:00:00Z&versionNumber=1", "invalidOptions")]
    [InlineData("service=files", "featureNotSupported")]
    [InlineData("VersionId=1", "featureNotSupported")]
    public void An_option_of_a_wrong_form_or_one_that_is_none_is_refused(string query, string code) => Assert.Equal(code, Assert.Throws<Refusal>(() => Read(query)).Code);

    private static DidResolutionOptions Read(string query) => DidResolutionOptions.Of(DidUrl.Parse("did:e:a?" + query).Parameters());
}
