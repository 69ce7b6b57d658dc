namespace NetworkIdentity.Governing;

/// <summary>
/// The method <c>bands</c>, version 1: facts and a day in, bands out. Pure, in integers, whatever the order of the facts, and the steps are those of
/// docs/reputation.md, from which a stranger writes their own.
/// </summary>
/// <remarks>
/// The surprise: a witness counts for somebody only where there is no short way back. Who witnessed for their own witness, or for somebody who witnessed
/// for them, is in a ring, and what is said inside a ring counts nothing, for nobody in it. A fact that is added inside a ring can only take away.
/// </remarks>
public static class ReputationMethod
{
    /// <summary>The name that a credential gives it.</summary>
    public const string Name = "bands";

    /// <summary>The version of the rule below. Who changes a number changes this too.</summary>
    public const string Version = "1";

    /// <summary>How old a fact may be, in days: one of so many days counts no more.</summary>
    public const int WindowDays = 730;

    /// <summary>The most people of a ring of which nothing counts.</summary>
    public const int RingSize = 4;

    /// <summary>The bands, the highest first, with the facts and the witnesses that each takes.</summary>
    private static readonly (string Band, int Facts, int Witnesses)[] Bands = [("outstanding", 15, 5), ("established", 6, 3), ("emerging", 2, 2)];

    /// <summary>What a kind of fact is a reputation for; null where it is for none.</summary>
    public static string? DomainOf(string kind) => kind switch
    {
        FactKind.Contribution => "contribution",
        FactKind.Hosting => "hosting",
        FactKind.Role => "stewardship",
        _ => null,
    };

    /// <summary>The bands of a day: an entry for each member and domain of which a fact stands, by member and domain.</summary>
    /// <param name="facts">The facts, in any order.</param>
    /// <param name="day">The day, in UTC. What was witnessed later is not looked at.</param>
    public static IReadOnlyList<Reputation> Of(IReadOnlyCollection<Fact> facts, DateOnly day)
    {
        // 1. Who had attested each fact by that day.
        var known = facts.Select(fact => (
            Fact: fact,
            Witnesses: fact.Witnesses.Where(witness => witness.Day <= day && witness.By != fact.MemberId).Select(witness => witness.By).ToHashSet(StringComparer.Ordinal))).ToList();

        // 2. A correction that has its witnesses takes away the fact that it names, for good.
        var corrected = known.Where(one => one.Fact.Corrects is not null && one.Witnesses.Count >= one.Fact.Needed).Select(one => one.Fact.Corrects!).ToHashSet(StringComparer.Ordinal);

        // 3. What is neither too old, nor still to come, nor an annulment.
        var recent = known.Where(one => !one.Fact.IsAnnulment && day.DayNumber - one.Fact.Until.DayNumber is >= 0 and < WindowDays).ToList();

        // 4. Who witnessed for whom: of facts that were corrected since, too.
        var witnessedFor = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (fact, witnesses) in recent)
        {
            foreach (var witness in witnesses)
            {
                if (!witnessedFor.TryGetValue(witness, out var members)) witnessedFor[witness] = members = new(StringComparer.Ordinal);
                members.Add(fact.MemberId);
            }
        }

        // 5. The facts that stand.
        var standing = recent.Where(one => one.Witnesses.Count >= one.Fact.Needed && !corrected.Contains(one.Fact.Id) && DomainOf(one.Fact.Kind) is not null).ToList();

        var all = new List<Reputation>();
        foreach (var ofMember in standing.GroupBy(one => one.Fact.MemberId, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var near = Reached(ofMember.Key, witnessedFor);
            foreach (var ofDomain in ofMember.GroupBy(one => DomainOf(one.Fact.Kind)!).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                // 6. A fact counts where enough of its witnesses are independent: in no ring with the member.
                var independent = ofDomain.Select(one => (one.Fact.Needed, By: one.Witnesses.Where(witness => !near.Contains(witness)).ToList())).Where(one => one.By.Count >= one.Needed).ToList();

                // 7. Each of them supports the member by so much, however many facts they attest.
                var support = independent.SelectMany(one => one.By).GroupBy(witness => witness, StringComparer.Ordinal).Select(group => Support(group.Count())).ToList();

                // 8. The band.
                var (count, people) = (Math.Min(independent.Count, support.Sum()), support.Count);
                all.Add(new(ofMember.Key, ofDomain.Key, Bands.FirstOrDefault(band => count >= band.Facts && people >= band.Witnesses).Band, count, people));
            }
        }

        return all;
    }

    /// <summary>What one witness of so many facts about a member in a domain is worth: less for each more, and three at most.</summary>
    private static int Support(int facts) => facts switch { 0 => 0, 1 => 1, 2 or 3 => 2, _ => 3 };

    /// <summary>Whom one gets to from a member in so few steps, each from who witnessed to whom they witnessed for, that a witness among them closes a ring.</summary>
    private static HashSet<string> Reached(string member, Dictionary<string, HashSet<string>> witnessedFor)
    {
        var (reached, edge) = (new HashSet<string>(StringComparer.Ordinal), new List<string> { member });
        for (var step = 1; step < RingSize; step++)
            edge = [.. edge.SelectMany(one => witnessedFor.TryGetValue(one, out var next) ? next : []).Where(reached.Add)];
        return reached;
    }
}
