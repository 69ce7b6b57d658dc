using NetworkIdentity.Governing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Practice;

/// <summary>How far a visitor's application has come, from the nation's own records.</summary>
/// <param name="Row">The application.</param>
/// <param name="Application">What was said in it; null where that can't be read any more.</param>
/// <param name="Decision">What is put, or was decided; null before.</param>
/// <param name="Approvals">Who approved of that, the first first.</param>
public sealed record Admission(Applications.Row Row, Application? Application, Decision? Decision, IReadOnlyList<string> Approvals)
{
    /// <summary>A word that changes when anything of this does.</summary>
    public string State => $"{Row.State}-{Application?.Vouches.Count}-{Approvals.Count}";

    /// <summary>The application of a visitor; null where there is none.</summary>
    public static async Task<Admission?> OfAsync(NationContext nation, string memberId)
    {
        if (await Applications.OfMemberAsync(nation.Database, memberId) is not { } row) return null;
        var id = row.DecisionId ?? (await Decisions.OfSubjectAsync(nation.Database, row.Id)).LastOrDefault(one => one is { Act: Act.Admit, State: Decisions.Open })?.Id;
        return id is null
            ? new(row, await nation.Applying.FindAsync(row.Id), null, [])
            : new(row, await nation.Applying.FindAsync(row.Id), await nation.Deciding.FindAsync(id), await NetworkIdentity.Registry.Approvals.OfAsync(nation.Database, id));
    }
}
