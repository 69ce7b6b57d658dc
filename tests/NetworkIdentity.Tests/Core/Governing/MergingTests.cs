using NetworkIdentity.Governing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Two member ids of one person are made one.</summary>
public sealed class MergingTests
{
    [Fact]
    public async Task One_id_ends_and_the_other_keeps_the_earlier_day_and_neither_has_a_say()
    {
        await using var nation = await AppealingTests.EightAsync();
        var (ends, stays) = (nation.People["fay"], nation.People["ida"]);
        var early = (await Members.FindAsync(nation.Database, ends))!.JoinedAt!.Value - 86_400;
        await nation.Database.CommitAsync(new Statement("UPDATE member SET joined_at = @early WHERE id = @ends", new { early, ends }));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Merge(ends, stays, "Same passport."), stays)));
        foreach (var (one, other, code) in ((string, string, string)[])[(ends, ends, "invalid_proposal"), (ends, "nobody", "unknown_member"), ("nobody", stays, "unknown_member")])
            Assert.Equal(code, await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Merge(one, other, "Same passport."), nation.People["ana"])));

        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.Merge(ends, stays, "Same passport."), "ana", "ben");
        Assert.Equal("unknown_decision", await DecidingTests.RefusedAsync(() => nation.Deciding.ApproveAsync(decision.Row.Id, stays)));
        Assert.True(await nation.StandsAsync("fay"));
        await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People["cyd"]);

        Assert.False(await Credentials.BelongsAsync(nation.Database, ends, AppealingTests.Now(nation)));
        Assert.True(await Credentials.BelongsAsync(nation.Database, stays, AppealingTests.Now(nation)));
        Assert.Equal(early, (await Members.FindAsync(nation.Database, stays))!.JoinedAt);
        Assert.Equal(stays, await MergedMembers.FindAsync(nation.Database, ends));
        Assert.Equal("merged", await nation.Issuing.Revoker.ReasonOfAsync(Assert.Single(await Credentials.ListAsync(nation.Database, ends))));

        // Once, and for good: by the database too.
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Merge(ends, nation.People["hal"], "Again."), nation.People["ana"])));
        Assert.Equal("invalid_proposal", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.Reinstate(ends, "Again."), nation.People["ana"])));
        Assert.Equal(MergedMembers.OnceCondition, await nation.Database.CommitAsync(MergedMembers.Insert(ends, nation.People["hal"], "x", 1)));
    }
}
