using System.Globalization;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Arriving;

/// <summary>How many came to the doors: what stations say of a shift when there is a network again. Numbers, of nobody.</summary>
public sealed class Counting(Database database, TimeProvider time)
{
    /// <summary>How many days back stewards see.</summary>
    public const int Days = 30;

    /// <summary>Keeps the counts of a shift, once: sent again it is the same.</summary>
    /// <param name="memberId">A steward of that node, or of the whole nation. It is not kept who sent it.</param>
    /// <param name="shift">The counts.</param>
    /// <exception cref="Refusal"><c>invalid_counts</c>, <c>unknown_node</c>, <c>not_steward_there</c>; <c>counts_differ</c>: others are kept of that shift.</exception>
    public async Task KeepAsync(string memberId, Shift shift)
    {
        var now = time.GetUtcNow();
        if (shift.FaultAt(now) is { } fault) throw ArrivalRefusal.InvalidCounts(fault);
        var node = await Node.FindAsync(database, shift.Node);
        var mandates = await Stewards.InForceAsync(database, now.ToUnixTimeSeconds(), memberId);
        if (mandates.FirstOrDefault(mandate => mandate.NodeId is null || mandate.NodeId == node.Id) is not { } mandate) throw ArrivalRefusal.NotStewardThere();
        var row = new ArrivalCounts.Row
        {
            Shift = shift.Id,
            NodeId = node.Id,
            Day = DayOf(shift.From),
            Admitted = shift.Admitted,
            Asked = shift.Asked,
            Refused = shift.Refused,
        };
        var broken = await database.CommitAsync(Stewards.Holds(mandate.Id, now.ToUnixTimeSeconds()), ArrivalCounts.Insert(row));
        if (broken == Stewards.HoldsCondition) throw ArrivalRefusal.NotStewardThere();
        if (broken is not null && await ArrivalCounts.FindAsync(database, shift.Id) != row) throw ArrivalRefusal.CountsDiffer();
    }

    /// <summary>What the doors of a steward's nodes counted lately, by node and day.</summary>
    public async Task<IReadOnlyList<(Node Node, IReadOnlyList<ArrivalCounts.Sum> Days)>> OfStewardAsync(string memberId)
    {
        var now = time.GetUtcNow();
        var mandates = await Stewards.InForceAsync(database, now.ToUnixTimeSeconds(), memberId);
        if (mandates.Count == 0) return [];
        var sums = (await ArrivalCounts.SinceAsync(database, DayOf(now.AddDays(-Days)))).ToLookup(sum => sum.NodeId);
        return [.. (await Node.AllAsync(database))
            .Where(node => sums.Contains(node.Id) && mandates.Any(mandate => mandate.NodeId is null || mandate.NodeId == node.Id))
            .Select(node => (node, (IReadOnlyList<ArrivalCounts.Sum>)[.. sums[node.Id]]))];
    }

    private static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
