using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestInstances;

namespace NetworkIdentity.Tests.Server.Endpoints.Vcalm;

/// <summary>What VCALM instances issue and verify [VCALM §Issuing] [VCALM §Verifying].</summary>
public sealed class InstanceTests(TestInstances world) : IClassFixture<TestInstances>
{
    private const string Malformed = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR";

    [Theory]
    [InlineData("eddsa", "eddsa-jcs-2022")]
    [InlineData("p256", "ecdsa-jcs-2019")]
    [InlineData("p384", "ecdsa-jcs-2019")]
    public async Task What_an_instance_issues_has_its_own_proof_and_another_instance_verifies_it(string name, string suite)
    {
        var issued = await world.IssueAsync(name, world.Credential(name, ("validFrom", "2020-01-01T00:00:00Z")));
        var proof = issued["proof"]!.AsObject();
        Assert.Equal((suite, "assertionMethod"), ((string)proof["cryptosuite"]!, (string)proof["proofPurpose"]!));
        Assert.StartsWith(world.Of(name).Did + "#", (string)proof["verificationMethod"]!, StringComparison.Ordinal);
        foreach (var verifier in (string[])["eddsa", "p384", "jwt"])
        {
            var (status, body) = await world.VerifyAsync(verifier, issued);
            Assert.True(status == HttpStatusCode.OK, body.ToJsonString());
            Assert.Equal("""{"verified":true}""", body.ToJsonString());
        }
    }

    [Fact]
    public async Task A_token_comes_in_an_envelope_and_is_verified_in_it()
    {
        var issued = await world.IssueAsync("jwt");
        Assert.Equal(("EnvelopedVerifiableCredential", "application/vc+jwt"), ((string)issued["type"]!, Envelope.Read(issued).MediaType));
        Assert.Equal(HttpStatusCode.OK, (await world.VerifyAsync("eddsa", issued)).Status);
        var text = (string)issued["id"]!;
        issued["id"] = text[..^6] + (text[^6] == 'A' ? 'B' : 'A') + text[^5..];
        var (status, body) = await world.VerifyAsync("eddsa", issued);
        Assert.Equal((HttpStatusCode.BadRequest, false, "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"), (status, (bool)body["verified"]!, ProblemOf(body).Type));
    }

    [Fact]
    public async Task Credentials_of_version_1_1_are_taken_by_instances_whose_proofs_go_inside()
    {
        var credential = world.Credential("p256", ("@context", new JsonArray("https://www.w3.org/2018/credentials/v1")), ("issuanceDate", "2020-01-01T00:00:00Z"));
        Assert.Equal(HttpStatusCode.OK, (await world.VerifyAsync("eddsa", await world.IssueAsync("p256", credential))).Status);
        credential["issuer"] = world.Of("jwt").Did;
        var (status, body) = await world.AskAsync("jwt", "/credentials/issue", new JsonObject { ["credential"] = credential });
        Assert.Equal((HttpStatusCode.BadRequest, Malformed), (status, ProblemOf(body).Type));
    }

    [Fact]
    public async Task What_has_a_proof_is_not_issued_again()
    {
        var (status, body) = await world.AskAsync("eddsa", "/credentials/issue", new JsonObject { ["credential"] = await world.IssueAsync("eddsa") });
        Assert.Equal((HttpStatusCode.BadRequest, Malformed), (status, ProblemOf(body).Type));
    }

    [Fact]
    public async Task An_instance_signs_neither_by_a_key_of_the_nation_nor_in_its_name()
    {
        var nation = world.Server.Nation;
        var own = nation.Keys.Keys.Where(key => KeyPurpose.All.Contains(key.Purpose)).Select(key => key.Kid).ToHashSet();
        var dids = nation.Instances.All.Select(instance => instance.Did).ToList();
        Assert.Equal((8, 8), (dids.Count, dids.Distinct().Count()));
        var instances = nation.Keys.Keys.Where(key => !KeyPurpose.All.Contains(key.Purpose)).ToList();
        Assert.Equal(8, instances.Count);
        Assert.All(instances, key => Assert.DoesNotContain(key.Kid, own));
        Assert.All(instances, key => Assert.StartsWith("vcalm:", key.Purpose.Name, StringComparison.Ordinal));
        Assert.All(dids, did => Assert.NotEqual(nation.DidLog?.Did, did));

        foreach (var issuer in (JsonNode[])[nation.Keys.Nation.Issuer, nation.DidLog!.Did, world.Of("p256").Did, new JsonObject { ["id"] = nation.DidLog!.Did }])
        {
            var (status, body) = await world.AskAsync("eddsa", "/credentials/issue", new JsonObject { ["credential"] = world.Credential("eddsa", ("issuer", issuer)) });
            Assert.Equal((HttpStatusCode.BadRequest, Malformed), (status, ProblemOf(body).Type));
        }
    }

    [Fact]
    public async Task An_instance_has_its_key_for_good_and_at_every_server()
    {
        await using var beside = await world.Server.StartBesideAsync();
        Assert.Equal(world.Server.Nation.Instances.All.Select(one => one.Did), beside.Nation.Instances.All.Select(one => one.Did));
        var row = (await SigningKeys.AllAsync(world.Server.Nation.Database)).Single(row => row.Purpose == "vcalm:eddsa");
        Assert.True(row.PrivateKey.Length > 32, "sealed");
    }

    [Theory]
    [InlineData("""{}""", "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credential":"text"}""", "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credential":{},"options":[]}""", "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credential":{},"credential":{}}""", "PARSING_ERROR")]
    [InlineData("""[]""", "PARSING_ERROR")]
    [InlineData("""not JSON""", "PARSING_ERROR")]
    [InlineData("""{"credential":{},"key":1}""", "UNKNOWN_OPTION_PROVIDED")]
    [InlineData("""{"credential":{},"options":{"mandatoryPointers":["/issuer"]}}""", "UNKNOWN_OPTION_PROVIDED")]
    [InlineData("""{"credential":{"proof":{}}}""", "MALFORMED_VALUE_ERROR")]
    [InlineData("""{"credential":{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"credentialSubject":{"id":"did:example:a"}}}""", "MALFORMED_VALUE_ERROR")]
    public async Task What_can_not_be_issued_is_a_problem_of_its_type(string body, string code)
    {
        using var response = await world.Server.Http.PostAsync(world.Server.Url("/instances/eddsa/credentials/issue"), new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var problem = await response.JsonAsync();
        Assert.Equal(["type", "title", "status", "detail"], problem.Select(member => member.Key));
        Assert.Equal((code, 400), ((string)problem["title"]!, (int)problem["status"]!));
        Assert.Equal(code == "UNKNOWN_OPTION_PROVIDED" ? $"https://www.w3.org/TR/vcalm#{code}" : $"https://www.w3.org/TR/vc-data-model#{code}", (string)problem["type"]!);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_by_its_type_is_a_problem_too()
    {
        var url = world.Server.Url("/instances/eddsa/credentials/verify");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent($$"""{"a":"{{new string('a', 600 * 1024)}}"}""", Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = true;
        using var large = await world.Server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(413, (int)(await large.JsonAsync())["status"]!);
        using var text = await world.Server.Http.PostAsync(url, new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.Equal("PARSING_ERROR", ProblemOf(await text.JsonAsync()).Title);
    }

    [Fact]
    public async Task A86_names_that_nobody_defined_are_refused_and_unknown_contexts_are_not_understood()
    {
        var odd = world.Credential("eddsa", ("nobodyDefinedThis", "x"));
        var (_, refused) = await world.AskAsync("eddsa", "/credentials/issue", new JsonObject { ["credential"] = odd });
        Assert.Equal((Malformed, "MALFORMED_VALUE_ERROR"), ProblemOf(refused));

        var example = world.Credential("examples", ("@context", new JsonArray(V2, "https://www.w3.org/ns/credentials/examples/v2")), ("type", new JsonArray("VerifiableCredential", "ExampleAlumniCredential")));
        var issued = await world.IssueAsync("examples", example);
        Assert.Equal(HttpStatusCode.OK, (await world.VerifyAsync("examples", issued)).Status);
        var (status, body) = await world.VerifyAsync("eddsa", issued);
        Assert.Equal((HttpStatusCode.BadRequest, false, ("about:blank", "NOT_UNDERSTOOD")), (status, (bool)body["verified"]!, ProblemOf(body)));
    }

    [Fact]
    public async Task A67_an_instance_verifies_the_issuers_alone_that_it_is_configured_for()
    {
        var (status, body) = await world.VerifyAsync("narrow", await world.IssueAsync("eddsa"));
        Assert.Equal((HttpStatusCode.BadRequest, "issuer_not_trusted"), (status, ProblemOf(body).Title));

        // The nation's own are not among them either: who wants it verified says so.
        var (_, untrusted) = await world.VerifyAsync("eddsa", world.Credential("eddsa", ("issuer", world.Server.Nation.DidLog!.Did), ("proof", new JsonObject
        {
            ["type"] = "DataIntegrityProof",
            ["cryptosuite"] = "eddsa-jcs-2022",
            ["verificationMethod"] = world.Server.Nation.DidLog!.Did + "#a",
            ["proofPurpose"] = "assertionMethod",
            ["proofValue"] = "z11",
        })));
        Assert.Equal("issuer_not_trusted", ProblemOf(untrusted).Title);
    }

    [Fact]
    public async Task Any_change_is_refused_and_so_is_what_is_out_of_its_time()
    {
        var issued = await world.IssueAsync("p256", world.Credential("p256", ("validUntil", "2020-01-01T00:00:00Z")));
        var (status, body) = await world.VerifyAsync("eddsa", issued);
        Assert.Equal((HttpStatusCode.BadRequest, "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"), (status, ProblemOf(body).Type));

        var good = await world.IssueAsync("p256");
        good["credentialSubject"] = new JsonObject { ["id"] = "did:example:another" };
        var (_, changed) = await world.VerifyAsync("eddsa", good);
        Assert.Equal(("https://w3id.org/security#PROOF_VERIFICATION_ERROR", "PROOF_VERIFICATION_ERROR"), ProblemOf(changed));
    }

    [Fact]
    public async Task Results_and_the_credential_come_back_to_who_asks_for_them()
    {
        var issued = await world.IssueAsync("eddsa", world.Credential("eddsa", ("validFrom", "2020-01-01T00:00:00Z"), ("validUntil", "2020-01-01T00:00:00Z")));
        var (_, body) = await world.VerifyAsync("eddsa", issued, new() { ["returnResults"] = true, ["returnCredential"] = true, ["returnProblemDetails"] = true, ["checks"] = new JsonArray("proof") });
        Assert.True(JsonNode.DeepEquals(issued, body["credential"]));
        var results = body["results"]!.AsObject();
        Assert.Equal(["validFrom", "validUntil", "proof"], results.Select(member => member.Key));
        Assert.Equal((true, false), ((bool)results["proof"]![0]!["verified"]!, (bool)results["validUntil"]!["verified"]!));

        var (status, unknown) = await world.VerifyAsync("eddsa", issued, new() { ["checks"] = new JsonArray("nothing") });
        Assert.Equal((HttpStatusCode.BadRequest, "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED"), (status, ProblemOf(unknown).Type));
        Assert.Equal("UNKNOWN_OPTION_PROVIDED", ProblemOf((await world.VerifyAsync("eddsa", issued, new() { ["skipProof"] = true })).Body).Title);
    }
}
