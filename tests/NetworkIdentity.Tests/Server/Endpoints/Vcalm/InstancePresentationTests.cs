using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestInstances;

namespace NetworkIdentity.Tests.Server.Endpoints.Vcalm;

/// <summary>Presentations to VCALM instances, and their challenges [VCALM §Verify Presentation] [VCALM §Create Challenge].</summary>
public sealed class InstancePresentationTests(TestInstances world) : IClassFixture<TestInstances>
{
    private const string Domain = "https://verifier.example";

    [Fact]
    public async Task A_presentation_is_verified_with_every_credential_in_it_whoever_these_are_about()
    {
        var presentation = await world.PresentAsync(await world.IssueAsync("p256"), "asked", Domain);
        var (status, body) = await VerifyAsync(presentation, new() { ["challenge"] = "asked", ["domain"] = Domain, ["returnPresentation"] = true, ["returnResults"] = true });
        Assert.True(status == HttpStatusCode.OK, body.ToJsonString());
        Assert.True(JsonNode.DeepEquals(presentation, body["verifiablePresentation"]));
        var results = body["results"]!;
        Assert.Equal(["challenge", "domain", "holder", "proof"], results["presentation"]!.AsObject().Select(member => member.Key));
        Assert.True((bool)results["credentials"]![0]!["verified"]!);
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(presentation, [])).Status);
    }

    [Fact]
    public async Task A_presentation_without_credentials_says_who_its_holder_is() =>
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(await world.PresentAsync(null, "asked", null), new() { ["challenge"] = "asked" })).Status);

    [Theory]
    [InlineData("another", Domain, "INVALID_CHALLENGE_ERROR")]
    [InlineData("asked", "https://other.example", "INVALID_DOMAIN_ERROR")]
    public async Task A62_A63_a_presentation_for_another_challenge_or_domain_is_refused(string challenge, string domain, string code)
    {
        var presentation = await world.PresentAsync(await world.IssueAsync("eddsa"), "asked", Domain);
        var (status, body) = await VerifyAsync(presentation, new() { ["challenge"] = challenge, ["domain"] = domain });
        Assert.Equal((HttpStatusCode.BadRequest, false, ($"https://w3id.org/security#{code}", code)), (status, (bool)body["verified"]!, ProblemOf(body)));
    }

    [Fact]
    public async Task A69_one_credential_that_is_not_right_makes_the_whole_not_right()
    {
        var changed = await world.IssueAsync("eddsa");
        changed["credentialSubject"] = new JsonObject { ["id"] = "did:example:another" };
        var (status, body) = await VerifyAsync(await world.PresentAsync(changed, null, null), new() { ["returnResults"] = true });
        Assert.Equal((HttpStatusCode.BadRequest, "PROOF_VERIFICATION_ERROR"), (status, ProblemOf(body).Title));
        Assert.Equal((true, false), ((bool)body["results"]!["presentation"]!["proof"]![0]!["verified"]!, (bool)body["results"]!["credentials"]![0]!["verified"]!));
    }

    [Fact]
    public async Task A62_a_challenge_is_answered_once_and_in_its_time()
    {
        var challenge = await ChallengeAsync("eddsa");
        Assert.StartsWith("netid.", challenge, StringComparison.Ordinal);
        var presentation = await world.PresentAsync(await world.IssueAsync("eddsa"), challenge, null);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => VerifyAsync(presentation, new() { ["challenge"] = challenge })));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("INVALID_CHALLENGE_ERROR", ProblemOf(answer.Body).Title));

        var late = await ChallengeAsync("eddsa");
        presentation = await world.PresentAsync(null, late, null);
        world.Server.Time.Move(TimeSpan.FromMinutes(5));
        Assert.Equal("INVALID_CHALLENGE_ERROR", ProblemOf((await VerifyAsync(presentation, new() { ["challenge"] = late })).Body).Title);
    }

    [Fact]
    public async Task A62_what_says_that_it_is_an_instances_challenge_must_be_one_of_this_instance()
    {
        // Another instance's, one that was changed, one without its nonce, one of no such form.
        var challenge = await ChallengeAsync("eddsa");
        foreach (var no in (string[])[await ChallengeAsync("p256"), challenge[..^1] + (challenge[^1] == 'A' ? 'B' : 'A'), "netid.", "netid.asked"])
        {
            var (status, body) = await VerifyAsync(await world.PresentAsync(null, no, null), new() { ["challenge"] = no, ["returnResults"] = true });
            Assert.Equal((no, HttpStatusCode.BadRequest, "INVALID_CHALLENGE_ERROR"), (no, status, ProblemOf(body).Title));
            Assert.False((bool)body["results"]!["presentation"]!["challenge"]!["verified"]!);
        }
    }

    [Fact]
    public async Task A_challenge_of_a_clients_own_making_is_the_clients_to_spend()
    {
        // The second is an instance's without its prefix: which is nothing that an instance made.
        foreach (var own in (string[])["asked", (await ChallengeAsync("eddsa"))["netid.".Length..]])
            foreach (var _ in (int[])[1, 2])
                Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(await world.PresentAsync(null, own, null), new() { ["challenge"] = own })).Status);
    }

    [Fact]
    public async Task A_challenge_that_was_not_answered_rightly_is_not_spent()
    {
        var challenge = await ChallengeAsync("eddsa");
        Assert.Equal(HttpStatusCode.BadRequest, (await VerifyAsync(await world.PresentAsync(null, "another", null), new() { ["challenge"] = challenge })).Status);
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(await world.PresentAsync(null, challenge, null), new() { ["challenge"] = challenge })).Status);
    }

    [Fact]
    public async Task What_has_no_proof_is_no_presentation_here()
    {
        var (status, body) = await world.AskAsync("eddsa", "/presentations/verify", new JsonObject { ["presentation"] = new JsonObject() });
        Assert.Equal((HttpStatusCode.BadRequest, "UNKNOWN_OPTION_PROVIDED"), (status, ProblemOf(body).Title));
        var presentation = await world.PresentAsync(null, null, null);
        presentation.Remove("proof");
        Assert.Equal("PARSING_ERROR", ProblemOf((await VerifyAsync(presentation, [])).Body).Title);
    }

    private async Task<string> ChallengeAsync(string instance)
    {
        var (status, body) = await world.AskAsync(instance, "/challenges", new JsonObject());
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)body["challenge"]!;
    }

    private Task<(HttpStatusCode Status, JsonObject Body)> VerifyAsync(JsonObject presentation, JsonObject options) =>
        world.AskAsync("eddsa", "/presentations/verify", new JsonObject { ["verifiablePresentation"] = presentation.DeepClone(), ["options"] = options });
}
