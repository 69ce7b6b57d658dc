using System.Text;
using NetworkIdentity.Governing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Recognizing;

/// <summary>To recognise and to end it, on a real database of this run's engine, by two servers: five members decide it, by the charter's rule.</summary>
public sealed class RecognitionActsTests
{
    private static readonly string[] Deciders = ["ana", "ben", "cyd", "dee", "eve"];

    [Fact]
    public async Task A_quorum_recognises_and_ends_it_and_the_log_has_the_digest_of_each()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (register, recognition) = (Register(nation), ByUs(nation));
        var open = await DecidingTests.ApprovedAsync(nation, Proposal.Recognise(recognition), Deciders[..4]);
        Assert.Equal(Decisions.Open, open.Row.State);
        Assert.Empty(await register.ReadAsync());
        Assert.Equal(Decisions.Done, (await nation.Elsewhere.ApproveAsync(open.Row.Id, nation.People["eve"])).Row.State);

        var one = Assert.Single(await register.ReadAsync());
        Assert.Equal((open.Row.Id, recognition.Digest, (DateTimeOffset?)null), (one.Id, one.Content.Digest, one.EndedAt));
        Assert.Equal(one.Id, Assert.Single(register.Of(recognition.Issuer!)).Id);
        Assert.Equal(one.Id, Assert.Single(register.Of(recognition.Did!)).Id);
        Assert.Empty(register.Of("https://third.example"));
        Assert.Equal(("recognise", recognition.Digest), Leaf((await Journal.OfAsync(nation.Database, one.Id))[^1]));

        // One issuer, one DID; and what is of us gives nobody the word.
        Assert.Equal("invalid_proposal", await RefusedAsync(nation, Proposal.Recognise(recognition with { Did = "did:web:aurora.example:nation" })));
        await DecidingTests.ApprovedAsync(nation, Proposal.Recognise(recognition with { Direction = Recognition.OfUs, Issuer = null, Did = null }), Deciders);
        Assert.Equal(2, (await register.ReadAsync()).Count);
        Assert.Single(register.Of(recognition.Issuer!));
        Assert.Single(register.InForce(Recognition.OfUs));

        Assert.Equal("reason_missing", await DecidingTests.RefusedAsync(() => Task.FromResult(Proposal.EndRecognition(one, " "))));
        await DecidingTests.ApprovedAsync(nation, Proposal.EndRecognition(one, "They changed their charter."), Deciders);
        Assert.NotNull((await register.ReadAsync()).Single(other => other.Id == one.Id).EndedAt);
        Assert.Empty(register.Of(recognition.Issuer!));
        Assert.Null(register.CertificatesOf(recognition.Issuer!));
        Assert.Equal(("end_recognition", recognition.Digest), Leaf((await Journal.OfAsync(nation.Database, one.Id))[^1]));
        Assert.Equal("invalid_proposal", await RefusedAsync(nation, Proposal.EndRecognition(one, "Again.")));
        Assert.Empty((await AuditAsync(nation)).Faults);
    }

    [Fact]
    public async Task It_ends_by_itself_and_what_ended_before_it_was_carried_out_is_not()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (register, recognition) = (Register(nation), ByUs(nation));
        recognition = recognition with { Until = recognition.From.AddDays(10) };
        await DecidingTests.ApprovedAsync(nation, Proposal.Recognise(recognition), Deciders);
        var late = await DecidingTests.ApprovedAsync(nation, Proposal.Recognise(recognition with { Name = "Late" }), Deciders[..4]);
        await register.ReadAsync();
        Assert.Single(register.Of(recognition.Issuer!));
        nation.Time.Move(TimeSpan.FromDays(11));
        Assert.Empty(register.Of(recognition.Issuer!));
        Assert.Null(register.CertificatesOf(recognition.Issuer!));
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.ApproveAsync(late.Row.Id, nation.People["eve"])).Row.State);
        Assert.Single(await register.ReadAsync());
    }

    [Fact]
    public async Task A_row_that_nobody_decided_or_that_was_altered_is_seen_and_altered_content_counts_for_nothing()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (register, recognition) = (Register(nation), ByUs(nation));
        await DecidingTests.ApprovedAsync(nation, Proposal.Recognise(recognition), Deciders);
        var one = Assert.Single(await register.ReadAsync());

        var wider = Encoding.UTF8.GetBytes((recognition with { Types = ["urn:network-identity:steward:1"] }).ToJson().ToJsonString());
        await nation.Database.CommitAsync(new Statement("UPDATE recognition SET content = @wider", new { wider }));
        Assert.Empty(await register.ReadAsync());
        Assert.Empty(register.Of(recognition.Issuer!));
        await nation.Database.CommitAsync(new Statement("UPDATE recognition SET digest = @Digest", new { (recognition with { Types = ["urn:network-identity:steward:1"] }).Digest }));
        await FaultAsync("recognition, or of other words");

        var content = Encoding.UTF8.GetBytes(recognition.ToJson().ToJsonString());
        await nation.Database.CommitAsync(new Statement("UPDATE recognition SET digest = @Digest, content = @content", new { recognition.Digest, content }));
        Assert.Empty((await AuditAsync(nation)).Faults);
        await nation.Database.CommitAsync(Recognitions.End(one.Id, 5));
        await FaultAsync("whether it has ended");
        await nation.Database.CommitAsync(new Statement("UPDATE recognition SET ended_at = NULL", new { }));
        await nation.Database.CommitAsync(Recognitions.Insert(new() { Id = RandomId.New(), Content = content, Digest = recognition.Digest, DecidedAt = 5 }));
        await FaultAsync("recognition, or of other words");

        async Task FaultAsync(string words) => Assert.Contains((await AuditAsync(nation)).Faults, fault => fault.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A67_who_recognises_the_nation_is_not_trusted_by_that_whatever_stands_in_the_row()
    {
        await using var nation = await TestGovernment.FoundAsync();
        var (register, ofUs) = (Register(nation), ByUs(nation) with { Direction = Recognition.OfUs });
        await nation.Database.CommitAsync(Recognitions.Insert(new() { Id = RandomId.New(), Content = Encoding.UTF8.GetBytes(ofUs.ToJson().ToJsonString()), Digest = ofUs.Digest, DecidedAt = 5 }));
        await register.ReadAsync();
        Assert.Single(register.InForce(Recognition.OfUs));
        Assert.Empty(register.Of(ofUs.Issuer!));
    }

    [Fact]
    public async Task In_the_founding_phase_the_founders_word_is_enough_and_after_it_no_more()
    {
        await using var nation = await TestGovernment.FoundAsync([.. Deciders.Select(name => (name, (string?)null, Act.All.ToArray()))]);
        var recognition = ByUs(nation);
        var one = await RecogniseAsync(recognition);
        Assert.Equal(one.Id, Assert.Single(await Register(nation).ReadAsync()).Id);
        await RecognitionActs.EndAsync(nation.Database, nation.Time, one.Id);
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => RecognitionActs.EndAsync(nation.Database, nation.Time, one.Id)));
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => RecogniseAsync(recognition with { Types = [] })));
        var second = await RecogniseAsync(recognition);
        nation.Time.Move(TimeSpan.FromDays(100));
        await Rules.EndFoundingAsync(nation.Database, nation.Time);
        Assert.Equal("mandate_missing", await DecidingTests.RefusedAsync(() => RecogniseAsync(recognition)));
        Assert.Equal("mandate_missing", await DecidingTests.RefusedAsync(() => RecognitionActs.EndAsync(nation.Database, nation.Time, second.Id)));
        Assert.Equal(2, (await Register(nation).ReadAsync()).Count);

        Task<RegisteredRecognition> RecogniseAsync(Recognition what) => RecognitionActs.RecogniseAsync(nation.Database, nation.Nation.Keys.Nation, nation.Time, what);
    }

    [Fact]
    public async Task A67_of_two_that_recognise_an_issuer_by_different_DIDs_at_once_one_is_refused_and_by_the_same_both_are_right()
    {
        await using var nation = await TestGovernment.FoundAsync([.. Deciders.Select(name => (name, (string?)null, Act.All.ToArray()))]);
        var slow = TestMeanwhile.Of(nation.Nation);
        await using var _ = slow.Database;
        var recognition = ByUs(nation);
        var other = recognition with { Did = "did:web:aurora.example:nation" };

        // Nobody was recognised yet; or by one of the two before, which was ended.
        foreach (var (first, second) in ((Recognition, Recognition)[])[(recognition, other), (other, recognition), (recognition, other)])
        {
            slow.Before("INSERT INTO recognition ", () => RecogniseAsync(nation.Database, first));
            Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => RecogniseAsync(slow.Database, second)));
            Assert.True(slow.IsDone);
            var one = Assert.Single(await Register(nation).ReadAsync(), one => one.EndedAt is null);
            Assert.Equal(first.Did, one.Content.Did);
            await RecognitionActs.EndAsync(nation.Database, nation.Time, one.Id);
        }

        await RecogniseAsync(nation.Database, other);
        slow.Before("INSERT INTO recognition ", () => RecogniseAsync(nation.Database, other with { Name = "Also" }));
        await RecogniseAsync(slow.Database, other with { Name = "And" });
        Assert.Equal(3, (await Register(nation).ReadAsync()).Count(one => one.EndedAt is null && one.Content.Did == other.Did));
        Assert.Empty((await AuditAsync(nation)).Faults);

        Task<RegisteredRecognition> RecogniseAsync(Database database, Recognition what) => RecognitionActs.RecogniseAsync(database, nation.Nation.Keys.Nation, nation.Time, what);
    }

    private static Recognition ByUs(TestGovernment nation)
    {
        var today = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime);
        return RecognitionTests.ByUs with { From = today, Until = today.AddDays(300) };
    }

    private static RecognitionRegister Register(TestGovernment nation) => new(nation.Database, new DidResolver(null, null!, _ => false), nation.Time);

    private static (string Act, string? Detail) Leaf(Journal.Row row) => (row.Act, row.Detail);

    private static Task<string> RefusedAsync(TestGovernment nation, Proposal proposal) => DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(proposal, nation.People["ana"]));

    private static async Task<LogAudit.Report> AuditAsync(TestGovernment nation)
    {
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        return await LogAudit.RunAsync(nation.Database, log);
    }
}
