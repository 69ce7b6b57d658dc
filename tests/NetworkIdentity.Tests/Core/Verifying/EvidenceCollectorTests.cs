using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Whom the making of evidence calls. That what it makes is whole is tested with a real nation: tests/interop/evidence.test.mjs.</summary>
public sealed class EvidenceCollectorTests
{
    private const string Elsewhere = "https://elsewhere.example/";

    private static readonly StandingClock Later = new(new(2027, 12, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("good: accepted")]
    [InlineData("document: accepted")]
    [InlineData("token: accepted")]
    public async Task Nothing_that_the_credential_of_a_stranger_names_is_fetched(string name)
    {
        var stranger = Sample("a log of another name");
        var (made, asked) = await MakeAsync(stranger["evidence"]!.AsObject(), Sample(name)["evidence"]!["credential"]!);
        Assert.Null(made.Evidence);
        Assert.Equal(["a credential of this issuer: it is another's"], made.Missing);
        Assert.Equal([LogOf(stranger["evidence"]!.AsObject())], asked);
    }

    [Fact]
    public async Task What_a_credential_names_elsewhere_than_at_its_issuers_address_is_not_fetched()
    {
        var evidence = Sample("document: accepted")["evidence"]!.AsObject();
        var changed = evidence["credential"]!.DeepClone();
        Set(changed["credentialSchema"]!, "id");
        foreach (var entry in changed["credentialStatus"]!.AsArray()) Set(entry!, "statusListCredential");
        var (made, asked) = await MakeAsync(evidence, changed);
        Assert.Null(made.Evidence);
        Assert.Contains(made.Missing, one => one.StartsWith($"the status list {Elsewhere}", StringComparison.Ordinal));
        Assert.Contains("the schema of the credential's type", made.Missing);
        Assert.All(asked, url => Assert.StartsWith(evidence["issuer"]!.GetValue<string>() + "/", url, StringComparison.Ordinal));

        // As it was, these are asked for, at the issuer's address.
        (_, asked) = await MakeAsync(evidence, evidence["credential"]!);
        Assert.Contains(evidence["credential"]!["credentialStatus"]![0]!["statusListCredential"]!.GetValue<string>(), asked);

        static void Set(JsonNode named, string member)
        {
            var one = (named as JsonArray)?[0] ?? named;
            one[member] = Elsewhere + one[member]!.GetValue<string>().Split('/')[^1];
        }
    }

    /// <summary>What is made where the nation answers with its DID's log alone, and which addresses were asked.</summary>
    private static async Task<(EvidenceCollector.Made Made, IReadOnlyList<string> Asked)> MakeAsync(JsonObject nation, JsonNode credential)
    {
        var asked = new List<string>();
        using var fetcher = new Fetcher(new Fetcher.Options { Files = new Dictionary<string, ReadOnlyMemory<byte>> { [LogOf(nation)] = Encoding.UTF8.GetBytes(nation["did_log"]!.GetValue<string>()) } }, Later);
        var collector = new EvidenceCollector(fetcher, TrustedIssuer.Of(nation["did"]!.GetValue<string>(), local: true)!, local: true, Later, asked.Add);
        return (await collector.MakeAsync(credential is JsonObject ? StrictJson.WriteText(credential) : credential.GetValue<string>(), _ => Task.FromResult<string?>(null), null, null), asked);
    }

    private static string LogOf(JsonObject nation)
    {
        var url = WebVhDid.Parse(nation["did"]!.GetValue<string>()).LogUrl;
        return new Uri(url).Host == "localhost" ? "http" + url["https".Length..] : url;
    }

    private static JsonObject Sample(string name) =>
        StrictJson.Parse(Encoding.UTF8.GetBytes(Tree.Read("docs/evidence/samples.json")))!.AsArray().Select(sample => sample!.AsObject()).Single(sample => sample["name"]!.GetValue<string>() == name);
}
