using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Telling people in time of what ends.</summary>
public sealed class RemindingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Of_a_membership_and_a_mandate_that_end_within_thirty_days_their_member_is_told_once_by_whichever_server()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        foreach (var (what, name, kind) in new[] { (await MembershipEndAsync(nation, "fay"), "fay", NoticeKind.MembershipEndsSoon), (await MandateEndAsync(nation, "ana"), "ana", NoticeKind.MandateEndsSoon) }
            .OrderBy(one => one.Item1))
        {
            nation.Time.Move(what - Reminding.Before - nation.Time.GetUtcNow() - Hour);
            await BothAsync(nation);
            Assert.DoesNotContain(kind.Name, await ToldAsync(nation, name));
            nation.Time.Move(Hour + Hour);
            await BothAsync(nation);
            await BothAsync(nation);
            Assert.Single(await ToldAsync(nation, name), kind.Name);
        }
    }

    [Fact]
    public async Task Who_was_revoked_and_whose_mandate_was_ended_is_told_nothing_of_their_end()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, [.. Act.All]), ("ben", null, [.. Act.All]));
        var (ana, membership, mandate) = (nation.People["ana"], await MembershipEndAsync(nation, "ana"), await MandateEndAsync(nation, "ana"));
        var revoker = new Revoker(nation.Database, nation.Nation.Keys, nation.Time);
        await revoker.RevokeMemberAsync(ana, "Why.", await Mandate.OfFounderAsync(nation.Database, Act.Revoke));
        foreach (var end in new[] { membership, mandate }.Order())
        {
            nation.Time.Move(end - nation.Time.GetUtcNow() - Hour);
            await BothAsync(nation);
        }

        Assert.Empty((await ToldAsync(nation, "ana")).Intersect([NoticeKind.MembershipEndsSoon.Name, NoticeKind.MandateEndsSoon.Name]));
        Assert.Equal(2, (await ToldAsync(nation, "ben")).Intersect([NoticeKind.MembershipEndsSoon.Name, NoticeKind.MandateEndsSoon.Name]).Count());
    }

    [Fact]
    public async Task Of_a_decision_in_its_last_quarter_those_are_told_who_can_approve_and_have_not()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var decision = await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Why."), nation.People["ana"]);
        await nation.Deciding.ApproveAsync(decision.Row.Id, nation.People["ben"]);
        var open = TimeSpan.FromSeconds(decision.Row.OpenUntil - decision.Row.ProposedAt);
        nation.Time.Move((open * 0.75) - Hour);
        await BothAsync(nation);
        Assert.DoesNotContain(NoticeKind.DecisionEndsSoon.Name, await ToldAsync(nation, "cyd"));
        nation.Time.Move(Hour + Hour);
        await BothAsync(nation);
        await BothAsync(nation);
        foreach (var name in (string[])["cyd", "dee", "eve"]) Assert.Single(await ToldAsync(nation, name), NoticeKind.DecisionEndsSoon.Name);
        foreach (var name in (string[])["ana", "ben", "fay"]) Assert.DoesNotContain(NoticeKind.DecisionEndsSoon.Name, await ToldAsync(nation, name));
    }

    [Fact]
    public async Task Of_a_decision_that_enough_have_approved_or_that_is_over_nobody_is_reminded()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var taken = await nation.Deciding.ProposeAsync(Proposal.Revoke(nation.People["fay"], "harm", "Why."), nation.People["ana"]);
        await nation.Deciding.WithdrawAsync(taken.Row.Id, nation.People["ana"]);
        nation.Time.Move(TimeSpan.FromSeconds(taken.Row.OpenUntil - taken.Row.ProposedAt) - Hour);
        await BothAsync(nation);
        Assert.DoesNotContain(NoticeKind.DecisionEndsSoon.Name, await ToldAsync(nation, "cyd"));
    }

    private static async Task BothAsync(TestGovernment nation)
    {
        await using var other = nation.Nation.OpenDatabase();
        await Task.WhenAll(Of(nation, nation.Database).GoOnAsync(), Of(nation, other).GoOnAsync());
    }

    private static Reminding Of(TestGovernment nation, Database database) => new(database, nation.Deciding, nation.Time);

    private static async Task<DateTimeOffset> MembershipEndAsync(TestGovernment nation, string name) =>
        DateTimeOffset.FromUnixTimeSeconds((await Credentials.ListAsync(nation.Database, nation.People[name])).Max(row => row.ExpiresAt));

    private static async Task<DateTimeOffset> MandateEndAsync(TestGovernment nation, string name) =>
        (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow())).Single(mandate => mandate.MemberId == nation.People[name]).Until;

    private static async Task<IReadOnlyList<string>> ToldAsync(TestGovernment nation, string name) =>
        [.. (await Notices.OfMemberAsync(nation.Database, nation.People[name], nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => row.Kind)];
}
