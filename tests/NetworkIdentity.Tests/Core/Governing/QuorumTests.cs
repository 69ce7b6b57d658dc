using NetworkIdentity.Governing;

namespace NetworkIdentity.Tests.Core.Governing;

public class QuorumTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Matter Admission = new("lisbon", new HashSet<string>());
    private static readonly ActRule TwoOfTheNode = new(Act.Admit, 2, ActRule.NodeStewards, TimeSpan.FromDays(14));

    [Fact]
    public void A_quorum_is_of_different_people()
    {
        Standing[] members = [Steward("ana"), Steward("ben"), Steward("cyd")];
        Assert.False(Quorum.Of(TwoOfTheNode, Admission, ["ana"], members, Now).IsReached);
        Assert.False(Quorum.Of(TwoOfTheNode, Admission, ["ana", "ana"], members, Now).IsReached);
        var reached = Quorum.Of(TwoOfTheNode, Admission, ["ben", "ana", "ben"], members, Now);
        Assert.True(reached.IsReached);
        Assert.Equal(["ben", "ana"], reached.Counted);
    }

    [Fact]
    public void A_steward_counts_for_the_acts_the_node_and_the_time_of_their_mandate()
    {
        Assert.True(Counts(Steward("ana")));
        Assert.True(Counts(Steward("ana", node: null)));
        Assert.False(Counts(Steward("ana", node: "austin")));
        Assert.False(Counts(Steward("ana", act: Act.Witness)));
        Assert.False(Counts(Steward("ana", until: Now)));
        Assert.False(Counts(new Standing("ana", Now.AddYears(-1), "lisbon", [])));

        // Another's mandate is nobody's.
        Assert.False(Counts(Steward("ana") with { Mandates = Steward("ben").Mandates }));

        var ofTheNation = TwoOfTheNode with { By = ActRule.NationStewards };
        Assert.False(Counts(Steward("ana"), ofTheNation));
        Assert.True(Counts(Steward("ana", node: null), ofTheNation));
    }

    [Fact]
    public void Who_is_concerned_decides_nothing_nor_does_who_decided_before()
    {
        var matter = Admission with { Barred = new HashSet<string> { "ana" } };
        Assert.False(Counts(Steward("ana"), matter: matter));
        Assert.True(Counts(Steward("ben"), matter: matter));
    }

    [Fact]
    public void Who_belongs_for_too_short_a_time_does_not_count()
    {
        var rule = new ActRule(Act.Admit, 2, ActRule.Members, TimeSpan.FromDays(30)) { MemberFor = TimeSpan.FromDays(90) };
        Assert.True(Counts(new Standing("ana", Now.AddDays(-90), null, []), rule));
        Assert.False(Counts(new Standing("ana", Now.AddDays(-90).AddSeconds(1), null, []), rule));
    }

    [Fact]
    public void An_approval_of_who_lost_the_mandate_counts_no_more()
    {
        var (ana, ben) = (Steward("ana", until: Now.AddDays(1)), Steward("ben"));
        Assert.True(Quorum.Of(TwoOfTheNode, Admission, ["ana", "ben"], [ana, ben], Now).IsReached);
        Assert.False(Quorum.Of(TwoOfTheNode, Admission, ["ana", "ben"], [ana, ben], Now.AddDays(1)).IsReached);
        Assert.False(Quorum.Of(TwoOfTheNode, Admission, ["ana", "ben"], [ben], Now).IsReached);
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(9, 6)]
    [InlineData(10, 6)]
    [InlineData(3, 5)]
    public void A_share_is_of_those_who_are_eligible_and_the_number_is_the_least(int eligible, int needed)
    {
        var rule = new ActRule(Act.Admit, 5, ActRule.Members, TimeSpan.FromDays(30)) { SharePercent = 60 };
        Standing[] members = [.. Enumerable.Range(0, eligible).Select(i => new Standing($"m{i}", Now.AddYears(-1), null, []))];
        var quorum = Quorum.Of(rule, Admission, members.Select(member => member.MemberId).Take(needed - 1), members, Now);
        Assert.Equal((needed, false), (quorum.Needed, quorum.IsReached));
        Assert.Equal(eligible >= needed, quorum.IsWithinReach);
        Assert.Equal(eligible >= needed, Quorum.Of(rule, Admission, members.Select(member => member.MemberId), members, Now).IsReached);
    }

    [Fact]
    public void Approvals_come_from_as_many_nodes_as_the_rule_wants()
    {
        var rule = TwoOfTheNode with { Nodes = 2 };
        Standing[] members = [Steward("ana", node: null, home: "lisbon"), Steward("ben", node: null, home: "lisbon"), Steward("cyd", node: null, home: "austin"), Steward("dee", node: null, home: null)];
        Assert.False(Quorum.Of(rule, Admission, ["ana", "ben"], members, Now).IsReached);
        Assert.False(Quorum.Of(rule, Admission, ["ana", "dee"], members, Now).IsReached);
        Assert.True(Quorum.Of(rule, Admission, ["ana", "cyd"], members, Now).IsReached);
        Assert.False(Quorum.Of(rule, Admission, [], members[..2], Now).IsWithinReach);
    }

    /// <summary>I11: whoever the people are and whatever they send, fewer than the rule wants, of those who may, never decide.</summary>
    [Fact]
    public void I11_fewer_than_the_quorum_never_decide()
    {
        var random = new Random(7);
        string?[] nodes = ["lisbon", "austin", null];
        for (var round = 0; round < 20_000; round++)
        {
            var rule = new ActRule(Act.Admit, random.Next(1, 6), Pick([ActRule.NodeStewards, ActRule.NationStewards, ActRule.Members]), TimeSpan.FromDays(1))
            {
                Nodes = Pick([0, 2, 3]),
                SharePercent = random.Next(3) == 0 ? random.Next(1, 101) : null,
                MemberFor = TimeSpan.FromDays(random.Next(0, 3)),
            };
            Standing[] members = [.. Enumerable.Range(0, random.Next(0, 9)).Select(i => Steward(
                $"m{i}", Pick(nodes), Pick([Act.Admit, Act.Admit, Act.Revoke]), Now.AddHours(random.Next(-2, 9)), Pick(nodes), Now.AddDays(-random.Next(0, 5))))];
            var matter = Admission with { Barred = new HashSet<string> { $"m{random.Next(9)}" } };
            string[] approvals = [.. Enumerable.Range(0, random.Next(0, 14)).Select(_ => $"m{random.Next(11)}")];

            // Counted anew, in the plainest way.
            var may = members.Where(member => !matter.Barred.Contains(member.MemberId) && member.Since + rule.MemberFor <= Now && (rule.By == ActRule.Members
                || (member.Mandates[0].Until > Now && member.Mandates[0].Acts.Contains(Act.Admit)
                    && (member.Mandates[0].NodeId == null || (rule.By == ActRule.NodeStewards && member.Mandates[0].NodeId == "lisbon"))))).ToList();
            var count = may.Where(member => approvals.Contains(member.MemberId)).ToList();
            var enough = count.Count >= rule.Approvals && count.Count * 100 >= may.Count * (rule.SharePercent ?? 0)
                && (rule.Nodes == 0 || count.Select(member => member.NodeId).Where(node => node is not null).Distinct().Count() >= rule.Nodes);
            var quorum = Quorum.Of(rule, matter, approvals, members, Now);
            Assert.Equal(enough, quorum.IsReached);
            Assert.True(!quorum.IsReached || quorum.IsWithinReach);
        }

        T Pick<T>(T[] of) => of[random.Next(of.Length)];
    }

    private static bool Counts(Standing member, ActRule? rule = null, Matter? matter = null) =>
        Quorum.Of(rule ?? TwoOfTheNode, matter ?? Admission, [member.MemberId], [member], Now).Counted.Count == 1;

    private static Standing Steward(string id, string? node = "lisbon", string act = Act.Admit, DateTimeOffset? until = null, string? home = "lisbon", DateTimeOffset? since = null) =>
        new(id, since ?? Now.AddYears(-1), home, [new NetworkIdentity.Steward($"mandate-{id}", id, node, [act], until ?? Now.AddDays(30))]);
}
