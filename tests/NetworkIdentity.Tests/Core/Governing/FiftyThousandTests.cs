using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>The example charter of a large nation, decided by: what it has that the small one has not.</summary>
public sealed class FiftyThousandTests
{
    [Fact]
    public async Task I11_nine_stewards_revoke_and_of_three_nodes_at_least_after_thirty_days()
    {
        await using var nation = await FoundAsync();
        await nation.JoinAsync("kim", "Lisbon");
        var kim = nation.People["kim"];
        var decision = await nation.Deciding.ProposeAsync(Proposal.Revoke(kim, "fraud", "What the inquiry found."), nation.People["s0"]);
        for (var i = 1; i < 10; i++) decision = await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People[$"s{i}"]);

        // Ten approve, of two nodes: it is not enough.
        Assert.Equal((10, 2, false), (decision.Quorum!.Counted.Count, decision.Quorum.Nodes, decision.Quorum.IsReached));
        decision = await nation.Deciding.ApproveAsync(decision.Row.Id, nation.People["s10"]);
        Assert.True(decision.Quorum!.IsReached);
        nation.Time.Move(TimeSpan.FromDays(29));
        await nation.Deciding.GoOnAsync();
        Assert.True(await nation.StandsAsync("kim"));
        nation.Time.Move(TimeSpan.FromDays(2));
        await nation.Deciding.GoOnAsync();
        Assert.False(await nation.StandsAsync("kim"));
    }

    [Fact]
    public async Task I11_without_a_proof_of_personhood_and_vouches_of_two_nodes_nobody_is_looked_at()
    {
        await using var nation = await FoundAsync();
        nation.Time.Move(TimeSpan.FromDays(200));
        var applied = await nation.Applying.ApplyAsync("Kim", "I cook.", "Lisbon");
        foreach (var name in (string[])["s0", "s1"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Cooks.");
        await nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Vouching, (await Applications.FindAsync(nation.Database, applied.Id))!.State);
        Assert.DoesNotContain(await nation.Deciding.ForAsync(nation.People["s0"]), one => one.Row.Subject == applied.Id);
    }

    /// <summary>Eleven stewards of the nation: five of Lisbon, five of Austin, one of Porto.</summary>
    private static async Task<TestGovernment> FoundAsync()
    {
        var nation = await TestGovernment.FoundAsync();
        await Node.AddAsync(nation.Database, nation.Time, "Porto", "Europe");
        await Rules.AdoptAsync(nation.Database, nation.Time, Charter.Parse(System.Text.Encoding.UTF8.GetBytes(Tree.Read("docs/charters/fifty-thousand.json"))));
        for (var i = 0; i < 11; i++)
        {
            await nation.JoinAsync($"s{i}", i == 10 ? "Porto" : i % 2 == 0 ? "Lisbon" : "Austin");
            await nation.AppointAsync($"s{i}", null, [.. Act.All]);
        }

        return nation;
    }
}
