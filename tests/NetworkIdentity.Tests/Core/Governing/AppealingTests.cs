using NetworkIdentity.Governing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Appeals, on a real database of this run's engine, by two servers.</summary>
public sealed class AppealingTests
{
    private static readonly string[] Eight = ["ana", "ben", "cyd", "dee", "eve", "gil", "hal", "ida"];

    [Fact]
    public async Task A_suspension_that_others_overturn_is_lifted_and_who_decided_first_has_no_say()
    {
        await using var nation = await EightAsync();
        var fay = nation.People["fay"];
        var first = await SuspendedAsync(nation, 30, "ana", "ben", "cyd");
        Assert.False(await nation.StandsAsync("fay"));
        var appeal = await nation.Appealing.AppealAsync(first, fay, "It was not me.\nAsk the neighbours.");

        // It is put by itself, to the five others; fay is none, and who decided first is not told that it is there.
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        Assert.Equal((Act.DecideAppeal, appeal, (string?)null), (question.Row.Act, question.Row.Subject, question.Row.ProposedBy));
        Assert.Equal(Ids(nation, "dee", "eve", "gil", "hal", "ida"), question.Quorum!.Eligible.Order(StringComparer.Ordinal));
        foreach (var name in (string[])["ana", "ben", "cyd", "fay"]) Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name])));
        var row = (await Appeals.FindAsync(nation.Database, appeal))!;
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.UpholdAppeal(row, "It was."), nation.People["ana"])));

        foreach (var name in (string[])["dee", "eve"]) await nation.Elsewhere.ApproveAsync(question.Row.Id, nation.People[name]);
        Assert.False(await nation.StandsAsync("fay"));
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["gil"]);
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Equal(Appeals.Overturned, (await Appeals.FindAsync(nation.Database, appeal))!.State);
        Assert.Equal(["appeal", "decide_appeal"], (await nation.JournalAsync(appeal)).Select(one => one.Act));
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, fay));
        Assert.Equal(("resume", question.Row.Id), (await nation.JournalAsync(record.Id))[^1]);

        // Once.
        Assert.Equal("already_appealed", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(first, fay, "Again.")));
    }

    [Fact]
    public async Task An_appeal_that_is_turned_down_leaves_what_was_decided_and_its_reasons_are_told()
    {
        await using var nation = await EightAsync();
        var first = await SuspendedAsync(nation, 30, "ana", "ben", "cyd");
        var appeal = await nation.Appealing.AppealAsync(first, nation.People["fay"], "It was not me.");
        var row = (await Appeals.FindAsync(nation.Database, appeal))!;
        Assert.Equal("reason_missing", Assert.Throws<Refusal>(() => Proposal.UpholdAppeal(row, " ")).Code);
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        await nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ida"]);
        await DecidingTests.ApprovedAsync(nation, Proposal.UpholdAppeal(row, "Three people saw it."), "dee", "eve", "gil");

        Assert.Equal(Appeals.Upheld, (await Appeals.FindAsync(nation.Database, appeal))!.State);
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.FindAsync(question.Row.Id))!.Row.State);
        Assert.False(await nation.StandsAsync("fay"));
        var seen = Assert.Single(await nation.Appealing.OfAsync(nation.People["fay"]));
        Assert.Equal(("It was not me.", "Three people saw it."), (seen.Words, seen.Answer));

        // The end of its time changes nothing any more.
        nation.Time.Move(TimeSpan.FromDays(31));
        await nation.Appealing.GoOnAsync();
        Assert.Equal(Appeals.Upheld, (await Appeals.FindAsync(nation.Database, appeal))!.State);
    }

    [Fact]
    public async Task What_nobody_decides_in_its_time_falls_once_and_not_a_moment_before()
    {
        await using var nation = await EightAsync();
        var fay = nation.People["fay"];
        var first = await SuspendedAsync(nation, 60, "ana", "ben", "cyd");
        var appeal = await nation.Appealing.AppealAsync(first, fay, "It was not me.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        foreach (var name in (string[])["dee", "eve"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        nation.Time.Move(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        await nation.Deciding.GoOnAsync();
        await nation.Appealing.GoOnAsync();
        Assert.Equal(Appeals.Open, (await Appeals.FindAsync(nation.Database, appeal))!.State);
        Assert.False(await nation.StandsAsync("fay"));

        nation.Time.Move(TimeSpan.FromMinutes(2));
        Assert.Equal("decision_ended", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(question.Row.Id, nation.People["gil"])));
        await Task.WhenAll(nation.Appealing.GoOnAsync(), nation.AppealingElsewhere.GoOnAsync());
        Assert.Equal(Appeals.Fallen, (await Appeals.FindAsync(nation.Database, appeal))!.State);
        Assert.True(await nation.StandsAsync("fay"));
        Assert.Equal(["appeal", "fall"], (await nation.JournalAsync(appeal)).Select(one => one.Act));
    }

    [Fact]
    public async Task Where_all_decided_first_the_decision_falls_by_its_time()
    {
        // Four of five revoke: one is left, and three are wanted.
        await using var nation = await TestGovernment.GovernedAsync();
        var fay = nation.People["fay"];
        var first = await RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        var (node, joined) = ((await Members.FindAsync(nation.Database, fay))!.NodeId, (await Members.FindAsync(nation.Database, fay))!.JoinedAt);
        await nation.Appealing.AppealAsync(first, fay, "It was not me.");
        await nation.Deciding.ApproveAsync(Assert.Single(await nation.Deciding.ForAsync(nation.People["eve"])).Row.Id, nation.People["eve"]);
        Assert.Null(await nation.Granting.FindAsync(fay));
        nation.Time.Move(TimeSpan.FromDays(30));
        await nation.AppealingElsewhere.GoOnAsync();

        await GrantingTests.TakeAsync(nation, "fay");
        var member = (await Members.FindAsync(nation.Database, fay))!;
        Assert.Equal((node, joined, true), (member.NodeId, member.JoinedAt, await Credentials.BelongsAsync(nation.Database, fay, Now(nation))));
    }

    [Fact]
    public async Task Only_whom_it_is_about_appeals_what_was_carried_out_within_the_charters_days()
    {
        await using var nation = await EightAsync();
        var fay = nation.People["fay"];
        var proposed = await nation.Deciding.ProposeAsync(Proposal.Suspend(fay, "harm", "What was done.", 30), nation.People["ana"]);
        Assert.Empty(await nation.Appealing.OfAsync(fay));
        foreach (var name in (string[])["ben", "cyd"]) await nation.Elsewhere.ApproveAsync(proposed.Row.Id, nation.People[name]);
        Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(proposed.Row.Id, fay, "Words.")));
        var waiting = Assert.Single(await nation.Appealing.OfAsync(fay));
        Assert.Equal((proposed.Row.Id, (DateTimeOffset?)null), (waiting.Row.Id, waiting.AppealUntil));
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Deciding.GoOnAsync();
        var first = proposed.Row.Id;

        foreach (var name in (string[])["ana", "ida"]) Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(first, nation.People[name], "Words.")));
        Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync("nothing", fay, "Words.")));
        foreach (var words in (string[])["", " ", new string('x', Appealing.MaxWords + 1), "\u202Ebackwards"]) Assert.Equal("invalid_appeal", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(first, fay, words)));

        // What harms nobody is no matter for an appeal.
        var appointed = await DecidingTests.ApprovedAsync(nation, Proposal.Appoint(nation.People["ida"], null, [Act.Admit], DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(30)), "dee", "eve", "gil");
        Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(appointed.Row.Id, nation.People["ida"], "Words.")));

        nation.Time.Move(TimeSpan.FromDays(30));
        Assert.Equal("appeal_late", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealAsync(first, fay, "Words.")));
        Assert.Empty(await Appeals.OpenAsync(nation.Database));
    }

    [Fact]
    public async Task Of_two_appeals_at_once_there_is_one()
    {
        await using var nation = await EightAsync();
        var first = await SuspendedAsync(nation, 30, "ana", "ben", "cyd");
        var outcomes = await Task.WhenAll(new[] { nation.Appealing, nation.AppealingElsewhere }.Select(async server =>
        {
            try
            {
                return await server.AppealAsync(first, nation.People["fay"], "Words.") is not null ? "made" : "";
            }
            catch (Refusal refusal)
            {
                return refusal.Code;
            }
        }));
        Assert.Equal(["already_appealed", "made"], outcomes.Order(StringComparer.Ordinal));
        Assert.Single(await Appeals.OpenAsync(nation.Database));
    }

    [Fact]
    public async Task A_new_charter_puts_the_question_again_and_shortens_no_window()
    {
        await using var nation = await EightAsync();
        var first = await SuspendedAsync(nation, 60, "ana", "ben", "cyd");
        var appeal = await nation.Appealing.AppealAsync(first, nation.People["fay"], "Words.");
        var until = (await Appeals.FindAsync(nation.Database, appeal))!.DecideUntil;
        var old = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        await DecidingTests.ApprovedAsync(nation, Proposal.ChangeCharter(CharterTests.Changed("next", ("/appeal/decide_days", "1"))), "ana", "ben", "cyd", "dee", "eve", "gil");
        nation.Time.Move(TimeSpan.FromDays(7));
        await nation.Deciding.GoOnAsync();
        await nation.Deciding.GoOnAsync();
        Assert.Equal(Decisions.Lapsed, (await nation.Deciding.FindAsync(old.Row.Id))!.Row.State);
        await nation.Appealing.GoOnAsync();
        var again = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        Assert.Equal((Act.DecideAppeal, "next", until), (again.Row.Act, again.Row.CharterVersion, (await Appeals.FindAsync(nation.Database, appeal))!.DecideUntil));
    }

    [Fact]
    public async Task One_overturned_suspension_does_not_lift_another()
    {
        await using var nation = await EightAsync();
        var first = await SuspendedAsync(nation, 60, "ana", "ben", "cyd");
        await SuspendedAsync(nation, 20, "ana", "ben", "cyd");
        var shorter = nation.Time.GetUtcNow().AddDays(20).ToUnixTimeSeconds();
        await nation.Appealing.AppealAsync(first, nation.People["fay"], "Words.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        foreach (var name in (string[])["dee", "eve", "gil"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        var record = Assert.Single(await Credentials.ListAsync(nation.Database, nation.People["fay"]));
        Assert.InRange(record.SuspendedUntil!.Value, shorter - 3600, shorter + 3600);
        Assert.False(await nation.StandsAsync("fay"));
        nation.Time.Move(TimeSpan.FromDays(20) + TimeSpan.FromHours(1));
        Assert.True(await nation.StandsAsync("fay"));
    }

    [Fact]
    public async Task One_revocation_that_falls_does_not_undo_another()
    {
        await using var nation = await EightAsync();
        await RevokedAsync(nation, "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(31));
        var again = await RevokedAsync(nation, "eve", "gil", "hal", "ida");
        await nation.Appealing.AppealAsync(again, nation.People["fay"], "It was not me.");
        nation.Time.Move(TimeSpan.FromDays(31));
        await nation.Appealing.GoOnAsync();
        Assert.Equal(Appeals.Fallen, Assert.Single(await Appeals.OfMemberAsync(nation.Database, nation.People["fay"])).State);
        Assert.Null(await nation.Granting.FindAsync(nation.People["fay"]));

        // Who decides on that brings them back, and then another that falls does too.
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(nation.People["fay"], "It was long ago."), "ana", "ben", "cyd");
        Assert.NotNull(await nation.Granting.FindAsync(nation.People["fay"]));
    }

    [Fact]
    public async Task A_mandate_comes_back_until_its_old_day()
    {
        await using var nation = await EightAsync();
        var ida = nation.People["ida"];
        var old = Assert.Single(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), ida));
        var first = await DecidingTests.ApprovedAsync(nation, Proposal.Dismiss(old, "Was never there."), "ana", "ben", "cyd");
        Assert.Empty(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), ida));
        await nation.Appealing.AppealAsync(first.Row.Id, ida, "I was.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        foreach (var name in (string[])["dee", "eve", "gil"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        var again = Assert.Single(await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), ida));
        Assert.NotEqual(old.Id, again.Id);
        Assert.Equal((old.NodeId, old.Until, string.Join(' ', old.Acts)), (again.NodeId, again.Until, string.Join(' ', again.Acts)));
        Assert.Contains(("appoint", question.Row.Id), await nation.JournalAsync(again.Id));
    }

    [Fact]
    public async Task Who_was_refused_appeals_by_the_secret_of_their_link_and_is_looked_at_again()
    {
        await using var nation = await EightAsync();
        var applied = await nation.Applying.ApplyAsync("Kim", "I cook.", "Austin");
        foreach (var name in (string[])["fay", "ana"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Cooks.");
        Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealRefusalAsync(applied.Secret, "Words.")));
        var row = (await Applications.FindAsync(nation.Database, applied.Id))!;
        await DecidingTests.ApprovedAsync(nation, Proposal.Refuse(row, CharterTests.CoLiving.Criteria.Keys.First(), "Was never here."), "ana", "ben");
        Assert.Equal("unknown_application", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealRefusalAsync("nothing", "Words.")));
        await nation.Appealing.AppealRefusalAsync(applied.Secret, "I was, in May.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["cyd"]));
        foreach (var name in (string[])["ana", "ben"]) Assert.Empty(await nation.Deciding.ForAsync(nation.People[name]));
        foreach (var name in (string[])["cyd", "dee", "eve"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        Assert.Equal(Applications.Review, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
        await nation.Applying.GoOnAsync();
        Assert.Equal(Act.Admit, Assert.Single(await nation.Deciding.ForAsync(nation.People["cyd"])).Row.Act);

        // Who vouched may take that back still, as of every application that is open.
        Assert.Equal([applied.Id], (await nation.Applying.VouchedForAsync(nation.People["fay"])).Select(one => one.Row.Id));
        await nation.ApplyingElsewhere.TakeBackAsync(applied.Id, nation.People["fay"]);
        Assert.Equal(Applications.Vouching, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
        Assert.Empty(await nation.Applying.VouchedForAsync(nation.People["fay"]));
        Assert.Equal([applied.Id], (await nation.Applying.VouchedForAsync(nation.People["ana"])).Select(one => one.Row.Id));
    }

    /// <summary>Whoever decided first under another id is no other.</summary>
    [Fact]
    public async Task I11_who_decided_first_and_was_merged_since_does_not_decide_as_who_they_are_now()
    {
        await using var nation = await EightAsync();
        var first = await SuspendedAsync(nation, 60, "ana", "ben", "gil");
        await DecidingTests.ApprovedAsync(nation, Proposal.Merge(nation.People["gil"], nation.People["ida"], "One person."), "ana", "ben", "cyd");
        Assert.Equal(nation.People["ida"], await MergedMembers.FindAsync(nation.Database, nation.People["gil"]));
        await nation.Appealing.AppealAsync(first, nation.People["fay"], "It was not me.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        Assert.Equal(Ids(nation, "cyd", "dee", "eve", "hal"), question.Quorum!.Eligible.Order(StringComparer.Ordinal));
        Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(question.Row.Id, nation.People["ida"])));
    }

    /// <summary>What /apply says: forgotten when they can appeal no more; of who appealed, when they have had the time to read what came of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_was_refused_is_forgotten_once_that_is_final(bool appeals)
    {
        await using var nation = await EightAsync();
        var applied = await nation.Applying.ApplyAsync("Kim", "I cook.", "Austin", "kim@example.org");
        foreach (var name in (string[])["fay", "ana"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Cooks.");
        var row = (await Applications.FindAsync(nation.Database, applied.Id))!;
        await DecidingTests.ApprovedAsync(nation, Proposal.Refuse(row, CharterTests.CoLiving.Criteria.Keys.First(), "Was never here."), "ana", "ben");
        if (appeals)
        {
            nation.Time.Move(TimeSpan.FromDays(20));
            var appeal = await nation.Appealing.AppealRefusalAsync(applied.Secret, "I was.");
            nation.Time.Move(TimeSpan.FromDays(15));
            await nation.Applying.GoOnAsync();
            Assert.NotNull(await nation.Applying.OpenAsync(applied.Secret));
            await DecidingTests.ApprovedAsync(nation, Proposal.UpholdAppeal((await Appeals.FindAsync(nation.Database, appeal))!, "No."), "cyd", "dee", "eve");
        }

        nation.Time.Move(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        await nation.Applying.GoOnAsync();
        Assert.Equal("Kim", (await nation.Applying.OpenAsync(applied.Secret))!.Name);
        nation.Time.Move(TimeSpan.FromMinutes(2));
        await Task.WhenAll(nation.Applying.GoOnAsync(), nation.ApplyingElsewhere.GoOnAsync());
        Assert.Null(await nation.Applying.OpenAsync(applied.Secret));
        Assert.Equal(Applications.Refused, (await nation.Applying.StandingAsync(applied.Secret))!.State);
        Assert.Equal((Member.Erased, 0), ((await Members.FindAsync(nation.Database, row.MemberId))!.State, (await Members.FindAsync(nation.Database, row.MemberId))!.DataKey.Length));
        Assert.Null(await Contacts.FindAsync(nation.Database, row.MemberId, Contacts.Email));
        Assert.Empty(nation.Issuing.Query<string>("SELECT id FROM notice WHERE member_id = @MemberId", row));
        Assert.Single(await nation.JournalAsync(applied.Id), one => one.Act == "forget-application");
        Assert.Equal("not_appealable", await DecidingTests.RefusedAsync(() => nation.Appealing.AppealRefusalAsync(applied.Secret, "I was.")));
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    /// <summary>A nation of eight stewards, so that there are others who decide on an appeal.</summary>
    internal static async Task<TestGovernment> EightAsync()
    {
        var nation = await TestGovernment.FoundAsync([.. Eight.Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await nation.JoinAsync("fay", "Austin");
        nation.Time.Move(TimeSpan.FromDays(100));
        await Rules.EndFoundingAsync(nation.Database, nation.Time);
        return nation;
    }

    /// <summary>Suspends fay, and lets the notice pass; the decision.</summary>
    internal static async Task<string> SuspendedAsync(TestGovernment nation, int days, params string[] names)
    {
        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(nation.People["fay"], "harm", $"What was done, for {days} days.", days), names);
        nation.Time.Move(TimeSpan.FromDays(3));
        await nation.Deciding.GoOnAsync();
        Assert.Equal(Decisions.Done, (await nation.Deciding.FindAsync(decision.Row.Id))!.Row.State);
        return decision.Row.Id;
    }

    /// <summary>Revokes fay, and lets the notice pass; the decision.</summary>
    internal static async Task<string> RevokedAsync(TestGovernment nation, params string[] names)
    {
        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(nation.People["fay"], "harm", "What was done."), names);
        nation.Time.Move(TimeSpan.FromDays(21));
        await nation.Deciding.GoOnAsync();
        Assert.False(await Credentials.BelongsAsync(nation.Database, nation.People["fay"], Now(nation)));
        return decision.Row.Id;
    }

    internal static long Now(TestGovernment nation) => nation.Time.GetUtcNow().ToUnixTimeSeconds();

    private static IEnumerable<string> Ids(TestGovernment nation, params string[] names) => names.Select(name => nation.People[name]).Order(StringComparer.Ordinal);
}
