namespace NetworkIdentity.Governing;

/// <summary>What a fact is of.</summary>
public static class FactKind
{
    /// <summary>Somebody did something for others: work, a course, a repair.</summary>
    public const string Contribution = "contribution";

    /// <summary>Somebody had others as their guests.</summary>
    public const string Hosting = "hosting";

    /// <summary>Somebody held a role.</summary>
    public const string Role = "role";

    /// <summary>Somebody stayed at a node. It says where they live, and makes no reputation.</summary>
    public const string Stay = "stay";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Contribution, Hosting, Role, Stay];
}
