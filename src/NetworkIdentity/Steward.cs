using System.Text.Json;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity;

/// <summary>A member with a mandate: of a node or of the whole nation, for named acts, until a day.</summary>
/// <param name="Id">The mandate's id.</param>
/// <param name="MemberId">The member.</param>
/// <param name="NodeId">The node; null for the whole nation.</param>
/// <param name="Acts">The acts.</param>
/// <param name="Until">The first moment in which it no longer holds.</param>
public sealed record Steward(string Id, string MemberId, string? NodeId, IReadOnlyList<string> Acts, DateTimeOffset Until)
{
    /// <summary>The acts that a steward can be given.</summary>
    public static readonly IReadOnlyList<string> PossibleActs = Act.All;

    /// <summary>Gives a member a mandate.</summary>
    /// <param name="database">The database.</param>
    /// <param name="time">The clock.</param>
    /// <param name="memberId">The member, who must belong.</param>
    /// <param name="node">The node's name; null for the whole nation.</param>
    /// <param name="acts">Some of <see cref="PossibleActs"/>.</param>
    /// <param name="until">The last day, in UTC.</param>
    /// <param name="mandate">The decision; the founder's word where null.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>not_a_member</c>, <c>unknown_node</c>, <c>invalid_mandate</c>, <c>mandate_missing</c>.</exception>
    public static async Task<Steward> AppointAsync(
        Database database, TimeProvider time, string memberId, string? node, IReadOnlyList<string> acts, DateOnly until, Mandate? mandate = null)
    {
        mandate ??= await Mandate.OfFounderAsync(database, Act.Appoint);
        if (await Members.FindAsync(database, memberId) is null or { State: Member.Erased }) throw NationRefusal.UnknownMember();
        var nodeId = node is null ? null : (await Node.FindAsync(database, node)).Id;
        var now = time.GetUtcNow();
        await CheckAsync(database, acts, until, now);
        var ends = new DateTimeOffset(until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

        var id = RandomId.New();
        var row = new Stewards.Row
        {
            Id = id,
            MemberId = memberId,
            NodeId = nodeId,
            Acts = JsonSerializer.Serialize(acts),
            Until = ends.ToUnixTimeSeconds(),
            CreatedAt = now.ToUnixTimeSeconds(),
        };
        var broken = await database.CommitAsync(
        [
            .. mandate.Conditions,
            Credentials.Belongs(memberId, now.ToUnixTimeSeconds()),
            Stewards.Insert(row),
            mandate.Write(id, now.ToUnixTimeSeconds(), Stewards.DigestOf(row)),
            .. Notice.To(memberId, NoticeKind.MandateGiven, id, now),
        ]);
        mandate.Check(broken);
        return broken is null ? new Steward(id, memberId, nodeId, acts, ends) : throw NationRefusal.NotAMember();
    }

    /// <summary>Whether a mandate could be for these acts, until that day: where a charter is in force, for as long as that says at most, whoever gives it.</summary>
    /// <exception cref="Refusal"><c>invalid_mandate</c>.</exception>
    internal static async Task CheckAsync(Database database, IReadOnlyList<string> acts, DateOnly until, DateTimeOffset now)
    {
        if (acts.Count == 0 || acts.Distinct().Count() != acts.Count || acts.Except(PossibleActs).Any())
            throw NationRefusal.InvalidMandate($"the acts must be some of {string.Join(", ", PossibleActs)}, each once");

        // The last day counts to its end; the last of the calendar has none.
        if (until < DateOnly.FromDateTime(now.UtcDateTime) || until == DateOnly.MaxValue) throw NationRefusal.InvalidMandate("the last day is past, or the calendar's last");
        if (await Charters.InForceAsync(database) is { } row && Charter.Parse(row.Content).Terms.Mandate is var longest && until.ToDateTime(TimeOnly.MinValue) > (now + longest).UtcDateTime)
            throw NationRefusal.InvalidMandate($"by the charter it lasts {(int)longest.TotalDays} days at most");
    }

    /// <summary>The mandates that hold now, of all members or of one, oldest first.</summary>
    public static async Task<IReadOnlyList<Steward>> InForceAsync(Database database, DateTimeOffset now, string? memberId = null) =>
    [
        .. (await Stewards.InForceAsync(database, now.ToUnixTimeSeconds(), memberId)).Select(row => new Steward(
            row.Id, row.MemberId, row.NodeId, JsonSerializer.Deserialize<string[]>(row.Acts)!, DateTimeOffset.FromUnixTimeSeconds(row.Until))),
    ];
}
