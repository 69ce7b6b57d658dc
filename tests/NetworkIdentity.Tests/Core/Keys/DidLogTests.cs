using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class DidLogTests
{
    [Fact]
    public async Task A_nation_is_given_its_DID_once()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);

        Assert.Matches(@"^did:webvh:Qm[1-9A-HJ-NP-Za-km-z]{44}:nation\.example\z", log.Did);
        Assert.Equal("did:web:nation.example", log.DidWeb);
        Assert.Equal(log.Did, (await OpenAsync(nation)).Did);
        var entry = Assert.Single(await LinesAsync(log));
        Assert.Equal(log.Did, entry["state"]!["id"]!.GetValue<string>());
        Assert.Single(await Journal.OfAsync(nation.Database, "nation"), row => row.Act == "did-log" && row.Detail == entry["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Its_document_has_the_keys_that_others_check_with()
    {
        await using var nation = await TestNation.FoundAsync();
        var log = await OpenAsync(nation);
        var now = nation.Time.GetUtcNow();

        Assert.Equal(["did:web:nation.example", "https://nation.example"], log.Document["alsoKnownAs"]!.AsArray().Select(name => name!.GetValue<string>()));
        foreach (var (purpose, algorithm) in ((KeyPurpose, string)[])
            [(KeyPurpose.Assertion, JoseAlgorithm.EdDSA), (KeyPurpose.Assertion, JoseAlgorithm.ES256), (KeyPurpose.Credential, JoseAlgorithm.ES256), (KeyPurpose.StatusList, JoseAlgorithm.ES256)])
        {
            var key = nation.Keys.Current(purpose, algorithm);
            Assert.True(ControlledIdentifierDocument.Retrieve(log.Document, log.UrlOf(key), ControlledIdentifierDocument.AssertionMethod, now).Key.IsSameKeyAs(key.PublicKey));
        }

        var methods = log.Document["verificationMethod"]!.AsArray().Select(method => method!["id"]!.GetValue<string>()).ToList();
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Root])
        {
            Assert.Contains(log.UrlOf(nation.Keys.Current(purpose)), methods);
            Assert.DoesNotContain(log.UrlOf(nation.Keys.Current(purpose)), log.Document["assertionMethod"]!.AsArray().Select(id => id!.GetValue<string>()));
        }

        Assert.Equal(6, methods.Count);
        Assert.True(nation.Keys.Current(KeyPurpose.Assertion).PublicKey.IsSameKeyAs(log.Current(JoseAlgorithm.EdDSA).PublicKey));
    }

    private static async Task<DidLog> OpenAsync(TestNation nation, LogMemory? memory = null) => (await DidLog.OpenAsync(nation.Database, nation.Keys, nation.Time, memory))!;

    private static async Task<IReadOnlyList<JsonObject>> LinesAsync(DidLog log) =>
        [.. Encoding.UTF8.GetString(await log.ReadAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}
