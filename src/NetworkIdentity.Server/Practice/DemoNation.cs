using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Practice;

/// <summary>What a practice nation begins with: two houses, a few members, and a steward for each house.</summary>
public static class DemoNation
{
    /// <summary>The node whose door the tour knocks at.</summary>
    public const string House = "Lisbon";

    private static readonly (string Name, string Region)[] Houses = [(House, "Europe"), ("Austin", "North America")];

    private static readonly (string Name, string Tier, string House)[] People =
    [
        ("Benedita", "steward", House), ("Cormac", "steward", "Austin"), ("Dele", "citizen", House), ("Esra", "member", "Austin"),
    ];

    /// <summary>Founds what is missing. A nation that has houses or members of its own is left as it is.</summary>
    public static async Task FoundAsync(NationContext nation)
    {
        if ((await Nodes.AllAsync(nation.Database)).Count == 0)
            foreach (var (name, region) in Houses) await Node.AddAsync(nation.Database, nation.Keys.Nation, nation.Time, name, region);
        if ((await Members.AllAsync(nation.Database)).Count > 0) return;

        // They have no wallets: what they are offered waits until it runs out. Another offer can be made with netid offer membership --member ID.
        var until = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddYears(1);
        var known = (await Nodes.AllAsync(nation.Database)).Select(node => node.Name).ToHashSet();
        foreach (var (name, tier, house) in People)
        {
            var claims = new Dictionary<string, string> { ["display_name"] = name, ["tier"] = tier };
            if (known.Contains(house)) claims["node"] = house;
            var made = await nation.Offering.MakeAsync("membership", null, claims, withTransactionCode: true);
            if (tier == "steward" && known.Contains(house)) await Steward.AppointAsync(nation.Database, nation.Keys, nation.Time, made.MemberId, house, ["admit"], until);
        }
    }
}
