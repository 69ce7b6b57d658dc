using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestInstances;

namespace NetworkIdentity.Tests.Server.Endpoints.Vcalm;

/// <summary>The status of what instances issued [VCALM §Update Status] [BSL §2].</summary>
public sealed class InstanceStatusTests(TestInstances world) : IClassFixture<TestInstances>
{
    [Theory]
    [InlineData("status", "revocation")]
    [InlineData("status", "suspension")]
    [InlineData("jwt-status", "revocation")]
    public async Task A_status_that_is_set_is_in_the_list_and_in_the_verdict(string instance, string purpose)
    {
        var id = $"urn:uuid:{Guid.NewGuid()}";
        var issued = await world.IssueAsync(instance, world.Credential(instance, ("id", id)));
        Assert.Equal(HttpStatusCode.OK, (await world.VerifyAsync("eddsa", issued)).Status);
        Assert.Equal(HttpStatusCode.OK, await SetAsync(instance, id, purpose, true));
        var (status, body) = await world.VerifyAsync("eddsa", issued);
        Assert.Equal((HttpStatusCode.BadRequest, purpose == "revocation" ? "revoked" : "suspended"), (status, ProblemOf(body).Title));

        // A suspension is taken back, a revocation never.
        Assert.Equal(purpose == "revocation" ? HttpStatusCode.BadRequest : HttpStatusCode.OK, await SetAsync(instance, id, purpose, false));
        Assert.Equal(purpose == "revocation" ? HttpStatusCode.BadRequest : HttpStatusCode.OK, (await world.VerifyAsync("eddsa", issued)).Status);
    }

    [Fact]
    public async Task A_list_is_a_credential_of_the_instance_in_the_form_that_is_asked_for()
    {
        foreach (var (instance, mediaType) in ((string, string)[])[("status", "application/vc"), ("jwt-status", "application/vc+jwt")])
        {
            var id = $"urn:uuid:{Guid.NewGuid()}";
            var issued = await world.IssueAsync(instance, world.Credential(instance), new() { ["credentialId"] = id });
            var entry = (Envelope.IsOne(issued) ? Envelope.Read(issued).Open().Document : issued)["credentialStatus"]![0]!;
            var url = (string)entry["statusListCredential"]!;
            Assert.StartsWith(world.Of(instance).Url + "/status-lists/", url, StringComparison.Ordinal);
            var list = JsonNode.Parse(await world.Server.Http.GetStringAsync(url))!.AsObject();
            var (status, body) = await world.VerifyAsync("eddsa", list);
            Assert.True(status == HttpStatusCode.OK, body.ToJsonString());

            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Accept", mediaType } } };
            using var response = await world.Server.Http.SendAsync(request);
            Assert.Equal(mediaType, response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(HttpStatusCode.OK, await SetAsync(instance, id, "revocation", true));
        }
    }

    [Fact]
    public async Task A81_a_list_that_a_strangers_credential_names_is_not_fetched()
    {
        var key = SigningKey.FromEd25519(new byte[32]);
        var did = DidKey.Of(key.PublicKey);
        var credential = world.Credential("eddsa");
        credential["issuer"] = did;
        credential["credentialStatus"] = new BitstringStatusListEntry("revocation", "https://evil.example/list", 7).ToJson();
        var signed = await SecuredDocument.AddProofAsync(credential, new ProofOptions("eddsa-jcs-2022", DidKey.KeyUrl(did), ControlledIdentifierDocument.AssertionMethod), key);
        var (status, body) = await world.VerifyAsync("eddsa", signed);
        Assert.Equal((HttpStatusCode.BadRequest, "status_unknown"), (status, ProblemOf(body).Title));
        Assert.Contains("not fetched here", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_is_of_one_credential_and_without_one_there_is_no_status()
    {
        var id = $"urn:uuid:{Guid.NewGuid()}";
        await world.IssueAsync("status", world.Credential("status", ("id", id)));
        var (status, body) = await world.AskAsync("status", "/credentials/issue", new JsonObject { ["credential"] = world.Credential("status", ("id", id)) });
        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_VALUE_ERROR"), (status, ProblemOf(body).Title));
        Assert.Null((await world.IssueAsync("status"))["credentialStatus"]);
        Assert.Null((await world.IssueAsync("eddsa", world.Credential("eddsa", ("id", id))))["credentialStatus"]);
    }

    [Theory]
    [InlineData("""{"credentialId":"urn:uuid:none","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation"},"status":true}""", 404, "not_found")]
    [InlineData("""{"credentialId":"urn:uuid:none","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"message"},"status":true}""", 400, "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credentialId":"urn:uuid:none","credentialStatus":{"type":"Other","statusPurpose":"revocation"},"status":true}""", 400, "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credentialId":"urn:uuid:none","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation"}}""", 400, "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credentialId":"urn:uuid:none","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation","x":1},"status":true}""", 400, "UNKNOWN_OPTION_PROVIDED")]
    public async Task A_status_of_nothing_that_was_issued_is_not_set(string body, int status, string code)
    {
        var (answered, problem) = await world.AskAsync("status", "/credentials/status", JsonNode.Parse(body)!);
        Assert.Equal((status, code), ((int)answered, ProblemOf(problem).Title));
    }

    [Fact]
    public async Task An_entry_that_is_another_credentials_is_not_set()
    {
        var id = $"urn:uuid:{Guid.NewGuid()}";
        var entry = (await world.IssueAsync("status", world.Credential("status", ("id", id))))["credentialStatus"]![0]!.DeepClone().AsObject();
        entry["statusListIndex"] = (string)entry["statusListIndex"]! == "1" ? "2" : "1";
        var (status, _) = await world.AskAsync("status", "/credentials/status", new JsonObject { ["credentialId"] = id, ["credentialStatus"] = entry, ["status"] = true });
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Theory]
    [InlineData("status", "0-message")]
    [InlineData("status", "00-revocation")]
    [InlineData("status", "7-revocation")]
    [InlineData("status", "revocation")]
    [InlineData("eddsa", "0-revocation")]
    [InlineData("none", "0-revocation")]
    public async Task Other_lists_there_are_none(string instance, string list)
    {
        using var response = await world.Server.Http.GetAsync(world.Server.Url($"/instances/{instance}/status-lists/{list}"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task<HttpStatusCode> SetAsync(string instance, string id, string purpose, bool value)
    {
        using var response = await world.PostAsync(instance, "/credentials/status", new JsonObject
        {
            ["credentialId"] = id,
            ["credentialStatus"] = new JsonObject { ["type"] = "BitstringStatusListEntry", ["statusPurpose"] = purpose },
            ["status"] = value,
        });
        return response.StatusCode;
    }
}
