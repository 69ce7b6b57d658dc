namespace NetworkIdentity.Governing;

/// <summary>How far a decision has come: approvals held against a rule of the charter. Pure: whoever has the same facts sees the same.</summary>
/// <param name="Eligible">Who may decide it, by their ids.</param>
/// <param name="Counted">Whose approvals count now, in their order.</param>
/// <param name="Needed">How many are needed.</param>
/// <param name="Nodes">How many different nodes those whose approvals count are of.</param>
/// <param name="NodesNeeded">How many are needed.</param>
public sealed record Quorum(IReadOnlySet<string> Eligible, IReadOnlyList<string> Counted, int Needed, int Nodes, int NodesNeeded)
{
    /// <summary>Whether it is decided.</summary>
    public bool IsReached => Counted.Count >= Needed && Nodes >= NodesNeeded;

    /// <summary>How many different nodes those who are eligible are of.</summary>
    public int EligibleNodes { get; private init; }

    /// <summary>Whether there are people enough who could decide it: where there are not, nobody need wait for it.</summary>
    public bool IsWithinReach => Eligible.Count >= Needed && EligibleNodes >= NodesNeeded;

    /// <summary>Holds approvals against a rule.</summary>
    /// <param name="rule">The charter's rule for the act.</param>
    /// <param name="matter">What is decided.</param>
    /// <param name="approvals">Who approved, by their ids, the first first. One who stands there twice counts once.</param>
    /// <param name="members">Everyone who belongs now and could be eligible. An approval of who isn't among them doesn't count, though it did when it was given.</param>
    /// <param name="now">Now.</param>
    public static Quorum Of(ActRule rule, Matter matter, IEnumerable<string> approvals, IReadOnlyCollection<Standing> members, DateTimeOffset now)
    {
        var eligible = members.Where(member => IsEligible(rule, matter, member, now)).ToDictionary(member => member.MemberId);
        var counted = approvals.Distinct(StringComparer.Ordinal).Where(eligible.ContainsKey).ToList();

        return new(eligible.Keys.ToHashSet(StringComparer.Ordinal), counted, rule.Needed(eligible.Count), NodesOf(counted), rule.Nodes)
        {
            EligibleNodes = NodesOf(eligible.Keys),
        };

        // Who is of no node counts, and is from none of those that are wanted.
        int NodesOf(IEnumerable<string> ids) => ids.Select(id => eligible[id].NodeId).OfType<string>().Distinct(StringComparer.Ordinal).Count();
    }

    /// <summary>Whether a member may decide a matter.</summary>
    public static bool IsEligible(ActRule rule, Matter matter, Standing member, DateTimeOffset now)
    {
        if (matter.Barred.Contains(member.MemberId) || now - member.Since < rule.MemberFor) return false;
        return rule.By == ActRule.Members || member.Mandates.Any(mandate => mandate.MemberId == member.MemberId && Covers(rule, matter.NodeId, mandate, now));
    }

    /// <summary>Whether a mandate is for an act at a node, or for the nation's.</summary>
    internal static bool Covers(ActRule rule, string? nodeId, Steward mandate, DateTimeOffset now) =>
        mandate.Until > now && mandate.Acts.Contains(rule.Act) && (mandate.NodeId is null || (rule.By == ActRule.NodeStewards && mandate.NodeId == nodeId));
}
