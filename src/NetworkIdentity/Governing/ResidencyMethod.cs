namespace NetworkIdentity.Governing;

/// <summary>
/// The method <c>nights</c>, version 1: a member's stays, their own node, the charter's days and a day in; a residency for each node out. Pure, in whole nights, whatever
/// the order of the facts, and the steps are those of docs/residency.md.
/// </summary>
/// <remarks>
/// The surprise: a night counts once, however many stays have it. So who records a stay twice, or in parts that overlap, gives nothing more; what a fact says of an amount is not looked at.
/// </remarks>
public static class ResidencyMethod
{
    /// <summary>The name that the public log gives it.</summary>
    public const string Name = "nights";

    /// <summary>The version of the rule below. Who changes a number changes this too.</summary>
    public const string Version = "1";

    /// <summary>They have slept there, and not for long.</summary>
    public const string Visitor = "visitor";

    /// <summary>It is their own node, where they have slept, and they live elsewhere.</summary>
    public const string EResident = "e-resident";

    /// <summary>They live there: of the nights that are looked at, half or more were there.</summary>
    public const string Resident = "resident";

    /// <summary>The residencies of a day, by node.</summary>
    /// <param name="facts">The facts about one member, in any order; those that are no stays are not looked at.</param>
    /// <param name="ownNodeId">The node that the member belongs to; null for none.</param>
    /// <param name="days">The charter's days: how long a night counts, and how long a residency is valid at most.</param>
    /// <param name="day">The day, in UTC. What was witnessed later is not looked at.</param>
    public static IReadOnlyList<Residency> Of(IReadOnlyCollection<Fact> facts, string? ownNodeId, int days, DateOnly day)
    {
        // 1. Known, and not corrected: as in the method bands.
        var known = facts.Where(fact => fact.Witnesses.Where(witness => witness.Day <= day && witness.By != fact.MemberId).Select(witness => witness.By).Distinct().Count() >= fact.Needed).ToList();
        var corrected = known.Select(fact => fact.Corrects).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var stays = known.Where(fact => fact is { Kind: FactKind.Stay, IsAnnulment: false, NodeId: not null } && fact.Until <= day && !corrected.Contains(fact.Id));

        List<Residency> all = [];
        foreach (var there in stays.GroupBy(fact => fact.NodeId!, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            // 2. The nights: each is named by the day on whose evening it begins, and counts once.
            var nights = there.SelectMany(stay => Enumerable.Range(stay.From.DayNumber, stay.Until.DayNumber - stay.From.DayNumber)).Distinct().Order().ToList();

            // 3. What they give today, and how long the same nights go on to give it.
            if (StatusOn(day.DayNumber) is not { } status) continue;
            var until = day.DayNumber;
            while (until + 1 < day.DayNumber + days && StatusOn(until + 1) == status) until++;
            var counting = nights.Where(night => Counts(night, day.DayNumber)).ToList();
            all.Add(new(there.Key, status, counting.Count, DateOnly.FromDayNumber(status == EResident ? nights[0] : counting[0]), DateOnly.FromDayNumber(until)));

            string? StatusOn(int on)
            {
                var count = nights.Count(night => Counts(night, on));
                if (count > 0 && 2 * count >= days) return Resident;
                if (there.Key == ownNodeId && nights.Count > 0) return EResident;
                return count > 0 ? Visitor : null;
            }
        }

        return all;

        bool Counts(int night, int on) => on - night >= 0 && on - night < days;
    }
}
