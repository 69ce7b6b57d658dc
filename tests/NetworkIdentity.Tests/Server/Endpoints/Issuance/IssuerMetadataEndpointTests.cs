using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Issuance;

/// <summary>What wallets are told of the credential types.</summary>
public sealed class IssuerMetadataEndpointTests
{
    [Fact]
    public async Task What_a_type_does_not_say_is_left_out()
    {
        var bareType = CredentialType.Load(
            "bare",
            """{"type": "object", "properties": {"vct": {"const": "urn:example:bare:1"}, "charter_version": {"type": "string"}, "x": {"type": "string"}}}"""u8.ToArray(),
            """
            {
              "vct": "urn:example:bare:1", "validity_days": 90, "display": [{"locale": "en", "name": "Bare"}],
              "claims": [{"path": ["charter_version"], "sd": "never", "mandatory": true}, {"path": ["x"], "sd": "always"}]
            }
            """u8.ToArray());
        var barerType = CredentialType.Load("barer", bareType.SchemaFile, """{"vct": "urn:example:barer:1", "validity_days": 90, "claims": []}"""u8.ToArray());
        await using var server = await TestServer.StartAsync(more: [bareType, barerType]);

        using var response = await server.Http.GetAsync(server.Url("/.well-known/openid-credential-issuer"));
        var configurations = (await response.JsonAsync())["credential_configurations_supported"]!;
        var bare = configurations["bare"]!["credential_metadata"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""[{"name": "Bare", "locale": "en"}]"""), bare["display"]), bare.ToJsonString());
        Assert.All(bare["claims"]!.AsArray(), claim => Assert.False(claim!.AsObject().ContainsKey("display")));
        Assert.Empty(configurations["barer"]!["credential_metadata"]!.AsObject());
        Assert.NotNull(configurations["membership"]!["credential_metadata"]!["display"]![0]!["description"]);
        Assert.DoesNotContain("null", await response.Content.ReadAsStringAsync());
    }
}
