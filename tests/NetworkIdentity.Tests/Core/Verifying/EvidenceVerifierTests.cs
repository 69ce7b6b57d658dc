using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Evidence is answered by itself: the samples of docs/evidence, good and broken, say what must be said of each. What makes them is tests/interop/evidence.test.mjs.</summary>
public sealed class EvidenceVerifierTests
{
    /// <summary>A year after they were made.</summary>
    private static readonly StandingClock Later = new(new(2027, 12, 1, 0, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> Names => [.. Samples().Select(sample => sample["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_sample_is_answered_as_it_says(string name)
    {
        var report = await VerifyAsync(Sample(name));
        Assert.Equal((Sample(name)["verdict"]!.GetValue<string>(), Sample(name)["reason"]?.GetValue<string>()), (report.Verdict.Outcome.ToString().ToLowerInvariant(), report.Verdict.Reason));
    }

    /// <summary>Those of the page and the kit, which the browser is held to: it and netid say the same of each.</summary>
    [Fact]
    public async Task The_samples_of_the_kit_are_answered_as_they_say()
    {
        var script = Tree.Read("src/NetworkIdentity.Server/Pages/Client/verifying/samples.js");
        var samples = StrictJson.Parse(Encoding.UTF8.GetBytes(script[script.IndexOf('[', StringComparison.Ordinal)..].TrimEnd().TrimEnd(';')))!.AsArray();
        Assert.True(samples.Count >= 10);
        foreach (var sample in samples.Select(sample => sample!.AsObject()))
        {
            var now = new StandingClock(DateTimeOffset.Parse(sample["now"]!.GetValue<string>(), CultureInfo.InvariantCulture));
            var verdict = (await EvidenceVerifier.VerifyAsync(sample["evidence"]!.AsObject(), sample["evidence"]!["did"]!.GetValue<string>(), At(sample), now)).Verdict;
            Assert.Equal(
                (sample["name"]!.GetValue<string>(), sample["expected"]!.ToJsonString()),
                (sample["name"]!.GetValue<string>(), new JsonArray(verdict.Outcome.ToString().ToLowerInvariant(), verdict.Step?.ToString().ToLowerInvariant(), verdict.Reason).ToJsonString()));
        }
    }

    [Fact]
    public async Task The_facts_say_what_is_proven_and_what_is_its_own_word()
    {
        var sample = Sample("good: accepted");
        var report = await VerifyAsync(sample);
        foreach (var name in (string[])["did", "did_log", "type", "lists", "log"]) Assert.Equal(StepState.Held, StateOf(report, name));
        Assert.Equal(report.Facts.Count, report.ToJson()["facts"]!.AsArray().Count);

        // Without the nation's DID nothing is accepted, and what was found is told.
        foreach (var unnamed in (string?[])[null, sample["evidence"]!["issuer"]!.GetValue<string>(), "did:web:another.example"])
        {
            sample["did"] = unnamed;
            report = await VerifyAsync(sample);
            Assert.Equal((Outcome.Undetermined, "issuer_not_pinned"), (report.Verdict.Outcome, report.Verdict.Reason));
            Assert.Equal(StepState.NotShown, StateOf(report, "did"));
            foreach (var name in (string[])["did_log", "type", "lists", "log"]) Assert.Equal(StepState.Held, StateOf(report, name));
        }

        sample["did"] = Sample("a log of another name")["did"]!.GetValue<string>();
        Assert.Equal("issuer_not_trusted", (await VerifyAsync(sample)).Verdict.Reason);
    }

    [Fact]
    public async Task Nothing_is_told_as_held_that_was_not_looked_at()
    {
        // Of a document whose proof does not hold nobody knows what the leaf of its issue must say.
        var sample = Sample("document: accepted");
        sample["evidence"]!["credential"]!["credentialSubject"]!["display_name"] = "Eve Example";
        var report = await VerifyAsync(sample);
        Assert.Equal(Outcome.Refused, report.Verdict.Outcome);
        Assert.Equal(StepState.Undetermined, StateOf(report, "log"));

        // What the type's own check finds is told of the type.
        Assert.Equal(StepState.Refused, StateOf(await VerifyAsync(Sample("a schema of its own for a type that is known")), "type"));
    }

    [Fact]
    public async Task A_type_that_is_known_is_judged_by_what_is_known_of_it_alone_and_a_document_of_another_by_nothing()
    {
        // What the file's own schema asks is not done.
        var sample = Sample("good: accepted");
        sample["evidence"]!["type"]!["schema"] = new JsonObject { ["properties"] = new JsonObject(), ["required"] = new JsonArray("passport"), ["pattern"] = "^(a|a)*$" };
        Assert.Equal(Outcome.Accepted, (await VerifyAsync(sample)).Verdict.Outcome);
        sample["evidence"]!["type"]!["metadata"]!["vct"] = "urn:example:guest:1";
        Assert.Equal("type_invalid", (await VerifyAsync(sample)).Verdict.Reason);

        sample = Sample("document: accepted");
        sample["evidence"]!["type"]!["schema"] = new JsonObject { ["required"] = new JsonArray("passport") };
        Assert.Equal(Outcome.Accepted, (await VerifyAsync(sample)).Verdict.Outcome);

        // Its proof is wrong then, which is told before; of its type nothing is known.
        sample["evidence"]!["credential"]!["type"] = new JsonArray("VerifiableCredential");
        Assert.Equal(StepState.Undetermined, StateOf(await VerifyAsync(sample), "type"));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData(" ")]
    [InlineData("\uFEFF")]
    public async Task Nothing_is_taken_off_a_credential(string around)
    {
        var sample = Sample("good: accepted");
        var credential = sample["evidence"]!["credential"]!.GetValue<string>();
        foreach (JsonNode brought in (JsonNode[])[credential + around, around + credential, new JsonObject { ["credential"] = credential }])
        {
            sample["evidence"]!["credential"] = brought;
            Assert.Equal("shape_invalid", (await VerifyAsync(sample)).Verdict.Reason);
        }
    }

    [Fact]
    public async Task What_is_wrong_counts_before_what_is_missing()
    {
        var sample = Sample("a list with a bit changed");
        sample["evidence"]!.AsObject().Remove("log");
        Assert.Equal("status_list_invalid", (await VerifyAsync(sample)).Verdict.Reason);
        sample = Sample("without log");
        sample["evidence"]!["lists"] = "none";
        Assert.Equal("shape_invalid", (await VerifyAsync(sample)).Verdict.Reason);
    }

    [Fact]
    public async Task A_log_of_the_future_is_believed_by_nobody()
    {
        var sample = Sample("good: accepted");
        var early = new StandingClock(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var verdict = (await EvidenceVerifier.VerifyAsync(sample["evidence"]!.AsObject(), null, At(sample), early)).Verdict;
        Assert.Equal((Outcome.Refused, "did_log_invalid"), (verdict.Outcome, verdict.Reason));
    }

    [Fact]
    public async Task Of_a_moment_that_has_not_come_nothing_is_said_however_long_a_list_stands()
    {
        var sample = Sample("good: accepted");
        async Task<Verdict> AtAsync(int minutes) => (await EvidenceVerifier.VerifyAsync(sample["evidence"]!.AsObject(), sample["did"]!.GetValue<string>(), At(sample).AddMinutes(minutes), new StandingClock(At(sample)))).Verdict;
        Assert.Equal(Outcome.Accepted, (await AtAsync(0)).Outcome);
        var verdict = await AtAsync(2);
        Assert.Equal((Outcome.Undetermined, "status_not_covered"), (verdict.Outcome, verdict.Reason));
    }

    [Fact]
    public async Task A_nation_that_wrote_from_another_address_is_told_as_such()
    {
        var sample = Sample("good: accepted");
        async Task<VerificationReport> ByAsync(string pinned) => await EvidenceVerifier.VerifyAsync(sample["evidence"]!.AsObject(), pinned, At(sample), Later);
        var did = sample["did"]!.GetValue<string>();
        Assert.Equal("the DID is the one that you trust", (await ByAsync(did)).Facts.Single(one => one.Name == "did").Words);
        var moved = await ByAsync(string.Join(':', did.Split(':')[..3]) + ":moved.example");
        Assert.Equal(Outcome.Accepted, moved.Verdict.Outcome);
        Assert.EndsWith($"at another address than the one that you wrote: {did}", moved.Facts.Single(one => one.Name == "did").Words, StringComparison.Ordinal);
    }

    private static StepState StateOf(VerificationReport report, string fact) => report.Facts.Single(one => one.Name == fact).State;

    private static Task<VerificationReport> VerifyAsync(JsonObject sample) => EvidenceVerifier.VerifyAsync(sample["evidence"]!.AsObject(), sample["did"]?.GetValue<string>(), At(sample), Later);

    private static DateTimeOffset At(JsonObject sample) => DateTimeOffset.Parse(sample["on"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static JsonObject Sample(string name) => Samples().Single(sample => sample["name"]!.GetValue<string>() == name);

    private static IEnumerable<JsonObject> Samples() => StrictJson.Parse(Encoding.UTF8.GetBytes(Tree.Read("docs/evidence/samples.json")))!.AsArray().Select(sample => sample!.AsObject());
}
