using NetworkIdentity.Governing;
using NetworkIdentity.Server.Endpoints.Desk;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>What a charter says, for people.</summary>
internal static class CharterWords
{
    /// <summary>The rule of an act in a sentence or more.</summary>
    public static string OfRule(ActRule rule)
    {
        var by = rule.By switch
        {
            ActRule.NodeStewards => rule.Approvals == 1 ? "steward of the node or of the whole nation" : "stewards of the node or of the whole nation",
            ActRule.NationStewards => rule.Approvals == 1 ? "steward of the whole nation" : "stewards of the whole nation",
            _ => rule.Approvals == 1 ? "member" : "members",
        };
        List<string> sentences = [$"{rule.Approvals} {by} at least"];
        if (rule.SharePercent is { } share) sentences[0] += $", and {share} of a hundred of those who may decide it";
        if (rule.Nodes > 0) sentences[0] += $", of {rule.Nodes} different nodes";
        if (rule.MemberFor > TimeSpan.Zero) sentences[0] += $", who have belonged for {Days(rule.MemberFor)}";
        sentences.Add($"It can be approved for {Days(rule.Open)}");
        if (rule.Delay > TimeSpan.Zero) sentences.Add($"It takes effect {Days(rule.Delay)} after");
        if (rule.ProvesAgain) sentences.Add("Each proves anew who they are");
        return string.Join(". ", sentences) + ".";
    }

    /// <summary>Who must vouch, in a sentence.</summary>
    public static string OfVouching(Vouching vouching)
    {
        var many = vouching.Needed == 1 ? "1 member" : $"{vouching.Needed} members";
        var words = vouching.Needed == 0 ? "Nobody has to vouch" : $"{many} must vouch";
        if (vouching.Nodes > 0) words += $", of {vouching.Nodes} different nodes";
        if (vouching.MemberFor > TimeSpan.Zero) words += $", who {(vouching.Needed == 1 ? "has" : "have")} belonged for {Days(vouching.MemberFor)}";
        return words + ".";
    }

    /// <summary>What happens at doors, in a sentence or two.</summary>
    public static string OfArrival(Arrival arrival) =>
        $"{(arrival.Doors.Count == 0 ? "Any member comes in at every node" : "Any member comes in, but at these nodes")}. A station relies on what it fetched for {(long)arrival.BundleLimit.TotalHours} "
        + $"{(arrival.BundleLimit == TimeSpan.FromHours(1) ? "hour" : "hours")}, and then {(arrival.WhenOld == Arrival.Ask ? "has the steward ask further" : "admits nobody")} until it has fetched it anew.";

    /// <summary>What a door asks, in a sentence.</summary>
    public static string OfDoor(DoorPolicy door)
    {
        var (asks, others) = door.Asks == CredentialType.Residency ? ("A residency is shown", "lives") : ("A membership is shown", "belongs");
        return door.OtherNodes switch
        {
            Arrival.Admit => $"{asks}, of whatever node.",
            Arrival.Ask => $"{asks}. Who {others} at another node is asked further by the steward.",
            _ => $"{asks}. Who {others} at another node is not admitted.",
        };
    }

    /// <summary>A time as days.</summary>
    public static string Days(TimeSpan time) => DeskWords.Days((long)time.TotalDays);

    /// <summary>The acts of a charter as headings: those of the desk, but where a rule is of more than one of these.</summary>
    public static string OfAct(string act) => act switch
    {
        Act.Admit => "Admit a person, or refuse them",
        Act.DecideAppeal => "Decide an appeal",
        Act.Rebind => "Bind a new wallet for who lost theirs, or name who acts for a member",
        _ => DeskWords.OfAct(act),
    };
}
