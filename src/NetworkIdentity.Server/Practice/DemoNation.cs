namespace NetworkIdentity.Server.Practice;

/// <summary>What a practice nation begins with.</summary>
public static class DemoNation
{
    /// <summary>The node whose door the tour knocks at.</summary>
    public const string House = "Lisbon";
}
